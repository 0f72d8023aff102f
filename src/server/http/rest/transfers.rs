//! Transfers: started, steered and read.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::LOCATION;
use baton_domain::ids::{CallId, TransferId};
use baton_domain::machine::TransferKind;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::calls::Decline;
use super::input::{Asker, Body, Id, IdempotencyKey, KeyHeader, invalid};
use super::model::{Refusals, TransferJson};
use crate::api::desk::{DeskCommand, TransferRequest, TransferTarget};
use crate::server::http::problem::Problem;
use crate::server::permissions::Action;
use crate::server::state::App;

/// A new transfer.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StartTransfer {
    target: Target,
    #[serde(default)]
    kind: Kind,
    /// Why, in a few words.
    #[serde(default)]
    #[schema(max_length = 200, example = "Wrong invoice")]
    reason: String,
    /// For the next agent.
    #[serde(default)]
    #[schema(max_length = 2000)]
    note: String,
    /// Put the caller on hold while it rings.
    #[serde(default)]
    hold: bool,
    /// A briefing for the target to read instead of the one that the desk writes, the opening line included. Both are kept.
    #[serde(default)]
    #[schema(max_length = 8000)]
    briefing: Option<String>,
}

/// A person, or whoever is free in a queue.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    /// This agent.
    #[schema(example = "bob")]
    Agent(String),
    /// The next agent of this queue.
    #[schema(example = "billing")]
    Queue(String),
}

/// Warm: the agents talk first. Cold: they do not.
#[derive(Clone, Copy, Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = TransferKind)]
pub enum Kind {
    #[default]
    Warm,
    Cold,
}

/// A call's transfers, the oldest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct Transfers {
    transfers: Vec<TransferJson>,
}

impl TryFrom<StartTransfer> for TransferRequest {
    type Error = Problem;

    fn try_from(start: StartTransfer) -> Result<Self, Problem> {
        let target = match &start.target {
            Target::Agent(agent) => agent.parse().map(TransferTarget::Agent),
            Target::Queue(queue) => queue.parse().map(TransferTarget::Queue),
        };
        Ok(Self {
            target: target.map_err(|_| invalid("The target is no handle like \"bob\" or \"billing\".".to_owned()))?,
            kind: match start.kind {
                Kind::Warm => TransferKind::Warm,
                Kind::Cold => TransferKind::Cold,
            },
            reason: start.reason,
            note: start.note,
            hold: start.hold,
            briefing_edit: start.briefing,
        })
    }
}

/// A call's transfers, the oldest first.
#[utoipa::path(get, path = "/calls/{id}/transfers", operation_id = "list_transfers", tag = "Transfers", params(("id" = String, Path)),
    responses((status = 200, body = Transfers), Refusals))]
pub async fn of_call(State(app): State<App>, asker: Asker, Id(call): Id<CallId>) -> Result<Json<Transfers>, Problem> {
    asker.may(Action::ReadCalls)?;
    app.calls().find(call).await?;
    let transfers = app.transfers().of_call(call).await?;
    Ok(Json(Transfers { transfers: transfers.iter().map(TransferJson::from).collect() }))
}

/// Begin to hand a call over, as the agent who has it.
#[utoipa::path(post, path = "/calls/{id}/transfers", operation_id = "start_transfer", tag = "Transfers", params(("id" = String, Path), KeyHeader),
    request_body = StartTransfer, responses((status = 201, body = TransferJson), Refusals))]
pub async fn start(
    State(app): State<App>,
    asker: Asker,
    Id(call): Id<CallId>,
    IdempotencyKey(key): IdempotencyKey,
    Body(start): Body<StartTransfer>,
) -> Result<(StatusCode, [(axum::http::HeaderName, String); 1], Json<TransferJson>), Problem> {
    let who = asker.may(Action::ChangeCalls)?;
    let started = app.transfers().start_by_api(who, call, key, start.try_into()?).await?;
    let location = [(LOCATION, format!("/api/v1/transfers/{}", started.id))];
    Ok((StatusCode::CREATED, location, Json(TransferJson::from(&started))))
}

/// One transfer.
#[utoipa::path(get, path = "/transfers/{id}", operation_id = "get_transfer", tag = "Transfers", params(("id" = String, Path)),
    responses((status = 200, body = TransferJson), Refusals))]
pub async fn one(State(app): State<App>, asker: Asker, Id(id): Id<TransferId>) -> Result<Json<TransferJson>, Problem> {
    asker.may(Action::ReadCalls)?;
    Ok(Json(TransferJson::from(&app.transfers().find(id).await?)))
}

macro_rules! steps {
    ($($(#[$doc:meta])* $name:ident $id:literal $path:literal $command:ident;)+) => {$(
        $(#[$doc])*
        #[utoipa::path(post, path = $path, operation_id = $id, tag = "Transfers", params(("id" = String, Path), KeyHeader),
            responses((status = 200, body = TransferJson), Refusals))]
        pub async fn $name(
            State(app): State<App>,
            asker: Asker,
            Id(id): Id<TransferId>,
            key: IdempotencyKey,
        ) -> Result<Json<TransferJson>, Problem> {
            command(&app, &asker, id, key, DeskCommand::$command).await
        }
    )+};
}

/// Refuse it, for the target.
#[utoipa::path(post, path = "/transfers/{id}/decline", operation_id = "decline_transfer", tag = "Transfers", params(("id" = String, Path), KeyHeader),
    request_body = Decline, responses((status = 200, body = TransferJson), Refusals))]
pub async fn decline(
    State(app): State<App>,
    asker: Asker,
    Id(id): Id<TransferId>,
    key: IdempotencyKey,
    Body(decline): Body<Decline>,
) -> Result<Json<TransferJson>, Problem> {
    command(&app, &asker, id, key, DeskCommand::Decline { reason: decline.reason }).await
}

steps! {
    /// Take over, for the target. Their desk must be open: the page connects.
    accept "accept_transfer" "/transfers/{id}/accept" Accept;
    /// Leave, for the target: the consult, the conference, or the consult that has outlived the call.
    leave_consult "leave_consult" "/transfers/{id}/leave-consult" LeaveConsult;
    /// Have the briefing read aloud to the target, who alone hears it. Once in a transfer; 404 where nobody can.
    speak_briefing "speak_briefing" "/transfers/{id}/speak-briefing" SpeakBriefing;
    /// Stop that.
    stop_speaking "stop_speaking" "/transfers/{id}/stop-speaking" StopSpeaking;
    /// Take the caller, for the target, when the transferring agent has been gone for a few seconds.
    take_caller "take_caller" "/transfers/{id}/take-caller" TakeCaller;
    /// Change between caller and target.
    swap "swap_transfer" "/transfers/{id}/swap" Swap;
    /// Bring all three together.
    merge "merge_transfer" "/transfers/{id}/merge" Merge;
    /// Hand over; the transferring agent leaves as soon as caller and target hear each other.
    complete "complete_transfer" "/transfers/{id}/complete" Complete;
    /// Take the caller back and let the target go, also when the target has vanished.
    cancel "cancel_transfer" "/transfers/{id}/cancel" Cancel;
    /// Hand over now, whatever happens.
    force "force_transfer" "/transfers/{id}/force" Force;
    /// Hand over without waiting for the target to answer.
    transfer_without_waiting "transfer_without_waiting" "/transfers/{id}/transfer-without-waiting" TransferWithoutWaiting;
}

async fn command(
    app: &App,
    asker: &Asker,
    id: TransferId,
    IdempotencyKey(key): IdempotencyKey,
    command: DeskCommand,
) -> Result<Json<TransferJson>, Problem> {
    let who = asker.may(Action::ChangeCalls)?;
    Ok(Json(TransferJson::from(&app.transfers().command(who, id, key, command).await?)))
}
