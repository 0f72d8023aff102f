//! The summariser from outside: a transcript in, a briefing out.

mod desk;
mod emergencies;
mod facts;
mod insight;
mod languages;
mod mood;
mod opening;
mod own_words;
mod properties;
mod sample;
mod sections;
