//! Leaving a call while the server is away: nobody hears this agent from the click on, nor they anybody, and the server is told
//! as soon as it is reached.

use baton_domain::ids::CallId;
use leptos::prelude::*;

use super::desk_actions::Action;
use super::desk_commands::Pending;
use super::desk_media::place;
use super::desk_store::DeskStore;
use super::media_state::{Answer, Place};
use super::tell::ask_until_answered;
use crate::api::desk::{self, Asked, DeskCommand};

impl Action {
    /// Whether whoever does it is in no room of the call afterwards, whatever becomes of it.
    pub const fn leaves(self) -> bool {
        matches!(self, Self::HangUp | Self::EndForEveryone | Self::LeaveConsult)
    }
}

impl DeskStore {
    /// The server was not reached: leaves the call's rooms all the same, and asks the same again until there is an answer. What had
    /// reached the server nonetheless is known there by its key, and not done twice.
    pub(super) fn leave_untold(&self, action: Action, asked: Asked, command: DeskCommand) {
        let (store, call, pending) = (*self, asked.call, Pending::Action(action));
        self.left.set(Some(call));
        self.media().follow(None);
        self.pending.update(|all| all.push(pending.clone()));
        let ask = move || -> Answer<()> {
            let live = store.data.try_with_untracked(|data| data.as_ref()?.live().cloned()).flatten();
            match live.filter(|live| live.call.id == call) {
                Some(_) => Box::pin(desk::command(asked.clone(), command.clone())),
                // It has ended meanwhile, or the desk was left.
                None => Box::pin(async { Ok(()) }),
            }
        };
        ask_until_answered(ask, move |answer| {
            if store.pending.try_update(|all| all.retain(|known| *known != pending)).is_none() {
                return;
            }
            if let Err(error) = answer {
                // Still in the call, where the newest word says; where the server says now, follows.
                store.left.set(None);
                store.refused(&error);
                store.media().follow(store.with(place).flatten());
                store.refresh();
            }
        });
    }

    /// Where this agent sits, unless they have left and the server does not know it yet.
    pub(super) fn unless_left(&self, place: Option<Place>) -> Option<Place> {
        let left = self.left.get_untracked();
        if left.is_some() && place.as_ref().map(|place| place.call) != left {
            self.left.set(None);
        }
        place.filter(|place| Some(place.call) != left)
    }

    /// Whether this agent has left `call`, and the server does not know it yet, tracked.
    pub fn has_left(&self, call: CallId) -> bool {
        self.left.get() == Some(call)
    }
}
