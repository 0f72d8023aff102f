//! The one way in which a call changes: read, ask the rules, store state, audit and outbox in one transaction, then act.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::time::Duration;

use baton_domain::agent::Device;
use baton_domain::briefing::PreparedBriefing;
use baton_domain::call::{Call, Engagement};
use baton_domain::ids::{AgentId, CallId, TransferId};
use baton_domain::machine::{Actor, Command, Context, Event, Refusal, apply};
use baton_domain::outcome::{Effect, Transition};
use baton_domain::seat::{seats, takes_a_voice_away};
use baton_domain::time::{Span, Timestamp};
use baton_domain::wrap_up::{Disposition, Draft, WrapUp};
use futures_util::future::BoxFuture;
use sqlx::AnyConnection;
use tracing::{error, info, warn};

use super::acting::{Acting, ActingGuard};
use super::idempotency::Key;
use crate::server::error::{ServiceError, chain};
use crate::server::hub::News;
use crate::server::state::{App, Due};
use crate::server::store::{StoreError, Tx, agents, briefings, calls, engagements, events, transfers, wrap_ups};

/// How often a change is tried again when another instance was faster.
const ATTEMPTS: u32 = 8;
/// How long the news of a change waits for the media server to have isolated whom it must.
const ISOLATE_FIRST: Duration = Duration::from_secs(1);
/// How much later than the server that changed a call last others ring its deadlines.
const OTHERS_LATER: Span = Span::seconds(1);

/// A change that was asked for.
#[derive(Clone, Debug)]
pub struct Request {
    /// To which call.
    pub call: CallId,
    /// What.
    pub event: Event,
    /// The version that whoever asks had before them.
    pub seen_version: Option<u32>,
    /// The transfer that is meant, when it is only done to that one.
    pub transfer: Option<TransferId>,
    /// What makes a repetition known.
    pub key: Option<Key>,
    /// What to answer when it is repeated.
    pub answer: String,
    /// The briefing that a new transfer begins with.
    pub briefing: Option<(TransferId, PreparedBriefing)>,
}

impl Request {
    /// A fact, or a command that needs no more.
    pub fn plain(call: CallId, event: Event) -> Self {
        Self { call, event, seen_version: None, transfer: None, key: None, answer: String::new(), briefing: None }
    }

    /// A command by somebody.
    pub fn command(call: CallId, by: Actor, command: Command) -> Self {
        Self::plain(call, Event::Command { by, command })
    }
}

/// What became of a change.
#[derive(Clone, Debug)]
pub enum Changed {
    /// It is done; the call as it is now.
    Now(Box<Call>),
    /// It had been done before; what was answered then.
    Before(String),
}

/// A transition that is stored, but not yet committed.
struct Change {
    transition: Transition,
    isolate_first: bool,
    /// At whose desk it rings that did not ring there before.
    rung: Option<AgentId>,
    /// Nothing when the call is as it was.
    acting: Option<ActingGuard>,
    now: Timestamp,
}

impl App {
    /// Changes a call, or says why not.
    pub async fn change(&self, request: &Request) -> Result<Changed, ServiceError> {
        for _ in 1..ATTEMPTS {
            match self.change_once(request).await {
                Err(ServiceError::Store(StoreError::VersionConflict)) => {}
                other => return other,
            }
        }
        self.change_once(request).await
    }

    async fn change_once(&self, request: &Request) -> Result<Changed, ServiceError> {
        let now = self.clock.now();
        let actor = actor_of(&request.event);
        let mut tx = self.store.begin().await?;
        if let Some(key) = &request.key
            && let Some(answer) = key.answer(&mut tx, &actor).await?
        {
            return Ok(Changed::Before(answer));
        }
        let before = calls::find(&mut tx, request.call).await?.ok_or(ServiceError::NotFound("call"))?;
        if let Some(seen) = request.seen_version
            && is_toggle(&request.event)
            && events::happened_since(&mut tx, before.id, seen).await?
        {
            return Err(ServiceError::Stale);
        }
        if let Some(meant) = request.transfer {
            is_open(&before, meant)?;
        }
        let unavailable = self.unavailable(&mut tx, before.id).await?;
        let context = Context { now, rules: &self.config.desk.rules, unavailable: &unavailable };
        let transition = match apply(&before, &request.event, context) {
            Ok(transition) => transition,
            Err(refusal) => return Err(explained(&mut tx, refusal).await?),
        };
        self.store_transition(&mut tx, &before, &transition, &actor, now).await?;
        if let Some((transfer, briefing)) = &request.briefing {
            briefings::put(&mut tx, before.id, *transfer, briefing, now).await?;
        }
        if let Some(key) = &request.key {
            key.remember(&mut tx, &actor, &request.answer, now).await?;
        }
        let changed = transition.call.clone();
        let change = Change {
            isolate_first: takes_a_voice_away(&seats(&before), &seats(&changed)),
            rung: changed.rung_desk().filter(|rung| before.rung_desk() != Some(*rung)).cloned(),
            acting: (changed != before).then(|| Acting::begin(self, before.id)),
            transition,
            now,
        };
        // A task of its own: whoever asked may close the tab now, and what is committed is carried out all the same.
        let committed = tokio::spawn(commit_and_act(self.clone(), tx, change)).await;
        committed.unwrap_or_else(|error| {
            error!(call.id = %before.id, error = chain(&error), "A change of call {} broke off", before.id);
            Err(sqlx::Error::WorkerCrashed.into())
        })?;
        Ok(Changed::Now(Box::new(changed)))
    }

    /// Agents whom the desk itself cannot ring for this call.
    async fn unavailable(&self, db: &mut AnyConnection, call: CallId) -> Result<BTreeSet<AgentId>, ServiceError> {
        let now = self.clock.now();
        let engaged = engagements::all(db).await?;
        let mut unavailable: BTreeSet<AgentId> =
            engaged.into_iter().filter(|engaged| engaged.call != call).map(|engaged| engaged.agent).collect();
        for stored in agents::all(db).await? {
            let is_page = stored.agent.device == Device::Page;
            if is_page && !self.hub.is_there(&stored.agent.id, now, self.config.desk.offer_gone) {
                unavailable.insert(stored.agent.id);
            }
        }
        Ok(unavailable)
    }

    /// State, engagements, transfers, wrap-ups and events of one transition.
    async fn store_transition(
        &self,
        db: &mut AnyConnection,
        before: &Call,
        transition: &Transition,
        actor: &str,
        now: Timestamp,
    ) -> Result<(), ServiceError> {
        let after = &transition.call;
        if after == before {
            return Ok(());
        }
        calls::update(db, after, before.version).await?;
        let (was, is) = (before.engagements(), after.engagements());
        if was != is {
            engagements::set(db, after.id, &is, now, &self.instance).await?;
        }
        for (agent, kind) in &is {
            // Whoever takes a call has finished the last.
            if *kind == Engagement::Call && !was.contains(&(agent.clone(), Engagement::Call)) {
                wrap_ups::end_all(db, agent, now).await?;
            }
        }
        transfers::put_of(db, after).await?;
        for effect in &transition.effects {
            self.store_effect(db, after, effect, now).await?;
        }
        events::append(db, after, actor, &transition.happened, now).await?;
        Ok(())
    }

    async fn store_effect(
        &self,
        db: &mut AnyConnection,
        call: &Call,
        effect: &Effect,
        now: Timestamp,
    ) -> Result<(), ServiceError> {
        match effect {
            Effect::StartWrapUp(agent) => {
                let wrap_up = WrapUp {
                    call: call.id,
                    caller_name: call.caller.name.clone(),
                    agent: agent.clone(),
                    started_at: now,
                    ends_at: now.plus(self.config.desk.wrap_up),
                    draft: Draft { disposition: Disposition::likely(call), notes: String::new() },
                    revision: 0,
                };
                wrap_ups::start(db, &wrap_up).await?;
            }
            Effect::SetAway(agent) => {
                agents::choose(db, agent, baton_domain::agent::PresenceChoice::Away, now).await?;
            }
            Effect::OfferNext => {}
        }
        Ok(())
    }

    /// After the commit: the caller's music, then isolation where a voice is taken away, then everybody is told; alarms; the
    /// next agent.
    async fn act(&self, transition: &Transition, isolate_first: bool, acting: ActingGuard) {
        let call = &transition.call;
        self.demo_progress.note(&transition.happened);
        for happening in &transition.happened {
            info!(call.id = %call.id, event = happening.kind.name(), "Call {}: {}", call.id, happening.kind.name());
        }
        self.set_alarms(call, transition);
        self.hub.publish(News::CallerSeat(call.id));
        // The pages keep the order themselves, and the reconciler repairs: nobody waits long for a slow media server, but
        // what has begun is finished.
        let enforced = tokio::spawn(enforce(self.clone(), call.id));
        if isolate_first && tokio::time::timeout(ISOLATE_FIRST, enforced).await.is_err() {
            warn!(call.id = %call.id, "Seats of call {} take long to enforce", call.id);
        }
        self.hub.publish(News::Moved(Arc::new(call.clone())));
        drop(acting);
        if transition.effects.contains(&Effect::OfferNext) {
            tokio::spawn(offer_next(self.clone(), call.id));
        }
    }

    /// Another server has changed a call, and has done what follows from it outside. What is kept here follows.
    pub fn changed_elsewhere(&self, call: &Call) {
        self.ring_later(call);
        self.hub.publish(News::CallerSeat(call.id));
    }

    /// Sets the alarm of a call that another server may have changed, which rings it first if it lives: only there it is known
    /// who could have answered. Whoever changed the call here has set theirs already.
    pub fn ring_later(&self, call: &Call) {
        if let Some(at) = call.next_deadline(&self.config.desk.rules) {
            self.agenda.set_at_latest(Due::Call(call.id), at.plus(OTHERS_LATER));
        }
    }

    fn set_alarms(&self, call: &Call, transition: &Transition) {
        self.agenda.set(Due::Call(call.id), call.next_deadline(&self.config.desk.rules));
        for effect in &transition.effects {
            if let Effect::StartWrapUp(agent) = effect {
                self.agenda.set(Due::WrapUp(agent.clone()), Some(self.clock.now().plus(self.config.desk.wrap_up)));
            }
        }
    }
}

async fn commit_and_act(app: App, tx: Tx, change: Change) -> Result<(), StoreError> {
    tx.commit().await?;
    let Change { transition, isolate_first, rung, acting: Some(acting), now } = change else { return Ok(()) };
    app.ears.follow(&transition.call, now);
    if let Some(agent) = rung {
        app.presence().expect_desk(&agent);
    }
    let call = transition.call.id;
    // Whatever becomes of what follows, the change is stored, and whoever asked is told so.
    let acted = tokio::spawn(async move { app.act(&transition, isolate_first, acting).await }).await;
    if let Err(error) = acted {
        error!(call.id = %call, error = chain(&error), "What follows from a change of call {call} broke off");
    }
    Ok(())
}

fn enforce(app: App, call: CallId) -> BoxFuture<'static, ()> {
    Box::pin(async move {
        if let Err(error) = app.seating().enforce(call).await {
            warn!(call.id = %call, error = chain(&error), "Seats of call {call} are not enforced yet");
        }
    })
}

/// Boxed, because ringing the next agent is a change again.
fn offer_next(app: App, call: CallId) -> BoxFuture<'static, ()> {
    Box::pin(async move { app.calls().offer_next(call).await })
}

/// Whether a transfer can still be meant. What is done to one that has ended must not be done to what came after it: not to
/// the next transfer, and not to the offer that a cold one leaves behind.
fn is_open(call: &Call, meant: TransferId) -> Result<(), ServiceError> {
    match call.transfer_id() {
        Some(open) if open == meant => Ok(()),
        Some(_) => {
            let ended = "This transfer has ended; another one of the same call is open.";
            Err(ServiceError::Refused(Refusal::NoTransfer, ended.to_owned()))
        }
        None if call.is_ended() => Err(Refusal::CallEnded.into()),
        None => Err(Refusal::NoTransfer.into()),
    }
}

/// A command that, given twice, undoes itself: it needs to be about what its giver saw.
fn is_toggle(event: &Event) -> bool {
    matches!(event, Event::Command { command: Command::Swap, .. })
}

fn actor_of(event: &Event) -> String {
    match event {
        Event::Command { by, .. } => events::actor_name(by),
        Event::Fact(_) => "fact".to_owned(),
        Event::Clock => "clock".to_owned(),
    }
}

/// The refusal with names instead of handles in its sentence.
async fn explained(db: &mut AnyConnection, refusal: Refusal) -> Result<ServiceError, ServiceError> {
    let names: HashMap<AgentId, String> =
        agents::all(db).await?.into_iter().map(|stored| (stored.agent.id, stored.agent.name)).collect();
    let name = |agent: &AgentId| names.get(agent).cloned().unwrap_or_else(|| agent.to_string());
    let message = refusal.sentence(name);
    Ok(ServiceError::Refused(refusal, message))
}
