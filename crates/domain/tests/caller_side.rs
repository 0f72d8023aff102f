//! What the caller is told of a transfer: whom they have for how long, and who handed them over.

use baton_domain::call::CallState;
use baton_domain::machine::Command;

use crate::desk::{ALICE, BOB, Desk, alice, answer, dave};

#[test]
fn the_clock_of_the_transferring_agent_goes_on_through_a_transfer_that_is_cancelled() {
    let since = |desk: &Desk| match &desk.call.state {
        CallState::WithAgent { since, .. } => *since,
        CallState::Transferring(transfer) => transfer.with_transferring_since(),
        state => panic!("nobody has the caller: {state:?}"),
    };
    for mut desk in [Desk::ringing(), Desk::connecting(), Desk::consulting(), Desk::swapped(), Desk::conference()] {
        let answered = since(&Desk::talking());
        desk.wait(1);
        assert_eq!(since(&desk), answered);
        let desk = desk.after(alice(), Command::Cancel);
        assert_eq!(since(&desk), answered, "she has had the caller all the time");
    }
}

#[test]
fn only_whoever_completes_a_transfer_has_handed_the_caller_over() {
    let by = |desk: &Desk| desk.call.handed_over_by().map(ToString::to_string);
    let mut desk = Desk::completing();
    assert_eq!(by(&desk), None, "not yet");
    desk.hear_each_other();
    assert_eq!(by(&desk).as_deref(), Some("alice"));
    desk.wait(5);
    assert_eq!(by(&desk).as_deref(), Some("alice"));
    let mut conference = Desk::conference().after(alice(), Command::Complete);
    assert_eq!(by(&conference).as_deref(), Some("alice"));

    conference.vanishes(BOB);
    conference.wait(3600);
    assert_eq!(by(&conference.after(dave(), answer("dave"))), None, "he found the caller in the queue");

    let mut deserted = Desk::conference();
    deserted.vanishes(ALICE);
    deserted.wait(3600);
    deserted.assert_talks_alone("bob");
    assert_eq!(by(&deserted), None, "she has vanished");
}
