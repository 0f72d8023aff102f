//! What a session knows, whoever listens: the sound that is not covered, what was spoken, and what has been told.

use std::collections::VecDeque;
use std::future;
use std::time::Duration;

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender};
use tokio::time::{Instant, sleep_until};

use crate::audio::{self, Position, span};
use crate::config::Limits;
use crate::event::{Event, State};
use crate::failure::Failure;
use crate::journal::Journal;
use crate::lines::{Heard, Lines};
use crate::providers::Provider;

/// How often a session looks whether it is late.
pub const LOOK: Duration = Duration::from_millis(200);

/// Where words end and where a pause is heard to begin differ by so much.
const TOLERANCE: u64 = audio::RATE as u64;

/// What a session is told.
#[derive(Debug)]
pub enum Input {
    Sound { position: Position, samples: Vec<i16> },
    Utterance { from: Position, to: Position },
    Finish,
}

/// Something was said here, and no final line covers it yet.
#[derive(Debug)]
pub struct Utterance {
    pub from: Position,
    pub to: Position,
    since: Instant,
    tries: u32,
    /// When this connection was asked for a final line.
    pub asked: Option<Instant>,
    /// Whether this connection has said anything about it.
    answered: bool,
}

#[derive(Debug)]
pub struct Stream {
    input: UnboundedReceiver<Input>,
    events: UnboundedSender<Event>,
    pub journal: Journal,
    pub utterances: VecDeque<Utterance>,
    lines: Lines,
    state: State,
    late: Duration,
    tries: u32,
    /// Since when there is no connection, where one is needed.
    without: Option<Instant>,
    /// After "finish" nothing is waited for longer than to this moment.
    finish_by: Option<Instant>,
    finish_within: Duration,
    abandoned: bool,
}

impl Stream {
    pub fn new(limits: &Limits, input: UnboundedReceiver<Input>, events: UnboundedSender<Event>) -> Self {
        Self {
            input,
            events,
            journal: Journal::new(audio::samples(limits.buffer)),
            utterances: VecDeque::new(),
            lines: Lines::new(limits.interim_every),
            state: State::Live,
            late: limits.late,
            tries: limits.tries,
            without: None,
            finish_by: None,
            finish_within: limits.answer,
            abandoned: false,
        }
    }

    /// Nothing is to be done any more.
    pub fn is_over(&self) -> bool {
        self.abandoned || self.finish_by.is_some_and(|by| self.utterances.is_empty() || Instant::now() >= by)
    }

    pub fn is_abandoned(&self) -> bool {
        self.abandoned
    }

    pub fn is_finishing(&self) -> bool {
        self.finish_by.is_some()
    }

    /// Up to where final lines cover everything.
    pub fn until(&self) -> Position {
        self.lines.until()
    }

    /// Takes the next input; returns as well when it is time to look around, and never fails. Safe to abandon.
    pub async fn step(&mut self) {
        let input = async {
            if self.abandoned || self.finish_by.is_some() { future::pending().await } else { self.input.recv().await }
        };
        tokio::select! {
            biased;
            input = input => self.take(input),
            () = sleep_until(Instant::now() + LOOK) => {}
            // Nobody listens any more.
            () = self.events.closed() => self.abandoned = true,
        }
        // What is there already is taken at once: sound comes in many small pieces.
        while let Ok(input) = self.input.try_recv() {
            self.take(Some(input));
        }
        self.look();
    }

    /// Takes input for as long as this, or until it is over.
    pub async fn wait(&mut self, span: Duration) {
        let until = Instant::now() + span;
        while Instant::now() < until && !self.is_over() {
            tokio::select! {
                () = sleep_until(until) => {}
                () = self.step() => {}
            }
        }
    }

    fn take(&mut self, input: Option<Input>) {
        match input {
            Some(Input::Sound { position, samples }) => {
                if let Some(dropped) = self.journal.push(position, &samples) {
                    self.lose_before(dropped);
                }
            }
            Some(Input::Utterance { from, to }) if to > from.max(self.until()) => {
                let from = from.max(self.until());
                let since = Instant::now();
                self.utterances.push_back(Utterance { from, to, since, tries: 0, asked: None, answered: false });
            }
            Some(Input::Utterance { .. }) => {}
            Some(Input::Finish) => self.finish_by = Some(Instant::now() + self.finish_within),
            None => self.abandoned = true,
        }
    }

    /// A provider heard something: what is new of it is told, and what it covers is forgotten.
    pub fn heard(&mut self, heard: &Heard) {
        for utterance in self.utterances.iter_mut().filter(|utterance| heard.to > utterance.from) {
            utterance.answered |= utterance.asked.is_some();
        }
        let event = self.lines.hear(heard, Instant::now());
        self.tell(event);
        self.forget_covered();
    }

    /// The utterance in front is done with, whether it became a line or there was nothing in it.
    pub fn done_with_first(&mut self) {
        if let Some(utterance) = self.utterances.pop_front() {
            let event = self.lines.settle(utterance.to);
            self.tell(event);
            self.forget_covered();
        }
    }

    /// The utterance in front will never be a line; what is shown of it stays.
    pub fn lose_first(&mut self, failure: Failure) {
        if let Some(utterance) = self.utterances.pop_front() {
            self.lose(&utterance, failure);
        }
    }

    /// A connection broke, or an attempt failed: what it was asked for is tried again, but not for ever.
    pub fn failed(&mut self, provider: &Provider, failure: Failure) {
        self.without.get_or_insert_with(Instant::now);
        for utterance in &mut self.utterances {
            utterance.tries += u32::from(utterance.asked.is_some());
            (utterance.asked, utterance.answered) = (None, false);
        }
        while self.utterances.front().is_some_and(|utterance| utterance.tries >= self.tries) {
            self.lose_first(failure.clone());
        }
        self.tell(Some(Event::Failed { provider: provider.config.name.clone(), failure }));
        self.look();
    }

    /// A provider listens.
    pub fn connected(&mut self, provider: &Provider) {
        self.without = None;
        self.tell(Some(Event::Connected { provider: provider.config.name.clone() }));
        self.look();
    }

    /// A connection is needed and is not there yet.
    pub fn connecting(&mut self) {
        self.without.get_or_insert_with(Instant::now);
    }

    /// Everything that is still open stays as it is.
    pub fn end(&mut self) {
        while !self.utterances.is_empty() {
            self.lose_first(Failure::TimedOut);
        }
        let event = self.lines.settle(self.journal.end());
        self.tell(event);
    }

    /// Says when lines begin to be late, and when no longer.
    fn look(&mut self) {
        let now = Instant::now();
        // Once there was an answer, what is missing is a pause, not a provider.
        while self.utterances.front().is_some_and(|first| {
            first.answered && first.asked.is_some_and(|asked| now.saturating_duration_since(asked) >= self.late)
        }) {
            self.done_with_first();
        }
        let waiting = self.utterances.iter().find(|utterance| !utterance.answered).map(|utterance| utterance.since);
        let is_late = |since: Option<Instant>| since.is_some_and(|at| now.saturating_duration_since(at) > self.late);
        let state = if is_late(waiting) || is_late(self.without) { State::Delayed } else { State::Live };
        if state != self.state {
            self.state = state;
            self.tell(Some(Event::State(state)));
        }
    }

    fn forget_covered(&mut self) {
        let until = self.until();
        self.journal.forget_before(until);
        while self
            .utterances
            .front()
            .is_some_and(|first| first.to <= until.saturating_add(TOLERANCE) && first.from < until)
        {
            self.utterances.pop_front();
        }
    }

    fn lose_before(&mut self, dropped: Position) {
        while self.utterances.front().is_some_and(|first| first.from < dropped) {
            self.lose_first(Failure::Overflow);
        }
    }

    fn lose(&mut self, utterance: &Utterance, failure: Failure) {
        let kept = self.lines.settle(utterance.to);
        if kept.is_none() {
            self.tell(Some(Event::Lost { from: span(utterance.from), to: span(utterance.to), failure }));
        }
        self.tell(kept);
        self.forget_covered();
    }

    fn tell(&self, event: Option<Event>) {
        if let Some(event) = event {
            // Nobody listening is seen at the next step.
            let _ = self.events.send(event);
        }
    }
}
