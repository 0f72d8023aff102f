//! What an agent asks about their call while it goes on.

use baton_domain::ids::CallId;
use leptos::prelude::*;

use super::desk_client::DeskClient;
#[cfg(feature = "ssr")]
use super::door::{agent, answer};
use super::error::ApiError;

/// Tick an action item off, or open it again. The item is named by its words.
#[server(prefix = "/api", endpoint = "tick_action", client = DeskClient)]
pub async fn tick_action(call: CallId, item: String, done: bool) -> Result<(), ApiError> {
    let (desk, me) = agent().await?;
    answer(desk.insights().tick(&me, call, &item, done).await.map(drop))
}

/// Ask about a call. The answer comes by the event stream, as it is written.
#[server(prefix = "/api", endpoint = "ask_about_call", client = DeskClient)]
pub async fn ask_about_call(call: CallId, question: String) -> Result<(), ApiError> {
    let (desk, me) = agent().await?;
    answer(desk.insights().ask(&me, call, None, &question).await.map(drop))
}
