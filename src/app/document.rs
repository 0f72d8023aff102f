//! The document that the server sends around a page.

use leptos::hydration::AutoReload;
use leptos::prelude::*;
use leptos_meta::MetaTags;

/// The files of one page as the build named them: with a hash of their content, so that they may be cached for ever.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PageFiles {
    /// The style sheet.
    pub css: String,
    /// The page's JavaScript, made by wasm-bindgen.
    pub js: String,
    /// The page's WebAssembly.
    pub wasm: String,
    /// LiveKit's JavaScript SDK, where the page uses it.
    pub livekit: Option<String>,
}

impl PageFiles {
    /// One bundle for all pages, as `cargo leptos watch` names it, and what `make dev` puts beside it.
    fn of_development() -> Self {
        Self {
            css: "/dev/style/main.css".to_owned(),
            js: "/pkg/baton.js".to_owned(),
            wasm: "/pkg/baton.wasm".to_owned(),
            livekit: Some("/dev/livekit-client.js".to_owned()),
        }
    }
}

/// The document around a page. `None` for `files` is `make dev`, where `cargo leptos watch` reloads the page.
pub fn shell(app: AnyView, files: Option<PageFiles>, options: LeptosOptions) -> impl IntoView {
    let nonce = leptos::nonce::use_nonce();
    let reload = files.is_none().then(|| view! { <AutoReload options /> });
    let files = files.unwrap_or_else(PageFiles::of_development);
    let import_map = files.livekit.as_ref().map(|path| format!(r#"{{"imports":{{"livekit-client":"{path}"}}}}"#));
    view! {
        <!DOCTYPE html>
        <html lang="en">
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <meta name="color-scheme" content="light dark" />
                <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
                {import_map.map(|map| view! { <script type="importmap" nonce=nonce.clone()>{map}</script> })}
                {reload}
                <Bundle files nonce=nonce.clone() />
                <MetaTags />
            </head>
            <body>
                {app}
                <CannotBegin nonce=nonce.clone() />
            </body>
        </html>
    }
}

#[component]
fn Bundle(files: PageFiles, nonce: Option<leptos::nonce::Nonce>) -> impl IntoView {
    // A page of its own begins by itself; the bundle with all pages is asked to. What does not arrive, or cannot run here, says so,
    // in words that old browsers understand as well.
    let begin = format!(
        "import('{}').then((page) => page.default({{ module_or_path: '{}' }}).then(() => page.hydrate && page.hydrate()))\
        .catch((error) => {{ {REVEAL}; throw error; }});",
        files.js, files.wasm
    );
    view! {
        <link rel="stylesheet" href=files.css />
        <link rel="modulepreload" href=files.js />
        <link rel="preload" href=files.wasm r#as="fetch" r#type="application/wasm" crossorigin="anonymous" />
        <script type="module" nonce=nonce>{begin}</script>
    }
}

/// Shows that the page cannot begin.
const REVEAL: &str = "document.getElementById('cannot-begin').hidden = false";

/// What stands in the place of a page that cannot begin. After the app, which takes over what stands before.
#[component]
fn CannotBegin(nonce: Option<leptos::nonce::Nonce>) -> impl IntoView {
    view! {
        <noscript>
            <p class="notice" data-tone="hold">
                "This page needs JavaScript. Switch it on in your browser, and load the page again."
            </p>
        </noscript>
        <main class="cannot-begin" id="cannot-begin" hidden>
            <section class="card problem" role="alert" aria-labelledby="cannot-begin-h">
                <h1 id="cannot-begin-h">"This page does not start"</h1>
                <p>"It did not arrive completely, or this browser is too old to make calls."</p>
                <p>"Load it again. If that does not help, open this link in a current Chrome, Edge, Firefox or Safari."</p>
                <a class="button primary large wide" href="" rel="external">
                    "Load it again"
                </a>
            </section>
        </main>
        // The oldest browsers leave modules out, and with them all that could go wrong.
        <script nomodule nonce=nonce>{REVEAL}</script>
    }
}
