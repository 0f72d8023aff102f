use proptest::prelude::*;

use super::*;
use crate::ogg::page::{NO_POSITION, Page};
use crate::opus::OpusError;
use ::ogg::PacketWriteEndInfo::{EndPage, EndStream, NormalPacket};

fn head(pre_skip: u16) -> Vec<u8> {
    Head { channels: Channels::Mono, pre_skip, input_sample_rate: 0, output_gain: 0 }.to_bytes()
}

/// Builds files page by page, the odd ones too.
struct Builder {
    bytes: Vec<u8>,
    number: u32,
}

impl Builder {
    fn new(pre_skip: u16) -> Self {
        let mut builder = Self { bytes: Vec::new(), number: 0 };
        builder.page(|page| {
            (page.first, page.position) = (true, 0);
            page.push(&head(pre_skip));
        });
        builder.page(|page| {
            page.position = 0;
            page.push(&Tags::default().to_bytes());
        });
        builder
    }

    fn page(&mut self, fill: impl FnOnce(&mut Page)) -> &mut Self {
        let mut page = Page::empty(9, self.number);
        fill(&mut page);
        page.write(&mut self.bytes).unwrap();
        self.number += 1;
        self
    }

    /// A page of packets with these numbers.
    fn packets(&mut self, position: u64, last: bool, numbers: &[u16]) -> &mut Self {
        self.page(|page| {
            (page.position, page.last) = (position, last);
            for &number in numbers {
                assert!(page.push(&numbered(number)));
            }
        })
    }

    fn placed(&self) -> Vec<(u64, u32, u32)> {
        packets(&self.bytes).iter().map(|packet| (packet.position, packet.skip, packet.trim)).collect()
    }
}

fn error(bytes: &[u8]) -> ReadError {
    match Reader::new(bytes) {
        Err(error) => error,
        Ok(mut reader) => reader.find_map(Result::err).expect("there is an error in it"),
    }
}

#[test]
fn packets_written_by_the_ogg_crate_are_found() {
    let mut writer = ::ogg::PacketWriter::new(Vec::new());
    writer.write_packet(head(312), 5, EndPage, 0).unwrap();
    writer.write_packet(Tags::default().to_bytes(), 5, EndPage, 0).unwrap();
    for number in 0..700_u16 {
        let end = if number == 699 { EndStream } else { NormalPacket };
        writer.write_packet(numbered(number), 5, end, (u64::from(number) + 1) * FRAME).unwrap();
    }
    let bytes = writer.into_inner();
    let found: Vec<_> = packets(&bytes).into_iter().map(|packet| packet.data).collect();
    assert_eq!(found, (0..700).map(numbered).collect::<Vec<_>>());
}

#[test]
fn pre_skip_and_end_trimming_are_told() {
    let mut file = Builder::new(1000);
    file.packets(3 * FRAME, false, &[0, 1, 2]).packets(4 * FRAME + 60, true, &[3, 4, 5]);
    assert_eq!(file.placed(), [(0, 960, 0), (960, 40, 0), (1920, 0, 0), (2880, 0, 0), (3840, 0, 900)]);
    assert_eq!(audible(&file.bytes), 4 * FRAME + 60 - 1000);
}

#[test]
fn a_stream_cut_out_of_a_longer_one_begins_at_nothing() {
    let mut file = Builder::new(0);
    file.packets(1_000_000 + 2 * FRAME, false, &[0, 1]).packets(1_000_000 + 3 * FRAME + 10, true, &[2, 3]);
    assert_eq!(file.placed(), [(0, 0, 0), (960, 0, 0), (1920, 0, 0), (2880, 0, 950)]);
}

#[test]
fn holes_stay_holes() {
    let mut file = Builder::new(0);
    file.packets(2 * FRAME, false, &[0, 1]).packets(12 * FRAME, false, &[10, 11]).packets(13 * FRAME, true, &[12]);
    let positions: Vec<_> = file.placed().into_iter().map(|(position, ..)| position / FRAME).collect();
    assert_eq!(positions, [0, 1, 10, 11, 12]);
}

#[test]
fn time_does_not_run_backwards_nor_overflow() {
    let mut file = Builder::new(0);
    file.packets(5 * FRAME, false, &[0, 1]).packets(FRAME, false, &[2]).packets(u64::MAX - 1, false, &[3, 4]);
    file.packets(NO_POSITION, false, &[5]).packets(7, true, &[6]);
    assert!(packets(&file.bytes).is_sorted_by_key(|packet| packet.position));
}

#[test]
fn a_packet_may_go_on_on_the_next_page() {
    // 47 frames of 2.5 ms, all but the last as large as can be.
    let long = [[0xE3, 0b1010_1111].as_slice(), &[255, 255].repeat(46), &vec![3; 46 * 1275 + 9]].concat();
    let mut file = Builder::new(0);
    file.page(|page| {
        page.position = NO_POSITION;
        assert!((0..200).all(|_| page.push(&[0xE0; 254])));
        assert!(page.push_some(&long).is_some());
    });
    let room = 55 * 255;
    file.page(|page| {
        (page.continued, page.position, page.last) = (true, 247 * 120, true);
        assert!(page.push(&long[room..]));
    });
    let found = packets(&file.bytes);
    assert_eq!(found.len(), 201);
    assert!(found.last().is_some_and(|packet| packet.data == long && packet.duration == 47 * 120));
}

#[test]
fn the_rest_of_a_packet_whose_page_is_lost_is_passed_over() {
    let mut file = Builder::new(0);
    file.packets(FRAME, false, &[0]);
    file.number += 1;
    file.page(|page| {
        (page.continued, page.position, page.last) = (true, 5 * FRAME, true);
        assert!(page.push(&numbered(2)) && page.push(&numbered(3)));
    });
    let found: Vec<_> = packets(&file.bytes).into_iter().map(|packet| packet.data).collect();
    assert_eq!(found, [numbered(0), numbered(3)]);
}

#[test]
fn other_streams_are_passed_over_and_what_follows_the_end_is_not_read() {
    let mut file = Builder::new(0);
    let mut foreign = Page::empty(8, 0);
    foreign.push(b"something else");
    foreign.write(&mut file.bytes).unwrap();
    file.packets(FRAME, true, &[0]);
    file.bytes.extend(finished(3));
    assert_eq!(packets(&file.bytes).len(), 1);
}

#[test]
fn a_cut_file_ends_where_it_was_cut_and_says_so() {
    let bytes = finished(120);
    for (length, cut) in [(bytes.len(), false), (bytes.len() - 1, true), (bytes.len() / 2, true)] {
        let mut reader = Reader::new(&bytes[..length]).unwrap();
        assert!(reader.by_ref().all(|packet| packet.is_ok()));
        assert_eq!(reader.is_cut(), cut);
    }
}

#[test]
fn what_is_no_such_file_is_refused_by_name() {
    use HeaderError::{Channels, CutShort, NoTags, NotOpus, UnknownVersion};
    let with = |change: &dyn Fn(&mut Vec<u8>)| {
        let mut packet = head(0);
        change(&mut packet);
        let mut builder = Builder { bytes: Vec::new(), number: 0 };
        builder.page(|page| {
            (page.first, page.position) = (true, 0);
            page.push(&packet);
        });
        error(&builder.bytes)
    };
    assert!(matches!(error(b""), ReadError::Header(NotOpus)));
    assert!(matches!(error(b"OggS"), ReadError::Page(PageError::CutShort)));
    assert!(matches!(error(&[b'x'; 100]), ReadError::Page(PageError::NoPage)));
    assert!(matches!(with(&|packet| packet[0] = b'V'), ReadError::Header(NotOpus)));
    assert!(matches!(with(&|packet| packet[8] = 0x21), ReadError::Header(UnknownVersion(0x21))));
    assert!(matches!(with(&|packet| packet[9] = 3), ReadError::Header(Channels { channels: 3, family: 0 })));
    assert!(matches!(with(&|packet| packet[18] = 255), ReadError::Header(Channels { channels: 1, family: 255 })));
    assert!(matches!(with(&|packet| packet.truncate(12)), ReadError::Header(CutShort)));
    assert!(matches!(with(&|_| ()), ReadError::Header(NoTags)));
    let mut damaged = finished(3);
    *damaged.last_mut().unwrap() ^= 1;
    assert!(matches!(error(&damaged), ReadError::Page(PageError::Damaged)));
    let mut newer = finished(3);
    newer[4] = 1;
    assert!(matches!(error(&newer), ReadError::Page(PageError::UnknownVersion(1))));
}

#[test]
fn impossible_audio_is_refused_by_name() {
    let mut early = Builder::new(0);
    early.packets(FRAME, false, &[0, 1]);
    assert!(matches!(error(&early.bytes), ReadError::ImpossibleStart));
    let mut malformed = Builder::new(0);
    malformed.page(|page| {
        page.position = FRAME;
        page.push(&[0xF9, 1]);
    });
    assert!(matches!(error(&malformed.bytes), ReadError::Packet(OpusError::UnevenFrames(1))));
    let mut endless = Builder::new(0);
    endless.page(|page| {
        page.position = FRAME;
        page.push(&vec![0; 64_000]);
    });
    assert!(matches!(error(&endless.bytes), ReadError::TooLarge(_)));
}

#[test]
fn a_clip_plays_for_ever_without_its_headers() {
    let mut file = Builder::new(1000);
    file.packets(3 * FRAME, true, &[0, 1, 2]);
    let clip = Clip::read(file.bytes.as_slice()).unwrap();
    assert_eq!(clip.duration(), 2 * FRAME, "the first packet is for the decoder alone");
    let played: Vec<_> = clip.looped().take(5).map(|piece| (piece.position / FRAME, piece.packet.to_vec())).collect();
    assert_eq!(
        played,
        [1, 2, 1, 2, 1].into_iter().enumerate().map(|(at, n)| (at as u64, numbered(n))).collect::<Vec<_>>()
    );
    assert_eq!(clip.once().count(), 2);
}

#[test]
fn a_clip_without_sound_is_refused() {
    let silent = Writer::new(Vec::new(), &WriterOptions { pre_skip: 0, ..WriterOptions::default() }).unwrap();
    assert!(matches!(Clip::read(silent.finish(0).unwrap().as_slice()), Err(ClipError::Empty)));
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(mut bytes in Just(finished(200)), changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..20)) {
        for (index, byte) in changes {
            *index.get_mut(&mut bytes) = byte;
        }
        if let Ok(reader) = Reader::new(bytes.as_slice()) {
            prop_assert!(reader.count() <= 250);
        }
    }
}
