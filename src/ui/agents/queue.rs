//! Who waits.

use baton_domain::call::{Engagement, Place};
use baton_domain::desk_event::WaitingCall;
use baton_domain::ids::CallId;
use leptos::prelude::*;

use crate::client::desk_commands::Pending;
use crate::client::desk_store::DeskStore;
use crate::client::reduce::DeskData;
use crate::ui::desk::timers::Waited;
use crate::ui::format;
use crate::ui::kit::button::Button;
use crate::ui::kit::icon::Icon;

/// The region "Queue".
#[component]
pub fn Queue() -> impl IntoView {
    let store = DeskStore::expect();
    let waiting = store.waiting();
    let engaged = engaged(store);
    let nobody_free = move || !waiting.read().iter().any(|call| call.offered_to.is_none());
    let next = Callback::new(move |()| {
        store.begin();
        store.answer_next();
    });
    view! {
        <section class="panel grows" aria-labelledby="queue-h">
            <header>
                <h2 id="queue-h">"Queue"</h2>
                <span class="count">{move || waiting.read().len()}</span>
                <Button
                    label="Answer next"
                    class="push small"
                    keys="A"
                    on_click=next
                    disabled=Signal::derive(move || engaged.read().is_some() || nobody_free())
                    title=engaged
                    busy=Signal::derive(move || store.is_pending(&Pending::AnswerNext))
                />
            </header>
            <Show when=move || !waiting.read().is_empty() fallback=Nobody>
                <Rows waiting />
            </Show>
        </section>
    }
}

/// Why this agent cannot answer a waiting call now; none while they can.
fn engaged(store: DeskStore) -> Memo<Option<&'static str>> {
    let engaged = store.select(DeskData::engaged);
    Memo::new(move |_| {
        engaged.get().flatten().map(|engaged| match engaged {
            Engagement::Call => "You are in a call.",
            Engagement::Offer => "A call rings here. Accept or decline it first.",
        })
    })
}

#[component]
fn Rows(waiting: Memo<Vec<WaitingCall>>) -> impl IntoView {
    let ids = Memo::new(move |_| waiting.read().iter().map(|call| call.call).collect::<Vec<CallId>>());
    view! {
        <ol class="scroll" tabindex="0" aria-label="Waiting callers">
            <For each=move || ids.get() key=|id| *id let(id)>
                {
                    let row = Memo::new(move |_| waiting.read().iter().find(|call| call.call == id).cloned());
                    move || row.get().map(|call| view! { <Row call /> })
                }
            </For>
        </ol>
    }
}

#[component]
fn Nobody() -> impl IntoView {
    view! {
        <div class="empty">
            <Icon name="people" />
            <strong>"Nobody is waiting"</strong>
            "Whoever calls next appears here."
        </div>
    }
}

/// Whom a row's button answers, so that every button has a name of its own: callers of one name are told apart by their
/// place in line.
fn answers(waiting: &[WaitingCall], call: &WaitingCall) -> String {
    let mut namesakes = waiting.iter().filter(|other| other.caller_name == call.caller_name);
    if namesakes.nth(1).is_none() {
        return call.caller_name.clone();
    }
    let place = waiting.iter().take_while(|other| other.call != call.call).count() + 1;
    format!("{}, {} in line", call.caller_name, format::ordinal(u32::try_from(place).unwrap_or(u32::MAX)))
}

#[component]
fn Row(call: WaitingCall) -> impl IntoView {
    let is_urgent = call.place == Place::Urgent;
    let tag = match call {
        WaitingCall { place: Place::Urgent, .. } => {
            Some(view! { <span class="tag" data-state="urgent">"Urgent"</span> }.into_any())
        }
        WaitingCall { was_answered: true, .. } => {
            Some(view! { <span class="tag" data-tone="hold">"Already spoken to"</span> }.into_any())
        }
        WaitingCall { .. } => None,
    };
    let gone = call.gone_since.map(|_| view! { <span class="tag" data-state="lost">"Lost connection"</span> });
    let state = if is_urgent { "urgent" } else { "waiting" };
    view! {
        <li class="waiting" data-state=state>
            <span class="avatar caller" aria-hidden="true">
                {format::initial(&call.caller_name)}
            </span>
            <div>
                <strong>{call.caller_name.clone()}</strong>
                <span class="meta">
                    <Waited since=call.since /> {call.line_name.clone()} {tag} {gone}
                </span>
            </div>
            <AnswerRow call />
        </li>
    }
}

/// The row's button, or where the call rings just now.
#[component]
fn AnswerRow(call: WaitingCall) -> impl IntoView {
    let store = DeskStore::expect();
    let engaged = engaged(store);
    let id = call.call;
    let me = store.me.get_value();
    let waiting = store.waiting();
    match call.offered_to {
        Some(agent) if agent == me => view! { <span class="muted small">"Rings here"</span> }.into_any(),
        Some(agent) => {
            view! { <span class="muted small">{format!("Rings at {}", store.name_now(&agent))}</span> }.into_any()
        }
        None => {
            let whom = Memo::new(move |_| answers(&waiting.read(), &call));
            view! {
                <button
                    type="button"
                    class=move || if engaged.read().is_some() { "small" } else { "answer small" }
                    disabled=move || engaged.read().is_some()
                    title=move || engaged.get()
                    aria-busy=move || store.is_pending(&Pending::Answer(id)).then_some("true")
                    on:click=move |_| {
                        store.begin();
                        store.answer(id);
                    }
                >
                    "Answer"
                    <span class="visually-hidden">{move || format!(" {}", whom.read())}</span>
                </button>
            }
            .into_any()
        }
    }
}

#[cfg(test)]
mod tests {
    use baton_domain::time::Timestamp;

    use super::*;

    fn waiting(number: u8, name: &str) -> WaitingCall {
        WaitingCall {
            call: format!("01890000-0000-7000-8000-0000000000{number:02}").parse().expect("an id"),
            caller_name: name.to_owned(),
            line_name: "Customer support".to_owned(),
            since: Timestamp(0),
            place: Place::Normal,
            was_answered: false,
            gone_since: None,
            offered_to: None,
        }
    }

    #[test]
    fn only_namesakes_are_told_apart_by_their_place() {
        let queue = [waiting(1, "Carol"), waiting(2, "Dave"), waiting(3, "Carol")];
        let names: Vec<String> = queue.iter().map(|call| answers(&queue, call)).collect();
        assert_eq!(names, ["Carol, 1st in line", "Dave", "Carol, 3rd in line"]);
        assert_eq!(answers(&queue[..2], &queue[0]), "Carol");
    }
}
