//! What was said: lines that arrive from outside, those that are heard, and the demo's sample conversation.

mod live;
mod open_lines;
mod recognised;
mod sampling;
mod settling;

use std::collections::BTreeSet;

use baton_domain::ids::{AgentId, CallId, SegmentId};
use baton_domain::listening::Consent;
use baton_domain::machine::Refusal;
use baton_domain::seat::RoomName;
use baton_domain::time::Timestamp;
use baton_domain::transcript::{MAX_SEGMENTS, Segment, SegmentText, Speaker};
use serde::Serialize;

pub use live::{SpokenLine, consults_of};
pub use open_lines::OpenLines;
pub use sampling::Samples;

use super::idempotency::Key;
use crate::server::error::ServiceError;
use crate::server::hub::Wake;
use crate::server::permissions::{Action, Who, may};
use crate::server::random;
use crate::server::state::App;
use crate::server::store::events::actor_name;
use crate::server::store::{StoreError, agents, calls, segments};

/// How many lines one request may bring.
const MAX_LINES_AT_ONCE: usize = 200;

/// Transcripts.
pub struct Transcripts<'a>(pub(crate) &'a App);

/// A line as it comes in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NewLine {
    /// Who said it.
    pub speaker: Speaker,
    /// What.
    pub text: String,
    /// When; now, if not said.
    pub started_at: Option<Timestamp>,
}

impl Transcripts<'_> {
    /// All lines of a call, in order.
    pub async fn of_call(&self, call: CallId) -> Result<Vec<Segment>, ServiceError> {
        let mut db = self.0.store.read().await?;
        let mut lines = segments::lines_of(&mut db, RoomName::Call(call)).await?;
        self.0.open_lines.bring_up(RoomName::Call(call), &mut lines);
        Ok(lines)
    }

    /// Adds lines to a call that is going on. The same key a second time gives the lines of the first.
    pub async fn append(
        &self,
        who: &Who,
        call: CallId,
        key: Option<String>,
        lines: Vec<NewLine>,
    ) -> Result<Vec<Segment>, ServiceError> {
        if !may(who, Action::WriteTranscript) {
            return Err(ServiceError::NotAllowed);
        }
        if lines.is_empty() || lines.len() > MAX_LINES_AT_ONCE {
            return Err(ServiceError::Invalid(format!("Send between 1 and {MAX_LINES_AT_ONCE} lines at once.")));
        }
        let actor = who.actor().map(|actor| actor_name(&actor)).ok_or(ServiceError::NotSignedIn)?;
        let key = key.map(|key| Key::new(key, call, &lines)).transpose()?.map(|key| (actor, key));
        self.check_speakers(&lines).await?;
        let written = self.write(call, key, lines).await;
        self.0.with_standing(call, None, written).await
    }

    /// A line by somebody who is no agent would be nobody's for ever.
    async fn check_speakers(&self, lines: &[NewLine]) -> Result<(), ServiceError> {
        let mut db = self.0.store.read().await?;
        let speakers: BTreeSet<&AgentId> = lines.iter().filter_map(|line| line.speaker.agent()).collect();
        for id in speakers {
            if agents::find(&mut db, id).await?.is_none() {
                return Err(ServiceError::Invalid(format!("There is no agent \"{id}\" who could have said a line.")));
            }
        }
        Ok(())
    }

    /// `key` is who asks and what makes a repetition known.
    async fn write(
        &self,
        call: CallId,
        key: Option<(String, Key)>,
        lines: Vec<NewLine>,
    ) -> Result<Vec<Segment>, ServiceError> {
        let mut tx = self.0.store.begin().await?;
        if let Some((actor, key)) = &key
            && let Some(before) = key.answer(&mut tx, actor).await?
        {
            let numbers: Vec<u32> = serde_json::from_str(&before).map_err(StoreError::Value)?;
            let mut written = segments::lines_of(&mut tx, RoomName::Call(call)).await?;
            written.retain(|segment| numbers.contains(&segment.number));
            return Ok(written);
        }
        let found = calls::find(&mut tx, call).await?.ok_or(ServiceError::NotFound("call"))?;
        if found.is_ended() {
            return Err(Refusal::CallEnded.into());
        }
        if found.listening.consent == Consent::Refused {
            return Err(Refusal::ListeningRefused.into());
        }
        if found.listening.recording_paused {
            return Err(Refusal::RecordingPaused.into());
        }
        let known = segments::lines_of(&mut tx, RoomName::Call(call)).await?;
        if known.len() + lines.len() > MAX_SEGMENTS {
            return Err(ServiceError::Invalid(format!("A transcript has at most {MAX_SEGMENTS} lines.")));
        }
        let first = known.last().map_or(1, |last| last.number + 1);
        let mut written = Vec::with_capacity(lines.len());
        for (number, line) in (first..).zip(lines) {
            let segment = Segment {
                id: SegmentId(random::id()),
                number,
                speaker: line.speaker,
                text: SegmentText::new(&line.text).map_err(|error| ServiceError::invalid(&error))?,
                started_at: line.started_at.unwrap_or_else(|| self.0.clock.now()),
                ended_at: None,
                is_final: true,
            };
            segments::put(&mut tx, RoomName::Call(call), &segment).await?;
            written.push(segment);
        }
        if let Some((actor, key)) = &key {
            let numbers: Vec<u32> = written.iter().map(|segment| segment.number).collect();
            let answer = serde_json::to_string(&numbers).map_err(StoreError::Value)?;
            key.remember(&mut tx, actor, &answer, self.0.clock.now()).await?;
        }
        tx.commit().await.map_err(StoreError::from)?;
        for segment in &written {
            self.0.hub.wake(Wake::Said(call, Box::new(segment.clone())));
        }
        Ok(written)
    }

    /// Adds a line of somebody whom the server itself plays. What they say while the recording is paused is said, and left out.
    pub async fn said(&self, call: CallId, line: NewLine) -> Result<(), ServiceError> {
        match self.write(call, None, vec![line]).await {
            Err(ServiceError::Refused(Refusal::RecordingPaused, _)) => Ok(()),
            written => written.map(drop),
        }
    }
}
