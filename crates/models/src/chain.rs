//! The providers in order, and the local summariser behind them.

use std::sync::Arc;

use baton_domain::briefing::{Briefing, Language, OpeningLine, SectionKind, Statement};
use baton_domain::insight::Insight;
use baton_domain::transcript::Transcript;
use baton_provider::{Clock, SystemClock};
use baton_redaction::{Kind, Kinds};
use baton_summariser::Context;

use crate::answer::{self, Place};
use crate::asking::Asking;
use crate::cache::{self, Cache, Key};
use crate::check::{Checker, Dropped};
use crate::config::ProviderConfig;
use crate::failure::Failure;
use crate::gate::Gate;
use crate::material::Material;
use crate::prompt::{PROMPT_VERSION, Prompt, SYSTEM_TEXT};
use crate::provider::{Piece, Provider, Urgency};
use crate::scanner::Scanner;
use crate::wire::Shape;

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
    /// The briefings of earlier transfers of the call, oldest first, as plain text.
    pub earlier: Vec<String>,
    /// Whether what the chain takes out is taken out of this call's texts; else nothing is.
    pub redact: bool,
    /// Whether somebody waits.
    pub urgency: Urgency,
    /// Who writes down what leaves, before it does.
    pub gate: Gate,
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
    /// Whether anything is taken out at all.
    pub is_redacted: bool,
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
    pub(crate) providers: Vec<Provider>,
    redacted: Kinds,
    cache: Cache<Briefing>,
    pub(crate) insights: Cache<Insight>,
}

impl Chain {
    /// Asks `providers` in this order, and takes these kinds of personal data out before.
    pub fn new(providers: Vec<ProviderConfig>, redacted: Kinds) -> Self {
        Self::with_clock(providers, redacted, &(Arc::new(SystemClock) as Arc<dyn Clock>))
    }

    /// The same by another clock.
    pub fn with_clock(providers: Vec<ProviderConfig>, redacted: Kinds, clock: &Arc<dyn Clock>) -> Self {
        let providers = providers.into_iter().map(|config| Provider::new(config, clock.clone())).collect();
        Self { providers, redacted, cache: Cache::default(), insights: Cache::default() }
    }

    /// Whether there is anybody to ask.
    pub fn is_empty(&self) -> bool {
        self.providers.is_empty()
    }

    /// What is taken out of the texts of a task.
    pub(crate) fn kinds(&self, task: &Task) -> Kinds {
        if task.redact { self.redacted } else { Kinds::NONE }
    }

    /// The best briefing that is to be had. `on_progress` hears it being written.
    pub async fn brief(&self, task: Task, on_progress: &mut (dyn FnMut(Progress) + Send)) -> Outcome {
        let kinds = self.kinds(&task);
        let material = in_background(move || Material::new(task, kinds)).await;
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
        let prompt = Prompt::new(material, "briefing", config.limits.transcript_tokens);
        let asking = Asking::new(provider, material, &prompt, (SYSTEM_TEXT, Shape::Briefing));
        let key = cache_key(config, material, "briefing");
        if let Some(known) = self.cache.get(&key) {
            return (asking.spared(), Some(known));
        }
        let checker = Checker::new(material, &prompt.sent);
        let mut scanner = Scanner::default();
        let mut on_piece = |piece: Piece<'_>| match piece {
            Piece::Request => on_progress(Progress::Sent(asking.sent.clone())),
            Piece::Text(text) => {
                let statements = scanner.push(text);
                let shown = statements.iter().filter_map(|(place, raw)| progress(&checker, *place, raw));
                shown.for_each(&mut *on_progress);
            }
            Piece::Again => {
                scanner = Scanner::default();
                on_progress(Progress::StartedOver);
            }
        };
        let read = |text: &str| answer::parse(text).and_then(|answer| checker.briefing(&answer, &config.model));
        let (attempt, briefing) = asking.ask(&read, &mut on_piece).await;
        match &briefing {
            Some(briefing) => self.cache.put(key, briefing.clone()),
            None => on_progress(Progress::StartedOver),
        }
        (attempt, briefing)
    }
}

/// Everything that people said or typed, ready to leave. Reading hours of talk takes a while, and other tasks would wait for it.
pub async fn in_background<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    tokio::task::spawn_blocking(work).await.expect("reading a transcript does not panic, and is not cancelled")
}

/// What a reader may be shown already. What is dropped is counted when the answer is complete.
fn progress(checker: &Checker<'_>, place: Place, raw: &answer::RawStatement) -> Option<Progress> {
    let dropped = &mut Dropped::default();
    match place {
        Place::Section(kind) => checker.statement(raw, dropped).map(|statement| Progress::Statement(kind, statement)),
        Place::OpeningLine => checker.opening_line(raw, dropped).map(Progress::OpeningLine),
    }
}

/// What an answer for `purpose` depends on.
pub fn cache_key(config: &ProviderConfig, material: &Material, purpose: &str) -> Key {
    let version = PROMPT_VERSION.to_be_bytes();
    cache::key([
        &material.hash[..],
        config.name.as_bytes(),
        config.base_url.as_bytes(),
        config.model.as_bytes(),
        &config.limits.transcript_tokens.to_be_bytes(),
        &version,
        purpose.as_bytes(),
    ])
}
