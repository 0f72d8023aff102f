//! A conversation, a chain, and a clock that a test sets.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use baton_domain::briefing::{Briefing, Language, Source};
use baton_domain::ids::SegmentId;
use baton_domain::time::Timestamp;
use baton_domain::transcript::{Segment, SegmentText, Speaker, Transcript};
use baton_models::{Chain, Clock, Limits, Outcome, Progress, ProviderConfig, SystemClock, Task};
use baton_redaction::Kinds;
use baton_summariser::{AgentName, Context};
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use tokio::time::Instant;
use uuid::Uuid;

use crate::provider::Provider;

/// Patient enough for a busy machine, impatient enough for a test.
pub fn limits() -> Limits {
    Limits {
        stall: Duration::from_secs(20),
        total: Duration::from_secs(60),
        retries: 2,
        failures_to_open: 10,
        ..Limits::default()
    }
}

/// Lines by the caller and by Alice in turn, numbered from 1.
pub fn transcript(lines: &[&str]) -> Transcript {
    let segments = lines.iter().zip(1..).map(|(text, number)| Segment {
        id: SegmentId(Uuid::from_u128(u128::from(number))),
        number,
        speaker: if number % 2 == 1 { Speaker::Caller } else { Speaker::Agent("alice".parse().expect("an id")) },
        text: SegmentText::new(text).expect("a text"),
        started_at: Timestamp(i64::from(number) * 1_000),
        ended_at: None,
        is_final: true,
    });
    Transcript::new(segments.collect()).expect("a transcript")
}

pub const TALK: [&str; 4] = [
    "Hello, my router does not work, it has been offline for days and I need it for my work",
    "I am sorry to hear that. Since when is it offline, and have you restarted it?",
    "Since Monday. I restarted it twice and it did not help. My invoice is 4711-2026",
    "I will ask my colleague Bob to look into it, and he will call you back tomorrow",
];

pub fn task(lines: &[&str]) -> Task {
    Task {
        transcript: transcript(lines),
        context: Context {
            caller_name: Some("Carol".to_owned()),
            agents: vec![AgentName { id: "alice".parse().expect("an id"), name: "Alice".to_owned() }],
            transferring_agent: "Alice".to_owned(),
            target: Some("Bob".to_owned()),
        },
        language: Some(Language::english()),
        note: "She has called twice".to_owned(),
        earlier: Vec::new(),
        redact: true,
        urgency: baton_models::Urgency::Now,
        gate: baton_models::Gate::open(),
    }
}

pub fn patient(provider: &Provider) -> ProviderConfig {
    ProviderConfig { limits: limits(), ..provider.config() }
}

pub fn chain(providers: &[&Provider]) -> Chain {
    Chain::new(providers.iter().map(|provider| patient(provider)).collect(), Kinds::ALL)
}

/// A briefing of [`TALK`], and what was shown meanwhile.
pub async fn brief(chain: &Chain) -> (Outcome, Vec<Progress>) {
    let mut shown = Vec::new();
    let outcome = chain.brief(task(&TALK), &mut |progress| shown.push(progress)).await;
    shown.retain(|progress| !matches!(progress, Progress::Sent(_)));
    (outcome, shown)
}

pub fn is_local(briefing: &Briefing) -> bool {
    briefing.source == Source::Local
}

pub fn reasons(briefing: &Briefing) -> Vec<&str> {
    briefing.reason.statements().iter().map(baton_domain::briefing::Statement::text).collect()
}

/// A clock whose time passes only by sleeping, and at once.
#[derive(Debug)]
pub struct TestClock {
    start: Instant,
    passed: Mutex<Duration>,
    slept: Mutex<Vec<Duration>>,
}

impl TestClock {
    pub fn new() -> Arc<Self> {
        Arc::new(Self { start: SystemClock.now(), passed: Mutex::default(), slept: Mutex::default() })
    }

    pub fn advance(&self, span: Duration) {
        *self.passed.lock().expect("no panic") += span;
    }

    pub fn slept(&self) -> Vec<Duration> {
        self.slept.lock().expect("no panic").clone()
    }
}

impl Clock for TestClock {
    fn now(&self) -> Instant {
        self.start + *self.passed.lock().expect("no panic")
    }

    fn sleep(&self, span: Duration) -> BoxFuture<'static, ()> {
        self.advance(span);
        self.slept.lock().expect("no panic").push(span);
        std::future::ready(()).boxed()
    }
}
