//! The region "Transcribe a recording": record or choose a file of sound, and read what is said in it and what it comes to. It
//! stands beside the call and not over it, so that a call can be answered meanwhile.

use std::fmt::Write;

use baton_domain::briefing::{Briefing, Statement};
use baton_domain::spoken_file::{SpokenFile, SpokenFileFailure, SpokenFileState, SpokenLine};
use baton_domain::time::Span;
use leptos::ev::Event;
use leptos::html;
use leptos::prelude::*;

use crate::client::caller_browser::copy;
use crate::client::desk_store::DeskStore;
use crate::client::file_desk::{FileDesk, FileStep};
use crate::client::media_state::MicrophoneChoice;
use crate::ui::format;
use crate::ui::kit::button::Button;
use crate::ui::kit::icon::Icon;
use crate::ui::kit::notice::Notice;
use crate::ui::kit::toast::Toaster;
use crate::ui::transcript::briefing_text::written_by;
use crate::ui::transcript::tools::address;

/// What a browser offers to choose.
const ACCEPTED: &str = "audio/*,.wav,.mp3,.m4a,.aac,.ogg,.oga,.opus,.webm,.flac";

/// The region "Transcribe a recording".
#[component]
pub fn SpokenFilePanel() -> impl IntoView {
    let desk = FileDesk::new();
    let store = DeskStore::expect();
    let microphone = store.media().state.choice;
    let live = store.live_call();
    let is_on_call = Memo::new(move |_| live.with(Option::is_some));
    // The microphone is the call's as soon as there is one: what was dictated until then is kept, and the caller hears none of
    // what would follow.
    Effect::new(move || {
        if is_on_call.get() {
            desk.stop();
        }
    });
    view! {
        <section class="panel spoken-file" aria-labelledby="spoken-file-h">
            <details name="below-transcript">
                <summary>
                    <h2 id="spoken-file-h">"Transcribe a recording"</h2>
                    <Glance desk />
                    <Icon name="down" />
                </summary>
                <div class="body">
                    <Controls desk microphone is_on_call />
                    <Trouble desk />
                    <Progress desk />
                    {move || followed(desk).map(|file| view! { <Outcome file /> })}
                </div>
            </details>
        </section>
    }
}

/// How far it is, for whoever has closed the panel.
#[component]
fn Glance(desk: FileDesk) -> impl IntoView {
    move || {
        let (tone, word) = desk.step.with(|step| match step {
            // Nobody sees the sentence while the panel is closed.
            FileStep::Empty | FileStep::Ready(..) => {
                desk.trouble.with(Option::is_some).then_some(("danger", "Needs attention"))
            }
            FileStep::Asking | FileStep::Recording(_) => Some(("danger", "Recording")),
            FileStep::Sending(_) => Some(("hold", "Sending")),
            FileStep::Followed(file) => Some(match file.state {
                SpokenFileState::Done => ("live", "Done"),
                SpokenFileState::Failed => ("danger", "Failed"),
                _ => ("hold", "At work"),
            }),
        })?;
        Some(view! { <span class="pill" data-tone=tone>{word}</span> })
    }
}

#[component]
fn Controls(desk: FileDesk, microphone: RwSignal<MicrophoneChoice>, is_on_call: Memo<bool>) -> impl IntoView {
    let is_busy = Memo::new(move |_| desk.step.with(FileStep::is_busy));
    let is_recording = Memo::new(move |_| desk.step.with(|step| matches!(step, FileStep::Recording(_))));
    let is_ready = Memo::new(move |_| desk.step.with(|step| matches!(step, FileStep::Ready(..))));
    let is_empty = Memo::new(move |_| desk.step.with(|step| matches!(step, FileStep::Empty)));
    let input = NodeRef::<html::Input>::new();
    let choose = move |_: Event| {
        if let Some(input) = input.get_untracked() {
            desk.choose(&input);
        }
    };
    view! {
        <div class="actions">
            <Button
                label="Record"
                icon="mic"
                on_click=Callback::new(move |()| desk.record(&microphone.get_untracked()))
                disabled=Signal::derive(move || is_busy.get() || is_on_call.get())
            />
            <Button
                label="Stop"
                on_click=Callback::new(move |()| desk.stop())
                disabled=Signal::derive(move || !is_recording.get())
            />
            <Button
                label="Transcribe and summarise"
                class="primary"
                on_click=Callback::new(move |()| desk.transcribe())
                disabled=Signal::derive(move || !is_ready.get())
            />
            <Show when=move || !is_empty.get()>
                <Button label="Discard" class="quiet" on_click=Callback::new(move |()| desk.discard()) />
            </Show>
        </div>
        <div class="field">
            <label for="spoken-file">"Or choose a file"</label>
            <input id="spoken-file" type="file" accept=ACCEPTED node_ref=input disabled=move || is_busy.get() on:change=choose />
        </div>
        <Show when=move || is_on_call.get()>
            <p class="muted small">"You are on a call, and the caller would hear you: recording is possible again afterwards."</p>
        </Show>
    }
}

#[component]
fn Trouble(desk: FileDesk) -> impl IntoView {
    move || {
        let trouble = desk.trouble.get()?;
        Some(view! {
            <div role="alert">
                <Notice tone="danger" icon="alert">
                    <p>{trouble}</p>
                </Notice>
            </div>
        })
    }
}

/// What goes on, in a sentence and where it can be told as a bar. A clock is not read aloud every second.
#[component]
fn Progress(desk: FileDesk) -> impl IntoView {
    let words = Memo::new(move |_| desk.step.with(words));
    let percent = Memo::new(move |_| desk.step.with(percent));
    let is_recording = Memo::new(move |_| desk.step.with(|step| matches!(step, FileStep::Recording(_))));
    view! {
        <p role="status">{words}</p>
        <Show when=move || is_recording.get()>
            <p class="clock" aria-live="off">{move || format::duration(desk.recorded.get())}</p>
        </Show>
        {move || {
            let percent = percent.get()?;
            Some(view! { <progress aria-label="Progress" max="100" value=percent.to_string()></progress> })
        }}
    }
}

fn words(step: &FileStep) -> Option<String> {
    Some(match step {
        FileStep::Empty => return None,
        FileStep::Asking => "Allow the microphone in the browser.".to_owned(),
        FileStep::Recording(_) => "Recording …".to_owned(),
        FileStep::Ready(name, bytes) => format!("{name} is ready, {}.", size(*bytes)),
        FileStep::Sending(_) => "Sending the file …".to_owned(),
        FileStep::Followed(file) => match (file.state, file.heard) {
            (SpokenFileState::Receiving, _) => "Receiving the file …".to_owned(),
            (SpokenFileState::Transcribing, Some(heard)) => {
                format!("Listening … {} heard so far.", format::duration(heard))
            }
            (SpokenFileState::Transcribing, None) => "Listening …".to_owned(),
            (SpokenFileState::Summarising, _) => "Writing the summary …".to_owned(),
            (SpokenFileState::Done, _) => format!("{} is transcribed and summarised.", named(file)),
            (SpokenFileState::Failed, _) if file.lines.is_empty() => "The file was not transcribed.".to_owned(),
            (SpokenFileState::Failed, _) => format!("{} is transcribed, but not summarised.", named(file)),
        },
    })
}

fn named(file: &SpokenFile) -> String {
    if file.name.is_empty() { "The file".to_owned() } else { file.name.clone() }
}

fn percent(step: &FileStep) -> Option<u8> {
    match step {
        FileStep::Sending(percent) => Some(*percent),
        FileStep::Followed(file) if !file.state.is_over() => file.percent(),
        _ => None,
    }
}

fn size(bytes: u64) -> String {
    const KILO: u64 = 1024;
    match bytes {
        0..1_048_576 => format!("{} KB", bytes.div_ceil(KILO)),
        _ => format!("{} MB", bytes.div_ceil(KILO * KILO)),
    }
}

/// The file that has ended, however it did.
fn followed(desk: FileDesk) -> Option<SpokenFile> {
    desk.step.with(|step| match step {
        FileStep::Followed(file) if file.state.is_over() => Some((**file).clone()),
        _ => None,
    })
}

#[component]
fn Outcome(file: SpokenFile) -> impl IntoView {
    // Lines that were paid for are shown, even where the server gave up before they were summarised.
    let is_told = file.failure.is_none() || !file.lines.is_empty();
    view! {
        {file.failure.map(|failure| view! { <Failed failure /> })}
        {is_told.then(|| view! { <Told file /> })}
    }
}

#[component]
fn Failed(failure: SpokenFileFailure) -> impl IntoView {
    view! {
        <div role="alert">
            <Notice tone="danger" icon="alert">
                <p>{failure.sentence()}</p>
            </Notice>
        </div>
    }
}

#[component]
fn Told(file: SpokenFile) -> impl IntoView {
    let toaster = Toaster::get();
    let text = as_text(&file);
    let name = format!("{}.txt", if file.name.is_empty() { "transcript" } else { file.name.as_str() });
    let href = address("text/plain", &text);
    let copy_all = Callback::new(move |()| {
        copy(&text);
        toaster.show("live", "Copied", "Summary and transcript.");
    });
    let lines = file.lines.iter().map(line).collect_view();
    let is_silent = file.lines.is_empty();
    view! {
        <div class="actions">
            <Button label="Copy" class="quiet small" on_click=copy_all />
            <a class="button quiet small" download=name href=href>
                "Export"
            </a>
        </div>
        <div class="spoken-told" tabindex="0" role="group" aria-label="Summary and transcript">
            <h3>"Summary"</h3>
            {match &file.summary {
                Some(written) => summary(written).into_any(),
                None => view! { <p class="unknown">"None was written."</p> }.into_any(),
            }}
            <h3>"Transcript"</h3>
            {is_silent.then(|| view! { <p class="unknown">"Nobody was heard speaking in this file."</p> })}
            <ol class="said">{lines}</ol>
            <p class="muted small">{left(&file)}</p>
        </div>
    }
}

/// The sections that say something.
fn summary(briefing: &Briefing) -> impl IntoView + use<> {
    let language = briefing.written_in.clone();
    let known = briefing.sections().into_iter().filter(|(_, section)| !section.is_unknown());
    let sections = known.map(|(kind, section)| {
        view! {
            <dt>{kind.title_in(language.as_ref())}</dt>
            {section.statements().iter().map(statement).collect_view()}
        }
    });
    let sections = sections.collect_view();
    let nothing = briefing.is_blank().then(|| view! { <p class="unknown">"Too little was said to summarise."</p> });
    view! {
        {written_by(&briefing.source)}
        {nothing}
        <dl class="facts">{sections}</dl>
    }
}

fn statement(statement: &Statement) -> impl IntoView + use<> {
    let cited = statement.citations().iter().map(|&number| {
        view! {
            <a
                class="cite"
                rel="external"
                href=format!("#spoken-{number}")
                data-line=number
                aria-label=format!("Line {number} of the recording")
            ></a>
        }
    });
    view! { <dd>{statement.text().to_owned()} {cited.collect_view()}</dd> }
}

fn line(line: &SpokenLine) -> impl IntoView + use<> {
    let speaker = line.speaker.as_ref().map(|speaker| view! { <b>{format!("Speaker {speaker}: ")}</b> });
    view! {
        <li id=format!("spoken-{}", line.number)>
            <time>{format::duration(Span(line.from.0))}</time>
            <span>{speaker} {line.text.clone()}</span>
        </li>
    }
}

fn left(file: &SpokenFile) -> Option<String> {
    (!file.sent_to.is_empty()).then(|| format!("What left this desk: {}.", file.sent_to.join("; ")))
}

/// What is copied, and what the file holds.
fn as_text(file: &SpokenFile) -> String {
    let mut text = format!("{}\n\nSummary\n", named(file));
    for (kind, section) in file.summary.iter().flat_map(Briefing::sections) {
        for statement in section.statements() {
            // Writing into a text cannot fail.
            let _ = writeln!(text, "{}: {}", kind.title(), statement.text());
        }
    }
    text.push_str("\nTranscript\n");
    text.push_str(&file.plain_text());
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_rounded_up() {
        assert_eq!([size(1), size(1_024), size(1_048_576), size(1_048_577)], ["1 KB", "1 KB", "1 MB", "2 MB"]);
    }

    #[test]
    fn what_goes_on_is_said_in_words() {
        assert_eq!(words(&FileStep::Empty), None);
        assert_eq!(words(&FileStep::Ready("a.wav".to_owned(), 2_048)).as_deref(), Some("a.wav is ready, 2 KB."));
        assert_eq!((percent(&FileStep::Sending(40)), percent(&FileStep::Empty)), (Some(40), None));
    }
}
