//! LiveKit as the media server.

use std::time::Duration;

use async_trait::async_trait;
use livekit_api::access_token::{AccessToken, VideoGrants};
use livekit_api::services::room::{CreateRoomOptions, RoomClient, UpdateParticipantOptions};
use livekit_api::services::{ServerError, ServerErrorCode, ServiceError};
use livekit_protocol as proto;

use crate::server::config::LiveKitConfig;
use crate::server::ports::media_server::{Grant, MediaServer, MediaServerError, Participant, Permission, Room, Track};
use crate::server::sip::telephone;

/// Every request to LiveKit is answered within this time or counts as failed.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(3);
/// We delete rooms ourselves; until then LiveKit keeps them however empty they are.
const KEEP_EMPTY_SECONDS: u32 = 24 * 60 * 60;

/// A LiveKit server.
#[derive(Debug)]
pub struct LiveKit {
    rooms: RoomClient,
    api_key: String,
    api_secret: String,
}

impl LiveKit {
    /// The server that the configuration names.
    pub fn new(config: &LiveKitConfig) -> Self {
        let host = config.url.replacen("ws", "http", 1);
        Self {
            rooms: RoomClient::with_api_key(&host, &config.api_key, &config.api_secret)
                .with_request_timeout(REQUEST_TIMEOUT),
            api_key: config.api_key.clone(),
            api_secret: config.api_secret.clone(),
        }
    }
}

impl LiveKit {
    fn identified(&self, identity: &str, ttl: Duration) -> AccessToken {
        AccessToken::with_api_key(&self.api_key, &self.api_secret).with_ttl(ttl).with_identity(identity)
    }
}

fn signed(token: AccessToken) -> Result<String, MediaServerError> {
    token.to_jwt().map_err(|error| MediaServerError::Token(Box::new(error)))
}

#[async_trait]
impl MediaServer for LiveKit {
    async fn create_room(&self, room: &str, owner: &str) -> Result<(), MediaServerError> {
        let options = CreateRoomOptions {
            metadata: owner.to_owned(),
            empty_timeout: KEEP_EMPTY_SECONDS,
            departure_timeout: KEEP_EMPTY_SECONDS,
            ..CreateRoomOptions::default()
        };
        self.rooms.create_room(room, options).await.map(drop).map_err(failed)
    }

    async fn delete_room(&self, room: &str) -> Result<(), MediaServerError> {
        gone_is_fine(self.rooms.delete_room(room).await)
    }

    async fn rooms(&self) -> Result<Vec<Room>, MediaServerError> {
        let rooms = self.rooms.list_rooms(Vec::new()).await.map_err(failed)?;
        let owner = |metadata: String| (!metadata.is_empty()).then_some(metadata);
        Ok(rooms.into_iter().map(|room| Room { name: room.name, owner: owner(room.metadata) }).collect())
    }

    async fn participants(&self, room: &str) -> Result<Vec<Participant>, MediaServerError> {
        match self.rooms.list_participants(room).await {
            Ok(participants) => Ok(participants.into_iter().map(participant).collect()),
            Err(error) if is_not_found(&error) => Ok(Vec::new()),
            Err(error) => Err(failed(error)),
        }
    }

    async fn mute(&self, room: &str, identity: &str, track_sid: &str) -> Result<(), MediaServerError> {
        gone_is_fine(self.rooms.mute_published_track(room, identity, track_sid, true).await.map(drop))
    }

    async fn permit(&self, room: &str, identity: &str, permission: Permission) -> Result<(), MediaServerError> {
        // LiveKit replaces the whole object, so everything is said every time.
        let permission = proto::ParticipantPermission {
            can_publish: permission.publish,
            can_subscribe: permission.subscribe,
            can_publish_data: false,
            can_publish_sources: vec![proto::TrackSource::Microphone as i32],
            ..proto::ParticipantPermission::default()
        };
        let options = UpdateParticipantOptions { permission: Some(permission), ..UpdateParticipantOptions::default() };
        gone_is_fine(self.rooms.update_participant(room, identity, options).await.map(drop))
    }

    async fn remove(&self, room: &str, identity: &str) -> Result<(), MediaServerError> {
        gone_is_fine(self.rooms.remove_participant(room, identity).await)
    }

    fn token(&self, grant: &Grant<'_>) -> Result<String, MediaServerError> {
        let grants = VideoGrants {
            room_join: true,
            room: grant.room.to_owned(),
            can_publish: Some(grant.permission.publish),
            can_subscribe: Some(grant.permission.subscribe),
            can_publish_data: Some(false),
            can_publish_sources: vec!["microphone".to_owned()],
            can_update_own_metadata: Some(false),
            ..VideoGrants::default()
        };
        signed(self.identified(grant.identity, grant.ttl).with_name(grant.name).with_grants(grants))
    }

    fn hidden_token(&self, room: &str, identity: &str, ttl: Duration) -> Result<String, MediaServerError> {
        let grants = VideoGrants {
            room_join: true,
            room: room.to_owned(),
            hidden: true,
            can_publish: Some(false),
            can_subscribe: Some(true),
            can_publish_data: Some(false),
            can_update_own_metadata: Some(false),
            ..VideoGrants::default()
        };
        signed(self.identified(identity, ttl).with_grants(grants))
    }
}

fn participant(info: proto::ParticipantInfo) -> Participant {
    let telephone = telephone(info.kind() == proto::participant_info::Kind::Sip, &info.attributes);
    let permission = info.permission.unwrap_or_default();
    Participant {
        identity: info.identity,
        sid: info.sid,
        permission: Permission { publish: permission.can_publish, subscribe: permission.can_subscribe },
        tracks: info.tracks.into_iter().map(|track| Track { sid: track.sid, muted: track.muted }).collect(),
        telephone,
    }
}

fn is_not_found(error: &ServiceError) -> bool {
    matches!(error, ServiceError::Twirp(ServerError::Twirp(code)) if code.code == ServerErrorCode::NOT_FOUND)
}

/// Whoever or whatever was to be changed is gone already: every command may come twice.
fn gone_is_fine(result: Result<(), ServiceError>) -> Result<(), MediaServerError> {
    match result {
        Err(error) if !is_not_found(&error) => Err(failed(error)),
        _ => Ok(()),
    }
}

fn failed(error: ServiceError) -> MediaServerError {
    match &error {
        ServiceError::Twirp(ServerError::Twirp(_)) => MediaServerError::Refused(Box::new(error)),
        _ => MediaServerError::Unreachable(Box::new(error)),
    }
}
