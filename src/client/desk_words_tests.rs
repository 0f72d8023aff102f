use baton_domain::machine::{Command, TransferKind};

use super::{Status, call_status, transfer_status};
use crate::client::desk_fixtures::{Story, agent};

fn call(story: &Story, me: &str) -> (&'static str, String) {
    let me = agent(me);
    let Status { state, text, .. } = call_status(&story.call, story.know(&me));
    (state, text)
}

fn transfer(story: &Story, me: &str) -> Option<(&'static str, String)> {
    let me = agent(me);
    transfer_status(&story.call, story.know(&me)).map(|status| (status.state, status.text))
}

#[expect(clippy::unnecessary_wraps, reason = "it is compared with a status that there may not be")]
fn says(state: &'static str, text: &str) -> Option<(&'static str, String)> {
    Some((state, text.to_owned()))
}

#[test]
fn a_plain_call() {
    let mut story = Story::talking();
    assert_eq!(call(&story, "alice"), ("talking", "Talking to Carol".to_owned()));
    assert_eq!(transfer(&story, "alice"), None);
    story.command("alice", Command::Hold);
    assert_eq!(call(&story, "alice"), ("on_hold", "On hold".to_owned()));
    story.hang_up();
    assert_eq!(call(&story, "alice"), ("ended", "Call ended".to_owned()));
}

#[test]
fn a_transfer_from_both_sides() {
    let mut story = Story::ringing(TransferKind::Warm);
    assert_eq!(transfer(&story, "alice"), says("ringing", "Ringing Bob"));
    assert_eq!(transfer(&story, "bob"), says("ringing", "Alice is calling you"));
    assert_eq!(call(&story, "alice"), ("talking", "Talking to Carol".to_owned()));

    story = Story::consulting();
    assert_eq!(transfer(&story, "alice"), says("consulting", "Consulting Bob"));
    assert_eq!(transfer(&story, "bob"), says("consulting", "Consulting Alice"));
    assert_eq!(call(&story, "alice"), ("on_hold", "On hold".to_owned()));
    assert_eq!(call(&story, "bob"), ("on_hold", "On hold".to_owned()));

    story.command("alice", Command::Swap);
    assert_eq!(transfer(&story, "alice"), says("swapped", "Talking to Carol, Bob on hold"));
    assert_eq!(call(&story, "alice"), ("talking", "Talking to Carol".to_owned()));
    assert_eq!(call(&story, "bob"), ("on_hold", "On hold".to_owned()));

    story.command("alice", Command::Merge);
    assert_eq!(transfer(&story, "alice"), says("conference", "All three talking"));
    assert_eq!(transfer(&story, "bob"), says("conference", "All three talking"));

    story.command("alice", Command::Complete);
    assert_eq!(transfer(&story, "alice"), says("completed", "Bob has the call"));
    assert_eq!(transfer(&story, "bob"), says("completed", "You have the call"));
    assert_eq!(call(&story, "bob"), ("talking", "Talking to Carol".to_owned()));
}

#[test]
fn a_refusal_is_told_in_the_targets_words() {
    let mut story = Story::ringing(TransferKind::Warm);
    story.command("bob", Command::Decline { reason: "busy".to_owned() });
    assert_eq!(transfer(&story, "alice"), says("declined", "Bob declined: busy"));
}

#[test]
fn whoever_is_lost_is_waited_for() {
    let mut story = Story::consulting();
    story.vanish("bob");
    let me = agent("alice");
    let status = transfer_status(&story.call, story.know(&me));
    let expected = Status {
        state: "consulting",
        tone: Some("hold"),
        text: "Bob lost connection".to_owned(),
        waits_until: Some(story.now.plus(story.rules.agent_grace)),
    };
    assert_eq!(status, Some(expected));
    assert_eq!(transfer(&story, "bob"), says("consulting", "Consulting Alice"));
}

/// Everything else stands, so both agents read on how the transfer does.
#[test]
fn a_lost_caller_is_waited_for_on_both_sides() {
    let mut story = Story::consulting();
    let since = story.now;
    story.lose_caller();
    for (handle, transfer) in [("alice", "Consulting Bob"), ("bob", "Consulting Alice")] {
        let me = agent(handle);
        let expected = Status {
            state: "waiting",
            tone: Some("hold"),
            text: "Carol lost connection".to_owned(),
            waits_until: Some(since.plus(story.rules.caller_grace)),
        };
        assert_eq!(call_status(&story.call, story.know(&me)), expected);
        assert_eq!(transfer_status(&story.call, story.know(&me)).map(|status| status.text), Some(transfer.to_owned()));
    }
    story.hang_up();
    assert_eq!(call(&story, "alice"), ("ended", "Call ended".to_owned()));
}

#[test]
fn a_consult_goes_on_when_the_caller_has_left() {
    let mut story = Story::consulting();
    story.hang_up();
    assert_eq!(call(&story, "alice"), ("ended", "Call ended".to_owned()));
    assert_eq!(transfer(&story, "bob"), says("abandoned", "Carol hung up"));
}
