//! One room that is listened to: who in it may be used for what at this moment, and what is heard of them.

use std::collections::HashMap;

use baton_domain::call::Call;
use baton_domain::ids::{CallId, LegId};
use baton_domain::listening::{self, ListenedLeg};
use baton_domain::seat::{Party, RoomName};
use baton_domain::time::{Span, Timestamp};

use super::Subscribers;
use super::stream::{Heard, HeardPacket, Purpose, Sender, Source, User, stream};
use super::timeline::{Timed, Timeline};
use crate::server::ports::listening::{RoomPacket, RoomSound};

/// A user that broke off is offered the rest after so many packets: a second, so that one that always breaks does no harm.
const AFTER_A_BREAK: u32 = 50;

/// One room that is listened to.
#[derive(Debug)]
pub(super) struct Room {
    pub call: CallId,
    name: RoomName,
    origin: Timestamp,
    /// The version of the call that `legs` is from; nothing is known before the first.
    version: u32,
    legs: HashMap<LegId, Leg>,
}

#[derive(Debug)]
struct Leg {
    party: Party,
    /// The room whose conversation they take part in.
    talks_in: RoomName,
    rights: Rights,
    timeline: Timeline,
    /// By the number of the user.
    feeds: HashMap<u64, Feed>,
}

/// What may be made of somebody's voice now.
#[derive(Clone, Copy, Debug, Default)]
struct Rights {
    transcribe: bool,
    record: bool,
}

impl Rights {
    fn allow(self, purpose: Purpose) -> bool {
        match purpose {
            Purpose::Transcribe => self.transcribe,
            Purpose::Record => self.record,
        }
    }
}

#[derive(Debug)]
struct Feed {
    purpose: Purpose,
    /// Position 0, on the speaker's timeline.
    base: u64,
    sender: Sender,
    /// Packets since the user broke off.
    broken_for: u32,
}

impl Room {
    pub fn new(call: CallId, name: RoomName, origin: Timestamp) -> Self {
        Self { call, name, origin, version: 0, legs: HashMap::new() }
    }

    /// From here on what `call` allows is what counts.
    pub fn follow(&mut self, call: &Call, now: Timestamp) {
        if call.version <= self.version {
            return;
        }
        self.version = call.version;
        let listened = listening::rooms(call).into_iter().find(|room| room.room == self.name);
        let legs = listened.map(|room| room.legs).unwrap_or_default();
        self.legs.retain(|leg, _| legs.iter().any(|listened| listened.leg == *leg));
        for listened in legs {
            let origin = self.origin;
            let leg = self.legs.entry(listened.leg).or_insert_with(|| Leg::new(&listened, origin));
            leg.follow(&listened, now);
        }
    }

    /// Hands on what was heard, to whom it may be used by.
    pub fn hear(&mut self, sound: &RoomSound, subscribers: &Subscribers, now: Timestamp) {
        // Whoever is muted or gone is silent, and ends what they were saying by that.
        let RoomSound::Packet(packet) = sound else { return };
        let Ok(id) = packet.identity.parse::<LegId>() else { return };
        let Some(leg) = self.legs.get_mut(&id) else { return };
        let (call, room) = (self.call, leg.talks_in);
        let source = |party: &Party, started_at| Source { call, room, leg: id, party: party.clone(), started_at };
        leg.packet(packet, subscribers, now, source);
    }
}

impl Leg {
    fn new(listened: &ListenedLeg, origin: Timestamp) -> Self {
        Self {
            party: listened.party.clone(),
            talks_in: listened.talks_in,
            rights: Rights::default(),
            timeline: Timeline::new(origin),
            feeds: HashMap::new(),
        }
    }

    fn follow(&mut self, listened: &ListenedLeg, now: Timestamp) {
        if self.talks_in != listened.talks_in {
            // What a phone says in the call is no part of what it said in private, also for whoever writes it down.
            self.talks_in = listened.talks_in;
            self.feeds.clear();
        }
        let before = self.rights;
        self.rights = Rights { transcribe: listened.transcribe, record: listened.record };
        for feed in self.feeds.values() {
            if before.allow(feed.purpose) && !self.rights.allow(feed.purpose) {
                feed.sender.send(Heard::Stopped { at: now });
            }
        }
    }

    fn packet(
        &mut self,
        packet: &RoomPacket,
        subscribers: &Subscribers,
        now: Timestamp,
        source: impl Fn(&Party, Timestamp) -> Source,
    ) {
        // The clock is followed also while nothing may be used: it goes on.
        let place = self.timeline.place(timed(packet), arrived(packet, now));
        let at = self.timeline.at(place);
        self.feeds.retain(|number, _| subscribers.iter().any(|subscriber| subscriber.number == *number));
        let rights = self.rights;
        for subscriber in subscribers.iter().filter(|subscriber| rights.allow(subscriber.purpose)) {
            if self.feeds.get_mut(&subscriber.number).is_some_and(Feed::is_to_be_replaced) {
                self.feeds.remove(&subscriber.number);
            }
            let feed = self.feeds.entry(subscriber.number).or_insert_with(|| {
                let (sender, stream) = stream(source(&self.party, at));
                subscriber.offer(stream);
                Feed { purpose: subscriber.purpose, base: place, sender, broken_for: 0 }
            });
            if let Some(position) = place.checked_sub(feed.base) {
                feed.sender.send(Heard::Packet(heard(packet, at, position)));
            }
        }
    }
}

impl Feed {
    fn is_to_be_replaced(&mut self) -> bool {
        if self.sender.user() == User::Broke {
            self.broken_for += 1;
        }
        self.broken_for >= AFTER_A_BREAK
    }
}

fn arrived(packet: &RoomPacket, now: Timestamp) -> Timestamp {
    now.plus(Span(-i64::try_from(packet.age.as_millis()).unwrap_or_default()))
}

fn timed(packet: &RoomPacket) -> Timed {
    Timed {
        run: packet.run,
        timestamp: i64::try_from(packet.timestamp).unwrap_or_default(),
        duration: i64::from(packet.duration),
    }
}

fn heard(packet: &RoomPacket, at: Timestamp, position: u64) -> HeardPacket {
    HeardPacket { at, position, duration: packet.duration, payload: packet.payload.clone() }
}
