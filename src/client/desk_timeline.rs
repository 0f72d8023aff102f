//! A call's timeline in words, and what the caller heard in the course of a transfer.

use baton_domain::call::EndReason;
use baton_domain::desk_event::TimelineEntry;
use baton_domain::ids::TransferId;
use baton_domain::outcome::{Happening, HappeningKind};
use baton_domain::time::{Span, Timestamp};
use baton_domain::transfer::FailReason;

use super::desk_words::{Knowledge, failed};

/// One line of the event log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// For keyed lists.
    pub id: i64,
    /// When.
    pub at: Timestamp,
    /// Its colour.
    pub tone: &'static str,
    /// In words.
    pub text: String,
}

/// The timeline in words, oldest first.
pub fn lines(timeline: &[TimelineEntry], caller: &str, know: Knowledge<'_>) -> Vec<Line> {
    timeline.iter().map(|entry| line(entry, caller, know)).collect()
}

fn line(entry: &TimelineEntry, caller: &str, know: Knowledge<'_>) -> Line {
    let text = in_words(&entry.happening, caller, know);
    Line { id: entry.id, at: entry.at, tone: tone(entry.happening.kind), text }
}

fn in_words(happening: &Happening, caller: &str, know: Knowledge<'_>) -> String {
    let agent = happening.agent.as_ref().map_or_else(|| "Somebody".to_owned(), |agent| know.name(agent));
    let detail = happening.detail.as_deref().filter(|detail| !detail.is_empty());
    let with_detail = |text: String| match detail {
        Some(detail) => format!("{text}: {detail}"),
        None => text,
    };
    match happening.kind {
        HappeningKind::CallQueued => format!("{caller} joined"),
        HappeningKind::CallOffered => format!("Ringing {agent}"),
        HappeningKind::CallAnswered => format!("{agent} answered"),
        HappeningKind::CallHeld => format!("{agent} put {caller} on hold"),
        HappeningKind::CallRetrieved => format!("{agent} took {caller} back from hold"),
        HappeningKind::CallReturnedToQueue => format!("{caller} is back in the queue"),
        HappeningKind::CallEnded => call_ended(detail, caller),
        HappeningKind::CallerLost => format!("{caller} lost connection"),
        HappeningKind::CallerBack => format!("{caller} is back"),
        HappeningKind::AgentLost => format!("{agent} lost connection"),
        HappeningKind::AgentBack => format!("{agent} is back"),
        HappeningKind::OfferDeclined => format!("{agent} declined the call"),
        HappeningKind::TransferInitiated => with_detail(format!("Transfer to {agent} started")),
        HappeningKind::TransferRinging => format!("It rings at {agent}"),
        HappeningKind::TransferAccepted => format!("{agent} accepted"),
        HappeningKind::TransferConsulting => format!("Consult with {agent}; {caller} hears music"),
        HappeningKind::TransferSwapped => "Swapped".to_owned(),
        HappeningKind::TransferMerged => "All three are talking".to_owned(),
        HappeningKind::TransferCompleting => format!("Handing {caller} over"),
        HappeningKind::TransferForced => "Forced: urgent".to_owned(),
        HappeningKind::TransferWithoutWaiting => format!("Handed over without waiting for {agent}"),
        HappeningKind::TransferCompleted => format!("{agent} has the call"),
        HappeningKind::TransferCancelled => "Transfer cancelled".to_owned(),
        HappeningKind::TransferDeclined => with_detail(format!("{agent} declined")),
        HappeningKind::OfferNotAnswered | HappeningKind::TransferNoAnswer => format!("{agent} did not answer"),
        HappeningKind::TransferFailed => transfer_failed(detail, &agent, caller),
        HappeningKind::TransferAbandoned => format!("Transfer over: {caller} hung up"),
        HappeningKind::ConsultClosed => "Consult closed".to_owned(),
        HappeningKind::TextSentToModel if happening.transfer.is_none() => {
            with_detail("A model reads the conversation".to_owned())
        }
        HappeningKind::TextSentToModel => with_detail("A model writes the briefing".to_owned()),
        HappeningKind::SpeechSentToRecogniser => with_detail("What is said is written down".to_owned()),
        HappeningKind::RecordingsDeleted => "The recordings were deleted".to_owned(),
        HappeningKind::ListeningRefused => format!("{caller} declined transcript and recording"),
        HappeningKind::ListeningAllowed => format!("{caller} allowed transcript and recording again"),
        HappeningKind::RecordingPaused => format!("{agent} paused the recording"),
        HappeningKind::RecordingResumed => format!("{agent} resumed the recording"),
    }
}

fn call_ended(detail: Option<&str>, caller: &str) -> String {
    match detail.and_then(EndReason::of_name) {
        Some(EndReason::CallerHungUp) => format!("{caller} hung up"),
        Some(EndReason::CallerLost) => format!("Call ended: {caller} did not come back"),
        Some(EndReason::AgentHungUp) => "Hung up".to_owned(),
        Some(EndReason::EndedForEveryone) => "Call ended for everyone".to_owned(),
        None => "Call ended".to_owned(),
    }
}

fn transfer_failed(detail: Option<&str>, target: &str, caller: &str) -> String {
    match detail.and_then(FailReason::of_name) {
        Some(reason) => format!("Transfer failed: {}", failed(reason, target, "the transferring agent", caller)),
        None => "Transfer failed".to_owned(),
    }
}

fn tone(kind: HappeningKind) -> &'static str {
    use HappeningKind as Kind;
    match kind {
        Kind::CallQueued
        | Kind::CallAnswered
        | Kind::CallRetrieved
        | Kind::CallerBack
        | Kind::AgentBack
        | Kind::TransferMerged
        | Kind::TransferCompleted => "live",
        Kind::CallHeld
        | Kind::CallerLost
        | Kind::AgentLost
        | Kind::CallReturnedToQueue
        | Kind::OfferNotAnswered
        | Kind::TransferNoAnswer => "hold",
        Kind::TransferConsulting | Kind::TransferSwapped => "consult",
        Kind::OfferDeclined
        | Kind::TransferDeclined
        | Kind::TransferFailed
        | Kind::TransferAbandoned
        | Kind::TransferForced => "danger",
        Kind::CallEnded
        | Kind::ConsultClosed
        | Kind::TextSentToModel
        | Kind::SpeechSentToRecogniser
        | Kind::RecordingsDeleted
        | Kind::ListeningRefused
        | Kind::ListeningAllowed
        | Kind::RecordingPaused
        | Kind::RecordingResumed => "neutral",
        Kind::CallOffered
        | Kind::TransferInitiated
        | Kind::TransferRinging
        | Kind::TransferAccepted
        | Kind::TransferCompleting
        | Kind::TransferWithoutWaiting
        | Kind::TransferCancelled => "accent",
    }
}

/// What the caller heard for a while.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sounded {
    /// The transferring agent.
    Agent,
    /// Hold music.
    Music,
    /// Both agents.
    All,
    /// The target.
    Target,
}

impl Sounded {
    /// For style sheets.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Agent => "agent",
            Self::Music => "music",
            Self::All => "all",
            Self::Target => "target",
        }
    }
}

/// A stretch of the drawing "What the caller heard".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stretch {
    /// What.
    pub what: Sounded,
    /// For how long.
    pub lasted: Span,
}

/// What the caller heard from the start of a transfer until `until`, in order. As the seats had it; how long there really
/// was nothing is measured in the caller's page.
pub fn stretches(timeline: &[TimelineEntry], transfer: TransferId, until: Timestamp) -> Vec<Stretch> {
    let mut now: Option<(Sounded, Timestamp)> = None;
    let mut done: Vec<Stretch> = Vec::new();
    let is_of_it = |entry: &&TimelineEntry| entry.happening.transfer == Some(transfer);
    let is_held = was_left_on_hold(timeline.iter().take_while(|entry| !is_of_it(entry)));
    for entry in timeline.iter().filter(is_of_it).filter(|entry| entry.at <= until) {
        let before = now.map(|(what, _)| what);
        let sounds = match entry.happening.kind {
            HappeningKind::TransferInitiated if is_held => Some(Sounded::Music),
            kind => sounds_after(kind, before),
        };
        let Some(what) = sounds else { continue };
        if before == Some(what) {
            continue;
        }
        if let Some((what, since)) = now.replace((what, entry.at)) {
            done.push(Stretch { what, lasted: entry.at.since(since) });
        }
    }
    done.extend(now.map(|(what, since)| Stretch { what, lasted: until.since(since) }));
    // Whoever has taken over is heard from then on, however short that is so far.
    done.retain(|stretch| stretch.lasted.0 > 0 || stretch.what == Sounded::Target);
    done
}

/// Whether the caller was on hold when all this had happened. What outlasts a hold takes its place: whoever comes out of a
/// consult, or to somebody else, talks.
fn was_left_on_hold<'e>(entries: impl Iterator<Item = &'e TimelineEntry>) -> bool {
    use HappeningKind as Kind;
    entries.fold(false, |is_held, entry| match entry.happening.kind {
        Kind::CallHeld => true,
        Kind::CallRetrieved | Kind::CallAnswered | Kind::TransferConsulting | Kind::TransferCompleted => false,
        _ => is_held,
    })
}

fn sounds_after(kind: HappeningKind, before: Option<Sounded>) -> Option<Sounded> {
    use HappeningKind as Kind;
    match kind {
        Kind::TransferInitiated | Kind::CallRetrieved | Kind::TransferCancelled | Kind::TransferDeclined => {
            Some(Sounded::Agent)
        }
        Kind::CallHeld | Kind::TransferConsulting | Kind::TransferWithoutWaiting | Kind::CallReturnedToQueue => {
            Some(Sounded::Music)
        }
        // It only says that it was asked for; what follows says what the caller heard.
        Kind::TransferForced | Kind::TransferCompleting => before,
        Kind::TransferSwapped if before == Some(Sounded::Music) => Some(Sounded::Agent),
        Kind::TransferSwapped => Some(Sounded::Music),
        Kind::TransferMerged => Some(Sounded::All),
        Kind::TransferCompleted => Some(Sounded::Target),
        _ => None,
    }
}

#[cfg(test)]
#[path = "desk_timeline_tests.rs"]
mod tests;
