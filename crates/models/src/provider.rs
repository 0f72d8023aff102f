//! One provider, asked with patience and with limits.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use baton_provider::breaker::Breaker;
use baton_provider::{Budget, Clock, ErrorStatus, backoff};
use tokio::time::Instant;

use crate::config::ProviderConfig;
use crate::failure::Failure;
use crate::gate::Departure;
use crate::wire::{Dialect, Message, Shape, Wire};

/// What an answer is while it comes.
#[derive(Clone, Copy, Debug)]
pub enum Piece<'a> {
    /// A request goes out.
    Request,
    /// More of it.
    Text(&'a str),
    /// What came so far is void: the request is sent again.
    Again,
}

/// Whoever reads an answer while it comes.
pub type OnPiece<'a> = dyn FnMut(Piece<'_>) + Send + 'a;

#[derive(Debug)]
pub struct Provider {
    pub config: ProviderConfig,
    wire: Wire,
    breaker: Breaker,
    budget: Budget,
    clock: Arc<dyn Clock>,
    /// It has rejected the full dialect and taken the plain one.
    is_plain: AtomicBool,
}

/// Whether somebody waits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Urgency {
    /// Somebody will look at it as soon as it is there.
    #[default]
    Now,
    /// It may be wanted later: it takes no more than what is spare of the budget, and waits for nothing.
    Spare,
}

/// What is asked of a provider.
pub struct Question<'a> {
    pub messages: &'a [Message],
    /// What it costs, the answer included.
    pub tokens: u32,
    pub deadline: Instant,
    pub shape: Shape,
    pub urgency: Urgency,
    /// What leaves with it.
    pub departure: &'a Departure<'a>,
}

impl Provider {
    pub fn new(config: ProviderConfig, clock: Arc<dyn Clock>) -> Self {
        let limits = &config.limits;
        Self {
            wire: Wire::new(&config),
            breaker: Breaker::new(limits.failures_to_open, limits.open_for),
            budget: Budget::new(limits.requests_per_minute, limits.tokens_per_minute),
            is_plain: AtomicBool::new(false),
            clock,
            config,
        }
    }

    /// When a question that is put now must be answered.
    pub fn deadline(&self) -> Instant {
        self.clock.now() + self.config.limits.total
    }

    /// Asks, again where that may help, until the deadline.
    pub async fn ask(&self, question: &Question<'_>, on_piece: &mut OnPiece<'_>) -> Result<String, Failure> {
        let mut attempt = 0;
        let mut dialect = if self.is_plain.load(Ordering::Relaxed) { Dialect::Plain } else { Dialect::Full };
        loop {
            let failure = match self.ask_once(question, dialect, on_piece).await {
                Err(failure) if may_be_dialect(&failure, dialect) => {
                    dialect = Dialect::Plain;
                    continue;
                }
                Err(failure) if failure.passes() && attempt < self.config.limits.retries => failure,
                other => {
                    // Only an answer shows that it was the dialect, and not what was asked.
                    self.is_plain.fetch_or(other.is_ok() && dialect == Dialect::Plain, Ordering::Relaxed);
                    return other;
                }
            };
            let wait = backoff::wait(attempt, self.config.limits.backoff, failure.retry_after(), fastrand::f64());
            // A pause that is longer than there is time is not begun: the next provider is asked at once.
            if !self.has_time(wait, question.deadline) {
                return Err(failure);
            }
            self.clock.sleep(wait).await;
            attempt += 1;
            on_piece(Piece::Again);
        }
    }

    async fn ask_once(
        &self,
        question: &Question<'_>,
        dialect: Dialect,
        on_piece: &mut OnPiece<'_>,
    ) -> Result<String, Failure> {
        let permit = self.breaker.admit(self.clock.now()).ok_or(Failure::CircuitOpen)?;
        self.take_from_budget(question).await?;
        question.departure.pass().await?;
        let left = question.deadline.saturating_duration_since(self.clock.now());
        on_piece(Piece::Request);
        let mut on_text = |text: &str| on_piece(Piece::Text(text));
        let asked = self.wire.ask(question.messages, (question.shape, dialect), &mut on_text);
        let answered = tokio::time::timeout(left, asked).await.unwrap_or(Err(Failure::TimedOut));
        match &answered {
            Err(failure) if may_be_dialect(failure, dialect) => drop(permit),
            Err(failure) if failure.is_outage() => permit.failed(self.clock.now(), failure.retry_after()),
            _ => permit.succeeded(),
        }
        answered
    }

    async fn take_from_budget(&self, question: &Question<'_>) -> Result<(), Failure> {
        if question.urgency == Urgency::Spare {
            let is_spare = self.budget.take_spare(question.tokens, self.clock.now());
            return if is_spare { Ok(()) } else { Err(Failure::OverBudget) };
        }
        while let Err(wait) = self.budget.take(question.tokens, self.clock.now()) {
            if !self.has_time(wait, question.deadline) {
                return Err(Failure::OverBudget);
            }
            self.clock.sleep(wait).await;
        }
        Ok(())
    }

    fn has_time(&self, wait: Duration, deadline: Instant) -> bool {
        self.clock.now() + wait < deadline
    }
}

/// Whether a request may be rejected only because of what few servers know.
fn may_be_dialect(failure: &Failure, dialect: Dialect) -> bool {
    dialect == Dialect::Full && matches!(failure, Failure::Status(ErrorStatus::Rejected { status: 400 | 422 }))
}
