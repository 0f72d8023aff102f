//! What leaves about calls of a line that takes no personal data out, and of one beside it.

use std::time::Duration;

use axum::http::Method;
use baton::api::desk::DeskCommand;
use baton::server::store::lines;
use baton_domain::call::RoomKind;
use baton_domain::ids::CallId;
use baton_domain::line::Line;
use serde_json::{Value, json};

use crate::harness::{API_KEY, TestDesk};
use crate::insight::{TALK, answered, say};
use crate::insight_models::{analysis, desk, sent};
use crate::provider::{Provider, Reply, good};

const CARD: &str = "4242 4242 4242 4242";
const REDACTED: &str = "groq, test-model: 3 lines, personal data taken out: 1";
const LEFT_IN: &str = "groq, test-model: 3 lines, personal data left in";

/// Another way into the same queue. Gives its join code.
async fn second_line(desk: &TestDesk) -> String {
    let support = desk.app.callers().lines().await.expect("lines").remove(0);
    let code = "code-of-sales".to_owned();
    let id = "sales".parse().expect("a handle");
    let mut db = desk.app.store.read().await.expect("the database");
    let line = Line { id, name: "Sales".to_owned(), join_code: Some(code.clone()), ..support };
    lines::insert_new(&mut db, &line).await.expect("a new line");
    code
}

/// A caller who came by this link and talks to this agent. Three lines are too few for a model to begin by itself.
async fn talking(desk: &TestDesk, code: &str, agent: &str) -> CallId {
    let (view, _) = desk.app.callers().join(code, "Carol", None).await.expect("the line is open");
    let access = desk.app.seating().caller_access(view.call).await.expect("a seat");
    desk.enter(view.call, &access.token).await;
    desk.app.calls().answer(&desk.who(agent).await, view.call).await.expect("nobody else answered");
    desk.enter_as(agent, view.call, RoomKind::Call).await;
    say(desk, view.call, &TALK[..3]).await;
    view.call
}

async fn ask(desk: &TestDesk, call: CallId, agent: &str) {
    let mut news = desk.app.hub.subscribe();
    let who = desk.who(agent).await;
    desk.app.insights().ask(&who, call, None, "What did she try?").await.expect("a question");
    answered(&mut news).await;
}

/// An analysis, a question, and the briefing of a transfer to Carla.
async fn everything(desk: &TestDesk, provider: &Provider, call: CallId, agent: &str) {
    desk.app.insights().analyse(&desk.who(agent).await, call).await.expect("their call");
    ask(desk, call, agent).await;
    let before = provider.received().len();
    desk.start_transfer(agent, call, "carla").await.expect("Carla is free");
    let asked = async {
        while provider.received().len() == before {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), asked).await.expect("the briefing is asked for");
    desk.button(agent, call, DeskCommand::Cancel).await.expect("still open");
}

async fn change(desk: &TestDesk, line: &str, change: Value) -> Value {
    let answer = desk.rest(Method::PATCH, &format!("/lines/{line}"), Some(API_KEY), Some(change)).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.json()
}

/// Of each request, whether the card's number is in it.
fn with_card(provider: &Provider) -> Vec<bool> {
    provider.received().iter().map(|received| received.body.to_string().contains(CARD)).collect()
}

#[tokio::test]
async fn a_line_may_leave_personal_data_in_and_the_one_beside_it_does_not() {
    let answer = || Reply::Text("She restarted it twice [3].".to_owned());
    let provider = Provider::new([analysis(), answer(), good(), analysis(), answer(), good(), answer()]).await;
    let desk = desk(&provider).await;
    desk.open_desks(&["carla"]);
    let support = desk.join_code().await;
    let sales = second_line(&desk).await;
    let found = desk.get("/lines").await.json();
    assert!(found["lines"].as_array().is_some_and(|lines| lines.iter().all(|line| line["redact"] == true)), "{found}");
    assert_eq!(change(&desk, "sales", json!({ "redact": false })).await["redact"], false);

    let redacted = talking(&desk, &support, "alice").await;
    everything(&desk, &provider, redacted, "alice").await;
    let left_in = talking(&desk, &sales, "bob").await;
    everything(&desk, &provider, left_in, "bob").await;
    assert_eq!(with_card(&provider), [false, false, false, true, true, true]);
    assert_eq!(sent(&desk, redacted).await, [REDACTED; 3]);
    assert_eq!(sent(&desk, left_in).await, [LEFT_IN; 3], "whoever reads the timeline sees it");

    // What has nothing to do with it leaves it as it is, and what is switched on holds at once.
    assert_eq!(change(&desk, "sales", json!({ "capacity": 5 })).await["redact"], false);
    change(&desk, "sales", json!({ "redact": true })).await;
    ask(&desk, left_in, "bob").await;
    assert_eq!(with_card(&provider).last(), Some(&false));
}
