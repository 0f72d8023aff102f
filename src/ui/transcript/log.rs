//! The region "Event log": what happened to the call, in words.

use baton_domain::time::Timestamp;
use leptos::prelude::*;

use crate::client::desk_store::DeskStore;
use crate::client::desk_timeline::{Line, lines};
use crate::ui::format;
use crate::ui::kit::icon::Icon;

/// The region "Event log".
#[component]
pub fn EventLog() -> impl IntoView {
    let store = DeskStore::expect();
    let call = store.shown();
    let lines = Memo::new(move |_| {
        let call = call.read();
        let of = |call: &baton_domain::desk_event::DeskCall| {
            store.knowing(|know| lines(&call.timeline, &call.call.caller.name, know))
        };
        call.as_ref().and_then(of).unwrap_or_default()
    });
    let began =
        Memo::new(move |_| call.with(|call| call.as_ref().map(|call| call.call.created_at)).unwrap_or_default());
    // A briefing wants to be read: the log makes room for it, and can be opened again.
    let has_room = Memo::new(move |_| call.with(|call| call.as_ref().is_none_or(|call| call.briefings.is_empty())));
    view! {
        <section class="panel log" aria-labelledby="log-h">
            <details name="below-transcript" prop:open=move || has_room.get()>
                <summary>
                    <h2 id="log-h">"Event log"</h2>
                    <span class="count">{move || lines.read().len()}</span>
                    <Icon name="down" />
                </summary>
                <Show
                    when=move || !lines.read().is_empty()
                    fallback=|| view! { <p class="empty">"Nothing has happened yet."</p> }
                >
                    <ol class="timeline" tabindex="0" aria-label="Events">
                        <For each=move || lines.get() key=|line| (line.id, line.text.clone()) let(line)>
                            <Entry line began=began.get_untracked() />
                        </For>
                    </ol>
                </Show>
            </details>
        </section>
    }
}

#[component]
fn Entry(line: Line, began: Timestamp) -> impl IntoView {
    view! {
        <li data-tone=line.tone>
            <time>{format::duration(line.at.since(began))}</time>
            <span>{line.text}</span>
        </li>
    }
}
