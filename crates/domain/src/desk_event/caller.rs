//! What the server tells a caller's page.

use serde::{Deserialize, Serialize};

use super::{CaptionLine, Captions};
use crate::browser_speech::BrowserSpeech;
use crate::ids::{CallId, LegId, TransferId};
use crate::seat::Seat;
use crate::time::Timestamp;

/// What a caller's page shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallerView {
    /// The call.
    pub call: CallId,
    /// Its version: an answer and an event may cross, and then the older one says nothing new.
    pub version: u32,
    /// What they call themselves.
    pub name: String,
    /// The line's name.
    pub line_name: String,
    /// Where they are.
    pub state: CallerState,
    /// Their seat; none once the call has ended.
    pub seat: Option<Seat>,
    /// Names for the legs that they hear. Of others, as of a target who is rung for, a caller's page gets neither name nor leg.
    pub people: Vec<Person>,
    /// Who handed them over to the agent who has them now.
    #[serde(default)]
    pub handed_over_by: Option<String>,
    /// The transfer that is open, from the first ring on, so that the page measures silence over all of it. It names nobody.
    pub transfer: Option<TransferId>,
    /// What is done with what is said, if anything, and what the caller says to it.
    pub told: Option<Told>,
    /// Whether what is said becomes lines just now.
    #[serde(default)]
    pub captions: Captions,
    /// Whether this page's browser shall recognise what the caller says at this moment.
    #[serde(default)]
    pub speech: Option<BrowserSpeech>,
    /// The server's time.
    pub now: Timestamp,
}

/// What a caller is told of being listened to. Only what the line really does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// By whom speech becomes a transcript, if it does.
    pub transcribed: Option<Transcriber>,
    /// Whether it is recorded.
    pub recorded: bool,
    /// Whether the caller has said no.
    pub is_refused: bool,
}

/// Whoever turns what a caller says into text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Transcriber {
    /// The desk.
    Desk,
    /// Their own browser, which may send it to its maker.
    Browser,
}

/// Somebody the caller hears.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// Their leg.
    pub leg: LegId,
    /// Their name.
    pub name: String,
}

/// Where a caller is, in the words of their page. It travels by the name of its kind, not with a tag inside: to look for a
/// tag first would put a second reader into the caller's page, which is to be small.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CallerState {
    /// Waiting for an agent.
    Waiting {
        /// 1 is next; `None` while it rings at somebody's desk.
        position: Option<u32>,
        /// Since when.
        since: Timestamp,
    },
    /// An agent has answered, and is on their way.
    Answered {
        /// Who.
        by: String,
        /// Since when.
        since: Timestamp,
    },
    /// Talking.
    Talking {
        /// To whom.
        with: Vec<String>,
        /// Since when.
        since: Timestamp,
    },
    /// On hold.
    OnHold {
        /// Who put them there.
        by: String,
        /// Whether that agent is speaking to a colleague.
        consulting: bool,
        /// Since when.
        since: Timestamp,
    },
    /// Being connected to somebody.
    Connecting {
        /// To whom.
        to: String,
        /// Since when.
        since: Timestamp,
    },
    /// Their agent vanished; music until they are back or somebody else takes over.
    AgentGone {
        /// Who.
        agent: String,
        /// Since when.
        since: Timestamp,
    },
    /// Over.
    Ended {
        /// When.
        at: Timestamp,
        /// Until when "Rejoin call" works.
        rejoin_until: Timestamp,
        /// Whether the caller hung up.
        by_caller: bool,
    },
}

/// What the server tells a caller's page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum CallerEvent {
    /// Where the caller is now.
    View {
        /// All of it.
        view: Box<CallerView>,
    },
    /// Something was said in the call.
    Said {
        /// The line.
        line: CaptionLine,
    },
    /// A line that was being spoken turned out to be nothing.
    Withdrawn {
        /// The line's number.
        number: u32,
    },
}
