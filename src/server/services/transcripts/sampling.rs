//! The demo's sample conversation: typed line by line, for as long as the caller talks to whoever began it.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use baton_domain::ids::{AgentId, CallId};
use baton_domain::machine::Refusal;
use baton_domain::seat::talks_to_caller;
use baton_domain::transcript::Speaker;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tracing::warn;

use super::{NewLine, Transcripts};
use crate::server::error::{ServiceError, chain};
use crate::server::hub::News;
use crate::server::permissions::Who;
use crate::server::sample::{self, SampleSpeaker};
use crate::server::state::App;

/// The calls in which a sample conversation is being played.
#[derive(Debug, Default)]
pub struct Samples(Mutex<HashSet<CallId>>);

/// One that is being played, until this is dropped.
struct Playing {
    app: App,
    call: CallId,
}

impl Playing {
    /// `None` when one is being played in this call already: two would interleave.
    fn begin(app: &App, call: CallId) -> Option<Self> {
        let is_first = app.samples.0.lock().unwrap_or_else(PoisonError::into_inner).insert(call);
        is_first.then(|| Self { app: app.clone(), call })
    }
}

impl Drop for Playing {
    fn drop(&mut self) {
        self.app.samples.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.call);
    }
}

impl Transcripts<'_> {
    /// Demo: types a sample conversation in the time in which the desk speaks it.
    pub async fn play_sample(&self, who: &Who, call: CallId) -> Result<(), ServiceError> {
        let me = who.agent().ok_or(ServiceError::NotAllowed)?.clone();
        // Listening begins before the call is read, so that no change falls between them.
        let news = self.0.hub.subscribe();
        let found = self.0.calls().find(call).await?;
        if !found.agent_legs().iter().any(|leg| leg.agent == me) {
            return Err(Refusal::NotYourCall.into());
        }
        if !talks_to_caller(&found, &me) {
            return Err(ServiceError::Invalid("It is a conversation with the caller: talk to them first.".to_owned()));
        }
        let Some(playing) = Playing::begin(self.0, call) else {
            return Err(ServiceError::Invalid("The sample conversation is being played already.".to_owned()));
        };
        tokio::spawn(async move {
            if let Err(error) = speak(&playing, &me, news).await {
                warn!(call.id = %call, error = chain(&error), "The sample conversation in call {call} ended early");
            }
        });
        Ok(())
    }
}

async fn speak(playing: &Playing, agent: &AgentId, mut news: Receiver<News>) -> Result<(), ServiceError> {
    let Playing { app, call } = playing;
    for line in sample::lines() {
        let speaker = match line.speaker {
            SampleSpeaker::Caller => Speaker::Caller,
            SampleSpeaker::Agent => Speaker::Agent(agent.clone()),
        };
        let spoken_for = Duration::from_millis(line.duration_ms);
        app.transcripts().said(*call, NewLine { speaker, text: line.text, started_at: None }).await?;
        tokio::select! {
            // A talk that is over is noticed before the next line is typed.
            biased;
            ended = end_of_talk(playing, agent, &mut news) => return ended,
            // The pace of the conversation itself: the desk plays the file of this line meanwhile.
            () = tokio::time::sleep(spoken_for) => {}
        }
    }
    Ok(())
}

/// Waits until the caller no longer talks to this agent.
async fn end_of_talk(playing: &Playing, agent: &AgentId, news: &mut Receiver<News>) -> Result<(), ServiceError> {
    loop {
        let talks = match news.recv().await {
            Ok(News::Moved(moved)) if moved.id == playing.call => talks_to_caller(&moved, agent),
            Ok(_) => true,
            Err(RecvError::Lagged(_)) => talks_to_caller(&playing.app.calls().find(playing.call).await?, agent),
            Err(RecvError::Closed) => false,
        };
        if !talks {
            return Ok(());
        }
    }
}
