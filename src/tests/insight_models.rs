//! What a model adds to a call while it goes on, and that nobody waits for it.

use std::sync::Arc;
use std::time::Duration;

use axum::http::Method;
use baton::api::desk::DeskCommand;
use baton::server::config::{Config, ModelsConfig};
use baton::server::error::ServiceError;
use baton::server::hub::News;
use baton::server::store::{events, insight};
use baton_domain::briefing::{Language, Source, Statement};
use baton_domain::call::RoomKind;
use baton_domain::ids::CallId;
use baton_domain::insight::Insight;
use baton_domain::machine::Refusal;
use baton_domain::outcome::HappeningKind;
use baton_models::{Limits, ProviderConfig};
use baton_redaction::Kinds;
use serde_json::{Value, json};
use tokio::sync::Notify;
use tokio::sync::broadcast::Receiver;

use crate::harness::{API_KEY, TestDesk, id};
use crate::insight::{TALK, analysed, answered, say};
use crate::provider::{Provider, Reply, briefing_of, good};

pub async fn desk(provider: &Provider) -> TestDesk {
    let limits = Limits { stall: Duration::from_secs(60), total: Duration::from_secs(60), ..Limits::default() };
    let providers = vec![ProviderConfig { limits, ..provider.config() }];
    let models = ModelsConfig { providers, redacted: Kinds::ALL, language: None };
    let mut desk = TestDesk::configured(|config: &mut Config| config.models = models).await;
    desk.start_workers();
    desk.open_desks(&["alice", "bob"]);
    desk
}

pub fn analysis() -> Reply {
    analysis_of([
        "Carol wants her router to work again",
        "It was restarted twice",
        "A technician comes tomorrow morning",
        "The technician will be there tomorrow morning.",
    ])
}

fn german_analysis() -> Reply {
    analysis_of([
        "Carol möchte, dass ihr Router wieder geht",
        "Er wurde schon neu gestartet",
        "Am Morgen kommt jemand von der Technik vorbei",
        "Jemand von der Technik ist morgen früh bei Ihnen.",
    ])
}

/// What the caller wants, what whoever joins must know, what is to be done, what might be said.
fn analysis_of([intent, key_point, action, reply]: [&str; 4]) -> Reply {
    let said = |text: &str, line: u32| json!([{ "text": text, "citations": [line] }]);
    let answer = json!({
        "intent": said(intent, 1),
        "key_points": said(key_point, 3),
        "actions": said(action, 4),
        "mood": [{ "line": 3, "level": -70 }],
        "replies": said(reply, 4),
    });
    Reply::Text(answer.to_string())
}

fn is_by_model(source: &Source) -> bool {
    matches!(source, Source::Model { .. })
}

pub async fn sent(desk: &TestDesk, call: CallId) -> Vec<String> {
    let mut db = desk.app.store.read().await.expect("the database");
    let all = events::timeline(&mut db, call).await.expect("a timeline");
    let sent = all.into_iter().filter(|entry| entry.happening.kind == HappeningKind::TextSentToModel);
    sent.filter_map(|entry| entry.happening.detail).collect()
}

/// The rolling briefing of a call, once it is there.
async fn rolling(desk: &TestDesk, call: CallId) -> baton_domain::briefing::Briefing {
    let found = async {
        loop {
            let mut db = desk.app.store.read().await.expect("the database");
            let known = insight::rolling_briefing(&mut db, call).await.expect("read");
            drop(db);
            match known {
                Some(known) => return known,
                None => tokio::time::sleep(Duration::from_millis(20)).await,
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(20), found).await.expect("written in time")
}

#[tokio::test]
async fn a_model_analyses_the_call_while_it_goes_on_and_the_audit_says_what_left() {
    let provider = Provider::new([analysis(), good()]).await;
    let desk = desk(&provider).await;
    let call = desk.talking("alice").await;
    let mut news = desk.app.hub.subscribe();
    say(&desk, call, &TALK).await;
    let told = analysed(&mut news, |insight| is_by_model(&insight.source)).await;
    assert_eq!(told.intent.statements()[0].text(), "Carol wants her router to work again");
    rolling(&desk, call).await;
    let line = "groq, test-model: 4 lines, personal data taken out: 1";
    assert_eq!(sent(&desk, call).await, [line, line]);
    assert!(provider.received().iter().all(|received| !received.body.to_string().contains("4242")));
    // What is said next is added by the local rules, without another question.
    say(&desk, call, &[("caller", "Thank you so much, that is wonderful!")]).await;
    let told = analysed(&mut news, |insight| insight.mood.points().iter().any(|point| point.line == 5)).await;
    assert!(is_by_model(&told.source) && told.mood.now().is_some_and(|level| level.value() > -70));
    assert_eq!(provider.received().len(), 2);
}

#[tokio::test]
async fn at_transfer_the_briefing_of_the_model_is_there_at_once_with_what_was_said_since() {
    let briefing = briefing_of(&[("Carol's router has been offline since Monday", &[1])]);
    let gate = Arc::new(Notify::new());
    let late = Reply::After(gate.clone(), Box::new(good()));
    let provider = Provider::new([analysis(), Reply::Text(briefing), late]).await;
    let desk = desk(&provider).await;
    let call = desk.talking("alice").await;
    say(&desk, call, &TALK).await;
    rolling(&desk, call).await;
    say(&desk, call, &[("agent:alice", "I will also send you a new cable on Friday.")]).await;
    let transfer = desk.start_transfer("alice", call, "bob").await.expect("Bob is free");
    let stored = desk.app.briefings().of_call(call).await.expect("a call");
    let prepared = &stored.iter().find(|stored| stored.transfer == transfer).expect("a briefing").briefing.generated;
    assert!(is_by_model(&prepared.source), "nobody has waited for it");
    assert_eq!(prepared.reason.statements()[0].text(), "Carol's router has been offline since Monday");
    let promised: Vec<_> = prepared.promised.statements().iter().map(Statement::citations).collect();
    assert_eq!(promised, [[5]], "what was said since, by the local rules");
    assert_eq!(prepared.lines_read, 5);
    assert!(prepared.opening_line.text().contains("Bob"), "{}", prepared.opening_line.text());
    gate.notify_one();
}

#[tokio::test]
async fn a_model_answers_questions_as_it_writes_and_remembers_what_was_asked() {
    let answers = ["She restarted it twice [3].", "Since Monday, for her work [1]."];
    let provider = Provider::new(answers.map(|text| Reply::Text(text.to_owned()))).await;
    let desk = desk(&provider).await;
    let call = desk.talking("alice").await;
    // Too few lines for a model to begin by itself.
    say(&desk, call, &TALK[..3]).await;
    let mut news = desk.app.hub.subscribe();
    let alice = desk.who("alice").await;
    for (question, text, line) in
        [("What did she try with her card 5555 5555 5555 4444?", answers[0], 3), ("And since when?", answers[1], 1)]
    {
        desk.app.insights().ask(&alice, call, None, question).await.expect("a question");
        let answer = answered(&mut news).await.answer.expect("an answer");
        assert!(is_by_model(&answer.source));
        assert_eq!((answer.text.as_str(), answer.citations.as_slice()), (text, &[line][..]));
    }
    let received = provider.received();
    assert_eq!(received[1].document()["question"], "And since when?");
    assert_eq!(received[1].document()["earlier_questions"][0][1], answers[0]);
    assert!(received.iter().all(|received| !received.body.to_string().contains("5555")), "questions are redacted, too");
    assert_eq!(sent(&desk, call).await.len(), 2);
}

#[tokio::test]
async fn when_no_model_answers_the_search_does() {
    let provider = Provider::new([Reply::Refusal]).await;
    let desk = desk(&provider).await;
    let call = desk.talking("alice").await;
    say(&desk, call, &TALK[..3]).await;
    let mut news = desk.app.hub.subscribe();
    desk.app
        .insights()
        .ask(&desk.who("alice").await, call, None, "Since when is the router offline?")
        .await
        .expect("a question");
    let answer = answered(&mut news).await.answer.expect("an answer");
    assert_eq!((answer.source, answer.citations), (Source::Local, vec![1]));
}

#[tokio::test]
async fn a_second_transfer_builds_on_the_briefing_of_the_first_and_is_written_for_who_takes_over() {
    let provider = Provider::new([good(), good()]).await;
    let models = ModelsConfig { providers: vec![provider.config()], redacted: Kinds::ALL, language: None };
    let bob = (id("bob"), Language::new("de").expect("a language"));
    let mut desk = TestDesk::configured(|config: &mut Config| {
        config.models = models;
        config.demo.languages = vec![bob];
    })
    .await;
    desk.start_workers();
    desk.open_desks(&["alice", "bob"]);
    let call = desk.talking("alice").await;
    say(&desk, call, &TALK[..3]).await;
    let mut news = desk.app.hub.subscribe();
    let first = desk.start_transfer("alice", call, "bob").await.expect("Bob is free");
    let stored = desk.app.briefings().of_call(call).await.expect("a call");
    let text = stored[0].briefing.generated.plain_text();
    assert!(text.contains("Wer ruft an und warum"), "Bob reads German: {text}");
    asked(&mut news).await;
    desk.app
        .briefings()
        .edit(&desk.who("alice").await, call, first, None, "She collects stamps")
        .await
        .expect("it rings");
    desk.button("alice", call, DeskCommand::Cancel).await.expect("still open");
    desk.start_transfer("alice", call, "bob").await.expect("Bob is free again");
    asked(&mut news).await;
    // The audit is written before the request goes out.
    let second = async {
        while provider.received().len() < 2 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), second).await.expect("asked twice");
    let document = provider.received()[1].document();
    assert_eq!(document["output_language"], "de");
    assert_eq!(document["earlier_briefings"], json!(["She collects stamps"]), "as Alice has put it");
    let kept = desk.app.briefings().of_call(call).await.expect("a call");
    assert_eq!(kept.len(), 2, "whoever takes over sees both");
    assert!(
        kept[0].briefing.edit.is_some() && !kept[0].briefing.generated.is_blank(),
        "and both versions of the first"
    );
}

/// The model has been asked for a briefing, and the provider has the question.
async fn asked(news: &mut Receiver<News>) {
    let found = async {
        loop {
            if let News::Event(event) = news.recv().await.expect("the desk goes on")
                && event.entry.happening.kind == HappeningKind::TextSentToModel
                && event.entry.happening.transfer.is_some()
            {
                return;
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(20), found).await.expect("asked in time");
}

#[tokio::test]
async fn what_cannot_be_written_down_does_not_leave() {
    let provider = Provider::new([analysis(), analysis()]).await;
    let desk = desk(&provider).await;
    let call = desk.talking("alice").await;
    say(&desk, call, &TALK[..3]).await;
    let alice = desk.who("alice").await;
    desk.rename_table("events", "gone").await;
    desk.app.insights().analyse(&alice, call).await.expect_err("the audit cannot be written");
    assert_eq!(provider.received().len(), 0);
    desk.rename_table("gone", "events").await;
    desk.app.insights().analyse(&alice, call).await.expect("it can be written");
    assert_eq!((provider.received().len(), sent(&desk, call).await.len()), (1, 1));
}

#[tokio::test]
async fn nothing_leaves_once_the_caller_has_refused() {
    let provider = Provider::new([analysis()]).await;
    let desk = desk(&provider).await;
    desk.rest(Method::PATCH, "/lines/support", Some(API_KEY), Some(json!({ "transcribe": true }))).await;
    let call = desk.talking("alice").await;
    say(&desk, call, &TALK[..3]).await;
    desk.app.listening().consent(call, false).await.expect("the caller may");
    let alice = desk.who("alice").await;
    let refused = desk.app.insights().analyse(&alice, call).await.expect_err("the caller does not want it");
    assert!(matches!(refused, ServiceError::Refused(Refusal::ListeningRefused, _)), "{refused:?}");
    assert_eq!((provider.received().len(), sent(&desk, call).await.len()), (0, 0));
}

#[tokio::test]
async fn what_is_written_while_the_call_goes_on_is_in_the_language_of_whoever_has_it() {
    let provider = Provider::new([analysis(), analysis()]).await;
    let desk = desk(&provider).await;
    let alice = desk.who("alice").await;
    desk.app.presence().choose_language(&alice, "de").await.expect("a language");
    let call = desk.talking("alice").await;
    say(&desk, call, &TALK[..3]).await;
    drop(desk.app.insights().analyse(&alice, call).await);
    assert_eq!(provider.received()[0].document()["output_language"], "de");
    let refused = desk.app.presence().choose_language(&alice, "German!").await.expect_err("no language");
    assert_eq!(refused.to_string(), "A language is a tag like `en` or `pt-BR`.");
    desk.app.presence().choose_language(&alice, "").await.expect("the conversation's");
    let agents = desk.get("/agents").await.json();
    assert!(agents["agents"].as_array().expect("agents").iter().all(|agent| agent["language"].is_null()), "{agents}");
}

#[tokio::test]
async fn whoever_asks_for_no_language_gets_what_the_model_has_kept_whatever_the_agent_reads() {
    let provider = Provider::new([analysis(), good()]).await;
    let desk = desk(&provider).await;
    let call = desk.talking("alice").await;
    say(&desk, call, &TALK).await;
    let kept = rolling(&desk, call).await;
    let Source::Model { name } = &kept.source else { panic!("written by {:?}", kept.source) };
    desk.app.presence().choose_language(&desk.who("alice").await, "de").await.expect("a language");
    for path in ["summarise", "briefings"] {
        let summary = async |query: &str| desk.post(&format!("/calls/{call}/{path}{query}"), json!({})).await.json();
        let plain = summary("").await;
        assert_eq!((&plain["source"], &plain["written_in"]), (&json!(name), &json!("en")), "{plain}");
        assert!(plain["text"].to_string().contains("Who calls and why"), "{plain}");
        let german = summary("?language=de").await;
        assert_eq!((&german["source"], &german["written_in"]), (&json!("local"), &json!("de")), "{german}");
        assert!(german["text"].to_string().contains("Wer ruft an und warum"), "{german}");
    }
}

#[tokio::test]
async fn a_question_is_answered_from_the_transcript_when_nothing_may_leave_because_it_cannot_be_written_down() {
    let provider = Provider::new([]).await;
    let desk = desk(&provider).await;
    let call = desk.talking("alice").await;
    say(&desk, call, &TALK[..1]).await;
    let mut news = desk.app.hub.subscribe();
    // The audit cannot be written, and everything else can.
    sqlx::query("create trigger full_audit before insert on events begin select raise(abort, 'no room'); end")
        .execute(desk.app.store.pool())
        .await
        .expect("a database of our own");
    let alice = desk.who("alice").await;
    desk.app.insights().ask(&alice, call, None, "Since when is the router offline?").await.expect("a question");
    let answer = answered(&mut news).await.answer.expect("an answer");
    assert_eq!((answer.source, answer.citations), (Source::Local, vec![1]));
    assert_eq!(provider.received().len(), 0);
    desk.app.insights().ask(&alice, call, None, "And why?").await.expect("the first is answered");
}

#[tokio::test]
async fn whoever_takes_over_reads_the_analysis_in_their_language_without_another_word() {
    // Several lines in a row are read twice. The second reading is seen by what the first could not write.
    let provider = Provider::new([analysis(), Reply::Refusal, good(), good(), german_analysis()]).await;
    let desk = desk(&provider).await;
    desk.app.presence().choose_language(&desk.who("bob").await, "de").await.expect("a language");
    let call = desk.talking("alice").await;
    say(&desk, call, &TALK).await;
    rolling(&desk, call).await;
    let languages = || -> Vec<Value> {
        provider.received().iter().map(|received| received.document()["output_language"].clone()).collect()
    };
    let before = languages();
    assert_eq!(before.len(), 3, "{before:?}");
    let mut news = desk.app.hub.subscribe();
    desk.start_transfer("alice", call, "bob").await.expect("Bob is free");
    asked(&mut news).await;
    desk.app.calls().offer_shown(&desk.who("bob").await, call).await.expect("a fact");
    desk.button("alice", call, DeskCommand::TransferWithoutWaiting).await.expect("it rings");
    desk.button("bob", call, DeskCommand::Accept).await.expect("it rings");
    desk.enter_as("bob", call, RoomKind::Call).await;
    let (caller, bob) = (desk.find(call).await.caller.leg, desk.leg("bob", call).await);
    desk.app.callers().heard(call, bob).await.expect("a fact");
    desk.app.calls().heard_by_agent(&desk.who("bob").await, call, caller).await.expect("a fact");
    assert_eq!(desk.state(call).await, "talking");
    let is_german = |insight: &Insight| insight.intent.statements().iter().any(|said| said.text().contains("möchte"));
    analysed(&mut news, is_german).await;
    // The briefing for Bob, and then the analysis for him.
    assert_eq!(languages()[3..], [json!("de"), json!("de")]);

    // Of what changes nothing for its reader, nothing is written again.
    desk.button("bob", call, DeskCommand::Hold).await.expect("he talks");
    desk.button("bob", call, DeskCommand::Retrieve).await.expect("she waits");
    say(&desk, call, &[("caller", "Thank you so much, that is wonderful!")]).await;
    analysed(&mut news, |insight| insight.mood.points().iter().any(|point| point.line == 5)).await;
    assert_eq!(languages().len(), 5);
}
