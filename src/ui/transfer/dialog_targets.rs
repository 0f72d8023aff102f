//! Who could take over, and why somebody cannot.

use baton_domain::agent::{AgentKind, AgentView, Device, Presence};
use baton_domain::desk_event::DeskView;
use baton_domain::line::Queue;
use baton_domain::machine::TransferKind;
use baton_domain::routing::{TargetOption, free_agents};
use baton_domain::time::{Span, Timestamp};
use leptos::prelude::*;

use crate::api::desk::TransferTarget;
use crate::client::desk_store::DeskStore;
use crate::ui::agents::roster::skills;

/// A row of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TargetRow {
    /// Who or what.
    pub target: TransferTarget,
    /// Its name, which is also the radio's.
    pub name: String,
    /// A few words beside it.
    about: String,
    /// Its state, for style sheets and for people.
    state: (&'static str, &'static str),
    /// Why it is the best, or why it cannot be chosen.
    hint: String,
    /// Whether it can be rung now.
    pub available: bool,
    /// Whether they sit at a desk, where they can read.
    has_desk: bool,
}

/// The rows, in the order of the server, with the presences of this moment.
fn rows(people: &[TargetOption], view: &DeskView, now: Timestamp) -> Vec<TargetRow> {
    let (agents, queues) = (&view.agents, &view.queues);
    let mut has_best = false;
    let mut rows: Vec<TargetRow> = people
        .iter()
        .map(|option| {
            let current = agents.iter().find(|view| view.agent.id == option.agent.agent.id).unwrap_or(&option.agent);
            let is_best = !has_best && current.presence == Presence::Available && option.skilled;
            has_best |= is_best;
            person(current, is_best, queues, now)
        })
        .collect();
    rows.extend(queues.iter().map(|queue| queue_row(queue, view)));
    rows
}

fn person(view: &AgentView, is_best: bool, queues: &[Queue], now: Timestamp) -> TargetRow {
    let available = view.presence == Presence::Available;
    let knows = skills(view, queues);
    let kind = if view.agent.kind == AgentKind::Assistant { "assistant. " } else { "" };
    let hint = match (available, is_best) {
        (true, true) => "Best match: knows this queue".to_owned(),
        (true, false) => String::new(),
        (false, _) => why_not(view, now.since(view.since)),
    };
    TargetRow {
        target: TransferTarget::Agent(view.agent.id.clone()),
        name: view.agent.name.clone(),
        about: format!("{kind}{knows}"),
        state: (view.presence.name(), view.presence.label()),
        hint,
        available,
        has_desk: view.agent.device == Device::Page,
    }
}

fn why_not(view: &AgentView, since: Span) -> String {
    match view.presence {
        Presence::Offline => "Offline: no desk open".to_owned(),
        // Whole minutes, so that the list does not flicker while it is read.
        other => format!("{} for {} min", other.label(), since.0 / 60_000),
    }
}

fn queue_row(queue: &Queue, view: &DeskView) -> TargetRow {
    let free = free_agents(&view.agents, &queue.id, std::slice::from_ref(&view.me)).count();
    let available = free > 0;
    TargetRow {
        target: TransferTarget::Queue(queue.id.clone()),
        name: queue.name.clone(),
        about: format!("{free} free"),
        state: if available { ("available", "Available") } else { ("offline", "Nobody free") },
        hint: if available { String::new() } else { "None of its agents is free".to_owned() },
        available,
        has_desk: true,
    }
}

/// The radio buttons.
#[component]
pub fn Targets(
    /// What there is to choose from.
    rows: Memo<Vec<TargetRow>>,
    /// What is chosen.
    chosen: Memo<Option<TransferTarget>>,
    /// Takes what is chosen by hand.
    choose: RwSignal<Option<TransferTarget>>,
) -> impl IntoView {
    let names = Memo::new(move |_| rows.read().iter().map(|row| row.target.clone()).collect::<Vec<_>>());
    view! {
        <fieldset class="choices targets">
            <legend>"Who takes over"</legend>
            <For each=move || names.get() key=key let(target)>
                <Target target rows chosen choose />
            </For>
        </fieldset>
    }
}

fn key(target: &TransferTarget) -> String {
    match target {
        TransferTarget::Agent(id) => format!("agent-{id}"),
        TransferTarget::Queue(id) => format!("queue-{id}"),
    }
}

#[component]
fn Target(
    target: TransferTarget,
    rows: Memo<Vec<TargetRow>>,
    chosen: Memo<Option<TransferTarget>>,
    choose: RwSignal<Option<TransferTarget>>,
) -> impl IntoView {
    let hint_id = format!("why-{}", key(&target));
    let described_by = hint_id.clone();
    let this = target.clone();
    let row = Memo::new(move |_| rows.read().iter().find(|row| row.target == this).cloned());
    let available = move || row.read().as_ref().is_some_and(|row| row.available);
    let name = move || row.read().as_ref().map(|row| row.name.clone());
    let state = move || row.read().as_ref().map(|row| row.state.0);
    let (checked, choice) = (target.clone(), target);
    view! {
        <label class="choice">
            <input
                type="radio"
                name="target"
                aria-label=name
                aria-describedby=described_by
                disabled=move || !available()
                prop:checked=move || chosen.read().as_ref() == Some(&checked)
                on:change=move |_| choose.set(Some(choice.clone()))
            />
            <span>
                {name}" "<span class="muted small">{move || row.read().as_ref().map(|row| row.about.clone())}</span>
            </span>
            <span class="pill" data-state=state>
                {move || row.read().as_ref().map(|row| row.state.1)}
            </span>
            <span class="hint" id=hint_id>
                {move || row.read().as_ref().map(|row| row.hint.clone())}
            </span>
        </label>
    }
}

/// The rows of these people and of all queues, kept up to date.
pub fn live_rows(people: Vec<TargetOption>) -> Memo<Vec<TargetRow>> {
    let store = DeskStore::expect();
    let minute = Memo::new(move |_| Timestamp(store.clock.now().0 / 60_000 * 60_000));
    Memo::new(move |_| {
        let now = minute.get();
        store.with(|data| rows(&people, &data.view, now)).unwrap_or_default()
    })
}

/// The name of what is chosen.
pub fn name_of(rows: &[TargetRow], chosen: Option<&TransferTarget>) -> String {
    let row = rows.iter().find(|row| Some(&row.target) == chosen);
    row.map_or_else(|| "the next agent".to_owned(), |row| row.name.clone())
}

/// Whether what is chosen can be rung now.
pub fn is_available(rows: &[TargetRow], chosen: Option<&TransferTarget>) -> bool {
    rows.iter().any(|row| row.available && Some(&row.target) == chosen)
}

/// What there is to know before it rings: whether it can, and what whoever is chosen reads before they accept.
pub fn prospect(rows: &[TargetRow], chosen: Option<&TransferTarget>, kind: TransferKind) -> String {
    if rows.iter().all(|row| !row.available) {
        return "Nobody can take over now. This list follows by itself.".to_owned();
    }
    let name = name_of(rows, chosen);
    if !is_available(rows, chosen) {
        return format!("{name} cannot take over now. Choose somebody else.");
    }
    let has_desk = rows.iter().all(|row| Some(&row.target) != chosen || row.has_desk);
    match (has_desk, kind) {
        (true, _) => format!("{name} reads note, briefing and transcript before accepting."),
        (false, TransferKind::Warm) => format!("{name} is on a phone and reads nothing: tell them in the consult."),
        (false, TransferKind::Cold) => {
            format!("{name} is on a phone and reads nothing: choose a warm transfer to tell them.")
        }
    }
}

/// Who is chosen: by hand, else whoever was before, else the best who is free. A choice on screen is not changed for
/// somebody better, nor because they are gone: nobody is to ring whom the agent has not seen chosen.
pub fn chosen_now(
    by_hand: Option<TransferTarget>,
    before: Option<&TransferTarget>,
    rows: &[TargetRow],
) -> Option<TransferTarget> {
    let best = || rows.iter().find(|row| row.available).map(|row| row.target.clone());
    by_hand.or_else(|| before.cloned()).or_else(best)
}

#[cfg(test)]
#[path = "dialog_targets_tests.rs"]
mod tests;
