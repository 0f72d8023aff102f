//! What agents see of a call while it goes on, with nobody but the local rules to ask.

use std::time::Duration;

use axum::http::{Method, StatusCode};
use baton::server::error::ServiceError;
use baton::server::hub::News;
use baton::server::store::insight;
use baton_domain::briefing::{Language, Source};
use baton_domain::ids::CallId;
use baton_domain::insight::{ChatTurn, Insight, InsightChange};
use serde_json::{Value, json};
use tokio::sync::broadcast::Receiver;

use crate::harness::{TestDesk, id};

pub async fn desk() -> TestDesk {
    let mut desk = TestDesk::new().await;
    desk.start_workers();
    desk.open_desks(&["alice", "bob"]);
    desk
}

pub async fn say(desk: &TestDesk, call: CallId, lines: &[(&str, &str)]) {
    let lines: Vec<_> = lines.iter().map(|(speaker, text)| json!({ "speaker": speaker, "text": text })).collect();
    let answer = desk.post(&format!("/calls/{call}/transcript"), json!({ "lines": lines })).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text);
}

pub const TALK: [(&str, &str); 4] = [
    ("caller", "My router has been offline since Monday and I need it for work"),
    ("agent:alice", "Have you restarted it?"),
    ("caller", "Twice. This is absolutely unacceptable! My card is 4242 4242 4242 4242."),
    ("agent:alice", "I will send a technician tomorrow morning."),
];

/// The next change that has what is looked for.
pub async fn next<T>(news: &mut Receiver<News>, wanted: impl Fn(&InsightChange) -> Option<T>) -> T {
    let found = async {
        loop {
            if let News::Insight(_, _, change) = news.recv().await.expect("the desk goes on")
                && let Some(found) = wanted(&change)
            {
                return found;
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(20), found).await.expect("told in time")
}

pub async fn analysed(news: &mut Receiver<News>, is_it: impl Fn(&Insight) -> bool) -> Insight {
    next(news, |change| match change {
        InsightChange::Analysed { analysis } => Some((**analysis).clone()).filter(&is_it),
        _ => None,
    })
    .await
}

pub async fn answered(news: &mut Receiver<News>) -> ChatTurn {
    next(news, |change| match change {
        InsightChange::Chatted { turn } => Some((**turn).clone()).filter(|turn| !turn.is_open()),
        _ => None,
    })
    .await
}

#[tokio::test]
async fn what_is_said_is_analysed_soon_after_and_told_to_the_agents_of_the_call() {
    let desk = desk().await;
    let call = desk.talking("alice").await;
    let mut news = desk.app.hub.subscribe();
    say(&desk, call, &TALK).await;
    let told = analysed(&mut news, |insight| insight.lines_read == 4).await;
    assert_eq!(told.source, Source::Local);
    assert_eq!(told.mood.moves().map(|point| point.line).collect::<Vec<_>>(), [3]);
    assert_eq!(told.intent.statements()[0].citations(), [1]);
    assert_eq!(told.actions.statements()[0].citations(), [4]);
    assert!(!format!("{told:?}").contains("4242 4242"), "no account number is copied");
    let view = desk.app.desk_view(&desk.who("alice").await).await.expect("a view");
    assert_eq!(view.calls[0].insight.analysis.as_ref(), Some(&told), "a reload shows the same");
    let other = desk.app.desk_view(&desk.who("bob").await).await.expect("a view");
    assert_eq!(other.calls, []);
}

#[tokio::test]
async fn an_action_item_is_ticked_off_once_for_all_agents_of_the_call_and_can_be_opened_again() {
    let desk = desk().await;
    let call = desk.talking("alice").await;
    say(&desk, call, &TALK).await;
    let (alice, bob) = (desk.who("alice").await, desk.who("bob").await);
    let insights = desk.app.insights();
    let found = insights.analyse(&alice, call).await.expect("Alice's call");
    let item = found.actions.statements()[0].text().to_owned();
    let ticks = insights.tick(&alice, call, &item, true).await.expect("an item");
    assert_eq!(insights.tick(&alice, call, &item, true).await.expect("again"), ticks, "a second tick changes nothing");
    assert_eq!((ticks.len(), &ticks[0].by), (1, &id("alice")));
    let refused = insights.tick(&bob, call, &item, false).await;
    assert!(matches!(refused, Err(ServiceError::Refused(..))), "{refused:?}");
    let made_up = insights.tick(&alice, call, "Feed the cat", true).await;
    assert!(matches!(made_up, Err(ServiceError::NotFound("action item"))), "{made_up:?}");
    assert_eq!(insights.tick(&alice, call, &item, false).await.expect("an item"), []);
}

#[tokio::test]
async fn without_a_model_a_question_is_answered_by_a_search_that_says_so() {
    let desk = desk().await;
    let call = desk.talking("alice").await;
    say(&desk, call, &TALK).await;
    let mut news = desk.app.hub.subscribe();
    let alice = desk.who("alice").await;
    desk.app.insights().ask(&alice, call, None, "When does the technician come?").await.expect("a question");
    let turn = answered(&mut news).await;
    let answer = turn.answer.expect("an answer");
    assert_eq!((answer.source, answer.citations.as_slice()), (Source::Local, &[4][..]));
    assert_eq!(
        answer.text,
        "Found by searching the transcript, without a language model:\n\
         Line 4, Alice: “I will send a technician tomorrow morning.”"
    );
    desk.app.insights().ask(&alice, call, None, "Is there a dog?").await.expect("a question");
    let turn = answered(&mut news).await;
    assert!(turn.number == 2 && turn.answer.is_some_and(|answer| answer.text.starts_with("Nothing in the transcript")));
    let mut db = desk.app.store.read().await.expect("the database");
    assert_eq!(insight::turns(&mut db, call).await.expect("turns").len(), 2, "what was asked is remembered");
}

#[tokio::test]
async fn programs_and_agents_get_the_same_over_rest() {
    let desk = desk().await;
    let call = desk.talking("alice").await;
    say(&desk, call, &TALK).await;
    let post = async |path: &str| {
        let answer = desk.post(&format!("/calls/{call}/{path}"), json!({})).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
        answer.json()
    };
    let analysis = post("analyse").await;
    assert_eq!((&analysis["source"], &analysis["lines_read"]), (&json!("local"), &json!(4)));
    assert_eq!(analysis["intent"][0]["lines"], json!([1]));
    assert_eq!(analysis["action_items"][0]["lines"], json!([4]), "the line that promises it");
    assert!(analysis["action_items"][0]["text"].as_str().is_some_and(|text| text.contains("technician")), "{analysis}");
    assert_eq!(analysis["action_items"][0]["done_by"], Value::Null);

    let mood = post("sentiment").await;
    assert_eq!(mood, analysis["mood"]);
    let points: Vec<_> = mood["points"]
        .as_array()
        .expect("a curve")
        .iter()
        .map(|at| (at["line"].clone(), at["moved"].clone()))
        .collect();
    assert_eq!(
        points,
        [(json!(1), json!(false)), (json!(3), json!(true))],
        "her third line moved it, her first did not"
    );
    assert!(mood["points"][1]["level"].as_i64() < mood["points"][0]["level"].as_i64(), "{mood}");

    let suggestions = post("suggestions").await["suggestions"].clone();
    assert_eq!(suggestions, analysis["suggestions"]);
    let all = suggestions.as_array().expect("a list");
    assert!(!all.is_empty(), "{analysis}");
    for suggestion in all {
        assert!(suggestion["why"].as_str().is_some_and(|why| !why.is_empty()), "{suggestion}");
        assert!(suggestion["lines"].as_array().is_some_and(|lines| !lines.is_empty()), "{suggestion}");
    }

    let (alice, path) = (desk.token("alice").await, format!("/calls/{call}/chat"));
    let mut news = desk.app.hub.subscribe();
    let question = json!({ "question": "When does the technician come?" });
    let asked = desk.rest(Method::POST, &path, Some(&alice), Some(question)).await;
    assert_eq!((asked.status, &asked.json()["answer"]), (StatusCode::ACCEPTED, &Value::Null));
    answered(&mut news).await;
    let questions = desk.rest(Method::GET, &path, Some(&alice), None).await.json()["questions"].clone();
    let turn = &questions[0];
    assert_eq!(
        (questions.as_array().map(Vec::len), &turn["question"], &turn["asked_by"]),
        (Some(1), &json!("When does the technician come?"), &json!("alice"))
    );
    assert_eq!((&turn["answer"]["lines"], &turn["answer"]["is_complete"]), (&json!([4]), &json!(true)));
    assert!(turn["answer"]["text"].as_str().is_some_and(|text| text.contains("tomorrow morning")), "{turn}");
}

#[tokio::test]
async fn only_agents_of_the_call_may_ask_about_it_and_one_question_at_a_time() {
    let desk = desk().await;
    let call = desk.talking("alice").await;
    let refused = desk.app.insights().ask(&desk.who("bob").await, call, None, "What is it about?").await;
    assert!(matches!(refused, Err(ServiceError::Refused(..))), "{refused:?}");
    let supervisor = desk.app.insights().ask(&desk.who("carla").await, call, None, "What is it about?").await;
    assert!(matches!(supervisor, Err(ServiceError::Refused(..))), "{supervisor:?}");
    let empty = desk.app.insights().ask(&desk.who("alice").await, call, None, " ").await;
    assert!(matches!(empty, Err(ServiceError::Invalid(_))), "{empty:?}");
}

#[tokio::test]
async fn a_summary_is_in_the_language_that_is_asked_for_or_that_of_the_agent_or_of_the_desk() {
    let french = Language::new("fr").expect("a language");
    let desk = TestDesk::configured(|config| config.models.language = Some(french)).await;
    desk.open_desks(&["alice", "bob"]);
    let call = desk.talking("alice").await;
    say(&desk, call, &TALK).await;
    let paths = ["summarise", "briefings"];
    let written_in = async |query: &str| {
        let mut languages = Vec::new();
        for path in paths {
            let answer = desk.post(&format!("/calls/{call}/{path}{query}"), json!({})).await;
            assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
            languages.push(answer.json()["written_in"].clone());
        }
        languages
    };
    assert_eq!(written_in("").await, ["fr", "fr"], "that of the desk");
    desk.app.presence().choose_language(&desk.who("alice").await, "de").await.expect("a language");
    assert_eq!(written_in("").await, ["de", "de"], "Alice's");
    assert_eq!(written_in("?language=es-MX").await, ["es-MX", "es-MX"]);
    assert_eq!(
        written_in("?language=pt-BR").await,
        [Value::Null, Value::Null],
        "the desk has no words of its own in it"
    );
    let german = desk.post(&format!("/calls/{call}/summarise"), json!({})).await.json();
    assert!(german["text"].to_string().contains("Wer ruft an und warum"), "{german}");
    for path in paths {
        let refused = desk.post(&format!("/calls/{call}/{path}?language=German!"), json!({})).await;
        assert_eq!(
            refused.problem(),
            "422 invalid: The query does not fit: language: a language is a tag like `en` or `pt-BR`."
        );
    }
}
