//! The rules of the Baton desk: who may do what to a call, who sits in which room, and whom a call is offered to.
//!
//! Nothing in here does I/O, asks for the time or makes an id: the server and the browser both compile it, and every
//! rule is tested in milliseconds. Start at [`call::Call`], then [`machine`] (what may happen) and [`seat`] (who hears whom).

pub mod agent;
pub mod briefing;
pub mod browser_speech;
pub mod call;
pub mod desk_event;
pub mod hold_music;
pub mod ids;
pub mod insight;
pub mod line;
pub mod listening;
pub mod machine;
pub mod outcome;
pub mod recording;
pub mod routing;
pub mod rules;
pub mod seat;
pub mod spoken;
pub mod spoken_file;
pub mod text;
pub mod time;
pub mod transcript;
pub mod transfer;
pub mod wrap_up;
