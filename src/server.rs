//! Everything that exists only on the server.

pub mod adapters;
pub mod clock;
pub mod config;
pub mod demo;
pub mod ears;
pub mod error;
pub mod http;
pub mod hub;
pub mod instance;
pub mod limits;
pub mod media;
pub mod permissions;
pub mod ports;
pub mod random;
pub mod recorder;
pub mod sample;
pub mod services;
mod sip;
pub mod sounds;
pub mod state;
pub mod store;
pub mod telemetry;
pub mod uploads;
pub mod workers;
