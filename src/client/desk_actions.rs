//! What an agent may do to a call at this moment: the same rules that the server goes by, asked in the browser, so that
//! no button is shown whose click would be refused.

use std::collections::BTreeSet;

use baton_domain::call::{Call, CallState};
use baton_domain::ids::AgentId;
use baton_domain::machine::{Actor, Context, Event, apply};
use baton_domain::rules::Rules;
use baton_domain::time::Timestamp;
use baton_domain::transfer::{Transfer, TransferState};

use super::desk_part::{Part, part};
use crate::api::desk::DeskCommand;

/// A button of the desk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    Hold,
    Retrieve,
    /// Opens the dialog; the command comes from there.
    Transfer,
    HangUp,
    Accept,
    Decline,
    Swap,
    Merge,
    Complete,
    TransferWithoutWaiting,
    Cancel,
    /// The same command as [`Action::Cancel`], in the words of somebody whose target is gone.
    TakeBack,
    Force,
    EndForEveryone,
    LeaveConsult,
    TakeCaller,
    PauseRecording,
    ResumeRecording,
    SpeakBriefing,
    StopSpeaking,
}

/// A button with whether it would work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Control {
    /// What it does.
    pub action: Action,
    /// Whether it would be accepted now; a button that will soon work is shown in advance.
    pub enabled: bool,
}

impl Action {
    /// The words on the button.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Hold => "Hold",
            Self::Retrieve => "Retrieve",
            Self::Transfer => "Transfer",
            Self::HangUp => "Hang up",
            Self::Accept => "Accept",
            Self::Decline => "Decline",
            Self::Swap => "Swap",
            Self::Merge => "Merge",
            Self::Complete => "Complete transfer",
            Self::TransferWithoutWaiting => "Transfer without waiting",
            Self::Cancel => "Cancel transfer",
            Self::TakeBack => "Take the caller back",
            Self::Force => "Force transfer",
            Self::EndForEveryone => "End call for everyone",
            Self::LeaveConsult => "Leave consult",
            Self::TakeCaller => "Take the caller",
            Self::PauseRecording => "Pause recording",
            Self::ResumeRecording => "Resume recording",
            Self::SpeakBriefing => "Speak briefing",
            Self::StopSpeaking => "Stop speaking",
        }
    }

    /// What comes of it, where two buttons that stand together sound alike.
    pub const fn hint(self) -> Option<&'static str> {
        match self {
            Self::TransferWithoutWaiting => Some(
                "You leave now and the caller hears music while it rings on. \
                 If nobody takes the call, it rings here again.",
            ),
            Self::Force => Some(
                "You leave now and the caller comes first, as urgent. \
                 If nobody takes the call, the next agent gets it, then the queue; it does not ring here again.",
            ),
            _ => None,
        }
    }

    /// What is asked of the server; none for what only opens a dialog.
    pub fn command(self) -> Option<DeskCommand> {
        Some(match self {
            Self::Hold => DeskCommand::Hold,
            Self::Retrieve => DeskCommand::Retrieve,
            Self::HangUp => DeskCommand::HangUp,
            Self::Accept => DeskCommand::Accept,
            Self::Decline => DeskCommand::Decline { reason: String::new() },
            Self::Swap => DeskCommand::Swap,
            Self::Merge => DeskCommand::Merge,
            Self::Complete => DeskCommand::Complete,
            Self::TransferWithoutWaiting => DeskCommand::TransferWithoutWaiting,
            Self::Cancel | Self::TakeBack => DeskCommand::Cancel,
            Self::Force => DeskCommand::Force,
            Self::EndForEveryone => DeskCommand::EndForEveryone,
            Self::LeaveConsult => DeskCommand::LeaveConsult,
            Self::TakeCaller => DeskCommand::TakeCaller,
            Self::PauseRecording => DeskCommand::PauseRecording,
            Self::ResumeRecording => DeskCommand::ResumeRecording,
            Self::SpeakBriefing => DeskCommand::SpeakBriefing,
            Self::StopSpeaking => DeskCommand::StopSpeaking,
            Self::Transfer => return None,
        })
    }
}

/// The buttons of `me` in `call`, in the order on screen. What is not there does not fit the state.
pub fn controls(call: &Call, me: &AgentId, now: Timestamp, rules: &Rules) -> Vec<Control> {
    let Some(part) = part(call, me) else { return Vec::new() };
    fitting(call, part)
        .into_iter()
        .map(|action| Control { action, enabled: is_allowed(call, me, action, now, rules) })
        .filter(|control| control.enabled || is_announced(control.action))
        .collect()
}

/// Whether a click would be accepted now.
fn is_allowed(call: &Call, me: &AgentId, action: Action, now: Timestamp, rules: &Rules) -> bool {
    let Some(command) = action.command() else { return true };
    let nobody = BTreeSet::new();
    let event = Event::Command { by: Actor::Agent(me.clone()), command: command.into() };
    apply(call, &event, Context { now, rules, unavailable: &nobody }).is_ok()
}

/// Buttons that stay on screen while they do not work, so that nothing jumps when a few seconds have passed or the
/// target is back.
fn is_announced(action: Action) -> bool {
    matches!(action, Action::TakeCaller | Action::Complete)
}

fn fitting(call: &Call, part: Part) -> Vec<Action> {
    match (part, &call.state) {
        (Part::Offered | Part::RungTarget, _) => vec![Action::Accept, Action::Decline],
        (Part::Handling, _) => vec![Action::Hold, Action::Retrieve, Action::Transfer, Action::HangUp],
        (Part::Transferring, CallState::Transferring(transfer)) => for_transferring(transfer),
        (Part::Target, CallState::Transferring(transfer)) => for_target(transfer),
        (Part::Tail, _) => vec![Action::LeaveConsult],
        (Part::Transferring | Part::Target, _) => Vec::new(),
    }
}

fn for_transferring(transfer: &Transfer) -> Vec<Action> {
    let lost = transfer.target.is_lost();
    let way_back = if lost { Action::TakeBack } else { Action::Cancel };
    match transfer.state {
        TransferState::Ringing { .. } | TransferState::Connecting { .. } => vec![
            Action::Hold,
            Action::Retrieve,
            Action::TransferWithoutWaiting,
            way_back,
            Action::Force,
            Action::EndForEveryone,
        ],
        TransferState::Consulting { .. } | TransferState::Swapped { .. } if lost => {
            vec![way_back, Action::EndForEveryone]
        }
        TransferState::Consulting { .. } | TransferState::Swapped { .. } => {
            vec![Action::Complete, Action::Merge, Action::Swap, way_back, Action::Force, Action::EndForEveryone]
        }
        TransferState::Conference { .. } => vec![Action::Complete, way_back, Action::Force, Action::EndForEveryone],
        TransferState::Completing { .. } => vec![way_back, Action::EndForEveryone],
        TransferState::BlindRinging { .. } => Vec::new(),
    }
}

fn for_target(transfer: &Transfer) -> Vec<Action> {
    let may_take = matches!(transfer.state, TransferState::Consulting { .. } | TransferState::Swapped { .. })
        && transfer.transferring.is_lost();
    if may_take { vec![Action::TakeCaller, Action::LeaveConsult] } else { vec![Action::LeaveConsult] }
}

#[cfg(test)]
#[path = "desk_actions_tests.rs"]
mod tests;
