//! How loud everybody is, and how good their connection.

use baton_domain::ids::LegId;
use leptos::prelude::*;

use crate::client::desk_part::agent_name;
use crate::client::desk_store::DeskStore;
use crate::client::media_state::Quality;
use crate::client::reduce::DeskData;
use crate::ui::kit::meter::LevelMeter;

/// The four bars of reception: place and height of each.
const BARS: [(&str, &str, &str); 4] = [("0", "9", "3"), ("4.3", "6", "6"), ("8.6", "3", "9"), ("12.9", "0", "12")];

/// The level meters of a live call.
#[component]
pub fn Levels() -> impl IntoView {
    let store = DeskStore::expect();
    let others = store.select(others);
    let state = store.media().state;
    view! {
        <dl class="levels">
            <For each=move || others.get().unwrap_or_default() key=|(leg, _)| *leg let((leg, name))>
                <dt>{name.clone()}</dt>
                <dd>
                    <LevelMeter label=format!("Level of {name}") level=Signal::derive(move || state.level_of(leg)) />
                    <QualityBars quality=Signal::derive(move || state.quality_of(leg)) />
                </dd>
            </For>
            <dt>"You"</dt>
            <dd>
                <LevelMeter label="Your level" level=state.own_level />
                <QualityBars quality=state.own_quality />
            </dd>
        </dl>
    }
}

/// Everybody else in the call, the caller first.
fn others(data: &DeskData) -> Vec<(LegId, String)> {
    let Some(live) = data.live() else { return Vec::new() };
    let call = &live.call;
    let caller = (!call.is_ended()).then(|| (call.caller.leg, call.caller.name.clone()));
    let agents = call.agent_legs().into_iter().filter(|leg| leg.agent != data.view.me);
    let named = agents.map(|leg| (leg.leg, agent_name(&data.view.agents, &leg.agent)));
    caller.into_iter().chain(named).collect()
}

#[component]
fn QualityBars(#[prop(into)] quality: Signal<Quality>) -> impl IntoView {
    let quality = Memo::new(move |_| quality.get());
    let words = move || match quality.get() {
        Quality::Unknown => ("unknown", "–"),
        Quality::Excellent | Quality::Good => ("good", "Good"),
        Quality::Poor => ("poor", "Poor"),
        Quality::Lost => ("lost", "Lost"),
    };
    let bars = BARS.map(|(x, y, height)| view! { <rect x=x y=y width="3" height=height rx="1" /> }).collect_view();
    view! {
        <span class="quality" data-state=move || words().0>
            <svg viewBox="0 0 16 12" aria-hidden="true">
                {bars}
            </svg>
            <span class="visually-hidden">"Connection: "</span>
            {move || words().1}
        </span>
    }
}
