//! What a call comes to while it goes on, and what can be asked about it.

pub mod chat;
mod chat_text;
mod curve;
pub mod panel;
mod statements;
