//! What may happen to a call: one pure function from a call and an event to the next call, or to a refusal.
//!
//! A *command* is what a person or the API asked; it may be refused. A *fact* is what LiveKit, a page or the clock
//! reports; it is never refused: a stale or late one changes nothing. The table is `docs/ARCHITECTURE.md`, "The transfer".

mod clock;
mod commands;
mod facts;
mod guard;
mod refusal;
mod step;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

pub use refusal::{Action, Refusal};

use crate::agent::Device;
use crate::call::{Call, RoomKind};
use crate::ids::{AgentId, LegId, QueueId, TransferId};
use crate::outcome::Transition;
use crate::rules::Rules;
use crate::spoken::SpokenState;
use crate::time::Timestamp;
use step::Step;

/// Anything that may change a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// Somebody asked for something.
    Command {
        /// Who.
        by: Actor,
        /// What.
        command: Command,
    },
    /// Something is the case.
    Fact(Fact),
    /// Time has passed: everything that was due by now happens.
    Clock,
}

/// Who asks. The permission table has already said that they may ask such a thing; whether they may ask it of *this*
/// call is decided here.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Actor {
    /// The caller of this call.
    Caller,
    /// An agent, who may only act in their own calls.
    Agent(AgentId),
    /// A supervisor, who may finish what is stuck.
    Supervisor(AgentId),
    /// A program with an API key that may act for any agent.
    Api,
    /// The desk itself.
    Desk,
}

/// What people and the API ask for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum Command {
    /// Take a waiting call, or the one that rings here.
    Answer {
        /// Who takes it.
        agent: AgentId,
        /// The leg they take it with (made by the server).
        leg: LegId,
    },
    /// Ring one agent for a waiting call.
    Offer {
        /// Whom.
        agent: AgentId,
        /// The leg they would take it with.
        leg: LegId,
    },
    /// Put the caller on hold.
    Hold,
    /// Take the caller back from hold.
    Retrieve,
    /// Leave the call, which ends it; not while a transfer is open.
    HangUp,
    /// End the call for everyone, also while a transfer is open.
    EndForEveryone,
    /// Begin to hand the call over.
    StartTransfer(StartTransfer),
    /// Take over: the target answers.
    Accept,
    /// Refuse an offer.
    Decline {
        /// Why, in a few words; may be empty.
        reason: String,
    },
    /// Change between the caller and the target.
    Swap,
    /// Bring all three together.
    Merge,
    /// Hand over and leave.
    Complete,
    /// Take the caller back and let the target go.
    Cancel,
    /// Hand over without waiting for the target to answer.
    TransferWithoutWaiting,
    /// Hand over now whatever happens: the caller goes first to the target, then to whoever is next.
    Force,
    /// The target leaves the consult, or the conference.
    LeaveConsult,
    /// The target takes the caller because the transferring agent is gone.
    TakeCaller,
    /// The caller does not want to be transcribed and recorded.
    RefuseListening,
    /// The caller allows it again.
    AllowListening,
    /// Record nothing for a while, as for a card number.
    PauseRecording,
    /// Record again.
    ResumeRecording,
    /// Have the briefing read aloud to the target.
    SpeakBriefing,
    /// The target has heard enough of it.
    StopSpeaking,
}

/// The particulars of a new transfer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StartTransfer {
    /// Its id (made by the server).
    pub id: TransferId,
    /// Who is to take over.
    pub target: AgentId,
    /// The leg they would take it with (made by the server).
    pub target_leg: LegId,
    /// What they would take it with.
    pub target_device: Device,
    /// The queue that was asked for, when it was not a person.
    pub through_queue: Option<QueueId>,
    /// Whether the target is consulted first.
    pub kind: TransferKind,
    /// Why, in a few words.
    pub reason: String,
    /// For the next agent.
    pub note: String,
    /// Put the caller on hold while it rings; with a cold transfer nobody is left whom they could hear.
    pub hold: bool,
}

/// Warm or cold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TransferKind {
    /// Talk to the target first.
    Warm,
    /// Hand over without talking first.
    Cold,
}

/// What LiveKit and the pages report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fact {
    /// A leg is in a room.
    Joined {
        /// Which leg.
        leg: LegId,
        /// Which room.
        room: RoomKind,
        /// Under which participant SID.
        sid: String,
    },
    /// A leg's connection is gone. This alone always means *vanished*: hanging up is a command.
    Left {
        /// Which leg.
        leg: LegId,
        /// Which room.
        room: RoomKind,
        /// Which connection.
        sid: String,
    },
    /// The offer and its briefing are on the agent's screen.
    OfferShown {
        /// Whose.
        agent: AgentId,
    },
    /// The target's microphone is in both rooms, muted.
    MediaReady {
        /// The target.
        agent: AgentId,
    },
    /// One leg's page receives another leg's sound.
    Heard {
        /// Whose page.
        listener: LegId,
        /// Whose voice.
        speaker: LegId,
    },
    /// A leg takes part with a telephone: nothing at its end plays music.
    HasTelephone {
        /// Which leg.
        leg: LegId,
        /// Its number, where the line tells it.
        number: Option<String>,
    },
    /// Something else took the caller's microphone, or gave it back.
    CallerInterrupted {
        /// Whether it has it now.
        interrupted: bool,
    },
    /// How far the briefing of a transfer is read aloud.
    BriefingVoice {
        /// Of which transfer.
        transfer: TransferId,
        /// How far.
        state: SpokenState,
    },
    /// No desk of this agent has been there for too long.
    Unreachable {
        /// Who.
        agent: AgentId,
    },
}

/// What the rules need to know of the world at this moment.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// The time.
    pub now: Timestamp,
    /// How long to wait for what.
    pub rules: &'a Rules,
    /// Agents who cannot be rung by the desk itself: engaged elsewhere or gone.
    pub unavailable: &'a BTreeSet<AgentId>,
}

/// The next state of `call` after `event`, with what happened and what is to be done; or why not.
pub fn apply(call: &Call, event: &Event, context: Context<'_>) -> Result<Transition, Refusal> {
    let mut step = Step::new(call.clone(), context);
    match event {
        Event::Command { by, command } => step.command(by, command)?,
        Event::Fact(fact) => step.fact(fact),
        Event::Clock => step.clock(),
    }
    Ok(step.finish(call))
}
