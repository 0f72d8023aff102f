//! The summariser from outside: a transcript in, a briefing out.

mod desk;
mod facts;
mod mood;
mod opening;
mod properties;
mod sample;
mod sections;
