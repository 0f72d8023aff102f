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
    is_cut_off: bool,
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
    /// Over which track they were heard last.
    heard_over: Option<String>,
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
            is_cut_off: false,
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
        *self = Self { is_cut_off: self.is_cut_off, ..Self::default() };
    }

    /// The server's word stays away, or is back. While it stays away, everybody's closed microphone counts as a hold that this page
    /// was not told of: music plays, and ends with the word or with a voice.
    pub fn cut_off(&mut self, is_cut_off: bool) {
        self.is_cut_off = is_cut_off;
        self.choose();
    }

    /// What was found out about somebody. Says whether they are heard, for the first time since the seat changed or since they
    /// came back.
    pub fn observe(&mut self, now: f64, leg: LegId, ear: Ear) -> bool {
        let Some(voice) = self.voices.iter_mut().find(|voice| voice.leg == leg) else { return false };
        let is_heard = voice.observe(now, ear);
        let is_news = is_heard && !voice.reported;
        voice.reported |= is_heard;
        self.choose();
        is_news
    }

    /// Whether `leg` was heard, and it is so still: the seat is the same, and they have not gone meanwhile.
    pub fn is_reported(&self, leg: LegId) -> bool {
        self.voices.iter().any(|voice| voice.leg == leg && voice.reported)
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

    fn is_left_alone(&self) -> bool {
        let is_gone = |voice: &Voice| voice.arriving.is_none();
        self.voices.iter().all(is_gone) && self.voices.iter().any(|voice| voice.closed_since.is_some())
    }

    /// Make before break: whatever plays goes on until somebody is heard.
    fn choose(&mut self) {
        self.playing = if self.voices.is_empty() {
            self.otherwise
        } else if self.is_cut_off && self.is_left_alone() {
            Sound::Music
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
        Self {
            leg,
            named_at: now,
            closed_since: None,
            arriving: None,
            settled: false,
            reported: false,
            heard_over: None,
        }
    }

    /// Says whether they are heard at this very moment.
    fn observe(&mut self, now: f64, ear: Ear) -> bool {
        match ear {
            Ear::Absent => {
                self.closed_since = None;
                self.arriving = None;
                self.settled = false;
                // The server forgets what was heard over a connection that is gone, so it is said again over the next one. If
                // they were only negotiated anew, the server hears twice what changes nothing.
                self.reported = false;
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
            None => {
                // Whoever reconnects in full may be back, with another track, before anybody has seen them gone.
                self.reported &= self.heard_over.as_ref() == Some(&track);
                Arriving { track, counted_from: packets, packets, grew_at: now }
            }
        };
        let is_stalled = arriving.is_stalled(now);
        let is_heard = !is_stalled && arriving.packets >= arriving.counted_from + HEARD_AFTER_PACKETS;
        if is_heard {
            self.heard_over = Some(arriving.track.clone());
        }
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
#[path = "hearing_tests.rs"]
mod tests;
