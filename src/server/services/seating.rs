//! Seats: tokens only for seats, and the media server brought into line with them, isolation first.

mod observing;

pub use observing::RoomFact;

use std::sync::{Arc, PoisonError};

use baton_domain::call::{Call, RoomKind};
use baton_domain::desk_event::RoomAccess;
use baton_domain::ids::{CallId, LegId};
use baton_domain::seat::{Microphone, Party, RoomName, RoomSeat, Seat, places, seats, wanted_rooms};
use baton_domain::time::{Span, Timestamp};
use baton_domain::transfer::TransferState;
use futures_util::future::{join_all, try_join_all};
use tracing::{info, warn};

use super::hold_music::is_wanted_player;
use super::listening::is_wanted_listener;
use super::speaking::is_wanted_voice;
use crate::server::error::ServiceError;
use crate::server::permissions::Who;
use crate::server::ports::media_server::{Grant, MediaServerError, Participant, Permission, Room, TOKEN_TTL};
use crate::server::state::App;
use crate::server::store::{calls, transfers};

/// How long after a merge the consult room stands, for the agents' pages to leave it.
const LEAVES_BY_THEMSELVES: Span = Span::seconds(3);

/// The rooms of a call that were deleted since nobody wanted them any more: once each, however often it is looked. Whatever an old
/// token begins again is swept, and so is what a killed server has left.
pub type EndedRooms = Vec<RoomName>;

/// Seats.
pub struct Seating<'a>(pub(crate) &'a App);

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
        self.make_room(&room.room).await?;
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
        let mut ended = lock.lock().await;
        let result = self.enforce_alone(call, &mut ended).await;
        drop(ended);
        result
    }

    /// Somebody is in a room: it stands, though it may have been deleted before.
    async fn enforce_in(&self, call: CallId, room: RoomName) -> Result<(), ServiceError> {
        let lock = self.lock(call);
        let mut ended = lock.lock().await;
        ended.retain(|known| *known != room);
        let result = self.enforce_alone(call, &mut ended).await;
        drop(ended);
        result
    }

    async fn enforce_alone(&self, id: CallId, ended: &mut EndedRooms) -> Result<(), ServiceError> {
        let mut call = self.0.calls().find(id).await?;
        let (seats, wanted, mut present) = loop {
            let (seats, wanted) = (places(&call), wanted_rooms(&call));
            let present = try_join_all(wanted.iter().map(|room| self.present(*room))).await?;
            let now = self.0.calls().find(id).await?;
            let is_same = now.state == call.state && now.listening == call.listening && now.spoken == call.spoken;
            if is_same && now.caller.needs_music == call.caller.needs_music {
                break (seats, wanted, present);
            }
            // While we looked into the rooms the call went on: what stood by a moment ago may be open now, and rightly so.
            call = now;
        };
        for (room, participants) in &mut present {
            participants.retain(|it| !is_wanted_listener(&call, room, &it.identity));
            participants.retain(|it| !is_wanted_player(&call, room, &it.identity));
            participants.retain(|it| !is_wanted_voice(&call, room, &it.identity));
        }
        let isolated =
            join_all(present.iter().map(|(room, participants)| self.isolate(room, participants, &seats))).await;
        // The call's own room comes first: while somebody in it could not be silenced, nobody is let into the consult, either.
        let safe: Vec<_> = present.iter().zip(&isolated).take_while(|(_, isolated)| isolated.is_ok()).collect();
        let allowed =
            each(safe.into_iter().map(|((room, participants), _)| self.allow(&call, room, participants, &seats))).await;
        let deleted = self.end_rooms(&call, &wanted, ended).await;
        isolated.into_iter().collect::<Result<(), _>>().and(allowed).and(deleted)?;
        if call.is_ended() && call.agent_legs().is_empty() {
            self.0.seat_locks.lock().unwrap_or_else(PoisonError::into_inner).remove(&id);
        }
        Ok(())
    }

    /// Deletes the rooms of a call that nobody wants any more. One that cannot be deleted keeps no other.
    async fn end_rooms(
        &self,
        call: &Call,
        wanted: &[RoomName],
        ended: &mut EndedRooms,
    ) -> Result<(), MediaServerError> {
        let now = self.0.clock.now();
        let mut over = rooms_of(call);
        over.retain(|room| !wanted.contains(room) && !is_being_left(call, *room, now));
        ended.retain(|room| over.contains(room));
        over.retain(|room| !ended.contains(room));
        let mut result = Ok(());
        for room in over {
            match self.learned(self.0.media.delete_room(&room.to_string()).await) {
                Ok(()) => ended.push(room),
                Err(error) => result = result.and(Err(error)),
            }
        }
        result
    }

    /// Makes sure of a room, and that other installations on this media server know it for ours.
    async fn make_room(&self, room: &str) -> Result<(), ServiceError> {
        let owner = &self.0.installation().await?.id;
        Ok(self.learned(self.0.media.create_room(room, owner).await)?)
    }

    /// A room, which is made when it is not there, and who is in it.
    async fn present(&self, room: RoomName) -> Result<(String, Vec<Participant>), ServiceError> {
        let room = room.to_string();
        let participants = self.learned(self.0.media.participants(&room).await)?;
        // Whoever is in a room need not ask whether there is one.
        if !participants.is_empty() {
            return Ok((room, participants));
        }
        self.make_room(&room).await?;
        let participants = self.learned(self.0.media.participants(&room).await)?;
        Ok((room, participants))
    }

    /// Mutes every track that must not be heard, and takes away hearing and presence where there is no seat for it.
    async fn isolate(&self, room: &str, participants: &[Participant], seats: &[Seat]) -> Result<(), MediaServerError> {
        let isolated = participants.iter().map(|participant| {
            let seat = room_seat(seats, room, &participant.identity);
            self.isolate_one(room, participant, seat)
        });
        each(isolated).await
    }

    async fn isolate_one(
        &self,
        room: &str,
        participant: &Participant,
        seat: Option<&RoomSeat>,
    ) -> Result<(), MediaServerError> {
        let identity = &participant.identity;
        let Some(seat) = seat else {
            info!(room, identity, "Nobody of this identity has a seat in {room}: removed");
            return self.0.media.remove(room, identity).await;
        };
        // Whoever cannot be muted is still not to hear.
        let mut silenced = Ok(());
        if seat.microphone != Microphone::Open {
            let open = participant.tracks.iter().filter(|track| !track.muted);
            silenced = each(open.map(|track| self.0.media.mute(room, identity, &track.sid))).await;
        }
        let mut cut_off = Ok(());
        if participant.permission.subscribe && !seat.may_subscribe {
            let permission = Permission { subscribe: false, ..participant.permission };
            cut_off = self.0.media.permit(room, identity, permission).await;
        }
        silenced.and(cut_off)
    }

    /// Lets everybody publish and hear what their seat allows.
    async fn allow(
        &self,
        call: &Call,
        room: &str,
        participants: &[Participant],
        seats: &[Seat],
    ) -> Result<(), MediaServerError> {
        let allowed = participants.iter().filter_map(|participant| {
            let seat = room_seat(seats, room, &participant.identity)?;
            // To take publishing away would unpublish a track that stands by: it stays as it was, muted.
            let publish = participant.permission.publish || may_publish(call, seat);
            let wanted = Permission { publish, subscribe: seat.may_subscribe };
            let is = Permission {
                subscribe: participant.permission.subscribe && seat.may_subscribe,
                ..participant.permission
            };
            (is != wanted).then(|| self.0.media.permit(room, &participant.identity, wanted))
        });
        each(allowed).await
    }

    /// The page of an agent in a call is being closed, and `connections` with it.
    pub async fn agent_left(&self, who: &Who, call: CallId, connections: &[String]) -> Result<(), ServiceError> {
        let me = who.agent().ok_or(ServiceError::NotAllowed)?;
        let call = self.0.calls().find(call).await?;
        match call.agent_legs().into_iter().find(|leg| leg.agent == *me) {
            Some(leg) => self.end_connections(&call, leg.leg, connections).await,
            // They are out of it already.
            None => Ok(()),
        }
    }

    /// The caller's page is being closed, and `connections` with it.
    pub async fn caller_left(&self, call: CallId, connections: &[String]) -> Result<(), ServiceError> {
        let call = self.0.calls().find(call).await?;
        self.end_connections(&call, call.caller.leg, connections).await
    }

    /// Ends these connections of a leg. Another one, which a page that was loaded again may have by now, stays.
    async fn end_connections(&self, call: &Call, leg: LegId, connections: &[String]) -> Result<(), ServiceError> {
        let identity = leg.to_string();
        let ends = wanted_rooms(call).into_iter().map(|room| {
            let (room, identity) = (room.to_string(), &identity);
            async move {
                let participants = self.learned(self.0.media.participants(&room).await)?;
                let is_there = participants.iter().any(|it| it.identity == *identity && connections.contains(&it.sid));
                if is_there { self.0.media.remove(&room, identity).await } else { Ok(()) }
            }
        });
        Ok(each(ends).await?)
    }

    /// Deletes rooms of ours that no call wants any more: an old token must not revive them.
    pub async fn sweep(&self, unsettled: &[Call]) -> Result<(), ServiceError> {
        let now = self.0.clock.now();
        let wanted: Vec<RoomName> = unsettled.iter().flat_map(wanted_rooms).collect();
        for room in self.learned(self.0.media.rooms().await)? {
            let Some(name) = RoomName::parse(&room.name).filter(|room| !wanted.contains(room)) else { continue };
            if !self.is_ours(&room, name).await? {
                continue;
            }
            let room = name;
            // It may have begun since the calls were read.
            if let Some(call) = self.call_of_room(room).await?
                && wanted_rooms(&self.0.calls().find(call).await?).contains(&room)
            {
                continue;
            }
            if unsettled.iter().any(|call| is_being_left(call, room, now)) {
                continue;
            }
            warn!(%room, "Room {room} belongs to no running call: deleted");
            self.learned(self.0.media.delete_room(&room.to_string()).await)?;
        }
        Ok(())
    }

    /// Whether we made a room. One that says nothing was made by LiveKit for an old token: it is ours when we know its call.
    async fn is_ours(&self, room: &Room, name: RoomName) -> Result<bool, ServiceError> {
        if let Some(owner) = &room.owner {
            return Ok(*owner == self.0.installation().await?.id);
        }
        let mut db = self.0.store.read().await?;
        Ok(match name {
            RoomName::Call(call) => calls::find(&mut db, call).await?.is_some(),
            RoomName::Consult(transfer) => transfers::find(&mut db, transfer).await?.is_some(),
        })
    }

    fn lock(&self, call: CallId) -> Arc<tokio::sync::Mutex<EndedRooms>> {
        self.0.seat_locks.lock().unwrap_or_else(PoisonError::into_inner).entry(call).or_default().clone()
    }
}

/// Waits for all of them: what the media server refuses of one must not break off what it does for the others. Then the first
/// error, if there was any.
async fn each<E>(orders: impl IntoIterator<Item = impl Future<Output = Result<(), E>>>) -> Result<(), E> {
    join_all(orders).await.into_iter().collect()
}

/// Every room that a call has, or may have had a moment ago.
fn rooms_of(call: &Call) -> Vec<RoomName> {
    let mut rooms = vec![RoomName::Call(call.id)];
    rooms.extend(call.transfer().map(|open| RoomName::Consult(open.id)));
    rooms.extend(call.last_transfer.as_ref().map(|ended| RoomName::Consult(ended.id)));
    rooms
}

/// After a merge both agents leave the consult by themselves, when they are heard in the call. To end it under them would take
/// nothing away from anybody, and their browsers' time just when voices change places.
fn is_being_left(call: &Call, room: RoomName, now: Timestamp) -> bool {
    call.transfer().is_some_and(|transfer| {
        let merged_at = match transfer.state {
            TransferState::Conference { since } => Some(since),
            _ => None,
        };
        room == RoomName::Consult(transfer.id) && merged_at.is_some_and(|since| now < since.plus(LEAVES_BY_THEMSELVES))
    })
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
