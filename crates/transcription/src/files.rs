//! What is said in whole files.
//!
//! Deepgram and AssemblyAI take a file as it is and know who speaks. A server with OpenAI's interface gets it as the calls'
//! utterances are sent: decoded and cut where nobody speaks. So any length can be sent, times are known, and a server that
//! takes nothing but WAV is enough. Whoever fails is asked again a few times, then the next provider is.

use std::path::PathBuf;
use std::time::Duration;

use baton_provider::backoff;
use baton_sound_file::{Kind, ReadError, SoundFile, Utterance};
use reqwest::Body;
use thiserror::Error;
use tokio::sync::mpsc;
use tokio::time::Instant;

use crate::audio::wav;
use crate::config::Service;
use crate::failure::Failure;
use crate::providers::{Provider, Providers};
use crate::wire::openai::OpenAi;
use crate::wire::recording::{Recording, RecordingError};
use crate::wire::{deepgram_file, http_address};

/// Until a provider that takes whole files has answered, its upload included.
const WHOLE_FILE: Duration = Duration::from_hours(1);
/// A pause that a provider asks for is kept, but nobody is waited for longer than this.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);
/// Utterances that are decoded ahead.
const AHEAD: usize = 2;

/// A file to be transcribed.
#[derive(Clone, Debug)]
pub struct SpokenFile {
    /// Where it is.
    pub path: PathBuf,
    /// What it is.
    pub kind: &'static Kind,
    /// How large it is.
    pub bytes: u64,
}

/// Something that is said in a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FileLine {
    /// `A`, `B` …, where the provider tells voices apart.
    pub speaker: Option<String>,
    /// What.
    pub text: String,
    /// When it begins, since the beginning of the file.
    pub from: Duration,
    /// When it ends, where that is known.
    pub to: Option<Duration>,
}

/// How far a file is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FileStep {
    /// Its sound is about to leave, and waits for [`Transcribing::go`].
    Leaving {
        /// To which provider.
        provider: String,
        /// To which of its models.
        model: String,
    },
    /// So much of it was heard, where that can be told.
    Heard {
        /// So much.
        heard: Duration,
        /// Of so much, where the file says how long it is.
        of: Option<Duration>,
    },
    /// A provider failed; the next is asked.
    Failed {
        /// Which.
        provider: String,
        /// Why.
        failure: Failure,
    },
}

/// Why there is no transcript.
#[derive(Debug, Error)]
pub enum FileError {
    /// There is nobody to ask.
    #[error("no provider is set")]
    Nobody,
    /// Nobody can make anything of the file.
    #[error("the file cannot be read")]
    Unreadable,
    /// It goes on for longer than anybody speaks.
    #[error("the file is longer than a day")]
    TooLong,
    /// The file is gone.
    #[error("the file is gone")]
    Gone(#[source] std::io::Error),
    /// All of them failed; this is why the last did.
    #[error("no provider could transcribe the file")]
    Failed(#[source] Failure),
}

/// Why one provider gives no transcript.
enum Trouble {
    Provider(Failure),
    File(FileError),
}

impl From<Failure> for Trouble {
    fn from(failure: Failure) -> Self {
        Self::Provider(failure)
    }
}

impl From<ReadError> for Trouble {
    fn from(error: ReadError) -> Self {
        Self::File(match error {
            ReadError::Io(error) => FileError::Gone(error),
            ReadError::Unreadable => FileError::Unreadable,
            ReadError::TooLong => FileError::TooLong,
        })
    }
}

impl SpokenFile {
    /// All of it, read as it is sent.
    pub(crate) async fn body(&self) -> Result<Body, Failure> {
        // It was there a moment ago: that it is gone is found out by whoever reads it next.
        let file = tokio::fs::File::open(&self.path).await.map_err(|_| Failure::Cut)?;
        Ok(file.into())
    }
}

/// Whoever says what is said in whole files.
pub trait FileRecogniser: Send + Sync {
    /// Whether there is anybody to ask.
    fn takes_files(&self) -> bool;
    /// Begins to transcribe: how far it is, and in the end what is said. Dropping what comes back gives up.
    fn transcribe(&self, file: SpokenFile) -> Transcribing;
}

/// A file that is being transcribed.
#[derive(Debug)]
pub struct Transcribing {
    /// How far it is; closed when it is over.
    pub steps: mpsc::UnboundedReceiver<FileStep>,
    may_leave: mpsc::UnboundedSender<()>,
    /// What is said.
    pub lines: AbortOnDrop,
}

impl Transcribing {
    /// It is written down that the sound leaves, and so it may.
    pub fn go(&self) {
        // Whoever wanted to send it may have ended meanwhile.
        let _ = self.may_leave.send(());
    }
}

/// A task that ends with whoever waits for it.
#[derive(Debug)]
pub struct AbortOnDrop(tokio::task::JoinHandle<Result<Vec<FileLine>, FileError>>);

impl AbortOnDrop {
    /// What is said, once it is over.
    pub async fn result(mut self) -> Result<Vec<FileLine>, FileError> {
        // It is not cancelled but by our own end; a panic in it is a file that nobody can read.
        (&mut self.0).await.unwrap_or(Err(FileError::Unreadable))
    }
}

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        self.0.abort();
    }
}

type Steps = mpsc::UnboundedSender<FileStep>;

impl FileRecogniser for Providers {
    fn takes_files(&self) -> bool {
        !self.all.is_empty()
    }

    fn transcribe(&self, file: SpokenFile) -> Transcribing {
        let (steps, told) = mpsc::unbounded_channel();
        let (may_leave, mut allowed) = mpsc::unbounded_channel();
        let providers = self.all.clone();
        let task = tokio::spawn(async move { in_order(&providers, &file, &steps, &mut allowed).await });
        Transcribing { steps: told, may_leave, lines: AbortOnDrop(task) }
    }
}

async fn in_order(
    providers: &[Provider],
    file: &SpokenFile,
    steps: &Steps,
    allowed: &mut mpsc::UnboundedReceiver<()>,
) -> Result<Vec<FileLine>, FileError> {
    let mut last = FileError::Nobody;
    for provider in providers {
        let config = &provider.config;
        let (name, model) = (config.name.clone(), config.model.clone());
        // Nobody there to ask is a no: nobody would write it down.
        if steps.send(FileStep::Leaving { provider: name.clone(), model }).is_err() || allowed.recv().await.is_none() {
            return Err(last);
        }
        match by(provider, file, steps).await {
            Ok(lines) => return Ok(lines.into_iter().filter(|line| !line.text.trim().is_empty()).collect()),
            Err(Trouble::Provider(failure)) => {
                let _ = steps.send(FileStep::Failed { provider: name, failure: failure.clone() });
                last = FileError::Failed(failure);
            }
            // Another provider may know a kind of file that we cannot decode; nobody has one that is gone.
            Err(Trouble::File(gone @ FileError::Gone(_))) => return Err(gone),
            Err(Trouble::File(error)) => last = error,
        }
    }
    Err(last)
}

async fn by(provider: &Provider, file: &SpokenFile, steps: &Steps) -> Result<Vec<FileLine>, Trouble> {
    let config = &provider.config;
    match (config.service, &provider.openai) {
        (Service::OpenAi, Some(openai)) => utterances(provider, openai, file, steps).await,
        (Service::AssemblyAi, _) => {
            let base = http_address(config, "").ok_or(Failure::rejected(400))?;
            let recording = Recording::new(base.as_str(), config.api_key.clone()).polling(config.limits.poll);
            again(provider, || whole(assemblyai(&recording, file, config.language.as_deref()))).await
        }
        (Service::Deepgram | Service::OpenAi, _) => {
            let http = baton_provider::http_client(config.limits.connect);
            again(provider, || whole(async { Ok(deepgram_file::transcribe(&http, config, file).await?) })).await
        }
    }
}

async fn whole(asked: impl Future<Output = Result<Vec<FileLine>, Trouble>>) -> Result<Vec<FileLine>, Trouble> {
    tokio::time::timeout(WHOLE_FILE, asked).await.unwrap_or(Err(Trouble::Provider(Failure::TimedOut)))
}

async fn assemblyai(
    recording: &Recording,
    file: &SpokenFile,
    language: Option<&str>,
) -> Result<Vec<FileLine>, Trouble> {
    let said = recording.transcribe(file.body().await?, language).await.map_err(|error| match error {
        RecordingError::Provider(failure) => Trouble::Provider(failure),
        RecordingError::Unreadable => Trouble::File(FileError::Unreadable),
    })?;
    let line = |said: crate::wire::recording::Utterance| FileLine {
        speaker: Some(said.speaker),
        text: said.text,
        from: Duration::from_millis(said.start),
        to: (said.end > said.start).then(|| Duration::from_millis(said.end)),
    };
    Ok(said.into_iter().map(line).collect())
}

/// Asks again what may work the next time.
async fn again<T, F: Future<Output = Result<T, Trouble>>>(
    provider: &Provider,
    ask: impl Fn() -> F,
) -> Result<T, Trouble> {
    let limits = &provider.config.limits;
    let mut tries = 0;
    loop {
        wait_for_budget(provider).await;
        let failure = match ask().await {
            Err(Trouble::Provider(failure)) if !failure.is_rejection() => failure,
            other => return other,
        };
        tries += 1;
        if tries >= limits.tries {
            return Err(Trouble::Provider(failure));
        }
        let asked = failure.retry_after().map(|pause| pause.min(LONGEST_PAUSE));
        tokio::time::sleep(backoff::wait(tries, limits.backoff, asked, fastrand::f64())).await;
    }
}

async fn wait_for_budget(provider: &Provider) {
    while let Err(wait) = provider.budget.take(0, Instant::now()) {
        tokio::time::sleep(wait).await;
    }
}

/// What the thread that decodes has found.
struct Found {
    utterance: Utterance,
    of: Option<Duration>,
}

async fn utterances(
    provider: &Provider,
    openai: &OpenAi,
    file: &SpokenFile,
    steps: &Steps,
) -> Result<Vec<FileLine>, Trouble> {
    let (found, mut finding) = mpsc::channel(AHEAD);
    let (path, kind) = (file.path.clone(), file.kind);
    tokio::task::spawn_blocking(move || {
        if let Err(error) = find(&path, kind, &found) {
            // Nobody waits for it any more, or it is told.
            let _ = found.blocking_send(Err(error));
        }
    });
    let mut lines = Vec::new();
    while let Some(found) = finding.recv().await {
        let Found { utterance, of } = found?;
        let file = wav(&utterance.samples);
        let text = again(provider, || async { Ok(openai.transcribe(&provider.config, file.clone()).await?) });
        let text = text.await?;
        let _ = steps.send(FileStep::Heard { heard: utterance.to, of });
        lines.push(FileLine { speaker: None, text, from: utterance.from, to: Some(utterance.to) });
    }
    Ok(lines)
}

fn find(
    path: &std::path::Path,
    kind: &'static Kind,
    found: &mpsc::Sender<Result<Found, ReadError>>,
) -> Result<(), ReadError> {
    let mut file = SoundFile::open(path, Some(kind))?;
    let of = file.duration();
    while let Some(utterance) = file.next_utterance()? {
        if found.blocking_send(Ok(Found { utterance, of })).is_err() {
            break;
        }
    }
    Ok(())
}

/// What a provider says in seconds; nothing before the beginning, and nothing that is no number.
pub(crate) fn seconds(seconds: f64) -> Duration {
    Duration::try_from_secs_f64(seconds).unwrap_or_default()
}

/// The first voice is `A`; of more voices than letters the last letter stands for all.
pub(crate) fn speaker_of(number: u32) -> String {
    let letter = u8::try_from(number.min(25)).unwrap_or(25);
    char::from(b'A' + letter).to_string()
}
