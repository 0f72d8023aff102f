//! What LiveKit reports, signed with the key that we share.

use axum::body::Bytes;
use axum::extract::State;
use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderMap, StatusCode};
use baton_domain::seat::RoomName;
use livekit_api::access_token::TokenVerifier;
use livekit_api::webhooks::{WebhookError, WebhookReceiver};
use livekit_protocol::WebhookEvent;
use livekit_protocol::participant_info::Kind;
use tracing::{debug, warn};

use super::problem::Problem;
use crate::server::services::seating::RoomFact;
use crate::server::sip::telephone;
use crate::server::state::App;

/// Takes in one report. LiveKit sends it again for as long as it gets no 200.
pub async fn livekit(State(app): State<App>, headers: HeaderMap, body: Bytes) -> Result<StatusCode, Problem> {
    let event = verified(&app, &headers, &body)?;
    let Some((room, fact)) = fact_of(event) else { return Ok(StatusCode::OK) };
    app.seating().room_event(room, fact).await?;
    Ok(StatusCode::OK)
}

fn verified(app: &App, headers: &HeaderMap, body: &[u8]) -> Result<WebhookEvent, Problem> {
    let token = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let token = token.strip_prefix("Bearer ").unwrap_or(token);
    let config = &app.config.livekit;
    let receiver = WebhookReceiver::new(TokenVerifier::with_api_key(&config.api_key, &config.api_secret));
    let text = std::str::from_utf8(body).map_err(|_| forged())?;
    receiver.receive(text, token).map_err(|error| match error {
        WebhookError::InvalidData(error) => {
            warn!(%error, "LiveKit sent a report that this version does not understand");
            Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "bad_input", "This is no report of LiveKit's.")
        }
        _ => forged(),
    })
}

fn forged() -> Problem {
    warn!("A report under LiveKit's name was not signed with our key");
    Problem::new(StatusCode::UNAUTHORIZED, "forged", "The report is not signed with the key of this desk.")
}

/// What of a report concerns the desk.
fn fact_of(event: WebhookEvent) -> Option<(RoomName, RoomFact)> {
    debug!(event = event.event, "LiveKit reports {}", event.event);
    let room = RoomName::parse(&event.room?.name)?;
    let fact = match event.event.as_str() {
        "room_finished" => RoomFact::RoomFinished,
        "track_published" => RoomFact::TrackPublished,
        "participant_joined" => {
            let who = event.participant?;
            let telephone = telephone(who.kind() == Kind::Sip, &who.attributes);
            RoomFact::Joined { identity: who.identity, sid: who.sid, telephone }
        }
        "participant_left" | "participant_connection_aborted" => {
            event.participant.map(|who| RoomFact::Left { identity: who.identity, sid: who.sid })?
        }
        _ => return None,
    };
    Some((room, fact))
}
