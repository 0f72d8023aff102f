//! What a party's own browser hears of its own microphone, where no server listens. A page can only speak as whoever sits at it, only
//! where they are heard by somebody, and no faster than anybody speaks.

use baton_domain::browser_speech::{BrowserSpeech, RecognisedLine};
use baton_domain::call::Call;
use baton_domain::ids::{CallId, LegId};
use baton_domain::listening::transcribed_in;
use baton_domain::machine::Refusal;
use baton_domain::seat::RoomName;
use baton_domain::transcript::Speaker;

use super::Transcripts;
use super::live::{HeardBy, SpokenLine};
use crate::server::error::ServiceError;
use crate::server::permissions::Who;
use crate::server::store::transfers;

impl Transcripts<'_> {
    /// Whether the caller's page shall let its browser recognise what they say at this moment.
    pub(in crate::server::services) fn by_callers_browser(&self, call: &Call) -> Option<BrowserSpeech> {
        let speech = self.0.config.transcription.browser_speech();
        speech.filter(|_| transcribed_in(call, call.caller.leg).is_some())
    }

    /// Takes a line as the asker's browser hears it. What was begun while it was allowed may be ended later; whatever else comes
    /// too late, because its page did not know yet of a hold or a refusal, is dropped.
    pub async fn recognised(&self, who: &Who, line: RecognisedLine) -> Result<(), ServiceError> {
        if self.0.config.transcription.browser_speech().is_none() {
            return Err(ServiceError::NotAllowed);
        }
        let (call, room) = self.room(&line.room).await?;
        let found = self.0.calls().find(call).await?;
        let speaker = speaker(who, call).ok_or(ServiceError::NotAllowed)?;
        self.0.limits.speech.check(&(call, speaker.clone()))?;
        let begun = self.line(room, line.id).await?;
        if begun.as_ref().is_some_and(|begun| begun.speaker != speaker) {
            return Err(ServiceError::NotAllowed);
        }
        // Also of somebody who has left since, as an agent does who hands over.
        let ends = begun.is_some() && line.is_final;
        if !ends {
            let leg = leg(&found, &speaker).ok_or(Refusal::NotYourCall)?;
            if transcribed_in(&found, leg) != Some(room) {
                return Ok(());
            }
        }
        // The clock is ours: a browser's may be wrong by hours. When a line ended whose end comes late, nobody knows.
        let now = self.0.clock.now();
        let is_late = begun.as_ref().is_some_and(|begun| begun.is_final);
        let spoken = SpokenLine {
            call,
            room,
            id: line.id,
            speaker,
            text: line.text,
            started_at: begun.map_or(now, |begun| begun.started_at),
            ended_at: (line.is_final && !is_late).then_some(now),
            is_final: line.is_final,
        };
        self.heard(spoken, HeardBy::Browser).await.map(drop)
    }

    /// The room that has this name, and whose call it belongs to.
    async fn room(&self, name: &str) -> Result<(CallId, RoomName), ServiceError> {
        let room = RoomName::parse(name).ok_or(ServiceError::NotFound("room"))?;
        let call = match room {
            RoomName::Call(call) => call,
            RoomName::Consult(transfer) => {
                let mut db = self.0.store.read().await?;
                transfers::find(&mut db, transfer).await?.ok_or(ServiceError::NotFound("room"))?.call
            }
        };
        Ok((call, room))
    }
}

/// As whom somebody speaks.
fn speaker(who: &Who, call: CallId) -> Option<Speaker> {
    match who {
        Who::Caller(own) => (*own == call).then_some(Speaker::Caller),
        _ => who.agent().cloned().map(Speaker::Agent),
    }
}

/// The leg that they have in the call now.
fn leg(call: &Call, speaker: &Speaker) -> Option<LegId> {
    match speaker {
        Speaker::Caller => Some(call.caller.leg),
        Speaker::Agent(agent) => call.agent_legs().into_iter().find(|leg| leg.agent == *agent).map(|leg| leg.leg),
    }
}
