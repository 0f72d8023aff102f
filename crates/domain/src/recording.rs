//! Recordings: what the desk knows of the files, not their sound.

use serde::{Deserialize, Serialize};

use crate::call::RoomKind;
use crate::ids::{CallId, LegId, RecordingId, TransferId};
use crate::seat::RoomName;
use crate::time::{Span, Timestamp};
use crate::transcript::Speaker;

/// One file: what one party said in one room, from when they were first heard there to the end of the room, with silence
/// wherever nothing of them was to be kept. After a restart of the server a leg goes on in another file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recording {
    /// Which.
    pub id: RecordingId,
    /// Of which call.
    pub call: CallId,
    /// Whose leg.
    pub leg: LegId,
    /// Who that is.
    pub speaker: Speaker,
    /// In which room.
    pub room: RoomKind,
    /// Of which transfer's consult it is. Nothing, too, for consults from before this was kept.
    #[serde(default)]
    pub transfer: Option<TransferId>,
    /// When its first sample was spoken.
    pub started_at: Timestamp,
    /// How long it is; not known while it is made.
    pub duration: Span,
    /// How large the file is; not known while it is made.
    pub bytes: u64,
    /// Where its sound is.
    pub state: RecordingState,
    /// What is drawn of it.
    pub activity: Activity,
}

impl Recording {
    /// A recording that begins.
    pub fn begun(id: RecordingId, of: RecordedLeg, started_at: Timestamp) -> Self {
        let RecordedLeg { call, leg, speaker, room } = of;
        let transfer = match room {
            RoomName::Call(_) => None,
            RoomName::Consult(transfer) => Some(transfer),
        };
        Self {
            id,
            call,
            leg,
            speaker,
            room: room.kind(),
            transfer,
            started_at,
            duration: Span::default(),
            bytes: 0,
            state: RecordingState::Recording,
            activity: Activity::default(),
        }
    }

    /// When its last sample was spoken.
    pub fn ended_at(&self) -> Timestamp {
        self.started_at.plus(self.duration)
    }

    /// Whether it can be listened to.
    pub fn is_playable(&self) -> bool {
        matches!(self.state, RecordingState::Waiting | RecordingState::Stored)
    }
}

/// Who is recorded where.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RecordedLeg {
    /// In which call.
    pub call: CallId,
    /// By which leg.
    pub leg: LegId,
    /// Who that is.
    pub speaker: Speaker,
    /// In which room.
    pub room: RoomName,
}

/// Where the sound of a recording is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RecordingState {
    /// It is being made, in the spool of the server that hears it.
    Recording,
    /// It is whole, and waits in the spool for the storage.
    Waiting,
    /// It is in the storage.
    Stored,
    /// Nobody gets it any more, and its sound is being removed.
    Deleted,
}

impl RecordingState {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Recording, Self::Waiting, Self::Stored, Self::Deleted];

    /// The word that is stored and told.
    pub fn name(self) -> &'static str {
        match self {
            Self::Recording => "recording",
            Self::Waiting => "waiting",
            Self::Stored => "stored",
            Self::Deleted => "deleted",
        }
    }
}

/// How much there was to hear in each step of a recording, from 0 to 255. It is read off the sizes of the packets, which
/// the speaker's encoder makes smaller the less there is to say of a sound: what is drawn from it shows who spoke when, and
/// does not claim to show how loud.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Activity {
    /// How long a step is.
    pub step: Span,
    /// One for each step.
    pub levels: Vec<u8>,
}

impl Activity {
    /// The most steps that are kept: more than a screen has columns.
    pub const MOST_STEPS: usize = 2_000;
    /// The shortest step: shorter than a syllable.
    pub const SHORTEST_STEP: Span = Span(100);

    /// The step for something of this length.
    pub fn step_for(duration: Span) -> Span {
        let most = i64::try_from(Self::MOST_STEPS).unwrap_or(i64::MAX);
        Span(Self::SHORTEST_STEP.0.max(duration.0 / most + 1))
    }

    /// The most there was to hear between two moments, counted from the beginning of the recording.
    pub fn between(&self, from: Span, to: Span) -> u8 {
        let index = |moment: i64| usize::try_from(moment.max(0)).unwrap_or(usize::MAX);
        if self.step.0 <= 0 || to.0 <= from.0 || to.0 <= 0 {
            return 0;
        }
        let first = index(from.0 / self.step.0);
        let last = index((to.0 - 1) / self.step.0);
        self.levels.iter().take(last.saturating_add(1)).skip(first).copied().max().unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_have_the_names_that_serde_writes() {
        for state in RecordingState::ALL {
            assert_eq!(serde_json::to_string(&state).ok(), Some(format!("\"{}\"", state.name())));
        }
    }

    #[test]
    fn an_hour_has_no_more_steps_than_are_drawn() {
        for duration in [Span(0), Span(1), Span::seconds(60), Span::seconds(200), Span::seconds(3600), Span(86_399_999)]
        {
            let step = Activity::step_for(duration);
            assert!(step >= Activity::SHORTEST_STEP);
            assert!(duration.0 / step.0 < 2_000, "{duration:?}");
        }
    }

    #[test]
    fn a_column_shows_the_most_of_its_steps() {
        let activity = Activity { step: Span(100), levels: vec![0, 10, 200, 30] };
        assert_eq!(activity.between(Span(0), Span(100)), 0);
        assert_eq!(activity.between(Span(100), Span(300)), 200);
        assert_eq!(activity.between(Span(150), Span(160)), 10);
        assert_eq!(activity.between(Span(-500), Span(50)), 0);
        assert_eq!(activity.between(Span(-500), Span(201)), 200);
        assert_eq!(activity.between(Span(300), Span(9_000)), 30);
        assert_eq!(activity.between(Span(9_000), Span(9_100)), 0);
        assert_eq!(Activity::default().between(Span(0), Span(100)), 0);
    }
}
