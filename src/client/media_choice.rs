//! What a page makes of another page's choice of microphone: tabs of one browser sit before one person. Whoever opens all
//! of them first chooses in one, and an idle page whose own microphone is in trouble can speak after all.

use super::media_state::{MicrophoneChoice, MicrophoneState};

/// How it stands with this page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Here {
    /// What it speaks with, or would.
    pub choice: MicrophoneChoice,
    /// How it stands with that.
    pub microphone: MicrophoneState,
    /// Whether somebody has begun in this tab, with a choice of its own.
    pub has_begun: bool,
    /// Whether it is in a call: nobody is given another voice while they talk.
    pub is_seated: bool,
}

/// What to do about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Follow {
    /// It is what this page begins with when it does.
    Suggest,
    /// It is opened.
    Open,
}

/// What to do when another page has chosen `chosen`, and the choice that was remembered until then was `before`.
pub fn follow(here: &Here, before: Option<MicrophoneChoice>, chosen: &MicrophoneChoice) -> Option<Follow> {
    if here.is_seated || here.choice == *chosen {
        return None;
    }
    if here.has_begun {
        return here.microphone.is_trouble().then_some(Follow::Open);
    }
    // Whoever has picked something else on this page meant it.
    let is_untouched = here.choice == before.unwrap_or(MicrophoneChoice::Device(None));
    (here.microphone == MicrophoneState::NotAsked && is_untouched).then_some(Follow::Suggest)
}

#[cfg(test)]
mod tests {
    use super::*;

    const DEFAULT: MicrophoneChoice = MicrophoneChoice::Device(None);

    fn here(microphone: MicrophoneState) -> Here {
        let has_begun = microphone != MicrophoneState::NotAsked;
        Here { choice: DEFAULT, microphone, has_begun, is_seated: false }
    }

    #[test]
    fn an_idle_page_in_trouble_speaks_with_what_another_page_has_chosen() {
        let chosen = MicrophoneChoice::TestVoice;
        for trouble in [MicrophoneState::Missing, MicrophoneState::Denied] {
            assert_eq!(follow(&here(trouble), Some(DEFAULT), &chosen), Some(Follow::Open), "{trouble:?}");
            let in_a_call = Here { is_seated: true, ..here(trouble) };
            assert_eq!(follow(&in_a_call, Some(DEFAULT), &chosen), None, "{trouble:?} in a call");
        }
        assert_eq!(follow(&here(MicrophoneState::Ok), Some(DEFAULT), &chosen), None, "its own works");
    }

    #[test]
    fn a_page_that_has_not_begun_will_begin_with_it_unless_something_was_picked_there() {
        let chosen = MicrophoneChoice::TestVoice;
        let here = here(MicrophoneState::NotAsked);
        assert_eq!(follow(&here, None, &chosen), Some(Follow::Suggest));
        assert_eq!(follow(&here, Some(DEFAULT), &chosen), Some(Follow::Suggest));
        let picked = Here { choice: MicrophoneChoice::Device(Some("headset".to_owned())), ..here };
        assert_eq!(follow(&picked, Some(DEFAULT), &chosen), None);
    }
}
