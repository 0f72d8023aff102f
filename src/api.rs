//! Server functions: the browser's only way in, beside the event stream. Each is a door, not a room: it finds out who
//! asks, calls one service function and maps the error.

pub mod caller;
pub mod desk;
mod desk_client;
#[cfg(feature = "ssr")]
mod door;
pub mod error;
pub mod home;
pub mod insight;
pub mod page_data;
pub mod recordings;
pub mod session;
pub mod speech;
pub mod spoken_files;
