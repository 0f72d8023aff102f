//! What comes in, read so that every mistake gets its own sentence.

use std::error::Error;
use std::future::{Future, ready};
use std::str::FromStr;

use axum::extract::rejection::JsonRejection;
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::StatusCode;
use axum::http::request::Parts;
use baton_domain::ids::{CallId, LineId, RecordingId, SpokenFileId, TransferId};
use baton_domain::time::Timestamp;
use serde::de::DeserializeOwned;
use utoipa::IntoParams;

use crate::server::error::ServiceError;
use crate::server::http::credentials::who;
use crate::server::http::origin;
use crate::server::http::problem::{Problem, of_status};
use crate::server::permissions::{Action, Who, may};
use crate::server::state::App;
use crate::server::store::events::actor_name;

const IDEMPOTENCY_KEY: &str = "idempotency-key";

/// Who asks.
#[derive(Clone, Debug)]
pub struct Asker(Who);

impl Asker {
    /// Who asks, when the permission table lets them.
    pub fn may(&self, action: Action) -> Result<&Who, ServiceError> {
        match &self.0 {
            who if may(who, action) => Ok(who),
            Who::Anonymous => Err(ServiceError::NotSignedIn),
            _ => Err(ServiceError::NotAllowed),
        }
    }
}

impl FromRequestParts<super::Http> for Asker {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, http: &super::Http) -> Result<Self, Problem> {
        let app: &App = &http.app;
        let who = who(app, &parts.headers).await?;
        if who == Who::Anonymous {
            // A key or a token no other page has; what anybody may, another page must not do in a visitor's name.
            origin::check(&app.config, &parts.headers)?;
        }
        // Nobody in particular is only refused, which costs next to nothing.
        if let Some(actor) = who.actor() {
            app.limits.api.check(&actor_name(&actor))?;
        }
        Ok(Self(who))
    }
}

/// A JSON body.
#[derive(Clone, Debug)]
pub struct Body<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        match axum::Json::<T>::from_request(request, state).await {
            Ok(axum::Json(value)) => Ok(Self(value)),
            Err(JsonRejection::JsonDataError(error)) => {
                Err(invalid(format!("The body does not fit: {}.", cause(&error))))
            }
            Err(JsonRejection::JsonSyntaxError(error)) => {
                Err(invalid(format!("The body is no JSON: {}.", cause(&error))))
            }
            Err(other) => Err(of_status(other.status())),
        }
    }
}

/// What the outermost error was caused by: axum's own words say only that it was the body.
fn cause(error: &dyn Error) -> String {
    error.source().map_or_else(|| error.to_string(), ToString::to_string)
}

/// A query.
#[derive(Clone, Debug)]
pub struct Params<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Params<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        match Query::<T>::from_request_parts(parts, state).await {
            Ok(Query(value)) => Ok(Self(value)),
            Err(error) => Err(invalid(format!("The query does not fit: {}.", cause(&error)))),
        }
    }
}

/// An id in the path. A text that cannot be an id is the id of nothing.
#[derive(Clone, Copy, Debug)]
pub struct Id<T>(pub T);

/// What an id is of, for the sentence that there is no such thing.
pub trait Named: FromStr {
    /// In a word.
    const NAME: &'static str;
}

impl Named for CallId {
    const NAME: &'static str = "call";
}

impl Named for TransferId {
    const NAME: &'static str = "transfer";
}

impl Named for LineId {
    const NAME: &'static str = "line";
}

impl Named for RecordingId {
    const NAME: &'static str = "recording";
}

impl Named for SpokenFileId {
    const NAME: &'static str = "transcription";
}

impl<T: Named, S: Send + Sync> FromRequestParts<S> for Id<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let unknown = || Problem::from(ServiceError::NotFound(T::NAME));
        let Path(text) = Path::<String>::from_request_parts(parts, state).await.map_err(|_| unknown())?;
        text.parse().map(Self).map_err(|_| unknown())
    }
}

/// Made by the client for one intended change: the same key again changes nothing and answers the same.
#[derive(Clone, Debug)]
pub struct IdempotencyKey(pub Option<String>);

impl<S: Send + Sync> FromRequestParts<S> for IdempotencyKey {
    type Rejection = Problem;

    fn from_request_parts(parts: &mut Parts, _: &S) -> impl Future<Output = Result<Self, Problem>> + Send {
        let key = parts.headers.get(IDEMPOTENCY_KEY).map(|key| key.to_str().map(str::to_owned)).transpose();
        ready(key.map(Self).map_err(|_| invalid("The Idempotency-Key must be plain text.".to_owned())))
    }
}

/// How the key is described.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "only its description is used")]
pub struct KeyHeader {
    /// Made by you for one intended change, 1 to 128 characters: the same key again changes nothing and answers the same.
    #[param(rename = "Idempotency-Key", required = false, max_length = 128)]
    idempotency_key: String,
}

/// A time that a client wrote.
pub fn time(text: &str) -> Result<Timestamp, Problem> {
    let parsed = text.parse::<jiff::Timestamp>();
    let time = parsed.map_err(|_| invalid(format!("{text:?} is no time like 2026-01-31T12:00:00Z.")))?;
    Ok(Timestamp(time.as_millisecond()))
}

/// An input that does not fit.
pub fn invalid(detail: String) -> Problem {
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", detail)
}
