//! Language models that speak OpenAI's interface, as writers of briefings.

use std::sync::Arc;

use baton_domain::briefing::Source;
use baton_models::{Attempt, Chain, Draft, Gate};
use tokio::sync::mpsc::{self, UnboundedReceiver, UnboundedSender};
use tracing::{info, warn};

use super::analyst::to_task;
use crate::server::config::ModelsConfig;
use crate::server::error::chain;
use crate::server::ports::briefing_writer::{BriefingWriter, Departure, Order, Sent, Step};

/// The configured providers in their order.
#[derive(Debug)]
pub struct Models {
    chain: Arc<Chain>,
}

impl Models {
    /// The providers that the configuration names; without any nobody is asked.
    pub fn new(config: &ModelsConfig) -> Self {
        Self { chain: Arc::new(Chain::new(config.providers.clone(), config.redacted)) }
    }

    /// The same providers for another purpose: their budget is one.
    pub(super) fn chain(&self) -> Arc<Chain> {
        self.chain.clone()
    }
}

impl BriefingWriter for Models {
    fn is_there(&self) -> bool {
        !self.chain.is_empty()
    }

    fn write(&self, order: Order) -> UnboundedReceiver<Step> {
        let (steps, told) = mpsc::unbounded_channel();
        tokio::spawn(write(self.chain.clone(), order, steps));
        told
    }
}

async fn write(providers: Arc<Chain>, order: Order, steps: UnboundedSender<Step>) {
    let Order { talk, local } = order;
    let mut draft = Draft::new(local);
    // Nobody listening any more is no error: what is written is in the cache for the next who asks.
    let tell = |step| drop(steps.send(step));
    let mut on_progress = |progress| {
        if let Some(now) = draft.after(progress) {
            tell(Step::Draft(Box::new(now.clone())));
        }
    };
    let gate = gate(steps.clone(), Step::Leaving);
    let outcome = providers.brief(to_task(talk, gate), &mut on_progress).await;
    log(&outcome.attempts, "A briefing");
    if outcome.briefing.source != Source::Local {
        tell(Step::Written(Box::new(outcome.briefing)));
    }
}

/// Asks by a step whether something may leave. Nobody there to ask is a no: nobody would write it down.
pub(super) fn gate<S: Send + 'static>(steps: UnboundedSender<S>, leaving: fn(Departure) -> S) -> Gate {
    Gate::new(move |sent| {
        let (departure, may_leave) = Departure::new(to_sent(sent));
        let is_asked = steps.send(leaving(departure)).is_ok();
        Box::pin(async move { is_asked && may_leave.await.is_ok() })
    })
}

fn to_sent(sent: baton_models::Sent) -> Sent {
    Sent {
        provider: sent.provider,
        model: sent.model,
        lines: sent.lines,
        is_redacted: sent.is_redacted,
        taken_out: sent.taken_out.iter().map(|(_, count)| count).sum(),
    }
}

/// Says of every provider that was asked for something what became of it.
pub(super) fn log(attempts: &[Attempt], what: &str) {
    for attempt in attempts {
        let (provider, requests) = (&attempt.sent.provider, attempt.requests);
        match &attempt.result {
            Ok(dropped) => info!(
                provider,
                requests,
                dropped.citations = dropped.citations,
                dropped.statements = dropped.statements,
                "{what} was written by {provider}"
            ),
            Err(failure) => {
                warn!(
                    provider,
                    requests,
                    failure = failure.name(),
                    "{what} did not come from {provider}: {}",
                    chain(failure)
                );
            }
        }
    }
}
