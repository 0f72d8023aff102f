//! What this participant sends and records, judged by ears that share no code with it: Python's `livekit`, which is
//! libwebrtc, on a real LiveKit server.
//!
//! Runs with `BATON_EARS=1` and `BATON_EARS_PYTHON`, which is what `ears/make-venv.sh` prints; `BATON_EARS=1 make test` sets both.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "ears/ears.rs"]
mod ears;
#[expect(dead_code, reason = "what is needed here is a part of what the tests in a room need")]
#[path = "room/server.rs"]
mod server;

use std::io::Cursor;

use ears::Program;
use livekit_participant::ogg::{Clip, Reader, Writer, WriterOptions};
use livekit_participant::opus::SAMPLE_RATE;
use livekit_participant::{Event, Events, JoinOptions, Player, PublishOptions, Subscribe};
use server::{LIMIT, Server, join};

const TONE: &[u8] = include_bytes!("sounds/tone-660.opus");
const HZ: f64 = 660.0;

/// Says so when it is not run, so that nobody takes silence for success.
fn wanted(test: &str) -> bool {
    let wanted = std::env::var("BATON_EARS").is_ok_and(|value| value == "1");
    if !wanted {
        eprintln!("NOT RUN: {test} needs BATON_EARS=1 and Python");
    }
    wanted
}

/// Plays a sound in a room to the independent ears, for so many seconds, and gives what they heard.
async fn play_to_ears(server: &Server, room: &str, sound: &[u8], seconds: &str) -> Vec<bool> {
    let clip = Clip::read(sound).unwrap();
    let options = JoinOptions::new(server.url(), server.token(room, "player")).publish(PublishOptions::new("tone"));
    let (player, _events) = join(options).await;
    let track = player.track(0).unwrap().clone();
    let token = server.token(room, "ears");
    let mut ears = Program::start("listen.py", &server.url(), &token, &["--seconds", seconds, "--hz", "660", "523"]);
    assert!(track.wait_until_heard(LIMIT).await, "nobody subscribed");
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
    if !wanted("what_is_published_is_heard") {
        return;
    }
    let server = Server::start().await;
    let heard = play_to_ears(&server, "published", TONE, "10.5").await;
    assert!(heard.len() >= 1000, "{} frames", heard.len());
    let share = share(&heard[..1000]);
    eprintln!("heard {:.2} % of 10 s", share * 100.0);
    assert!(share >= 0.995, "{share}");
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
async fn record_voice(server: &Server, room: &str, seconds: u64, options: &[&str]) -> Vec<u8> {
    let listener = JoinOptions::new(server.url(), server.token(room, "recorder")).subscribe(Subscribe::AllAudio);
    let (recorder, mut events) = join(listener).await;
    let token = server.token(room, "voice");
    let options = [&["--hz", "660", "--seconds", "60"], options].concat();
    let voice = Program::start("speak.py", &server.url(), &token, &options);
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
    if !wanted("what_is_heard_is_recorded") {
        return;
    }
    let server = Server::start().await;
    let recording = record_voice(&server, "recorded", 12, &[]).await;
    let heard = play_to_ears(&server, "played", &recording, "10.5").await;
    let share = share(&heard[..1000]);
    eprintln!("heard {:.2} % of 10 s of the recording", share * 100.0);
    assert!(share >= 0.995, "{share}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recording_keeps_its_time_when_the_sender_pauses() {
    if !wanted("a_recording_keeps_its_time_when_the_sender_pauses") {
        return;
    }
    let server = Server::start().await;
    let recording = record_voice(&server, "pauses", 12, &["--on", "1", "--off", "1", "--dtx", "--red"]).await;
    let heard = play_to_ears(&server, "pauses-played", &recording, "11").await;
    let beginnings = beginnings(&heard);
    eprintln!("tones begin at {beginnings:?}, in frames of 10 ms");
    let periods: Vec<_> = beginnings.windows(2).map(|pair| pair[1] - pair[0]).collect();
    assert!(periods.len() >= 3 && periods.iter().all(|period| (190..=210).contains(period)), "{periods:?}");
    assert!((0.44..0.58).contains(&share(&heard[..1000])), "{}", share(&heard[..1000]));
}
