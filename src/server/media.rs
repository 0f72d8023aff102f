//! The server as one of those in a call: who of ours must be there, and what they do.
//!
//! Who must be there is a pure function of the stored call ([`wanted`]). The supervisor among the workers starts a
//! [keeper](keep) for each, which lets it play its part, again after a failure, until it is wanted no more. A part that
//! breaks, or panics, is only ever its own task's end.

mod attention;
mod backoff;
mod briefing_voice;
mod following;
mod hold_music;
mod listener;
mod phone;
mod programme;
mod relay;
mod script;
mod simulated_caller;
mod simulated_phone;
mod stand_in;
mod tenancy;
mod wanted;

use std::sync::Arc;

use baton_domain::time::Span;
use futures_util::future::BoxFuture;
use livekit_participant::deck::DeckError;
use tokio_util::sync::CancellationToken;
use tokio_util::task::AbortOnDropHandle;
use tracing::{error, warn};

pub use script::{Step, resume_at, steps};
pub use tenancy::keep_alone;
pub use wanted::{Role, ServerParticipant, wanted};

use super::error::{ServiceError, chain};
use super::ports::participation::{Participation, ParticipationError};
use super::state::App;
use backoff::Backoff;
use simulated_phone::SimulatedPhones;

/// A part that was played for this long begins anew with short waits when it fails.
const STEADY: Span = Span::seconds(60);

/// Why a part was not played to its end.
#[derive(Debug, thiserror::Error)]
pub enum PartError {
    /// The media server.
    #[error("taking part failed")]
    Participation(#[from] ParticipationError),
    /// The sound.
    #[error("the sound cannot be played")]
    Sound(#[from] DeckError),
    /// The desk.
    #[error("the desk did not do what the part asked for")]
    Desk(#[source] ServiceError),
}

/// Plays a part until it is over or `stop` is cancelled, and begins again when it fails.
pub async fn keep(app: App, rooms: Arc<dyn Participation>, participant: ServerParticipant, stop: CancellationToken) {
    let mut backoff = Backoff::default();
    let ServerParticipant { call, role } = &participant;
    loop {
        let began = app.clock.now();
        // A task of its own: what panics there ends there. It ends with this one, which is dropped when it takes too long.
        let part = AbortOnDropHandle::new(tokio::spawn(play(&app, &rooms, &participant, stop.clone())));
        match part.await {
            Ok(Ok(())) => return,
            Ok(Err(failed)) => {
                warn!(call.id = %call, error = chain(&failed), "The {role} in call {call} broke off, trying again");
            }
            Err(panicked) => {
                error!(call.id = %call, error = chain(&panicked), "The {role} in call {call} panicked, trying again");
            }
        }
        if app.clock.now().since(began) >= STEADY {
            backoff = Backoff::default();
        }
        if stop.run_until_cancelled(tokio::time::sleep(backoff.wait())).await.is_none() {
            return;
        }
    }
}

fn play(
    app: &App,
    rooms: &Arc<dyn Participation>,
    participant: &ServerParticipant,
    stop: CancellationToken,
) -> BoxFuture<'static, Result<(), PartError>> {
    let (app, rooms, call) = (app.clone(), rooms.clone(), participant.call);
    match participant.role {
        Role::SimulatedCaller => Box::pin(simulated_caller::play(app, rooms, call, stop)),
        Role::BriefingVoice(transfer) => Box::pin(briefing_voice::play(app, rooms, call, transfer, stop)),
        Role::HoldMusic(room) => Box::pin(hold_music::play(app, rooms, call, room, stop)),
        Role::Phone(transfer) => Box::pin(phone::play(app, SimulatedPhones::new(rooms), call, transfer, stop)),
        Role::Relay(transfer) => Box::pin(relay::play(app, rooms, call, transfer, stop)),
        Role::Listener(room) => Box::pin(listener::play(app, rooms, call, room, stop)),
    }
}
