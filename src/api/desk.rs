//! What an agent's desk asks for.

use baton_domain::agent::PresenceChoice;
use baton_domain::briefing::PreparedBriefing;
use baton_domain::call::RoomKind;
use baton_domain::desk_event::{DeskView, RoomAccess, TransferBriefing};
use baton_domain::ids::{AgentId, CallId, LegId, QueueId, TransferId};
use baton_domain::machine::{self, TransferKind};
use baton_domain::routing::TargetOption;
use baton_domain::wrap_up::Written;
use leptos::prelude::*;
use leptos::server_fn::codec::Json;
use serde::{Deserialize, Serialize};

use super::desk_client::DeskClient;
pub use super::desk_client::{DESK_TOKEN_KEY, desk_token};
#[cfg(feature = "ssr")]
use super::door::{agent, answer};
use super::error::ApiError;

/// What an agent does to a call with one button.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum DeskCommand {
    /// Put the caller on hold.
    Hold,
    /// Take the caller back from hold.
    Retrieve,
    /// Hang up, in a plain call.
    HangUp,
    /// End the call for everyone.
    EndForEveryone,
    /// Take over.
    Accept,
    /// Refuse an offer.
    Decline {
        /// Why, in a few words.
        reason: String,
    },
    /// Change between caller and target.
    Swap,
    /// Bring all three together.
    Merge,
    /// Hand over and leave.
    Complete,
    /// Take the caller back.
    Cancel,
    /// Hand over without waiting for the target.
    TransferWithoutWaiting,
    /// Hand over now, whatever happens.
    Force,
    /// The target leaves.
    LeaveConsult,
    /// The target takes the caller of a vanished colleague.
    TakeCaller,
    /// Record nothing for a while.
    PauseRecording,
    /// Record again.
    ResumeRecording,
    /// The target has the briefing read aloud.
    SpeakBriefing,
    /// The target has heard enough of it.
    StopSpeaking,
}

// By its path: the server function `command` below has a type of that name.
impl From<DeskCommand> for machine::Command {
    fn from(command: DeskCommand) -> Self {
        match command {
            DeskCommand::Hold => Self::Hold,
            DeskCommand::Retrieve => Self::Retrieve,
            DeskCommand::HangUp => Self::HangUp,
            DeskCommand::EndForEveryone => Self::EndForEveryone,
            DeskCommand::Accept => Self::Accept,
            DeskCommand::Decline { reason } => Self::Decline { reason },
            DeskCommand::Swap => Self::Swap,
            DeskCommand::Merge => Self::Merge,
            DeskCommand::Complete => Self::Complete,
            DeskCommand::Cancel => Self::Cancel,
            DeskCommand::TransferWithoutWaiting => Self::TransferWithoutWaiting,
            DeskCommand::Force => Self::Force,
            DeskCommand::LeaveConsult => Self::LeaveConsult,
            DeskCommand::TakeCaller => Self::TakeCaller,
            DeskCommand::PauseRecording => Self::PauseRecording,
            DeskCommand::ResumeRecording => Self::ResumeRecording,
            DeskCommand::SpeakBriefing => Self::SpeakBriefing,
            DeskCommand::StopSpeaking => Self::StopSpeaking,
        }
    }
}

/// A command with what the agent saw when giving it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// To which call.
    pub call: CallId,
    /// The version on screen: a command on an older one is refused when it no longer fits.
    pub seen_version: u32,
    /// Made by the page for this very click, so that a repeated request is carried out once.
    pub key: String,
}

/// What the dialog "Transfer call" asks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TransferRequest {
    /// To whom.
    pub target: TransferTarget,
    /// Warm or cold.
    pub kind: TransferKind,
    /// Why, in a few words.
    pub reason: String,
    /// For the next agent.
    pub note: String,
    /// Put the caller on hold while it rings.
    pub hold: bool,
    /// The briefing as the agent changed it before starting.
    pub briefing_edit: Option<String>,
}

/// A person, or whoever is free in a queue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TransferTarget {
    /// This agent.
    Agent(AgentId),
    /// The next agent of this queue.
    Queue(QueueId),
}

/// What the dialog "Transfer call" shows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TransferOptions {
    /// Agents, best first.
    pub people: Vec<TargetOption>,
    /// The briefing as it would be now.
    pub briefing: PreparedBriefing,
}

/// All that the desk shows, for the first paint and after a break.
#[server(name = GetDeskView, prefix = "/api", endpoint = "desk_view", client = DeskClient)]
pub async fn desk_view() -> Result<DeskView, ApiError> {
    let (desk, me) = agent().await?;
    answer(desk.desk_view(&me).await)
}

/// Choose a presence.
#[server(prefix = "/api", endpoint = "set_presence", client = DeskClient)]
pub async fn set_presence(choice: PresenceChoice) -> Result<(), ApiError> {
    let (desk, me) = agent().await?;
    answer(desk.presence().choose(&me, choice).await)
}

/// Choose the language of one's briefings by its tag; an empty one is the conversation's.
#[server(prefix = "/api", endpoint = "set_language", client = DeskClient)]
pub async fn set_language(language: String) -> Result<(), ApiError> {
    let (desk, me) = agent().await?;
    answer(desk.presence().choose_language(&me, &language).await)
}

/// Take a waiting call. Of two who try at once one gets it, and the other is told who did.
#[server(prefix = "/api", endpoint = "answer_call", client = DeskClient)]
pub async fn answer_call(call: CallId) -> Result<(), ApiError> {
    let (desk, me) = agent().await?;
    answer(desk.calls().answer(&me, call).await)
}

/// Take the call that has waited longest; `None` when nobody waits any more.
#[server(prefix = "/api", endpoint = "answer_next", client = DeskClient)]
pub async fn answer_next() -> Result<Option<CallId>, ApiError> {
    let (desk, me) = agent().await?;
    answer(desk.calls().answer_next(&me).await)
}

/// Do something to a call.
#[server(prefix = "/api", endpoint = "command", client = DeskClient, input = Json)]
pub async fn command(asked: Asked, command: DeskCommand) -> Result<(), ApiError> {
    let (desk, me) = agent().await?;
    answer(desk.calls().desk_command(&me, asked, command).await)
}

/// Whom a call could be handed to, and with which briefing.
#[server(name = GetTransferOptions, prefix = "/api", endpoint = "transfer_options", client = DeskClient)]
pub async fn transfer_options(call: CallId) -> Result<TransferOptions, ApiError> {
    let (desk, me) = agent().await?;
    answer(desk.transfers().options(&me, call).await)
}

/// Begin to hand a call over. `target_reserved` when somebody else was faster.
#[server(prefix = "/api", endpoint = "start_transfer", client = DeskClient, input = Json)]
pub async fn start_transfer(asked: Asked, request: TransferRequest) -> Result<TransferId, ApiError> {
    let (desk, me) = agent().await?;
    answer(desk.transfers().start(&me, asked, request).await)
}

/// Change the briefing of an open transfer; both versions are kept.
#[server(prefix = "/api", endpoint = "edit_briefing", client = DeskClient)]
pub async fn edit_briefing(call: CallId, transfer: TransferId, text: String) -> Result<TransferBriefing, ApiError> {
    let (desk, me) = agent().await?;
    answer(desk.briefings().edit(&me, call, transfer, None, &text).await)
}

/// A token for a room of this agent's seat.
#[server(name = GetRoomAccess, prefix = "/api", endpoint = "room_access", client = DeskClient)]
pub async fn room_access(call: CallId, room: RoomKind) -> Result<RoomAccess, ApiError> {
    let (desk, me) = agent().await?;
    answer(desk.seating().agent_access(&me, call, room).await)
}

/// The offer and its briefing are on this agent's screen.
#[server(prefix = "/api", endpoint = "offer_shown", client = DeskClient)]
pub async fn offer_shown(call: CallId) -> Result<(), ApiError> {
    let (desk, me) = agent().await?;
    answer(desk.calls().offer_shown(&me, call).await)
}

/// This agent's microphone stands by in both rooms.
#[server(prefix = "/api", endpoint = "media_ready", client = DeskClient)]
pub async fn media_ready(call: CallId) -> Result<(), ApiError> {
    let (desk, me) = agent().await?;
    answer(desk.calls().media_ready(&me, call).await)
}

/// This agent's page receives `speaker`.
#[server(prefix = "/api", endpoint = "heard", client = DeskClient)]
pub async fn heard(call: CallId, speaker: LegId) -> Result<(), ApiError> {
    let (desk, me) = agent().await?;
    answer(desk.calls().heard_by_agent(&me, call, speaker).await)
}

/// This page is being closed: `connections` are ended at once. Sent as its last word.
#[server(prefix = "/api", endpoint = "left_rooms", client = DeskClient, input = Json)]
pub async fn left_rooms(call: CallId, connections: Vec<String>) -> Result<(), ApiError> {
    let (desk, me) = agent().await?;
    answer(desk.seating().agent_left(&me, call, &connections).await)
}

/// Finish the work after a call.
#[server(prefix = "/api", endpoint = "finish_wrap_up", client = DeskClient, input = Json)]
pub async fn finish_wrap_up(outcome: Written) -> Result<(), ApiError> {
    let (desk, me) = agent().await?;
    answer(desk.wrap_ups().finish(&me, &outcome).await)
}

/// Keeps what was chosen and typed so far in the work after a call. Answers how often it was kept by now.
#[server(prefix = "/api", endpoint = "draft_wrap_up", client = DeskClient, input = Json)]
pub async fn draft_wrap_up(written: Written) -> Result<u32, ApiError> {
    let (desk, me) = agent().await?;
    answer(desk.wrap_ups().save_draft(&me, &written).await)
}

/// Demo: a sample conversation is typed into the transcript, in time with the spoken files under `/audio/sample/`.
#[server(prefix = "/api", endpoint = "play_sample", client = DeskClient)]
pub async fn play_sample(call: CallId) -> Result<(), ApiError> {
    let (desk, me) = agent().await?;
    answer(desk.transcripts().play_sample(&me, call).await)
}
