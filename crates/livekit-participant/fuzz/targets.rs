//! Every parser of bytes from outside, as a function of bytes that may not panic and whose results must hold together.
//!
//! The programs beside this file run them for as long as one likes; `tests/fuzz_corpus.rs` runs them on every check, with
//! bytes that are the same each time.
#![allow(dead_code, reason = "each program uses one of them")]

use std::io::Cursor;

use livekit_participant::Delivery;
use livekit_participant::ogg::{Clip, Reader, Writer, WriterOptions, recover};
use livekit_participant::opus::{self, Packet};
use livekit_participant::parsers::{self, FrameReader};
use livekit_protocol::signal_response::Message as Response;

/// A function that takes any bytes.
pub type Target = fn(&[u8]);

/// All of them by the name of their fuzz target.
pub const TARGETS: [(&str, Target); 6] = [
    ("opus_packet", opus_packet),
    ("ogg_file", ogg_file),
    ("ogg_recording", ogg_recording),
    ("signal_message", signal_message),
    ("data_packet", data_packet),
    ("tcp_frames", tcp_frames),
];

/// RFC 6716 §3: what is taken for a packet has frames within it, and a duration that a clock can follow.
pub fn opus_packet(bytes: &[u8]) {
    let Ok(packet) = Packet::parse(bytes) else { return };
    assert!((opus::SHORTEST_FRAME..=opus::LONGEST_PACKET).contains(&packet.duration()));
    assert_eq!(packet.frames().count(), packet.frame_count());
    assert!(packet.frames().map(<[u8]>::len).sum::<usize>() < bytes.len());
    assert!(!(packet.is_pause() && packet.voice_flag() == Some(true)));
}

/// RFC 7845: a file ends, in order; and a damaged recording is closed or left alone, but never grows worse.
pub fn ogg_file(bytes: &[u8]) {
    if let Ok(reader) = Reader::new(bytes) {
        let packets: Vec<_> = reader.map_while(Result::ok).collect();
        assert!(packets.is_sorted_by_key(|packet| packet.position));
        assert!(packets.iter().all(|packet| packet.skip <= packet.duration && packet.trim <= packet.duration));
    }
    if let Ok(clip) = Clip::read(bytes) {
        assert!(clip.duration() > 0 && clip.looped().nth(1000).is_some());
    }
    let mut file = Cursor::new(bytes.to_vec());
    match recover::close(&mut file) {
        Ok(_) => assert!(recover::close(&mut file).expect("what was closed can be read").was_complete),
        Err(_) => assert_eq!(file.get_ref(), bytes),
    }
}

/// A recording of any packets at any positions is as long as it should be, and can be read.
pub fn ogg_recording(bytes: &[u8]) {
    let options = WriterOptions { longest_gap: u64::from(opus::SAMPLE_RATE), ..WriterOptions::default() };
    let mut writer = Writer::new(Vec::new(), &options).expect("memory can be written");
    for chunk in bytes.chunks(16) {
        let Some((position, packet)) = chunk.split_first_chunk() else { break };
        let position = writer.position() + u64::from(u16::from_le_bytes(*position));
        // What is refused is left out.
        let _ = writer.write(position.saturating_sub(4800), packet);
    }
    let until = writer.position() + u64::from(opus::LONGEST_PACKET);
    let file = writer.finish(until).expect("memory can be written");
    let packets = Reader::new(file.as_slice()).expect("headers were written");
    let audible: u64 = packets
        .map(|packet| packet.expect("packets were written"))
        .map(|packet| u64::from(packet.duration - packet.skip - packet.trim))
        .sum();
    assert_eq!(audible, until);
}

/// LiveKit's messages, and the two texts in them that are read here.
pub fn signal_message(bytes: &[u8]) {
    match parsers::signal_response(bytes) {
        Ok(Some(Response::Trickle(trickle))) => drop(parsers::trickled_candidate(&trickle)),
        Ok(Some(Response::Answer(answer))) => {
            let (candidates, rest) = parsers::split_candidates(&answer.sdp);
            assert!(candidates.iter().map(String::len).sum::<usize>() + rest.len() <= answer.sdp.len());
        }
        Ok(_) | Err(_) => {}
    }
}

/// What other participants send.
pub fn data_packet(bytes: &[u8]) {
    let _ = parsers::data_packet(bytes, Delivery::Lossy);
}

/// RFC 4571: frames are the same however the stream is cut, and what was read can be written again.
pub fn tcp_frames(bytes: &[u8]) {
    let whole = frames(bytes, bytes.len().max(1));
    let by_sevens = frames(bytes, 7);
    assert_eq!(whole, by_sevens);
    let mut written = Vec::new();
    for frame in &whole {
        written.extend(u16::try_from(frame.len()).expect("it had a length").to_be_bytes());
        written.extend(frame);
    }
    assert_eq!(frames(&written, 1000), whole);
}

fn frames(bytes: &[u8], piece: usize) -> Vec<Vec<u8>> {
    let mut reader = FrameReader::default();
    let mut frames = Vec::new();
    for piece in bytes.chunks(piece) {
        reader.push(piece);
        while let Some(frame) = reader.next_frame() {
            frames.push(frame.to_vec());
        }
    }
    frames
}
