//! What plays to a caller instead of people, and until when: arithmetic only.
//!
//! The same rule as on a caller's page: whatever plays goes on until the next one is there, and somebody with a closed
//! microphone counts as there after a second. Whoever plays here hears nothing, and so goes by open microphones; what they
//! let through reaches the caller a moment later, which is waited for.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use baton_domain::ids::LegId;
use baton_domain::seat::Sound;

use crate::server::ports::participation::Noticed;

/// Time is counted in ticks of this length, and only while somebody is expected.
pub const TICK: Duration = Duration::from_millis(50);

/// An open microphone is heard after so many: 200 ms, the usual time from opening one to the other ear (105 ms, and twice the
/// way there over a distance).
const OPEN_COUNTS_AFTER: u32 = 4;
/// A closed one counts after so many: a second.
const MUTED_COUNTS_AFTER: u32 = 20;

/// Follows who should be there and who is.
#[derive(Debug)]
pub struct StandIn {
    hears: Vec<LegId>,
    otherwise: Sound,
    playing: Sound,
    present: HashMap<LegId, Microphone>,
    /// Those of whom enough was seen.
    settled: HashSet<LegId>,
}

#[derive(Clone, Copy, Debug)]
struct Microphone {
    is_open: bool,
    /// Since it is so, and since they are to be heard.
    ticks: u32,
}

impl Microphone {
    fn counts(self) -> bool {
        self.ticks >= if self.is_open { OPEN_COUNTS_AFTER } else { MUTED_COUNTS_AFTER }
    }
}

impl Default for StandIn {
    fn default() -> Self {
        Self {
            hears: Vec::new(),
            otherwise: Sound::Silence,
            playing: Sound::Silence,
            present: HashMap::new(),
            settled: HashSet::new(),
        }
    }
}

impl StandIn {
    /// The seat names who is to be heard, and what plays when nobody is.
    pub fn follow(&mut self, hears: &[LegId], otherwise: Sound) {
        for new in hears.iter().filter(|leg| !self.hears.contains(leg)) {
            if let Some(microphone) = self.present.get_mut(new) {
                microphone.ticks = 0;
            }
        }
        self.settled.retain(|leg| hears.contains(leg));
        self.hears = hears.to_vec();
        self.otherwise = otherwise;
        self.choose();
    }

    /// Something was noticed of somebody in the room.
    pub fn notice(&mut self, noticed: &Noticed) {
        let (Noticed::Sound(identity)
        | Noticed::NotMuted(identity)
        | Noticed::Muted(identity)
        | Noticed::Gone(identity)) = noticed;
        let Ok(leg) = identity.parse::<LegId>() else { return };
        match noticed {
            Noticed::Gone(_) => {
                self.present.remove(&leg);
                self.settled.remove(&leg);
            }
            Noticed::Muted(_) => self.is_so(leg, false),
            Noticed::NotMuted(_) | Noticed::Sound(_) => self.is_so(leg, true),
        }
        self.choose();
    }

    /// A tick has passed. Gives who counts as heard from now on.
    pub fn tick(&mut self) -> Vec<LegId> {
        for leg in &self.hears {
            if let Some(microphone) = self.present.get_mut(leg) {
                microphone.ticks = microphone.ticks.saturating_add(1);
            }
        }
        let present = &self.present;
        let is_new = |leg: &&LegId| present.get(leg).is_some_and(|it| it.counts()) && !self.settled.contains(leg);
        let news: Vec<LegId> = self.hears.iter().filter(is_new).copied().collect();
        self.settled.extend(&news);
        self.choose();
        news
    }

    /// Whether somebody is there who does not count yet.
    pub fn is_waiting(&self) -> bool {
        self.hears.iter().any(|leg| self.present.contains_key(leg) && !self.settled.contains(leg))
    }

    /// Who counts as heard.
    pub fn heard(&self) -> Vec<LegId> {
        self.hears.iter().filter(|leg| self.settled.contains(leg)).copied().collect()
    }

    /// What plays now.
    pub fn playing(&self) -> Sound {
        self.playing
    }

    fn is_so(&mut self, leg: LegId, is_open: bool) {
        let microphone = self.present.entry(leg).or_insert(Microphone { is_open, ticks: 0 });
        if microphone.is_open != is_open {
            *microphone = Microphone { is_open, ticks: 0 };
        }
    }

    /// Make before break: whatever plays goes on until somebody counts.
    fn choose(&mut self) {
        let is_line_open = !self.settled.is_empty();
        self.playing = match (self.hears.is_empty(), is_line_open, self.playing) {
            (false, true, _) => Sound::Silence,
            (true, ..) | (false, false, Sound::Silence) => self.otherwise,
            (false, false, playing) => playing,
        };
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    const BOB: LegId = LegId(Uuid::from_u128(1));

    fn of(leg: LegId, what: fn(std::sync::Arc<str>) -> Noticed) -> Noticed {
        what(leg.to_string().into())
    }

    /// How many ticks pass until nothing plays, 99 at most.
    fn ticks_until_silence(stand_in: &mut StandIn) -> usize {
        (0..99)
            .find(|_| {
                stand_in.tick();
                stand_in.playing() == Sound::Silence
            })
            .map_or(99, |before| before + 1)
    }

    #[test]
    fn music_begins_at_once_and_ends_when_the_next_one_is_there() {
        let mut stand_in = StandIn::default();
        assert_eq!(stand_in.playing(), Sound::Silence);
        stand_in.notice(&of(BOB, Noticed::Muted));
        stand_in.follow(&[], Sound::Music);
        assert_eq!((stand_in.playing(), stand_in.is_waiting()), (Sound::Music, false));
        stand_in.follow(&[BOB], Sound::Music);
        assert!(stand_in.is_waiting());
        stand_in.tick();
        stand_in.notice(&of(BOB, Noticed::NotMuted));
        assert_eq!(stand_in.playing(), Sound::Music, "not heard yet");
        assert_eq!(ticks_until_silence(&mut stand_in), 4);
        assert!(!stand_in.is_waiting());
        assert_eq!(stand_in.tick(), [], "told once");
    }

    #[test]
    fn somebody_with_a_closed_microphone_counts_after_a_second() {
        let mut stand_in = StandIn::default();
        stand_in.follow(&[], Sound::Music);
        stand_in.notice(&of(BOB, Noticed::Muted));
        stand_in.tick();
        stand_in.follow(&[BOB], Sound::Music);
        assert_eq!(ticks_until_silence(&mut stand_in), 20);
        stand_in.notice(&of(BOB, Noticed::NotMuted));
        stand_in.notice(&of(BOB, Noticed::Muted));
        assert_eq!(stand_in.playing(), Sound::Silence, "a person's own mute is no hold");
    }

    #[test]
    fn whoever_is_gone_is_waited_for_with_music_and_reported_again() {
        let mut stand_in = StandIn::default();
        stand_in.notice(&of(BOB, Noticed::NotMuted));
        stand_in.follow(&[BOB], Sound::Music);
        assert_eq!(ticks_until_silence(&mut stand_in), 4);
        stand_in.notice(&of(BOB, Noticed::Gone));
        assert_eq!(stand_in.playing(), Sound::Music);
        stand_in.notice(&of(BOB, Noticed::NotMuted));
        let reported: Vec<LegId> = (0..9).flat_map(|_| stand_in.tick()).collect();
        assert_eq!(reported, [BOB]);
    }

    #[test]
    fn nobody_ends_the_music_whom_the_seat_does_not_name() {
        let mut stand_in = StandIn::default();
        stand_in.follow(&[], Sound::Music);
        stand_in.notice(&of(BOB, Noticed::NotMuted));
        stand_in.notice(&Noticed::NotMuted("somebody".into()));
        assert_eq!(ticks_until_silence(&mut stand_in), 99);
    }

    #[test]
    fn ringing_becomes_music_only_when_nobody_is_to_be_heard() {
        let mut stand_in = StandIn::default();
        stand_in.follow(&[], Sound::Ringback);
        stand_in.follow(&[BOB], Sound::Music);
        assert_eq!(stand_in.playing(), Sound::Ringback, "it rings until the agent is there");
        stand_in.follow(&[], Sound::Music);
        assert_eq!(stand_in.playing(), Sound::Music);
    }
}
