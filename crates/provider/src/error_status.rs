//! What a status says that is no success.

use std::time::Duration;

use http::{HeaderMap, StatusCode};
use thiserror::Error;

use crate::retry_after;

/// What a provider says with a status that is no success: whether asking again may help, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum ErrorStatus {
    /// Too much was asked of it.
    #[error("it asks for a pause")]
    RateLimited {
        /// How long it wants to be left alone.
        retry_after: Option<Duration>,
    },
    /// It failed itself, and may work the next time.
    #[error("it failed with status {status}")]
    ServerError {
        /// The status, or the code that a WebSocket was closed with.
        status: u16,
        /// How long it wants to be left alone.
        retry_after: Option<Duration>,
    },
    /// The key, the account, the model or the request is wrong.
    #[error("it rejected the request with status {status}")]
    Rejected {
        /// The status, or the code that a WebSocket was closed with.
        status: u16,
    },
}

impl ErrorStatus {
    /// What an answer says that is no success.
    ///
    /// 429 is too many requests (RFC 6585 §4). After 408 a client may repeat its request (RFC 9110 §15.5.9), and 5xx is the
    /// server's own failure (§15.6), as a status is that HTTP does not know (§15, from 600 on). Anything else is about the
    /// request, and 3xx too, since nobody is followed elsewhere. How long to wait stands in `Retry-After` (§10.2.3). The
    /// providers say the same of themselves:
    ///
    /// - OpenAI: <https://platform.openai.com/docs/guides/error-codes>
    /// - Groq: <https://console.groq.com/docs/errors>
    /// - Deepgram: <https://developers.deepgram.com/reference/errors>
    /// - AssemblyAI: <https://www.assemblyai.com/docs/sync-stt/error-handling>
    pub fn of(status: StatusCode, headers: &HeaderMap) -> Self {
        let retry_after = retry_after::of(headers);
        match status.as_u16() {
            429 => Self::RateLimited { retry_after },
            status @ (408 | 500..) => Self::ServerError { status, retry_after },
            status => Self::Rejected { status },
        }
    }

    /// How long the provider wants to be left alone.
    pub fn retry_after(self) -> Option<Duration> {
        match self {
            Self::RateLimited { retry_after } | Self::ServerError { retry_after, .. } => retry_after,
            Self::Rejected { .. } => None,
        }
    }

    /// A stable name, for logs, audits and metrics.
    pub fn name(self) -> &'static str {
        match self {
            Self::RateLimited { .. } => "rate_limited",
            Self::ServerError { .. } => "server_error",
            Self::Rejected { .. } => "rejected",
        }
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;
    use http::header::RETRY_AFTER;

    use super::*;

    fn of(status: u16, headers: &HeaderMap) -> ErrorStatus {
        ErrorStatus::of(StatusCode::from_u16(status).expect("a status"), headers)
    }

    #[test]
    fn every_status_says_whether_to_ask_again() {
        let rejected = [300, 302, 304, 400, 401, 402, 403, 404, 405, 407, 409, 410, 413, 415, 422, 428, 430, 451, 499];
        let failed = [408, 500, 501, 502, 503, 504, 520, 529, 599, 600, 999];
        let retry_after = None;
        for status in rejected {
            assert_eq!(of(status, &HeaderMap::new()), ErrorStatus::Rejected { status });
        }
        for status in failed {
            assert_eq!(of(status, &HeaderMap::new()), ErrorStatus::ServerError { status, retry_after });
        }
        assert_eq!(of(429, &HeaderMap::new()), ErrorStatus::RateLimited { retry_after });
    }

    #[test]
    fn a_pause_that_is_asked_for_goes_with_whatever_may_pass() {
        let headers = HeaderMap::from_iter([(RETRY_AFTER, HeaderValue::from_static("7"))]);
        let asked = |status| of(status, &headers).retry_after();
        let seven = Some(Duration::from_secs(7));
        assert_eq!([429, 503, 408].map(asked), [seven; 3]);
        assert_eq!([401, 302].map(asked), [None; 2], "there is no use in asking again");
    }
}
