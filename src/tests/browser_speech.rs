//! What a party's own browser recognises: only where it was asked for, only as oneself, only where somebody listens.

use std::num::NonZeroU32;

use axum::http::Method;
use baton::api::desk::DeskCommand;
use baton::server::config::TranscriptionConfig;
use baton_domain::desk_event::Transcriber;
use baton_domain::ids::{CallId, SegmentId, TransferId};
use baton_domain::listening::{ListeningPolicy, Recorded};
use baton_domain::seat::{RoomName, call_room, consult_room};
use baton_domain::time::Span;
use baton_domain::transcript::{Segment, Speaker};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::harness::{Answer, TestDesk, cookie, function_path, request};

fn transcription(variables: &[(&str, &str)]) -> TranscriptionConfig {
    let text = |name: &str| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
    TranscriptionConfig::read(&text).expect("valid")
}

async fn recognising_desk() -> TestDesk {
    desk_with(&[("BATON_TRANSCRIPTION", "deepgram,browser"), ("BATON_TRANSCRIPTION_LANGUAGE", "de")]).await
}

async fn desk_with(variables: &[(&str, &str)]) -> TestDesk {
    let desk = TestDesk::configured(|config| {
        config.demo.listening = ListeningPolicy { transcribe: true, record: Recorded::Nothing };
        config.transcription = transcription(variables);
        config.limits.speech_per_minute = NonZeroU32::new(20).expect("some");
    })
    .await;
    desk.open_desks(&["alice", "bob"]);
    desk
}

fn line(room: &str, number: u128, text: &str, is_final: bool) -> Value {
    json!({ "room": room, "id": SegmentId(Uuid::from_u128(number)), "text": text, "is_final": is_final })
}

async fn alice_says(desk: &TestDesk, line: Value) -> Answer {
    agent_says(desk, "alice", line).await
}

async fn agent_says(desk: &TestDesk, agent: &str, line: Value) -> Answer {
    let body = json!({ "line": line });
    desk.send(request(Method::POST, function_path("agent_said"), Some(&desk.token(agent).await), Some(body), &[])).await
}

async fn caller_says(desk: &TestDesk, secret: &str, line: Value) -> Answer {
    let (name, value) = cookie(secret);
    let body = json!({ "line": line });
    desk.send(request(Method::POST, function_path("caller_said"), None, Some(body), &[(name, &value)])).await
}

/// A caller who talks to Alice, with the secret of their cookie.
async fn carol(desk: &TestDesk) -> (CallId, String) {
    let (view, secret) = desk.app.callers().join(&desk.join_code().await, "Carol", None).await.expect("open");
    let access = desk.app.seating().caller_access(view.call).await.expect("a seat");
    desk.enter(view.call, &access.token).await;
    desk.app.calls().answer(&desk.who("alice").await, view.call).await.expect("nobody else answered");
    desk.enter_as("alice", view.call, baton_domain::call::RoomKind::Call).await;
    (view.call, secret.expect("a secret"))
}

/// `Caller 1: Hello?…`, where an ellipsis is a line that is not final.
async fn transcript(desk: &TestDesk, call: CallId) -> Vec<String> {
    let shown = |line: Segment| {
        let who = match line.speaker {
            Speaker::Caller => "Caller".to_owned(),
            Speaker::Agent(agent) => agent.to_string(),
        };
        format!("{who} {}: {}{}", line.number, line.text, if line.is_final { "" } else { "…" })
    };
    desk.app.transcripts().of_call(call).await.expect("a call").into_iter().map(shown).collect()
}

async fn consult_lines(desk: &TestDesk, agent: &str, transfer: TransferId) -> Vec<String> {
    let view = desk.app.desk_view(&desk.who(agent).await).await.expect("a view");
    let ours = view.consults.into_iter().filter(|consult| consult.transfer == transfer);
    ours.flat_map(|consult| consult.lines).map(|line| line.text.to_string()).collect()
}

#[tokio::test]
async fn what_both_browsers_hear_is_the_transcript() {
    let desk = recognising_desk().await;
    let (call, secret) = carol(&desk).await;
    let room = call_room(call);
    for (text, is_final) in [("my rou", false), ("my router", false), ("My router died.", true), ("My rooster", true)] {
        assert_eq!(caller_says(&desk, &secret, line(&room, 1, text, is_final)).await.status, 200);
    }
    desk.pass(Span::seconds(2)).await;
    assert_eq!(alice_says(&desk, line(&room, 2, "Since when?", true)).await.status, 200);
    assert_eq!(transcript(&desk, call).await, ["Caller 1: My router died.", "alice 2: Since when?"]);
    let stored = desk.app.transcripts().of_call(call).await.expect("a call");
    assert_eq!(stored[1].started_at.since(stored[0].started_at), Span::seconds(2), "by the server's clock");
}

#[tokio::test]
async fn pages_are_asked_only_where_nobody_else_listens() {
    let views = async |desk: &TestDesk, call: CallId| {
        let caller = desk.app.callers().view(call).await.expect("a view");
        let agent = desk.app.desk_view(&desk.who("alice").await).await.expect("a view");
        (caller.speech, agent.speech, caller.told.expect("told").transcribed)
    };
    let desk = recognising_desk().await;
    let (call, _) = carol(&desk).await;
    let (caller, agent, told) = views(&desk, call).await;
    assert_eq!(caller, agent);
    assert_eq!((caller.expect("asked").language.as_deref(), told), (Some("de"), Some(Transcriber::Browser)));
    let with_key = [("BATON_TRANSCRIPTION", "deepgram,browser"), ("DEEPGRAM_API_KEY", "key")];
    for variables in [&[][..], &with_key] {
        let desk = desk_with(variables).await;
        let (call, secret) = carol(&desk).await;
        assert_eq!(views(&desk, call).await, (None, None, Some(Transcriber::Desk)), "{variables:?}");
        let refused = caller_says(&desk, &secret, line(&call_room(call), 1, "Hello?", true)).await;
        assert_eq!(refused.status, 403, "{variables:?}: {}", refused.text);
    }
}

#[tokio::test]
async fn on_hold_nothing_new_is_taken_and_what_was_begun_is_ended() {
    let desk = recognising_desk().await;
    let (call, secret) = carol(&desk).await;
    let room = call_room(call);
    caller_says(&desk, &secret, line(&room, 1, "I just", false)).await;
    desk.button("alice", call, DeskCommand::Hold).await.expect("she talks");
    assert_eq!(desk.app.callers().view(call).await.expect("a view").speech, None);
    for (number, text, is_final) in [(2, "Nobody hears this", true), (1, "I just wanted", false), (1, "I just", true)] {
        assert_eq!(caller_says(&desk, &secret, line(&room, number, text, is_final)).await.status, 200);
    }
    alice_says(&desk, line(&room, 3, "Nor this", true)).await;
    assert_eq!(transcript(&desk, call).await, ["Caller 1: I just"]);
}

#[tokio::test]
async fn after_a_refusal_nothing_is_taken() {
    let desk = recognising_desk().await;
    let (call, secret) = carol(&desk).await;
    desk.app.listening().consent(call, false).await.expect("they may");
    let view = desk.app.callers().view(call).await.expect("a view");
    assert_eq!(view.speech, None);
    caller_says(&desk, &secret, line(&call_room(call), 1, "Hello?", true)).await;
    alice_says(&desk, line(&call_room(call), 2, "Hello.", true)).await;
    assert_eq!(transcript(&desk, call).await, [] as [&str; 0]);
}

#[tokio::test]
async fn what_agents_say_in_private_stays_with_them() {
    let desk = recognising_desk().await;
    let (call, transfer) = desk.consulting("alice", "bob").await;
    let (ours, theirs) = (consult_room(transfer), call_room(call));
    agent_says(&desk, "bob", line(&ours, 1, "What does she want?", true)).await;
    alice_says(&desk, line(&ours, 2, "Her money back.", true)).await;
    alice_says(&desk, line(&theirs, 3, "Nobody hears me there", true)).await;
    for agent in ["alice", "bob"] {
        assert_eq!(consult_lines(&desk, agent, transfer).await, ["What does she want?", "Her money back."]);
    }
    assert_eq!(transcript(&desk, call).await, [] as [&str; 0]);
}

#[tokio::test]
async fn nobody_speaks_as_somebody_else() {
    let desk = recognising_desk().await;
    let (call, secret) = carol(&desk).await;
    let room = call_room(call);
    caller_says(&desk, &secret, line(&room, 1, "I will", false)).await;
    let taken = alice_says(&desk, line(&room, 1, "I will pay", true)).await;
    assert_eq!(taken.status, 403, "the caller's own line: {}", taken.text);
    let stranger = agent_says(&desk, "bob", line(&room, 2, "Hello?", true)).await;
    assert!(stranger.problem().starts_with("403 not_your_call"), "{}", stranger.text);
    let (other, _) = carol_again(&desk).await;
    let elsewhere = caller_says(&desk, &secret, line(&call_room(other), 3, "Hello?", true)).await;
    assert_eq!(elsewhere.status, 403, "another caller's room: {}", elsewhere.text);
    for headers in [vec![], vec![("authorization", format!("Bearer {}", crate::harness::API_KEY))]] {
        let headers: Vec<(&str, &str)> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        for function in ["caller_said", "agent_said"] {
            let body = json!({ "line": line(&room, 4, "Hello?", true) });
            let refused = desk.send(request(Method::POST, function_path(function), None, Some(body), &headers)).await;
            assert_eq!(refused.problem(), "401 not_signed_in: Sign in first.", "{function} {headers:?}");
        }
    }
    assert_eq!(transcript(&desk, call).await, ["Caller 1: I will…"]);
}

/// Another caller, who waits.
async fn carol_again(desk: &TestDesk) -> (CallId, String) {
    let (view, secret) = desk.app.callers().join(&desk.join_code().await, "Dora", None).await.expect("open");
    (view.call, secret.expect("a secret"))
}

#[tokio::test]
async fn whoever_handed_over_ends_their_line() {
    let desk = recognising_desk().await;
    let (call, _) = carol(&desk).await;
    alice_says(&desk, line(&call_room(call), 1, "Good", false)).await;
    desk.button("alice", call, DeskCommand::EndForEveryone).await.expect("her call");
    assert_eq!(alice_says(&desk, line(&call_room(call), 1, "Goodbye", true)).await.status, 200);
    assert_eq!(transcript(&desk, call).await, ["alice 1: Goodbye"]);
    assert_ne!(alice_says(&desk, line(&call_room(call), 2, "Anybody?", true)).await.status, 200);
}

#[tokio::test]
async fn a_line_has_a_length_and_a_minute_so_many() {
    let desk = recognising_desk().await;
    let (call, secret) = carol(&desk).await;
    let room = call_room(call);
    let long = caller_says(&desk, &secret, line(&room, 1, &"word ".repeat(500), true)).await;
    assert_eq!(long.status, 422, "{}", long.text);
    for number in 2..21 {
        assert_eq!(caller_says(&desk, &secret, line(&room, number, "Hello?", true)).await.status, 200);
    }
    let told_to_wait = caller_says(&desk, &secret, line(&room, 21, "Hello?", true)).await;
    assert_eq!(told_to_wait.status, 429, "{}", told_to_wait.text);
    assert_eq!(alice_says(&desk, line(&room, 22, "I hear you.", true)).await.status, 200, "she has her own");
}

#[tokio::test]
async fn a_line_of_which_nothing_more_comes_ends_as_it_stands() {
    let desk = recognising_desk().await;
    let (call, secret) = carol(&desk).await;
    let room = call_room(call);
    for text in ["My rou", "My router"] {
        caller_says(&desk, &secret, line(&room, 1, text, false)).await;
    }
    desk.pass(Span::seconds(10)).await;
    alice_says(&desk, line(&room, 2, "Since", false)).await;
    desk.pass(Span::seconds(4)).await;
    assert_eq!(transcript(&desk, call).await, ["Caller 1: My router…", "alice 2: Since…"]);
    desk.pass(Span::seconds(1)).await;
    assert_eq!(transcript(&desk, call).await, ["Caller 1: My router", "alice 2: Since…"], "their page is closed");
    caller_says(&desk, &secret, line(&room, 1, "My router is", false)).await;
    alice_says(&desk, line(&room, 2, "Since when", false)).await;
    desk.pass(Span::seconds(14)).await;
    assert_eq!(transcript(&desk, call).await, ["Caller 1: My router", "alice 2: Since when…"]);
    desk.pass(Span::seconds(1)).await;
    assert_eq!(transcript(&desk, call).await, ["Caller 1: My router", "alice 2: Since when"]);
}

#[tokio::test]
async fn a_page_that_was_cut_off_ends_its_line_once_when_it_is_back() {
    let desk = recognising_desk().await;
    let (call, secret) = carol(&desk).await;
    let room = call_room(call);
    caller_says(&desk, &secret, line(&room, 1, "My rou", false)).await;
    alice_says(&desk, line(&room, 2, "And si", false)).await;
    desk.pass(Span::seconds(15)).await;
    alice_says(&desk, line(&room, 3, "Never mind", true)).await;
    assert_eq!(transcript(&desk, call).await, ["Caller 1: My rou", "alice 2: And si", "alice 3: Never mind"]);
    for text in ["My router died.", "My rooster died."] {
        assert_eq!(caller_says(&desk, &secret, line(&room, 1, text, true)).await.status, 200);
    }
    alice_says(&desk, line(&room, 3, "Mind", true)).await;
    assert_eq!(transcript(&desk, call).await[0], "Caller 1: My router died.");
    let stored = desk.app.transcripts().of_call(call).await.expect("a call");
    assert_eq!(stored[0].ended_at, None, "not when its page was back");
    desk.pass(Span::seconds(105)).await;
    alice_says(&desk, line(&room, 2, "And since when?", true)).await;
    let expected = ["Caller 1: My router died.", "alice 2: And si", "alice 3: Never mind"];
    assert_eq!(transcript(&desk, call).await, expected, "much later it stays as it is");
}

#[tokio::test]
async fn a_line_that_was_cut_off_stays_cut_off_once_the_caller_has_refused() {
    let desk = recognising_desk().await;
    let (call, secret) = carol(&desk).await;
    let room = call_room(call);
    caller_says(&desk, &secret, line(&room, 1, "My rou", false)).await;
    desk.pass(Span::seconds(15)).await;
    desk.app.listening().consent(call, false).await.expect("they may");
    caller_says(&desk, &secret, line(&room, 1, "My router died.", true)).await;
    assert_eq!(transcript(&desk, call).await, ["Caller 1: My rou"]);
}

#[tokio::test]
async fn a_server_forgets_the_lines_that_go_on_at_another() {
    let one = recognising_desk().await;
    let two = one.beside().await;
    let (call, secret) = carol(&one).await;
    let room = call_room(call);
    for number in [1, 2] {
        caller_says(&one, &secret, line(&room, number, "My rou", false)).await;
    }
    two.pass(Span::seconds(1)).await;
    caller_says(&two, &secret, line(&room, 1, "My router is", false)).await;
    caller_says(&two, &secret, line(&room, 2, "My router died.", true)).await;
    one.pass(Span::seconds(15)).await;
    assert_eq!(transcript(&one, call).await, ["Caller 1: My router is…", "Caller 2: My router died."]);
    let mut lines = two.app.transcripts().of_call(call).await.expect("a call");
    lines[1].is_final = false;
    let stored = lines.clone();
    one.app.open_lines.bring_up(RoomName::Call(call), &mut lines);
    assert_eq!(lines, stored, "it knows nothing better of either");
}

#[tokio::test]
async fn lines_of_browsers_outlive_a_restart_and_the_arrival_of_a_listener() {
    let desk = recognising_desk().await;
    let (call, secret) = carol(&desk).await;
    let room = call_room(call);
    caller_says(&desk, &secret, line(&room, 1, "My rou", false)).await;
    let desk = desk.restarted().await;
    desk.app.transcripts().end_open_lines().await.expect("looked");
    desk.app.transcripts().end_open_lines_in(call, RoomName::Call(call)).await.expect("looked");
    assert_eq!(transcript(&desk, call).await, ["Caller 1: My rou…"]);
    caller_says(&desk, &secret, line(&room, 1, "My router died.", true)).await;
    assert_eq!(transcript(&desk, call).await, ["Caller 1: My router died."]);
}

#[tokio::test]
async fn a_server_leaves_the_lines_of_browsers_at_another_to_it_unless_it_is_gone() {
    let one = recognising_desk().await;
    let two = one.beside().await;
    let (call, secret) = carol(&one).await;
    let room = call_room(call);
    for text in ["My rou", "My router"] {
        caller_says(&one, &secret, line(&room, 1, text, false)).await;
    }
    two.app.transcripts().end_open_lines().await.expect("looked");
    for desk in [&two, &one] {
        desk.pass(Span::seconds(14)).await;
    }
    two.pass(Span::seconds(20)).await;
    assert_eq!(transcript(&one, call).await, ["Caller 1: My router…"]);
    one.pass(Span::seconds(1)).await;
    assert_eq!(transcript(&two, call).await, ["Caller 1: My router"], "as it was last heard, which only one knew");

    caller_says(&one, &secret, line(&room, 2, "Hello", false)).await;
    drop(one);
    // The first is gone, and its clock was behind.
    two.pass(Span::seconds(26)).await;
    assert_eq!(transcript(&two, call).await, ["Caller 1: My router", "Caller 2: Hello"]);
}
