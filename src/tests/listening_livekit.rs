//! A listener on a real LiveKit.

use std::io::Cursor;
use std::time::Duration;

use baton::server::adapters::livekit::LiveKit;
use baton::server::adapters::participation::LiveKitRooms;
use baton::server::ports::listening::{RoomEar, RoomSound};
use baton::server::ports::media_server::{Grant, MediaServer, Permission};
use baton::server::ports::participation::{Noticed, Participation};
use baton::server::random;
use baton_domain::ids::LegId;
use baton_domain::listening::LISTENER;
use livekit_participant::ogg::Clip;

use crate::real_livekit::{self, always};

const SPEECH: &[u8] = include_bytes!("../../crates/livekit-participant/tests/sounds/speech.opus");
const TTL: Duration = Duration::from_secs(60);

/// How many packets of `identity` come within a time.
async fn packets_of(ear: &mut dyn RoomEar, identity: &str, limit: Duration) -> usize {
    let mut heard = 0;
    let listening = async {
        while let Some(sound) = ear.next().await {
            if let RoomSound::Packet(packet) = sound {
                assert_eq!(&*packet.identity, identity);
                heard += 1;
            }
        }
    };
    // Until the time is over there is always more to hear.
    let _ = tokio::time::timeout(limit, listening).await;
    heard
}

#[tokio::test]
#[ignore = "needs a LiveKit server"]
async fn a_listener_hears_and_is_seen_by_nobody() {
    let config = real_livekit::config();
    let (media, rooms) = (LiveKit::new(&config), LiveKitRooms::new(&config));
    let room = format!("call-{}", random::id().as_simple());
    let leg = LegId(random::id()).to_string();
    media.create_room(&room, "a-test").await.expect("a room");
    let permission = Permission { publish: true, subscribe: true };
    let grant = Grant { room: &room, identity: &leg, name: "Carol", permission, ttl: TTL };
    let speaker = rooms.join(always(media.token(&grant).expect("a token"))).await.expect("Carol is in");
    let hidden = media.hidden_token(&room, LISTENER, TTL).expect("a token");
    let mut listener = rooms.listen(always(hidden)).await.expect("the listener is in");

    let clip = Clip::read(Cursor::new(SPEECH)).expect("a file of ours");
    let frames = usize::try_from(clip.duration() / 960).expect("a length");
    let (mut voice, mut ear) = (speaker.voice, speaker.ear);
    let limit = Duration::from_millis(clip.duration() / 48) + Duration::from_secs(1);
    let noticed = async {
        let mut noticed = Vec::new();
        let noticing = async {
            while let Some(next) = ear.next().await {
                noticed.push(next);
            }
        };
        let _ = tokio::time::timeout(limit, noticing).await;
        noticed
    };
    let (said, heard, noticed) = tokio::join!(voice.say(&clip), packets_of(&mut *listener, &leg, limit), noticed);
    said.expect("Carol speaks");
    println!("{heard} of {frames} packets were heard");
    // Sending begins while the listener subscribes.
    assert!(heard + 25 >= frames, "{heard} of {frames} packets were heard");
    let is_of_listener = |noticed: &Noticed| match noticed {
        Noticed::Sound(who) | Noticed::NotMuted(who) | Noticed::Muted(who) | Noticed::Gone(who) => &**who == LISTENER,
    };
    assert!(!noticed.iter().any(is_of_listener), "Carol notices the listener: {noticed:?}");
    let known: Vec<String> = media
        .participants(&room)
        .await
        .expect("LiveKit answers")
        .into_iter()
        .map(|participant| participant.identity)
        .collect();
    println!("LiveKit lists {known:?}");
    assert!(known.contains(&leg));

    listener.leave().await;
    voice.leave().await;
    media.delete_room(&room).await.expect("LiveKit answers");
}
