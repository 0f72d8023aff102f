//! The one sentence under the meters that matters now. It has a place of its own, so that nothing moves when it comes.

use baton_domain::call::{Call, Connection};
use baton_domain::time::Timestamp;
use baton_domain::transfer::TransferState;
use leptos::prelude::*;

use crate::client::desk_part::{Part, part};
use crate::client::desk_store::DeskStore;
use crate::client::desk_words::held_since;
use crate::ui::desk::timers::Elapsed;
use crate::ui::kit::button::Button;
use crate::ui::kit::notice::Notice;

/// What matters most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Matter {
    Left,
    Microphone(&'static str),
    TalkingWhileMuted,
    MediaGone,
    CallerGone,
    CallerInterrupted,
    CallerMuted,
    CallerWithoutMicrophone,
    StandBy,
    OnHold(Timestamp),
}

/// The notice of a live call, if there is one.
#[component]
pub fn CallNotice() -> impl IntoView {
    let store = DeskStore::expect();
    let live = store.live_call();
    let matter = Memo::new(move |_| live.with(|call| call.as_ref().and_then(|call| matter(store, call))));
    let name = Memo::new(move |_| live.with(|call| call.as_ref().map(|call| call.caller.name.clone())));
    move || {
        let caller = name.get().unwrap_or_default();
        matter.get().map(|matter| in_words(store, matter, &caller))
    }
}

fn matter(store: DeskStore, call: &Call) -> Option<Matter> {
    let media = store.media().state;
    let microphone = media.microphone.get();
    if store.has_left(call.id) {
        Some(Matter::Left)
    } else if media.elsewhere.get() {
        None
    } else if microphone.is_trouble() {
        Some(Matter::Microphone(microphone.words()))
    } else if media.talking_while_muted.get() {
        Some(Matter::TalkingWhileMuted)
    } else if media.is_reconnecting() && !call.is_ended() {
        Some(Matter::MediaGone)
    } else if matches!(call.caller.connection, Connection::Lost { .. }) {
        Some(Matter::CallerGone)
    } else if call.caller.is_interrupted && !call.is_ended() {
        Some(Matter::CallerInterrupted)
    } else if stands_by(store, call) {
        Some(Matter::StandBy)
    } else if let Some(since) = held_since(call) {
        Some(Matter::OnHold(since))
    } else {
        let parties = media.parties.read();
        let caller = parties.iter().find(|party| party.leg == call.caller.leg && party.muted)?;
        Some(if caller.has_no_microphone { Matter::CallerWithoutMicrophone } else { Matter::CallerMuted })
    }
}

/// A target in a consult is in the call's room already, muted.
fn stands_by(store: DeskStore, call: &Call) -> bool {
    let consults = matches!(
        call.transfer().map(|transfer| &transfer.state),
        Some(TransferState::Consulting { .. } | TransferState::Swapped { .. })
    );
    consults && store.me.with_value(|me| part(call, me)) == Some(Part::Target)
}

fn in_words(store: DeskStore, matter: Matter, caller: &str) -> AnyView {
    match matter {
        Matter::Left => {
            let words = "You left: nobody hears you. The desk will be told as soon as it is reached.";
            sentence("hold", "offline", words.to_owned())
        }
        Matter::Microphone(words) => microphone(words),
        Matter::TalkingWhileMuted => talking_while_muted(store, format!("{caller} cannot hear you.")),
        Matter::MediaGone => {
            sentence("hold", "offline", format!("{caller} hears music until your connection is back."))
        }
        Matter::CallerGone => {
            let words = format!("{caller} lost connection. Everything stays as it is until they are back.");
            sentence("hold", "offline", words)
        }
        Matter::CallerInterrupted => {
            let words = format!("{caller}'s microphone is interrupted (another app or a phone call).");
            sentence("hold", "mic-off", words)
        }
        Matter::CallerWithoutMicrophone => {
            sentence("accent", "mic-off", format!("{caller} has no microphone and can only listen."))
        }
        Matter::CallerMuted => sentence("accent", "mic-off", format!("{caller}'s microphone is muted.")),
        Matter::StandBy => sentence("consult", "lock", format!("You stand by, muted to {caller}.")),
        Matter::OnHold(since) => on_hold(since, format!("{caller} hears music. ")),
    }
}

fn sentence(tone: &'static str, icon: &'static str, words: String) -> AnyView {
    view! {
        <Notice tone icon>
            <p>{words}</p>
        </Notice>
    }
    .into_any()
}

fn microphone(words: &'static str) -> AnyView {
    view! {
        <Notice tone="danger" icon="mic-off">
            <p role="alert">{words}</p>
            <button type="button" class="small" popovertarget="devices">
                "Choose a microphone"
            </button>
        </Notice>
    }
    .into_any()
}

fn talking_while_muted(store: DeskStore, words: String) -> AnyView {
    let unmute = Callback::new(move |()| store.media().set_muted(false));
    view! {
        <Notice tone="hold" icon="mic-off">
            <p>
                <strong>"You are talking while muted. "</strong>
                {words}
            </p>
            <Button label="Unmute now" class="small" on_click=unmute />
        </Notice>
    }
    .into_any()
}

fn on_hold(since: Timestamp, words: String) -> AnyView {
    view! {
        <Notice tone="hold" icon="music">
            <p>
                {words} <strong>
                    <Elapsed since=since label="Time on hold" />
                </strong>
            </p>
        </Notice>
    }
    .into_any()
}
