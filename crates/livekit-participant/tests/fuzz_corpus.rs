//! The fuzz targets on stable Rust, with bytes that are the same each time: random ones, and real ones with changes.
//!
//! `fuzz/` looks for new ones for as long as it is let.

use livekit_participant::ogg::Reader;
use livekit_protocol as proto;
use livekit_protocol::signal_response::Message;
use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use prost::Message as _;

#[path = "../fuzz/targets.rs"]
mod targets;

use targets::TARGETS;

const TONE: &[u8] = include_bytes!("sounds/tone-660.opus");
const SPEECH: &[u8] = include_bytes!("sounds/speech.opus");

/// Bytes that the parsers like, so that changes get beyond the first check.
fn seeds() -> Vec<Vec<u8>> {
    let signal = |message| proto::SignalResponse { message: Some(message) }.encode_to_vec();
    let sdp = "v=0\r\na=candidate:1 1 udp 1 127.0.0.1 7882 typ host\r\na=end-of-candidates\r\n".to_owned();
    let candidate_init = r#"{"candidate":"candidate:1 1 udp 1 127.0.0.1 7882 typ host","sdpMLineIndex":0}"#.to_owned();
    let track = proto::TrackInfo { sid: "TR_1".into(), name: "microphone".into(), ..Default::default() };
    let participant = proto::ParticipantInfo { identity: "caller".into(), tracks: vec![track], ..Default::default() };
    let mut seeds = vec![
        TONE[..6000].to_vec(),
        SPEECH[..9000].to_vec(),
        signal(Message::Answer(proto::SessionDescription { sdp, ..Default::default() })),
        signal(Message::Trickle(proto::TrickleRequest { candidate_init, ..Default::default() })),
        signal(Message::Update(proto::ParticipantUpdate { participants: vec![participant] })),
        [0, 3, 1, 2, 3, 0, 0, 0, 1, 9, 0xFF, 0xFF].to_vec(),
        [0xFB, 0xC3, 2, 1, 2, 7, 7, 7, 7, 7, 0, 0].to_vec(),
    ];
    let packets = Reader::new(SPEECH).expect("it is a sound").map(|packet| packet.expect("it is whole"));
    seeds.extend(packets.step_by(50).map(|packet| packet.data));
    seeds
}

/// What may happen to bytes on their way.
#[derive(Debug, Clone)]
enum Change {
    Replace(Index, u8),
    Cut(Index),
    Repeat(Index),
    Insert(Index, Vec<u8>),
}

fn change() -> impl Strategy<Value = Change> {
    let insert = (any::<Index>(), prop::collection::vec(any::<u8>(), 1..20));
    prop_oneof![
        6 => (any::<Index>(), any::<u8>()).prop_map(|(at, byte)| Change::Replace(at, byte)),
        1 => any::<Index>().prop_map(Change::Cut),
        1 => any::<Index>().prop_map(Change::Repeat),
        2 => insert.prop_map(|(at, bytes)| Change::Insert(at, bytes)),
    ]
}

fn apply(mut bytes: Vec<u8>, changes: Vec<Change>) -> Vec<u8> {
    for change in changes {
        if bytes.is_empty() {
            break;
        }
        match change {
            Change::Replace(at, byte) => *at.get_mut(&mut bytes) = byte,
            Change::Cut(at) => bytes.truncate(at.index(bytes.len())),
            Change::Repeat(at) => bytes.extend_from_within(at.index(bytes.len())..),
            Change::Insert(at, new) => {
                let at = at.index(bytes.len());
                bytes.splice(at..at, new);
            }
        }
    }
    bytes
}

fn run(cases: u32, inputs: &impl Strategy<Value = Vec<u8>>) {
    for (name, target) in TARGETS {
        let config = Config { cases, failure_persistence: None, ..Config::default() };
        let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[42; 32]);
        let result = TestRunner::new_with_rng(config, rng).run(inputs, |bytes| {
            target(&bytes);
            Ok(())
        });
        if let Err(broken) = result {
            panic!("{name}: {broken}");
        }
    }
}

#[test]
fn random_bytes_break_no_parser() {
    run(3000, &prop::collection::vec(any::<u8>(), 0..600));
}

#[test]
fn changed_bytes_break_no_parser() {
    let changed = (prop::sample::select(seeds()), prop::collection::vec(change(), 0..8));
    run(1500, &changed.prop_map(|(bytes, changes)| apply(bytes, changes)));
}
