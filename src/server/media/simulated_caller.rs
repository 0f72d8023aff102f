//! A caller whom the server plays: waits like anybody, says the caller's side of the sample conversation to whoever
//! answers, is quiet on hold, and hangs up in the end. They hear, too, so that a hand-over waits for them as for others.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use baton_domain::ids::{CallId, LegId};
use baton_domain::machine::Refusal;
use baton_domain::transcript::Speaker;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tracing::warn;

use super::PartError;
use super::attention::{Attention, Situation};
use super::following::Following;
use super::script::{Step, resume_at, steps};
use crate::server::error::{ServiceError, chain};
use crate::server::ports::participation::{Ear, Participation, ParticipationError, Tokens, Voice};
use crate::server::sample;
use crate::server::services::transcripts::NewLine;
use crate::server::state::App;

/// How long the caller waits for somebody to talk to before giving up, so that a forgotten demo empties itself.
const PATIENCE: Duration = Duration::from_mins(15);
/// A breath between being spoken to again and going on.
const BREATH: Duration = Duration::from_millis(700);
/// Silence is sent in pieces of this length.
const PIECE: Duration = Duration::from_secs(1);
/// How often they look for whoever is there with a closed microphone.
const LOOK: Duration = Duration::from_secs(1);

/// Is the caller of `call` until it is over or `stop` is cancelled.
pub async fn play(
    app: App,
    rooms: Arc<dyn Participation>,
    call: CallId,
    stop: CancellationToken,
) -> Result<(), PartError> {
    let Some(joined) = stop.run_until_cancelled(rooms.join(tokens(&app, call))).await else { return Ok(()) };
    let mut presence = joined?;
    let caller = Caller { app, call };
    let acting = caller.act(&mut *presence.voice, &mut *presence.ear);
    let acted = stop.run_until_cancelled(acting).await.unwrap_or(Ok(()));
    presence.voice.leave().await;
    acted
}

/// Tokens of the caller's own seat, as their page would get them.
fn tokens(app: &App, call: CallId) -> Tokens {
    let app = app.clone();
    Arc::new(move || {
        let app = app.clone();
        Box::pin(async move { Ok(app.seating().caller_access(call).await?.token) })
    })
}

struct Caller {
    app: App,
    call: CallId,
}

impl Caller {
    async fn act(&self, voice: &mut dyn Voice, ear: &mut dyn Ear) -> Result<(), PartError> {
        let (tell, situation) = watch::channel(Situation::default());
        let acted = tokio::select! {
            over = self.follow(tell) => over,
            spoken = self.speak(voice, situation.clone()) => spoken,
            gone = self.listen(ear, situation) => gone,
        };
        match acted {
            // The room was closed before the news of the end came.
            Err(_) if self.is_over().await => Ok(()),
            other => other,
        }
    }

    async fn is_over(&self) -> bool {
        self.app.calls().find(self.call).await.is_ok_and(|call| call.is_ended())
    }

    /// Tells where the call stands until it is over.
    async fn follow(&self, tell: watch::Sender<Situation>) -> Result<(), PartError> {
        let mut following = Following::begin(&self.app, self.call);
        while let Some(call) = following.next().await?.filter(|call| !call.is_ended()) {
            tell.send_replace(Situation::of_caller(&call));
        }
        Ok(())
    }

    /// Says the script to whoever is there, and hangs up.
    async fn speak(&self, voice: &mut dyn Voice, mut situation: watch::Receiver<Situation>) -> Result<(), PartError> {
        let steps = steps(&sample::lines());
        let mut said = self.said().await?;
        let mut next = resume_at(&steps, &said);
        while let Some(step) = steps.get(next) {
            if !situation.borrow().is_in_talk() {
                if is_spoken_to(voice, &mut situation).await? {
                    continue;
                }
                break;
            }
            if let Step::Say { text, .. } = step
                && said.insert(text.clone())
            {
                self.write_down(text).await?;
            }
            // Put on hold in mid-sentence, they say it again when somebody is back.
            tokio::select! {
                done = perform(voice, step) => { done?; next += 1; }
                () = until(&mut situation, |now| !now.is_in_talk()) => {}
            }
        }
        self.app.callers().leave(self.call).await.map_err(PartError::Desk)?;
        Ok(())
    }

    /// The lines of this caller that are in the transcript already.
    async fn said(&self) -> Result<BTreeSet<String>, PartError> {
        let transcript = self.app.transcripts().of_call(self.call).await.map_err(PartError::Desk)?;
        let callers = transcript.into_iter().filter(|segment| segment.speaker.is_caller());
        Ok(callers.map(|segment| segment.text.into()).collect())
    }

    async fn write_down(&self, text: &str) -> Result<(), PartError> {
        let line = NewLine { speaker: Speaker::Caller, text: text.to_owned(), started_at: None };
        match self.app.transcripts().said(self.call, line).await {
            // They may still say it.
            Err(ServiceError::Refused(Refusal::ListeningRefused, _)) => Ok(()),
            written => written.map_err(PartError::Desk),
        }
    }

    /// Reports whom they hear.
    async fn listen(&self, ear: &mut dyn Ear, situation: watch::Receiver<Situation>) -> Result<(), PartError> {
        let mut attention = Attention::default();
        let mut looks = tokio::time::interval(LOOK);
        loop {
            let heard: Vec<LegId> = tokio::select! {
                noticed = ear.next() => {
                    let noticed = noticed.ok_or(ParticipationError::Ended)?;
                    attention.notice(&noticed, &situation.borrow()).into_iter().collect()
                }
                _ = looks.tick() => attention.look(&situation.borrow()),
            };
            for speaker in heard {
                self.report(speaker).await;
            }
        }
    }

    async fn report(&self, speaker: LegId) {
        if let Err(error) = self.app.callers().heard(self.call, speaker).await {
            warn!(call.id = %self.call, error = chain(&error), "Could not report whom the simulated caller of {} hears", self.call);
        }
    }
}

async fn perform(voice: &mut dyn Voice, step: &Step) -> Result<(), PartError> {
    match step {
        Step::Listen(span) => be_quiet(voice, *span).await,
        Step::Say { file, .. } => match sample::caller_clip(file) {
            Some(clip) => Ok(voice.say(&clip).await?),
            None => Ok(()),
        },
    }
}

/// Is quiet until there is somebody to talk to, and takes a breath; `false` when it takes too long.
async fn is_spoken_to(voice: &mut dyn Voice, situation: &mut watch::Receiver<Situation>) -> Result<bool, PartError> {
    tokio::select! {
        quiet = be_quiet(voice, PATIENCE) => return quiet.map(|()| false),
        () = until(situation, Situation::is_in_talk) => {}
    }
    be_quiet(voice, BREATH).await?;
    Ok(true)
}

/// Silence in pieces, each of which is paced by itself.
async fn be_quiet(voice: &mut dyn Voice, span: Duration) -> Result<(), PartError> {
    let mut left = span;
    while !left.is_zero() {
        let piece = left.min(PIECE);
        voice.be_quiet(piece).await?;
        left -= piece;
    }
    Ok(())
}

/// Waits for a situation; for ever when there will be no other, since then the whole part is about to end.
async fn until(situation: &mut watch::Receiver<Situation>, is_it: impl Fn(&Situation) -> bool) {
    if situation.wait_for(|now| is_it(now)).await.is_err() {
        std::future::pending::<()>().await;
    }
}
