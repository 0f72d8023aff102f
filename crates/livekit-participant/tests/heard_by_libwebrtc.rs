//! What this participant sends and records, judged by ears that share no code with it: LiveKit's clients for Python and for
//! Node, which are libwebrtc, on a real LiveKit server.
//!
//! Runs with `BATON_EARS=1` and with `BATON_EARS_PYTHON` or `BATON_EARS_NODE`, which are what `ears/make-venv.sh` and
//! `ears/make-node.sh` print; `BATON_EARS=1 make test` sets all of them.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "room/conditions.rs"]
#[expect(dead_code, reason = "the network is a good one here")]
mod conditions;
#[path = "ears/ears.rs"]
mod ears;
#[path = "room/proxy.rs"]
#[expect(dead_code, reason = "what is needed here is a part of what the tests in a room need")]
mod proxy;
#[expect(dead_code, reason = "what is needed here is a part of what the tests in a room need")]
#[path = "room/server.rs"]
mod server;

use std::io::Cursor;
use std::time::Duration;

use ears::{Client, Heard, Program};
use livekit_participant::ogg::{Clip, Reader, Writer, WriterOptions};
use livekit_participant::opus::SAMPLE_RATE;
use livekit_participant::{Arrival, Event, Events, JoinOptions, Player, PublishOptions, Subscribe};
use proxy::{Proxy, Udp};
use server::{LIMIT, Server, join, until};

const TONE: &[u8] = include_bytes!("sounds/tone-660.opus");
const HZ: f64 = 660.0;

/// The clients that are there. Says so when there is none, so that nobody takes silence for success.
fn clients(test: &str) -> Vec<Client> {
    let wanted = std::env::var("BATON_EARS").is_ok_and(|value| value == "1");
    let clients = if wanted { Client::installed() } else { Vec::new() };
    if clients.is_empty() {
        eprintln!("NOT RUN: {test} needs BATON_EARS=1 and LiveKit's client for Python or Node");
    }
    clients
}

/// Plays a sound in a room to the independent ears, for so many seconds, and gives what they heard.
///
/// It is played from when they are listening and not from when they have subscribed: on a busy machine that may be a second
/// later, and the sound would begin anew, with a click, before they have heard enough of it.
async fn play_to_ears(server: &Server, client: Client, room: &str, sound: &[u8], seconds: &str) -> Heard {
    let clip = Clip::read(sound).unwrap();
    let options = JoinOptions::new(server.url(), server.token(room, "player")).publish(PublishOptions::new("tone"));
    let (player, _events) = join(options).await;
    let track = player.track(0).unwrap().clone();
    let token = server.token(room, "ears");
    let options = ["--seconds", seconds, "--hz", "660", "523"];
    let mut ears = Program::start(client, "listen", &server.url(), &token, &options);
    ears.event("frame").await;
    let playing = tokio::spawn(async move { Player::new(track).play(clip.looped().map(|piece| piece.packet)).await });
    let heard = ears.tones(HZ).await;
    playing.abort();
    player.leave().await;
    heard
}

fn share(heard: &[bool]) -> f64 {
    let heard_frames = heard.iter().filter(|&&tone| tone).count();
    f64::from(u32::try_from(heard_frames).unwrap()) / f64::from(u32::try_from(heard.len()).unwrap())
}

/// Where the tone begins again after a pause of 100 ms or more, in frames of 10 ms.
fn beginnings(heard: &[bool]) -> Vec<usize> {
    (10..heard.len()).filter(|&at| heard[at] && heard[at - 10..at].iter().all(|&tone| !tone)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_published_is_heard() {
    for client in clients("what_is_published_is_heard") {
        let server = Server::start().await;
        let heard = play_to_ears(&server, client, "published", TONE, "10.5").await;
        assert_tone(client, "10 s", &heard);
    }
}

/// Ten seconds of nothing but the tone; a twentieth of a second may be missing, because the ears have to settle, and what the
/// machine stood still.
fn assert_tone(client: Client, what: &str, Heard { frames: heard, stalled_frames }: &Heard) {
    assert!(heard.len() >= 1000, "{client:?}: {} frames", heard.len());
    let bad: Vec<_> = (0..1000).filter(|at| !heard[*at]).collect();
    eprintln!("{client:?} heard {:.2} % of {what}, all but the frames {bad:?}", share(&heard[..1000]) * 100.0);
    let allowed = 5.0 + stalled_frames;
    assert!(f64::from(u32::try_from(bad.len()).unwrap()) <= allowed, "{client:?}: {allowed} allowed, {bad:?}");
}

/// Records so many seconds of the only one who speaks.
async fn record(events: &mut Events, seconds: u64) -> Vec<u8> {
    let until = seconds * u64::from(SAMPLE_RATE);
    let mut writer = Writer::new(Cursor::new(Vec::new()), &WriterOptions::default()).unwrap();
    let mut begin = None;
    while let Some(event) = events.next_within(LIMIT).await {
        let Event::Audio(packet) = event else { continue };
        let position = packet.timestamp - *begin.get_or_insert(packet.timestamp);
        if position >= until {
            break;
        }
        writer.write(position, &packet.payload).unwrap();
    }
    writer.finish(until).unwrap().into_inner()
}

/// Lets libwebrtc speak, records it, and gives the recording.
async fn record_voice(server: &Server, client: Client, room: &str, seconds: u64, options: &[&str]) -> Vec<u8> {
    let listener = JoinOptions::new(server.url(), server.token(room, "recorder")).subscribe(Subscribe::AllAudio);
    let (recorder, mut events) = join(listener).await;
    let token = server.token(room, "voice");
    let options = [&["--hz", "660", "--seconds", "60"], options].concat();
    let voice = Program::start(client, "speak", &server.url(), &token, &options);
    let recording = record(&mut events, seconds).await;
    drop(voice);
    recorder.leave().await;
    let audible = Reader::new(recording.as_slice()).unwrap().map(Result::unwrap);
    let samples: u64 = audible.map(|packet| u64::from(packet.duration - packet.skip - packet.trim)).sum();
    assert_eq!(samples, seconds * u64::from(SAMPLE_RATE));
    recording
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_heard_is_recorded() {
    for client in clients("what_is_heard_is_recorded") {
        let server = Server::start().await;
        let recording = record_voice(&server, client, "recorded", 12, &[]).await;
        let heard = play_to_ears(&server, client, "played", &recording, "10.5").await;
        assert_tone(client, "10 s of the recording", &heard);
    }
}

/// With the client for Python alone: that for Node has no way to send nothing while it is silent.
#[tokio::test(flavor = "multi_thread")]
async fn a_recording_keeps_its_time_when_the_sender_pauses() {
    if !clients("a_recording_keeps_its_time_when_the_sender_pauses").contains(&Client::Python) {
        return;
    }
    let server = Server::start().await;
    let pauses = ["--on", "1", "--off", "1", "--dtx", "--red"];
    let recording = record_voice(&server, Client::Python, "pauses", 12, &pauses).await;
    let heard = play_to_ears(&server, Client::Python, "pauses-played", &recording, "11").await.frames;
    let beginnings = beginnings(&heard);
    eprintln!("tones begin at {beginnings:?}, in frames of 10 ms");
    let periods: Vec<_> = beginnings.windows(2).map(|pair| pair[1] - pair[0]).collect();
    assert!(periods.len() >= 3 && periods.iter().all(|period| (190..=210).contains(period)), "{periods:?}");
    assert!((0.44..0.58).contains(&share(&heard[..1000])), "{}", share(&heard[..1000]));
}

async fn is_back(events: &mut Events, expected: Arrival) {
    let arrival = until(events, "the way back", |event| match event {
        Event::Connected(connected) => Some(connected.arrival),
        _ => None,
    })
    .await;
    assert_eq!(arrival, expected);
}

/// Others who hear us get back on their own ways: those of the restarted server are the client's.
#[tokio::test(flavor = "multi_thread")]
async fn each_way_back_is_heard() {
    for client in clients("each_way_back_is_heard") {
        let mut server = Server::start().await;
        let proxy = Proxy::start(&server).await;
        let token = server.token("ways-back", "player");
        let (player, mut events) = join(JoinOptions::new(&proxy.url, token).publish(PublishOptions::new("tone"))).await;
        is_back(&mut events, Arrival::Joined).await;
        let (track, clip) = (player.track(0).unwrap().clone(), Clip::read(TONE).unwrap());
        let token = server.token("ways-back", "ears");
        let options = ["--seconds", "120", "--hz", "660", "523"];
        let mut ears = Program::start(client, "listen", &server.url(), &token, &options);
        ears.event("frame").await;
        tokio::spawn(async move { Player::new(track).play(clip.looped().map(|piece| piece.packet)).await });

        let resumed = ears.longest_silence(HZ, async {
            proxy.cut_signalling();
            is_back(&mut events, Arrival::Resumed).await;
        });
        let resumed = resumed.await;
        let moved = ears.longest_silence(HZ, async {
            proxy.udp(Udp::NewPortsOnly);
            is_back(&mut events, Arrival::Resumed).await;
            proxy.udp(Udp::Open);
        });
        let moved = moved.await;
        let rejoined = ears.longest_silence(HZ, async {
            server.kill().await;
            server.start_again().await;
            is_back(&mut events, Arrival::Rejoined).await;
        });
        let rejoined = rejoined.await;
        eprintln!("{client:?} heard nothing for {resumed:?}, {moved:?} and {rejoined:?}");
        assert!(resumed < Duration::from_millis(200), "{client:?}: cut signalling cost {resumed:?}");
        assert!(moved < Duration::from_secs(6), "{client:?}: a dead port cost {moved:?}");
        assert!(rejoined < Duration::from_secs(15), "{client:?}: a killed server cost {rejoined:?}");
    }
}
