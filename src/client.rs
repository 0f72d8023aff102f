//! Browser state; no markup. What needs a browser has a twin of the same names for the server's build.

#[cfg(feature = "browser")]
mod backoff;
pub mod caller;
#[cfg(feature = "browser")]
pub mod caller_browser;
#[cfg(not(feature = "browser"))]
#[path = "client/caller_browser_stub.rs"]
pub mod caller_browser;
pub mod caller_trouble;
pub mod clock;
pub mod closing;
pub mod desk_actions;
pub mod desk_commands;
pub mod desk_endings;
#[cfg(test)]
pub mod desk_fixtures;
pub mod desk_hears;
mod desk_insight;
mod desk_leaving;
pub mod desk_listening;
pub mod desk_media;
pub mod desk_missed;
pub mod desk_part;
#[cfg(feature = "browser")]
pub mod desk_sample;
#[cfg(not(feature = "browser"))]
#[path = "client/desk_sample_stub.rs"]
pub mod desk_sample;
#[cfg(feature = "browser")]
pub mod desk_session;
#[cfg(not(feature = "browser"))]
#[path = "client/desk_session_stub.rs"]
pub mod desk_session;
pub mod desk_speech;
pub mod desk_spoken;
pub mod desk_store;
pub mod desk_stream;
pub mod desk_timeline;
pub mod desk_words;
pub mod desk_wrap_up;
pub mod effect;
pub mod file_desk;
pub mod followed;
pub mod hearing;
#[cfg(feature = "browser")]
pub mod home_checks;
#[cfg(not(feature = "browser"))]
#[path = "client/home_checks_stub.rs"]
pub mod home_checks;
#[cfg(feature = "browser")]
pub mod last_word;
#[cfg(not(feature = "browser"))]
#[path = "client/last_word_stub.rs"]
pub mod last_word;
#[cfg(feature = "browser")]
pub mod media;
#[cfg(not(feature = "browser"))]
#[path = "client/media_stub.rs"]
pub mod media;
pub mod media_choice;
pub mod media_plan;
pub mod media_state;
#[cfg(feature = "browser")]
mod microphone;
#[cfg(feature = "browser")]
mod page_time;
#[cfg(not(feature = "browser"))]
#[path = "client/page_time_stub.rs"]
mod page_time;
pub mod playback;
#[cfg(feature = "browser")]
pub mod player;
#[cfg(not(feature = "browser"))]
#[path = "client/player_stub.rs"]
pub mod player;
#[cfg(feature = "browser")]
mod random_hex;
pub mod recorded_call;
pub mod reduce;
pub mod ring;
#[cfg(feature = "browser")]
pub mod ring_notification;
#[cfg(not(feature = "browser"))]
#[path = "client/ring_notification_stub.rs"]
pub mod ring_notification;
#[cfg(feature = "browser")]
mod signal;
#[cfg(feature = "browser")]
pub mod socket;
#[cfg(not(feature = "browser"))]
#[path = "client/socket_stub.rs"]
pub mod socket;
#[cfg(feature = "browser")]
mod sound_source;
#[cfg(not(feature = "browser"))]
#[path = "client/sound_source_stub.rs"]
mod sound_source;
#[cfg(feature = "browser")]
mod sounding;
#[cfg(feature = "browser")]
pub mod speech;
#[cfg(not(feature = "browser"))]
#[path = "client/speech_stub.rs"]
pub mod speech;
#[cfg(any(feature = "browser", test))]
mod speech_lines;
#[cfg(feature = "browser")]
mod speech_outbox;
pub mod speech_state;
pub mod stream_status;
#[cfg(feature = "browser")]
pub mod tell;
#[cfg(not(feature = "browser"))]
#[path = "client/tell_stub.rs"]
pub mod tell;
pub mod unsent_transfer;
pub mod wrap_up_form;
