//! Listens for what other pages of this browser choose to speak with.

use std::cell::RefCell;
use std::rc::Rc;

use leptos::prelude::*;
use livekit_web::listener::Listener;

use super::core::Core;
use super::kept;
use crate::client::media_choice::{Follow, Here, follow};
use crate::client::media_state::MicrophoneChoice;

impl Core {
    /// Browsers tell of what is kept by other pages only, never by the page itself.
    pub fn listen_to_other_pages(self: &Rc<Self>) -> Option<Listener> {
        let known = RefCell::new(kept::last_choice());
        let core = Rc::downgrade(self);
        let changed = move || {
            let chosen = kept::last_choice();
            let before = known.replace(chosen.clone());
            if let (Some(core), Some(chosen)) =
                (core.upgrade(), chosen.filter(|chosen| before.as_ref() != Some(chosen)))
            {
                core.follow_choice(before, chosen);
            }
        };
        Listener::on_target(&window(), "storage", changed).ok()
    }

    fn follow_choice(self: &Rc<Self>, before: Option<MicrophoneChoice>, chosen: MicrophoneChoice) {
        let here = Here {
            choice: self.state.choice.get_untracked(),
            microphone: self.state.microphone.get_untracked(),
            has_begun: kept::choice_of_this_tab().is_some(),
            is_seated: self.place().is_some(),
        };
        match follow(&here, before, &chosen) {
            Some(Follow::Suggest) => self.state.choice.set(chosen),
            Some(Follow::Open) => {
                kept::keep_choice(&chosen);
                self.open_capture(chosen);
            }
            None => {}
        }
    }
}
