//! Who of ours must be in a call: a pure function of the stored call, so that a server that starts finds them again.

use std::fmt;

use baton_domain::call::Call;
use baton_domain::ids::{CallId, LegId};

/// Somebody whom the server plays in a call. There is one at most for each leg.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ServerParticipant {
    /// In which call.
    pub call: CallId,
    /// Identity in the room.
    pub leg: LegId,
    /// What they do there.
    pub role: Role,
}

/// What a server participant does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// Is the caller of a demo.
    SimulatedCaller,
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::SimulatedCaller => "simulated caller",
        })
    }
}

/// Everybody whom the server must play in `call` now.
pub fn wanted(call: &Call) -> Vec<ServerParticipant> {
    let is_played = call.caller.is_simulated && !call.is_ended();
    let caller = ServerParticipant { call: call.id, leg: call.caller.leg, role: Role::SimulatedCaller };
    is_played.then_some(caller).into_iter().collect()
}

#[cfg(test)]
mod tests {
    use baton_domain::call::{CallState, CallerLeg, EndReason};
    use baton_domain::time::Timestamp;
    use uuid::Uuid;

    use super::*;

    fn call(is_simulated: bool) -> Call {
        let caller = CallerLeg {
            is_simulated,
            ..CallerLeg::expected(LegId(Uuid::from_u128(2)), "Carol".to_owned(), Timestamp(0))
        };
        let handle = "support";
        let (line, queue) = (handle.parse().expect("a handle"), handle.parse().expect("a handle"));
        Call::arriving(CallId(Uuid::from_u128(1)), line, queue, caller, Timestamp(0))
    }

    #[test]
    fn a_simulated_caller_is_wanted_from_arrival_to_the_end() {
        let mut simulated = call(true);
        let caller = ServerParticipant { call: simulated.id, leg: simulated.caller.leg, role: Role::SimulatedCaller };
        assert_eq!(wanted(&simulated), [caller]);
        simulated.state = CallState::Ended { at: Timestamp(1), reason: EndReason::CallerHungUp, consult: None };
        assert_eq!(wanted(&simulated), []);
    }

    #[test]
    fn nobody_is_played_who_calls_in_person() {
        assert_eq!(wanted(&call(false)), []);
    }
}
