//! The frame of a desk that is not open yet.

use leptos::prelude::*;

use crate::ui::kit::icon::Icon;
use crate::ui::kit::theme::ThemeMenu;

/// Brand and banner: so far an agent can only sign in where anyone may be anybody.
#[component]
pub fn Brand(
    /// Whether it leaves the page open: there may be a call in it.
    #[prop(optional)]
    new_tab: bool,
) -> impl IntoView {
    view! {
        <a
            class="brand"
            href="/"
            rel="external"
            target=new_tab.then_some("_blank")
            title=new_tab.then_some("Opens in a new tab")
        >
            <Icon name="brand" />
            "Baton"
        </a>
        <p class="demo-banner">"Demo: anyone here can sign in"</p>
    }
}

/// A page with nothing but one thing to say.
#[component]
pub fn Frame(
    /// What it says.
    children: Children,
) -> impl IntoView {
    view! {
        <div class="caller-page">
            <header>
                <Brand />
                <span class="push"></span>
                <ThemeMenu />
            </header>
            <main id="main">{children()}</main>
        </div>
    }
}
