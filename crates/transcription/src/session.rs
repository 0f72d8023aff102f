//! Listening to one speaker: providers come and go, the session stays.

mod chunks;
mod stream;
mod streaming;

use std::sync::Arc;

use baton_provider::breaker::Permit;
use baton_provider::{ErrorStatus, backoff};
use tokio::sync::mpsc::{self, UnboundedReceiver, UnboundedSender};
use tokio::time::Instant;

use crate::audio::Position;
use crate::event::Event;
use crate::failure::Failure;
use crate::providers::{Place, Provider};
use stream::{Input, Stream};

/// The stream of one speaker. It ends at once when this is dropped, and with everything said when it is finished first.
#[derive(Debug)]
pub struct Session {
    input: UnboundedSender<Input>,
    events: UnboundedReceiver<Event>,
}

impl Session {
    pub(crate) fn begin(providers: Arc<[Provider]>) -> Self {
        let (input, taken) = mpsc::unbounded_channel();
        let (told, events) = mpsc::unbounded_channel();
        if let Some(first) = providers.first() {
            let stream = Stream::new(&first.config.limits, taken, told);
            tokio::spawn(Driver { providers, stream, attempt: 0 }.run());
        }
        Self { input, events }
    }

    /// Takes sound: `samples` from `position` on. It never waits; what does not fit goes from the old end.
    pub fn sound(&self, position: Position, samples: Vec<i16>) {
        self.tell(Input::Sound { position, samples });
    }

    /// Somebody spoke from `from` to `to` and has paused. Providers that take utterances take these, and from the others a
    /// final line is wanted now.
    pub fn utterance(&self, from: Position, to: Position) {
        self.tell(Input::Utterance { from, to });
    }

    /// There will be no more sound. The events that are still to come end with `None`.
    pub fn finish(&self) {
        self.tell(Input::Finish);
    }

    /// What happens next; `None` when everything has been said. Safe to abandon and to ask again.
    pub async fn next(&mut self) -> Option<Event> {
        self.events.recv().await
    }

    fn tell(&self, input: Input) {
        // A session that is over takes nothing.
        let _ = self.input.send(input);
    }
}

/// How an attempt with a provider ended.
#[derive(Debug)]
enum Ended {
    /// Everything is said, or nobody listens any more.
    Over,
    Failed(Failure),
}

/// Asks the providers, one after the other, for as long as somebody speaks.
struct Driver {
    providers: Arc<[Provider]>,
    stream: Stream,
    /// How many attempts in a row brought nothing.
    attempt: u32,
}

/// Who is admitted may be asked; the permit is given back with what came of it.
struct Asking<'a> {
    permit: Option<Permit<'a>>,
}

impl Asking<'_> {
    /// The provider works.
    fn proved(&mut self) {
        if let Some(permit) = self.permit.take() {
            permit.succeeded();
        }
    }
}

impl Driver {
    async fn run(mut self) {
        let providers = Arc::clone(&self.providers);
        while !self.stream.is_over() {
            let now = Instant::now();
            // A provider without a free place has not failed: the next one is asked, or this one when somebody else is done.
            let Some((provider, place, permit)) =
                providers.iter().find_map(|provider| Some((provider, provider.place()?, provider.breaker.admit(now)?)))
            else {
                self.stream.wait(stream::LOOK).await;
                continue;
            };
            if self.ask(provider, place, permit).await {
                break;
            }
        }
        self.stream.end();
    }

    /// `true` when there is nothing left to do.
    async fn ask(&mut self, provider: &Provider, place: Place<'_>, permit: Permit<'_>) -> bool {
        let mut asking = Asking { permit: Some(permit) };
        let before = self.stream.until();
        let ended = match &provider.openai {
            Some(openai) => chunks::run(&mut self.stream, provider, openai, &mut asking).await,
            None => streaming::run(&mut self.stream, provider, &mut asking).await,
        };
        // Others may use it while this one waits.
        drop(place);
        let Ended::Failed(failure) = ended else { return true };
        let proved = asking.permit.is_none() || self.stream.until() > before;
        let limits = &provider.config.limits;
        self.attempt = if proved { 0 } else { self.attempt.saturating_add(1) };
        let now = Instant::now();
        // A permit that was used up by success is asked for again: this is another failure.
        if let Some(permit) = asking.permit.or_else(|| provider.breaker.admit(now)) {
            match &failure {
                Failure::Status(ErrorStatus::Rejected { .. }) => permit.leave_alone(now, limits.rejected_for),
                Failure::Status(ErrorStatus::RateLimited { retry_after: Some(asked) }) => {
                    let wait = backoff::wait(self.attempt, limits.backoff, Some(*asked), fastrand::f64());
                    permit.leave_alone(now, wait);
                }
                other => permit.failed(now, other.retry_after()),
            }
        }
        self.stream.failed(provider, failure);
        self.stream.wait(backoff::wait(self.attempt, limits.backoff, None, fastrand::f64())).await;
        false
    }
}
