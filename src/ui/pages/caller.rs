//! `/join/<code>`: a caller's page.

use baton_domain::desk_event::{CallerState, CallerView};
use baton_domain::ids::LegId;
use baton_domain::line::LineRefusal;
use baton_domain::time::Timestamp;
use leptos::prelude::*;
use leptos_meta::Body;

use crate::api::caller::{LinePage, line_page};
use crate::api::page_data::PageData;
use crate::client::caller::CallerSession;
use crate::client::caller_browser::browser_trouble;
use crate::client::effect::effect;
use crate::ui::caller::frame::CallerFrame;
use crate::ui::caller::join::JoinForm;
use crate::ui::caller::on_call::OnCall;
use crate::ui::caller::problem::{BrowserProblem, ContinueCall, LineProblem, LineUnknown, MicrophoneProblem, OtherTab};
use crate::ui::caller::words::{Circumstances, Scene, scene, since, title};
use crate::ui::kit::dynamic;

/// The title of a page by which nobody comes in.
const NO_CALL: &str = "No call · Baton";

/// The caller's page.
#[component]
pub fn CallerPage(
    /// The code of the join link.
    code: String,
) -> impl IntoView {
    let page = OnceResource::<_, PageData>::new_with_options(line_page(code.clone()), true);
    let code = StoredValue::new(code);
    view! {
        <Body attr:class="caller-page" />
        <Suspense fallback=|| view! { <p role="status">"Opening the line …"</p> }>
            {move || Suspend::new(async move {
                match page.await {
                    Ok(page) => view! { <Line code=code.get_value() page /> }.into_any(),
                    Err(error) => view! {
                        <CallerFrame title=NO_CALL demo=false>
                            <LineUnknown message=error.message />
                        </CallerFrame>
                    }
                    .into_any(),
                }
            })}
        </Suspense>
    }
}

#[component]
fn Line(code: String, page: LinePage) -> impl IntoView {
    let demo = page.demo;
    // Whoever is in a call already goes on with it, whatever became of the line.
    if let Some(refusal) = page.refusal.filter(|_| page.resume.is_none()) {
        return view! {
            <CallerFrame title=NO_CALL demo>
                <LineProblem refusal line_name=page.line_name />
            </CallerFrame>
        }
        .into_any();
    }
    let tab_title = RwSignal::new(["Call ", &page.line_name, " · Baton"].concat());
    view! {
        <CallerFrame title=tab_title demo>
            <Caller code page tab_title />
        </CallerFrame>
    }
    .into_any()
}

#[component]
fn Caller(code: String, page: LinePage, tab_title: RwSignal<String>) -> impl IntoView {
    let name = RwSignal::new(String::new());
    let told = page.told;
    let now = page.resume.as_ref().map_or(Timestamp(0), |view| view.now);
    let session = CallerSession::new(code, now, page.resume, name);
    let heading = StoredValue::new(["Call ", &page.line_name].concat());
    let line_name = StoredValue::new(page.line_name);
    let trouble = RwSignal::new(None);
    // Only the browser knows, so the server's page is the one of a browser without trouble.
    effect(move || trouble.set(browser_trouble()));

    let stage = Memo::new(move |_| Stage::of(&session, trouble.get().is_some()));
    let view = Signal::derive(move || session.view.get());
    let shown = Memo::new(move |_| view.read().as_ref().map(|view| scene(&view.state, &circumstances(&session, view))));
    effect(move || {
        let time = view
            .read()
            .as_ref()
            .and_then(|view| since(&view.state))
            .filter(|_| !session.leaving.get())
            .map(|since| session.clock.since(since));
        let words = match (stage.get(), shown.read().as_ref()) {
            (Stage::Refused(_), _) => NO_CALL.to_owned(),
            (_, Some(scene)) => title(scene, time),
            (_, None) => heading.get_value() + " · Baton",
        };
        if *tab_title.read_untracked() != words {
            tab_title.set(words);
        }
    });

    dynamic::part(move || match stage.get() {
        Stage::BrowserTrouble => trouble.get_untracked().map(|trouble| view! { <BrowserProblem trouble /> }).into_any(),
        Stage::Elsewhere => view! { <OtherTab session /> }.into_any(),
        Stage::MustContinue => view! { <ContinueCall session /> }.into_any(),
        Stage::Refused(refusal) => view! { <LineProblem refusal line_name=line_name.get_value() /> }.into_any(),
        Stage::MicrophoneTrouble => view! { <MicrophoneProblem session /> }.into_any(),
        Stage::Form => view! { <JoinForm session title=heading.get_value() name told /> }.into_any(),
        Stage::Call => view! { <Called session shown /> }.into_any(),
    })
}

/// The call card keeps the last view while the page goes on to something else.
#[component]
fn Called(session: CallerSession, shown: Memo<Option<Scene>>) -> impl IntoView {
    let (Some(first_view), Some(first_scene)) = (session.view.get_untracked(), shown.get_untracked()) else {
        return ().into_any();
    };
    let view = Signal::derive(move || session.view.get().unwrap_or_else(|| first_view.clone()));
    let scene = Memo::new(move |_| shown.get().unwrap_or_else(|| first_scene.clone()));
    view! { <OnCall session view scene /> }.into_any()
}

/// Which of the page's scenes is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    BrowserTrouble,
    Elsewhere,
    MustContinue,
    /// The line takes nobody, as it turned out when they asked to come in.
    Refused(LineRefusal),
    MicrophoneTrouble,
    Form,
    Call,
}

impl Stage {
    fn of(session: &CallerSession, has_browser_trouble: bool) -> Self {
        let is_in_call = session.has_seat();
        if has_browser_trouble {
            Self::BrowserTrouble
        } else if is_in_call && session.media.state.elsewhere.get() {
            Self::Elsewhere
        } else if is_in_call && session.must_continue.get() {
            Self::MustContinue
        } else if let Some(refusal) = session.refused_by_line() {
            Self::Refused(refusal)
        } else if session.view.read().is_some() {
            Self::Call
        } else if session.stopped_by_microphone.get() {
            Self::MicrophoneTrouble
        } else {
            Self::Form
        }
    }
}

fn circumstances(session: &CallerSession, view: &CallerView) -> Circumstances {
    let is_talking = matches!(view.state, CallerState::Talking { .. });
    let name_of = |leg: LegId| view.people.iter().find(|person| person.leg == leg).map(|person| person.name.clone());
    let parties = session.media.state.parties.read();
    let muted = parties.iter().filter(|party| party.muted && is_talking).filter_map(|party| name_of(party.leg));
    let heard = parties.iter().filter(|party| session.media.hears(view.call, party.leg));
    Circumstances {
        is_reconnecting: session.media.state.is_reconnecting(),
        muted: muted.collect(),
        handed_over_by: view.handed_over_by.clone(),
        has_left: session.leaving.get(),
        may_rejoin: session.may_rejoin(view),
        heard: heard.filter_map(|party| name_of(party.leg)).collect(),
    }
}
