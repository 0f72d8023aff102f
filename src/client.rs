//! Browser state; no markup. What needs a browser has a twin of the same names for the server's build.

#[cfg(feature = "browser")]
mod backoff;
pub mod clock;
pub mod desk_actions;
#[cfg(test)]
mod desk_fixtures;
pub mod desk_hears;
pub mod desk_part;
pub mod desk_timeline;
pub mod desk_words;
pub mod hearing;
#[cfg(feature = "browser")]
pub mod media;
#[cfg(not(feature = "browser"))]
#[path = "client/media_stub.rs"]
pub mod media;
pub mod media_plan;
pub mod media_state;
#[cfg(feature = "browser")]
mod page_time;
#[cfg(not(feature = "browser"))]
#[path = "client/page_time_stub.rs"]
mod page_time;
#[cfg(feature = "browser")]
mod signal;
pub mod reduce;
#[cfg(feature = "browser")]
pub mod socket;
#[cfg(not(feature = "browser"))]
#[path = "client/socket_stub.rs"]
pub mod socket;
pub mod stream_status;
