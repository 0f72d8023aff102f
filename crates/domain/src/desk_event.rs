//! What the server tells browsers: a view to begin with, then changes to it.

mod caller;

use serde::{Deserialize, Serialize};

pub use caller::{CallerEvent, CallerState, CallerView, Person, Told, Transcriber};

use crate::agent::AgentView;
use crate::briefing::PreparedBriefing;
use crate::browser_speech::BrowserSpeech;
use crate::call::{Call, Place};
use crate::ids::{AgentId, CallId, TransferId};
use crate::insight::{CallInsight, InsightChange};
use crate::line::Queue;
use crate::outcome::Happening;
use crate::rules::Rules;
use crate::time::{Span, Timestamp};
use crate::transcript::{ConsultTranscript, Segment};
use crate::wrap_up::{FinishedWrapUp, WrapUp};

/// Everything an agent's desk shows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DeskView {
    /// Whose desk.
    pub me: AgentId,
    /// Everybody, including oneself.
    pub agents: Vec<AgentView>,
    /// All queues.
    pub queues: Vec<Queue>,
    /// Who waits, in the order of answering.
    pub waiting: Vec<WaitingCall>,
    /// The calls this agent is in or is rung for.
    pub calls: Vec<DeskCall>,
    /// What this agent and another have said to each other in private, in transfers that are going on.
    #[serde(default)]
    pub consults: Vec<ConsultTranscript>,
    /// The call being finished.
    pub wrap_up: Option<WrapUp>,
    /// Whether this page's browser shall recognise what the agent says.
    #[serde(default)]
    pub speech: Option<BrowserSpeech>,
    /// How long the desk waits for what, for count-downs.
    pub rules: Rules,
    /// Whether somebody can read a briefing aloud.
    #[serde(default)]
    pub can_speak: bool,
    /// The server's time, to correct the browser's clock by.
    pub now: Timestamp,
}

/// A call as its agents see it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DeskCall {
    /// The call itself: the browser reads state, seats and what is allowed from it.
    pub call: Call,
    /// The line's name.
    pub line_name: String,
    /// What was said.
    pub transcript: Vec<Segment>,
    /// What happened.
    pub timeline: Vec<TimelineEntry>,
    /// The briefings of this call's transfers, oldest first.
    pub briefings: Vec<TransferBriefing>,
    /// What agents who had it before have left about it, oldest first; also about the calls that its caller came back from.
    #[serde(default)]
    pub finished_wrap_ups: Vec<FinishedWrapUp>,
    /// What it comes to so far, and what was asked about it.
    #[serde(default)]
    pub insight: CallInsight,
    /// What the caller's page measured during the last transfer.
    pub silence: Option<SilenceReport>,
    /// Whether what is said becomes lines just now.
    #[serde(default)]
    pub captions: Captions,
    /// How many recordings of it can be listened to.
    pub recorded: u32,
}

/// Whether the words of a call become lines just now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Captions {
    /// Nobody listens for that.
    #[default]
    Off,
    /// They do.
    Live,
    /// They do, but late: whoever turns speech into text is slow or away.
    Delayed,
}

/// A line of the call as its caller sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaptionLine {
    /// The line's number: an interim line is replaced under it.
    pub number: u32,
    /// Who says it.
    pub name: String,
    /// What.
    pub text: String,
    /// Whether it stays as it is.
    pub is_final: bool,
}

/// The briefing of one transfer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TransferBriefing {
    /// Which transfer.
    pub transfer: TransferId,
    /// What was prepared, with the agent's edit.
    pub briefing: PreparedBriefing,
}

/// A row of the queue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WaitingCall {
    /// Which call.
    pub call: CallId,
    /// Who.
    pub caller_name: String,
    /// Through which line.
    pub line_name: String,
    /// Since when they wait.
    pub since: Timestamp,
    /// Whether they go before others.
    pub place: Place,
    /// Whether somebody has talked to them already.
    #[serde(default)]
    pub was_answered: bool,
    /// Since when their connection is lost, while it is.
    #[serde(default)]
    pub gone_since: Option<Timestamp>,
    /// Whose desk it rings at just now.
    pub offered_to: Option<AgentId>,
}

/// One line of a call's timeline.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimelineEntry {
    /// The event's id; ids follow the order of commits.
    pub id: i64,
    /// When.
    pub at: Timestamp,
    /// What.
    pub happening: Happening,
}

/// What the caller's page measured between the start and the end of a transfer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SilenceReport {
    /// Which transfer.
    pub transfer: TransferId,
    /// The longest stretch in which the caller's page played nothing.
    pub longest: Span,
}

/// A change of what a desk shows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum DeskEvent {
    /// Everything, at the start and whenever changes were missed.
    View {
        /// The new view.
        view: Box<DeskView>,
    },
    /// A call of this agent is new or has changed.
    Call {
        /// All of it.
        call: Box<DeskCall>,
    },
    /// A call that this desk knows has gone on, and where everybody sits with it. Told before the rest is read and sent, because
    /// voices depend on it; [`DeskEvent::Call`] follows.
    Moved {
        /// The call itself.
        call: Box<Call>,
    },
    /// A call is no longer this agent's.
    CallGone {
        /// Which.
        call: CallId,
    },
    /// The queue has changed.
    Waiting {
        /// All who wait.
        waiting: Vec<WaitingCall>,
    },
    /// Presences have changed.
    Agents {
        /// Everybody.
        agents: Vec<AgentView>,
    },
    /// Something was said.
    Said {
        /// In which call.
        call: CallId,
        /// The line.
        segment: Segment,
    },
    /// This agent or the other one said something in private.
    SaidInConsult {
        /// About which call.
        call: CallId,
        /// In which transfer.
        transfer: TransferId,
        /// The line.
        segment: Segment,
    },
    /// A line that was being spoken turned out to be nothing.
    Withdrawn {
        /// In which call.
        call: CallId,
        /// The line's number.
        number: u32,
    },
    /// The same of a line that was being spoken in private.
    WithdrawnInConsult {
        /// In which transfer.
        transfer: TransferId,
        /// The line's number.
        number: u32,
    },
    /// A briefing was prepared or edited.
    Briefed {
        /// In which call.
        call: CallId,
        /// All of it.
        briefing: Box<TransferBriefing>,
    },
    /// A call was analysed anew, something was ticked off, or an answer about the call goes on.
    Insight {
        /// Which call.
        call: CallId,
        /// What is other than before.
        change: InsightChange,
    },
    /// Wrap-up has begun or ended.
    WrapUp {
        /// The call being finished, or `None`.
        wrap_up: Option<WrapUp>,
    },
}

/// An address and a token for one room.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoomAccess {
    /// Where the page connects to.
    pub url: String,
    /// A token for this room and this leg, short-lived.
    pub token: String,
    /// The room's name.
    pub room: String,
}
