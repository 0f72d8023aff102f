//! The chain against real HTTP servers that speak OpenAI's interface, and everything that goes wrong there.

mod answers;
mod chat;
mod faults;
mod harness;
mod insight;
mod patience;
mod privacy;
mod provider;
