//! Ringing: heard on the chosen loudspeaker, and seen as a notification when the desk is behind another window. A soft
//! chime says that somebody waits.

use baton_domain::agent::Presence;
use baton_domain::call::CallState;
use baton_domain::ids::CallId;
use leptos::prelude::*;

use super::desk_part::agent_name;
use super::desk_store::DeskStore;
use super::reduce::DeskData;
use super::ring_notification::Notification;

const CHIME: &str = "/audio/chime.ogg";

/// What rings, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ringing {
    /// Which call.
    pub call: CallId,
    /// Who calls: the title of tab and notification.
    pub title: String,
    /// More about it.
    pub text: String,
}

/// What rings at this desk.
pub fn ringing(data: &DeskData) -> Option<Ringing> {
    let call = &data.ringing()?.call;
    let caller = &call.caller.name;
    let (title, text) = match &call.state {
        CallState::Transferring(transfer) => {
            let from = agent_name(&data.view.agents, &transfer.transferring.agent);
            let text = if transfer.reason.is_empty() {
                format!("{from} hands the call over to you.")
            } else {
                format!("{from} hands the call over to you: {}", transfer.reason)
            };
            (format!("{caller}, from {from}"), text)
        }
        _ => (format!("{caller} is calling"), "The call rings at your desk.".to_owned()),
    };
    Some(Ringing { call: call.id, title, text })
}

/// Rings for as long as the desk is open, whenever something does.
pub fn ring(store: DeskStore) {
    let ringing = store.select(ringing);
    let notification = StoredValue::new_local(None::<Notification>);
    Effect::new(move || {
        let ringing = ringing.get().flatten();
        store.media().ring(ringing.is_some());
        notification.set_value(ringing.and_then(|ringing| Notification::show(&ringing.title, &ringing.text)));
    });
    on_cleanup(move || store.media().ring(false));
    chime(store);
}

/// A new caller in the queue is announced to whoever could answer.
fn chime(store: DeskStore) {
    let waiting = store.select(|data| data.view.waiting.iter().map(|waiting| waiting.call).collect::<Vec<_>>());
    let myself = store.myself();
    Effect::new(move |known: Option<Option<Vec<CallId>>>| {
        let now = waiting.get();
        let is_free = myself.with_untracked(|me| me.as_ref().is_some_and(|me| me.presence == Presence::Available));
        if let (Some(Some(known)), Some(now)) = (&known, &now)
            && is_free
            && now.iter().any(|call| !known.contains(call))
        {
            store.media().play(CHIME);
        }
        now
    });
}
