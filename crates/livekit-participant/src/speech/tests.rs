//! Real speech (made by a program), with the silence and the losses that lines have.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use bytes::Bytes;

use super::*;
use crate::ogg::Reader;
use crate::opus::{FRAME_20_MS, SAMPLE_RATE};
use crate::voice_activity::{Activity, Cutter, CutterOptions, EndedBy, Piece, Utterance};

const FRAME: u64 = FRAME_20_MS as u64;
const SECOND: u64 = SAMPLE_RATE as u64;
const SPEECH: &[u8] = include_bytes!("../../tests/sounds/speech.opus");
const TONE: &[u8] = include_bytes!("../../tests/sounds/tone-660.opus");

fn packets(file: &[u8]) -> Vec<(u64, Bytes)> {
    let packets = Reader::new(file).unwrap().map(Result::unwrap);
    packets.map(|packet| (packet.position, packet.data.into())).collect()
}

/// The level in dB below full scale.
fn level(samples: &[i16]) -> f64 {
    let energy: f64 = samples.iter().map(|&sample| (f64::from(sample) / 32768.0).powi(2)).sum();
    let count = u32::try_from(samples.len().max(1)).unwrap();
    10.0 * (energy / f64::from(count)).max(1e-12).log10()
}

fn decode_all(decoder: &mut Decoder, packets: &[(u64, Bytes)]) -> Vec<Pcm> {
    packets.iter().filter_map(|(position, packet)| decoder.decode(*position, packet).unwrap()).collect()
}

fn without<T: Clone>(all: &[T], lost: std::ops::Range<usize>) -> Vec<T> {
    [&all[..lost.start], &all[lost.end..]].concat()
}

#[test]
fn every_packet_becomes_as_many_samples_as_it_lasts() {
    let packets = packets(SPEECH);
    let pcm = decode_all(&mut Decoder::new().unwrap(), &packets);
    assert!(pcm.iter().all(|pcm| (pcm.samples.len(), pcm.filled) == (320, 0)));
    assert!(pcm.is_sorted_by(|a, b| a.end() == b.position));
    let samples = pcm.into_iter().flat_map(|pcm| pcm.samples).collect::<Vec<_>>();
    assert!(level(&samples[2000..12_000]) < -55.0, "a second of faint hiss");
    assert!(level(&samples[20_000..56_000]) > -30.0, "then somebody speaks");
}

#[test]
fn a_lost_packet_is_concealed() {
    let tone = without(&packets(TONE), 100..103);
    let pcm = decode_all(&mut Decoder::new().unwrap(), &tone);
    let after = &pcm[100];
    assert_eq!((after.position, after.samples.len(), after.filled), (100 * FRAME, 4 * 320, 3 * 320));
    assert!(level(&after.samples[..320]) > -20.0, "the tone goes on: {}", level(&after.samples[..320]));
}

#[test]
fn a_short_hole_is_filled_with_silence_and_a_long_one_is_a_jump() {
    let tone = packets(TONE);
    let pcm = decode_all(&mut Decoder::new().unwrap(), &without(&tone, 100..140));
    assert_eq!((pcm[100].position, pcm[100].filled), (100 * FRAME, 40 * 320));
    assert!(level(&pcm[100].samples[1600..40 * 320]) < -100.0);
    let pcm = decode_all(&mut Decoder::new().unwrap(), &without(&tone, 100..160));
    assert_eq!((pcm[100].position, pcm[100].filled), (160 * FRAME, 0));
}

#[test]
fn what_comes_twice_or_late_is_passed_over() {
    let tone = packets(TONE);
    let mut decoder = Decoder::new().unwrap();
    decode_all(&mut decoder, &tone[..3]);
    assert_eq!(decoder.decode(2 * FRAME, &tone[2].1).unwrap(), None);
    assert_eq!(decoder.decode(FRAME, &tone[1].1).unwrap(), None);
    assert!(decoder.decode(3 * FRAME, &tone[3].1).unwrap().is_some());
}

#[test]
fn what_is_no_packet_is_refused_and_decoding_goes_on() {
    let tone = packets(TONE);
    let mut decoder = Decoder::new().unwrap();
    assert!(matches!(decoder.decode(0, &[0xF9, 1]), Err(DecodeError::Packet(_))));
    assert!(decoder.decode(0, &tone[0].1).unwrap().is_some());
}

fn listen(packets: &[(u64, Bytes)]) -> Vec<Utterance<()>> {
    let mut utterances = Utterances::new(&SpeechOptions::default()).unwrap();
    let mut ended = Vec::new();
    for (position, packet) in packets {
        for activity in
            utterances.hear(*position, packet).unwrap().map(|(_, activities)| activities).unwrap_or_default()
        {
            if let Activity::Ended(utterance) = activity {
                ended.push(utterance);
            }
        }
    }
    ended.extend(utterances.stop());
    ended
}

/// Where utterances begin and end, in tenths of a second.
fn spans(utterances: &[Utterance<()>]) -> Vec<(u64, u64)> {
    utterances.iter().map(|said| (said.start * 10 / SECOND, said.end * 10 / SECOND)).collect()
}

#[test]
fn two_sentences_are_two_utterances() {
    let utterances = listen(&packets(SPEECH));
    let [first, second] = utterances.as_slice() else { panic!("{:?}", spans(&utterances)) };
    // Spoken from 1.0 to 4.3 and from 6.8 to 8.9 s.
    for (said, begins, ends) in [(first, 1000, 4300), (second, 6800, 8900)] {
        let (start, end) = (said.start * 1000 / SECOND, said.end * 1000 / SECOND);
        assert!((begins - 450..=begins + 50).contains(&start), "{start} for {begins}");
        assert!((ends - 100..=ends + 500).contains(&end), "{end} for {ends}");
        assert_eq!(said.ended_by, EndedBy::Pause);
        assert_eq!(said.pieces.len() as u64, (said.end - said.start) / FRAME);
    }
}

#[test]
fn lost_packets_do_not_cut_a_sentence() {
    let all = packets(SPEECH);
    let some = all.iter().enumerate().filter(|(index, _)| index % 10 != 3).map(|(_, packet)| packet.clone());
    let utterances = listen(&some.collect::<Vec<_>>());
    assert_eq!(utterances.len(), 2, "{:?}", spans(&utterances));
    let whole =
        |said: &Utterance<()>| said.pieces.is_sorted_by(|a, b| a.position + u64::from(a.duration) == b.position);
    assert!(utterances.iter().all(whole), "what makes up for a loss belongs to it");
}

#[test]
fn a_tone_is_no_speech() {
    assert_eq!(spans(&listen(&packets(TONE))), []);
}

#[test]
fn an_utterance_of_packets_is_a_file_for_those_who_want_one() {
    let mut cutter = Cutter::new(&CutterOptions::default());
    for (position, content) in packets(SPEECH).into_iter().take(100) {
        cutter.push(Piece { position, duration: u32::try_from(FRAME).unwrap(), voice: true, content });
    }
    let said = cutter.stop().unwrap();
    let file = said.to_ogg().unwrap();
    let audible: u64 = Reader::new(file.as_slice())
        .unwrap()
        .map(|packet| packet.map(|packet| u64::from(packet.duration - packet.skip - packet.trim)).unwrap())
        .sum();
    assert_eq!((audible, said.end - said.start), (2 * SECOND, 2 * SECOND));
}
