//! What the caller is told of a transfer: whom they have for how long.

use baton_domain::call::CallState;
use baton_domain::machine::Command;

use crate::desk::{Desk, alice};

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
