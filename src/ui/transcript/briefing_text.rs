//! A briefing to be read while the phone rings. Every statement leads to the lines it rests on.

use baton_domain::briefing::{
    Briefing, BriefingEdit, Language, Section, SectionKind, Source, Statement, first_sentence_in,
};
use leptos::prelude::*;

/// The tag that says who wrote something.
pub fn written_by(source: &Source) -> impl IntoView + use<> {
    let (words, hint) = match source {
        Source::Local => ("Local".to_owned(), "Written here, without a model"),
        Source::Model { name } => (name.clone(), "Written by this model"),
    };
    view! {
        <span class="tag" title=hint>
            {words}
        </span>
    }
}

/// The generated briefing: first sentence, then the sections.
pub fn briefing_text(briefing: &Briefing) -> impl IntoView + use<> {
    let sections = briefing
        .sections()
        .map(|(kind, section)| section_view(kind, section, briefing.written_in.as_ref()))
        .collect_view();
    view! {
        <p class="opening">
            <b>{first_sentence_in(briefing.written_in.as_ref())}</b>
            {format!("“{}”", briefing.opening_line.text())}
            {citations(briefing.opening_line.citations())}
        </p>
        <dl class="facts">{sections}</dl>
    }
}

fn section_view(kind: SectionKind, section: &Section, language: Option<&Language>) -> impl IntoView + use<> {
    let said = if section.is_unknown() {
        view! { <dd class="unknown">{kind.unknown_in(language)}</dd> }.into_any()
    } else {
        section.statements().iter().map(statement).collect_view().into_any()
    };
    view! {
        <dt>{kind.title_in(language)}</dt>
        {said}
    }
}

fn statement(statement: &Statement) -> impl IntoView + use<> {
    view! { <dd>{statement.text().to_owned()} {citations(statement.citations())}</dd> }
}

/// Links to lines. `rel=external` leaves them to the browser, which marks the line as `:target`.
pub fn citations(lines: &[u32]) -> impl IntoView + use<> {
    lines
        .iter()
        .map(|&number| {
            view! {
                <a
                    class="cite"
                    rel="external"
                    href=format!("#line-{number}")
                    data-line=number
                    aria-label=format!("Line {number}")
                ></a>
            }
        })
        .collect_view()
}

/// The agent's own wording.
pub fn edited_text(edit: &BriefingEdit) -> impl IntoView + use<> {
    paragraphs(edit.text.as_str())
}

/// What somebody wrote, line by line.
pub fn paragraphs(text: &str) -> impl IntoView + use<> {
    text.lines().filter(|line| !line.trim().is_empty()).map(|line| view! { <p>{line.to_owned()}</p> }).collect_view()
}
