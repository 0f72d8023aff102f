//! Sessions against real servers that speak the providers' documented formats, and everything that goes wrong there.

mod assemblyai;
mod deepgram;
mod faults;
mod files;
mod harness;
mod openai;
mod recording;
