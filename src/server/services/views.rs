//! What desks and callers get to see of a call.

use std::collections::HashMap;

use baton_domain::call::{AgentLeg, Call, CallState};
use baton_domain::desk_event::{
    CallerState, CallerView, Captions, DeskCall, DeskView, Person, TimelineEntry, Told, Transcriber, WaitingCall,
};
use baton_domain::ids::{AgentId, CallId, LineId, TransferId};
use baton_domain::listening::{Consent, Listening, Recorded};
use baton_domain::routing::queue_order;
use baton_domain::seat::{Party, RoomName, Seat, seats};
use baton_domain::transfer::{Transfer, TransferState};
use sqlx::AnyConnection;

use super::transcripts::consults_of;
use super::wrap_ups::left_about;
use crate::server::error::ServiceError;
use crate::server::permissions::Who;
use crate::server::state::App;
use crate::server::store::events::StoredEvent;
use crate::server::store::{agents, briefings, calls, events, insight, lines, recordings, segments, wrap_ups};

impl App {
    /// Everything that `who`'s desk shows.
    pub async fn desk_view(&self, who: &Who) -> Result<DeskView, ServiceError> {
        let me = who.agent().ok_or(ServiceError::NotAllowed)?;
        let agents = self.presence().views().await?;
        let mut db = self.store.read().await?;
        let unsettled = calls::unsettled(&mut db).await?;
        let open_wrap_ups = wrap_ups::open(&mut db).await?;
        let wrap_up = open_wrap_ups.into_iter().rfind(|wrap_up| wrap_up.agent == *me);
        let mut mine: Vec<CallId> = unsettled
            .iter()
            .filter(|call| call.agent_legs().iter().any(|leg| leg.agent == *me))
            .map(|call| call.id)
            .collect();
        if let Some(wrap_up) = &wrap_up
            && !mine.contains(&wrap_up.call)
        {
            mine.push(wrap_up.call);
        }
        let consults = consults_of(self, &mut db, me, &unsettled).await?;
        let mut desk_calls = Vec::with_capacity(mine.len());
        for call in mine {
            desk_calls.push(self.as_heard(desk_call(&mut db, call).await?.0));
        }
        Ok(DeskView {
            me: me.clone(),
            agents,
            queues: lines::queues(&mut db).await?,
            waiting: waiting(&unsettled, &line_names(&mut db).await?),
            calls: desk_calls,
            consults,
            wrap_up,
            rules: self.config.desk.rules.clone(),
            speech: self.config.transcription.browser_speech(),
            can_speak: self.speaker.is_some(),
            now: self.clock.now(),
        })
    }

    /// One call with all that belongs to it, and the agents who may see it.
    pub async fn desk_call(&self, call: CallId) -> Result<(DeskCall, Vec<AgentId>), ServiceError> {
        let mut db = self.store.read().await?;
        let (view, viewers) = desk_call(&mut db, call).await?;
        Ok((self.as_heard(view), viewers))
    }

    /// With what is being said at this moment, of which the database knows only the beginnings.
    fn as_heard(&self, mut shown: DeskCall) -> DeskCall {
        let call = shown.call.id;
        self.open_lines.bring_up(RoomName::Call(call), &mut shown.transcript);
        DeskCall { captions: self.captions().of_call(call), ..shown }
    }

    /// The agents who may see a call now.
    pub async fn viewers(&self, call: CallId) -> Result<Vec<AgentId>, ServiceError> {
        let mut db = self.store.read().await?;
        let call = calls::find(&mut db, call).await?.ok_or(ServiceError::NotFound("call"))?;
        viewers(&mut db, &call).await
    }

    /// Whether an agent is or was part of a call.
    pub async fn is_part_of(&self, call: CallId, agent: &AgentId) -> Result<bool, ServiceError> {
        if self.viewers(call).await?.contains(agent) {
            return Ok(true);
        }
        let timeline = self.timeline(call).await?;
        Ok(timeline.iter().any(|entry| entry.happening.agent.as_ref() == Some(agent)))
    }

    /// What happened in a call, in order.
    pub async fn timeline(&self, call: CallId) -> Result<Vec<TimelineEntry>, ServiceError> {
        let mut db = self.store.read().await?;
        Ok(events::timeline(&mut db, call).await?)
    }

    /// The id of the newest event; 0 before the first.
    pub async fn newest_event(&self) -> Result<i64, ServiceError> {
        let mut db = self.store.read().await?;
        Ok(events::last_id(&mut db).await?)
    }

    /// Who waits, in the order of answering.
    pub async fn waiting(&self) -> Result<Vec<WaitingCall>, ServiceError> {
        let mut db = self.store.read().await?;
        let unsettled = calls::unsettled(&mut db).await?;
        Ok(waiting(&unsettled, &line_names(&mut db).await?))
    }

    /// Events for integrators.
    pub async fn events_after(&self, id: i64, limit: u32) -> Result<Vec<StoredEvent>, ServiceError> {
        let mut db = self.store.read().await?;
        Ok(events::after(&mut db, id, limit).await?)
    }

    /// Where the caller of `call` is.
    pub async fn caller_view(&self, call: CallId) -> Result<CallerView, ServiceError> {
        let mut db = self.store.read().await?;
        let call = calls::find(&mut db, call).await?.ok_or(ServiceError::NotFound("call"))?;
        let names: HashMap<AgentId, String> =
            agents::all(&mut db).await?.into_iter().map(|stored| (stored.agent.id, stored.agent.name)).collect();
        let line_name = line_names(&mut db).await?.remove(&call.line).unwrap_or_default();
        let position = match &call.state {
            CallState::Queued(_) => Some(position(&calls::unsettled(&mut db).await?, &call)),
            _ => None,
        };
        drop(db);
        let name_of = |agent: &AgentId| names.get(agent).cloned().unwrap_or_else(|| agent.to_string());
        let name = |leg: &AgentLeg| name_of(&leg.agent);
        let seat = seats(&call).into_iter().find(|seat| seat.party == Party::Caller);
        Ok(CallerView {
            call: call.id,
            version: call.version,
            name: call.caller.name.clone(),
            line_name,
            state: self.caller_state(&call, position, &name),
            people: heard_by(seat.as_ref(), &call).map(|leg| Person { leg: leg.leg, name: name(leg) }).collect(),
            seat,
            handed_over_by: call.handed_over_by().map(name_of),
            transfer: open_transfer(&call),
            told: self.told(call.listening).filter(|_| !call.is_ended()),
            captions: self.captions().of_call(call.id),
            speech: self.transcripts().by_callers_browser(&call),
            now: self.clock.now(),
        })
    }

    /// What a caller is told of being listened to.
    pub(super) fn told(&self, listening: Listening) -> Option<Told> {
        let by_browser = self.config.transcription.browser_speech().is_some();
        let transcriber = if by_browser { Transcriber::Browser } else { Transcriber::Desk };
        listening.is_told().then(|| Told {
            transcribed: listening.policy.transcribe.then_some(transcriber),
            recorded: listening.policy.record != Recorded::Nothing,
            is_refused: listening.consent == Consent::Refused,
        })
    }

    fn caller_state(&self, call: &Call, position: Option<u32>, name: &dyn Fn(&AgentLeg) -> String) -> CallerState {
        match &call.state {
            CallState::Queued(waiting) => CallerState::Waiting { position, since: waiting.since },
            CallState::Offered { waiting, .. } => CallerState::Waiting { position: None, since: waiting.since },
            CallState::WithAgent { agent, held_since, since } => with_agent(agent, *held_since, *since, name),
            CallState::Transferring(transfer) => in_transfer(transfer, name),
            CallState::Ended { at, reason, .. } => CallerState::Ended {
                at: *at,
                rejoin_until: at.plus(self.config.desk.rejoin),
                by_caller: *reason == baton_domain::call::EndReason::CallerHungUp,
            },
        }
    }
}

/// The agents of a call whom the party with this seat hears.
fn heard_by<'a>(seat: Option<&Seat>, call: &'a Call) -> impl Iterator<Item = &'a AgentLeg> {
    let hears = seat.map(|seat| seat.hears.as_slice()).unwrap_or_default();
    call.agent_legs().into_iter().filter(|leg| hears.contains(&leg.leg))
}

fn open_transfer(call: &Call) -> Option<TransferId> {
    call.transfer().map(|transfer| transfer.id)
}

fn with_agent(
    agent: &AgentLeg,
    held_since: Option<baton_domain::time::Timestamp>,
    since: baton_domain::time::Timestamp,
    name: &dyn Fn(&AgentLeg) -> String,
) -> CallerState {
    match (agent.missing_since(), held_since) {
        (Some(since), _) if agent.is_lost() => CallerState::AgentGone { agent: name(agent), since },
        (_, Some(since)) => CallerState::OnHold { by: name(agent), consulting: false, since },
        (Some(_), None) => CallerState::Answered { by: name(agent), since },
        (None, None) => CallerState::Talking { with: vec![name(agent)], since },
    }
}

fn in_transfer(transfer: &Transfer, name: &dyn Fn(&AgentLeg) -> String) -> CallerState {
    let (a, b) = (&transfer.transferring, &transfer.target);
    match &transfer.state {
        TransferState::Ringing { held_since, .. } | TransferState::Connecting { held_since, .. } => {
            with_agent(a, *held_since, transfer.with_transferring_since(), name)
        }
        TransferState::Consulting { since } => CallerState::OnHold { by: name(a), consulting: true, since: *since },
        TransferState::Swapped { .. } => with_agent(a, None, transfer.with_transferring_since(), name),
        TransferState::Conference { .. } => {
            CallerState::Talking { with: vec![name(a), name(b)], since: transfer.with_transferring_since() }
        }
        TransferState::BlindRinging { .. } | TransferState::Completing { .. } => {
            CallerState::Connecting { to: name(b), since: transfer.started_at }
        }
    }
}

async fn line_names(db: &mut AnyConnection) -> Result<HashMap<LineId, String>, ServiceError> {
    Ok(lines::all(db).await?.into_iter().map(|line| (line.id, line.name)).collect())
}

async fn desk_call(db: &mut AnyConnection, id: CallId) -> Result<(DeskCall, Vec<AgentId>), ServiceError> {
    let call = calls::find(db, id).await?.ok_or(ServiceError::NotFound("call"))?;
    let viewers = viewers(db, &call).await?;
    let silence = match &call.last_transfer {
        Some(ended) => briefings::silence(db, ended.id).await?,
        None => None,
    };
    let view = DeskCall {
        line_name: line_names(db).await?.remove(&call.line).unwrap_or_default(),
        transcript: segments::lines_of(db, RoomName::Call(id)).await?,
        timeline: events::timeline(db, id).await?,
        briefings: briefings::of_call(db, id).await?,
        finished_wrap_ups: left_about(db, &call).await?,
        recorded: recordings::playable(db, id).await?,
        captions: Captions::Off,
        insight: insight::of_call(db, id).await?,
        silence,
        call,
    };
    Ok((view, viewers))
}

/// Whoever has a part in the call, and whoever is finishing it.
async fn viewers(db: &mut AnyConnection, call: &Call) -> Result<Vec<AgentId>, ServiceError> {
    let finishing = wrap_ups::open(db).await?.into_iter().filter(|wrap_up| wrap_up.call == call.id);
    let mut viewers: Vec<AgentId> = call.agent_legs().into_iter().map(|leg| leg.agent.clone()).collect();
    viewers.extend(finishing.map(|wrap_up| wrap_up.agent));
    Ok(viewers)
}

fn waiting(unsettled: &[Call], line_names: &HashMap<LineId, String>) -> Vec<WaitingCall> {
    let mut waiting: Vec<&Call> = unsettled.iter().collect();
    waiting.sort_by_key(|call| queue_order(call));
    waiting.into_iter().filter_map(|call| waiting_call(call, line_names)).collect()
}

fn waiting_call(call: &Call, line_names: &HashMap<LineId, String>) -> Option<WaitingCall> {
    let (waiting, offered_to) = match &call.state {
        CallState::Queued(waiting) => (waiting, None),
        CallState::Offered { waiting, to, .. } => (waiting, Some(to.agent.clone())),
        CallState::WithAgent { .. } | CallState::Transferring(_) | CallState::Ended { .. } => return None,
    };
    Some(WaitingCall {
        call: call.id,
        caller_name: call.caller.name.clone(),
        line_name: line_names.get(&call.line).cloned().unwrap_or_default(),
        since: waiting.since,
        place: waiting.place,
        was_answered: waiting.was_answered,
        gone_since: call.caller.gone_since(),
        offered_to,
    })
}

/// 1 is next.
fn position(unsettled: &[Call], call: &Call) -> u32 {
    let mine = queue_order(call);
    let before = unsettled.iter().filter(|other| {
        other.queue == call.queue && matches!(other.state, CallState::Queued(_)) && queue_order(other) < mine
    });
    u32::try_from(before.count()).unwrap_or(u32::MAX).saturating_add(1)
}
