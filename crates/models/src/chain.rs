//! The providers in order, and the local summariser behind them.

use std::sync::Arc;

use baton_domain::briefing::{Briefing, Language, OpeningLine, SectionKind, Statement};
use baton_domain::transcript::Transcript;
use baton_provider::{Clock, SystemClock};
use baton_redaction::{Kind, Kinds};
use baton_summariser::Context;

use crate::answer::{self, Place};
use crate::cache::{self, Cache, Key};
use crate::check::{Checker, Dropped};
use crate::config::ProviderConfig;
use crate::failure::Failure;
use crate::material::Material;
use crate::prompt::{PROMPT_VERSION, Prompt, SYSTEM_TEXT, repair};
use crate::provider::{Piece, Provider, Question};
use crate::scanner::Scanner;
use crate::wire::Message;

/// Of an answer that must be repaired, so much is shown to its model again.
const MAX_REPAIRED_CHARS: usize = 6_000;

/// What a briefing is written from.
#[derive(Clone, Debug)]
pub struct Task {
    /// All that was said.
    pub transcript: Transcript,
    /// Who is who.
    pub context: Context,
    /// The language to write in; `None` is the conversation's.
    pub language: Option<Language>,
    /// What the agent who hands over has typed.
    pub note: String,
}

/// A briefing while it is being written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Progress {
    /// This is about to be sent to a provider.
    Sent(Sent),
    /// One more statement, checked.
    Statement(SectionKind, Statement),
    /// The first sentence, checked.
    OpeningLine(OpeningLine),
    /// What came so far is void: somebody else writes, or the same one again.
    StartedOver,
}

/// What became of a task.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// By a model, or else by the local summariser.
    pub briefing: Briefing,
    /// Every provider that was asked, in order.
    pub attempts: Vec<Attempt>,
}

/// What goes to a provider: how much, never what. An audit may say it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    /// Which provider.
    pub provider: String,
    /// Which of its models.
    pub model: String,
    /// How many transcript lines.
    pub lines: usize,
    /// How many bytes of redacted text.
    pub bytes: usize,
    /// How many pieces of personal data were taken out of them.
    pub taken_out: Vec<(Kind, usize)>,
}

/// One provider was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// What each request had in it.
    pub sent: Sent,
    /// How many requests went out; none when the answer was known, or the provider is left alone.
    pub requests: u32,
    /// What was left out of the answer, or why there is none.
    pub result: Result<Dropped, Failure>,
}

/// Providers in the order in which they are asked.
#[derive(Debug)]
pub struct Chain {
    providers: Vec<Provider>,
    redacted: Kinds,
    cache: Cache,
}

impl Chain {
    /// Asks `providers` in this order, and takes these kinds of personal data out before.
    pub fn new(providers: Vec<ProviderConfig>, redacted: Kinds) -> Self {
        Self::with_clock(providers, redacted, &(Arc::new(SystemClock) as Arc<dyn Clock>))
    }

    /// The same by another clock.
    pub fn with_clock(providers: Vec<ProviderConfig>, redacted: Kinds, clock: &Arc<dyn Clock>) -> Self {
        let providers = providers.into_iter().map(|config| Provider::new(config, clock.clone())).collect();
        Self { providers, redacted, cache: Cache::default() }
    }

    /// Whether there is anybody to ask.
    pub fn is_empty(&self) -> bool {
        self.providers.is_empty()
    }

    /// The best briefing that is to be had. `on_progress` hears it being written.
    pub async fn brief(&self, task: Task, on_progress: &mut (dyn FnMut(Progress) + Send)) -> Outcome {
        let kinds = self.redacted;
        // Reading hours of talk takes a while, and other tasks would wait for it here.
        let material = tokio::task::spawn_blocking(move || Material::new(task, kinds));
        let material = material.await.expect("reading a transcript does not panic, and is not cancelled");
        let mut attempts = Vec::new();
        if material.lines.is_empty() {
            // A model has nothing to add to "nothing was said".
            return Outcome { briefing: material.local, attempts };
        }
        for provider in &self.providers {
            let (attempt, briefing) = self.ask(provider, &material, on_progress).await;
            attempts.push(attempt);
            if let Some(briefing) = briefing {
                return Outcome { briefing, attempts };
            }
        }
        Outcome { briefing: material.local, attempts }
    }

    async fn ask(
        &self,
        provider: &Provider,
        material: &Material,
        on_progress: &mut (dyn FnMut(Progress) + Send),
    ) -> (Attempt, Option<Briefing>) {
        let config = &provider.config;
        let prompt = Prompt::new(material, config.limits.transcript_tokens);
        let sent = Sent {
            provider: config.name.clone(),
            model: config.model.clone(),
            lines: prompt.sent.len(),
            bytes: prompt.document().len(),
            taken_out: material.taken_out(&prompt.sent),
        };
        let mut attempt = Attempt { sent, requests: 0, result: Ok(Dropped::default()) };
        let key = cache_key(config, material);
        if let Some(known) = self.cache.get(&key) {
            return (attempt, Some(known));
        }
        let mut writing =
            Writing { provider, material, prompt: &prompt, sent: &attempt.sent, requests: 0, on_progress };
        let written = writing.write().await;
        attempt.requests = writing.requests;
        match written {
            Ok((briefing, dropped)) => {
                self.cache.put(key, briefing.clone());
                attempt.result = Ok(dropped);
                (attempt, Some(briefing))
            }
            Err(failure) => {
                attempt.result = Err(failure);
                (attempt, None)
            }
        }
    }
}

/// One provider at work on one briefing.
struct Writing<'a> {
    provider: &'a Provider,
    material: &'a Material,
    prompt: &'a Prompt,
    sent: &'a Sent,
    requests: u32,
    on_progress: &'a mut (dyn FnMut(Progress) + Send),
}

impl Writing<'_> {
    /// Asks; and once more when the answer cannot be used and the model may do better.
    async fn write(&mut self) -> Result<(Briefing, Dropped), Failure> {
        let deadline = self.provider.deadline();
        let mut messages =
            vec![Message::System(SYSTEM_TEXT.to_owned()), Message::User(self.prompt.document().to_owned())];
        let (answer, failure) = match self.attempt(&messages, deadline).await {
            Err((answer, failure)) if failure.is_repairable() => (answer, failure),
            other => return self.finish(other.map_err(|(_, failure)| failure)),
        };
        (self.on_progress)(Progress::StartedOver);
        if !answer.trim().is_empty() {
            messages.push(Message::Assistant(answer.chars().take(MAX_REPAIRED_CHARS).collect()));
        }
        messages.push(Message::User(repair(&failure).to_owned()));
        let repaired = self.attempt(&messages, deadline).await.map_err(|(_, failure)| failure);
        self.finish(repaired)
    }

    fn finish<T>(&mut self, result: Result<T, Failure>) -> Result<T, Failure> {
        if result.is_err() {
            (self.on_progress)(Progress::StartedOver);
        }
        result
    }

    async fn attempt(
        &mut self,
        messages: &[Message],
        deadline: tokio::time::Instant,
    ) -> Result<(Briefing, Dropped), (String, Failure)> {
        let checker = Checker::new(self.material, &self.prompt.sent);
        let limits = &self.provider.config.limits;
        let question =
            Question { messages, tokens: self.prompt.tokens().saturating_add(limits.answer_tokens), deadline };
        let mut scanner = Scanner::default();
        let (on_progress, sent, requests) = (&mut *self.on_progress, self.sent, &mut self.requests);
        let mut on_piece = |piece: Piece<'_>| match piece {
            Piece::Request => {
                if *requests == 0 {
                    on_progress(Progress::Sent(sent.clone()));
                }
                *requests += 1;
            }
            Piece::Text(text) => {
                let statements = scanner.push(text);
                statements
                    .iter()
                    .filter_map(|(place, raw)| progress(&checker, *place, raw))
                    .for_each(&mut *on_progress);
            }
            Piece::Again => {
                scanner = Scanner::default();
                on_progress(Progress::StartedOver);
            }
        };
        let asked = self.provider.ask(&question, &mut on_piece).await;
        let text = asked.map_err(|failure| (String::new(), failure))?;
        let read = answer::parse(&text).and_then(|answer| checker.briefing(&answer, &self.provider.config.model));
        read.map_err(|failure| (text, failure))
    }
}

/// What a reader may be shown already. What is dropped is counted when the answer is complete.
fn progress(checker: &Checker<'_>, place: Place, raw: &answer::RawStatement) -> Option<Progress> {
    let dropped = &mut Dropped::default();
    match place {
        Place::Section(kind) => checker.statement(raw, dropped).map(|statement| Progress::Statement(kind, statement)),
        Place::OpeningLine => checker.opening_line(raw, dropped).map(Progress::OpeningLine),
    }
}

fn cache_key(config: &ProviderConfig, material: &Material) -> Key {
    let version = PROMPT_VERSION.to_be_bytes();
    cache::key([
        &material.hash[..],
        config.name.as_bytes(),
        config.base_url.as_bytes(),
        config.model.as_bytes(),
        &config.limits.transcript_tokens.to_be_bytes(),
        &version,
    ])
}
