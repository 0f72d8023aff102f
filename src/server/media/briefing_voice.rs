//! Whoever reads a briefing aloud in a consult room: heard by the target alone, from its first word on while the rest is
//! still being made, gone when all is said, and at once when nobody wants to hear it any more.

use std::io::{self, Read};
use std::sync::Arc;
use std::time::Duration;

use baton_domain::ids::{CallId, TransferId};
use baton_domain::spoken::{SpeechFailure, SpokenState, Voice};
use baton_speaking::{ErrorStatus, Failure, Speech};
use bytes::{Buf, Bytes};
use livekit_participant::ogg::Reader;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use super::PartError;
use crate::server::error::{ServiceError, chain};
use crate::server::ports::participation::{Broadcast, Participation, ParticipationError, Speaker, Tokens};
use crate::server::state::App;

/// How long the first word waits for the target's page to be ready for it.
const LISTENING_LIMIT: Duration = Duration::from_secs(2);
/// How many pieces and packets may be ahead of what is heard: what is made too fast waits at the provider's end.
const AHEAD: usize = 256;

/// Why a briefing was not spoken, or not to its end.
#[derive(Debug, thiserror::Error)]
enum SpeakingError {
    #[error("the provider failed")]
    Provider(#[from] Failure),
    #[error("the provider sent no sound that can be played")]
    NotSound,
    #[error("there is nothing to say")]
    Nothing,
    #[error("it cannot be heard")]
    Participation(#[from] ParticipationError),
    #[error("the desk did not do what the voice asked for")]
    Desk(#[from] ServiceError),
}

impl SpeakingError {
    fn in_a_word(&self) -> SpeechFailure {
        match self {
            Self::Nothing => SpeechFailure::Nothing,
            Self::NotSound | Self::Provider(Failure::NotSound | Failure::TooLong) => SpeechFailure::NotSound,
            Self::Provider(Failure::Status(ErrorStatus::RateLimited { .. }) | Failure::CircuitOpen) => {
                SpeechFailure::Busy
            }
            Self::Provider(Failure::Status(ErrorStatus::Rejected { .. })) => SpeechFailure::Rejected,
            Self::Provider(Failure::CutStream) | Self::Participation(_) | Self::Desk(_) => SpeechFailure::CutOff,
            Self::Provider(
                Failure::Unreachable | Failure::TimedOut | Failure::Status(ErrorStatus::ServerError { .. }),
            ) => SpeechFailure::Unreachable,
        }
    }
}

/// Speaks in the consult room of `transfer` until all is said or `stop` is cancelled. It is never tried again by itself: what
/// was heard in part would be heard twice.
pub async fn play(
    app: App,
    rooms: Arc<dyn Participation>,
    call: CallId,
    transfer: TransferId,
    stop: CancellationToken,
) -> Result<(), PartError> {
    let Some(voice) = app.speaking().begin(call, transfer).await.map_err(PartError::Desk)? else { return Ok(()) };
    let part = VoicePart { app, call, voice };
    let Some(spoken) = stop.run_until_cancelled(part.speak(&*rooms)).await else { return Ok(()) };
    let state = match spoken {
        Ok(()) => SpokenState::Spoken,
        Err(error) => {
            warn!(call.id = %call, error = chain(&error), "The briefing of transfer {transfer} was not spoken to its end");
            SpokenState::Failed { why: error.in_a_word() }
        }
    };
    part.app.speaking().report(call, transfer, state).await.map_err(PartError::Desk)
}

struct VoicePart {
    app: App,
    call: CallId,
    voice: Voice,
}

impl VoicePart {
    async fn speak(&self, rooms: &dyn Participation) -> Result<(), SpeakingError> {
        let (stage, speech) = tokio::try_join!(self.enter(rooms), self.ask())?;
        let mut speaker = stage;
        let spoken = self.say(&mut *speaker, speech).await;
        speaker.leave().await;
        spoken
    }

    async fn enter(&self, rooms: &dyn Participation) -> Result<Box<dyn Speaker>, SpeakingError> {
        let hearers = vec![self.voice.listener.to_string()];
        let broadcast = Broadcast { name: "briefing", is_stereo: false, hearers };
        Ok(rooms.broadcast(self.tokens(), broadcast).await?.speaker)
    }

    async fn ask(&self) -> Result<Speech, SpeakingError> {
        let Voice { transfer, .. } = self.voice;
        let script = self.app.speaking().script(self.call, transfer).await?.ok_or(SpeakingError::Nothing)?;
        self.app.speaking().leaves(self.call, transfer, &script).await?;
        let speaking = self.app.speaking();
        let provider = speaking.speaker().ok_or(Failure::Unreachable)?;
        Ok(provider.speak(&script.text).await?)
    }

    /// Plays what comes, and says at the end what did not.
    async fn say(&self, speaker: &mut dyn Speaker, mut speech: Speech) -> Result<(), SpeakingError> {
        let (give, pieces) = mpsc::channel::<Bytes>(AHEAD);
        let (packets_in, packets) = mpsc::channel::<Bytes>(AHEAD);
        let reading = tokio::task::spawn_blocking(move || read(Pieces { pieces, piece: Bytes::new() }, &packets_in));
        let fetching = async {
            while let Some(piece) = speech.next().await? {
                if give.send(piece).await.is_err() {
                    break;
                }
            }
            drop(give);
            Ok::<(), SpeakingError>(())
        };
        let playing = async {
            let is_heard = speaker.wait_until_heard(LISTENING_LIMIT).await;
            info!(call.id = %self.call, is_heard, "A briefing is being spoken");
            // Dropped with this: whoever reads must not wait for somebody who plays no more.
            let mut packets = packets;
            speaker.play_as_they_come(&mut packets).await
        };
        // What has come is played to its end, whatever becomes of the rest.
        let (fetched, played) = tokio::join!(fetching, playing);
        let read = reading.await.unwrap_or(Err(SpeakingError::NotSound));
        played?;
        fetched.and(read)
    }

    /// Tokens for the voice's place, while there is one.
    fn tokens(&self) -> Tokens {
        let (app, call, transfer) = (self.app.clone(), self.call, self.voice.transfer);
        Arc::new(move || {
            let app = app.clone();
            Box::pin(async move { Ok(app.speaking().token(call, transfer).await?) })
        })
    }
}

/// Reads packets out of what comes, page by page, and gives them on until nobody wants them.
fn read(pieces: Pieces, packets: &mpsc::Sender<Bytes>) -> Result<(), SpeakingError> {
    let reader = Reader::new(pieces).map_err(|_| SpeakingError::NotSound)?;
    let mut is_empty = true;
    for packet in reader {
        let packet = packet.map_err(|_| SpeakingError::NotSound)?;
        // What lies wholly before the beginning is for decoders alone.
        if packet.skip >= packet.duration {
            continue;
        }
        is_empty = false;
        if packets.blocking_send(packet.data.into()).is_err() {
            return Ok(());
        }
    }
    if is_empty { Err(SpeakingError::NotSound) } else { Ok(()) }
}

/// Pieces as they come, for whoever reads by waiting. It is read from on a thread that may wait.
struct Pieces {
    pieces: mpsc::Receiver<Bytes>,
    piece: Bytes,
}

impl Read for Pieces {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.piece.is_empty() {
            match self.pieces.blocking_recv() {
                Some(piece) => self.piece = piece,
                None => return Ok(0),
            }
        }
        let length = buffer.len().min(self.piece.len());
        self.piece.copy_to_slice(&mut buffer[..length]);
        Ok(length)
    }
}
