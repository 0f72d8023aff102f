//! Who is really in a call's rooms: what LiveKit reports and lists becomes what the call knows.

use std::collections::HashMap;

use baton_domain::call::{Call, Connection, RoomKind};
use baton_domain::ids::{CallId, LegId};
use baton_domain::machine::Fact;
use baton_domain::seat::{RoomName, wanted_rooms};

use super::Seating;
use crate::server::error::ServiceError;
use crate::server::ports::media_server::{Participant, Telephone};
use crate::server::store::{calls, transfers};

/// What LiveKit says of a room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RoomFact {
    /// Somebody is in it.
    Joined {
        /// Leg.
        identity: String,
        /// Connection.
        sid: String,
        /// What they are there with, if it is a telephone.
        telephone: Option<Telephone>,
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

/// Somebody's presence in a room.
#[derive(Clone, Copy)]
struct Presence<'p> {
    leg: LegId,
    room: RoomKind,
    sid: &'p str,
    telephone: Option<&'p Telephone>,
}

impl Seating<'_> {
    /// Compares who is in a call's rooms with what the call knows, and tells it.
    pub async fn observe(&self, call: &Call) -> Result<(), ServiceError> {
        for room in wanted_rooms(call) {
            let kind = room.kind();
            let participants = self.learned(self.0.media.participants(&room.to_string()).await)?;
            let present: HashMap<&str, &Participant> =
                participants.iter().map(|participant| (participant.identity.as_str(), participant)).collect();
            for (leg, known) in known_legs(call, kind) {
                let there = present.get(leg.to_string().as_str()).map(|it| Presence {
                    leg,
                    room: kind,
                    sid: &it.sid,
                    telephone: it.telephone.as_ref(),
                });
                self.compare(call, there, leg, kind, known).await?;
            }
        }
        Ok(())
    }

    async fn compare(
        &self,
        call: &Call,
        there: Option<Presence<'_>>,
        leg: LegId,
        room: RoomKind,
        known: Option<String>,
    ) -> Result<(), ServiceError> {
        match (there, known) {
            (Some(there), known) if known.as_deref() != Some(there.sid) => self.joined(call.id, there).await,
            // Whoever was there before we knew of such things.
            (Some(there), _) if leg == call.caller.leg && !call.caller.needs_music => {
                self.has_telephone(call.id, there).await
            }
            (None, Some(sid)) if self.0.media_health.may_count_vanished(self.0.clock.now()) => {
                self.0.calls().fact(call.id, Fact::Left { leg, room, sid }).await
            }
            _ => Ok(()),
        }
    }

    /// What LiveKit reports of a room.
    pub async fn room_event(&self, room: RoomName, fact: RoomFact) -> Result<(), ServiceError> {
        let Some(call) = self.call_of_room(room).await? else {
            return match fact {
                RoomFact::Joined { .. } => self.revived(room).await,
                _ => Ok(()),
            };
        };
        let kind = room.kind();
        match fact {
            RoomFact::Joined { identity, sid, telephone } => {
                let noted = match identity.parse::<LegId>() {
                    Ok(leg) => {
                        let there = Presence { leg, room: kind, sid: &sid, telephone: telephone.as_ref() };
                        self.joined(call, there).await
                    }
                    Err(_) => Ok(()),
                };
                // Whoever joined without a seat goes at once, whatever could not be noted.
                let enforced = self.enforce_in(call, room).await;
                noted.and(enforced)
            }
            RoomFact::Left { identity, sid } => match identity.parse::<LegId>() {
                Ok(leg) if self.0.media_health.may_count_vanished(self.0.clock.now()) => {
                    self.0.calls().fact(call, Fact::Left { leg, room: kind, sid }).await
                }
                _ => Ok(()),
            },
            RoomFact::TrackPublished => {
                // Silence first, whoever it was that began to send.
                self.enforce(call).await?;
                self.look_for_caller(call).await
            }
            RoomFact::RoomFinished => self.enforce(call).await,
        }
    }

    /// Somebody is in a room. A telephone is there before anybody has answered it; LiveKit reports no answer, so whoever has not
    /// answered yet is found by a later look.
    async fn joined(&self, call: CallId, there: Presence<'_>) -> Result<(), ServiceError> {
        self.has_telephone(call, there).await?;
        if there.telephone.is_some_and(|telephone| !telephone.is_answered) {
            return Ok(());
        }
        let Presence { leg, room, sid, .. } = there;
        self.0.calls().fact(call, Fact::Joined { leg, room, sid: sid.to_owned() }).await
    }

    async fn has_telephone(&self, call: CallId, there: Presence<'_>) -> Result<(), ServiceError> {
        let Some(Telephone { number, .. }) = there.telephone.cloned() else { return Ok(()) };
        self.0.calls().fact(call, Fact::HasTelephone { leg: there.leg, number }).await
    }

    /// A telephone that is answered begins to send, which is reported.
    async fn look_for_caller(&self, call: CallId) -> Result<(), ServiceError> {
        let call = self.0.calls().find(call).await?;
        if call.caller.needs_music && !call.caller.connection.is_present() { self.observe(&call).await } else { Ok(()) }
    }

    /// Somebody is in a room that no call wants: an old token has begun it again, which says nothing about the call, but ends.
    async fn revived(&self, room: RoomName) -> Result<(), ServiceError> {
        match self.maker_of_room(room).await? {
            Some(call) => self.enforce_in(call.id, room).await,
            None => Ok(()),
        }
    }

    /// Which call a room belongs to; a room that nobody made belongs to none.
    pub(super) async fn call_of_room(&self, room: RoomName) -> Result<Option<CallId>, ServiceError> {
        // A late word about the room of an earlier transfer must not be taken for one about the room of this.
        let belongs = |call: &Call| matches!(room, RoomName::Call(_)) || wanted_rooms(call).contains(&room);
        Ok(self.maker_of_room(room).await?.filter(belongs).map(|call| call.id))
    }

    /// Which call a room was made for, whether it still wants it or not.
    async fn maker_of_room(&self, room: RoomName) -> Result<Option<Call>, ServiceError> {
        let mut db = self.0.store.read().await?;
        let call = match room {
            RoomName::Call(call) => call,
            RoomName::Consult(transfer) => match transfers::find(&mut db, transfer).await? {
                Some(known) => known.call,
                None => return Ok(None),
            },
        };
        Ok(calls::find(&mut db, call).await?)
    }
}

/// The legs of a call with the connection that the call believes in, in rooms of one kind.
fn known_legs(call: &Call, kind: RoomKind) -> Vec<(LegId, Option<String>)> {
    let sid = |connection: &Connection| match connection {
        Connection::Present { sid } => Some(sid.clone()),
        _ => None,
    };
    let agents = call.agent_legs().into_iter().map(|leg| (leg.leg, sid(leg.connection(kind))));
    let caller = (kind == RoomKind::Call).then(|| (call.caller.leg, sid(&call.caller.connection)));
    caller.into_iter().chain(agents).collect()
}
