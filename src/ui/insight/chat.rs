//! Questions about the call, and their answers.

use baton_domain::briefing::Source;
use baton_domain::ids::CallId;
use baton_domain::insight::{ChatAnswer, ChatTurn, MAX_CHAT_CHARS};
use leptos::html;
use leptos::prelude::*;

use super::chat_text::{Piece, pieces};
use crate::client::desk_commands::Pending;
use crate::client::desk_store::DeskStore;
use crate::ui::kit::button::Button;
use crate::ui::transcript::briefing_text::citations;

/// The conversation about a call, and a field to go on with it.
#[component]
pub fn Chat(
    /// Which call.
    call: Memo<Option<CallId>>,
    /// What was asked so far.
    turns: Memo<Vec<ChatTurn>>,
) -> impl IntoView {
    let list = NodeRef::<html::Div>::new();
    Effect::new(move || {
        turns.track();
        if let Some(list) = list.get() {
            list.set_scroll_top(list.scroll_height());
        }
    });
    view! {
        <h3>"Ask about this call"</h3>
        <Show when=move || !turns.read().is_empty()>
            <div class="turns" role="log" aria-label="Questions about this call" tabindex="0" node_ref=list>
                <For each=move || turns.get() key=turn_key let(turn)>
                    <Turn turn />
                </For>
            </div>
        </Show>
        <Question call />
    }
}

/// An answer that goes on is a new one with every piece.
fn turn_key(turn: &ChatTurn) -> (u32, usize, bool) {
    (turn.number, turn.answer.as_ref().map_or(0, |answer| answer.text.len()), turn.is_open())
}

#[component]
fn Turn(turn: ChatTurn) -> impl IntoView {
    let store = DeskStore::expect();
    let is_late = {
        let turn = turn.clone();
        move || turn.is_given_up(store.clock.now())
    };
    let has_answer = turn.answer.is_some();
    view! {
        <div class="turn">
            <p class="question">
                <b>{store.name_now(&turn.by)}</b>
                {turn.question.as_str().to_owned()}
            </p>
            {turn.answer.map(|answer| view! { <Answer answer /> })}
            {move || {
                if is_late() {
                    Some(view! { <p class="unknown">"No answer came. Ask again."</p> })
                } else {
                    (!has_answer).then(|| view! { <p class="unknown">"Reading the transcript …"</p> })
                }
            }}
        </div>
    }
}

#[component]
fn Answer(answer: ChatAnswer) -> impl IntoView {
    let by = match &answer.source {
        Source::Local => "Local search".to_owned(),
        Source::Model { name } => name.clone(),
    };
    let found = pieces(&answer.text, &answer.citations);
    let is_linked = found.iter().any(|piece| matches!(piece, Piece::Line(_)));
    let text = found.into_iter().map(|piece| match piece {
        Piece::Text(text) => text.into_any(),
        Piece::Line(line) => citations(&[line]).into_any(),
    });
    let rest = (!is_linked).then(|| citations(&answer.citations));
    view! {
        <div class="answer">
            <span class="tag">{by}</span>
            <p>{text.collect_view()} {rest}</p>
        </div>
    }
}

#[component]
fn Question(call: Memo<Option<CallId>>) -> impl IntoView {
    let store = DeskStore::expect();
    let text = RwSignal::new(String::new());
    let is_pending = Signal::derive(move || store.is_pending(&Pending::AskAboutCall));
    let ask = move || {
        let (Some(call), question) = (call.get_untracked(), text.get_untracked()) else { return };
        if !question.trim().is_empty() {
            store.ask_about_call(call, question, move || text.set(String::new()));
        }
    };
    view! {
        <form
            class="ask"
            on:submit=move |event| {
                event.prevent_default();
                ask();
            }
        >
            <label class="visually-hidden" for="ask-about-call">
                "Your question"
            </label>
            <input
                id="ask-about-call"
                type="text"
                autocomplete="off"
                maxlength=MAX_CHAT_CHARS
                placeholder="What was promised?"
                bind:value=text
                disabled=move || call.read().is_none()
            />
            <Button
                label="Ask"
                class="small"
                on_click=Callback::new(move |()| ask())
                disabled=Signal::derive(move || call.read().is_none() || text.read().trim().is_empty())
                busy=is_pending
            />
        </form>
    }
}
