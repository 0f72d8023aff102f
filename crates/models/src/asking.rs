//! One thing asked of one provider, and once more when the answer cannot be used and the model may do better.

use tokio::time::Instant;

use crate::chain::Sent;
use crate::failure::Failure;
use crate::gate::{Departure, Gate};
use crate::prompt::repair;
use crate::provider::{OnPiece, Piece, Provider, Question, Urgency};
use crate::window;
use crate::wire::{Message, Shape};

/// Of an answer that must be repaired, so much is shown to its model again.
const MAX_REPAIRED_CHARS: usize = 6_000;

pub struct Asking<'a> {
    pub provider: &'a Provider,
    /// The instructions, which never change.
    pub system: &'static str,
    /// The data.
    pub document: &'a str,
    pub shape: Shape,
    pub urgency: Urgency,
    pub gate: &'a Gate,
    /// What the gate is told.
    pub sent: &'a Sent,
}

/// What an answer comes to, or why it cannot be used.
pub type Read<'a, T> = dyn Fn(&str) -> Result<T, Failure> + Sync + 'a;

impl Asking<'_> {
    pub async fn ask<T>(&self, read: &Read<'_, T>, on_piece: &mut OnPiece<'_>) -> Result<T, Failure> {
        let deadline = self.provider.deadline();
        let departure = Departure::new(self.gate, self.sent);
        let mut messages = vec![Message::System(self.system.to_owned()), Message::User(self.document.to_owned())];
        let (answer, failure) = match self.attempt(&messages, deadline, &departure, read, on_piece).await {
            Err((answer, failure)) if failure.is_repairable() => (answer, failure),
            other => return other.map_err(|(_, failure)| failure),
        };
        on_piece(Piece::Again);
        if !answer.trim().is_empty() {
            messages.push(Message::Assistant(answer.chars().take(MAX_REPAIRED_CHARS).collect()));
        }
        messages.push(Message::User(repair(&failure, self.shape).to_owned()));
        self.attempt(&messages, deadline, &departure, read, on_piece).await.map_err(|(_, failure)| failure)
    }

    async fn attempt<T>(
        &self,
        messages: &[Message],
        deadline: Instant,
        departure: &Departure<'_>,
        read: &Read<'_, T>,
        on_piece: &mut OnPiece<'_>,
    ) -> Result<T, (String, Failure)> {
        let tokens = window::tokens(self.system).saturating_add(window::tokens(self.document));
        let question = Question {
            messages,
            tokens: tokens.saturating_add(self.provider.config.limits.answer_tokens),
            deadline,
            shape: self.shape,
            urgency: self.urgency,
            departure,
        };
        let text = self.provider.ask(&question, on_piece).await.map_err(|failure| (String::new(), failure))?;
        read(&text).map_err(|failure| (text, failure))
    }
}
