//! Who of ours must be in a call: a pure function of the stored call, so that a server that starts finds them again.

use std::fmt;

use baton_domain::call::Call;
use baton_domain::hold_music::cues;
use baton_domain::ids::{CallId, TransferId};
use baton_domain::listening;
use baton_domain::seat::{RoomName, relay};
use baton_domain::spoken::voice;

/// Somebody whom the server plays in a call. There is one at most for each role.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ServerParticipant {
    /// In which call.
    pub call: CallId,
    /// What they do there.
    pub role: Role,
}

/// What a server participant does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// Is the caller of a demo.
    SimulatedCaller,
    /// Plays music in this room to the one there whose end plays none: a caller, or a colleague on a phone. It has no seat and no
    /// leg, and nobody else hears it.
    HoldMusic(RoomName),
    /// Reads the briefing of this transfer aloud to its target, whom alone it is heard by.
    BriefingVoice(TransferId),
    /// Calls an agent's phone into this transfer's consult room, and stays until it is out of the call.
    Phone(TransferId),
    /// Carries voices between the call's room and this transfer's consult room, for a phone that stays there.
    Relay(TransferId),
    /// Listens in this room, for transcripts and recordings. It has no seat and no leg: nobody sees it or waits for it.
    Listener(RoomName),
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SimulatedCaller => f.write_str("simulated caller"),
            Self::HoldMusic(room) => write!(f, "hold music in {room}"),
            Self::BriefingVoice(_) => f.write_str("briefing voice"),
            Self::Phone(transfer) => write!(f, "phone of transfer {transfer}"),
            Self::Relay(transfer) => write!(f, "relay of transfer {transfer}"),
            Self::Listener(room) => write!(f, "listener in {room}"),
        }
    }
}

/// Everybody whom the server must play in `call` now.
pub fn wanted(call: &Call) -> Vec<ServerParticipant> {
    let is_played = call.caller.is_simulated && !call.is_ended();
    let listeners = listening::rooms(call).into_iter().map(|listened| Role::Listener(listened.room));
    let music = cues(call).into_iter().map(|cue| Role::HoldMusic(cue.room));
    let briefing = voice(call).map(|voice| Role::BriefingVoice(voice.transfer));
    let legs = call.agent_legs();
    let phones = legs.iter().filter_map(|leg| leg.phone).map(Role::Phone);
    let relay = relay(call).map(|relay| Role::Relay(relay.consult));
    let caller = is_played.then_some(Role::SimulatedCaller);
    let roles = caller.into_iter().chain(music).chain(briefing).chain(phones).chain(relay).chain(listeners);
    roles.map(|role| ServerParticipant { call: call.id, role }).collect()
}

#[cfg(test)]
mod tests {
    use baton_domain::call::{AgentLeg, CallState, CallerLeg, EndReason};
    use baton_domain::ids::LegId;
    use baton_domain::listening::{Consent, ListeningPolicy, Recorded};
    use baton_domain::time::Timestamp;
    use uuid::Uuid;

    use super::*;

    fn leg(number: u128) -> LegId {
        LegId(Uuid::from_u128(number))
    }

    fn call(is_simulated: bool) -> Call {
        let caller = CallerLeg { is_simulated, ..CallerLeg::expected(leg(2), "Carol".to_owned(), Timestamp(0)) };
        let handle = "support";
        let (line, queue) = (handle.parse().expect("a handle"), handle.parse().expect("a handle"));
        Call::arriving(CallId(Uuid::from_u128(1)), line, queue, caller, Timestamp(0))
    }

    #[test]
    fn a_simulated_caller_is_wanted_from_arrival_to_the_end() {
        let mut simulated = call(true);
        assert_eq!(wanted(&simulated), [ServerParticipant { call: simulated.id, role: Role::SimulatedCaller }]);
        simulated.state = CallState::Ended { at: Timestamp(1), reason: EndReason::CallerHungUp, consult: None };
        assert_eq!(wanted(&simulated), []);
    }

    #[test]
    fn nobody_is_played_who_calls_in_person() {
        assert_eq!(wanted(&call(false)), []);
    }

    #[test]
    fn music_is_played_to_whoever_has_none_of_their_own_until_the_end() {
        let mut phone = call(false);
        phone.caller.needs_music = true;
        let music = Role::HoldMusic(RoomName::Call(phone.id));
        assert_eq!(wanted(&phone), [ServerParticipant { call: phone.id, role: music }]);
        phone.state = CallState::Ended { at: Timestamp(1), reason: EndReason::CallerHungUp, consult: None };
        assert_eq!(wanted(&phone), []);
    }

    #[test]
    fn a_phone_that_has_the_caller_is_wanted_with_its_relay_and_its_music() {
        let mut call = call(false);
        let transfer = TransferId(Uuid::from_u128(7));
        let dana = AgentLeg::expected("dana".parse().expect("a handle"), leg(3), Timestamp(0));
        let dana = AgentLeg { phone: Some(transfer), ..dana };
        call.state = CallState::WithAgent { agent: dana, held_since: None, since: Timestamp(0) };
        let roles: Vec<Role> = wanted(&call).into_iter().map(|participant| participant.role).collect();
        let music = Role::HoldMusic(RoomName::Consult(transfer));
        assert_eq!(roles, [music, Role::Phone(transfer), Role::Relay(transfer)]);
    }

    #[test]
    fn a_listener_is_wanted_from_the_answer_until_the_caller_refuses() {
        let mut call = call(false);
        call.listening.policy = ListeningPolicy { transcribe: false, record: Recorded::Call };
        assert_eq!(wanted(&call), []);
        let agent = AgentLeg::expected("alice".parse().expect("a handle"), leg(3), Timestamp(0));
        call.state = CallState::WithAgent { agent, held_since: None, since: Timestamp(0) };
        let listener = Role::Listener(RoomName::Call(call.id));
        assert_eq!(wanted(&call), [ServerParticipant { call: call.id, role: listener }]);
        call.listening.consent = Consent::Refused;
        assert_eq!(wanted(&call), []);
    }
}
