//! The region "Consult": the open transfer with its ways out, or how the last attempt ended.

use baton_domain::ids::AgentId;
use baton_domain::time::{Span, Timestamp};
use baton_domain::transfer::TransferState;
use leptos::prelude::*;

use super::consult_lines::ConsultLines;
use super::spoken::SpokenBriefing;
use crate::client::desk_actions::{Action, Control};
use crate::client::desk_commands::Pending;
use crate::client::desk_endings::{Last, last_attempt};
use crate::client::desk_part::{Part, part};
use crate::client::desk_store::DeskStore;
use crate::client::desk_words::{Status, lost_since, ringing_until, transfer_status};
use crate::client::reduce::DeskData;
use crate::ui::agents::roster::skills;
use crate::ui::call::controls::ActionButton;
use crate::ui::call::status::StatusLine;
use crate::ui::desk::timers::{Elapsed, Ring};
use crate::ui::format;
use crate::ui::kit::button::Button;
use crate::ui::kit::icon::Icon;

/// The actions that change a call's course less often; they stand apart.
const LESSER: [Action; 2] = [Action::Force, Action::EndForEveryone];
/// The actions of the region "Call".
const OF_THE_CALL: [Action; 4] = [Action::Hold, Action::Retrieve, Action::Transfer, Action::HangUp];

/// What the region is about.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Shown {
    /// Somebody is being consulted, or rung.
    Open {
        /// The colleague.
        other: AgentId,
        /// Whether I am the one who is to take over.
        i_take_over: bool,
    },
    /// The last attempt came to nothing, and I still have the caller.
    Ended(Last),
}

fn shown(data: &DeskData) -> Option<Shown> {
    let call = &data.live()?.call;
    let me = &data.view.me;
    match part(call, me)? {
        Part::Transferring | Part::Target | Part::Tail => {
            let legs = call.agent_legs();
            let other = legs.iter().find(|leg| leg.agent != *me)?.agent.clone();
            let i_take_over = part(call, me) == Some(Part::Target);
            Some(Shown::Open { other, i_take_over })
        }
        Part::Handling => last_attempt(call, me).map(Shown::Ended),
        Part::Offered | Part::RungTarget => None,
    }
}

/// The region "Consult".
#[component]
pub fn ConsultPanel() -> impl IntoView {
    let store = DeskStore::expect();
    let chosen = store.select(shown);
    let live = store.live_call();
    let has_left = move || live.read().as_ref().is_some_and(|call| store.has_left(call.id));
    let shown = Memo::new(move |_| {
        chosen.get().flatten().filter(|shown| match shown {
            Shown::Open { .. } => true,
            Shown::Ended(last) => !store.is_put_away(last.transfer) && !has_left(),
        })
    });
    let status = Memo::new(move |_| {
        let status = live.get().and_then(|call| store.knowing(|know| transfer_status(&call, know)).flatten());
        status.unwrap_or_else(Status::idle)
    });
    move || {
        shown.get().map(|shown| {
            view! {
                <section class="panel consult" aria-labelledby="consult-h" data-state=move || looks_of(&status.read())>
                    <header>
                        <h2 id="consult-h">"Consult"</h2>
                        <StatusLine label="Transfer status" status />
                        <PrivateMark />
                    </header>
                    <div class="body">
                        {match shown {
                            Shown::Open { other, i_take_over } => {
                                view! {
                                    <OpenTransfer other i_take_over />
                                    <ConsultLines />
                                }
                                .into_any()
                            }
                            Shown::Ended(last) => view! { <EndedAttempt last /> }.into_any(),
                        }}
                    </div>
                </section>
            }
        })
    }
}

/// A colleague who is waited for shows in the frame, whatever the transfer's state.
fn looks_of(status: &Status) -> &'static str {
    if status.waits_until.is_some() { "reconnecting" } else { status.state }
}

/// Says that the caller hears nothing of it, while that is so.
#[component]
fn PrivateMark() -> impl IntoView {
    let live = DeskStore::expect().live_call();
    let caller = Memo::new(move |_| {
        let call = live.read();
        let call = call.as_ref()?;
        let is_private = matches!(call.transfer()?.state, TransferState::Consulting { .. });
        is_private.then(|| call.caller.name.clone())
    });
    move || {
        caller.get().map(|caller| {
            view! {
                <span class="private-mark push">
                    <Icon name="lock" />
                    {format!("{caller} cannot hear this")}
                </span>
            }
        })
    }
}

#[component]
fn OpenTransfer(other: AgentId, i_take_over: bool) -> impl IntoView {
    let store = DeskStore::expect();
    let controls = store.controls(store.live_call());
    let (main, lesser) = (of(controls, false), of(controls, true));
    view! {
        <Colleague other i_take_over />
        <SpokenBriefing />
        <div class="actions">
            <Buttons controls=main />
        </div>
        <Show when=move || !lesser.read().is_empty()>
            <div class="actions lesser">
                <Buttons controls=lesser />
            </div>
        </Show>
    }
}

fn of(controls: Memo<Vec<Control>>, lesser: bool) -> Memo<Vec<Control>> {
    Memo::new(move |_| {
        let controls = controls.read();
        let mine = controls.iter().filter(|control| !OF_THE_CALL.contains(&control.action));
        mine.filter(|control| LESSER.contains(&control.action) == lesser).copied().collect()
    })
}

#[component]
fn Buttons(controls: Memo<Vec<Control>>) -> impl IntoView {
    let actions = Memo::new(move |_| controls.read().iter().map(|control| control.action).collect::<Vec<_>>());
    view! {
        <For each=move || actions.get() key=|action| *action let(action)>
            <ActionButton
                action=action
                enabled=Signal::derive(move || {
                    controls.read().iter().any(|control| control.action == action && control.enabled)
                })
                class=looks(action)
            />
        </For>
    }
}

const fn looks(action: Action) -> &'static str {
    match action {
        Action::Complete => "primary",
        Action::TakeBack | Action::TakeCaller => "answer",
        Action::LeaveConsult => "ends push",
        Action::Force => "quiet",
        Action::EndForEveryone => "quiet ends push",
        _ => "",
    }
}

#[component]
fn Colleague(other: AgentId, i_take_over: bool) -> impl IntoView {
    let store = DeskStore::expect();
    let name = store.name_now(&other);
    let face = if i_take_over { "avatar big agent" } else { "avatar big target" };
    let about = {
        let other = other.clone();
        store.select(move |data| about(data, &other, i_take_over))
    };
    view! {
        <div class="party">
            <span class=face aria-hidden="true">
                {format::initial(&name)}
            </span>
            <div>
                <p class="who">{name}</p>
                <p class="meta">{move || about.get()}</p>
            </div>
            <Time other />
        </div>
    }
}

fn about(data: &DeskData, other: &AgentId, i_take_over: bool) -> String {
    let Some(live) = data.live() else { return String::new() };
    let caller = &live.call.caller.name;
    let state = live.call.transfer().map(|transfer| &transfer.state);
    let view = data.view.agents.iter().find(|view| view.agent.id == *other);
    let knows = view.map(|view| skills(view, &data.view.queues)).unwrap_or_default();
    match state {
        None => format!("{caller} has left. You may finish what you were saying."),
        Some(TransferState::Ringing { .. }) if !i_take_over => {
            let reads = "Reading your note and the briefing.";
            if knows.is_empty() { reads.to_owned() } else { format!("{knows}. {reads}") }
        }
        Some(TransferState::Swapped { .. }) if !i_take_over => "Hears music".to_owned(),
        Some(_) if i_take_over => format!("Hands {caller} over to you"),
        Some(_) => knows,
    }
}

/// The time that matters: left to answer, left to come back, or since when they talk.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Timer {
    Left { until: Timestamp, whole: Span, label: &'static str },
    Since(Timestamp),
}

fn timer(data: &DeskData, other: &AgentId) -> Option<Timer> {
    let call = &data.live()?.call;
    let rules = &data.view.rules;
    let lost = call.agent_legs().into_iter().find(|leg| leg.agent == *other).and_then(lost_since);
    if let Some(since) = lost {
        let label = "Seconds left to come back";
        return Some(Timer::Left { until: since.plus(rules.agent_grace), whole: rules.agent_grace, label });
    }
    if let Some(until) = ringing_until(call) {
        return Some(Timer::Left { until, whole: rules.ring, label: "Seconds left to answer" });
    }
    match &call.transfer()?.state {
        TransferState::Consulting { since }
        | TransferState::Swapped { since }
        | TransferState::Conference { since } => Some(Timer::Since(*since)),
        _ => None,
    }
}

#[component]
fn Time(other: AgentId) -> impl IntoView {
    let store = DeskStore::expect();
    let timer = store.select(move |data| timer(data, &other));
    move || {
        timer.get().flatten().map(|timer| match timer {
            Timer::Left { until, whole, label } => view! { <Ring until whole label /> }.into_any(),
            Timer::Since(since) => view! {
                <p class="time">
                    <Elapsed since label="Consult time" />
                </p>
            }
            .into_any(),
        })
    }
}

/// The way on after an attempt that came to nothing: the next best in one click, or somebody of one's own choice.
#[component]
fn EndedAttempt(last: Last) -> impl IntoView {
    let store = DeskStore::expect();
    let name = store.name_now(&last.target);
    let face = format::initial(&name);
    let caller = last.caller.clone();
    let next = store.next_best(last.target.clone());
    view! {
        <div class="party">
            <span class="avatar big target" aria-hidden="true">
                {face}
            </span>
            <div>
                <p class="who">{name}</p>
                <p class="meta">{format!("You still have {caller}.")}</p>
            </div>
        </div>
        <div class="actions">
            {move || next.get().map(|(id, name)| view! { <OfferNext id name /> })}
            <Button
                label="Choose somebody else"
                on_click=Callback::new(move |()| store.open_transfer_dialog())
            />
            <Button
                label="Dismiss"
                class="quiet push"
                on_click=Callback::new(move |()| store.put_transfer_away(last.transfer))
            />
        </div>
    }
}

#[component]
fn OfferNext(id: AgentId, name: String) -> impl IntoView {
    let store = DeskStore::expect();
    let offer = Callback::new(move |()| store.offer_to(id.clone()));
    view! {
        <Button
            label=format!("Offer to {name}")
            icon="transfer"
            class="primary"
            on_click=offer
            busy=Signal::derive(move || store.is_pending(&Pending::StartTransfer))
        />
    }
}
