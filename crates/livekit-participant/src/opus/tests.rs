#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use proptest::prelude::*;

use super::*;

fn parse(bytes: &[u8]) -> Result<(usize, u32), OpusError> {
    Packet::parse(bytes).map(|packet| (packet.frame_count(), packet.duration()))
}

#[test]
fn every_configuration_has_the_duration_of_table_2() {
    let silk = [480, 960, 1920, 2880];
    let hybrid = [480, 960];
    let celt = [120, 240, 480, 960];
    let expected = [silk, silk, silk].concat().into_iter().chain([hybrid, hybrid].concat()).chain([celt; 4].concat());
    let found = (0..32).map(|configuration: u8| Toc::from_byte(configuration << 3).frame_duration());
    assert_eq!(found.collect::<Vec<_>>(), expected.collect::<Vec<_>>());
}

#[test]
fn configurations_say_mode_and_bandwidth() {
    let toc = |configuration: u8| Toc::from_byte(configuration << 3);
    let found: Vec<_> = [0, 4, 8, 12, 14, 16, 20, 24, 28].map(|c| (toc(c).mode(), toc(c).bandwidth())).into();
    let expected = [
        (Mode::Silk, Bandwidth::Narrow),
        (Mode::Silk, Bandwidth::Medium),
        (Mode::Silk, Bandwidth::Wide),
        (Mode::Hybrid, Bandwidth::SuperWide),
        (Mode::Hybrid, Bandwidth::Full),
        (Mode::Celt, Bandwidth::Narrow),
        (Mode::Celt, Bandwidth::Wide),
        (Mode::Celt, Bandwidth::SuperWide),
        (Mode::Celt, Bandwidth::Full),
    ];
    assert_eq!(found, expected);
}

#[test]
fn silence_is_20_ms_of_fullband_celt() {
    let packet = Packet::parse(SILENCE_20_MS).unwrap();
    assert_eq!(
        (packet.duration(), packet.toc().mode(), packet.toc().bandwidth()),
        (FRAME_20_MS, Mode::Celt, Bandwidth::Full)
    );
    assert!(!packet.toc().is_stereo());
    assert!(!packet.is_pause());
}

#[test]
fn silence_fits_what_is_missing() {
    let durations =
        [5000, 960, 959, 480, 300, 120, 119, 0].map(|missing| silence(missing).map(|(_, duration)| duration));
    assert_eq!(durations, [Some(960), Some(960), Some(480), Some(480), Some(240), Some(120), None, None]);
    for missing in [960, 480, 240, 120] {
        let (packet, duration) = silence(missing).unwrap();
        assert_eq!(super::duration(packet), Ok(duration));
    }
}

#[test]
fn one_and_two_frames() {
    assert_eq!(parse(&[0xF8, 1, 2, 3]), Ok((1, 960)));
    assert_eq!(parse(&[0xF8]), Ok((1, 960)), "a frame of no bytes is one that was not sent");
    assert_eq!(parse(&[0xF9, 1, 2, 3, 4]), Ok((2, 1920)));
    let packet = [0xFA, 1, 9, 8, 7];
    let frames: Vec<_> = Packet::parse(&packet).unwrap().frames().map(<[u8]>::to_vec).collect();
    assert_eq!(frames, [vec![9], vec![8, 7]]);
}

#[test]
fn two_frames_may_have_a_length_of_two_bytes() {
    let mut packet = vec![0xFA, 252, 10];
    packet.extend([0; 252 + 40 + 5]);
    let sizes: Vec<_> = Packet::parse(&packet).unwrap().frames().map(<[u8]>::len).collect();
    assert_eq!(sizes, [292, 5]);
}

#[test]
fn many_frames_with_padding() {
    let constant = [0xFB, 3 | 0b0100_0000, 2, 1, 2, 3, 0, 0];
    let frames: Vec<_> = Packet::parse(&constant).unwrap().frames().map(<[u8]>::to_vec).collect();
    assert_eq!(frames, [[1], [2], [3]]);
    let variable = [0xFB, 3 | 0b1100_0000, 1, 1, 2, 11, 21, 22, 31, 32, 33, 0];
    let frames: Vec<_> = Packet::parse(&variable).unwrap().frames().map(<[u8]>::to_vec).collect();
    assert_eq!(frames, [vec![11], vec![21, 22], vec![31, 32, 33]]);
}

#[test]
fn padding_of_255_stands_for_254_and_goes_on() {
    let mut packet = vec![0xFB, 1 | 0b0100_0000, 255, 1, 7];
    packet.extend([0; 255]);
    assert_eq!(Packet::parse(&packet).unwrap().frames().collect::<Vec<_>>(), [[7]]);
}

#[test]
fn every_requirement_is_refused_by_name() {
    let large = |head: &[u8], bytes: usize| [head, &vec![0; bytes]].concat();
    let cases = [
        (vec![], OpusError::Empty),
        (large(&[0xF8], 1276), OpusError::FrameTooLarge(1276)),
        (large(&[0xF9], 2552), OpusError::FrameTooLarge(1276)),
        (vec![0xF9, 1, 2, 3], OpusError::UnevenFrames(3)),
        (vec![0xFA], OpusError::CutShort),
        (vec![0xFA, 252], OpusError::CutShort),
        (vec![0xFA, 2, 1], OpusError::CutShort),
        (vec![0xFB], OpusError::CutShort),
        (vec![0xFB, 0], OpusError::NoFrames),
        (vec![0xFB, 7], OpusError::TooLong),
        (vec![0x18 | 3, 3], OpusError::TooLong),
        (vec![0xFB, 2, 1, 2, 3], OpusError::UnequalShares { bytes: 3, frames: 2 }),
        (vec![0xFB, 1 | 0b0100_0000], OpusError::CutShort),
        (vec![0xFB, 1 | 0b0100_0000, 255], OpusError::CutShort),
        (vec![0xFB, 1 | 0b0100_0000, 3, 0, 0], OpusError::CutShort),
        (vec![0xFB, 3 | 0b1000_0000, 1], OpusError::CutShort),
        (vec![0xFB, 3 | 0b1000_0000, 1, 2, 0, 0], OpusError::CutShort),
    ];
    for (bytes, expected) in cases {
        assert_eq!(parse(&bytes), Err(expected), "{bytes:02x?}");
    }
}

#[test]
fn a_sender_that_pauses_is_told_from_one_that_is_silent() {
    let pause = |bytes: &[u8]| Packet::parse(bytes).unwrap().is_pause();
    assert!(pause(&[0x78]));
    assert!(pause(&[0x78, 0]));
    assert!(pause(&[0x7B, 2]));
    assert!(!pause(&[0x78, 1, 2]));
}

#[test]
fn voice_flags_are_the_topmost_bits() {
    let flag = |bytes: &[u8]| Packet::parse(bytes).unwrap().voice_flag();
    let (wide_20_ms, wide_60_ms, stereo) = (9 << 3, 11 << 3, 0b100);
    assert_eq!(flag(&[wide_20_ms, 0b1000_0000, 0]), Some(true));
    assert_eq!(flag(&[wide_20_ms, 0b0111_1111, 0]), Some(false), "redundancy and what follows are no flags");
    assert_eq!(flag(&[wide_60_ms, 0b0010_0000, 0]), Some(true), "the third 20 ms");
    assert_eq!(flag(&[wide_60_ms, 0b0001_1111, 0]), Some(false));
    assert_eq!(flag(&[wide_20_ms | stereo, 0b0010_0000, 0]), Some(true), "the side channel");
    assert_eq!(flag(&[wide_20_ms | stereo, 0b0101_1111, 0]), Some(false));
    assert_eq!(flag(&[wide_20_ms]), Some(false), "a pause is no speech");
    assert_eq!(flag(SILENCE_20_MS), None, "CELT does not say");
}

/// Builds packets of frames with any sizes the way §3.2.5 says, to be read again.
fn variable_packet(configuration: u8, frames: &[Vec<u8>], padding: Option<u8>) -> Vec<u8> {
    let flags = 0b1000_0000 | if padding.is_some() { 0b0100_0000 } else { 0 };
    let mut packet = vec![configuration << 3 | 3, flags | u8::try_from(frames.len()).unwrap()];
    packet.extend(padding);
    for frame in &frames[..frames.len() - 1] {
        match frame.len() {
            short @ ..252 => packet.push(u8::try_from(short).unwrap()),
            long => {
                let first = 252 + (long - 252) % 4;
                packet.extend([u8::try_from(first).unwrap(), u8::try_from((long - first) / 4).unwrap()]);
            }
        }
    }
    packet.extend(frames.concat());
    packet.extend(std::iter::repeat_n(0, usize::from(padding.unwrap_or(0))));
    packet
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic_and_what_it_takes_is_sound(bytes in proptest::collection::vec(any::<u8>(), 0..2000)) {
        if let Ok(packet) = Packet::parse(&bytes) {
            prop_assert!((SHORTEST_FRAME..=LONGEST_PACKET).contains(&packet.duration()));
            prop_assert_eq!(packet.duration() % SHORTEST_FRAME, 0);
            prop_assert!((1..=MOST_FRAMES).contains(&packet.frame_count()));
            prop_assert_eq!(packet.frames().count(), packet.frame_count());
            prop_assert!(packet.frames().all(|frame| frame.len() <= LARGEST_FRAME));
            prop_assert!(packet.frames().map(<[u8]>::len).sum::<usize>() < bytes.len());
            let _ = (packet.is_pause(), packet.voice_flag());
        }
    }

    #[test]
    fn frames_come_out_as_they_went_in(
        configuration in 0..32_u8,
        frames in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..1276), 1..49),
        padding in proptest::option::of(0..255_u8),
    ) {
        let bytes = variable_packet(configuration, &frames, padding);
        let duration = Toc::from_byte(configuration << 3).frame_duration() * u32::try_from(frames.len()).unwrap();
        match Packet::parse(&bytes) {
            Ok(packet) => {
                prop_assert_eq!(packet.frames().map(<[u8]>::to_vec).collect::<Vec<_>>(), frames);
                prop_assert_eq!(packet.duration(), duration);
            }
            Err(error) => {
                prop_assert_eq!(error, OpusError::TooLong);
                prop_assert!(duration > LONGEST_PACKET);
            }
        }
    }
}
