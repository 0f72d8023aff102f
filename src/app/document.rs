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
                <Bundle files nonce />
                <MetaTags />
            </head>
            <body>{app}</body>
        </html>
    }
}

#[component]
fn Bundle(files: PageFiles, nonce: Option<leptos::nonce::Nonce>) -> impl IntoView {
    // A page of its own begins by itself; the bundle with all pages is asked to.
    let begin = format!(
        "import * as page from '{}'; await page.default({{ module_or_path: '{}' }}); page.hydrate?.();",
        files.js, files.wasm
    );
    view! {
        <link rel="stylesheet" href=files.css />
        <link rel="modulepreload" href=files.js />
        <link rel="preload" href=files.wasm r#as="fetch" r#type="application/wasm" crossorigin="anonymous" />
        <script type="module" nonce=nonce>{begin}</script>
    }
}
