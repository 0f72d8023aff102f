use super::*;

fn leg(number: u8) -> LegId {
    format!("0190f7a0-0000-7000-8000-0000000000{number:02}").parse().expect("a leg id")
}

fn open(packets: u64) -> Ear {
    Ear::Open { track: "TR_a".into(), packets }
}

fn on_music() -> Hearing {
    let mut hearing = Hearing::default();
    hearing.follow(0.0, &[], Sound::Music);
    assert_eq!(hearing.playing(), Sound::Music);
    hearing
}

#[test]
fn music_starts_at_once_when_nobody_is_to_be_heard() {
    let mut hearing = Hearing::default();
    hearing.follow(0.0, &[leg(1)], Sound::Music);
    hearing.observe(0.0, leg(1), open(1));
    hearing.observe(20.0, leg(1), open(5));
    assert_eq!(hearing.playing(), Sound::Silence);
    hearing.follow(30.0, &[], Sound::Music);
    assert_eq!(hearing.playing(), Sound::Music);
}

#[test]
fn a_microphone_that_closes_while_the_server_is_away_counts_as_a_hold_until_its_word_is_back() {
    let mut hearing = Hearing::default();
    hearing.follow(0.0, &[leg(1)], Sound::Music);
    hearing.observe(0.0, leg(1), open(1));
    hearing.observe(20.0, leg(1), open(5));
    hearing.cut_off(true);
    assert_eq!(hearing.playing(), Sound::Silence, "they are heard");
    hearing.observe(40.0, leg(1), Ear::Closed);
    assert_eq!(hearing.playing(), Sound::Music);
    hearing.cut_off(false);
    assert_eq!(hearing.playing(), Sound::Silence, "they have muted themselves");
    hearing.cut_off(true);
    hearing.observe(60.0, leg(1), open(10));
    assert_eq!(hearing.playing(), Sound::Silence, "they are back");
}

#[test]
fn whoever_gives_way_to_music_is_heard_while_it_fades_in_and_no_longer() {
    let mut hearing = Hearing::default();
    hearing.follow(0.0, &[leg(1), leg(2)], Sound::Music);
    hearing.observe(0.0, leg(1), open(1));
    hearing.observe(20.0, leg(1), open(5));
    hearing.follow(30.0, &[], Sound::Music);
    assert_eq!(hearing.audible(129.0), [leg(1)], "the other one was not heard before");
    assert!(hearing.is_waiting());
    assert_eq!(hearing.audible(130.0), []);
    assert!(!hearing.is_waiting());
}

#[test]
fn whoever_leaves_others_who_talk_is_silent_at_once() {
    let mut hearing = on_music();
    hearing.follow(0.0, &[leg(1), leg(2)], Sound::Music);
    for voice in [leg(1), leg(2)] {
        hearing.observe(10.0, voice, open(1));
        hearing.observe(30.0, voice, open(5));
    }
    hearing.follow(40.0, &[leg(2)], Sound::Music);
    assert_eq!(hearing.audible(40.0), [leg(2)]);
}

#[test]
fn music_ends_when_packets_arrive_and_not_before() {
    let mut hearing = on_music();
    hearing.follow(100.0, &[leg(1)], Sound::Music);
    assert!(!hearing.observe(110.0, leg(1), Ear::Absent));
    assert!(!hearing.observe(120.0, leg(1), Ear::Closed));
    assert!(!hearing.observe(140.0, leg(1), open(5)));
    assert!(!hearing.observe(160.0, leg(1), open(5)));
    assert!(!hearing.observe(180.0, leg(1), open(8)));
    assert_eq!(hearing.playing(), Sound::Music);
    assert!(hearing.observe(200.0, leg(1), open(9)));
    assert_eq!(hearing.playing(), Sound::Silence);
}

#[test]
fn packets_of_another_track_are_no_proof() {
    let mut hearing = on_music();
    hearing.follow(0.0, &[leg(1)], Sound::Music);
    hearing.observe(10.0, leg(1), open(5));
    assert!(!hearing.observe(30.0, leg(1), Ear::Open { track: "TR_b".into(), packets: 90 }));
}

#[test]
fn ringback_goes_on_until_the_first_voice_and_is_not_followed_by_music() {
    let mut hearing = Hearing::default();
    hearing.follow(0.0, &[], Sound::Ringback);
    hearing.follow(10.0, &[leg(1)], Sound::Music);
    assert_eq!(hearing.playing(), Sound::Ringback);
}

#[test]
fn somebody_who_muted_themselves_counts_after_a_second() {
    let mut hearing = on_music();
    hearing.follow(500.0, &[leg(1)], Sound::Music);
    assert!(!hearing.observe(510.0, leg(1), Ear::Closed));
    assert!(hearing.is_muted(leg(1)));
    assert!(!hearing.observe(1509.0, leg(1), Ear::Closed));
    assert_eq!(hearing.playing(), Sound::Music);
    assert!(hearing.observe(1510.0, leg(1), Ear::Closed));
    assert_eq!(hearing.playing(), Sound::Silence);
}

#[test]
fn the_second_counts_from_the_moment_the_seat_names_them() {
    let mut hearing = on_music();
    hearing.follow(0.0, &[leg(1)], Sound::Music);
    assert!(!hearing.observe(5000.0, leg(1), Ear::Closed));
    assert!(!hearing.observe(5900.0, leg(1), Ear::Closed));
    assert!(hearing.observe(6000.0, leg(1), Ear::Closed));
}

#[test]
fn a_mute_in_the_middle_of_a_talk_brings_no_music() {
    let mut hearing = on_music();
    hearing.follow(0.0, &[leg(1)], Sound::Music);
    hearing.observe(10.0, leg(1), open(1));
    hearing.observe(30.0, leg(1), open(5));
    hearing.observe(40.0, leg(1), Ear::Closed);
    assert_eq!(hearing.playing(), Sound::Silence);
}

#[test]
fn somebody_who_vanishes_is_not_waited_for_in_silence() {
    let mut hearing = on_music();
    hearing.follow(0.0, &[leg(1)], Sound::Music);
    hearing.observe(10.0, leg(1), open(1));
    hearing.observe(30.0, leg(1), open(5));
    hearing.observe(40.0, leg(1), Ear::Absent);
    assert_eq!(hearing.playing(), Sound::Music);
}

#[test]
fn three_seconds_without_a_packet_are_a_stall_and_bring_the_music_back() {
    let mut hearing = on_music();
    hearing.follow(0.0, &[leg(1)], Sound::Music);
    hearing.observe(10.0, leg(1), open(1));
    hearing.observe(30.0, leg(1), open(5));
    hearing.observe(3000.0, leg(1), open(5));
    assert!(!hearing.is_stalled(3000.0));
    hearing.observe(3030.0, leg(1), open(5));
    assert!(hearing.is_stalled(3030.0));
    assert_eq!(hearing.playing(), Sound::Music);
    hearing.observe(3060.0, leg(1), open(6));
    assert!(!hearing.is_stalled(3060.0));
    assert_eq!(hearing.playing(), Sound::Music);
    hearing.observe(3120.0, leg(1), open(9));
    assert_eq!(hearing.playing(), Sound::Silence);
}

#[test]
fn who_is_heard_is_reported_once_for_every_change_of_the_seat() {
    let mut hearing = on_music();
    hearing.follow(0.0, &[leg(1), leg(2)], Sound::Music);
    hearing.observe(10.0, leg(2), open(1));
    assert!(hearing.observe(30.0, leg(2), open(5)));
    assert!(!hearing.observe(50.0, leg(2), open(6)));
    hearing.follow(60.0, &[leg(2)], Sound::Music);
    assert_eq!(hearing.playing(), Sound::Silence);
    assert!(hearing.is_waiting());
    assert!(!hearing.observe(70.0, leg(2), open(7)));
    assert!(hearing.observe(130.0, leg(2), open(10)));
    assert!(!hearing.is_waiting());
}

#[test]
fn whoever_was_gone_and_is_back_is_reported_again() {
    let mut hearing = on_music();
    hearing.follow(0.0, &[leg(1)], Sound::Music);
    hearing.observe(10.0, leg(1), open(1));
    assert!(hearing.observe(30.0, leg(1), open(5)));
    assert!(hearing.is_reported(leg(1)));
    hearing.observe(40.0, leg(1), Ear::Absent);
    assert!(!hearing.is_reported(leg(1)));
    assert!(!hearing.observe(500.0, leg(1), open(6)));
    assert!(hearing.is_waiting());
    assert!(hearing.observe(520.0, leg(1), open(10)));
    assert!(hearing.is_reported(leg(1)));
}

#[test]
fn whoever_is_back_with_another_track_before_they_were_missed_is_reported_again() {
    let mut hearing = on_music();
    hearing.follow(0.0, &[leg(1)], Sound::Music);
    hearing.observe(10.0, leg(1), open(1));
    assert!(hearing.observe(30.0, leg(1), open(5)));
    let again = |packets| Ear::Open { track: "TR_b".into(), packets };
    hearing.observe(40.0, leg(1), Ear::Closed);
    assert!(!hearing.observe(500.0, leg(1), again(1)));
    assert!(hearing.observe(520.0, leg(1), again(5)));
}

#[test]
fn a_mute_in_between_is_no_news() {
    let mut hearing = on_music();
    hearing.follow(0.0, &[leg(1)], Sound::Music);
    hearing.observe(10.0, leg(1), open(1));
    assert!(hearing.observe(30.0, leg(1), open(5)));
    hearing.observe(40.0, leg(1), Ear::Closed);
    hearing.observe(500.0, leg(1), open(6));
    assert!(!hearing.observe(520.0, leg(1), open(10)));
    assert!(!hearing.is_waiting());
}

#[test]
fn one_of_two_is_enough_to_end_the_music() {
    let mut hearing = on_music();
    hearing.follow(0.0, &[leg(1), leg(2)], Sound::Music);
    hearing.observe(10.0, leg(1), open(1));
    hearing.observe(30.0, leg(1), open(5));
    assert!(hearing.is_line_open());
    assert_eq!(hearing.playing(), Sound::Silence);
}
