//! Briefings that a model writes, and that nobody waits for.

use std::sync::Arc;
use std::time::Duration;

use axum::http::StatusCode;
use baton::api::desk::DeskCommand;
use baton::server::config::{Config, ModelsConfig};
use baton::server::hub::News;
use baton::server::store::events::{self, StoredEvent};
use baton_domain::briefing::{PreparedBriefing, Source};
use baton_domain::ids::{CallId, TransferId};
use baton_domain::outcome::HappeningKind;
use baton_models::{Limits, ProviderConfig};
use baton_redaction::Kinds;
use serde_json::json;
use tokio::sync::Notify;
use tokio::sync::broadcast::Receiver;

use crate::harness::TestDesk;
use crate::provider::{Provider, Reply, briefing_of, good};

async fn desk(provider: &Provider) -> TestDesk {
    let limits = Limits { stall: Duration::from_secs(60), total: Duration::from_secs(60), ..Limits::default() };
    let models = ModelsConfig {
        providers: vec![ProviderConfig { limits, ..provider.config() }],
        redacted: Kinds::ALL,
        language: None,
    };
    let mut desk = TestDesk::configured(|config: &mut Config| config.models = models).await;
    desk.start_workers();
    desk.open_desks(&["alice", "bob"]);
    desk
}

/// Alice has the caller, who has told their story.
async fn told(desk: &TestDesk) -> CallId {
    let call = desk.talking("alice").await;
    let lines = json!({ "lines": [
        { "speaker": "caller", "text": "My router has been offline since Monday and I need it for work" },
        { "speaker": "agent:alice", "text": "Have you restarted it?" },
        { "speaker": "caller", "text": "Twice. My card is 4242 4242 4242 4242" },
    ] });
    let answer = desk.post(&format!("/calls/{call}/transcript"), lines).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text);
    call
}

async fn stored(desk: &TestDesk, call: CallId, transfer: TransferId) -> PreparedBriefing {
    let all = desk.app.briefings().of_call(call).await.expect("a call");
    all.into_iter().find(|stored| stored.transfer == transfer).expect("a briefing").briefing
}

/// What is looked for in the next news that has it.
async fn next<T>(news: &mut Receiver<News>, wanted: impl Fn(News) -> Option<T>) -> T {
    let found = async {
        loop {
            if let Some(found) = wanted(news.recv().await.expect("the desk goes on")) {
                return found;
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(20), found).await.expect("told in time")
}

/// The next briefing that desks are told of and that `is_it`.
async fn shown(news: &mut Receiver<News>, is_it: impl Fn(&PreparedBriefing) -> bool) -> PreparedBriefing {
    let briefing = |told| match told {
        News::Briefed(_, _, briefing) => Some(briefing.briefing.clone()).filter(&is_it),
        _ => None,
    };
    next(news, briefing).await
}

/// The model has the question.
async fn asked(news: &mut Receiver<News>) {
    let sent = |told| match told {
        News::Event(event) => (event.entry.happening.kind == HappeningKind::TextSentToModel).then_some(()),
        _ => None,
    };
    next(news, sent).await;
}

async fn happened(desk: &TestDesk) -> Vec<StoredEvent> {
    let mut db = desk.app.store.read().await.expect("the database");
    events::after(&mut db, 0, 1_000).await.expect("events")
}

fn by_model(briefing: &PreparedBriefing) -> bool {
    matches!(briefing.generated.source, Source::Model { .. })
}

#[tokio::test]
async fn a_model_writes_the_briefing_once_more_and_the_audit_says_what_left() {
    let provider = Provider::new([good()]).await;
    let desk = desk(&provider).await;
    let call = told(&desk).await;
    let mut news = desk.app.hub.subscribe();
    let transfer = desk.start_transfer("alice", call, "bob").await.expect("Bob is free");
    let draft = shown(&mut news, |briefing| !by_model(briefing)).await;
    assert_eq!(draft.generated.reason.statements()[0].text(), "Carol's router has been offline since Monday");
    let written = shown(&mut news, by_model).await;
    assert_eq!(stored(&desk, call, transfer).await, written);
    assert_eq!(written.generated.source, Source::Model { name: "test-model".to_owned() });
    let sent = provider.received()[0].body.to_string();
    assert!(!sent.contains("4242") && sent.contains("[card 1]"), "{sent}");
    assert_eq!(provider.received()[0].document()["note"], "She has called twice");

    let events = happened(&desk).await;
    let audit: Vec<_> =
        events.iter().filter(|event| event.entry.happening.kind == HappeningKind::TextSentToModel).collect();
    assert_eq!(audit.len(), 1);
    assert_eq!((audit[0].call, audit[0].actor.as_str()), (call, "desk"));
    assert_eq!(audit[0].entry.happening.transfer, Some(transfer));
    assert_eq!(
        audit[0].entry.happening.detail.as_deref(),
        Some("groq, test-model: 3 lines, personal data taken out: 1")
    );
    assert!(events.iter().all(|event| !format!("{event:?}").contains("router")), "without what was said");
}

#[tokio::test]
async fn a_model_that_never_answers_keeps_nobody_waiting() {
    let provider = Provider::new([Reply::Silence]).await;
    let desk = desk(&provider).await;
    let call = told(&desk).await;
    let mut news = desk.app.hub.subscribe();
    let transfer = desk.start_transfer("alice", call, "bob").await.expect("Bob is free");
    asked(&mut news).await;
    let briefing = stored(&desk, call, transfer).await;
    assert!(!by_model(&briefing) && !briefing.generated.is_blank());
    desk.app.calls().offer_shown(&desk.who("bob").await, call).await.expect("a fact");
    desk.button("bob", call, DeskCommand::Accept).await.expect("it rings there");
    desk.button("alice", call, DeskCommand::Cancel).await.expect("still open");
    assert_eq!(desk.state(call).await, "talking");
    assert_eq!(stored(&desk, call, transfer).await, briefing);
}

#[tokio::test]
async fn an_edit_that_is_made_meanwhile_stays_and_the_better_briefing_is_kept_beside_it() {
    let gate = Arc::new(Notify::new());
    let provider = Provider::new([Reply::After(gate.clone(), Box::new(good()))]).await;
    let desk = desk(&provider).await;
    let call = told(&desk).await;
    let mut news = desk.app.hub.subscribe();
    let transfer = desk.start_transfer("alice", call, "bob").await.expect("Bob is free");
    desk.app
        .briefings()
        .edit(&desk.who("alice").await, call, transfer, None, "In my own words")
        .await
        .expect("it rings");
    gate.notify_one();
    let draft = shown(&mut news, |briefing| briefing.edit.is_some() && !by_model(briefing)).await;
    assert_eq!(draft.plain_text(), "In my own words");
    let written = shown(&mut news, by_model).await;
    assert_eq!(written.plain_text(), "In my own words");
    assert_eq!(stored(&desk, call, transfer).await, written);
}

#[tokio::test]
async fn when_the_model_fails_the_local_briefing_is_shown_again_and_stays() {
    let half = briefing_of(&[("The router is offline", &[1])]);
    let broken = Reply::Text(half[..half.len() - 20].to_owned());
    let provider = Provider::new([broken.clone(), broken]).await;
    let desk = desk(&provider).await;
    let call = told(&desk).await;
    let mut news = desk.app.hub.subscribe();
    let transfer = desk.start_transfer("alice", call, "bob").await.expect("Bob is free");
    let local = stored(&desk, call, transfer).await;
    shown(&mut news, |briefing| *briefing != local).await;
    assert_eq!(shown(&mut news, |briefing| *briefing == local).await, local);
    assert_eq!(stored(&desk, call, transfer).await, local);
}

#[tokio::test]
async fn without_a_model_nothing_leaves_and_nothing_is_said_about_it() {
    let desk = TestDesk::new().await;
    desk.open_desks(&["alice", "bob"]);
    let call = told(&desk).await;
    let transfer = desk.start_transfer("alice", call, "bob").await.expect("Bob is free");
    assert!(!by_model(&stored(&desk, call, transfer).await));
    let kinds: Vec<_> = happened(&desk).await.iter().map(|event| event.entry.happening.kind).collect();
    assert!(!kinds.contains(&HappeningKind::TextSentToModel), "{kinds:?}");
}

/// The settings by these variables, as the names of who is asked.
fn settings(variables: &[(&str, &str)]) -> Result<Vec<String>, String> {
    let text = |name: &str| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
    let read = ModelsConfig::read(&text).map_err(|error| error.to_string())?;
    Ok(read.providers.into_iter().map(|provider| format!("{} {}", provider.name, provider.model)).collect())
}

#[test]
fn who_has_a_key_is_asked_in_the_configured_order() {
    assert_eq!(settings(&[]), Ok(Vec::new()));
    let both = [("OPENAI_API_KEY", "a"), ("GROQ_API_KEY", "b"), ("GROQ_MODEL", "llama")];
    assert_eq!(settings(&both), Ok(vec!["groq llama".to_owned(), "openai gpt-4.1-mini".to_owned()]));
    let turned = [both[0], both[1], ("BATON_MODELS", "openai, groq")];
    assert_eq!(settings(&turned).expect("valid")[0], "openai gpt-4.1-mini");
    assert_eq!(settings(&[both[0], ("BATON_MODELS", "none")]), Ok(Vec::new()));
    let own = [("BATON_MODEL_BASE_URL", "http://127.0.0.1:8000/v1"), ("BATON_MODEL_NAME", "qwen")];
    assert_eq!(settings(&own), Ok(vec!["other qwen".to_owned()]), "a server of one's own needs no key");
}

#[test]
fn settings_that_cannot_be_meant_are_named() {
    for (variables, complaint) in [
        (vec![("BATON_MODELS", "grok")], "BATON_MODELS is"),
        (vec![("OPENAI_API_KEY", "a"), ("OPENAI_BASE_URL", "api.openai.com")], "OPENAI_BASE_URL is"),
        (vec![("BATON_MODEL_BASE_URL", "http://127.0.0.1:8000/v1")], "BATON_MODEL_NAME is not set"),
        (vec![("BATON_MODEL_API_KEY", "a")], "BATON_MODEL_BASE_URL is not set"),
        (vec![("BATON_REDACT", "cards")], "BATON_REDACT is"),
        (vec![("BATON_BRIEFING_LANGUAGE", "english")], "BATON_BRIEFING_LANGUAGE is"),
        (vec![("BATON_MODEL_SECONDS", "0")], "BATON_MODEL_SECONDS is"),
    ] {
        let error = settings(&variables).expect_err("it is refused");
        assert!(error.starts_with(complaint), "{error}");
    }
}
