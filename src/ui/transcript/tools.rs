//! What one does with a transcript: look for something in it, and take it along.

use std::fmt::Write;

use baton_domain::desk_event::{Captions, DeskCall};
use baton_domain::time::Timestamp;
use baton_domain::transcript::{Segment, Speaker, export};
use leptos::ev::KeyboardEvent;
use leptos::prelude::*;
use serde::Serialize;

use crate::client::desk_store::DeskStore;

/// Whether lines arrive, and whether they are late.
#[component]
pub fn Liveness(
    /// Whether the call goes on and has lines.
    is_live: Signal<bool>,
    /// Whether somebody listens.
    captions: Memo<Captions>,
) -> impl IntoView {
    move || match (captions.get(), is_live.get()) {
        (Captions::Delayed, _) => view! {
            <span class="pill" data-tone="hold" role="status">
                "Captions are delayed"
            </span>
        }
        .into_any(),
        (_, true) => view! {
            <span class="pill" data-tone="live">
                "Live"
            </span>
        }
        .into_any(),
        (_, false) => ().into_any(),
    }
}

/// The field to look for something, and how often it is there.
#[component]
pub fn Search(
    /// What is looked for.
    wanted: RwSignal<String>,
    /// In how many lines it is.
    found: Memo<usize>,
) -> impl IntoView {
    let clear = move |event: KeyboardEvent| {
        if event.key() == "Escape" && !wanted.read_untracked().is_empty() {
            event.stop_propagation();
            wanted.set(String::new());
        }
    };
    let count = move || match (wanted.read().trim().is_empty(), found.get()) {
        (true, _) => String::new(),
        (false, 1) => "1 line".to_owned(),
        (false, lines) => format!("{lines} lines"),
    };
    view! {
        <div class="transcript-search" role="search">
            <input
                type="search"
                aria-label="Search the transcript"
                placeholder="Search"
                maxlength="100"
                bind:value=wanted
                on:keydown=clear
            />
            <span role="status">{count}</span>
        </div>
    }
}

/// The kinds of file that a transcript can be taken along as.
#[derive(Clone, Copy)]
struct Kind {
    label: &'static str,
    ending: &'static str,
    media_type: &'static str,
    write: fn(&DeskCall, DeskStore) -> String,
}

const KINDS: [Kind; 3] = [
    Kind { label: "Text (.txt)", ending: "txt", media_type: "text/plain", write: text },
    Kind { label: "Captions (.vtt)", ending: "vtt", media_type: "text/vtt", write: web_vtt },
    Kind { label: "Data (.json)", ending: "json", media_type: "application/json", write: json },
];

/// The menu "Export".
#[component]
pub fn Export() -> impl IntoView {
    let store = DeskStore::expect();
    let call = store.shown();
    // The files are written when somebody looks for them, not with every word.
    let files = RwSignal::new(Vec::<(Kind, String, String)>::new());
    let prepare = move |_| {
        let made = call.with_untracked(|call| {
            let call = call.as_ref()?;
            let one = |kind: Kind| {
                let name = format!("call-{}.{}", call.call.id, kind.ending);
                (kind, name, address(kind.media_type, &(kind.write)(call, store)))
            };
            Some(KINDS.into_iter().map(one).collect())
        });
        files.set(made.unwrap_or_default());
    };
    view! {
        <button type="button" class="quiet small push" popovertarget="transcript-export" on:click=prepare>
            "Export"
        </button>
        <div popover="auto" id="transcript-export" role="group" aria-label="Export the transcript">
            <ul class="export-list">
                {move || {
                    let link = |(kind, name, address)| {
                        let kind: Kind = kind;
                        let (name, address): (String, String) = (name, address);
                        view! {
                            <li>
                                <a download=name href=address>
                                    {kind.label}
                                </a>
                            </li>
                        }
                    };
                    files.get().into_iter().map(link).collect::<Vec<_>>()
                }}
            </ul>
        </div>
    }
}

/// A file as an address that holds all of it: nothing is asked of the server, which knows no more than this page.
pub fn address(media_type: &str, content: &str) -> String {
    let mut address = format!("data:{media_type};charset=utf-8,");
    for byte in content.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => address.push(char::from(byte)),
            // Writing into a text cannot fail.
            _ => {
                let _ = write!(address, "%{byte:02X}");
            }
        }
    }
    address
}

fn name_of(call: &DeskCall, store: DeskStore, speaker: &Speaker) -> String {
    match speaker {
        Speaker::Caller => call.call.caller.name.clone(),
        Speaker::Agent(agent) => store.name(agent),
    }
}

fn text(call: &DeskCall, store: DeskStore) -> String {
    export::text(&call.transcript, call.call.created_at, |speaker| name_of(call, store, speaker))
}

fn web_vtt(call: &DeskCall, store: DeskStore) -> String {
    export::web_vtt(&call.transcript, call.call.created_at, |speaker| name_of(call, store, speaker))
}

/// A line with its times in milliseconds since the call began.
#[derive(Serialize)]
struct Line<'a> {
    number: u32,
    speaker: String,
    text: &'a str,
    from_ms: i64,
    to_ms: Option<i64>,
}

impl<'a> Line<'a> {
    fn of(line: &'a Segment, began: Timestamp, speaker: String) -> Self {
        Self {
            number: line.number,
            speaker,
            text: line.text.as_str(),
            from_ms: line.started_at.since(began).0,
            to_ms: line.ended_at.map(|ended| ended.since(began).0),
        }
    }
}

fn json(call: &DeskCall, store: DeskStore) -> String {
    let began = call.call.created_at;
    let lines = call.transcript.iter().filter(|line| line.is_final);
    let lines: Vec<_> = lines.map(|line| Line::of(line, began, name_of(call, store, &line.speaker))).collect();
    // Numbers and texts always become JSON.
    serde_json::to_string_pretty(&lines).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_holds_every_letter() {
        assert_eq!(address("text/plain", "ä #%\n"), "data:text/plain;charset=utf-8,%C3%A4%20%23%25%0A");
    }
}
