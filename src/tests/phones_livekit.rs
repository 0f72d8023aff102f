//! A bridge to a phone on a real LiveKit.

use std::io::Cursor;
use std::time::{Duration, Instant};

use baton::server::adapters::livekit::LiveKit;
use baton::server::adapters::participation::LiveKitRooms;
use baton::server::ports::bridging::BridgeEnds;
use baton::server::ports::media_server::{Grant, MediaServer, Permission};
use baton::server::ports::participation::{Participation, Tokens};
use baton::server::random;
use livekit_participant::ogg::Clip;
use livekit_participant::opus::SILENCE_20_MS;
use livekit_participant::{AudioPacket, Event, Events, JoinOptions, Participant, Player, PublishOptions, Subscribe};
use tokio::sync::{mpsc, watch};

use crate::real_livekit::{self, always};

const SPEECH: &[u8] = include_bytes!("../../crates/livekit-participant/tests/sounds/speech.opus");
const TTL: Duration = Duration::from_secs(60);
/// How long it stands by, and how long it carries.
const A_WHILE: Duration = Duration::from_secs(3);
/// What is on its way when a voice is held back still arrives.
const ON_ITS_WAY: Duration = Duration::from_millis(200);

struct Rooms {
    url: String,
    media: LiveKit,
}

impl Rooms {
    fn token(&self, room: &str, identity: &str) -> String {
        let permission = Permission { publish: true, subscribe: true };
        self.media.token(&Grant { room, identity, name: "", permission, ttl: TTL }).expect("a token")
    }

    fn tokens(&self, room: &str, identity: &str) -> Tokens {
        always(self.token(room, identity))
    }

    /// Somebody who talks without end, and hears whoever is there.
    async fn talker(&self, room: &str, identity: &str) -> (Participant, Events) {
        let options = JoinOptions::new(&self.url, self.token(room, identity))
            .publish(PublishOptions::new("microphone"))
            .subscribe(Subscribe::AllAudio);
        let (participant, events) = Participant::join(options).await.expect("they are in");
        let mut player = Player::new(participant.track(0).expect("a track").clone());
        let clip = Clip::read(Cursor::new(SPEECH)).expect("a file of ours");
        tokio::spawn(async move { while player.play(clip.once().map(|piece| piece.packet)).await.is_ok() {} });
        (participant, events)
    }
}

/// What is heard within a time.
async fn heard(events: &mut Events, limit: Duration) -> Vec<AudioPacket> {
    let until = Instant::now() + limit;
    let mut packets = Vec::new();
    while let Some(event) = events.next_within(until.saturating_duration_since(Instant::now())).await {
        if let Event::Audio(packet) = event {
            packets.push(packet);
        }
    }
    packets
}

/// For a second after a track was muted LiveKit itself sends silence in its place.
fn voiced(packets: &[AudioPacket]) -> usize {
    packets.iter().filter(|packet| !packet.payload.starts_with(SILENCE_20_MS)).count()
}

fn lost(packets: &[AudioPacket]) -> u64 {
    let (Some(first), Some(last)) = (packets.first(), packets.last()) else { return u64::MAX };
    last.sequence - first.sequence + 1 - packets.len() as u64
}

fn longest_wait(packets: &[AudioPacket]) -> Duration {
    packets.windows(2).map(|pair| pair[1].received_at - pair[0].received_at).max().unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a LiveKit server"]
async fn voices_are_carried_at_once_and_only_when_they_may() {
    let config = real_livekit::config();
    let rooms = Rooms { url: config.url.clone(), media: LiveKit::new(&config) };
    let number = random::id().as_simple().to_string();
    let (call_room, phone_room) = (format!("call-{number}"), format!("consult-{number}"));
    for room in [&call_room, &phone_room] {
        rooms.media.create_room(room, "a-test").await.expect("a room");
    }
    let (caller, mut at_caller) = rooms.talker(&call_room, "carol").await;
    let (phone, mut at_phone) = rooms.talker(&phone_room, "dana").await;
    let ends = BridgeEnds {
        call: rooms.tokens(&call_room, "dana"),
        phone_room: rooms.tokens(&phone_room, "relay"),
        phone: "dana".to_owned(),
        voices: vec!["carol".to_owned(), "alice".to_owned()],
    };
    let mut bridge = LiveKitRooms::new(&config).bridge(ends).await.expect("the bridge stands");
    let (carry, carried) = watch::channel(Vec::new());
    let (notice, _noticed) = mpsc::channel(1);
    let carrying = tokio::spawn(async move { bridge.carry(carried, notice).await });

    let (to_caller, to_phone) = tokio::join!(heard(&mut at_caller, A_WHILE), heard(&mut at_phone, A_WHILE));
    assert_eq!((to_caller.len(), to_phone.len()), (0, 0), "somebody is heard while the bridge stands by");

    let merged = Instant::now();
    carry.send_replace(vec!["carol".to_owned()]);
    let (to_caller, to_phone) = tokio::join!(heard(&mut at_caller, A_WHILE), heard(&mut at_phone, A_WHILE));
    for (who, packets, speaker) in [("the caller", &to_caller, "dana"), ("the phone", &to_phone, "relay")] {
        let first = packets.first().unwrap_or_else(|| panic!("{who} hears nobody")).received_at - merged;
        println!("{who} hears after {first:?}, {} packets, longest wait {:?}", packets.len(), longest_wait(packets));
        assert!(packets.iter().all(|packet| &*packet.identity == speaker));
        assert!(first < Duration::from_millis(300), "{who} hears after {first:?}");
        assert_eq!(lost(packets), 0, "{who} misses packets");
    }

    carry.send_replace(Vec::new());
    tokio::join!(heard(&mut at_caller, ON_ITS_WAY), heard(&mut at_phone, ON_ITS_WAY));
    let (to_caller, to_phone) = tokio::join!(heard(&mut at_caller, A_WHILE), heard(&mut at_phone, A_WHILE));
    assert_eq!((voiced(&to_caller), voiced(&to_phone)), (0, 0), "somebody is heard after the end");

    drop(carry);
    assert!(carrying.await.expect("no panic").is_err());
    tokio::join!(caller.leave(), phone.leave());
    for room in [&call_room, &phone_room] {
        rooms.media.delete_room(room).await.expect("LiveKit answers");
    }
}
