//! Speech for recognition: samples as they come, and utterances, of real speech (made by a program).

use std::io::Cursor;
use std::time::Duration;

use baton::api::desk::DeskCommand;
use baton::server::ears::speech::{Speech, SpeechStream};
use baton::server::ears::{Purpose, RoomFeed};
use baton::server::ports::listening::{RoomPacket, RoomSound};
use baton_domain::ids::{CallId, LegId};
use baton_domain::listening::{ListeningPolicy, Recorded};
use baton_domain::seat::RoomName;
use baton_domain::time::Timestamp;
use livekit_participant::ogg::{Clip, Piece};
use livekit_participant::speech::SpeechOptions;

use crate::harness::TestDesk;

/// A second of silence, then somebody speaks.
const SPEECH: &[u8] = include_bytes!("../../crates/livekit-participant/tests/sounds/speech.opus");

struct Room {
    desk: TestDesk,
    call: CallId,
    carol: LegId,
    feed: RoomFeed,
}

impl Room {
    async fn open() -> Self {
        let listening = ListeningPolicy { transcribe: true, record: Recorded::Nothing };
        let desk = TestDesk::configured(|config| config.demo.listening = listening).await;
        let call = desk.talking("alice").await;
        let feed = desk.app.ears.enter(call, RoomName::Call(call), desk.app.clock.now());
        let found = desk.find(call).await;
        desk.app.ears.follow(&found, desk.app.clock.now());
        Self { desk, call, carol: found.caller.leg, feed }
    }

    fn hear(&self, pieces: impl IntoIterator<Item = Piece>) {
        for piece in pieces {
            let packet = RoomPacket {
                identity: self.carol.to_string().into(),
                run: 1,
                sequence: piece.position / 960,
                timestamp: piece.position,
                duration: piece.duration,
                age: Duration::ZERO,
                voice: None,
                payload: piece.packet,
            };
            self.feed.hear(&RoomSound::Packet(packet), self.desk.app.clock.now());
        }
    }
}

fn pieces() -> Vec<Piece> {
    Clip::read(Cursor::new(SPEECH)).expect("a file of ours").once().take(400).collect()
}

/// How many samples, and when the utterances began and ended.
async fn everything(mut speech: SpeechStream) -> (usize, Vec<(Timestamp, Timestamp)>) {
    let (mut samples, mut said) = (0, Vec::new());
    while let Some(next) = speech.next().await {
        match next {
            Speech::Samples { pcm, .. } => samples += pcm.len(),
            Speech::Said { started_at, ended_at } => said.push((started_at, ended_at)),
        }
    }
    (samples, said)
}

#[tokio::test]
async fn speech_comes_as_samples_and_as_utterances() {
    let room = Room::open().await;
    let mut speakers = room.desk.app.ears.subscribe(Purpose::Transcribe);
    let pieces = pieces();
    room.hear(pieces.clone());
    let stream = speakers.next().await.expect("a speaker");
    let began = stream.source().started_at;
    drop(room.feed);
    let speech = SpeechStream::new(stream, &SpeechOptions::default()).expect("a codec");
    let (samples, said) = Box::pin(everything(speech)).await;
    assert_eq!(samples, pieces.len() * 320, "16 kHz, and not one sample is missing");
    let &(started_at, ended_at) = said.first().expect("somebody speaks");
    let silence = started_at.since(began).0;
    assert!((500..2_000).contains(&silence), "a second of silence is left out: {silence} ms");
    // Of 400 packets the last ones are silence again.
    let lasts = ended_at.since(started_at).0;
    assert!((2_000..5_000).contains(&lasts), "one sentence: {lasts} ms");
}

#[tokio::test]
async fn on_hold_nothing_is_heard_and_what_was_said_is_whole() {
    let room = Room::open().await;
    let mut speakers = room.desk.app.ears.subscribe(Purpose::Transcribe);
    let pieces = pieces();
    let (before, on_hold) = pieces.split_at(100);
    room.hear(before.to_vec());
    room.desk.button("alice", room.call, DeskCommand::Hold).await.expect("she has the call");
    room.hear(on_hold.to_vec());
    let stream = speakers.next().await.expect("a speaker");
    drop(room.feed);
    let speech = SpeechStream::new(stream, &SpeechOptions::default()).expect("a codec");
    let (samples, said) = Box::pin(everything(speech)).await;
    assert_eq!(samples, before.len() * 320);
    assert_eq!(said.len(), 1, "what was under way ends with the hold");
}
