//! Records whoever may be recorded: each leg in each room into a file of its own.

use std::time::Duration;

use baton_domain::ids::RecordingId;
use baton_domain::recording::RecordedLeg;
use baton_domain::seat::Party;
use baton_domain::transcript::Speaker;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::{error, warn};

use crate::server::ears::{Heard, LegStream, Purpose, Source};
use crate::server::error::chain;
use crate::server::state::App;

/// A file that cannot begin is tried again after this time, and after twice as long each time it fails again.
const AGAIN: Duration = Duration::from_secs(1);
/// The longest wait: the ears keep ten seconds meanwhile.
const LONGEST_WAIT: Duration = Duration::from_secs(8);

/// The recorder of all calls.
pub struct Recordist {
    app: App,
    stop: CancellationToken,
}

impl Recordist {
    /// A recordist who records nobody yet. They end, with all files, when `stop` is cancelled.
    pub fn new(app: App, stop: CancellationToken) -> Self {
        Self { app, stop }
    }

    /// Records until the server ends.
    pub async fn run(self) {
        let files = TaskTracker::new();
        let mut speakers = self.app.ears.subscribe(Purpose::Record);
        while let Some(Some(stream)) = self.stop.run_until_cancelled(speakers.next()).await {
            // A task of its own: what panics there ends there.
            files.spawn(record(self.app.clone(), stream, self.stop.clone()));
        }
        files.close();
        files.wait().await;
    }
}

/// One speaker in one room, from their first packet to their last.
pub async fn record(app: App, mut stream: LegStream, stop: CancellationToken) {
    let Some(Some(id)) = stop.run_until_cancelled(begin(&app, &stream)).await else { return };
    while let Some(Some(heard)) = stop.run_until_cancelled(stream.next()).await {
        if let Heard::Packet(packet) = heard {
            app.recorder.writing.write(id, packet.position, packet.payload);
        }
    }
    let dropped = stream.dropped();
    if dropped > 0 {
        warn!(recording.id = %id, dropped, "{dropped} packets of recording {id} are lost: nobody took them in time");
    }
    if let Err(failed) = app.recordings().finish(stream.source().call, id).await {
        error!(recording.id = %id, error = chain(&failed), "Recording {id} could not be finished, trying again");
    }
}

/// Begins a file, as soon as that is possible; nothing when the speaker has left before it was.
async fn begin(app: &App, stream: &LegStream) -> Option<RecordingId> {
    let (source, mut wait) = (stream.source(), AGAIN);
    loop {
        // Asked first, so that what was said before the end is tried for once more.
        let is_over = stream.is_over();
        let failed = match app.recordings().begin(recorded_leg(source), source.started_at).await {
            Ok(id) => return Some(id),
            Err(failed) => failed,
        };
        if is_over {
            error!(call.id = %source.call, error = chain(&failed), "A recording could not begin before its speaker left");
            return None;
        }
        error!(call.id = %source.call, error = chain(&failed), "A recording could not begin, trying again");
        tokio::time::sleep(wait).await;
        wait = LONGEST_WAIT.min(wait * 2);
    }
}

fn recorded_leg(source: &Source) -> RecordedLeg {
    let speaker = match &source.party {
        Party::Caller => Speaker::Caller,
        Party::Agent(agent) => Speaker::Agent(agent.clone()),
    };
    RecordedLeg { call: source.call, leg: source.leg, speaker, room: source.room }
}
