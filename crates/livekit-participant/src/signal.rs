//! The signalling connection: a WebSocket that carries protobuf messages, at `/rtc/v1` with a single peer connection.

pub(crate) mod address;
pub(crate) mod dial;
pub(crate) mod link;
pub mod message;
