//! What a caller's page asks for. Who asks is known from the leg's own cookie, which only this server can read.

use baton_domain::desk_event::{CallerView, RoomAccess, Told};
use baton_domain::ids::{LegId, TransferId};
use baton_domain::line::LineRefusal;
use baton_domain::time::Span;
use leptos::prelude::*;
use leptos::server_fn::codec::Json;
use serde::{Deserialize, Serialize};

#[cfg(feature = "ssr")]
use super::door::{address, answer, anyone, app, caller, give_cookie};
use super::error::ApiError;
#[cfg(feature = "ssr")]
use crate::server::permissions::Action;

/// What stands behind a join link.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinePage {
    /// The line's name; empty for a dead link.
    pub line_name: String,
    /// Why nobody can come in, if so.
    pub refusal: Option<LineRefusal>,
    /// The call that this browser is in already, or has just left.
    pub resume: Option<CallerView>,
    /// Whether this is a demo, in which anybody here can sign in as anybody.
    pub demo: bool,
    /// What is done with what is said, if anything.
    pub told: Option<Told>,
}

/// Looks up a join link.
#[server(name = GetLinePage, prefix = "/api", endpoint = "line_page")]
pub async fn line_page(code: String) -> Result<LinePage, ApiError> {
    let (desk, who) = anyone(Action::Join).await?;
    answer(desk.callers().line_page(&code, who.call()).await)
}

/// Comes in by a join link, or goes on with the call that this browser is in. Asked again under the same key, which nobody else
/// knows, it is the same call.
#[server(prefix = "/api", endpoint = "join_call")]
pub async fn join_call(code: String, name: String, key: Option<String>) -> Result<CallerView, ApiError> {
    let (desk, who) = anyone(Action::Join).await?;
    answer(desk.callers().admit(&code, address()?).await)?;
    let (callers, known) = (desk.callers(), who.call());
    let joined = match key {
        Some(key) => callers.join_once(&code, &name, known, &key).await,
        None => callers.join(&code, &name, known).await,
    };
    let (view, cookie) = answer(joined)?;
    give_cookie(cookie.as_deref())?;
    Ok(view)
}

/// Comes back within a minute after leaving, to the same place in line, or before all others after having been with an agent.
/// Asked again, it is the same call.
#[server(prefix = "/api", endpoint = "rejoin_call")]
pub async fn rejoin_call() -> Result<CallerView, ApiError> {
    let call = caller().await?;
    let desk = app()?;
    answer(desk.callers().admit_back(call, address()?).await)?;
    let (view, cookie) = answer(desk.callers().rejoin(call).await)?;
    give_cookie(cookie.as_deref())?;
    Ok(view)
}

/// Where the caller is.
#[server(name = GetCallerView, prefix = "/api", endpoint = "caller_view")]
pub async fn caller_view() -> Result<CallerView, ApiError> {
    let call = caller().await?;
    answer(app()?.callers().view(call).await)
}

/// A token for the call's room.
#[server(prefix = "/api", endpoint = "caller_access")]
pub async fn caller_access() -> Result<RoomAccess, ApiError> {
    let call = caller().await?;
    answer(app()?.seating().caller_access(call).await)
}

/// The caller's page receives `speaker`.
#[server(prefix = "/api", endpoint = "caller_heard")]
pub async fn caller_heard(speaker: LegId) -> Result<(), ApiError> {
    let call = caller().await?;
    answer(app()?.callers().heard(call, speaker).await)
}

/// Something else took this caller's microphone, or gave it back.
#[server(prefix = "/api", endpoint = "caller_interrupted")]
pub async fn caller_interrupted(interrupted: bool) -> Result<(), ApiError> {
    let call = caller().await?;
    answer(app()?.callers().interrupted(call, interrupted).await)
}

/// Whether this caller may be transcribed and recorded, as the line does it.
#[server(prefix = "/api", endpoint = "allow_listening")]
pub async fn allow_listening(allow: bool) -> Result<CallerView, ApiError> {
    let call = caller().await?;
    let desk = app()?;
    answer(desk.listening().consent(call, allow).await)?;
    answer(desk.callers().view(call).await)
}

/// What the caller's page measured between start and end of a transfer.
#[server(prefix = "/api", endpoint = "report_silence")]
pub async fn report_silence(transfer: TransferId, longest: Span) -> Result<(), ApiError> {
    let call = caller().await?;
    answer(app()?.callers().report_silence(call, transfer, longest).await)
}

/// The caller's page is being closed: `connections` are ended at once. Sent as its last word.
#[server(prefix = "/api", endpoint = "caller_left_rooms", input = Json)]
pub async fn caller_left_rooms(connections: Vec<String>) -> Result<(), ApiError> {
    let call = caller().await?;
    answer(app()?.seating().caller_left(call, &connections).await)
}

/// Hangs up.
#[server(prefix = "/api", endpoint = "leave_call")]
pub async fn leave_call() -> Result<CallerView, ApiError> {
    let call = caller().await?;
    answer(app()?.callers().leave(call).await)
}
