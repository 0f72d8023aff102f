//! The briefing read aloud to whoever takes over: what their desk says of it, and which button it has.

use baton_domain::ids::LegId;
use baton_domain::seat::{RoomName, Seat};
use baton_domain::spoken::{SpeechFailure, SpokenState, could_hear, identity, state_in};

use super::desk_actions::Action;
use super::desk_part::{Part, part};
use super::reduce::DeskData;

/// What stands on the target's screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spoken {
    /// In words; empty while nothing is to be said.
    pub text: &'static str,
    /// `on` while it is spoken, `failed` when it broke off.
    pub state: &'static str,
    /// The button.
    pub action: Option<Action>,
}

/// Nothing for whoever does not take over, and where nobody can read aloud.
pub fn spoken(data: &DeskData) -> Option<Spoken> {
    let call = &data.live()?.call;
    let transfer = call.transfer().filter(|transfer| could_hear(transfer))?;
    if !data.view.can_speak || part(call, &data.view.me) != Some(Part::Target) {
        return None;
    }
    Some(match state_in(call, transfer.id) {
        None => Spoken { text: "", state: "off", action: Some(Action::SpeakBriefing) },
        Some(SpokenState::Asked) => {
            Spoken { text: "The briefing is on its way", state: "on", action: Some(Action::StopSpeaking) }
        }
        Some(SpokenState::Speaking) => {
            Spoken { text: "The briefing is read to you alone", state: "on", action: Some(Action::StopSpeaking) }
        }
        Some(SpokenState::Spoken) => Spoken { text: "The briefing was read to you", state: "off", action: None },
        Some(SpokenState::Stopped) => Spoken { text: "You stopped the briefing", state: "off", action: None },
        Some(SpokenState::Failed { why }) => {
            Spoken { text: in_words(why), state: "failed", action: Some(Action::SpeakBriefing) }
        }
    })
}

const fn in_words(why: SpeechFailure) -> &'static str {
    match why {
        SpeechFailure::Unreachable => "The voice could not be reached. You may try again, or read the briefing.",
        SpeechFailure::Busy => "The voice needs a pause. Try again in a moment, or read the briefing.",
        SpeechFailure::Rejected => "The voice was refused: its settings are wrong. The briefing stays on your screen.",
        SpeechFailure::NotSound => "What came was no sound. The briefing stays on your screen.",
        SpeechFailure::CutOff => "The voice broke off. You may have it begin again, or read on.",
        SpeechFailure::Nothing => "There is nothing to read aloud yet.",
    }
}

/// Whoever reads aloud in the consult room of this seat, if they are there.
pub fn briefing_voice(seat: &Seat) -> Option<LegId> {
    seat.rooms.iter().find_map(|room| match RoomName::parse(&room.room)? {
        RoomName::Consult(transfer) => Some(identity(transfer)),
        RoomName::Call(_) => None,
    })
}

#[cfg(test)]
mod tests {
    use baton_domain::machine::{Command, Fact};
    use baton_domain::seat::{Party, seats};

    use super::*;
    use crate::client::desk_fixtures::{Story, agent, transfer_id};
    use crate::client::reduce::reduce;
    use baton_domain::desk_event::DeskEvent;

    fn shown(story: &Story, me: &str) -> Option<(String, Option<Action>)> {
        let data = reduce(None, DeskEvent::View { view: Box::new(story.view(me)) }).expect("a view");
        spoken(&data).map(|spoken| (spoken.text.to_owned(), spoken.action))
    }

    #[test]
    fn only_the_target_has_the_button_and_only_in_the_consult() {
        let mut story = Story::consulting();
        assert_eq!(shown(&story, "bob"), Some((String::new(), Some(Action::SpeakBriefing))));
        assert_eq!(shown(&story, "alice"), None);
        story.command("alice", Command::Merge);
        assert_eq!(shown(&story, "bob"), None);
    }

    #[test]
    fn it_says_how_far_it_is_and_what_went_wrong() {
        let mut story = Story::consulting();
        let transfer = story.call.transfer_id().expect("a transfer");
        story.command("bob", Command::SpeakBriefing);
        story.fact(Fact::BriefingVoice { transfer, state: SpokenState::Speaking });
        let now = shown(&story, "bob").expect("shown");
        assert_eq!(now, ("The briefing is read to you alone".to_owned(), Some(Action::StopSpeaking)));
        story.fact(Fact::BriefingVoice { transfer, state: SpokenState::Failed { why: SpeechFailure::Rejected } });
        let (text, action) = shown(&story, "bob").expect("shown");
        assert!(text.contains("settings are wrong"), "{text}");
        assert_eq!(action, Some(Action::SpeakBriefing));
        story.command("bob", Command::SpeakBriefing);
        story.command("bob", Command::StopSpeaking);
        assert_eq!(shown(&story, "bob"), Some(("You stopped the briefing".to_owned(), None)));
    }

    #[test]
    fn without_anybody_who_speaks_there_is_no_button() {
        let mut view = Story::consulting().view("bob");
        view.can_speak = false;
        let data = reduce(None, DeskEvent::View { view: Box::new(view) }).expect("a view");
        assert_eq!(spoken(&data), None);
    }

    #[test]
    fn the_voice_is_looked_for_in_the_consult_room() {
        let story = Story::consulting();
        let seats = seats(&story.call);
        let of = |party: Party| briefing_voice(seats.iter().find(|seat| seat.party == party).expect("a seat"));
        let transfer = story.call.transfer_id().expect("a transfer");
        assert_eq!(of(Party::Agent(agent("bob"))), Some(identity(transfer)));
        assert_ne!(Some(identity(transfer_id(77))), of(Party::Agent(agent("bob"))));
        assert_eq!(of(Party::Caller), None);
    }
}
