//! Server functions: the browser's only way in, beside the event stream. Each is a door, not a room: it finds out who
//! asks, calls one service function and maps the error.

pub mod caller;
#[cfg(feature = "browser")]
mod desk_client;
#[cfg(not(feature = "browser"))]
#[path = "api/desk_client_stub.rs"]
mod desk_client;
pub mod desk;
#[cfg(feature = "ssr")]
mod door;
pub mod error;
pub mod home;
pub mod session;
