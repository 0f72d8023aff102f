//! Seats: tokens only for seats, and the media server brought into line with them, isolation first.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use baton_domain::call::{Call, RoomKind};
use baton_domain::desk_event::RoomAccess;
use baton_domain::ids::{CallId, LegId, TransferId};
use baton_domain::machine::Fact;
use baton_domain::seat::{Microphone, Party, RoomSeat, Seat, call_room, consult_room, seats, wanted_rooms};
use baton_domain::transfer::TransferState;
use futures_util::future::try_join_all;
use tracing::{info, warn};

use crate::server::error::ServiceError;
use crate::server::permissions::Who;
use crate::server::ports::media_server::{Grant, MediaServerError, Participant, Permission};
use crate::server::state::App;
use crate::server::store::transfers;

/// How long a token can be used to connect; LiveKit renews it for whoever is connected.
const TOKEN_TTL: Duration = Duration::from_secs(120);

/// Seats.
pub struct Seating<'a>(pub(crate) &'a App);

/// What LiveKit says of a room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RoomFact {
    /// Somebody is in it.
    Joined {
        /// Leg.
        identity: String,
        /// Connection.
        sid: String,
    },
    /// Somebody is in it no more.
    Left {
        /// Leg.
        identity: String,
        /// Connection.
        sid: String,
    },
    /// Somebody publishes.
    TrackPublished,
    /// It is gone.
    RoomFinished,
}

impl Seating<'_> {
    /// A token for a room of this agent's seat.
    pub async fn agent_access(&self, who: &Who, call: CallId, kind: RoomKind) -> Result<RoomAccess, ServiceError> {
        let me = who.agent().ok_or(ServiceError::NotAllowed)?;
        let call = self.0.calls().find(call).await?;
        let names = self.0.presence().views().await?;
        let name = names.into_iter().find(|view| view.agent.id == *me).map(|view| view.agent.name).unwrap_or_default();
        self.access(&call, &Party::Agent(me.clone()), kind, &name).await
    }

    /// A token for the caller's only room.
    pub async fn caller_access(&self, call: CallId) -> Result<RoomAccess, ServiceError> {
        let call = self.0.calls().find(call).await?;
        self.access(&call, &Party::Caller, RoomKind::Call, &call.caller.name).await
    }

    async fn access(&self, call: &Call, party: &Party, kind: RoomKind, name: &str) -> Result<RoomAccess, ServiceError> {
        let seat = seats(call).into_iter().find(|seat| seat.party == *party).ok_or(ServiceError::NoSeat)?;
        let room = seat.room(kind).ok_or(ServiceError::NoSeat)?;
        self.learned(self.0.media.create_room(&room.room).await)?;
        let token = self.0.media.token(&Grant {
            room: &room.room,
            identity: &seat.leg.to_string(),
            name,
            permission: Permission { publish: may_publish(call, room), subscribe: room.may_subscribe },
            ttl: TOKEN_TTL,
        })?;
        Ok(RoomAccess { url: self.url_for_browsers(), token, room: room.room.clone() })
    }

    /// LiveKit's own address, or ours, under which it is passed through.
    fn url_for_browsers(&self) -> String {
        let config = &self.0.config;
        config.livekit.public_url.clone().unwrap_or_else(|| config.http.public_url.replacen("http", "ws", 1))
    }

    fn learned<T>(&self, result: Result<T, MediaServerError>) -> Result<T, MediaServerError> {
        self.0.media_health.learn(&result, self.0.clock.now());
        result
    }

    /// Brings the media server into line with a call's seats: first silence whoever must not be heard, then put out whoever
    /// has no seat, then allow what is allowed, then end what is over.
    pub async fn enforce(&self, call: CallId) -> Result<(), ServiceError> {
        let lock = self.lock(call);
        let guard = lock.lock().await;
        let result = self.enforce_alone(call).await;
        drop(guard);
        result
    }

    async fn enforce_alone(&self, id: CallId) -> Result<(), ServiceError> {
        let mut call = self.0.calls().find(id).await?;
        let (seats, wanted, present) = loop {
            let (seats, wanted) = (seats(&call), wanted_rooms(&call));
            let present = try_join_all(wanted.iter().map(|room| self.present(room))).await?;
            let now = self.0.calls().find(id).await?;
            if now.state == call.state {
                break (seats, wanted, present);
            }
            // While we looked into the rooms the call went on: what stood by a moment ago may be open now, and rightly so.
            call = now;
        };
        try_join_all(present.iter().map(|(room, participants)| self.isolate(room, participants, &seats))).await?;
        try_join_all(present.iter().map(|(room, participants)| self.allow(&call, room, participants, &seats))).await?;
        for room in rooms_of(&call) {
            if !wanted.contains(&room) {
                self.learned(self.0.media.delete_room(&room).await)?;
            }
        }
        if call.is_ended() && call.agent_legs().is_empty() {
            self.0.seat_locks.lock().unwrap_or_else(PoisonError::into_inner).remove(&id);
        }
        Ok(())
    }

    /// A room, which is made when it is not there, and who is in it.
    async fn present(&self, room: &str) -> Result<(String, Vec<Participant>), MediaServerError> {
        self.learned(self.0.media.create_room(room).await)?;
        Ok((room.to_owned(), self.learned(self.0.media.participants(room).await)?))
    }

    /// Mutes every track that must not be heard, and takes away hearing and presence where there is no seat for it.
    async fn isolate(&self, room: &str, participants: &[Participant], seats: &[Seat]) -> Result<(), MediaServerError> {
        for participant in participants {
            let seat = room_seat(seats, room, &participant.identity);
            if !seat.is_some_and(|seat| seat.microphone == Microphone::Open) {
                for track in participant.tracks.iter().filter(|track| !track.muted) {
                    self.0.media.mute(room, &participant.identity, &track.sid).await?;
                }
            }
            match seat {
                None => {
                    info!(
                        room,
                        identity = participant.identity,
                        "Nobody of this identity has a seat in {room}: removed"
                    );
                    self.0.media.remove(room, &participant.identity).await?;
                }
                Some(seat) if participant.permission.subscribe && !seat.may_subscribe => {
                    let permission = Permission { subscribe: false, ..participant.permission };
                    self.0.media.permit(room, &participant.identity, permission).await?;
                }
                Some(_) => {}
            }
        }
        Ok(())
    }

    /// Lets everybody publish and hear what their seat allows.
    async fn allow(
        &self,
        call: &Call,
        room: &str,
        participants: &[Participant],
        seats: &[Seat],
    ) -> Result<(), MediaServerError> {
        for participant in participants {
            let Some(seat) = room_seat(seats, room, &participant.identity) else { continue };
            // To take publishing away would unpublish a track that stands by: it stays as it was, muted.
            let publish = participant.permission.publish || may_publish(call, seat);
            let wanted = Permission { publish, subscribe: seat.may_subscribe };
            let is = Permission {
                subscribe: participant.permission.subscribe && seat.may_subscribe,
                ..participant.permission
            };
            if is != wanted {
                self.0.media.permit(room, &participant.identity, wanted).await?;
            }
        }
        Ok(())
    }

    /// Compares who is in a call's rooms with what the call knows, and tells it.
    pub async fn observe(&self, call: &Call) -> Result<(), ServiceError> {
        for (kind, room) in kinds_of_rooms(call) {
            let participants = self.learned(self.0.media.participants(&room).await)?;
            let present: HashMap<&str, &str> = participants
                .iter()
                .map(|participant| (participant.identity.as_str(), participant.sid.as_str()))
                .collect();
            for (leg, known_sid) in known_legs(call, kind) {
                let identity = leg.to_string();
                match (present.get(identity.as_str()), known_sid) {
                    (Some(sid), known) if known.as_deref() != Some(*sid) => {
                        self.0.calls().fact(call.id, Fact::Joined { leg, room: kind, sid: (*sid).to_owned() }).await?;
                    }
                    (None, Some(sid)) if self.0.media_health.may_count_vanished(self.0.clock.now()) => {
                        self.0.calls().fact(call.id, Fact::Left { leg, room: kind, sid }).await?;
                    }
                    _ => {}
                }
            }
        }
        Ok(())
    }

    /// What LiveKit reports of a room.
    pub async fn room_event(&self, room: &str, fact: RoomFact) -> Result<(), ServiceError> {
        let Some((call, kind)) = self.call_of_room(room).await? else { return Ok(()) };
        match fact {
            RoomFact::Joined { identity, sid } => {
                if let Ok(leg) = identity.parse::<LegId>() {
                    self.0.calls().fact(call, Fact::Joined { leg, room: kind, sid }).await?;
                }
                // Whoever joined without a seat goes at once.
                self.enforce(call).await
            }
            RoomFact::Left { identity, sid } => match identity.parse::<LegId>() {
                Ok(leg) if self.0.media_health.may_count_vanished(self.0.clock.now()) => {
                    self.0.calls().fact(call, Fact::Left { leg, room: kind, sid }).await
                }
                _ => Ok(()),
            },
            RoomFact::TrackPublished | RoomFact::RoomFinished => self.enforce(call).await,
        }
    }

    /// Which call a room belongs to; rooms that are not ours, or that nobody made, belong to none.
    async fn call_of_room(&self, room: &str) -> Result<Option<(CallId, RoomKind)>, ServiceError> {
        if let Some(call) = room.strip_prefix("call-").and_then(|id| id.parse::<CallId>().ok()) {
            let known = self.0.calls().find(call).await;
            return match known {
                Ok(_) => Ok(Some((call, RoomKind::Call))),
                Err(ServiceError::NotFound(_)) => Ok(None),
                Err(error) => Err(error),
            };
        }
        let Some(transfer) = room.strip_prefix("consult-").and_then(|id| id.parse::<TransferId>().ok()) else {
            return Ok(None);
        };
        let mut db = self.0.store.read().await?;
        let Some(known) = transfers::find(&mut db, transfer).await? else { return Ok(None) };
        drop(db);
        // A late word about the room of an earlier transfer must not be taken for one about the room of this.
        let call = self.0.calls().find(known.call).await?;
        Ok(wanted_rooms(&call).contains(&consult_room(transfer)).then_some((call.id, RoomKind::Consult)))
    }

    /// Deletes rooms of ours that no call wants any more: an old token must not revive them.
    pub async fn sweep(&self, unsettled: &[Call]) -> Result<(), ServiceError> {
        let wanted: Vec<String> = unsettled.iter().flat_map(wanted_rooms).collect();
        for room in self.learned(self.0.media.rooms().await)? {
            let is_ours = room.starts_with("call-") || room.starts_with("consult-");
            if !is_ours || wanted.contains(&room) {
                continue;
            }
            // It may have begun since the calls were read.
            if let Some((call, _)) = self.call_of_room(&room).await?
                && wanted_rooms(&self.0.calls().find(call).await?).contains(&room)
            {
                continue;
            }
            warn!(room, "Room {room} belongs to no running call: deleted");
            self.learned(self.0.media.delete_room(&room).await)?;
        }
        Ok(())
    }

    fn lock(&self, call: CallId) -> Arc<tokio::sync::Mutex<()>> {
        self.0.seat_locks.lock().unwrap_or_else(PoisonError::into_inner).entry(call).or_default().clone()
    }
}

/// Every room that a call has, or may have had a moment ago.
fn rooms_of(call: &Call) -> Vec<String> {
    let mut rooms = vec![call_room(call.id)];
    rooms.extend(call.transfer().map(|open| consult_room(open.id)));
    rooms.extend(call.last_transfer.as_ref().map(|ended| consult_room(ended.id)));
    rooms
}

fn room_seat<'s>(seats: &'s [Seat], room: &str, identity: &str) -> Option<&'s RoomSeat> {
    let seat = seats.iter().find(|seat| seat.leg.to_string() == identity)?;
    seat.rooms.iter().find(|candidate| candidate.room == room)
}

/// A microphone that stands by is published muted, which needs the permission; but while a consult is going on, a page
/// that comes back must not be able to publish into the call at all.
fn may_publish(call: &Call, room: &RoomSeat) -> bool {
    match room.microphone {
        Microphone::Open => true,
        Microphone::Standby => match call.transfer().map(|transfer| &transfer.state) {
            Some(TransferState::Ringing { .. } | TransferState::Connecting { .. }) => true,
            Some(_) => room.kind == RoomKind::Consult,
            None => false,
        },
    }
}

fn kinds_of_rooms(call: &Call) -> Vec<(RoomKind, String)> {
    wanted_rooms(call)
        .into_iter()
        .map(|room| (if room.starts_with("call-") { RoomKind::Call } else { RoomKind::Consult }, room))
        .collect()
}

/// The legs of a call with the connection that the call believes in, in rooms of one kind.
fn known_legs(call: &Call, kind: RoomKind) -> Vec<(LegId, Option<String>)> {
    use baton_domain::call::Connection;
    let sid = |connection: &Connection| match connection {
        Connection::Present { sid } => Some(sid.clone()),
        _ => None,
    };
    let agents = call.agent_legs().into_iter().map(|leg| {
        let connection = match kind {
            RoomKind::Call => &leg.call_room,
            RoomKind::Consult => &leg.consult_room,
        };
        (leg.leg, sid(connection))
    });
    let caller = (kind == RoomKind::Call).then(|| (call.caller.leg, sid(&call.caller.connection)));
    caller.into_iter().chain(agents).collect()
}
