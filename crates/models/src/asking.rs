//! One thing asked of one provider, and once more when the answer cannot be used and the model may do better.

use tokio::time::Instant;

use crate::chain::{Attempt, Sent};
use crate::check::Dropped;
use crate::config::ProviderConfig;
use crate::failure::Failure;
use crate::gate::{Departure, Gate};
use crate::material::Material;
use crate::prompt::{Prompt, repair};
use crate::provider::{OnPiece, Piece, Provider, Question, Urgency};
use crate::window;
use crate::wire::{Message, Shape};

/// Of an answer that must be repaired, so much is shown to its model again.
const MAX_REPAIRED_CHARS: usize = 6_000;

pub struct Asking<'a> {
    provider: &'a Provider,
    /// The instructions, which never change.
    system: &'static str,
    /// The data.
    document: &'a str,
    shape: Shape,
    urgency: Urgency,
    gate: &'a Gate,
    /// What the gate is told.
    pub sent: Sent,
}

/// What an answer comes to and what of it is left out, or why it cannot be used.
pub type Read<'a, T> = dyn Fn(&str) -> Result<(T, Dropped), Failure> + Sync + 'a;

impl<'a> Asking<'a> {
    /// About a call, by instructions that want an answer of this shape.
    pub fn new(
        provider: &'a Provider,
        material: &'a Material,
        prompt: &'a Prompt,
        (system, shape): (&'static str, Shape),
    ) -> Self {
        Self {
            provider,
            system,
            document: prompt.document(),
            shape,
            urgency: material.task.urgency,
            gate: &material.task.gate,
            sent: sent(&provider.config, material, prompt),
        }
    }

    /// The answer is known: nothing leaves.
    pub fn spared(self) -> Attempt {
        Attempt { sent: self.sent, requests: 0, result: Ok(Dropped::default()) }
    }

    /// Asks, and says what became of it. Whoever reads along hears of the first request only: the others send the same again.
    pub async fn ask<T>(&self, read: &Read<'_, T>, on_piece: &mut OnPiece<'_>) -> (Attempt, Option<T>) {
        let mut requests = 0;
        let mut counted = |piece: Piece<'_>| {
            requests += u32::from(matches!(piece, Piece::Request));
            if requests < 2 || !matches!(piece, Piece::Request) {
                on_piece(piece);
            }
        };
        let (answer, result) = match self.ask_and_repair(read, &mut counted).await {
            Ok((answer, dropped)) => (Some(answer), Ok(dropped)),
            Err(failure) => (None, Err(failure)),
        };
        (Attempt { sent: self.sent.clone(), requests, result }, answer)
    }

    async fn ask_and_repair<T>(&self, read: &Read<'_, T>, on_piece: &mut OnPiece<'_>) -> Result<(T, Dropped), Failure> {
        let deadline = self.provider.deadline();
        let departure = Departure::new(self.gate, &self.sent);
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
    ) -> Result<(T, Dropped), (String, Failure)> {
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

/// What goes to a provider with this prompt.
fn sent(config: &ProviderConfig, material: &Material, prompt: &Prompt) -> Sent {
    Sent {
        provider: config.name.clone(),
        model: config.model.clone(),
        lines: prompt.sent.len(),
        bytes: prompt.document().len(),
        is_redacted: material.is_redacted,
        taken_out: material.taken_out(&prompt.sent),
    }
}
