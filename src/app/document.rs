//! The document that the server sends around a page.

use leptos::hydration::{AutoReload, HydrationScripts};
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

/// The document around a page. `None` for `files` is `cargo leptos watch`, which names and reloads its files itself.
pub fn shell(app: AnyView, files: Option<PageFiles>, options: LeptosOptions) -> impl IntoView {
    let nonce = leptos::nonce::use_nonce();
    let livekit = files.as_ref().map_or(Some("/pkg/livekit-client.js".to_owned()), |files| files.livekit.clone());
    let import_map = livekit.map(|path| format!(r#"{{"imports":{{"livekit-client":"{path}"}}}}"#));
    view! {
        <!DOCTYPE html>
        <html lang="en">
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <meta name="color-scheme" content="light dark" />
                <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
                {import_map.map(|map| view! { <script type="importmap" nonce=nonce.clone()>{map}</script> })}
                {match files {
                    Some(files) => view! { <Bundle files nonce /> }.into_any(),
                    None => view! {
                        <link rel="stylesheet" href="/pkg/baton.css" />
                        <AutoReload options=options.clone() />
                        <HydrationScripts options />
                    }
                    .into_any(),
                }}
                <MetaTags />
            </head>
            <body>{app}</body>
        </html>
    }
}

#[component]
fn Bundle(files: PageFiles, nonce: Option<leptos::nonce::Nonce>) -> impl IntoView {
    let begin = format!("import begin from '{}'; await begin({{ module_or_path: '{}' }});", files.js, files.wasm);
    view! {
        <link rel="stylesheet" href=files.css />
        <link rel="modulepreload" href=files.js />
        <link rel="preload" href=files.wasm r#as="fetch" r#type="application/wasm" crossorigin="anonymous" />
        <script type="module" nonce=nonce>{begin}</script>
    }
}
