//! Why a service did not do what was asked, and what of it people get to read.

use baton_domain::agent::Presence;
use baton_domain::line::LineRefusal;
use baton_domain::machine::Refusal;
use tracing::{error, warn};

use crate::api::error::{ApiError, Standing};
use crate::server::ports::media_server::MediaServerError;
use crate::server::ports::recording_storage::StorageError;
use crate::server::random;
use crate::server::recorder::WritingError;
use crate::server::services::leases::LeaseError;
use crate::server::services::spoken_files::refusal::FileRefusal;
use crate::server::store::StoreError;

/// Why a service did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum ServiceError {
    /// The rules say no; with the sentence for the person, in which agents have names.
    #[error("refused: {1}")]
    Refused(Refusal, String),
    /// Something changed between looking and asking.
    #[error("the call has changed meanwhile")]
    Stale,
    /// There is no such thing.
    #[error("no such {0}")]
    NotFound(&'static str),
    /// Nobody is signed in.
    #[error("not signed in")]
    NotSignedIn,
    /// The demo is open to the network and wants its code.
    #[error("the access code is missing or wrong")]
    CodeNeeded,
    /// Signed in, but this is not theirs to do.
    #[error("not allowed")]
    NotAllowed,
    /// The target was taken by somebody else a moment ago.
    #[error("the target is reserved")]
    TargetReserved {
        /// Their name.
        name: String,
        /// Who could be asked instead.
        next_best: Option<String>,
    },
    /// The target cannot be rung.
    #[error("the target is not available")]
    TargetUnavailable {
        /// Their name.
        name: String,
        /// What they are.
        presence: Presence,
    },
    /// Nobody of the queue is free.
    #[error("nobody is available in the queue")]
    NobodyAvailable {
        /// The queue's name.
        queue: String,
    },
    /// The agent has another call.
    #[error("the agent is on another call")]
    AgentBusy,
    /// Another call rings at the agent.
    #[error("another call rings at the agent")]
    OfferOpen,
    /// The line does not take this caller.
    #[error(transparent)]
    Line(#[from] LineRefusal),
    /// The server plays as many callers as it may.
    #[error("as many callers are simulated as may be")]
    TooManySimulated {
        /// How many that is.
        limit: u32,
    },
    /// Events are asked for from a place that they have not reached.
    #[error("there is no such event yet")]
    UnknownEvent {
        /// After which.
        after: i64,
        /// The newest that there is.
        newest: i64,
    },
    /// The same agent's last question about the call has no answer yet.
    #[error("the last question is not answered yet")]
    AnswerOpen,
    /// An input does not fit.
    #[error("{0}")]
    Invalid(String),
    /// The key was used for another command.
    #[error("the idempotency key was used for another command")]
    KeyReused,
    /// Too much was asked for in too short a time.
    #[error("too many requests")]
    TooMany {
        /// In how many seconds one more is let through.
        retry_after: u32,
    },
    /// Something does not fit what is the case now, with what that is.
    #[error("it does not fit what is the case now")]
    Conflict {
        /// What does not fit.
        #[source]
        error: Box<ServiceError>,
        /// Where the call stands.
        standing: Standing,
    },
    /// There is no seat in that room for them.
    #[error("no seat in that room")]
    NoSeat,
    /// What is asked for is still being recorded.
    #[error("still being recorded")]
    StillRecorded,
    /// The storage of recordings.
    #[error("the storage of recordings failed")]
    Storage(#[from] StorageError),
    /// The files of recordings.
    #[error("recording failed")]
    Recording(#[from] WritingError),
    /// A file that is not taken.
    #[error("the file was not taken")]
    File(#[from] FileRefusal),
    /// The media server.
    #[error("the media server failed")]
    Media(#[from] MediaServerError),
    /// Whose turn it is.
    #[error("it is not known which server does it")]
    Lease(#[from] LeaseError),
    /// The database.
    #[error("the store failed")]
    Store(#[from] StoreError),
}

impl From<Refusal> for ServiceError {
    fn from(refusal: Refusal) -> Self {
        let message = refusal.to_string();
        Self::Refused(refusal, message)
    }
}

impl ServiceError {
    /// Whether it would be another answer in another state of the call.
    pub fn is_conflict(&self) -> bool {
        match self {
            Self::Refused(refusal, _) => refusal_status(refusal) == 409,
            Self::Stale
            | Self::TargetReserved { .. }
            | Self::TargetUnavailable { .. }
            | Self::NobodyAvailable { .. }
            | Self::AgentBusy
            | Self::OfferOpen
            | Self::StillRecorded => true,
            _ => false,
        }
    }

    /// An input that does not fit, in the words of whatever refused it, which become a sentence here.
    pub fn invalid(why: &impl std::fmt::Display) -> Self {
        let why = why.to_string();
        let mut letters = why.chars();
        let first: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
        Self::Invalid(format!("{first}{}.", letters.as_str().trim_end_matches('.')))
    }
}

impl From<ServiceError> for ApiError {
    fn from(error: ServiceError) -> Self {
        let message = match &error {
            ServiceError::Refused(refusal, message) => {
                return ApiError::new(refusal_status(refusal), refusal.code(), message.clone());
            }
            ServiceError::Conflict { .. } => return in_conflict(error),
            ServiceError::TooMany { retry_after } => return too_many(*retry_after),
            ServiceError::File(refusal) => match refusal.told() {
                Some(told) => told,
                None => return internal(&error),
            },
            ServiceError::Stale => {
                (409, "stale", "The call has changed meanwhile. Look again and repeat if you still want it.".into())
            }
            ServiceError::NotFound(what) => (404, "not_found", format!("There is no such {what}.")),
            ServiceError::NotSignedIn => (401, "not_signed_in", "Sign in first.".into()),
            ServiceError::CodeNeeded => {
                (401, "code_needed", "Enter the access code that the desk printed when it started.".into())
            }
            ServiceError::NotAllowed => (403, "not_allowed", "You are not allowed to do this.".into()),
            ServiceError::TargetReserved { name, next_best } => {
                (409, "target_reserved", reserved(name, next_best.as_deref()))
            }
            ServiceError::TargetUnavailable { name, presence } => {
                (409, "target_unavailable", format!("{name} is not available now ({}).", presence.label()))
            }
            ServiceError::NobodyAvailable { queue } => (
                409,
                "nobody_available",
                format!("Nobody is available in {queue} now. Choose a person, or try again in a moment."),
            ),
            ServiceError::UnknownEvent { after, newest } => (
                409,
                "unknown_event",
                format!(
                    "There is no event {after} yet: the newest is {newest}. The desk's log may have begun anew; read it from after=0."
                ),
            ),
            ServiceError::AnswerOpen => {
                (409, "answer_open", "Your last question is not answered yet. Wait for the answer.".into())
            }
            ServiceError::AgentBusy => (409, "agent_busy", "You are on another call. Finish it first.".into()),
            ServiceError::OfferOpen => (409, "offer_open", "A call rings here. Accept or decline it first.".into()),
            ServiceError::Line(refusal) => {
                let status = if *refusal == LineRefusal::DeadLink { 404 } else { 409 };
                (status, refusal.code(), refusal.to_string())
            }
            ServiceError::TooManySimulated { limit } => (
                409,
                "too_many_simulated_callers",
                format!("At most {limit} callers can be simulated at once. Hang one up, or let one finish."),
            ),
            ServiceError::Invalid(message) => (422, "invalid", message.clone()),
            ServiceError::KeyReused => (
                422,
                "idempotency_key_reused",
                "This Idempotency-Key was used for another request. Make a new one for every change.".into(),
            ),
            ServiceError::NoSeat => (403, "no_seat", "You have no seat in that room now.".into()),
            ServiceError::Media(_) => (
                503,
                "media_unavailable",
                "The media server cannot be reached. Calls that are running go on; try again in a moment.".into(),
            ),
            ServiceError::StillRecorded => {
                (409, "still_recorded", "The call is still being recorded. Ask again when it is over.".into())
            }
            ServiceError::Storage(_) => (
                503,
                "recordings_unavailable",
                "The storage of recordings cannot be reached. Nothing is lost; try again in a moment.".into(),
            ),
            ServiceError::Store(StoreError::Busy(_)) => return unavailable(&error),
            ServiceError::Store(_) | ServiceError::Recording(_) | ServiceError::Lease(_) => return internal(&error),
        };
        let (status, code, message) = message;
        ApiError::new(status, code, message)
    }
}

fn refusal_status(refusal: &Refusal) -> u16 {
    match refusal {
        Refusal::NotYourCall => 403,
        Refusal::TooLong { .. } => 422,
        _ => 409,
    }
}

fn in_conflict(error: ServiceError) -> ApiError {
    match error {
        ServiceError::Conflict { error, standing } => ApiError { standing: Some(standing), ..in_conflict(*error) },
        other => other.into(),
    }
}

fn too_many(retry_after: u32) -> ApiError {
    let unit = if retry_after == 1 { "second" } else { "seconds" };
    let told = format!("Too many requests in a short time. Try again in {retry_after} {unit}.");
    ApiError { retry_after: Some(retry_after), ..ApiError::new(429, "too_many_requests", told) }
}

fn reserved(name: &str, next_best: Option<&str>) -> String {
    next_best.map_or_else(
        || format!("{name} was reserved by somebody else a moment ago."),
        |next| format!("{name} was reserved by somebody else a moment ago. {next} is available."),
    )
}

/// An error that passes by itself: the log says which.
fn unavailable(error: &ServiceError) -> ApiError {
    warn!(error = chain(error), "Something could not be done now");
    ApiError::new(503, "unavailable", "The desk cannot do this now. Try again in a moment.")
}

/// An error nobody expected: logged whole, answered with a reference to find it by.
fn internal(error: &ServiceError) -> ApiError {
    let reference = random::secret::<6>();
    error!(reference, error = chain(error), "Unexpected error {reference}");
    ApiError::new(
        500,
        "internal",
        format!("Something went wrong at the desk. Try again; if it stays, mention {reference}."),
    )
}

/// An error with all its causes, on one line.
pub fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}
