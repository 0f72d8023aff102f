//! Colleagues and what they are.

use baton_domain::agent::{AgentKind, AgentView, Device};
use baton_domain::line::Queue;
use leptos::prelude::*;

use crate::client::desk_store::DeskStore;
use crate::ui::format;
use crate::ui::kit::icon::Icon;

/// What somebody is skilled for, in words, and whether they are on a phone.
pub fn skills(view: &AgentView, queues: &[Queue]) -> String {
    let name = |queue: &Queue| queue.name.trim_end_matches(" queue").to_owned();
    let known = view.agent.skills.iter().filter_map(|skill| queues.iter().find(|queue| queue.id == *skill));
    let phone = (view.agent.device == Device::Phone).then(|| "On a phone".to_owned());
    phone.into_iter().chain(known.map(name)).collect::<Vec<_>>().join(", ")
}

/// Everybody else.
#[component]
pub fn Roster() -> impl IntoView {
    let store = DeskStore::expect();
    let agents = store.agents();
    let me = store.me.get_value();
    let ids = Memo::new(move |_| {
        let others = agents.read();
        others.iter().map(|view| view.agent.id.clone()).filter(|id| *id != me).collect::<Vec<_>>()
    });
    view! {
        <section class="panel" aria-labelledby="mates-h">
            <header>
                <h2 id="mates-h">"Colleagues"</h2>
            </header>
            <ul class="roster">
                <For each=move || ids.get() key=Clone::clone let(id)>
                    {
                        let view = Memo::new(move |_| agents.read().iter().find(|view| view.agent.id == id).cloned());
                        move || view.get().map(|view| view! { <Mate view /> })
                    }
                </For>
            </ul>
        </section>
    }
}

#[component]
fn Mate(view: AgentView) -> impl IntoView {
    let store = DeskStore::expect();
    let skills = store.peek(|data| skills(&view, &data.view.queues));
    let is_assistant = view.agent.kind == AgentKind::Assistant;
    let assistant = is_assistant.then(|| {
        view! {
            <Icon name="bot" />
            <span class="visually-hidden">"assistant"</span>
        }
    });
    view! {
        <li>
            <span class="avatar" aria-hidden="true">
                {format::initial(&view.agent.name)}
            </span>
            <div>
                <strong>{view.agent.name.clone()} {assistant}</strong>
                <p class="skills">{skills}</p>
            </div>
            <span class="pill" data-state=view.presence.name()>
                {view.presence.label()}
            </span>
        </li>
    }
}
