//! An agent's desk. The server sends the frame; what is on it begins in the browser, with the sign-in of this very tab.

use baton_domain::agent::Agent;
use baton_domain::ids::AgentId;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::api::error::ApiError;
use crate::api::home::home_page;
use crate::api::session::open_desk;
use crate::client::desk_session;
use crate::client::desk_wrap_up::keep_drafts;
use crate::ui::desk::frame::Frame;
use crate::ui::desk::screen::DeskScreen;
use crate::ui::kit::button::Button;

/// How far the sign-in of this tab is.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Gate {
    Opening,
    /// The demo is open to the network and wants the printed code; `Some` says what was wrong with the last one.
    CodeNeeded(Option<String>),
    /// There is no such agent.
    Unknown,
    Failed(ApiError),
    Open(AgentId),
}

/// The desk at `/desk/:agent`.
#[component]
pub fn DeskPage(
    /// Whose, as the address says it.
    handle: String,
) -> impl IntoView {
    let handle = StoredValue::new(handle);
    let gate = RwSignal::new(Gate::Opening);
    let again = move || enter(gate, &handle.read_value(), None);
    Effect::new(again);
    keep_drafts();
    let signed_out = Callback::new(move |()| {
        desk_session::forget();
        again();
    });
    move || match gate.get() {
        Gate::Opening => view! { <Opening /> }.into_any(),
        Gate::CodeNeeded(wrong) => {
            let on_code = Callback::new(move |code: String| enter(gate, &handle.read_value(), Some(code)));
            view! { <CodeForm wrong on_code /> }.into_any()
        }
        Gate::Unknown => view! { <UnknownAgent handle=handle.get_value() /> }.into_any(),
        Gate::Failed(error) => view! { <CannotOpen error on_again=Callback::new(move |()| again()) /> }.into_any(),
        Gate::Open(me) => view! { <DeskScreen me signed_out /> }.into_any(),
    }
}

/// Signs this tab in as the agent in its address, or goes on with the sign-in it has.
fn enter(gate: RwSignal<Gate>, handle: &str, code: Option<String>) {
    let Ok(me) = handle.parse::<AgentId>() else {
        gate.set(Gate::Unknown);
        return;
    };
    if desk_session::token_of(handle).is_some() {
        gate.set(Gate::Open(me));
        return;
    }
    if code.is_none() {
        gate.set(Gate::Opening);
    }
    let code = code.or_else(desk_session::access_code);
    spawn_local(async move {
        let answer = open_desk(me.clone(), code.clone()).await;
        gate.set(match answer {
            Ok(session) => {
                desk_session::remember(me.as_str(), &session.token);
                desk_session::remember_access_code(code.as_deref());
                Gate::Open(me)
            }
            Err(error) => refused(error, code.is_some()),
        });
    });
}

fn refused(error: ApiError, had_code: bool) -> Gate {
    match (error.code.as_str(), error.status) {
        ("code_needed", _) => {
            desk_session::remember_access_code(None);
            Gate::CodeNeeded(had_code.then(|| format!("That is not the code. {}", error.message)))
        }
        (_, 404) => Gate::Unknown,
        _ => Gate::Failed(error),
    }
}

#[component]
fn Opening() -> impl IntoView {
    view! {
        <Frame>
            <div class="empty" role="status">
                <strong>"Opening the desk …"</strong>
            </div>
        </Frame>
    }
}

#[component]
fn CodeForm(wrong: Option<String>, on_code: Callback<String>) -> impl IntoView {
    let code = RwSignal::new(String::new());
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        on_code.run(code.get_untracked().trim().to_owned());
    };
    let is_wrong = wrong.is_some();
    view! {
        <Frame>
            <form class="card problem" on:submit=submit>
                <h1>"Which code was printed at start?"</h1>
                <p>"This desk is open to the local network. Whoever started it sees the code in their terminal."</p>
                <div class="field">
                    <label for="code">"Code"</label>
                    <input
                        id="code"
                        autocomplete="off"
                        // A phone would begin it with a capital letter.
                        autocapitalize="none"
                        spellcheck="false"
                        maxlength="64"
                        required
                        aria-invalid=is_wrong.then_some("true")
                        aria-describedby="code-error"
                        bind:value=code
                    />
                    <p class="error" id="code-error" role="alert">
                        {wrong}
                    </p>
                </div>
                <button class="primary large wide">"Open the desk"</button>
            </form>
        </Frame>
    }
}

#[component]
fn UnknownAgent(handle: String) -> impl IntoView {
    let agents = RwSignal::new(Vec::<Agent>::new());
    Effect::new(move || {
        spawn_local(async move {
            // Without the list the link to the first page is still there.
            if let Ok(page) = home_page().await {
                agents.set(page.agents);
            }
        });
    });
    view! {
        <Frame>
            <section class="card problem" aria-labelledby="problem-h">
                <h1 id="problem-h">"There is no desk “" {handle} "”"</h1>
                <p>"The address may be mistyped."</p>
                <ul class="links">
                    <For each=move || agents.get() key=|agent| agent.id.clone() let(agent)>
                        <li>
                            <a href=format!("/desk/{}", agent.id) rel="external">
                                {format!("Open the desk as {}", agent.name)}
                            </a>
                        </li>
                    </For>
                </ul>
                <a class="button large wide" href="/" rel="external">
                    "Go to the first page"
                </a>
            </section>
        </Frame>
    }
}

#[component]
fn CannotOpen(error: ApiError, on_again: Callback<()>) -> impl IntoView {
    view! {
        <Frame>
            <section class="card problem" aria-labelledby="problem-h">
                <h1 id="problem-h">"The desk cannot be opened"</h1>
                <p role="alert">{error.message}</p>
                <Button label="Try again" class="primary large wide" on_click=on_again />
                <a class="button large wide" href="/" rel="external">
                    "Go to the first page"
                </a>
            </section>
        </Frame>
    }
}
