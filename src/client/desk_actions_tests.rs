use baton_domain::machine::{Command, TransferKind};
use baton_domain::time::Span;

use super::{Action, controls};
use crate::client::desk_fixtures::{Story, agent};

/// The labels of the buttons that work, and, in brackets, of those that do not yet.
fn buttons(story: &Story, me: &str) -> Vec<String> {
    controls(&story.call, &agent(me), story.now, &story.rules)
        .into_iter()
        .map(|control| {
            let label = control.action.label();
            if control.enabled { label.to_owned() } else { format!("({label})") }
        })
        .collect()
}

#[test]
fn a_plain_call_can_be_held_handed_over_and_ended() {
    let mut story = Story::talking();
    assert_eq!(buttons(&story, "alice"), ["Hold", "Transfer", "Hang up"]);
    story.command("alice", Command::Hold);
    assert_eq!(buttons(&story, "alice"), ["Retrieve", "Transfer", "Hang up"]);
    assert_eq!(buttons(&story, "bob"), [""; 0]);
}

#[test]
fn while_it_rings_nobody_can_simply_hang_up() {
    let story = Story::ringing(TransferKind::Warm);
    let expected = ["Hold", "Transfer without waiting", "Cancel transfer", "Force transfer", "End call for everyone"];
    assert_eq!(buttons(&story, "alice"), expected);
    assert_eq!(buttons(&story, "bob"), ["Accept", "Decline"]);
}

#[test]
fn after_a_cold_transfer_the_transferring_agent_has_no_buttons() {
    let story = Story::ringing(TransferKind::Cold);
    assert_eq!(buttons(&story, "alice"), [""; 0]);
    assert_eq!(buttons(&story, "bob"), ["Accept", "Decline"]);
}

#[test]
fn a_consult_can_be_swapped_merged_completed_and_cancelled() {
    let mut story = Story::consulting();
    let expected = ["Complete transfer", "Merge", "Swap", "Cancel transfer", "Force transfer", "End call for everyone"];
    assert_eq!(buttons(&story, "alice"), expected);
    assert_eq!(buttons(&story, "bob"), ["Leave consult"]);
    story.command("alice", Command::Swap);
    assert_eq!(buttons(&story, "alice"), expected);
    story.command("alice", Command::Merge);
    let together = ["Complete transfer", "Cancel transfer", "Force transfer", "End call for everyone"];
    assert_eq!(buttons(&story, "alice"), together);
    assert_eq!(buttons(&story, "bob"), ["Leave consult"]);
}

#[test]
fn when_the_target_is_lost_the_caller_can_be_taken_back() {
    let mut story = Story::consulting();
    story.vanish("bob");
    assert_eq!(buttons(&story, "alice"), ["Take the caller back", "End call for everyone"]);
}

#[test]
fn when_the_transferring_agent_is_lost_the_target_may_take_the_caller_after_a_while() {
    let mut story = Story::consulting();
    story.vanish("alice");
    assert_eq!(buttons(&story, "bob"), ["(Take the caller)", "Leave consult"]);
    story.now = story.now.plus(story.rules.take_after);
    assert_eq!(buttons(&story, "bob"), ["Take the caller", "Leave consult"]);
    story.now = story.now.plus(Span::seconds(1));
    story.command("bob", Command::TakeCaller);
    assert_eq!(buttons(&story, "bob"), ["Leave consult"]);
}

#[test]
fn agents_may_finish_what_they_were_saying_when_the_caller_has_left() {
    let mut story = Story::consulting();
    story.hang_up();
    assert_eq!(buttons(&story, "alice"), ["Leave consult"]);
    assert_eq!(buttons(&story, "bob"), ["Leave consult"]);
}

#[test]
fn every_button_but_the_dialogs_has_a_command() {
    assert_eq!(Action::Transfer.command(), None);
    assert_eq!(Action::TakeBack.command(), Action::Cancel.command());
}
