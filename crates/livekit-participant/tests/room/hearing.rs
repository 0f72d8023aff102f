//! Publishing and hearing.

use livekit_participant::{AudioLevel, Event, Player, PublishOptions, Relay, StreamId, Subscribe};

use super::server::{LIMIT, Server, join, until};
use super::sound::{heard, heard_until, number, numbered, play, play_on};

#[tokio::test]
async fn what_one_publishes_the_other_hears() {
    let server = Server::start().await;
    let (_listener, mut events) = server.listener("bob").await;
    let (publisher, _) = server.publisher("ann").await;
    let track = &publisher.tracks()[0];
    let (packets, ()) = tokio::join!(heard_until(&mut events, "ann", 99), play(track, 0..100));

    let numbers: Vec<u16> = packets.iter().map(number).collect();
    assert_eq!(numbers, (0..100).collect::<Vec<u16>>());
    let first = &packets[0];
    for (place, packet) in (0_u64..).zip(&packets) {
        assert_eq!(packet.stream, first.stream);
        assert_eq!(packet.track_sid, track.sid().expect("it is published"));
        assert_eq!(packet.sequence, first.sequence + place);
        assert_eq!(packet.timestamp, first.timestamp + place * 960);
    }
    assert_eq!(publisher.metrics().packets_sent, 100);
}

#[tokio::test]
async fn publishers_who_come_one_after_another_are_all_heard() {
    let server = Server::start().await;
    let (_listener, mut events) = server.listener("listener").await;
    for identity in ["ann", "bob", "carol"] {
        let (publisher, _) = server.publisher(identity).await;
        tokio::join!(heard_until(&mut events, identity, 9), play(&publisher.tracks()[0], 0..10));
        publisher.leave().await;
        until(&mut events, "they left", |event| match event {
            Event::ParticipantLeft { identity: who, .. } if **who == *identity => Some(()),
            _ => None,
        })
        .await;
    }
}

#[tokio::test]
async fn several_publishers_are_heard_at_once() {
    let server = Server::start().await;
    let (_listener, mut events) = server.listener("listener").await;
    let mut publishers = Vec::new();
    for identity in ["ann", "bob", "carol"] {
        let (publisher, _) = server.publisher(identity).await;
        play_on(&publisher.tracks()[0]);
        publishers.push(publisher);
        heard(&mut events, identity).await;
    }
    for identity in ["ann", "bob", "carol"] {
        heard(&mut events, identity).await;
    }
}

#[tokio::test]
async fn two_tracks_of_one_publisher_are_told_apart() {
    let server = Server::start().await;
    let (_listener, mut events) = server.listener("bob").await;
    let options = server.options("ann").publish(PublishOptions::new("voice")).publish(PublishOptions::new("music"));
    let (publisher, _) = join(options).await;
    let [voice, music] = publisher.tracks() else { panic!("two were asked for") };
    play_on(voice);
    play_on(music);
    for track in [voice, music] {
        until(&mut events, "its sound", |event| match event {
            Event::Audio(packet) if Some(&packet.track_sid) == track.sid().as_ref() => Some(()),
            _ => None,
        })
        .await;
    }
}

#[tokio::test]
async fn only_those_who_are_wanted_are_heard_and_that_can_change() {
    let server = Server::start().await;
    let (listener, mut events) = join(server.options("listener").subscribe(Subscribe::Only(vec!["ann".into()]))).await;
    let (ann, _) = server.publisher("ann").await;
    let (bob, _) = server.publisher("bob").await;
    play_on(&ann.tracks()[0]);
    play_on(&bob.tracks()[0]);
    heard(&mut events, "ann").await;
    assert!(!bob.tracks()[0].wait_until_heard(std::time::Duration::ZERO).await);
    listener.subscribe(Subscribe::Only(vec!["bob".into()])).await.expect("it runs");
    heard(&mut events, "bob").await;
    listener.subscribe(Subscribe::AllAudio).await.expect("it runs");
    heard(&mut events, "ann").await;
}

#[tokio::test]
async fn a_muted_track_is_silent_until_it_is_unmuted() {
    let server = Server::start().await;
    let (_listener, mut events) = server.listener("bob").await;
    let (publisher, _) = server.publisher("ann").await;
    let track = &publisher.tracks()[0];
    tokio::join!(heard_until(&mut events, "ann", 9), play(track, 0..10));

    track.set_muted(true).await.expect("it runs");
    until(&mut events, "the mute", |event| matches!(event, Event::TrackMuted { is_muted: true, .. }).then_some(()))
        .await;
    assert!(track.is_muted());
    play(track, 100..110).await;
    track.set_muted(false).await.expect("it runs");
    until(&mut events, "the unmute", |event| match event {
        Event::TrackMuted { is_muted: false, .. } => Some(()),
        Event::Audio(packet) => {
            assert!(!(100..110).contains(&number(packet)), "{} was heard while muted", number(packet));
            None
        }
        _ => None,
    })
    .await;
    let (packets, ()) = tokio::join!(heard_until(&mut events, "ann", 209), play(track, 200..210));
    // The server itself puts some packets of silence where a track is muted.
    let heard: Vec<u16> = packets.iter().map(number).filter(|number| *number < 1000).collect();
    assert_eq!(heard, (200..210).collect::<Vec<u16>>());
    assert_eq!(publisher.metrics().packets_unsent, 10);
}

#[tokio::test]
async fn one_leg_is_in_two_rooms_and_counts_as_speaking_in_both() {
    let server = Server::start().await;
    let in_room =
        |room: &str, identity: &str| livekit_participant::JoinOptions::new(server.url(), server.token(room, identity));
    let (phone, _) = join(in_room("call", "phone").publish(PublishOptions::new("voice"))).await;
    let (_here, here_events) = join(in_room("call", "relay").subscribe(Subscribe::AllAudio)).await;
    let (there, _) = join(in_room("consult", "phone-from-call").publish(PublishOptions::new("relayed"))).await;
    let (_listener, mut events) = join(in_room("consult", "bob").subscribe(Subscribe::AllAudio)).await;
    let relay = Relay::new("phone", there.tracks()[0].clone());
    let relaying = tokio::spawn(relay.run(here_events));

    let track = phone.tracks()[0].clone();
    let speaking = tokio::spawn(async move {
        track.wait_until_heard(LIMIT).await;
        let speech = (0..).map(|number: u32| numbered((number % 60_000) as u16));
        // It ends with the test.
        let _ = Player::new(track).with_level(AudioLevel::from_dbov(-20)).play(speech).await;
    });
    heard(&mut events, "phone-from-call").await;
    let level = until(&mut events, "the relayed speaker", |event| match event {
        Event::Speakers(speakers) => speakers
            .iter()
            .find(|speaker| *speaker.identity == *"phone-from-call" && speaker.is_active)
            .map(|speaker| speaker.level),
        _ => None,
    })
    .await;
    assert!(level > 0.0, "the level is {level}");
    speaking.abort();
    drop(there);
    relaying.await.expect("the relay ends with the other room");
}

#[tokio::test]
async fn changing_sources_are_one_stream_to_those_who_listen() {
    let server = Server::start().await;
    let (_listener, mut events) = server.listener("bob").await;
    let (publisher, _) = server.publisher("ann").await;
    let track = &publisher.tracks()[0];
    let both = async {
        play(track, 0..10).await;
        play(track, 10..20).await;
    };
    let (packets, ()) = tokio::join!(heard_until(&mut events, "ann", 19), both);
    let streams: Vec<StreamId> = packets.iter().map(|packet| packet.stream).collect();
    assert!(streams.iter().all(|stream| *stream == streams[0]), "the hearer saw more than one stream");
    for pair in packets.windows(2) {
        assert_eq!(pair[1].sequence, pair[0].sequence + 1);
        assert!(pair[1].timestamp > pair[0].timestamp);
    }
}

#[tokio::test]
async fn a_participant_without_anything_to_say_or_hear_is_left_in_peace() {
    let server = Server::start().await;
    let (_ann, mut events) = join(server.options("ann")).await;
    assert!(matches!(events.next().await, Some(Event::Connected(_))));
    // Longer than the watchdog waits: a path that carries no sound must not be taken for dead.
    let disturbed = events.next_within(std::time::Duration::from_secs(6)).await;
    assert!(disturbed.is_none(), "{disturbed:?}");
}
