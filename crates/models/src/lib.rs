//! Briefings written by language models.
//!
//! A [`Chain`] asks its providers in order and checks what comes back: every statement must cite lines that were sent, and
//! what must be literal (an address, a long number) must stand in them. The local summariser is its last link, so a briefing
//! always comes out; whoever asks has that one at once and lets nothing wait for the better one.
//!
//! What leaves is redacted ([`baton_redaction`]) and goes as data inside a JSON document beside instructions that never change:
//! nothing that is said in a call becomes an instruction.

mod answer;
mod asking;
mod cache;
mod chain;
mod chat;
mod check;
mod config;
mod draft;
mod failure;
mod gate;
mod insight;
mod instructions;
mod material;
mod prompt;
mod provider;
mod scanner;
mod sections;
pub mod settings;
mod window;
mod wire;

pub use baton_provider::{ApiKey, Clock, ErrorStatus, ProviderConfigError, SystemClock};
pub use chain::{Attempt, Chain, Outcome, Progress, Sent, Task};
pub use chat::{Answered, ChatOutcome, ChatProgress, ChatTask};
pub use check::Dropped;
pub use config::{Limits, ProviderConfig};
pub use draft::Draft;
pub use failure::Failure;
pub use gate::{Gate, Passage};
pub use insight::Analysis;
pub use instructions::{CHAT_TEXT, INSIGHT_TEXT};
pub use prompt::{PROMPT_VERSION, SYSTEM_TEXT};
pub use provider::Urgency;
