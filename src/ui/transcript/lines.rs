//! The region "Transcript".

use baton_domain::desk_event::DeskCall;
use baton_domain::ids::{AgentId, CallId};
use baton_domain::seat::talks_to_caller;
use baton_domain::time::{Span, Timestamp};
use baton_domain::transcript::{Segment, Speaker};
use leptos::html;
use leptos::prelude::*;

use crate::client::desk_commands::Pending;
use crate::client::desk_sample::Sample;
use crate::client::desk_store::DeskStore;
use crate::ui::kit::button::Button;
use crate::ui::kit::icon::Icon;
use crate::ui::recording::Moment;
use crate::ui::transcript::marks::pieces;
use crate::ui::transcript::speech::SpeechNote;
use crate::ui::transcript::tools::{Export, Liveness, Search};

/// Whoever is this near to the end follows what is said.
const NEAR_END_PX: i32 = 120;

/// One line of it.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Line {
    number: u32,
    speaker: &'static str,
    name: String,
    at: Timestamp,
    after: Span,
    text: String,
    is_final: bool,
}

fn lines(call: &DeskCall, name: impl Fn(&AgentId) -> String) -> Vec<Line> {
    let target = call.call.transfer().map(|transfer| transfer.target.agent.clone());
    let target = target.or_else(|| call.call.last_transfer.as_ref().map(|last| last.target.clone()));
    let line = |line: &Segment| {
        let (speaker, name) = match &line.speaker {
            Speaker::Caller => ("caller", call.call.caller.name.clone()),
            Speaker::Agent(id) if target.as_ref() == Some(id) => ("target", name(id)),
            Speaker::Agent(id) => ("agent", name(id)),
        };
        Line {
            number: line.number,
            speaker,
            name,
            at: line.started_at,
            after: line.started_at.since(call.call.created_at),
            text: line.text.to_string(),
            is_final: line.is_final,
        }
    };
    call.transcript.iter().map(line).collect()
}

/// The region "Transcript".
#[component]
pub fn TranscriptPanel() -> impl IntoView {
    let store = DeskStore::expect();
    let call = store.shown();
    let lines = Memo::new(move |_| {
        call.with(|call| call.as_ref().map(|call| lines(call, |id| store.name(id))).unwrap_or_default())
    });
    let is_live = Memo::new(move |_| call.with(|call| call.as_ref().is_some_and(|call| !call.call.is_ended())));
    let captions = Memo::new(move |_| call.with(|call| call.as_ref().map(|call| call.captions)).unwrap_or_default());
    let has_lines = Memo::new(move |_| !lines.read().is_empty());
    let wanted = RwSignal::new(String::new());
    let found = Memo::new(move |_| {
        let wanted = wanted.read();
        lines.get().into_iter().filter(|line| pieces(&line.text, &wanted).is_some()).collect::<Vec<_>>()
    });
    let count = Memo::new(move |_| found.read().len());
    view! {
        <section class="panel grows transcript" aria-labelledby="transcript-h">
            <header>
                <h2 id="transcript-h">"Transcript"</h2>
                <Liveness is_live=Signal::derive(move || is_live.get() && has_lines.get()) captions />
                <Show when=move || has_lines.get()>
                    <Export />
                </Show>
                <SampleButton />
            </header>
            <SpeechNote />
            <Show when=move || has_lines.get() fallback=Nothing>
                <Search wanted found=count />
                <Lines lines=found wanted />
            </Show>
        </section>
    }
}

#[component]
fn Nothing() -> impl IntoView {
    view! {
        <div class="empty">
            <Icon name="quote" />
            <strong>"Nothing said yet"</strong>
            "Lines appear here during a call."
        </div>
    }
}

/// An interim line is a new one with every word.
fn line_key(line: &Line) -> (u32, bool, String) {
    (line.number, line.is_final, line.text.clone())
}

#[component]
fn Lines(lines: Memo<Vec<Line>>, wanted: RwSignal<String>) -> impl IntoView {
    let list = NodeRef::<html::Div>::new();
    Effect::new(move || {
        lines.track();
        let Some(list) = list.get() else { return };
        let below = list.scroll_height() - list.scroll_top() - list.client_height();
        if below < NEAR_END_PX {
            list.set_scroll_top(list.scroll_height());
        }
    });
    view! {
        <div class="scroll" role="log" aria-label="Lines" tabindex="0" node_ref=list>
            <ol class="lines">
                <For each=move || lines.get() key=line_key let(line)>
                    <li
                        id=format!("line-{}", line.number)
                        data-line=line.number
                        data-speaker=line.speaker
                        data-interim=(!line.is_final).then_some("")
                    >
                        <strong>{line.name}</strong>
                        <Moment at=line.at after=line.after />
                        <p>{move || marked(&line.text, &wanted.read())}</p>
                    </li>
                </For>
            </ol>
        </div>
    }
}

/// A text with what is looked for in it marked.
fn marked(text: &str, wanted: &str) -> Vec<AnyView> {
    let part = |(is_it, part): (bool, String)| {
        if is_it { view! { <mark>{part}</mark> }.into_any() } else { part.into_any() }
    };
    pieces(text, wanted).unwrap_or_default().into_iter().map(part).collect()
}

/// Demo: a conversation to look at and to brief from, without talking oneself.
#[component]
fn SampleButton() -> impl IntoView {
    let store = DeskStore::expect();
    let (live, me) = (store.live_call(), store.me.get_value());
    let talking = Memo::new(move |_| {
        live.with(|call| call.as_ref().filter(|call| talks_to_caller(call, &me)).map(|call| call.id))
    });
    let playing = StoredValue::new_local(None::<Sample>);
    // It belongs to the talk: whoever leaves it hears the rest no more, and the server types it no further.
    Effect::new(move || {
        talking.track();
        playing.set_value(None);
    });
    let play = move |call: CallId| store.play_sample(call, move || playing.set_value(Some(Sample::play())));
    view! {
        <Button
            label="Play a sample conversation"
            title="A talk to look at and to brief from, without talking yourself"
            icon="play"
            class="quiet small push"
            disabled=Signal::derive(move || talking.get().is_none())
            busy=Signal::derive(move || store.is_pending(&Pending::Sample))
            on_click=Callback::new(move |()| {
                if let Some(call) = talking.get_untracked() {
                    play(call);
                }
            })
        />
    }
}
