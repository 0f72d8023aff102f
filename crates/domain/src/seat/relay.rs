//! Voices that are carried between the caller's room and the one that a phone cannot leave.

use uuid::Uuid;

use super::{Microphone, RoomSeat, Seat, call_room, consult_room, seats};
use crate::call::{Call, CallState, RoomKind};
use crate::ids::{CallId, LegId, TransferId};
use crate::transfer::TransferState;

/// Whose voices are carried between a call's room and the consult room that a phone stays in. It stands by from when the phone is
/// answered, so that nothing but letting voices through is left to do when they are to be heard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Relay {
    /// Of which call.
    pub call: CallId,
    /// Whose consult room the phone is in.
    pub consult: TransferId,
    /// The phone's leg.
    pub phone: LegId,
    /// Everybody in the call's room whose voice may come to be carried to the phone.
    pub prepared: Vec<LegId>,
    /// Those whose voice is carried to the phone now; while it is anybody's, the phone's is carried into the call.
    pub carried: Vec<LegId>,
}

impl Relay {
    /// Whether voices are carried, in both directions: nobody hears a call without being heard in it.
    pub fn is_open(&self) -> bool {
        !self.carried.is_empty()
    }

    /// Its identity in the phone's room, the opposite of the transfer's id: no leg has such a one, and the id itself is that of the
    /// voice that reads a briefing aloud there. In the call's room it has the identity of the phone's leg: it is all that there
    /// is of the phone.
    pub fn leg_at_phone(&self) -> LegId {
        LegId(Uuid::from_u128(!self.consult.0.as_u128()))
    }

    /// Its place in rooms of one kind, where its voices stand by or are heard. It hears in both all the time, since only it
    /// decides what it lets through.
    fn place(&self, kind: RoomKind) -> RoomSeat {
        let room = match kind {
            RoomKind::Call => call_room(self.call),
            RoomKind::Consult => consult_room(self.consult),
        };
        let microphone = if self.is_open() { Microphone::Open } else { Microphone::Standby };
        RoomSeat { kind, room, microphone, may_subscribe: true }
    }
}

/// Everybody's places as the media server is to enforce them: the seats, and where the relay is. Nobody but the media server
/// takes the relay for somebody of the call.
pub fn places(call: &Call) -> Vec<Seat> {
    let mut places = seats(call);
    let Some(relay) = relay(call) else { return places };
    let Some(phone) = places.iter_mut().find(|seat| seat.leg == relay.phone) else { return places };
    phone.rooms.push(relay.place(RoomKind::Call));
    let at_phone = Seat {
        leg: relay.leg_at_phone(),
        rooms: vec![relay.place(RoomKind::Consult)],
        hears: Vec::new(),
        ..phone.clone()
    };
    places.push(at_phone);
    places
}

/// The relay that `call` needs, if whoever takes part in it is on a phone.
pub fn relay(call: &Call) -> Option<Relay> {
    let caller = call.caller.leg;
    let (leg, prepared, carried) = match &call.state {
        CallState::WithAgent { agent, held_since, .. } => {
            let carried = if held_since.is_none() { vec![caller] } else { Vec::new() };
            (agent, vec![caller], carried)
        }
        CallState::Transferring(transfer) => {
            let all = vec![caller, transfer.transferring.leg];
            let (prepared, carried) = match &transfer.state {
                TransferState::Ringing { .. } | TransferState::BlindRinging { accepted: None, .. } => return None,
                TransferState::BlindRinging { .. } => (vec![caller], vec![caller]),
                TransferState::Connecting { .. } | TransferState::Consulting { .. } | TransferState::Swapped { .. } => {
                    (all, Vec::new())
                }
                TransferState::Conference { .. } => (all.clone(), all),
                TransferState::Completing { .. } => (all, vec![caller]),
            };
            (&transfer.target, prepared, carried)
        }
        CallState::Queued(_) | CallState::Offered { .. } | CallState::Ended { .. } => return None,
    };
    Some(Relay { call: call.id, consult: leg.phone?, phone: leg.leg, prepared, carried })
}
