//! Participants in rooms of a real LiveKit server, which every test starts for itself.

#[path = "room/bad_network.rs"]
mod bad_network;
#[path = "room/conditions.rs"]
mod conditions;
#[path = "room/errors.rs"]
mod errors;
#[path = "room/hearing.rs"]
mod hearing;
#[path = "room/losses.rs"]
mod losses;
#[path = "room/messages.rs"]
mod messages;
#[path = "room/proxy.rs"]
mod proxy;
#[path = "room/publishing.rs"]
mod publishing;
#[path = "room/recorder.rs"]
mod recorder;
#[path = "room/secure.rs"]
mod secure;
#[path = "room/server.rs"]
mod server;
#[path = "room/sound.rs"]
mod sound;
