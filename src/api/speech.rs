//! What a page's own browser recognises of its own microphone.

use baton_domain::browser_speech::RecognisedLine;
use leptos::prelude::*;
use leptos::server_fn::codec::Json;

use super::desk_client::DeskClient;
#[cfg(feature = "ssr")]
use super::door::{agent, answer, app, caller};
use super::error::ApiError;
#[cfg(feature = "ssr")]
use crate::server::permissions::Who;

/// The caller said something.
#[server(prefix = "/api", endpoint = "caller_said", input = Json)]
pub async fn caller_said(line: RecognisedLine) -> Result<(), ApiError> {
    let call = caller().await?;
    answer(app()?.transcripts().recognised(&Who::Caller(call), line).await)
}

/// The agent at this desk said something.
#[server(prefix = "/api", endpoint = "agent_said", client = DeskClient, input = Json)]
pub async fn agent_said(line: RecognisedLine) -> Result<(), ApiError> {
    let (desk, me) = agent().await?;
    answer(desk.transcripts().recognised(&me, line).await)
}
