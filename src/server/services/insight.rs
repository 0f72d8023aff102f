//! What agents see of a call while it goes on: its analysis, what is ticked off, and what they ask about it.
//!
//! All of it happens beside the call, in tasks of its own: nothing that is said, and no transfer, ever waits for it.

mod chat;
mod rolling;

use baton_domain::briefing::{Briefing, Language, Source, Statement};
use baton_domain::call::Call;
use baton_domain::ids::{AgentId, CallId};
use baton_domain::insight::{CallInsight, Insight, InsightChange, Tick};
use baton_domain::machine::Refusal;
use baton_domain::transcript::Transcript;
use baton_summariser::{Context, analyse};

use crate::server::error::ServiceError;
use crate::server::hub::Wake;
use crate::server::permissions::{Action, Who, may};
use crate::server::state::App;
use crate::server::store::{StoreError, insight};

/// Insight.
pub struct Insights<'a>(pub(crate) &'a App);

impl Insights<'_> {
    /// All that is kept of a call for its agents.
    pub async fn of_call(&self, who: &Who, call: CallId) -> Result<CallInsight, ServiceError> {
        self.may_look(who, call).await?;
        let mut db = self.0.store.read().await?;
        Ok(insight::of_call(&mut db, call).await?)
    }

    /// Analyses a call as it is now, stores what comes out and tells its agents.
    pub async fn analyse(&self, who: &Who, call: CallId) -> Result<Insight, ServiceError> {
        self.may_look(who, call).await?;
        if self.0.writer.is_there() {
            let found = self.0.calls().find(call).await?;
            let (transcript, context) = self.0.briefings().material(&found, None).await?;
            if let Some(analysis) = self.analyse_by_model(&found, transcript, context, false).await? {
                return Ok(analysis);
            }
        }
        self.refresh(call).await
    }

    /// The briefing of a call as it would be now.
    pub async fn summarise(
        &self,
        who: &Who,
        call: CallId,
        language: Option<Language>,
    ) -> Result<Briefing, ServiceError> {
        self.may_look(who, call).await?;
        self.0.briefings().summarise(call, language).await
    }

    /// Brings the analysis up to date by the local rules.
    pub(in crate::server) async fn refresh(&self, call: CallId) -> Result<Insight, ServiceError> {
        let (transcript, context) = self.material(call).await?;
        let lines: Vec<u32> = transcript.final_lines().map(|line| line.number).collect();
        let local = in_background(move || analyse(&transcript, &context)).await;
        let mut tx = self.0.store.begin().await?;
        let known = insight::analysis(&mut tx, call).await?;
        let shown = match &known {
            Some(known) if known.source != Source::Local => known.carried_on(&local, read_to(known, &lines)),
            _ => local,
        };
        if known.as_ref() != Some(&shown) {
            insight::put_analysis(&mut tx, call, &shown, self.0.clock.now()).await?;
            tx.commit().await.map_err(StoreError::from)?;
            self.tell(call, InsightChange::Analysed { analysis: Box::new(shown.clone()) });
        }
        Ok(shown)
    }

    /// Ticks off an action item of this agent's call, or opens it again.
    pub async fn tick(&self, who: &Who, call: CallId, item: &str, done: bool) -> Result<Vec<Tick>, ServiceError> {
        let me = self.part_of(who, call, Action::WorkAtDesk).await?;
        let mut tx = self.0.store.begin().await?;
        let known = insight::of_call(&mut tx, call).await?;
        let item = known
            .action_items()
            .into_iter()
            .map(|row| row.item)
            .find(|known| known.text() == item)
            .ok_or(ServiceError::NotFound("action item"))?;
        if done {
            let tick = Tick { item, by: me, at: self.0.clock.now() };
            insight::tick(&mut tx, call, &tick).await?;
        } else {
            untick(&mut tx, call, &known, &item).await?;
        }
        let ticks = insight::ticks(&mut tx, call).await?;
        tx.commit().await.map_err(StoreError::from)?;
        self.tell(call, InsightChange::Ticked { ticks: ticks.clone() });
        Ok(ticks)
    }

    /// What was said, and who is who.
    async fn material(&self, call: CallId) -> Result<(Transcript, Context), ServiceError> {
        let call = self.0.calls().find(call).await?;
        self.0.briefings().material(&call, None).await
    }

    /// Programs and supervisors look at any call, agents at those that they are part of.
    async fn may_look(&self, who: &Who, call: CallId) -> Result<(), ServiceError> {
        if !may(who, Action::AnalyseCalls) {
            return Err(ServiceError::NotAllowed);
        }
        if may(who, Action::ReadCalls) {
            return self.0.calls().find(call).await.map(drop);
        }
        self.part_of(who, call, Action::AnalyseCalls).await.map(drop)
    }

    /// The agent who asks, when the call is theirs.
    async fn part_of(&self, who: &Who, call: CallId, action: Action) -> Result<AgentId, ServiceError> {
        let me = who.agent().filter(|_| may(who, action)).ok_or(ServiceError::NotAllowed)?;
        let viewers = self.0.viewers(call).await?;
        if viewers.contains(me) { Ok(me.clone()) } else { Err(Refusal::NotYourCall.into()) }
    }

    fn tell(&self, call: CallId, change: InsightChange) {
        self.0.hub.wake(Wake::Insight(call, Box::new(change)));
    }
}

/// Opens an item again, whatever words it was ticked off in.
async fn untick(
    tx: &mut sqlx::AnyConnection,
    call: CallId,
    known: &CallInsight,
    item: &Statement,
) -> Result<(), StoreError> {
    for tick in known.ticks.iter().filter(|tick| tick.is_of(item)) {
        insight::untick(tx, call, &tick.item).await?;
    }
    Ok(())
}

/// Who reads what is written about a call while it goes on: the agent who has the caller, or is about to.
pub(super) fn reader(call: &Call) -> Option<&AgentId> {
    let has_caller = call.agents_with_caller().first().copied();
    has_caller.or_else(|| call.agent_legs().first().map(|leg| &leg.agent))
}

/// Up to which line an analysis has read; `lines` are the numbers of the final ones.
pub(super) fn read_to(insight: &Insight, lines: &[u32]) -> u32 {
    nth_line(insight.lines_read, lines)
}

/// The number of the last of the first `count` lines.
pub(super) fn nth_line(count: u32, lines: &[u32]) -> u32 {
    let at = usize::try_from(count).unwrap_or(usize::MAX).min(lines.len());
    lines[..at].last().copied().unwrap_or_default()
}

/// Reading hours of talk takes a while, and other tasks would wait for it.
pub(super) async fn in_background<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    tokio::task::spawn_blocking(work).await.expect("reading a transcript does not panic, and is not cancelled")
}
