//! Tracks that come and go while their publisher is in the room, and tracks that not everybody may hear.

use std::time::Duration;

use livekit_participant::{
    Arrival, Audience, Event, Events, JoinOptions, LocalTrack, Participant, PublishError, PublishOptions, SendError,
};
use tokio::time::timeout;

use super::proxy::Proxy;
use super::server::{LIMIT, Server, join, until};
use super::sound::{heard, number, numbered, play, play_on};

/// All numbers that are heard on a track, until the one with this number.
async fn numbers_until(events: &mut Events, track: &LocalTrack, last: u16) -> Vec<u16> {
    let sid = track.sid().expect("it is published");
    let mut numbers = Vec::new();
    until(events, "the last packet", |event| match event {
        Event::Audio(packet) if packet.track_sid == sid => {
            numbers.push(number(packet));
            (number(packet) == last).then_some(())
        }
        _ => None,
    })
    .await;
    numbers
}

async fn publish(participant: &Participant, options: PublishOptions) -> LocalTrack {
    participant.publish(options).await.expect("the server takes it")
}

/// Waits until a track has ended for others; it is known by its id, which its own handle may have lost.
async fn unpublished(events: &mut Events, sid: &str) {
    until(events, "the track's end", |event| match event {
        Event::TrackUnpublished(track) if *track.sid == *sid => Some(()),
        _ => None,
    })
    .await;
}

fn only(identity: &str) -> Audience {
    Audience::Only(vec![identity.to_owned()])
}

#[tokio::test]
async fn tracks_come_and_go_while_their_publisher_stays() {
    let server = Server::start().await;
    let (_listener, mut events) = server.listener("bob").await;
    let (ann, _) = join(server.options("ann")).await;
    let mut sids = Vec::new();
    for turn in 0..4 {
        let numbers = turn * 100..turn * 100 + 15;
        let track = publish(&ann, PublishOptions::new(format!("turn {turn}"))).await;
        let sid = track.sid().expect("it is published");
        let heard = async {
            let heard = numbers_until(&mut events, &track, numbers.end - 1).await;
            assert_eq!(heard, numbers.clone().collect::<Vec<u16>>(), "in turn {turn}");
        };
        tokio::join!(heard, play(&track, numbers.clone()));
        let handle = track.clone();
        track.unpublish().await.expect("it runs");
        unpublished(&mut events, &sid).await;
        timeout(LIMIT, handle.ended()).await.expect("its handles end");
        let packet = livekit_participant::OpusPacket {
            stream: livekit_participant::StreamId::unique(),
            sequence: 0,
            timestamp: 0,
            level: None,
            payload: numbered(0),
        };
        assert_eq!(handle.send(packet), Err(SendError::Ended));
        assert!(!sids.contains(&sid), "{sid} came twice");
        sids.push(sid);
    }
}

#[tokio::test]
async fn a_second_track_does_not_disturb_the_first() {
    let server = Server::start().await;
    let (_listener, mut events) = server.listener("bob").await;
    let (ann, _) = server.publisher("ann").await;
    let voice = ann.tracks()[0].clone();
    let musics = async {
        for _ in 0..2 {
            let music = publish(&ann, PublishOptions::new("music")).await;
            play(&music, 0..20).await;
            music.unpublish().await.expect("it runs");
        }
    };
    assert!(voice.wait_until_heard(LIMIT).await);
    let playing = play_on(&voice);
    musics.await;
    playing.abort();
    play(&voice, 60_000..60_010).await;
    let sid = voice.sid().expect("it is published");
    let mut sequences = Vec::new();
    until(&mut events, "the last packet", |event| match event {
        Event::Audio(packet) if packet.track_sid == sid => {
            sequences.push(packet.sequence);
            (number(packet) == 60_009).then_some(())
        }
        _ => None,
    })
    .await;
    assert!(sequences.windows(2).all(|pair| pair[1] == pair[0] + 1), "the voice has gaps");
}

#[tokio::test]
async fn what_is_not_granted_is_refused() {
    let server = Server::start().await;
    let (ann, _) = join(JoinOptions::new(server.url(), server.mute_token("room", "ann"))).await;
    let refused = timeout(LIMIT, ann.publish(PublishOptions::new("voice"))).await.expect("it is answered");
    assert!(matches!(refused, Err(PublishError::Refused { .. })), "{refused:?}");
    assert!(!ann.is_ended());
}

#[tokio::test]
async fn a_publication_that_is_given_up_leaves_nothing_published() {
    let server = Server::start().await;
    let (_listener, mut events) = server.listener("bob").await;
    let (ann, _) = join(server.options("ann")).await;
    let given_up = timeout(Duration::ZERO, ann.publish(PublishOptions::new("voice"))).await;
    assert!(given_up.is_err(), "it was published faster than can be");
    let track = publish(&ann, PublishOptions::new("another")).await;
    let mut names = Vec::new();
    until(&mut events, "the other track", |event| match event {
        Event::TrackPublished(remote) => {
            names.push(remote.name.clone());
            (Some(&remote.sid) == track.sid().as_ref()).then_some(())
        }
        Event::TrackUnpublished(remote) => {
            names.retain(|name| *name != remote.name);
            None
        }
        _ => None,
    })
    .await;
    if names.len() > 1 {
        until(&mut events, "the end of the first", |event| match event {
            Event::TrackUnpublished(remote) if remote.name == "voice" => Some(()),
            _ => None,
        })
        .await;
    }
    tokio::join!(numbers_until(&mut events, &track, 9), play(&track, 0..10));
}

#[tokio::test]
async fn a_later_track_is_there_again_after_a_resume_and_after_a_restart() {
    let mut server = Server::start().await;
    let proxy = Proxy::start(&server).await;
    let (_listener, mut events) = server.listener("bob").await;
    let (ann, mut anns) = join(JoinOptions::new(&proxy.url, server.token("room", "ann"))).await;
    let voice = publish(&ann, PublishOptions::new("voice")).await;
    let gone = publish(&ann, PublishOptions::new("gone")).await;
    gone.unpublish().await.expect("it runs");
    play_on(&voice);
    heard(&mut events, "ann").await;
    let sid = voice.sid();

    proxy.cut_signalling();
    let arrival = |event: &Event| match event {
        Event::Connected(connected) if connected.arrival != Arrival::Joined => Some(connected.arrival),
        _ => None,
    };
    assert_eq!(until(&mut anns, "the resume", arrival).await, Arrival::Resumed);
    assert_eq!(voice.sid(), sid);
    let music = publish(&ann, PublishOptions::new("music")).await;
    tokio::join!(numbers_until(&mut events, &music, 9), play(&music, 0..10));

    server.kill().await;
    until(&mut anns, "the loss", |event| matches!(event, Event::Reconnecting(_)).then_some(())).await;
    server.start_again().await;
    assert_eq!(until(&mut anns, "the way back", arrival).await, Arrival::Rejoined);
    let mut names = Vec::new();
    until(&mut events, "both tracks", |event| {
        if let Event::TrackPublished(track) = event {
            names.push(track.name.clone());
        }
        (names.len() == 2).then_some(())
    })
    .await;
    names.sort();
    assert_eq!(names, ["music", "voice"]);
    heard(&mut events, "ann").await;
}

/// How many packets of a track somebody hears while they hear a second of another one.
async fn overheard(events: &mut Events, secret: &LocalTrack, open: &LocalTrack) -> usize {
    let (secret, open) = (secret.sid().expect("it is published"), open.sid().expect("it is published"));
    let (mut of_secret, mut of_open) = (0, 0);
    until(events, "the other track", |event| {
        if let Event::Audio(packet) = event {
            of_secret += usize::from(packet.track_sid == secret);
            of_open += usize::from(packet.track_sid == open);
        }
        (of_open == 50).then_some(())
    })
    .await;
    of_secret
}

async fn heard_on(events: &mut Events, track: &LocalTrack) {
    let sid = track.sid().expect("it is published");
    until(events, "the track's sound", |event| match event {
        Event::Audio(packet) if packet.track_sid == sid => Some(()),
        _ => None,
    })
    .await;
}

#[tokio::test]
async fn a_briefing_is_heard_by_the_one_it_is_for_from_its_first_word_and_by_nobody_else() {
    let server = Server::start().await;
    let (_bob, mut bobs) = server.listener("bob").await;
    let (_carol, mut carols) = server.listener("carol").await;
    let (ann, _) = server.publisher("ann").await;
    let open = ann.tracks()[0].clone();
    let briefing = publish(&ann, PublishOptions::new("briefing").audience(only("bob"))).await;
    let (heard, ()) = tokio::join!(numbers_until(&mut bobs, &briefing, 99), play(&briefing, 0..100));
    assert_eq!(heard, (0..100).collect::<Vec<u16>>());
    // What is for everybody is still heard by everybody, also by who comes later.
    let (_dave, mut daves) = server.listener("dave").await;
    play_on(&open);
    play_on(&briefing);
    for others in [&mut carols, &mut daves] {
        assert_eq!(overheard(others, &briefing, &open).await, 0);
    }
    heard_on(&mut bobs, &open).await;
}

#[tokio::test]
async fn a_limit_from_the_start_holds_through_a_restart_of_the_server() {
    let mut server = Server::start().await;
    let (_bob, mut bobs) = server.listener("bob").await;
    let (_carol, mut carols) = server.listener("carol").await;
    let options = server.options("ann").publish(PublishOptions::new("secret").audience(only("bob")));
    let (ann, mut anns) = join(options).await;
    let secret = ann.tracks()[0].clone();
    play_on(&secret);
    heard(&mut bobs, "ann").await;

    server.kill().await;
    until(&mut anns, "the loss", |event| matches!(event, Event::Reconnecting(_)).then_some(())).await;
    server.start_again().await;
    until(&mut anns, "the way back", |event| matches!(event, Event::Connected(_)).then_some(())).await;
    let arrival =
        |event: &Event| matches!(event, Event::Connected(connected) if connected.arrival == Arrival::Rejoined);
    until(&mut carols, "carol's way back", |event| arrival(event).then_some(())).await;
    until(&mut bobs, "bob's way back", |event| arrival(event).then_some(())).await;
    heard(&mut bobs, "ann").await;
    let open = publish(&ann, PublishOptions::new("open")).await;
    play_on(&open);
    assert_eq!(overheard(&mut carols, &secret, &open).await, 0);
}

#[tokio::test]
async fn who_may_hear_a_track_can_change() {
    let server = Server::start().await;
    let (_bob, mut bobs) = server.listener("bob").await;
    let (_carol, mut carols) = server.listener("carol").await;
    let (ann, _) = server.publisher("ann").await;
    let track = ann.tracks()[0].clone();
    let open = publish(&ann, PublishOptions::new("open")).await;
    play_on(&track);
    play_on(&open);
    heard_on(&mut bobs, &track).await;
    heard_on(&mut carols, &track).await;

    track.set_audience(only("bob")).await.expect("it runs");
    let silence = async { while overheard(&mut carols, &track, &open).await > 0 {} };
    timeout(LIMIT, silence).await.expect("carol hears it for ever");
    assert_eq!(overheard(&mut carols, &track, &open).await, 0);
    assert!(overheard(&mut bobs, &track, &open).await > 0);

    track.set_audience(Audience::Everybody).await.expect("it runs");
    heard_on(&mut carols, &track).await;
}
