//! The region "Event log": what happened to the call, in words.

use leptos::prelude::*;

use crate::client::desk_session::minutes_to_utc;
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
    view! {
        <section class="panel log" aria-labelledby="log-h">
            <details open>
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
                            <Entry line />
                        </For>
                    </ol>
                </Show>
            </details>
        </section>
    }
}

#[component]
fn Entry(line: Line) -> impl IntoView {
    let time = format::time_of_day(line.at, minutes_to_utc());
    view! {
        <li data-tone=line.tone>
            <time>{time}</time>
            <span>{line.text}</span>
        </li>
    }
}
