//! What a page knows about its media: plain values in signals, the same in the browser and on the server.

use std::future::Future;
use std::pin::Pin;

use baton_domain::call::RoomKind;
use baton_domain::desk_event::RoomAccess;
use baton_domain::ids::{CallId, LegId, TransferId};
use baton_domain::seat::Seat;
use baton_domain::time::Span;
use leptos::prelude::*;

use crate::api::error::ApiError;

/// The seat a page follows, and in which call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The call.
    pub call: CallId,
    /// The call's version that it follows from.
    pub version: u32,
    /// The seat in it.
    pub seat: Seat,
}

/// The seat in a call as the server says it when it is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeatNow {
    /// The call's version by then.
    pub version: u32,
    /// The seat, if there is one.
    pub seat: Option<Seat>,
}

/// An answer from the server, on its way.
pub type Answer<T> = Pin<Box<dyn Future<Output = Result<T, ApiError>>>>;

/// What the media core asks of its page, and tells it.
pub struct MediaHooks {
    /// A token for a room of the seat.
    pub access: Box<dyn Fn(CallId, RoomKind) -> Answer<RoomAccess>>,
    /// The seat as the server has it now; nothing where it shows this page that call no more. Asked when the server closed a
    /// microphone that the known seat leaves open.
    pub seat: Box<dyn Fn(CallId) -> Answer<Option<SeatNow>>>,
    /// `LegId` is heard here: once per change of the seat, and again whenever they were gone and are back.
    pub heard: Box<dyn Fn(CallId, LegId)>,
    /// The microphone stands by in every room of the seat: once per change of rooms.
    pub ready: Box<dyn Fn(CallId)>,
    /// The page is being closed, and these of its connections with it. LiveKit's client says goodbye, too, but its word goes
    /// through a socket that is closed at the same moment, and is lost every few times: then a caller would sit in silence.
    pub left: Box<dyn Fn(CallId, Vec<String>)>,
    /// A transfer that was measured is over; this was the longest time with nothing to hear.
    pub silence: Box<dyn Fn(TransferId, Span)>,
}

/// How a page uses its media.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MediaSettings {
    /// Whose test voice this page speaks with: `caller`, `alice` …
    pub voice: String,
}

/// What somebody speaks with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MicrophoneChoice {
    /// A device, or the system's default.
    Device(Option<String>),
    /// The bundled voice.
    TestVoice,
    /// Nothing: listen only.
    Without,
}

impl MicrophoneChoice {
    /// The device, if one was chosen; without one it is the system's default that is opened for whoever asks for a microphone.
    pub fn device(&self) -> Option<&str> {
        match self {
            Self::Device(id) => id.as_deref(),
            Self::TestVoice | Self::Without => None,
        }
    }

    /// As the value of a `<select>`, and as it is remembered.
    pub fn as_value(&self) -> String {
        match self {
            Self::Device(None) => String::new(),
            Self::Device(Some(id)) => format!("device:{id}"),
            Self::TestVoice => "test-voice".to_owned(),
            Self::Without => "without".to_owned(),
        }
    }

    /// The choice that has this value; an unknown one is the system's default.
    pub fn from_value(value: &str) -> Self {
        match value {
            "test-voice" => Self::TestVoice,
            "without" => Self::Without,
            other => Self::Device(other.strip_prefix("device:").map(str::to_owned)),
        }
    }
}

/// How it stands with the microphone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MicrophoneState {
    /// Nobody has asked for it.
    #[default]
    NotAsked,
    /// The browser is asking.
    Asking,
    /// It delivers.
    Ok,
    /// The person chose to have none.
    Without,
    /// The person or the browser said no.
    Denied,
    /// There is none.
    Missing,
    /// Another program has it.
    InUse,
    /// It was taken away during the shift.
    Unplugged,
    /// The system gave it to something else for a while, as phones do during another call.
    Interrupted,
    /// The page came over plain http.
    Insecure,
    /// The browser cannot, or failed in an unexpected way.
    Failed,
}

impl MicrophoneState {
    /// Whether somebody who wants to speak cannot.
    pub fn is_trouble(self) -> bool {
        matches!(
            self,
            Self::Denied
                | Self::Missing
                | Self::InUse
                | Self::Unplugged
                | Self::Interrupted
                | Self::Insecure
                | Self::Failed
        )
    }

    /// Whether something else on this computer or phone has it.
    pub fn is_taken(self) -> bool {
        matches!(self, Self::Interrupted | Self::InUse)
    }

    /// What is wrong and what to do about it; empty while nothing is.
    pub fn words(self) -> &'static str {
        match self {
            Self::NotAsked | Self::Asking | Self::Ok | Self::Without => "",
            Self::Denied => {
                "The browser was told not to let this page use the microphone. Allow it next to the address."
            }
            Self::Missing => "No microphone was found. Plug one in, or choose another.",
            Self::InUse => "Another program is using the microphone. Close it, or choose another.",
            Self::Unplugged => "The microphone was unplugged. Plug it in again, or choose another.",
            Self::Interrupted => "Another app or a phone call has the microphone. It comes back when that ends.",
            Self::Insecure => "Browsers only let secure pages (https) use a microphone.",
            Self::Failed => "The microphone did not start. Choose another, or reload the page.",
        }
    }
}

/// How good a connection is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Quality {
    /// Not known yet.
    #[default]
    Unknown,
    /// Excellent.
    Excellent,
    /// Good.
    Good,
    /// Poor: words may be lost.
    Poor,
    /// Nothing gets through.
    Lost,
}

/// A room's connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RoomLink {
    /// On the way in, for the first time.
    Joining,
    /// There.
    Joined,
    /// The server's word is on its way back. Sound may flow all the while.
    Resuming,
    /// It was there, and is on its way back.
    Reconnecting,
}

/// A room of the seat and how it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoomStatus {
    /// Which.
    pub kind: RoomKind,
    /// Its name.
    pub room: String,
    /// How it stands.
    pub link: RoomLink,
    /// Whether the own microphone is open there.
    pub is_open: bool,
}

/// What is known of another party in the seat's rooms.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PartyStatus {
    /// Who.
    pub leg: LegId,
    /// How loud, from 0 to 1, as the length of a bar.
    pub level: f32,
    /// Their connection.
    pub quality: Quality,
    /// Whether the seat lets them be heard here, and they have no open microphone.
    pub muted: bool,
    /// Whether that is because they have none.
    pub has_no_microphone: bool,
}

/// A microphone or loudspeaker of this computer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceName {
    /// The browser's id.
    pub id: String,
    /// For people.
    pub label: String,
}

/// Everything to choose from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeviceNames {
    /// Microphones.
    pub microphones: Vec<DeviceName>,
    /// Loudspeakers; empty where the browser lets nobody choose.
    pub speakers: Vec<DeviceName>,
}

/// All of it, as signals. Read them anywhere; only the media core writes.
#[derive(Clone, Copy)]
pub struct MediaState {
    /// What the person speaks with.
    pub choice: RwSignal<MicrophoneChoice>,
    /// How it stands with that.
    pub microphone: RwSignal<MicrophoneState>,
    /// What the browser calls the microphone that was opened last; empty for the test voice.
    pub microphone_name: RwSignal<String>,
    /// Whether the person muted themselves; nothing else changes it.
    pub muted: RwSignal<bool>,
    /// Whether the person speaks while muted.
    pub talking_while_muted: RwSignal<bool>,
    /// The own level, from 0 to 1, as the length of a bar.
    pub own_level: RwSignal<f32>,
    /// The own connection.
    pub own_quality: RwSignal<Quality>,
    /// The others.
    pub parties: RwSignal<Vec<PartyStatus>>,
    /// The seat's rooms.
    pub rooms: RwSignal<Vec<RoomStatus>>,
    /// Whether nothing has arrived for three seconds from somebody who should be heard.
    pub stalled: RwSignal<bool>,
    /// Whether the browser wants a click before it makes a sound.
    pub sound_blocked: RwSignal<bool>,
    /// Whether another tab or device has this seat's media.
    pub elsewhere: RwSignal<bool>,
    /// The loudspeaker's device id; empty is the system's default.
    pub speaker: RwSignal<String>,
    /// What there is to choose from.
    pub devices: RwSignal<DeviceNames>,
}

impl MediaState {
    /// Nothing is known yet.
    pub fn new() -> Self {
        Self {
            choice: RwSignal::new(MicrophoneChoice::Device(None)),
            microphone: RwSignal::default(),
            microphone_name: RwSignal::default(),
            muted: RwSignal::new(false),
            talking_while_muted: RwSignal::new(false),
            own_level: RwSignal::new(0.0),
            own_quality: RwSignal::default(),
            parties: RwSignal::default(),
            rooms: RwSignal::default(),
            stalled: RwSignal::new(false),
            sound_blocked: RwSignal::new(false),
            elsewhere: RwSignal::new(false),
            speaker: RwSignal::default(),
            devices: RwSignal::default(),
        }
    }

    /// Whether media is on its way back: a room is reconnecting, or nothing arrives. While nobody is to be heard, as on hold, nothing
    /// can fail to arrive, and a server that is out of reach is the only sign.
    pub fn is_reconnecting(&self) -> bool {
        let is_lost = |room: &RoomStatus| match room.link {
            RoomLink::Joining | RoomLink::Joined => false,
            RoomLink::Resuming => self.parties.read().is_empty(),
            RoomLink::Reconnecting => true,
        };
        self.stalled.get() || self.rooms.read().iter().any(is_lost)
    }

    /// How loud `leg` is.
    pub fn level_of(&self, leg: LegId) -> f32 {
        self.parties.read().iter().find(|party| party.leg == leg).map_or(0.0, |party| party.level)
    }

    /// How good the connection of `leg` is.
    pub fn quality_of(&self, leg: LegId) -> Quality {
        self.parties.read().iter().find(|party| party.leg == leg).map_or(Quality::Unknown, |party| party.quality)
    }
}

impl Default for MediaState {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_choice_survives_being_remembered() {
        for choice in [
            MicrophoneChoice::Device(None),
            MicrophoneChoice::Device(Some("a1b2".into())),
            MicrophoneChoice::TestVoice,
            MicrophoneChoice::Without,
        ] {
            assert_eq!(MicrophoneChoice::from_value(&choice.as_value()), choice);
        }
    }
}
