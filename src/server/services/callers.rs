//! Callers: coming in by a link, coming back, leaving; and the lines they come by.

mod joining;
mod program;
mod rejoining;
mod simulated;

use std::net::IpAddr;

use baton_domain::call::{Call, CallState, CallerLeg};
use baton_domain::desk_event::{CallerView, SilenceReport};
use baton_domain::ids::{CallId, LegId, LineId, TransferId};
use baton_domain::line::{Line, LineRefusal};
use baton_domain::listening::{Listening, ListeningPolicy, Recorded};
use baton_domain::machine::{Actor, Command, Fact};
use baton_domain::outcome::{Happening, HappeningKind};
use baton_domain::text::one_line;
use baton_domain::time::Span;
use serde::Serialize;
use tracing::warn;

use self::joining::NEWCOMER;
use super::Request;
use super::hold_music::{self, HoldMusicChange};
use super::idempotency::{Key, asker};
use crate::api::caller::LinePage;
use crate::server::error::{ServiceError, chain};
use crate::server::hub::Wake;
use crate::server::permissions::{Action, Who, may};
use crate::server::random;
use crate::server::state::{App, Due};
use crate::server::store::{StoreError, Tx, briefings, calls, events, lines, transfers};

/// The longest name of a caller, in characters.
const NAME_MAX: usize = 60;
/// A join code is unguessable: 16 random bytes.
const CODE_BYTES: usize = 16;
/// A silence longer than this was not measured but made up.
const SILENCE_MAX: Span = Span::seconds(60 * 60);

/// Callers and lines.
pub struct Callers<'a>(pub(crate) &'a App);

/// How a line is to change.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct LineChange {
    /// Open or close it.
    pub open: Option<bool>,
    /// How many may wait.
    pub capacity: Option<u32>,
    /// What to do with its join link.
    pub link: Option<LinkChange>,
    /// Whether speech becomes a transcript, in calls that come from now on.
    pub transcribe: Option<bool>,
    /// What is recorded, in calls that come from now on.
    pub record: Option<Recorded>,
    /// Whether personal data is taken out of what leaves about its calls, from now on.
    pub redact: Option<bool>,
    /// What callers on hold without a page are played.
    pub hold_music: HoldMusicChange,
}

/// What to do with a join link. The old one is dead at once either way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum LinkChange {
    /// A new one.
    Rotate,
    /// None.
    Revoke,
}

impl Callers<'_> {
    /// What stands behind a join link; with the call that this browser is in already.
    pub async fn line_page(&self, code: &str, known: Option<CallId>) -> Result<LinePage, ServiceError> {
        let mut db = self.0.store.read().await?;
        let Some(line) = self.line_for(&mut db, code, known).await? else {
            return Ok(LinePage {
                line_name: String::new(),
                refusal: Some(LineRefusal::DeadLink),
                resume: None,
                demo: self.0.config.demo.is_on,
                told: None,
            });
        };
        let resume = self.resumable(&mut db, &line, known).await?;
        let refusal = if resume.is_some() { None } else { refusal(&mut db, &line).await? };
        drop(db);
        let resume = match resume {
            Some(call) => Some(self.0.caller_view(call.id).await?),
            None => None,
        };
        let told = self.0.told(Listening::under(line.listening));
        Ok(LinePage { line_name: line.name, refusal, resume, demo: self.0.config.demo.is_on, told })
    }

    /// The line behind a join link, be it an old one: whoever is in a call goes on with it by the link they came in by, and may
    /// rejoin it while the line has a link at all.
    async fn line_for(
        &self,
        db: &mut sqlx::AnyConnection,
        code: &str,
        known: Option<CallId>,
    ) -> Result<Option<Line>, ServiceError> {
        if let Some(line) = line_behind(db, code).await? {
            return Ok(Some(line));
        }
        let Some(known) = known else { return Ok(None) };
        let Some(call) = calls::find(db, known).await? else { return Ok(None) };
        let Some(line) = lines::find(db, &call.line).await? else { return Ok(None) };
        let goes_on = !call.is_ended() || line.join_code.is_some();
        Ok(self.resumable(db, &line, Some(known)).await?.filter(|_| goes_on).map(|_| line))
    }

    /// The call that this browser is in on this line, or has left so recently that it may rejoin.
    async fn resumable(
        &self,
        db: &mut sqlx::AnyConnection,
        line: &Line,
        known: Option<CallId>,
    ) -> Result<Option<Call>, ServiceError> {
        let Some(known) = known else { return Ok(None) };
        let found = calls::find(db, known).await?.filter(|call| call.line == line.id);
        Ok(found.filter(|call| match &call.state {
            CallState::Ended { at, .. } => self.0.clock.now() < at.plus(self.0.config.desk.rejoin),
            _ => true,
        }))
    }

    /// Whether one more may come in from this address by this link now.
    pub async fn admit(&self, code: &str, from: IpAddr) -> Result<(), ServiceError> {
        let mut db = self.0.store.read().await?;
        let line = line_behind(&mut db, code).await?;
        self.0.limits.joins.check(&(from, line.map(|line| line.id)))
    }

    /// See [`Self::join`].
    async fn come_in_by(
        &self,
        mut tx: Tx,
        code: &str,
        name: &str,
        known: Option<CallId>,
        key: Option<&Key>,
    ) -> Result<(CallerView, Option<String>), ServiceError> {
        let name = checked_name(name)?;
        let line = self.line_for(&mut tx, code, known).await?.ok_or(LineRefusal::DeadLink)?;
        if let Some(call) = self.resumable(&mut tx, &line, known).await?.filter(|call| !call.is_ended()) {
            drop(tx);
            return Ok((self.0.caller_view(call.id).await?, None));
        }
        if line.join_code.as_deref() != Some(code) {
            return Err(LineRefusal::DeadLink.into());
        }
        if let Some(refusal) = refusal(&mut tx, &line).await? {
            return Err(refusal.into());
        }
        let call = self.new_call(&line, Some(&name));
        if let Some(key) = key {
            key.remember(&mut tx, NEWCOMER, &call.id.to_string(), call.created_at).await?;
        }
        self.begin_call(tx, call).await
    }

    /// A call of somebody who may have given a name.
    fn new_call(&self, line: &Line, name: Option<&str>) -> Call {
        let (leg, now) = (LegId(random::id()), self.0.clock.now());
        let caller = match name {
            Some(name) => CallerLeg::expected(leg, name.to_owned(), now),
            None => CallerLeg::unnamed(leg, now),
        };
        let call = Call::arriving(CallId(random::id()), line.id.clone(), line.queue.clone(), caller, now);
        Call { listening: Listening::under(line.listening), ..call }
    }

    async fn begin_call(&self, mut tx: Tx, call: Call) -> Result<(CallerView, Option<String>), ServiceError> {
        let now = self.0.clock.now();
        let queued = Happening { kind: HappeningKind::CallQueued, agent: None, transfer: None, detail: None };
        calls::insert(&mut tx, &call).await?;
        let secret = self.new_secret(&mut tx, call.id).await?;
        events::append(&mut tx, &call, &events::actor_name(&Actor::Caller), std::slice::from_ref(&queued), now).await?;
        tx.commit().await.map_err(StoreError::from)?;
        self.0.demo_progress.note(&[queued]);
        self.0.agenda.set(Due::Call(call.id), call.next_deadline(&self.0.config.desk.rules));
        if let Err(error) = self.0.seating().enforce(call.id).await {
            // The caller waits in the queue all the same; their page asks for a seat until there is one.
            warn!(call.id = %call.id, error = chain(&error), "Call {} has no room yet", call.id);
        }
        self.0.hub.wake(Wake::Call(call.id));
        Ok((self.0.caller_view(call.id).await?, Some(secret)))
    }

    /// One more secret by which a call's caller is known.
    async fn new_secret(&self, tx: &mut Tx, call: CallId) -> Result<String, ServiceError> {
        let secret = random::secret::<32>();
        calls::insert_caller_key(tx, &random::fingerprint(&secret), call, self.0.clock.now()).await?;
        Ok(secret)
    }

    /// Where the caller is.
    pub async fn view(&self, call: CallId) -> Result<CallerView, ServiceError> {
        self.0.caller_view(call).await
    }

    /// The caller's page receives `speaker`.
    pub async fn heard(&self, call: CallId, speaker: LegId) -> Result<(), ServiceError> {
        let listener = self.0.calls().find(call).await?.caller.leg;
        self.0.calls().fact(call, Fact::Heard { listener, speaker }).await
    }

    /// Something else took the caller's microphone, or gave it back.
    pub async fn interrupted(&self, call: CallId, interrupted: bool) -> Result<(), ServiceError> {
        self.0.calls().fact(call, Fact::CallerInterrupted { interrupted }).await
    }

    /// The caller hangs up.
    pub async fn leave(&self, call: CallId) -> Result<CallerView, ServiceError> {
        match self.0.change(&Request::command(call, Actor::Caller, Command::HangUp)).await {
            // Hanging up twice is hanging up.
            Ok(_) | Err(ServiceError::Refused(baton_domain::machine::Refusal::CallEnded, _)) => self.view(call).await,
            Err(error) => Err(error),
        }
    }

    /// What the caller's page measured during a transfer of this call.
    pub async fn report_silence(&self, call: CallId, transfer: TransferId, longest: Span) -> Result<(), ServiceError> {
        if longest < Span(0) || longest > SILENCE_MAX {
            return Err(ServiceError::Invalid("This is not a length of silence.".to_owned()));
        }
        let mut tx = self.0.store.begin().await?;
        let known = transfers::find(&mut tx, transfer).await?.filter(|known| known.call == call);
        known.ok_or(ServiceError::NotFound("transfer of this call"))?;
        briefings::put_silence(&mut tx, call, &SilenceReport { transfer, longest }).await?;
        tx.commit().await.map_err(StoreError::from)?;
        self.0.hub.wake(Wake::Call(call));
        Ok(())
    }

    /// The call whose caller has this secret.
    pub async fn call_of_secret(&self, secret: &str) -> Result<CallId, ServiceError> {
        let mut db = self.0.store.read().await?;
        calls::call_of_caller_key(&mut db, &random::fingerprint(secret)).await?.ok_or(ServiceError::NotSignedIn)
    }

    /// All lines, with their join codes.
    pub async fn lines(&self) -> Result<Vec<Line>, ServiceError> {
        let mut db = self.0.store.read().await?;
        Ok(lines::all(&mut db).await?)
    }

    /// Changes a line. Asked again with the same key, it stays as it is: a new link is made once.
    pub async fn change_line(
        &self,
        who: &Who,
        id: &LineId,
        key: Option<String>,
        change: &LineChange,
    ) -> Result<Line, ServiceError> {
        if !may(who, Action::ChangeLines) {
            return Err(ServiceError::NotAllowed);
        }
        self.0.hold_music().check(&change.hold_music).await?;
        let key = key.map(|key| Key::new(key, id, change)).transpose()?;
        let mut tx = self.0.store.begin().await?;
        let mut line = lines::find(&mut tx, id).await?.ok_or(ServiceError::NotFound("line"))?;
        if let Some(key) = &key {
            if key.answer(&mut tx, &asker(who)).await?.is_some() {
                return Ok(line);
            }
            key.remember(&mut tx, &asker(who), id.as_str(), self.0.clock.now()).await?;
        }
        line.open = change.open.unwrap_or(line.open);
        line.capacity = change.capacity.unwrap_or(line.capacity);
        match change.link {
            Some(LinkChange::Rotate) => line.join_code = Some(new_code()),
            Some(LinkChange::Revoke) => line.join_code = None,
            None => {}
        }
        lines::change(&mut tx, id, line.open, line.join_code.as_deref(), line.capacity).await?;
        line.listening = ListeningPolicy {
            transcribe: change.transcribe.unwrap_or(line.listening.transcribe),
            record: change.record.unwrap_or(line.listening.record),
        };
        lines::set_listening(&mut tx, id, line.listening).await?;
        let was_redacted = line.redact;
        line.redact = change.redact.unwrap_or(was_redacted);
        lines::set_redaction(&mut tx, id, line.redact).await?;
        hold_music::change(&mut tx, id, &change.hold_music).await?;
        tx.commit().await.map_err(StoreError::from)?;
        if was_redacted && !line.redact {
            warn!(line.id = %id, who = asker(who), "Personal data of line {id} leaves as it was said");
        }
        Ok(line)
    }
}

/// The secret part of a join link.
pub fn new_code() -> String {
    random::secret::<CODE_BYTES>()
}

/// The line behind a join link. No link of ours has control characters, and some databases do not even take the question.
async fn line_behind(db: &mut sqlx::AnyConnection, code: &str) -> Result<Option<Line>, ServiceError> {
    if code.contains(char::is_control) {
        return Ok(None);
    }
    Ok(lines::by_code(db, code).await?)
}

async fn refusal(db: &mut sqlx::AnyConnection, line: &Line) -> Result<Option<LineRefusal>, ServiceError> {
    if let Some(closed) = closed(line) {
        return Ok(Some(closed));
    }
    let waiting = calls::waiting_on_line(db, &line.id).await?;
    Ok((waiting >= line.capacity).then_some(LineRefusal::Full))
}

/// A line that was closed takes nobody, whether they come for the first time or back.
fn closed(line: &Line) -> Option<LineRefusal> {
    (!line.open).then_some(LineRefusal::Closed)
}

fn checked_name(name: &str) -> Result<String, ServiceError> {
    let name = one_line(name);
    if name.is_empty() {
        return Err(ServiceError::Invalid("Please enter your name.".to_owned()));
    }
    if name.chars().count() > NAME_MAX {
        return Err(ServiceError::Invalid(format!("The name is too long: at most {NAME_MAX} characters.")));
    }
    Ok(name)
}
