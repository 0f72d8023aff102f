//! An open desk: its state, its media, its events, and everything on it. All of it ends when the desk is left.

use baton_domain::ids::AgentId;
use leptos::prelude::*;
use leptos_meta::Title;

use super::layout::Layout;
use super::shortcuts::listen_to_keys;
use crate::client::closing::ask_before_closing;
use crate::client::desk_media::desk_media;
use crate::client::desk_speech::recognise_speech;
use crate::client::desk_store::{DeskStore, Notice};
use crate::client::desk_stream::follow_events;
use crate::client::desk_words::call_status;
use crate::client::media_state::{MediaState, MicrophoneState};
use crate::client::recorded_call::RecordedCall;
use crate::client::ring::{ring, ringing};
use crate::ui::kit::toast::{Toaster, Toasts};
use crate::ui::transfer::incoming::DeclineReason;

/// The desk of `me`, who is signed in.
#[component]
pub fn DeskScreen(
    /// Whose desk.
    me: AgentId,
    /// The sign-in of this tab is known no more.
    signed_out: Callback<()>,
) -> impl IntoView {
    let toaster = Toaster::provide();
    let say = Callback::new(move |notice: Notice| toaster.show(notice.tone, notice.title, notice.text));
    let media = desk_media(&me);
    let store = DeskStore::new(me.clone(), media, say);
    provide_context(store);
    RecordedCall::provide(store);
    DeclineReason::provide();
    Effect::new(move || {
        if store.is_signed_out() {
            signed_out.run(());
        }
    });
    Effect::new(move || {
        media.claim(me.as_str());
        store.begun.set(media.resume());
    });
    follow_events(store);
    Effect::new(move || store.send_kept_drafts());
    recognise_speech(store);
    ring(store);
    listen_to_keys(store);
    let is_in_call = store.select(|data| data.live().is_some());
    ask_before_closing(move || is_in_call.get() == Some(true) && !media.state.elsewhere.get());
    tell_of_other_microphone(media.state, toaster);
    let title = title(store);
    view! {
        <Title text=move || title.get() />
        <Layout />
        <Toasts />
    }
}

/// A microphone was unplugged, and another has taken its place, or it is back: says which one is spoken into now.
fn tell_of_other_microphone(media: MediaState, toaster: Toaster) {
    Effect::new(move |before: Option<MicrophoneState>| {
        let now = media.microphone.get();
        let name = media.microphone_name.get_untracked();
        // The test voice has no name, and whoever takes that has chosen it.
        if before == Some(MicrophoneState::Unplugged) && now == MicrophoneState::Ok && !name.is_empty() {
            toaster.show("hold", "Your microphone was unplugged", format!("You speak into “{name}” now."));
        }
        now
    });
}

/// The tab's title says what matters now, for whoever looks at another tab.
fn title(store: DeskStore) -> Memo<String> {
    let (live, myself) = (store.live_call(), store.myself());
    let ringing = store.select(ringing);
    Memo::new(move |_| {
        let rings = || ringing.get().flatten().map(|ringing| format!("☎ {}", ringing.title));
        let status = || live.get().and_then(|call| store.knowing(|know| call_status(&call, know).text));
        let presence = || myself.get().map(|me| format!("{}: {}", me.agent.name, me.presence.label()));
        let text = rings().or_else(status).or_else(presence);
        text.map_or_else(|| "Desk · Baton".to_owned(), |text| format!("{text} · Baton"))
    })
}
