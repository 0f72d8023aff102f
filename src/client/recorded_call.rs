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

/// A handle: copies mean the same.
#[derive(Clone, Copy)]
pub struct RecordedCall {
    /// What there is to listen to; nothing during a call, into which it would be heard.
    pub mix: RwSignal<Option<Mix>>,
    /// What the player does.
    pub state: PlayerState,
    /// Whether it could not be found out what there is.
    pub is_missing: RwSignal<bool>,
    player: StoredValue<Option<Player>, LocalStorage>,
}

impl RecordedCall {
    /// Follows the call that `store` looks back on, for whoever is below in the page.
    pub fn provide(store: DeskStore) -> Self {
        let recorded = Self {
            mix: RwSignal::new(None),
            state: PlayerState::at_start(),
            is_missing: RwSignal::new(false),
            player: StoredValue::new_local(None),
        };
        provide_context(recorded);
        let (finished, live) = (store.finished(), store.live_call());
        // How many there are is part of it: they are finished one by one when a call ends.
        let there = Memo::new(move |_| {
            let is_free = live.with(Option::is_none);
            finished.with(|call| call.as_ref().filter(|call| is_free && call.recorded > 0).map(wanted))
        });
        Effect::new(move || match there.get() {
            Some((call, _)) => recorded.look(call, there),
            None => recorded.show(None),
        });
        recorded
    }

    /// The recording around this component.
    pub fn expect() -> Self {
        expect_context()
    }

    fn look(self, call: CallId, there: Memo<Option<(CallId, u32)>>) {
        let asked_for = there.get_untracked();
        spawn_local(async move {
            let answer = call_recordings(call).await;
            // Meanwhile there may be another call, or more of this one, or no desk at all.
            if there.try_get_untracked() != Some(asked_for) {
                return;
            }
            self.is_missing.set(answer.is_err());
            self.show(answer.ok().and_then(Mix::of));
        });
    }

    fn show(self, mix: Option<Mix>) {
        if self.mix.with_untracked(|shown| *shown == mix) {
            return;
        }
        self.player.set_value(mix.clone().map(|mix| Player::new(mix, self.state)));
        self.state.position.set(Span::default());
        self.state.has_failed.set(false);
        self.mix.set(mix);
    }

    /// Plays on, or stands still.
    pub fn toggle(self) {
        self.with_player(|player| if self.state.is_playing.get_untracked() { player.pause() } else { player.play() });
    }

    /// Goes to another place.
    pub fn seek(self, position: Span) {
        self.with_player(|player| player.seek(position));
    }

    /// Plays what was said at a moment.
    pub fn play_from(self, moment: Timestamp) {
        let position = self.mix.with_untracked(|mix| mix.as_ref().map(|mix| mix.position_of(moment)));
        let Some(position) = position else { return };
        self.with_player(|player| {
            player.seek(position);
            player.play();
        });
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
