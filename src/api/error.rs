//! The one error that reaches a browser or an integrator: a stable code and a sentence that says what to do.

use leptos::server_fn::codec::JsonEncoding;
use leptos::server_fn::error::{FromServerFnError, ServerFnErrorErr};
use leptos::server_fn::{Bytes, Decodes};
use serde::{Deserialize, Serialize};

/// What went wrong, fit to show.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{message}")]
pub struct ApiError {
    /// Stable, for programs: `transfer_open`, `not_found`, `offline` …
    pub code: String,
    /// For people. A problem detail, which is what it travels as, calls it so.
    #[serde(alias = "detail")]
    pub message: String,
    /// The HTTP status it travels with.
    pub status: u16,
    /// What is the case now, when it is a conflict about a call.
    #[serde(flatten)]
    pub standing: Option<Standing>,
    /// After how many seconds it is worth trying again, when there were too many requests.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<u32>,
}

/// Where a call stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// The call's state.
    pub state: String,
    /// Counts every change of the call.
    pub version: u32,
    /// The state of the transfer that was meant, or of the open one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transfer_state: Option<String>,
}

impl ApiError {
    /// An error of our own making.
    pub fn new(status: u16, code: &str, message: impl Into<String>) -> Self {
        Self { code: code.to_owned(), message: message.into(), status, standing: None, retry_after: None }
    }

    /// Whether the server was not heard: worth trying again. It may have done what was asked all the same.
    pub fn is_offline(&self) -> bool {
        self.code == "offline"
    }

    /// Whether it may be otherwise in a moment: the server was not heard, it is asked too often, or it failed itself.
    pub fn is_passing(&self) -> bool {
        self.is_offline() || self.status == 429 || self.status >= 500
    }

    /// The server was not heard.
    pub fn offline() -> Self {
        Self::new(503, "offline", "The desk cannot be reached. Check your connection; it goes on by itself.")
    }
}

impl FromServerFnError for ApiError {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        match error {
            ServerFnErrorErr::Request(_) => Self::offline(),
            ServerFnErrorErr::Args(_) | ServerFnErrorErr::MissingArg(_) | ServerFnErrorErr::Deserialization(_) => {
                Self::new(422, "bad_input", "The desk did not understand the request. Reload the page and try again.")
            }
            _ => Self::new(500, "internal", "Something went wrong at the desk. Try again."),
        }
    }

    /// An error that is not written as ours comes from something in between, such as a reverse proxy that answers 502 while the
    /// server starts anew: that is as good as no connection.
    fn de(body: Bytes) -> Self {
        JsonEncoding::decode(body).unwrap_or_else(|_| Self::offline())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_something_in_between_answers_passes() {
        for body in ["Baton is not answering at the moment.\n", "<html>502 Bad Gateway</html>", "{\"error\":502}", ""] {
            let error = ApiError::de(Bytes::from_static(body.as_bytes()));
            assert!(error.is_offline() && error.is_passing(), "{body}: {error:?}");
        }
    }

    #[test]
    fn what_the_server_refuses_is_read_as_it_was_written() {
        let refused = ApiError::new(409, "transfer_open", "Bob rings already.");
        assert_eq!(ApiError::de(refused.ser()), refused);
        assert!(!refused.is_passing());
        let body = r#"{"type":"urn:baton:problem:not_found","title":"Not found","status":404,"detail":"No.","code":"not_found"}"#;
        assert_eq!(ApiError::de(Bytes::from_static(body.as_bytes())), ApiError::new(404, "not_found", "No."));
    }

    #[test]
    fn whoever_asks_too_often_or_meets_a_failure_may_ask_again() {
        assert!(ApiError::new(429, "too_many_requests", "").is_passing());
        assert!(ApiError::new(500, "internal", "").is_passing());
        assert!(!ApiError::from_server_fn_error(ServerFnErrorErr::Args(String::new())).is_passing());
    }
}
