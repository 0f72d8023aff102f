//! What becomes of what is said in a call, in the words of the desk.

use baton_domain::call::Call;
use baton_domain::listening::{Consent, RecordingStatus};

use super::desk_actions::Action;

/// Whether a call is recorded, in words, with the button that changes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listened {
    /// The state's name, for style sheets and tests.
    pub state: &'static str,
    /// The words.
    pub text: String,
    /// What can be done about it.
    pub action: Option<Action>,
}

/// What the call panel says of it; nothing when the line neither transcribes nor records.
pub fn listened(call: &Call) -> Option<Listened> {
    let listening = call.listening;
    if call.is_ended() || !listening.is_told() {
        return None;
    }
    let said = |state, text: &str, action| Listened { state, text: text.to_owned(), action };
    Some(match (listening.recording(), listening.consent) {
        (_, Consent::Refused) => said("refused", &format!("{} has declined", call.caller.name), None),
        (RecordingStatus::On, _) => said("on", "Recording", Some(Action::PauseRecording)),
        (RecordingStatus::Paused, _) => {
            let what = if listening.policy.transcribe { "Recording and transcript paused" } else { "Recording paused" };
            said("paused", what, Some(Action::ResumeRecording))
        }
        (RecordingStatus::Off | RecordingStatus::Refused, _) => said("off", "Transcript only, no recording", None),
    })
}

#[cfg(test)]
mod tests {
    use baton_domain::call::CallerLeg;
    use baton_domain::ids::{CallId, LegId};
    use baton_domain::listening::{Listening, ListeningPolicy, Recorded};
    use baton_domain::time::Timestamp;
    use uuid::Uuid;

    use super::*;

    fn call(transcribe: bool, record: Recorded) -> Call {
        let caller = CallerLeg::expected(LegId(Uuid::from_u128(2)), "Carol".to_owned(), Timestamp(0));
        let handle = "support";
        let (line, queue) = (handle.parse().expect("a handle"), handle.parse().expect("a handle"));
        let call = Call::arriving(CallId(Uuid::from_u128(1)), line, queue, caller, Timestamp(0));
        Call { listening: Listening::under(ListeningPolicy { transcribe, record }), ..call }
    }

    fn text(call: &Call) -> (String, Option<Action>) {
        listened(call).map(|said| (said.text, said.action)).unwrap_or_default()
    }

    #[test]
    fn the_panel_says_what_becomes_of_the_recording() {
        let mut recorded = call(true, Recorded::Call);
        assert_eq!(text(&recorded), ("Recording".to_owned(), Some(Action::PauseRecording)));
        recorded.listening.recording_paused = true;
        assert_eq!(text(&recorded), ("Recording and transcript paused".to_owned(), Some(Action::ResumeRecording)));
        recorded.listening.policy.transcribe = false;
        assert_eq!(text(&recorded), ("Recording paused".to_owned(), Some(Action::ResumeRecording)));
        recorded.listening.consent = Consent::Refused;
        assert_eq!(text(&recorded), ("Carol has declined".to_owned(), None));
        assert_eq!(text(&call(true, Recorded::Nothing)), ("Transcript only, no recording".to_owned(), None));
        assert_eq!(listened(&call(false, Recorded::Nothing)), None);
    }
}
