//! `/`: hand a caller over in three tabs.

use std::time::Duration;

use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::api::home::{HomePage as HomeData, home_page};
use crate::api::page_data::PageData;
use crate::ui::home::checks::Checks;
use crate::ui::home::doors::Doors;
use crate::ui::home::progress::Progress;
use crate::ui::home::simulate::Simulate;
use crate::ui::kit::icon::Icon;
use crate::ui::kit::theme::ThemeMenu;

/// Often enough to be seen ticking beside the other tabs, seldom enough to cost nothing.
const LOOK_AGAIN: Duration = Duration::from_secs(2);

/// The first page.
#[component]
pub fn HomePage() -> impl IntoView {
    let page = OnceResource::<_, PageData>::new_with_options(home_page(), true);
    view! {
        <a class="skip button" href="#main">"Skip to content"</a>
        <Suspense fallback=|| view! { <p role="status">"Opening the desk …"</p> }>
            {move || Suspend::new(async move {
                match page.await {
                    Ok(page) => view! { <Home page /> }.into_any(),
                    Err(error) => view! {
                        <main class="first" id="main">
                            <h1>"The desk cannot be reached"</h1>
                            <p>{error.message}</p>
                            <p><a class="button" href="" rel="external">"Try again"</a></p>
                        </main>
                    }
                    .into_any(),
                }
            })}
        </Suspense>
    }
}

#[component]
fn Home(page: HomeData) -> impl IntoView {
    let (agents, join_path, demo) = (page.agents.clone(), page.join_path.clone(), page.demo);
    let can_simulate = page.can_simulate;
    let data = RwSignal::new(page);
    let is_reached = RwSignal::new(true);
    let look = move || {
        spawn_local(async move {
            let answer = home_page().await;
            // While the server is away the page keeps what it knows, and says that it does not know better.
            if is_reached.try_get_untracked().is_some_and(|known| known != answer.is_ok()) {
                is_reached.set(answer.is_ok());
            }
            if let Ok(now) = answer
                && data.try_get_untracked().is_some_and(|known| known != now)
            {
                data.set(now);
            }
        });
    };
    Effect::new(move || {
        let look_if_seen = move || {
            if !document().hidden() {
                look();
            }
        };
        if let Ok(looking) = set_interval_with_handle(look_if_seen, LOOK_AGAIN) {
            on_cleanup(move || looking.clear());
        }
    });
    let progress = Memo::new(move |_| data.read().progress);
    let livekit_trouble = Memo::new(move |_| data.read().livekit_trouble.clone());
    view! {
        <header class="topbar">
            <a class="brand" href="/" rel="external">
                <Icon name="brand" />
                "Baton"
            </a>
            {demo.then(|| view! { <p class="demo-banner">"Demo: anyone here can sign in"</p> })}
            <span class="push"></span>
            <ThemeMenu />
        </header>
        <main class="first" id="main">
            <header>
                <h1>"Hand a caller over in three tabs"</h1>
                <p class="lead">
                    "Open all three. A caller joins, the first agent answers, and the second takes over already knowing the story. The caller hears no gap."
                </p>
            </header>
            <Doors agents join_path />
            <div class="pair">
                <Progress progress>
                    {can_simulate.then(|| view! { <Simulate on_change=move |()| look() /> })}
                </Progress>
                <Checks is_reached livekit_trouble check_livekit=move |()| look() />
            </div>
            <Show when=move || !is_reached.get()>
                <div class="bar" role="status" aria-label="Connection" data-state="reconnecting">
                    <Icon name="offline" />
                    <p>"The desk cannot be reached. It is tried again by itself."</p>
                </div>
            </Show>
            <nav class="links" aria-label="More">
                <a href="/docs" rel="external">"API reference"</a>
                <a href="/api/openapi.json" rel="external">"OpenAPI 3.1"</a>
            </nav>
        </main>
    }
}
