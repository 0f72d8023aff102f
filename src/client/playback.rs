//! The recordings of a call as one thing to listen to: which file plays when, and what is drawn of it. All of it is worked
//! out without a browser.

use baton_domain::ids::CallId;
use baton_domain::recording::Recording;
use baton_domain::time::{Span, Timestamp};
use baton_domain::transcript::Speaker;
use leptos::prelude::*;

/// What a player does, for the screen.
#[derive(Clone, Copy, Debug)]
pub struct PlayerState {
    /// Where it is.
    pub position: RwSignal<Span>,
    /// Whether it plays, or would if the sound were there.
    pub is_playing: RwSignal<bool>,
    /// Whether it waits for sound.
    pub is_waiting: RwSignal<bool>,
    /// Whether a file could not be played.
    pub has_failed: RwSignal<bool>,
}

impl PlayerState {
    /// At the beginning.
    pub fn at_start() -> Self {
        Self {
            position: RwSignal::new(Span::default()),
            is_playing: RwSignal::new(false),
            is_waiting: RwSignal::new(false),
            has_failed: RwSignal::new(false),
        }
    }
}

/// One file of the mix.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// What it is.
    pub recording: Recording,
    /// When it begins in the mix.
    pub offset: Span,
}

impl Part {
    /// The place in this file at a position of the mix; `None` when it does not play there.
    pub fn place(&self, position: Span) -> Option<Span> {
        let place = Span(position.0 - self.offset.0);
        (place.0 >= 0 && place < self.recording.duration).then_some(place)
    }
}

/// All files of a call, at their offsets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mix {
    /// Its files, in the order in which they begin.
    pub parts: Vec<Part>,
    /// When its first sample was spoken.
    pub began_at: Timestamp,
    /// How long it is.
    pub duration: Span,
}

impl Mix {
    /// The mix of a call's recordings; `None` when there is nothing to listen to.
    pub fn of(recordings: Vec<Recording>) -> Option<Self> {
        let began_at = recordings.iter().map(|recording| recording.started_at).min()?;
        let ended_at = recordings.iter().map(Recording::ended_at).max()?;
        let part = |recording: Recording| Part { offset: recording.started_at.since(began_at), recording };
        let parts = recordings.into_iter().map(part).collect();
        Some(Self { parts, began_at, duration: ended_at.since(began_at) }).filter(|mix| mix.duration.0 > 0)
    }

    /// Whether it is of this call.
    pub fn is_of(&self, call: CallId) -> bool {
        self.parts.iter().all(|part| part.recording.call == call)
    }

    /// The position of a moment, held within the mix.
    pub fn position_of(&self, moment: Timestamp) -> Span {
        moment.since(self.began_at).min(self.duration)
    }

    /// Whether something was recorded at or around a moment.
    pub fn covers(&self, moment: Timestamp) -> bool {
        moment >= self.began_at && moment.since(self.began_at) < self.duration
    }

    /// How much there was to hear of the caller, and of the agents, in each of `count` columns.
    pub fn columns(&self, count: u32) -> Vec<(u8, u8)> {
        let (width, count) = (self.duration.0, i64::from(count.max(1)));
        let column = |index: i64| {
            let (from, to) = (Span(width * index / count), Span(width * (index + 1) / count));
            (self.most(from, to, Speaker::is_caller), self.most(from, to, |speaker| !speaker.is_caller()))
        };
        (0..count).map(column).collect()
    }

    fn most(&self, from: Span, to: Span, whose: impl Fn(&Speaker) -> bool) -> u8 {
        let within = |part: &Part| {
            let place = |moment: Span| Span(moment.0 - part.offset.0);
            part.recording.activity.between(place(from), place(to))
        };
        let theirs = self.parts.iter().filter(|part| whose(&part.recording.speaker));
        theirs.map(within).max().unwrap_or(0)
    }
}

/// How a waveform is drawn: bars in a box of `count` × 100, the caller's above the middle and the agents' below it.
pub fn outline(columns: &[(u8, u8)]) -> String {
    let height = |level: u8| u32::from(level) * 48 / 255;
    let bars = columns.iter().enumerate().filter(|(_, levels)| **levels != (0, 0)).map(|(index, &(above, below))| {
        let (top, bottom) = (50 - height(above), 50 + height(below));
        format!("M{index}.5 {top}V{bottom}")
    });
    bars.collect()
}

#[cfg(test)]
mod tests {
    use baton_domain::ids::{LegId, RecordingId};
    use baton_domain::recording::{Activity, RecordedLeg, RecordingState};
    use baton_domain::seat::RoomName;
    use uuid::Uuid;

    use super::*;

    fn playable(started_at: i64, levels: &[u8], speaker: Speaker) -> Recording {
        let id = Uuid::from_u128(1);
        let call = CallId(id);
        let leg = RecordedLeg { call, leg: LegId(id), speaker, room: RoomName::Call(call) };
        Recording {
            duration: Span(100 * i64::try_from(levels.len()).expect("few")),
            activity: Activity { step: Span(100), levels: levels.to_vec() },
            state: RecordingState::Stored,
            ..Recording::begun(RecordingId(id), leg, Timestamp(started_at))
        }
    }

    fn alice() -> Speaker {
        Speaker::Agent("alice".parse().expect("a handle"))
    }

    fn mix() -> Mix {
        let caller = playable(1_000, &[255, 0, 0, 51], Speaker::Caller);
        let agent = playable(1_200, &[0, 255, 255, 255], alice());
        Mix::of(vec![caller, agent]).expect("something to listen to")
    }

    #[test]
    fn a_mix_lasts_from_the_first_sample_to_the_last() {
        let mix = mix();
        assert_eq!((mix.began_at, mix.duration), (Timestamp(1_000), Span(600)));
        assert_eq!(mix.parts.iter().map(|part| part.offset).collect::<Vec<_>>(), [Span(0), Span(200)]);
        assert_eq!(Mix::of(Vec::new()), None);
        assert_eq!(Mix::of(vec![playable(0, &[], alice())]), None);
    }

    #[test]
    fn each_file_plays_in_its_own_time() {
        let mix = mix();
        let places = |position: i64| mix.parts.iter().map(|part| part.place(Span(position))).collect::<Vec<_>>();
        assert_eq!(places(0), [Some(Span(0)), None]);
        assert_eq!(places(200), [Some(Span(200)), Some(Span(0))]);
        assert_eq!(places(400), [None, Some(Span(200))]);
        assert_eq!(places(600), [None, None]);
    }

    #[test]
    fn a_line_is_found_by_the_time_on_the_wall() {
        let mix = mix();
        assert_eq!(mix.position_of(Timestamp(1_350)), Span(350));
        assert_eq!(mix.position_of(Timestamp(0)), Span(0));
        assert_eq!(mix.position_of(Timestamp(9_999)), Span(600));
        assert_eq!([999, 1_000, 1_599, 1_600].map(|at| mix.covers(Timestamp(at))), [false, true, true, false]);
    }

    #[test]
    fn a_waveform_has_the_caller_above_and_the_agents_below() {
        let columns = mix().columns(6);
        assert_eq!(columns, [(255, 0), (0, 0), (0, 0), (51, 255), (0, 255), (0, 255)]);
        assert_eq!(outline(&columns[..4]), "M0.5 2V50M3.5 41V98");
    }
}
