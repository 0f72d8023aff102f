//! A language model behind a provider, asked as the desk asks it.

use std::error::Error;
use std::io;

use baton_domain::briefing::{Briefing, Source};
use baton_domain::transcript::Transcript;
use baton_models::{Chain, Failure, Gate, ProviderConfig, Task, Urgency};
use baton_redaction::Kinds;
use baton_summariser::Context;
use tokio::runtime::{Builder, Runtime};

use crate::briefer::Briefer;

/// One provider alone. What it cannot write is missing from its score: the local summariser does not step in.
#[derive(Debug)]
pub struct Model {
    name: String,
    chain: Chain,
    runtime: Runtime,
}

/// Why a model wrote no briefing.
#[derive(Debug, thiserror::Error)]
pub enum ModelError {
    /// Nothing was said that could be sent.
    #[error("nothing was sent: there is nothing to brief")]
    NothingSaid,
    /// It was asked, and what came cannot be used.
    #[error("{provider} failed: {}", failure.name())]
    Failed {
        /// Which provider.
        provider: String,
        /// Why.
        #[source]
        failure: Failure,
    },
}

impl Model {
    /// The provider, with personal data taken out of what it gets as the settings say.
    pub fn new(config: ProviderConfig, redacted: Kinds) -> io::Result<Self> {
        let name = format!("{}, {}", config.name, config.model);
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
        Ok(Self { name, chain: Chain::new(vec![config], redacted), runtime })
    }

    fn ask(&self, transcript: &Transcript, context: &Context) -> Result<Briefing, ModelError> {
        let task = Task {
            transcript: transcript.clone(),
            context: context.clone(),
            language: None,
            note: String::new(),
            earlier: Vec::new(),
            redact: true,
            urgency: Urgency::Now,
            // The conversations are made up: there is nothing to write down.
            gate: Gate::open(),
        };
        let outcome = self.runtime.block_on(self.chain.brief(task, &mut |_| ()));
        if outcome.briefing.source != Source::Local {
            return Ok(outcome.briefing);
        }
        let failed = outcome.attempts.into_iter().find_map(|attempt| {
            let failure = attempt.result.err()?;
            Some(ModelError::Failed { provider: attempt.sent.provider, failure })
        });
        // Of a conversation without a word the honest briefing is the local one, and a model is not asked.
        match failed {
            Some(failed) => Err(failed),
            None if transcript.final_lines().next().is_none() => Ok(outcome.briefing),
            None => Err(ModelError::NothingSaid),
        }
    }
}

impl Briefer for Model {
    fn name(&self) -> &str {
        &self.name
    }

    fn brief(&self, transcript: &Transcript, context: &Context) -> Result<Briefing, Box<dyn Error>> {
        Ok(self.ask(transcript, context)?)
    }
}
