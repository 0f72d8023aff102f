//! The region "Who hears whom": everybody's seat, drawn and as a table.

use leptos::prelude::*;

use super::hears_map::hears_map;
use crate::client::desk_hears::{Hearing, Hearings, hearings};
use crate::client::desk_store::DeskStore;
use crate::client::desk_words::Knowledge;
use crate::client::reduce::DeskData;

fn all(data: &DeskData) -> Option<Hearings> {
    let call = &data.live().or_else(|| data.ringing())?.call;
    let view = &data.view;
    let all = hearings(call, Knowledge { me: &view.me, agents: &view.agents, rules: &view.rules });
    (!all.rows.is_empty()).then_some(all)
}

/// The region "Who hears whom".
#[component]
pub fn HearsPanel() -> impl IntoView {
    let all = DeskStore::expect().select(all);
    let all = Memo::new(move |_| all.get().flatten());
    view! {
        <section class="panel hears" aria-labelledby="hears-h">
            <header>
                <h2 id="hears-h">"Who hears whom"</h2>
            </header>
            <Show
                when=move || all.read().is_some()
                fallback=|| view! { <div class="empty">"Shown as soon as somebody is on a call with you."</div> }
            >
                <div class="body">
                    {move || all.read().as_ref().map(hears_map)}
                    <table>
                        <caption class="visually-hidden">"Who hears whom right now"</caption>
                        <tbody>
                            <For
                                each=move || all.get().map(|all| all.rows).unwrap_or_default()
                                key=row_key
                                let(row)
                            >
                                <Row row />
                            </For>
                        </tbody>
                    </table>
                </div>
            </Show>
        </section>
    }
}

fn row_key(row: &Hearing) -> String {
    format!("{}/{}/{}", row.listener.name, row.hears, row.what.label())
}

#[component]
fn Row(row: Hearing) -> impl IntoView {
    let (state, verb) = if row.hears { ("yes", "hears") } else { ("no", "does not hear") };
    view! {
        <tr data-hears=state>
            <th scope="row">{row.listener.name.clone()}</th>
            <td>{verb}</td>
            <td>{row.what.label().to_owned()}</td>
        </tr>
    }
}
