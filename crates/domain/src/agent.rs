//! Agents and their presence.

use serde::{Deserialize, Serialize};

use crate::briefing::Language;
use crate::call::Engagement;
use crate::ids::{AgentId, QueueId};
use crate::time::Timestamp;

/// Who takes calls at the desk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Agent {
    /// Handle, as in the desk's address.
    pub id: AgentId,
    /// Name on screen.
    pub name: String,
    /// A person or an AI.
    pub kind: AgentKind,
    /// The queues they are skilled for.
    pub skills: Vec<QueueId>,
    /// What they chose.
    pub choice: PresenceChoice,
    /// The language they want to read briefings in; `None` is the conversation's.
    #[serde(default)]
    pub language: Option<Language>,
    /// What they take part in calls with.
    #[serde(default)]
    pub device: Device,
}

/// What an agent takes part in calls with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Device {
    /// A page of the desk, which can sit in two rooms at once.
    #[default]
    Page,
    /// A phone, which stays in the one room that it is called into.
    Phone,
}

/// A person or an AI participant. LiveKit calls the latter "agent"; call centres call the former so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AgentKind {
    /// A person.
    Human,
    /// An AI that takes calls.
    Assistant,
}

/// What an agent may choose to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PresenceChoice {
    /// Ready for the next call.
    Available,
    /// Here, and not to be disturbed.
    Busy,
    /// Not here for now.
    Away,
    /// Not working.
    Offline,
}

impl PresenceChoice {
    /// All of them, in the order on screen.
    pub const ALL: [Self; 4] = [Self::Available, Self::Busy, Self::Away, Self::Offline];

    /// The word on screen.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Available => "Available",
            Self::Busy => "Busy",
            Self::Away => "Away",
            Self::Offline => "Offline",
        }
    }
}

/// What an agent is, to everybody else.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Presence {
    /// No desk of theirs is open, or they chose to be offline.
    Offline,
    /// Ready for the next call.
    Available,
    /// It rings at their desk.
    Reserved,
    /// In a call.
    OnCall,
    /// Finishing the last call.
    WrapUp,
    /// Chose to be busy.
    Busy,
    /// Chose to be away, or let a call ring out.
    Away,
}

impl Presence {
    /// The stable name in the API and for style sheets.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Offline => "offline",
            Self::Available => "available",
            Self::Reserved => "reserved",
            Self::OnCall => "on_call",
            Self::WrapUp => "wrap_up",
            Self::Busy => "busy",
            Self::Away => "away",
        }
    }

    /// The word on screen.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Offline => "Offline",
            Self::Available => "Available",
            Self::Reserved => "Reserved",
            Self::OnCall => "On call",
            Self::WrapUp => "Wrap-up",
            Self::Busy => "Busy",
            Self::Away => "Away",
        }
    }
}

/// An agent's presence, from what they chose and what they are doing.
pub fn presence(choice: PresenceChoice, desk_open: bool, engaged: Option<Engagement>, in_wrap_up: bool) -> Presence {
    match (engaged, choice) {
        // A call in progress shows even when its desk has just vanished: the call decides when it is lost.
        (Some(Engagement::Call), _) => Presence::OnCall,
        _ if !desk_open => Presence::Offline,
        (Some(Engagement::Offer), _) => Presence::Reserved,
        (None, PresenceChoice::Offline) => Presence::Offline,
        (None, _) if in_wrap_up => Presence::WrapUp,
        (None, PresenceChoice::Available) => Presence::Available,
        (None, PresenceChoice::Busy) => Presence::Busy,
        (None, PresenceChoice::Away) => Presence::Away,
    }
}

/// An agent as others see them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgentView {
    /// Who, with what they chose.
    pub agent: Agent,
    /// What they are.
    pub presence: Presence,
    /// Since when.
    pub since: Timestamp,
}
