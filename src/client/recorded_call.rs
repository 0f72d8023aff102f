//! The recording of the call that an agent looks back on: what there is of it, and the player that plays it.

use baton_domain::desk_event::DeskCall;
use baton_domain::ids::CallId;
use baton_domain::time::{Span, Timestamp};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::desk_store::DeskStore;
use super::playback::{Mix, PlayerState};
use super::player::Player;
use crate::api::recordings::call_recordings;

/// The status of what is for others.
const NOT_ALLOWED: u16 = 403;

/// A handle: copies mean the same.
#[derive(Clone, Copy)]
pub struct RecordedCall {
    /// What there is to listen to; nothing during a call, into which it would be heard.
    pub mix: RwSignal<Option<Mix>>,
    /// What the player does.
    pub state: PlayerState,
    /// Whether it could not be found out what there is.
    pub is_missing: RwSignal<bool>,
    /// Whether that is being found out.
    pub is_asking: RwSignal<bool>,
    /// The call, and how many recordings of it there are; nothing when none may be heard now.
    there: Memo<Option<(CallId, u32)>>,
    player: StoredValue<Option<Player>, LocalStorage>,
}

impl RecordedCall {
    /// Follows the call that `store` looks back on, for whoever is below in the page.
    pub fn provide(store: DeskStore) -> Self {
        let (finished, live) = (store.finished(), store.live_call());
        // How many there are is part of it: they are finished one by one when a call ends.
        let there = Memo::new(move |_| {
            let is_free = live.with(Option::is_none);
            finished.with(|call| call.as_ref().filter(|call| is_free && call.recorded > 0).map(wanted))
        });
        let recorded = Self {
            mix: RwSignal::new(None),
            state: PlayerState::at_start(),
            is_missing: RwSignal::new(false),
            is_asking: RwSignal::new(false),
            there,
            player: StoredValue::new_local(None),
        };
        provide_context(recorded);
        Effect::new(move || match there.get() {
            Some((call, _)) => recorded.change_to(call),
            None => recorded.clear(),
        });
        recorded
    }

    /// The recording around this component.
    pub fn expect() -> Self {
        expect_context()
    }

    fn change_to(self, call: CallId) {
        if self.mix.with_untracked(|mix| mix.as_ref().is_some_and(|mix| !mix.is_of(call))) {
            self.clear();
        }
        self.is_missing.set(false);
        self.look(|_| {});
    }

    fn clear(self) {
        self.is_asking.set(false);
        self.is_missing.set(false);
        self.state.has_failed.set(false);
        self.show(None);
    }

    /// Finds out what there is. Asking also lets this browser have the sound, for some hours.
    fn look(self, then: impl FnOnce(&Player) + 'static) {
        let Some(asked_for) = self.there.get_untracked() else { return };
        self.is_asking.set(true);
        spawn_local(async move {
            let answer = call_recordings(asked_for.0).await;
            // Meanwhile there may be another call, or more of this one, or no desk at all.
            if self.there.try_get_untracked() != Some(Some(asked_for)) {
                return;
            }
            self.is_asking.set(false);
            match answer {
                Ok(recordings) => {
                    self.is_missing.set(false);
                    self.state.has_failed.set(false);
                    self.show(Mix::of(recordings));
                    self.with_player(then);
                }
                // It is not theirs to hear, and so nothing is missing.
                Err(failed) if failed.status == NOT_ALLOWED => self.clear(),
                Err(_) => self.is_missing.set(true),
            }
        });
    }

    fn show(self, mix: Option<Mix>) {
        if self.mix.with_untracked(|shown| *shown == mix) {
            return;
        }
        let began_at = |mix: Option<&Mix>| mix.map(|mix| mix.began_at);
        // Of the same call some may have been deleted, or come: who listens stays where they are.
        if self.mix.with_untracked(|shown| began_at(shown.as_ref())) != began_at(mix.as_ref()) {
            self.state.position.set(Span::default());
        }
        self.player.set_value(mix.clone().map(|mix| Player::new(mix, self.state)));
        self.mix.set(mix);
    }

    /// Asks anew what there is, after that has failed.
    pub fn look_again(self) {
        self.look(|_| {});
    }

    /// Plays on, or stands still.
    pub fn toggle(self) {
        if self.state.is_playing.get_untracked() {
            self.with_player(Player::pause);
        } else {
            self.play();
        }
    }

    /// Plays on. What could not be played is asked for anew: the time for which this browser may have it can be over.
    pub fn play(self) {
        if self.state.has_failed.get_untracked() {
            self.look(Player::play);
        } else {
            self.with_player(Player::play);
        }
    }

    /// Goes to another place.
    pub fn seek(self, position: Span) {
        self.with_player(|player| player.seek(position));
    }

    /// Plays what was said at a moment.
    pub fn play_from(self, moment: Timestamp) {
        let position = self.mix.with_untracked(|mix| mix.as_ref().map(|mix| mix.position_of(moment)));
        let Some(position) = position else { return };
        self.with_player(|player| player.seek(position));
        self.play();
    }

    /// Whether what was said at a moment can be listened to, tracked.
    pub fn covers(self, moment: Timestamp) -> bool {
        self.mix.with(|mix| mix.as_ref().is_some_and(|mix| mix.covers(moment)))
    }

    fn with_player(self, act: impl FnOnce(&Player)) {
        let player = self.player.with_value(Clone::clone);
        if let Some(player) = player {
            act(&player);
        }
    }
}

fn wanted(call: &DeskCall) -> (CallId, u32) {
    (call.call.id, call.recorded)
}
