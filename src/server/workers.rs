//! What runs by itself beside the requests. Each worker is a loop over what comes in, and ends with the server.

mod insight;
mod media;
mod publisher;
mod reconciler;
pub mod recorder;
mod recordings;
mod spoken_files;
mod timers;
mod transcriber;

use std::sync::Arc;

use baton_transcription::Providers;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::hub::Wake;
use super::ports::participation::Participation;
use super::state::App;

/// Starts every worker; they end when `stop` is cancelled.
pub fn start(
    app: &App,
    woken: mpsc::UnboundedReceiver<Wake>,
    rooms: Arc<dyn Participation>,
    stop: &CancellationToken,
) -> TaskTracker {
    let workers = TaskTracker::new();
    let publisher = publisher::Publisher::new(app.clone(), woken);
    workers.spawn(stop.clone().run_until_cancelled_owned(publisher.run()));
    workers.spawn(stop.clone().run_until_cancelled_owned(reconciler::Reconciler::new(app.clone()).run()));
    workers.spawn(stop.clone().run_until_cancelled_owned(timers::Timers::new(app.clone()).run()));
    workers.spawn(stop.clone().run_until_cancelled_owned(recordings::Keeper::new(app.clone()).run()));
    workers.spawn(stop.clone().run_until_cancelled_owned(insight::Analyst::new(app.clone()).run()));
    // It ends by itself, since the files that it writes must be finished first.
    workers.spawn(recorder::Recordist::new(app.clone(), stop.clone()).run());
    let recogniser = Arc::new(Providers::new(app.config.transcription.providers.clone()));
    // It ends by itself, since what is asked to end has not been tried.
    let files = spoken_files::FileTranscriber::new(app.clone(), recogniser.clone(), stop.clone());
    workers.spawn(files.run());
    // It ends by itself, since what was said last is still to be written.
    workers.spawn(transcriber::Transcriber::new(app.clone(), recogniser, stop.clone()).run());
    // It ends by itself, since those whom it started must leave first.
    workers.spawn(media::Supervisor::new(app.clone(), rooms, stop.clone()).run());
    workers.close();
    workers
}
