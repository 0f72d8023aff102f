use std::cell::RefCell;
use std::io::{self, Write};
use std::rc::Rc;

use proptest::prelude::*;

use super::*;
use crate::opus::{OpusError, SAMPLE_RATE, SILENCE_20_MS};

/// The numbers of the packets in a recording; silence is `None`.
fn numbers(bytes: &[u8]) -> Vec<Option<u16>> {
    let number =
        |packet: Packet| (packet.data[0] == 0x78).then(|| u16::from_be_bytes([packet.data[1], packet.data[2]]));
    packets(bytes).into_iter().map(number).collect()
}

/// Writes packets of 20 ms with these numbers at the positions of their numbers, and ends behind the last.
fn record(order: &[u16], until: u64) -> Vec<Option<u16>> {
    let mut writer = writer();
    for &number in order {
        writer.write(u64::from(number) * FRAME, &numbered(number)).unwrap();
    }
    let mut numbers = numbers(&writer.finish(until * FRAME).unwrap().into_inner());
    assert_eq!(numbers.pop(), Some(None), "the pre-skip is made up for at the end");
    numbers
}

fn expected(numbers: &str) -> Vec<Option<u16>> {
    numbers.split(' ').map(|number| number.parse().ok()).collect()
}

#[test]
fn an_independent_reader_finds_what_was_written() {
    let (packets, position, ended) = read_independently(&finished(120));
    assert_eq!(packets[..120], (0..120).map(numbered).collect::<Vec<_>>());
    assert_eq!((position, ended), (120 * FRAME + 312, true));
}

#[test]
fn headers_say_what_the_options_say() {
    let others = vec![("LEG".to_owned(), "caller".to_owned())];
    let text = |text: &str| Some(text.to_owned());
    let tags = Tags { title: text("Call 7"), artist: text("Ann"), comment: text("a=b"), others, ..Tags::default() };
    let options =
        WriterOptions { channels: Channels::Stereo, serial: 77, tags: tags.clone(), ..WriterOptions::default() };
    let bytes = Writer::new(Vec::new(), &options).unwrap().finish(0).unwrap();
    let reader = Reader::new(bytes.as_slice()).unwrap();
    let head = Head { channels: Channels::Stereo, pre_skip: 312, input_sample_rate: SAMPLE_RATE, output_gain: 0 };
    assert_eq!(reader.head(), head);
    assert_eq!(*reader.tags(), Tags { vendor: "livekit-participant 0.1.0".to_owned(), ..tags });
}

#[test]
fn comments_larger_than_a_page_are_carried_over() {
    for size in [65_000, 65_025 - 8 - 40, 130_050, 200_000] {
        let comment = Some("x".repeat(size));
        let options = WriterOptions { tags: Tags { comment, ..Tags::default() }, ..WriterOptions::default() };
        let mut writer = Writer::new(Vec::new(), &options).unwrap();
        writer.write(0, &numbered(1)).unwrap();
        let bytes = writer.finish(FRAME).unwrap();
        assert_eq!(Reader::new(bytes.as_slice()).unwrap().tags().comment, options.tags.comment);
        assert_eq!(packets(&bytes)[0].data, numbered(1));
        assert_eq!(read_independently(&bytes).0[0], numbered(1));
    }
}

#[test]
fn holes_are_silence() {
    assert_eq!(record(&[1, 2, 5], 8), expected("- 1 2 - - 5 - -"));
    assert_eq!(record(&[], 3), expected("- - -"));
}

#[test]
fn packets_out_of_order_are_put_in_order() {
    assert_eq!(record(&[0, 2, 1, 3, 6, 5, 4, 7], 8), expected("0 1 2 3 4 5 6 7"));
}

#[test]
fn a_missing_packet_is_waited_for_but_not_for_long() {
    assert_eq!(record(&[0, 2, 3, 4, 5, 6, 1, 7], 8), expected("0 1 2 3 4 5 6 7"), "100 ms");
    assert_eq!(record(&[0, 2, 3, 4, 5, 6, 7, 1, 8], 9), expected("0 - 2 3 4 5 6 7 8"), "longer");
}

#[test]
fn what_comes_twice_is_dropped() {
    let mut writer = writer();
    let mut write = |number: u16| writer.write(u64::from(number) * FRAME, &numbered(number)).unwrap();
    assert_eq!(
        [0, 0, 2, 2, 1, 1].map(&mut write),
        [0, 1, 0, 1, 0, 1].map(|late| [Written::Kept, Written::Dropped][late])
    );
    assert_eq!(writer.position(), 3 * FRAME);
}

#[test]
fn clocks_that_round_differently_lose_nothing() {
    let mut writer = writer();
    for number in 0..50_u16 {
        let position = u64::from(number) * FRAME + u64::from(number % 3) * 40;
        assert_eq!(writer.write(position, &numbered(number)).unwrap(), Written::Kept);
    }
    assert_eq!(writer.finish(50 * FRAME).map(|file| audible(file.get_ref())).unwrap(), 50 * FRAME);
}

#[test]
fn silence_is_as_exact_as_packets_allow() {
    let mut writer = writer();
    writer.write(2400 + 130, &numbered(7)).unwrap();
    let bytes = writer.finish(5000).unwrap().into_inner();
    let found = packets(&bytes);
    let first = found.iter().find(|packet| packet.data == numbered(7)).unwrap();
    assert_eq!(first.position, 2400 + 120, "10 samples, 0.2 ms, are less than the shortest packet");
    assert_eq!(audible(&bytes), 5000, "but the end is exact");
}

#[test]
fn it_is_cut_to_the_sample() {
    let mut writer = writer();
    for number in 0..10 {
        writer.write(u64::from(number) * FRAME, &numbered(number)).unwrap();
    }
    assert_eq!(writer.finish(9 * FRAME - 100).map(|file| audible(file.get_ref())).unwrap(), 9 * FRAME - 100);
}

#[test]
fn time_passes_without_packets() {
    let mut writer = writer();
    writer.write(0, &numbered(0)).unwrap();
    writer.write(3 * FRAME, &numbered(3)).unwrap();
    writer.advance(5 * FRAME).unwrap();
    assert_eq!(writer.position(), 5 * FRAME);
    assert_eq!(writer.write(FRAME, &numbered(1)).unwrap(), Written::Dropped);
    assert_eq!(writer.write(5 * FRAME, &numbered(5)).unwrap(), Written::Kept);
    assert_eq!(numbers(&writer.finish(6 * FRAME).unwrap().into_inner())[..6], expected("0 - - 3 - 5"));
}

#[test]
fn what_cannot_be_recorded_is_refused_and_the_recording_goes_on() {
    let options = WriterOptions { longest_gap: 100 * FRAME, ..WriterOptions::default() };
    let mut writer = Writer::new(Vec::new(), &options).unwrap();
    assert!(matches!(writer.write(0, &[]), Err(WriteError::Packet(OpusError::Empty))));
    let padded = [[0xFB, 0x41].as_slice(), &[255; 300], &[0], &vec![0; 300 * 254 + 1]].concat();
    assert!(matches!(writer.write(0, &padded), Err(WriteError::TooLarge(_))));
    let far = writer.write(101 * FRAME, &numbered(1));
    assert!(
        matches!(far, Err(WriteError::TooFarAhead { ahead, limit }) if (ahead, limit) == (101 * FRAME, 100 * FRAME))
    );
    assert!(matches!(writer.write(u64::MAX, &numbered(1)), Err(WriteError::TooFarAhead { .. })));
    assert_eq!(writer.write(0, &numbered(0)).unwrap(), Written::Kept);
    assert_eq!(numbers(&writer.finish(FRAME).unwrap())[0], Some(0));
}

/// A file that can be looked at while it is written.
#[derive(Clone, Default)]
struct Watched(Rc<RefCell<Vec<u8>>>);

impl Write for Watched {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn no_more_than_a_second_is_missing_at_any_moment() {
    let file = Watched::default();
    let mut writer = Writer::new(file.clone(), &WriterOptions::default()).unwrap();
    for number in 0..500_u16 {
        writer.write(u64::from(number) * FRAME, &numbered(number)).unwrap();
        let written = packets(&file.0.borrow()).len() as u64 * FRAME;
        assert!((u64::from(number) + 1) * FRAME - written < u64::from(SAMPLE_RATE));
    }
}

#[test]
fn a_page_that_is_full_makes_room() {
    let mut writer = writer();
    let large = [[0xF8].as_slice(), &[1; 1275]].concat();
    for number in 0..300 {
        writer.write(number * FRAME, &large).unwrap();
    }
    let bytes = writer.finish(300 * FRAME).unwrap().into_inner();
    assert_eq!(packets(&bytes).iter().filter(|packet| packet.data == large).count(), 300);
    assert_eq!(read_independently(&bytes).0.len(), 301);
}

proptest! {
    #[test]
    fn a_recording_is_as_long_as_what_happened(
        arrivals in proptest::collection::vec((0..400_u64, 0..960_u64, 0..4_usize), 0..200),
        until in 0..500_u64,
    ) {
        let kinds = [(0xF8, 960), (0xE0, 120), (0x18, 2880), (0xF9, 1920)];
        let mut writer = writer();
        let mut end = 0;
        for (number, jitter, kind) in arrivals {
            let (toc, duration) = kinds[kind];
            let position = number * FRAME + jitter;
            writer.write(position, &[toc, 5, 5]).unwrap();
            end = end.max(position + duration);
        }
        let until = end.max(until * FRAME);
        let bytes = writer.finish(until).unwrap().into_inner();
        // A packet that overlaps the one before is pushed back by up to half its length, and a page that is written is.
        let length = audible(&bytes);
        prop_assert!((until..=until + 1440).contains(&length), "{} for {}", length, until);
        let (independent, position, ended) = read_independently(&bytes);
        prop_assert_eq!((position, ended), (length + 312, true));
        prop_assert!(packets(&bytes).len() <= independent.len());
    }

    #[test]
    fn packets_within_the_window_are_all_there(shuffled in shuffled_within_window()) {
        let last = u64::try_from(shuffled.len()).unwrap();
        prop_assert_eq!(record(&shuffled, last), (0..u16::try_from(last).unwrap()).map(Some).collect::<Vec<_>>());
    }
}

/// Numbers from 0 on, each at most four places from where it belongs, so that none is waited for over 100 ms.
fn shuffled_within_window() -> impl Strategy<Value = Vec<u16>> {
    proptest::collection::vec(0..4_u16, 1..100).prop_map(|delays| {
        let mut order: Vec<_> = (0..).zip(delays).map(|(number, delay): (u16, u16)| (number + delay, number)).collect();
        order.sort_by_key(|&(arrival, number)| (arrival, number));
        order.into_iter().map(|(_, number)| number).collect()
    })
}

#[test]
fn silence_needs_no_more_than_a_few_bytes_a_second() {
    let hour = u64::from(SAMPLE_RATE) * 3600;
    let bytes = writer().finish(hour).unwrap().into_inner();
    assert_eq!(audible(&bytes), hour);
    assert!(bytes.len() < 900_000, "{} bytes an hour", bytes.len());
    assert!(packets(&bytes).iter().take(1000).all(|packet| packet.data == SILENCE_20_MS));
}
