//! Typed ids. Random ones wrap a UUID that the server makes (version 7, so that they sort by time); agents, lines and
//! queues have short handles that people read in addresses.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! uuid_id {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.as_simple().fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({self})", stringify!($name))
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;

            fn from_str(text: &str) -> Result<Self, InvalidId> {
                Uuid::try_parse(text).map(Self).map_err(|_| InvalidId { kind: stringify!($name) })
            }
        }
    )+};
}

macro_rules! handle_id {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// The handle as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;

            fn from_str(text: &str) -> Result<Self, InvalidId> {
                if is_handle(text) { Ok(Self(text.to_owned())) } else { Err(InvalidId { kind: stringify!($name) }) }
            }
        }

        impl TryFrom<String> for $name {
            type Error = InvalidId;

            fn try_from(text: String) -> Result<Self, InvalidId> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> String {
                id.0
            }
        }
    )+};
}

uuid_id! {
    /// A call, from the caller's arrival to the end.
    CallId,
    /// One party's part in a call; its LiveKit identity in every room it sits in.
    LegId,
    /// One attempt to hand a call over.
    TransferId,
    /// One piece of a transcript.
    SegmentId,
    /// One file of a call's recording.
    RecordingId,
    /// One file that somebody had transcribed.
    SpokenFileId,
}

handle_id! {
    /// An agent, by the handle in the desk's address (`/desk/alice`).
    AgentId,
    /// A published way in.
    LineId,
    /// A queue that calls wait in.
    QueueId,
}

/// A text that is no id of the wanted kind.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a valid {kind}")]
pub struct InvalidId {
    /// The type that was wanted.
    pub kind: &'static str,
}

/// One to 32 of `a-z`, `0-9` and `-`, beginning with a letter or digit.
fn is_handle(text: &str) -> bool {
    (1..=32).contains(&text.len())
        && !text.starts_with('-')
        && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn handles_are_short_and_plain() {
        assert!("alice".parse::<AgentId>().is_ok());
        for bad in ["", "-a", "Alice", "a b", &"a".repeat(33), "a/b"] {
            assert_eq!(bad.parse::<AgentId>(), Err(InvalidId { kind: "AgentId" }), "{bad}");
        }
    }
}
