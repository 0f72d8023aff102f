//! What the SDK throws, sorted into what a program can act on.

use wasm_bindgen::{JsCast, JsValue};

use crate::event::DisconnectReason;
use crate::sdk;
use crate::sys;

/// An error of the SDK: what kind it is, and the SDK's own words for the log.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{kind}: {message}")]
pub struct LiveKitError {
    kind: LiveKitErrorKind,
    message: String,
}

/// The kinds of [`LiveKitError`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LiveKitErrorKind {
    /// The SDK has not arrived.
    #[error("the SDK is not loaded")]
    SdkMissing,
    /// The server refused the token, or the room does not exist.
    #[error("the server refused the connection")]
    NotAllowed {
        /// The HTTP status of the refusal, where there was one.
        status: Option<u16>,
    },
    /// The address is no `ws:`, `wss:`, `http:` or `https:` URL.
    #[error("the server's address is not valid")]
    InvalidAddress,
    /// Nothing answered at the address.
    #[error("the server cannot be reached")]
    ServerUnreachable,
    /// The server, or the SDK, failed in an unexpected way.
    #[error("the connection failed")]
    Internal,
    /// `disconnect()` was called while connecting.
    #[error("the connection was cancelled")]
    Cancelled,
    /// The server told this participant to leave while it was connecting.
    #[error("the server ended the connection")]
    LeaveRequest(DisconnectReason),
    /// Signalling or media was not established in time.
    #[error("the connection took too long")]
    Timeout,
    /// The signalling connection broke.
    #[error("the signalling connection failed")]
    WebSocket,
    /// The address answers, but not with LiveKit.
    #[error("there is no LiveKit at this address")]
    ServiceNotFound,
    /// The server is too old for what was asked.
    #[error("the server does not support this")]
    UnsupportedServer,
    /// Publishing was refused (403) or took too long (408).
    #[error("the track could not be published")]
    Publish {
        /// The SDK's status, like an HTTP status.
        status: Option<u16>,
    },
    /// The media connection could not be negotiated.
    #[error("media could not be negotiated")]
    Negotiation,
    /// The track is not, or no longer, fit for this.
    #[error("the track cannot be used for this")]
    TrackInvalid,
    /// Asked for while not connected.
    #[error("not possible in this state of the connection")]
    UnexpectedState,
    /// The server did not accept a request, or did not answer it.
    #[error("the server did not carry out the request")]
    SignalRequest,
    /// The browser or device cannot do this.
    #[error("not supported by this browser or device")]
    Unsupported,
    /// The browser wants a click before it plays sound.
    #[error("the browser does not play sound before a click")]
    PlaybackBlocked,
    /// Anything else.
    #[error("unexpected error")]
    Other,
}

impl LiveKitError {
    pub(crate) fn new(kind: LiveKitErrorKind, message: impl Into<String>) -> Self {
        let message = message.into();
        Self { kind, message }
    }

    pub(crate) fn from_js(value: &JsValue) -> Self {
        let thrown = Thrown::read(value);
        Self { kind: classify(&thrown), message: thrown.message }
    }

    /// What kind of error it is.
    pub fn kind(&self) -> LiveKitErrorKind {
        self.kind
    }

    /// The SDK's own words, in English: for a log, not for a screen.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Whether trying again with the same token may succeed.
    pub fn is_transient(&self) -> bool {
        use LiveKitErrorKind as Kind;
        matches!(
            self.kind,
            Kind::SdkMissing
                | Kind::ServerUnreachable
                | Kind::Internal
                | Kind::Timeout
                | Kind::WebSocket
                | Kind::Negotiation
                | Kind::SignalRequest
        )
    }
}

/// The fields of a JavaScript error, read without trusting their types.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Thrown {
    pub name: String,
    pub message: String,
    pub reason: String,
    pub status: Option<u16>,
    pub context: Option<i32>,
}

impl Thrown {
    pub fn read(value: &JsValue) -> Self {
        if !value.is_object() {
            let message = value.as_string().unwrap_or_else(|| format!("{value:?}"));
            return Self { message, ..Self::default() };
        }
        let thrown: &sys::Thrown = value.unchecked_ref();
        Self {
            name: thrown.name().as_string().unwrap_or_default(),
            message: thrown.message().as_string().unwrap_or_default(),
            reason: thrown.reason().as_f64().and_then(whole).and_then(reason_name).unwrap_or_default(),
            status: thrown.status().as_f64().and_then(status),
            context: thrown.context().as_f64().and_then(whole),
        }
    }
}

/// The number's name by the SDK's own table. The error has a `reasonName` too, but the SDK rewrites only the number when
/// it wraps a refused token into "server unreachable".
fn reason_name(reason: i32) -> Option<String> {
    sdk::get().ok()?.connection_error_reason().get(&reason.to_string())
}

/// By names, not by class or number: names survive minifying and new versions of the SDK.
fn classify(thrown: &Thrown) -> LiveKitErrorKind {
    match thrown.name.as_str() {
        "ConnectionError" => classify_connection(thrown),
        "PublishTrackError" => LiveKitErrorKind::Publish { status: thrown.status },
        "NegotiationError" => LiveKitErrorKind::Negotiation,
        "TrackInvalidError" => LiveKitErrorKind::TrackInvalid,
        "UnexpectedConnectionState" => LiveKitErrorKind::UnexpectedState,
        "SignalRequestError" | "SignalReconnectError" => LiveKitErrorKind::SignalRequest,
        "UnsupportedServer" => LiveKitErrorKind::UnsupportedServer,
        "DeviceUnsupportedError" | "NotSupportedError" => LiveKitErrorKind::Unsupported,
        "NotAllowedError" => LiveKitErrorKind::PlaybackBlocked,
        _ => LiveKitErrorKind::Other,
    }
}

fn classify_connection(thrown: &Thrown) -> LiveKitErrorKind {
    match thrown.reason.as_str() {
        "NotAllowed" => LiveKitErrorKind::NotAllowed { status: thrown.status },
        "ServerUnreachable" => LiveKitErrorKind::ServerUnreachable,
        "Cancelled" => LiveKitErrorKind::Cancelled,
        "LeaveRequest" => LiveKitErrorKind::LeaveRequest(DisconnectReason::from_code(thrown.context)),
        "Timeout" => LiveKitErrorKind::Timeout,
        "WebSocket" => LiveKitErrorKind::WebSocket,
        "ServiceNotFound" => LiveKitErrorKind::ServiceNotFound,
        _ => LiveKitErrorKind::Internal,
    }
}

fn status(value: f64) -> Option<u16> {
    whole(value).and_then(|code| u16::try_from(code).ok())
}

/// A JavaScript number that is meant as a small whole one.
pub(crate) fn whole(value: f64) -> Option<i32> {
    let fits = value.fract() == 0.0 && (f64::from(i32::MIN)..=f64::from(i32::MAX)).contains(&value);
    #[expect(clippy::cast_possible_truncation, reason = "checked on the line above")]
    fits.then_some(value as i32)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn thrown(name: &str, reason: &str) -> Thrown {
        Thrown { name: name.into(), reason: reason.into(), status: Some(401), context: Some(5), ..Thrown::default() }
    }

    #[test]
    fn connection_errors_are_told_apart_by_the_name_of_their_reason() {
        use LiveKitErrorKind as Kind;
        for (reason, kind) in [
            ("NotAllowed", Kind::NotAllowed { status: Some(401) }),
            ("ServerUnreachable", Kind::ServerUnreachable),
            ("InternalError", Kind::Internal),
            ("Cancelled", Kind::Cancelled),
            ("LeaveRequest", Kind::LeaveRequest(DisconnectReason::RoomDeleted)),
            ("Timeout", Kind::Timeout),
            ("WebSocket", Kind::WebSocket),
            ("ServiceNotFound", Kind::ServiceNotFound),
            ("InventedTomorrow", Kind::Internal),
        ] {
            assert_eq!(classify(&thrown("ConnectionError", reason)), kind, "{reason}");
        }
    }

    #[test]
    fn an_error_nobody_knows_is_other() {
        assert_eq!(classify(&thrown("TypeError", "")), LiveKitErrorKind::Other);
        assert_eq!(classify(&Thrown::default()), LiveKitErrorKind::Other);
    }

    #[test]
    fn only_what_may_heal_is_transient() {
        assert!(LiveKitError::new(LiveKitErrorKind::ServerUnreachable, "").is_transient());
        assert!(!LiveKitError::new(LiveKitErrorKind::NotAllowed { status: Some(401) }, "").is_transient());
        assert!(!LiveKitError::new(LiveKitErrorKind::Cancelled, "").is_transient());
    }

    #[test]
    fn numbers_that_are_not_whole_are_no_codes() {
        assert_eq!(whole(404.0), Some(404));
        assert_eq!(whole(1.5), None);
        assert_eq!(whole(f64::NAN), None);
        assert_eq!(whole(1e12), None);
    }
}
