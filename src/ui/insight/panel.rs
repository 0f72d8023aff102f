//! The region "Insight": closed it is one row that tells the mood; open it has a height of its own, so that nothing around it
//! moves when what is in it changes.

use baton_domain::ids::CallId;
use baton_domain::insight::{ActionItem, CallInsight, Insight, MoodLevel};
use leptos::html;
use leptos::prelude::*;

use super::chat::Chat;
use super::curve::{mood_curve, tone};
use super::statements::{Actions, replies, section};
use crate::client::desk_store::DeskStore;
use crate::ui::kit::icon::Icon;
use crate::ui::transcript::briefing_text::written_by;

/// On a screen this high there is room for it from the start.
const TALL_PX: f64 = 860.0;

/// The region "Insight".
#[component]
pub fn InsightPanel() -> impl IntoView {
    let store = DeskStore::expect();
    let shown = store.shown();
    let call = Memo::new(move |_| shown.with(|call| call.as_ref().map(|call| call.call.id)));
    let insight =
        Memo::new(move |_| shown.with(|call| call.as_ref().map(|call| call.insight.clone()).unwrap_or_default()));
    let turns = Memo::new(move |_| insight.with(|insight| insight.chat.clone()));
    let details = NodeRef::<html::Details>::new();
    Effect::new(move || {
        let height = window().inner_height().ok().and_then(|height| height.as_f64());
        if let Some(details) = details.get().filter(|_| height.is_some_and(|height| height >= TALL_PX)) {
            details.set_open(true);
        }
    });
    view! {
        <section class="panel insight" aria-labelledby="insight-h">
            <details name="below-transcript" node_ref=details>
                <summary>
                    <h2 id="insight-h">"Insight"</h2>
                    <Glance insight />
                    <Icon name="down" />
                </summary>
                <div class="scroll body" tabindex="0" role="group" aria-label="Insight into this call">
                    <Analysis call insight />
                    <Chat call turns />
                </div>
            </details>
        </section>
    }
}

/// The one row: who wrote it, the mood, and how much is to be done.
#[component]
fn Glance(insight: Memo<CallInsight>) -> impl IntoView {
    let mood = Memo::new(move |_| insight.with(|insight| insight.analysis.as_ref()?.mood.now().map(MoodLevel::word)));
    let by = Memo::new(move |_| insight.with(|insight| Some(insight.analysis.as_ref()?.source.clone())));
    let open = Memo::new(move |_| {
        insight.with(|insight| insight.action_items().iter().filter(|row| row.done.is_none()).count())
    });
    view! {
        {move || by.get().as_ref().map(written_by)}
        {move || mood.get().map(|word| view! { <span class="pill" data-tone=tone(word)>{word.label()}</span> })}
        {move || (open.get() > 0).then(|| view! { <span class="todo">{format!("{} to do", open.get())}</span> })}
    }
}

#[component]
fn Analysis(call: Memo<Option<CallId>>, insight: Memo<CallInsight>) -> impl IntoView {
    let store = DeskStore::expect();
    let analysis =
        Memo::new(move |_| insight.with(|insight| insight.analysis.clone().filter(|known| !known.is_blank())));
    let items: Memo<Vec<ActionItem>> = Memo::new(move |_| insight.with(CallInsight::action_items));
    let is_told = Memo::new(move |_| analysis.read().is_some() || !items.read().is_empty());
    view! {
        <div class="analysis">
            {move || match analysis.get() {
                None => {
                    view! { <p class="empty">"Nothing was said yet that tells something. Insight follows the transcript."</p> }
                        .into_any()
                }
                Some(analysis) => told(&analysis).into_any(),
            }}
            {move || call.get().filter(|_| is_told.get()).map(|call| view! { <Actions call items /> })}
            {move || analysis.get().map(|analysis| replies(store, analysis.replies))}
        </div>
    }
}

fn told(analysis: &Insight) -> impl IntoView + use<> {
    view! {
        {mood_curve(&analysis.mood)}
        {section("Intent", &analysis.intent, "Not said yet.")}
        {section("Key points", &analysis.key_points, "None yet.")}
    }
}
