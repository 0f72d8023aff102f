//! The messages of LiveKit's signalling protocol that are written and read here.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE;
use livekit_protocol as proto;
use livekit_protocol::signal_request::Message as Request;
use livekit_protocol::signal_response::Message as Response;
use livekit_protocol::wrapped_join_request::Compression;
use prost::Message as _;

use crate::error::EndReason;
use crate::event::TrackSource;
use crate::options::PublishOptions;

/// The version of the signalling protocol that is spoken: the newest whose every part is known here. From 17 on a client
/// promises pre-negotiated data channels.
const PROTOCOL: i32 = 16;

/// Reads one frame from the server. `None` is a message of a kind that is not known here.
///
/// # Errors
/// [`prost::DecodeError`] when it is not a `SignalResponse`.
pub fn decode(bytes: &[u8]) -> Result<Option<Response>, prost::DecodeError> {
    Ok(proto::SignalResponse::decode(bytes)?.message)
}

/// Writes one frame for the server.
pub(crate) fn encode(request: Request) -> Vec<u8> {
    proto::SignalRequest { message: Some(request) }.encode_to_vec()
}

/// Writes a join request as it stands in the address: URL-safe base64 with padding.
pub(crate) fn encode_join(join: &proto::JoinRequest) -> String {
    let wrapped =
        proto::WrappedJoinRequest { compression: Compression::None as i32, join_request: join.encode_to_vec() };
    URL_SAFE.encode(wrapped.encode_to_vec())
}

/// The request to join: who we are, what we publish, and the first offer, all in one.
pub(crate) fn join(tracks: Vec<proto::AddTrackRequest>, offer: proto::SessionDescription) -> proto::JoinRequest {
    proto::JoinRequest { add_track_requests: tracks, publisher_offer: Some(offer), ..base_join() }
}

/// The request to go on as the participant we were.
pub(crate) fn resume(participant_sid: String, reason: proto::ReconnectReason) -> proto::JoinRequest {
    proto::JoinRequest { reconnect: true, reconnect_reason: reason as i32, participant_sid, ..base_join() }
}

fn base_join() -> proto::JoinRequest {
    proto::JoinRequest {
        client_info: Some(proto::ClientInfo {
            // Another SDK would be treated otherwise: without TCP, or with codecs rewritten.
            sdk: proto::client_info::Sdk::Rust as i32,
            version: env!("CARGO_PKG_VERSION").into(),
            protocol: PROTOCOL,
            os: std::env::consts::OS.into(),
            ..Default::default()
        }),
        // With automatic subscription the server would demand sections for video, which are never offered here.
        connection_settings: Some(proto::ConnectionSettings { auto_subscribe: false, ..Default::default() }),
        ..Default::default()
    }
}

/// The request to publish a track. `cid` is what the track is called in the offer.
pub(crate) fn add_track(cid: &str, options: &PublishOptions, is_muted: bool) -> proto::AddTrackRequest {
    let mut features = vec![proto::AudioTrackFeature::TfNoDtx as i32];
    if options.is_stereo {
        features.push(proto::AudioTrackFeature::TfStereo as i32);
    }
    let source = match options.source {
        TrackSource::Microphone => proto::TrackSource::Microphone,
        TrackSource::ScreenShareAudio => proto::TrackSource::ScreenShareAudio,
        TrackSource::Other => proto::TrackSource::Unknown,
    };
    proto::AddTrackRequest {
        cid: cid.into(),
        name: options.name.clone(),
        r#type: proto::TrackType::Audio as i32,
        source: source as i32,
        muted: is_muted,
        disable_red: true,
        audio_features: features,
        ..Default::default()
    }
}

/// An offer.
pub(crate) fn offer(id: u32, sdp: String) -> proto::SessionDescription {
    proto::SessionDescription { r#type: "offer".into(), sdp, id, ..Default::default() }
}

/// The request to begin or end subscriptions.
pub(crate) fn subscription(track_sids: Vec<String>, subscribe: bool) -> proto::UpdateSubscription {
    proto::UpdateSubscription { track_sids, subscribe, ..Default::default() }
}

/// The request to leave.
pub(crate) fn leave() -> Request {
    Request::Leave(proto::LeaveRequest {
        reason: proto::DisconnectReason::ClientInitiated as i32,
        action: proto::leave_request::Action::Disconnect as i32,
        ..Default::default()
    })
}

/// The candidate out of a trickled one, which is JSON in the form of the browsers' `RTCIceCandidateInit`.
pub fn trickled_candidate(trickle: &proto::TrickleRequest) -> Option<String> {
    let init: serde_json::Value = serde_json::from_str(&trickle.candidate_init).ok()?;
    let candidate = init.get("candidate")?.as_str()?;
    (!candidate.is_empty()).then(|| candidate.to_owned())
}

/// Takes the candidates out of a session description: those that it contained, and the description without them.
pub fn split_candidates(sdp: &str) -> (Vec<String>, String) {
    let mut candidates = Vec::new();
    let mut rest = String::with_capacity(sdp.len());
    for line in sdp.split_inclusive('\n') {
        match line.trim_end().strip_prefix("a=") {
            Some(candidate) if candidate.starts_with("candidate:") => candidates.push(candidate.to_owned()),
            _ => rest.push_str(line),
        }
    }
    (candidates, rest)
}

/// Why the server ended the connection.
pub(crate) fn end_reason(reason: i32) -> EndReason {
    match proto::DisconnectReason::try_from(reason) {
        Ok(proto::DisconnectReason::ClientInitiated) => EndReason::Left,
        Ok(proto::DisconnectReason::DuplicateIdentity) => EndReason::DuplicateIdentity,
        Ok(proto::DisconnectReason::ParticipantRemoved) => EndReason::Removed,
        Ok(proto::DisconnectReason::RoomDeleted | proto::DisconnectReason::RoomClosed) => EndReason::RoomClosed,
        Ok(proto::DisconnectReason::ServerShutdown) => EndReason::ServerShutdown,
        _ => EndReason::Server(reason),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_join_request_can_be_read_back() {
        let track = add_track("cid", &PublishOptions::new("music").stereo(), true);
        let encoded = encode_join(&join(vec![track], offer(1, "v=0".into())));
        assert_eq!(encoded.len() % 4, 0, "the padding is kept");
        let wrapped = URL_SAFE.decode(encoded).expect("it is base64");
        let wrapped = proto::WrappedJoinRequest::decode(&*wrapped).expect("it was just written");
        let join = proto::JoinRequest::decode(&*wrapped.join_request).expect("it was just written");
        assert!(!join.connection_settings.is_some_and(|settings| settings.auto_subscribe));
        assert_eq!(join.publisher_offer.map(|offer| offer.id), Some(1));
        let track = join.add_track_requests.first().expect("there is one");
        assert_eq!((track.cid.as_str(), track.muted, track.disable_red), ("cid", true, true));
    }

    #[test]
    fn a_message_of_an_unknown_kind_is_skipped() {
        // Field 99, a string: nothing of today's protocol.
        let unknown = [0x9a, 0x06, 0x01, b'x'];
        assert_eq!(decode(&unknown).ok(), Some(None));
        assert!(decode(&[0xff]).is_err());
    }

    #[test]
    fn candidates_come_out_of_json_and_descriptions() {
        let trickle = |json: &str| proto::TrickleRequest { candidate_init: json.into(), ..Default::default() };
        let candidate = trickled_candidate(&trickle(r#"{"candidate":"candidate:1 1 udp 1 1.2.3.4 5 typ host"}"#));
        assert_eq!(candidate.as_deref(), Some("candidate:1 1 udp 1 1.2.3.4 5 typ host"));
        assert_eq!(trickled_candidate(&trickle(r#"{"candidate":""}"#)), None);
        assert_eq!(trickled_candidate(&trickle("nonsense")), None);

        let (candidates, rest) = split_candidates("v=0\r\na=candidate:1 x\r\na=mid:0\r\n");
        assert_eq!(candidates, ["candidate:1 x"]);
        assert_eq!(rest, "v=0\r\na=mid:0\r\n");
    }
}
