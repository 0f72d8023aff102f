//! Nothing is lost when the process is: state is stored before anything acts on it.

use baton::api::desk::DeskCommand;
use baton_domain::call::RoomKind;
use baton_domain::ids::CallId;
use baton_domain::machine::Fact;
use baton_domain::seat::{call_room, seats};
use baton_domain::time::Span;
use baton_domain::transfer::{FailReason, Outcome};

use crate::harness::TestDesk;

#[tokio::test]
async fn a_consult_goes_on_where_it_was() {
    let desk = TestDesk::new().await;
    desk.open_desks(&["alice", "bob"]);
    let (call, transfer) = desk.consulting("alice", "bob").await;
    let before = desk.find(call).await;
    let alice = desk.token("alice").await;

    let desk = desk.restarted().await;
    assert_eq!(desk.find(call).await, before);
    assert_eq!(desk.app.sessions().who_of_token(&alice).await.expect("still signed in"), desk.who("alice").await);
    let stored = desk.app.transfers().find(transfer).await.expect("stored");
    assert_eq!((stored.state.as_str(), stored.reason.as_str()), ("consulting", "Wrong invoice"));
    assert_eq!(desk.app.briefings().of_call(call).await.expect("stored").len(), 1);

    desk.open_desks(&["alice", "bob"]);
    desk.button("alice", call, DeskCommand::Merge).await.expect("the consult goes on");
    desk.button("alice", call, DeskCommand::Complete).await.expect("all three talk");
    assert_eq!(desk.state(call).await, "talking");
    let events = desk.get(&format!("/calls/{call}/timeline")).await.json();
    let kinds: Vec<_> = events["entries"]
        .as_array()
        .expect("entries")
        .iter()
        .map(|entry| entry["type"].as_str().expect("a type"))
        .collect();
    assert_eq!(
        kinds,
        [
            "call_queued",
            "call_answered",
            "transfer_initiated",
            "transfer_ringing",
            "transfer_accepted",
            "transfer_consulting",
            "transfer_merged",
            "transfer_completed",
        ]
    );
}

/// What a call may be in the middle of when the process goes, and what its state is called then.
const MIDDLES: [(&str, &str); 12] = [
    ("queued", "queued"),
    ("offered", "offered"),
    ("talking", "talking"),
    ("on hold", "on_hold"),
    ("ringing", "ringing"),
    ("blind", "ringing"),
    ("blind accepted", "ringing"),
    ("connecting", "ringing"),
    ("swapped", "swapped"),
    ("conference", "conference"),
    ("completing", "completing"),
    ("consult after the call", "ended"),
];

/// A call that is in the middle of something: it waits, or Alice has it, or it is on its way from her to Bob.
async fn in_the_middle_of(desk: &TestDesk, middle: &str) -> CallId {
    if middle == "queued" {
        return desk.caller("Carol").await;
    }
    if ["swapped", "conference", "completing", "consult after the call"].contains(&middle) {
        let (call, _) = desk.consulting("alice", "bob").await;
        let done = match middle {
            "swapped" => desk.button("alice", call, DeskCommand::Swap).await,
            "conference" => desk.button("alice", call, DeskCommand::Merge).await,
            "completing" => desk.button("alice", call, DeskCommand::Complete).await,
            _ => desk.app.callers().leave(call).await.map(drop),
        };
        done.expect("they talk");
        return call;
    }
    let call = desk.talking("alice").await;
    if ["talking", "on hold"].contains(&middle) {
        if middle == "on hold" {
            desk.button("alice", call, DeskCommand::Hold).await.expect("they talk");
        }
        return call;
    }
    desk.start_transfer("alice", call, "bob").await.expect("Bob is free");
    desk.app.calls().offer_shown(&desk.who("bob").await, call).await.expect("a fact");
    let let_go = ("alice", DeskCommand::TransferWithoutWaiting);
    let pressed = match middle {
        "offered" => vec![let_go, ("bob", DeskCommand::Decline { reason: String::new() })],
        "blind" => vec![let_go],
        "blind accepted" => vec![let_go, ("bob", DeskCommand::Accept)],
        "connecting" => vec![("bob", DeskCommand::Accept)],
        _ => Vec::new(),
    };
    for (agent, command) in pressed {
        desk.button(agent, call, command).await.expect("it rings");
    }
    call
}

/// The next thing that happens, and what the call is then. What pages report is sent by hand here: that they do report it to a
/// server that was started anew is proven by `end2end/tests/in-between.spec.ts`.
async fn go_on(desk: &TestDesk, call: CallId, middle: &str) -> &'static str {
    let (by, command, then) = match middle {
        "queued" | "offered" => {
            desk.app.calls().answer(&desk.who("alice").await, call).await.expect("it waits for her");
            return "talking";
        }
        "talking" => ("alice", DeskCommand::Hold, "on_hold"),
        "on hold" => ("alice", DeskCommand::Retrieve, "talking"),
        "ringing" | "blind" => ("bob", DeskCommand::Accept, "ringing"),
        "swapped" => ("alice", DeskCommand::Swap, "consulting"),
        "conference" => ("alice", DeskCommand::Complete, "talking"),
        "connecting" => {
            desk.app.calls().media_ready(&desk.who("bob").await, call).await.expect("a fact");
            return "consulting";
        }
        "blind accepted" | "completing" => {
            let (caller, bob) = (desk.find(call).await.caller.leg, desk.leg("bob", call).await);
            for (listener, speaker) in [(caller, bob), (bob, caller)] {
                desk.app.calls().fact(call, Fact::Heard { listener, speaker }).await.expect("a fact");
            }
            return "talking";
        }
        _ => ("bob", DeskCommand::LeaveConsult, "ended"),
    };
    desk.button(by, call, command).await.unwrap_or_else(|error| panic!("{middle}: {error}"));
    then
}

#[tokio::test]
async fn whatever_a_call_is_in_the_middle_of_goes_on() {
    for (middle, state) in MIDDLES {
        let desk = TestDesk::new().await;
        desk.open_desks(&["alice", "bob"]);
        let call = in_the_middle_of(&desk, middle).await;
        let before = desk.find(call).await;
        assert_eq!(before.state_name(), state, "{middle}");

        let desk = desk.restarted().await;
        let after = desk.find(call).await;
        assert_eq!(after, before, "{middle}");
        assert_eq!(seats(&after), seats(&before), "{middle}");

        desk.open_desks(&["alice", "bob"]);
        let expected = go_on(&desk, call, middle).await;
        let now = desk.find(call).await;
        assert_eq!((now.state_name(), now.version), (expected, now.version.max(before.version + 1)), "{middle}");
    }
}

#[tokio::test]
async fn whoever_opened_a_microphone_meanwhile_is_silenced() {
    let desk = TestDesk::new().await;
    desk.open_desks(&["alice", "bob"]);
    let (call, _) = desk.consulting("alice", "bob").await;
    let alice = desk.leg("alice", call).await.to_string();
    desk.media.unmute(&call_room(call), &alice);
    let desk = desk.restarted().await;
    for call in desk.app.calls().unsettled().await.expect("stored") {
        desk.app.seating().enforce(call.id).await.expect("the media server answers");
    }
    assert!(!desk.media.heard_in(&call_room(call)).contains(&alice));
}

#[tokio::test]
async fn a_deadline_that_passed_meanwhile_is_kept() {
    let desk = TestDesk::new().await;
    desk.open_desks(&["alice", "bob"]);
    let call = desk.talking("alice").await;
    desk.start_transfer("alice", call, "bob").await.expect("Bob is free");
    desk.app.clock.advance(Span::seconds(31));
    let desk = desk.restarted().await;
    desk.app.calls().clock(call).await.expect("a fact");
    assert_eq!(desk.state(call).await, "talking");
    let transfers = desk.app.transfers().of_call(call).await.expect("stored");
    let outcome = transfers.last().expect("the one to Bob").outcome.clone();
    assert_eq!(outcome, Some(Outcome::Failed { reason: FailReason::Unreachable }), "nobody's desk was open");
}

#[tokio::test]
async fn an_agent_who_reloads_after_a_restart_gets_the_same_seat() {
    let desk = TestDesk::new().await;
    desk.open_desks(&["alice", "bob"]);
    let (call, _) = desk.consulting("alice", "bob").await;
    let leg = desk.leg("alice", call).await;
    let desk = desk.restarted().await;
    let access = desk.app.seating().agent_access(&desk.who("alice").await, call, RoomKind::Call).await.expect("a seat");
    assert_eq!(access.token, format!("room={} identity={leg} publish=false subscribe=false", call_room(call)));
}
