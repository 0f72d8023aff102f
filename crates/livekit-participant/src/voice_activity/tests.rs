#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use proptest::prelude::*;

use super::*;
use crate::ogg::Reader;
use crate::opus::{FRAME_20_MS, SILENCE_20_MS};

const PIECE: u64 = FRAME_20_MS as u64;

fn options() -> CutterOptions {
    CutterOptions {
        pre_roll: Duration::from_millis(100),
        onset: Duration::from_millis(40),
        hang_over: Duration::from_millis(200),
        longest: Duration::from_secs(2),
    }
}

fn piece(index: u64, voice: bool) -> Piece<u64> {
    Piece { position: index * PIECE, duration: FRAME_20_MS, voice, content: index }
}

/// Pieces of 20 ms: `-` is silence, `#` voice, and a blank was never sent.
fn cut(sound: &str) -> Vec<Utterance<u64>> {
    let mut cutter = Cutter::new(&options());
    let mut utterances = Vec::new();
    for (index, letter) in (0..).zip(sound.chars()).filter(|&(_, letter)| letter != ' ') {
        for activity in cutter.push(piece(index, letter == '#')) {
            if let Activity::Ended(utterance) = activity {
                utterances.push(utterance);
            }
        }
    }
    utterances.extend(cutter.stop());
    utterances
}

/// Where utterances begin and end, in pieces.
fn spans(sound: &str) -> Vec<(u64, u64, EndedBy)> {
    cut(sound).into_iter().map(|said| (said.start / PIECE, said.end / PIECE, said.ended_by)).collect()
}

#[test]
fn an_utterance_has_its_pre_roll_and_a_little_of_the_pause_behind_it() {
    assert_eq!(spans("----------##########--------------------"), [(7, 25, EndedBy::Pause)]);
}

#[test]
fn a_short_pause_does_not_end_it() {
    assert_eq!(spans("-----#####---------#####---------------"), [(2, 29, EndedBy::Pause)]);
}

#[test]
fn a_click_is_no_utterance() {
    assert_eq!(spans("----------#----------#---------"), []);
}

#[test]
fn words_after_a_pause_are_another_utterance() {
    let expected = [(2, 15, EndedBy::Pause), (21, 29, EndedBy::Stop)];
    assert_eq!(spans("-----#####--------------#####"), expected);
}

#[test]
fn a_sender_that_pauses_is_silent() {
    let expected = [(0, 5, EndedBy::Pause), (20, 25, EndedBy::Stop)];
    assert_eq!(spans("#####               #####"), expected);
}

#[test]
fn time_ends_an_utterance_without_another_packet() {
    let mut cutter = Cutter::new(&options());
    let begun: Vec<_> = (0..5).flat_map(|index| cutter.push(piece(index, true))).collect();
    assert_eq!(begun, [Activity::Began(0)]);
    assert_eq!(cutter.advance(14 * PIECE), None);
    assert!(cutter.is_speaking());
    let Some(Activity::Ended(said)) = cutter.advance(15 * PIECE) else { panic!("the pause was long enough") };
    assert_eq!((said.start, said.end, said.ended_by), (0, 5 * PIECE, EndedBy::Pause));
    assert!(!cutter.is_speaking());
}

#[test]
fn a_long_speech_is_cut_without_a_hole() {
    let expected = [(0, 100, EndedBy::Length), (100, 200, EndedBy::Length), (200, 250, EndedBy::Stop)];
    assert_eq!(spans(&"#".repeat(250)), expected);
}

#[test]
fn nothing_but_a_pause_after_a_cut_is_no_utterance() {
    assert_eq!(spans(&("#".repeat(100) + &"-".repeat(50))), [(0, 100, EndedBy::Length)]);
}

#[test]
fn what_is_said_on_hold_is_not_joined_with_what_was_said_before() {
    let mut cutter = Cutter::new(&options());
    (0..5).for_each(|index| drop(cutter.push(piece(index, true))));
    assert_eq!(cutter.stop().map(|said| said.end), Some(5 * PIECE));
    assert_eq!(cutter.stop(), None);
    let begun: Vec<_> = (6..8).flat_map(|index| cutter.push(piece(index, true))).collect();
    assert_eq!(begun, [Activity::Began(6 * PIECE)], "no pre-roll from before");
}

#[test]
fn packets_say_themselves_whether_there_is_voice_in_them() {
    let voice =
        |packet: &'static [u8], otherwise| voice_of(0, Bytes::from_static(packet), otherwise).map(|piece| piece.voice);
    assert_eq!(voice(&[9 << 3, 0x80, 0], false), Ok(true));
    assert_eq!(voice(&[9 << 3, 0x00, 0], true), Ok(false));
    assert_eq!(voice(SILENCE_20_MS, false), Ok(false));
    assert_eq!(voice(SILENCE_20_MS, true), Ok(true));
    assert_eq!(voice(&[], true), Err(OpusError::Empty));
}

#[test]
fn two_sentences_are_told_apart_without_a_codec() {
    let speech = Reader::new(include_bytes!("../../tests/sounds/speech.opus").as_slice()).unwrap().map(Result::unwrap);
    let mut cutter = Cutter::new(&CutterOptions::default());
    let activities =
        speech.flat_map(|packet| cutter.push(voice_of(packet.position, packet.data.into(), false).unwrap()));
    let ms = |position: u64| position * 1000 / u64::from(SAMPLE_RATE);
    let spoken: Vec<_> = activities
        .filter_map(|activity| match activity {
            Activity::Ended(said) => Some((ms(said.start), ms(said.end), said.ended_by)),
            Activity::Began(_) => None,
        })
        .collect();
    // Spoken from 1.0 to 4.3 and from 6.8 to 8.6 s; with 300 ms before and behind.
    let [first, second] = spoken.as_slice() else { panic!("{spoken:?}") };
    assert!((700..=800).contains(&first.0) && (4500..=4700).contains(&first.1), "{first:?}");
    assert!((6500..=6600).contains(&second.0) && (8800..=9000).contains(&second.1), "{second:?}");
}

proptest! {
    #[test]
    fn every_piece_is_in_at_most_one_utterance_and_in_order(sound in "[-# ]{0,400}") {
        let utterances = cut(&sound);
        let pieces: Vec<_> = utterances.iter().flat_map(|said| &said.pieces).map(|piece| piece.content).collect();
        prop_assert!(pieces.is_sorted_by(|a, b| a < b));
        for said in &utterances {
            prop_assert!(said.pieces.iter().any(|piece| piece.voice));
            prop_assert_eq!(said.start, said.pieces[0].position);
            prop_assert!(said.end - said.start <= 101 * PIECE || sound.contains(' '));
        }
    }

    #[test]
    fn no_speech_is_lost(lengths in proptest::collection::vec((2..60_usize, 0..60_usize), 1..8)) {
        let sound: String = lengths.iter().map(|&(speech, pause)| "#".repeat(speech) + &"-".repeat(pause)).collect();
        let voiced = |utterances: &[Utterance<u64>]| utterances.iter().flat_map(|said| &said.pieces).filter(|piece| piece.voice).count();
        prop_assert_eq!(voiced(&cut(&sound)), sound.matches('#').count());
    }
}
