//! Who is really heard, and what plays until then: arithmetic only.
//!
//! Music ends when the next voice is *heard*: its track is subscribed and open, and packets arrive. Loudness does not
//! count, or somebody who thinks before speaking would leave the music on.

use baton_domain::ids::LegId;
use baton_domain::seat::Sound;

/// Somebody who is there with a closed microphone counts as heard after this long, or the music would never end.
pub const MUTED_COUNTS_AFTER_MS: f64 = 1000.0;
/// So many packets of 20 ms must have arrived: the first ones fill the browser's buffer and are not heard yet.
const HEARD_AFTER_PACKETS: u64 = 4;
/// Whoever gives way to music is heard on while it fades in: a browser takes up to 30 ms until what it was told to play
/// sounds.
const GIVES_WAY_MS: f64 = 100.0;
/// An open microphone that nothing arrives from for this long is reported as a lost connection.
pub const STALLED_AFTER_MS: f64 = 3000.0;

/// What is known of somebody at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ear {
    /// They are in none of the rooms.
    Absent,
    /// They are there, without an open microphone.
    Closed,
    /// Their microphone is open; so many packets of this track have arrived.
    Open {
        /// The publication.
        track: String,
        /// Packets since it was subscribed to.
        packets: u64,
    },
}

/// Follows who should be heard and who is.
#[derive(Clone, Debug, PartialEq)]
pub struct Hearing {
    voices: Vec<Voice>,
    /// Who is heard on, and until when.
    giving_way: Vec<LegId>,
    gone_at: f64,
    otherwise: Sound,
    playing: Sound,
}

#[derive(Clone, Debug, PartialEq)]
struct Voice {
    leg: LegId,
    named_at: f64,
    closed_since: Option<f64>,
    arriving: Option<Arriving>,
    /// Music need not play because of them.
    settled: bool,
    reported: bool,
}

#[derive(Clone, Debug, PartialEq)]
struct Arriving {
    track: String,
    /// How many had arrived when counting began.
    counted_from: u64,
    packets: u64,
    grew_at: f64,
}

impl Default for Hearing {
    fn default() -> Self {
        Self {
            voices: Vec::new(),
            giving_way: Vec::new(),
            gone_at: 0.0,
            otherwise: Sound::Silence,
            playing: Sound::Silence,
        }
    }
}

impl Hearing {
    /// The seat names who is to be heard, and what plays when nobody is.
    pub fn follow(&mut self, now: f64, hears: &[LegId], otherwise: Sound) {
        self.otherwise = otherwise;
        let (before, was_playing) = (std::mem::take(&mut self.voices), self.playing);
        self.voices = hears
            .iter()
            .map(|&leg| match before.iter().find(|voice| voice.leg == leg) {
                Some(known) => known.counted_anew(),
                None => Voice::new(leg, now),
            })
            .collect();
        self.choose();
        let begins = was_playing == Sound::Silence && self.playing != Sound::Silence;
        self.giving_way = before.into_iter().filter(|voice| begins && voice.settled).map(|voice| voice.leg).collect();
        self.gone_at = now + GIVES_WAY_MS;
    }

    /// There is no seat any more: nothing plays.
    pub fn end(&mut self) {
        *self = Self::default();
    }

    /// What was found out about somebody. Says whether they are heard, for the first time since the seat changed.
    pub fn observe(&mut self, now: f64, leg: LegId, ear: Ear) -> bool {
        let Some(voice) = self.voices.iter_mut().find(|voice| voice.leg == leg) else { return false };
        let is_heard = voice.observe(now, ear);
        let is_news = is_heard && !voice.reported;
        voice.reported |= is_heard;
        self.choose();
        is_news
    }

    /// Who is to be heard.
    pub fn voices(&self) -> impl Iterator<Item = LegId> {
        self.voices.iter().map(|voice| voice.leg)
    }

    /// Who is heard: whoever is to be, and whoever gives way to what begins to play.
    pub fn audible(&mut self, now: f64) -> Vec<LegId> {
        if now >= self.gone_at {
            self.giving_way.clear();
        }
        self.voices().chain(self.giving_way.iter().copied()).collect()
    }

    /// What plays now.
    pub fn playing(&self) -> Sound {
        self.playing
    }

    /// Whether somebody is there who is not heard yet, or about to be heard no more, so that looking often is worth it.
    pub fn is_waiting(&self) -> bool {
        !self.giving_way.is_empty()
            || self
                .voices
                .iter()
                .any(|voice| !voice.reported && (voice.arriving.is_some() || voice.closed_since.is_some()))
    }

    /// Whether somebody is on the line, be it in a pause between two sentences.
    pub fn is_line_open(&self) -> bool {
        self.voices.iter().any(|voice| voice.settled)
    }

    /// Whether somebody who should be heard has stopped to arrive.
    pub fn is_stalled(&self, now: f64) -> bool {
        self.voices.iter().any(|voice| voice.arriving.as_ref().is_some_and(|arriving| arriving.is_stalled(now)))
    }

    /// Whether `leg` is there and has no open microphone.
    pub fn is_muted(&self, leg: LegId) -> bool {
        self.voices.iter().any(|voice| voice.leg == leg && voice.closed_since.is_some())
    }

    /// Make before break: whatever plays goes on until somebody is heard.
    fn choose(&mut self) {
        self.playing = if self.voices.is_empty() {
            self.otherwise
        } else if self.is_line_open() {
            Sound::Silence
        } else if self.playing == Sound::Silence {
            self.otherwise
        } else {
            self.playing
        };
    }
}

impl Voice {
    fn new(leg: LegId, now: f64) -> Self {
        Self { leg, named_at: now, closed_since: None, arriving: None, settled: false, reported: false }
    }

    /// Says whether they are heard at this very moment.
    fn observe(&mut self, now: f64, ear: Ear) -> bool {
        match ear {
            Ear::Absent => {
                self.closed_since = None;
                self.arriving = None;
                self.settled = false;
                false
            }
            Ear::Closed => {
                self.arriving = None;
                let since = self.closed_since.get_or_insert(now).max(self.named_at);
                let counts = now - since >= MUTED_COUNTS_AFTER_MS;
                self.settled |= counts;
                counts
            }
            Ear::Open { track, packets } => {
                self.closed_since = None;
                self.arrive(now, track, packets)
            }
        }
    }

    fn arrive(&mut self, now: f64, track: String, packets: u64) -> bool {
        let arriving = match self.arriving.take().filter(|known| known.track == track) {
            Some(known) if packets > known.packets => {
                let counted_from = if known.is_stalled(now) { known.packets } else { known.counted_from };
                Arriving { track, counted_from, packets, grew_at: now }
            }
            Some(known) => known,
            None => Arriving { track, counted_from: packets, packets, grew_at: now },
        };
        let is_stalled = arriving.is_stalled(now);
        let is_heard = !is_stalled && arriving.packets >= arriving.counted_from + HEARD_AFTER_PACKETS;
        self.settled = is_heard || (self.settled && !is_stalled);
        self.arriving = Some(arriving);
        is_heard
    }

    /// The same voice for a new seat, which wants to know afresh whether it is heard.
    fn counted_anew(&self) -> Self {
        let mut voice = Self { reported: false, ..self.clone() };
        if let Some(arriving) = &mut voice.arriving {
            arriving.counted_from = arriving.packets;
        }
        voice
    }
}

impl Arriving {
    fn is_stalled(&self, now: f64) -> bool {
        now - self.grew_at >= STALLED_AFTER_MS
    }
}

#[cfg(test)]
mod tests {
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
    fn one_of_two_is_enough_to_end_the_music() {
        let mut hearing = on_music();
        hearing.follow(0.0, &[leg(1), leg(2)], Sound::Music);
        hearing.observe(10.0, leg(1), open(1));
        hearing.observe(30.0, leg(1), open(5));
        assert!(hearing.is_line_open());
        assert_eq!(hearing.playing(), Sound::Silence);
    }
}
