//! Turns what is said into transcripts: one session of speech recognition for each speaker in each room.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use baton_domain::call::RoomKind;
use baton_domain::ids::SegmentId;
use baton_domain::listening::Consent;
use baton_domain::seat::Party;
use baton_domain::time::Timestamp;
use baton_domain::transcript::Speaker;
use baton_transcription::{Event, LineId, Position, RATE, Recogniser, Session, State, Words};
use livekit_participant::speech::SpeechOptions;
use livekit_participant::voice_activity::CutterOptions;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::{debug, error, info, warn};

use crate::server::ears::speech::{Speech, SpeechStream};
use crate::server::ears::{LegStream, Purpose, Source};
use crate::server::error::{ServiceError, chain};
use crate::server::random;
use crate::server::services::transcripts::SpokenLine;
use crate::server::state::App;

/// A final line that could not be stored is tried again this often, while others queue behind it.
const TRIES: u32 = 5;
const AGAIN: Duration = Duration::from_millis(500);

/// The transcriber of all calls.
pub struct Transcriber {
    app: App,
    recogniser: Arc<dyn Recogniser>,
    stop: CancellationToken,
}

impl Transcriber {
    /// A transcriber who listens to nobody yet. They end when `stop` is cancelled.
    pub fn new(app: App, recogniser: Arc<dyn Recogniser>, stop: CancellationToken) -> Self {
        Self { app, recogniser, stop }
    }

    /// Listens until the server ends.
    pub async fn run(self) {
        if let Err(failed) = self.app.transcripts().end_open_lines().await {
            error!(error = chain(&failed), "Lines of a former run could not be ended");
        }
        if !self.recogniser.is_there() {
            return;
        }
        let speakers = TaskTracker::new();
        let mut streams = self.app.ears.subscribe(Purpose::Transcribe);
        while let Some(Some(stream)) = self.stop.run_until_cancelled(streams.next()).await {
            // A task of its own: what panics there ends there, and the speaker is offered again.
            speakers.spawn(transcribe(self.app.clone(), Arc::clone(&self.recogniser), stream, self.stop.clone()));
        }
        speakers.close();
        speakers.wait().await;
    }
}

/// One speaker in one room, from their first words to their last.
async fn transcribe(app: App, recogniser: Arc<dyn Recogniser>, stream: LegStream, stop: CancellationToken) {
    let usual = SpeechOptions::default();
    let longest = app.config.transcription.longest_utterance;
    let options = SpeechOptions { cutter: CutterOptions { longest, ..usual.cutter }, ..usual };
    let mut speech = match SpeechStream::new(stream, &options) {
        Ok(speech) => speech,
        Err(failed) => {
            error!(error = chain(&failed), "A speaker cannot be decoded");
            return;
        }
    };
    let source = speech.source().clone();
    if !write_down(&app, &source, &recogniser.names()).await {
        return;
    }
    let mut scribe = Scribe { app, source, lines: HashMap::new(), captions: None };
    let mut session = recogniser.open();
    loop {
        tokio::select! {
            heard = speech.next() => match heard {
                Some(heard) => scribe.hear(&session, heard),
                None => break,
            },
            Some(event) = session.next() => scribe.tell(event).await,
            () = stop.cancelled() => break,
        }
    }
    scribe.captions = None;
    tell_of_lost(&scribe.source, speech.dropped());
    // What waits here to be sent was said before, but whoever refuses means that, too.
    if !scribe.is_refused().await {
        // What was said last still comes; while the server ends, there is time for that, too.
        session.finish();
        while let Some(event) = session.next().await {
            scribe.tell(event).await;
        }
    }
    scribe.end_open_lines().await;
}

fn tell_of_lost(source: &Source, dropped: u64) {
    if dropped > 0 {
        let call = source.call;
        warn!(call.id = %call, dropped, "{dropped} packets of call {call} are in no transcript: nobody took them in time");
    }
}

/// Writes the lines of one speaker.
struct Scribe {
    app: App,
    source: Source,
    lines: HashMap<LineId, SegmentId>,
    /// Counts this speaker among those whose lines are awaited, and among those whose lines are late.
    captions: Option<CaptionsGuard>,
}

impl Scribe {
    fn hear(&mut self, session: &Session, heard: Speech) {
        match heard {
            Speech::Samples { at, pcm } => {
                if self.captions.is_none() && self.source.room.kind() == RoomKind::Call {
                    self.captions = Some(CaptionsGuard::new(&self.app, &self.source));
                }
                session.sound(self.position(at), pcm);
            }
            Speech::Said { started_at, ended_at } => {
                session.utterance(self.position(started_at), self.position(ended_at));
            }
        }
    }

    async fn tell(&mut self, event: Event) {
        let call = self.source.call;
        match event {
            Event::Words(words) => self.write(words).await,
            Event::Withdrawn(line) => self.withdraw(line).await,
            Event::State(state) => {
                if let Some(captions) = &self.captions {
                    captions.set_delayed(state == State::Delayed);
                }
            }
            Event::Lost { from, to, failure } => {
                let ms = u64::try_from(to.saturating_sub(from).as_millis()).unwrap_or(u64::MAX);
                warn!(call.id = %call, ms, failure = failure.name(), "{ms} ms of call {call} will not be in its transcript");
            }
            Event::Failed { provider, failure } => {
                warn!(call.id = %call, provider, failure = failure.name(), "No lines from {provider}: {failure}");
            }
            Event::Connected { provider } => {
                info!(call.id = %call, provider, "{provider} listens to a speaker of call {call}");
            }
        }
    }

    /// Of these nobody hears more.
    async fn end_open_lines(&mut self) {
        let (call, room) = (self.source.call, self.source.room);
        for (_, id) in self.lines.drain() {
            if let Err(failed) = self.app.transcripts().end_line(call, room, id).await {
                error!(call.id = %call, error = chain(&failed), "A line could not be ended, the next start ends it");
            }
        }
    }

    async fn is_refused(&self) -> bool {
        match self.app.calls().find(self.source.call).await {
            Ok(call) => call.listening.consent == Consent::Refused,
            Err(failed) => {
                error!(
                    error = chain(&failed),
                    "It cannot be told whether the caller allows their last words to be sent"
                );
                true
            }
        }
    }

    async fn write(&mut self, words: Words) {
        let id = *self.lines.entry(words.id).or_insert_with(|| SegmentId(random::id()));
        if words.is_final {
            self.lines.remove(&words.id);
        }
        let line = SpokenLine {
            call: self.source.call,
            room: self.source.room,
            id,
            speaker: match &self.source.party {
                Party::Caller => Speaker::Caller,
                Party::Agent(agent) => Speaker::Agent(agent.clone()),
            },
            started_at: self.time(words.started_at),
            ended_at: words.is_final.then(|| self.time(words.ended_at)),
            text: words.text,
            is_final: words.is_final,
        };
        for tried in 1..=TRIES {
            match self.app.transcripts().spoken(line.clone()).await {
                Ok(_) => return,
                // Of an interim line the next version comes soon.
                Err(failed) if line.is_final && tried < TRIES && !matches!(failed, ServiceError::Invalid(_)) => {
                    warn!(call.id = %line.call, error = chain(&failed), "A line could not be stored, trying again");
                    tokio::time::sleep(AGAIN).await;
                }
                Err(failed) => {
                    error!(call.id = %line.call, error = chain(&failed), "A line could not be stored");
                    return;
                }
            }
        }
    }

    async fn withdraw(&mut self, line: LineId) {
        let Some(id) = self.lines.remove(&line) else { return };
        if let Err(failed) = self.app.transcripts().withdraw(self.source.call, self.source.room, id).await {
            debug!(call.id = %self.source.call, error = chain(&failed), "An interim line could not be taken back");
        }
    }

    fn position(&self, at: Timestamp) -> Position {
        let ms = u64::try_from(at.since(self.source.started_at).0).unwrap_or_default();
        ms.saturating_mul(u64::from(RATE) / 1_000)
    }

    fn time(&self, after: Duration) -> Timestamp {
        let ms = i64::try_from(after.as_millis()).unwrap_or(i64::MAX);
        self.source.started_at.plus(baton_domain::time::Span(ms))
    }
}

/// A speaker whose words are turned into lines, for as long as this lives.
struct CaptionsGuard {
    app: App,
    source: Source,
}

impl CaptionsGuard {
    fn new(app: &App, source: &Source) -> Self {
        app.captions().listening(source.call, source.leg);
        Self { app: app.clone(), source: source.clone() }
    }

    fn set_delayed(&self, is_delayed: bool) {
        self.app.captions().delayed(self.source.call, self.source.leg, is_delayed);
    }
}

impl Drop for CaptionsGuard {
    fn drop(&mut self) {
        self.app.captions().stopped(self.source.call, self.source.leg);
    }
}

/// Says in the audit that this voice leaves from now on, and to whom. Where that cannot be written down, nothing leaves.
async fn write_down(app: &App, source: &Source, providers: &[String]) -> bool {
    let room = if source.room.kind() == RoomKind::Call { "the call" } else { "a consult" };
    let speaker = match &source.party {
        Party::Caller => format!("the caller in {room}"),
        Party::Agent(agent) => format!("{agent} in {room}"),
    };
    for tried in 1..=TRIES {
        let Err(failed) = app.speech_leaves(source.call, &speaker, providers).await else { return true };
        error!(call.id = %source.call, error = chain(&failed), "A voice is not sent, because that could not be written down");
        if tried < TRIES {
            tokio::time::sleep(AGAIN).await;
        }
    }
    false
}
