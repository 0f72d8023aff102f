//! What is being said, as speech recognition hears it: a line comes several times, until it is final. What two agents say to
//! each other in private is a transcript of its own, which nobody but they gets.

use std::sync::Arc;

use baton_domain::call::Call;
use baton_domain::ids::{AgentId, CallId, SegmentId, TransferId};
use baton_domain::seat::RoomName;
use baton_domain::time::Timestamp;
use baton_domain::transcript::{ConsultTranscript, MAX_SEGMENTS, Segment, SegmentText, Speaker};
use sqlx::AnyConnection;

use super::Transcripts;
use super::settling::{LATE, QUIET};
use crate::server::error::ServiceError;
use crate::server::hub::{News, Wake};
use crate::server::state::{App, Due};
use crate::server::store::segments::FromBrowser;
use crate::server::store::{StoreError, calls, segments, transfers};

/// A line that is not among so many of the newest is none that is still being spoken.
const RECENT: u32 = 64;

/// A line as speech recognition hears it, so far.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SpokenLine {
    /// In which call.
    pub call: CallId,
    /// In which of its rooms.
    pub room: RoomName,
    /// Which line: the same for all that is heard of it.
    pub id: SegmentId,
    /// Who says it.
    pub speaker: Speaker,
    /// What, so far.
    pub text: String,
    /// When it began.
    pub started_at: Timestamp,
    /// When it ended, if it has.
    pub ended_at: Option<Timestamp>,
    /// Whether this is what stays.
    pub is_final: bool,
}

/// Who hears a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum HeardBy {
    /// A server that listens, which ends what it has begun.
    Listener,
    /// The speaker's own browser, whose page may be closed at any moment.
    Browser,
}

impl Transcripts<'_> {
    /// Writes a line down that a listener hears, or what is heard of it now. A final line stays as it is: to send it again does
    /// nothing. Nothing is written that the caller does not want; a line that was begun before they said so ends with what it had.
    pub async fn spoken(&self, line: SpokenLine) -> Result<Option<Segment>, ServiceError> {
        self.heard(line, HeardBy::Listener).await
    }

    /// The same, whoever hears it. What a browser says of a line that was ended without it is taken once, when it is the end.
    pub(super) async fn heard(&self, line: SpokenLine, by: HeardBy) -> Result<Option<Segment>, ServiceError> {
        let text = SegmentText::new(&line.text).map_err(|error| ServiceError::invalid(&error))?;
        let known = self.line(line.room, line.id).await?;
        let mut db = self.0.store.read().await?;
        let call = calls::find(&mut db, line.call).await?.ok_or(ServiceError::NotFound("call"))?;
        drop(db);
        let may = call.listening.may_transcribe();
        // Its page may have been cut off for a while, and the line ended without it.
        let completes = may && line.is_final && by == HeardBy::Browser;
        match known {
            Some(known) if known.is_final && !completes => {
                self.0.open_lines.closed(line.room, line.id);
                Ok(Some(known))
            }
            Some(known)
                if may && !line.is_final && !self.0.open_lines.is_due(line.room, line.id, self.0.clock.now()) =>
            {
                let heard = segment(&line, text, known.number);
                self.0.open_lines.heard(line.room, &heard);
                self.tell(line.call, line.room, &heard).await?;
                Ok(Some(heard))
            }
            Some(known) if !may => {
                self.store(&line, by, completes, |_| Ok(Segment { is_final: true, ..known })).await.map(Some)
            }
            Some(known) => self.store(&line, by, completes, |_| Ok(segment(&line, text, known.number))).await.map(Some),
            None if may => self.store(&line, by, completes, |newest| numbered(&line, text, newest)).await.map(Some),
            None => Ok(None),
        }
    }

    /// A line that is being spoken, or has just been, as it stands now.
    pub(super) async fn line(&self, room: RoomName, id: SegmentId) -> Result<Option<Segment>, ServiceError> {
        let mut db = self.0.store.read().await?;
        let mut lines = newest(&mut db, room).await?;
        self.0.open_lines.bring_up(room, &mut lines);
        Ok(lines.into_iter().find(|known| known.id == id))
    }

    /// Stores a version. Of a line that somebody has ended in the meantime nothing changes, unless this `completes` one that was
    /// ended without its page.
    async fn store(
        &self,
        line: &SpokenLine,
        by: HeardBy,
        completes: bool,
        make: impl FnOnce(&[Segment]) -> Result<Segment, ServiceError>,
    ) -> Result<Segment, ServiceError> {
        let mut tx = self.0.store.begin().await?;
        let newest = newest(&mut tx, line.room).await?;
        let now = self.0.clock.now();
        if let Some(ended) = newest.iter().find(|known| known.id == line.id && known.is_final)
            && !(completes && may_be_completed(&mut tx, line.room, ended.number, now).await?)
        {
            self.0.open_lines.closed(line.room, line.id);
            return Ok(ended.clone());
        }
        let segment = make(&newest)?;
        let browser = (by == HeardBy::Browser && !segment.is_final)
            .then(|| FromBrowser { instance: self.0.instance.clone(), at: now });
        segments::put_heard(&mut tx, line.room, &segment, browser.as_ref()).await?;
        tx.commit().await.map_err(StoreError::from)?;
        self.0.open_lines.stored(line.room, &segment, now);
        if browser.is_some() {
            self.0.agenda.set_at_latest(Due::QuietLines, now.plus(QUIET));
        }
        self.tell(line.call, line.room, &segment).await?;
        Ok(segment)
    }

    /// Tells whoever may see it what a line is now.
    pub(super) async fn tell(&self, call: CallId, room: RoomName, segment: &Segment) -> Result<(), ServiceError> {
        match room {
            RoomName::Call(call) => self.0.hub.wake(Wake::Said(call, Box::new(segment.clone()))),
            RoomName::Consult(transfer) => {
                let mut db = self.0.store.read().await?;
                let agents = agents_of(&mut db, transfer).await?;
                drop(db);
                let segment = Arc::new(segment.clone());
                self.0.hub.publish(News::SaidInConsult(call, transfer, agents.into(), segment));
            }
        }
        Ok(())
    }
}

/// What this agent and another said to each other in private, in transfers of these calls that are going on.
pub async fn consults_of(
    app: &App,
    db: &mut AnyConnection,
    agent: &AgentId,
    calls: &[Call],
) -> Result<Vec<ConsultTranscript>, ServiceError> {
    let mut consults = Vec::new();
    for call in calls {
        let Some(transfer) = call.transfer_id() else { continue };
        if agents_of(db, transfer).await?.contains(agent) {
            let room = RoomName::Consult(transfer);
            let mut lines = segments::lines_of(db, room).await?;
            app.open_lines.bring_up(room, &mut lines);
            consults.push(ConsultTranscript { call: call.id, transfer, lines });
        }
    }
    Ok(consults)
}

/// Who may see what is said in a consult: the two who say it.
pub(super) async fn agents_of(db: &mut AnyConnection, transfer: TransferId) -> Result<Vec<AgentId>, ServiceError> {
    let stored = transfers::find(db, transfer).await?;
    Ok(stored.map(|stored| vec![stored.transferring, stored.target]).unwrap_or_default())
}

/// Whether the end of a final line may still come: once, and soon after its page was cut off.
async fn may_be_completed(
    db: &mut AnyConnection,
    room: RoomName,
    number: u32,
    now: Timestamp,
) -> Result<bool, ServiceError> {
    let cut_off = segments::cut_off(db, room, number).await?;
    Ok(cut_off.is_some_and(|browser| now < browser.at.plus(LATE)))
}

/// The newest lines of a room's transcript, by rising number.
async fn newest(db: &mut AnyConnection, room: RoomName) -> Result<Vec<Segment>, ServiceError> {
    Ok(segments::newest(db, room, RECENT).await?)
}

/// A new line behind all others.
fn numbered(line: &SpokenLine, text: SegmentText, newest: &[Segment]) -> Result<Segment, ServiceError> {
    let last = newest.last().map_or(0, |last| last.number);
    if usize::try_from(last).unwrap_or(usize::MAX) >= MAX_SEGMENTS {
        return Err(ServiceError::Invalid(format!("A transcript has at most {MAX_SEGMENTS} lines.")));
    }
    // Somebody else wrote the same line in the meantime: it keeps the number that it has.
    let number = newest.iter().find(|known| known.id == line.id).map_or(last + 1, |known| known.number);
    Ok(segment(line, text, number))
}

fn segment(line: &SpokenLine, text: SegmentText, number: u32) -> Segment {
    Segment {
        id: line.id,
        number,
        speaker: line.speaker.clone(),
        text,
        started_at: line.started_at,
        ended_at: line.ended_at,
        is_final: line.is_final,
    }
}
