//! The files that the build made for browsers, by their logical names.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use tracing::{info, warn};

use crate::app::document::PageFiles;

const MANIFEST: &str = "manifest.json";
/// What a page's JavaScript imports where it uses LiveKit.
const LIVEKIT_IMPORT: &str = "livekit-client";

/// The built site. It is read again when a new build has replaced it.
#[derive(Debug)]
pub struct Site {
    folder: PathBuf,
    known: Mutex<Option<Known>>,
}

#[derive(Clone, Debug)]
struct Known {
    /// When the manifest was written; `None` when there is none.
    written: Option<SystemTime>,
    pages: Arc<HashMap<String, PageFiles>>,
}

impl Site {
    /// The site in `folder`.
    pub fn new(folder: PathBuf) -> Self {
        Self { folder, known: Mutex::default() }
    }

    /// Where it is.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Whether files are named after their content. If not, `cargo leptos watch` made them.
    pub async fn is_named_by_content(&self) -> bool {
        !self.pages().await.is_empty()
    }

    /// The files of the page `name`; `None` when `cargo leptos watch` names them.
    pub async fn page(&self, name: &str) -> Option<PageFiles> {
        self.pages().await.get(name).cloned()
    }

    async fn pages(&self) -> Arc<HashMap<String, PageFiles>> {
        let written = tokio::fs::metadata(self.folder.join(MANIFEST)).await.and_then(|file| file.modified()).ok();
        if let Some(known) = self.lock().as_ref().filter(|known| known.written == written) {
            return known.pages.clone();
        }
        let pages = Arc::new(match written {
            Some(_) => self.read().await,
            None => HashMap::new(),
        });
        *self.lock() = Some(Known { written, pages: pages.clone() });
        pages
    }

    async fn read(&self) -> HashMap<String, PageFiles> {
        let names: HashMap<String, String> =
            match tokio::fs::read(self.folder.join(MANIFEST)).await.map(|text| serde_json::from_slice(&text)) {
                Ok(Ok(names)) => names,
                Ok(Err(error)) => {
                    warn!(%error, "The site's manifest cannot be read; run `make site`");
                    return HashMap::new();
                }
                Err(error) => {
                    warn!(%error, "The site cannot be read");
                    return HashMap::new();
                }
            };
        let mut pages = HashMap::new();
        for (name, js) in names.iter().filter_map(|(file, js)| Some((file.strip_suffix(".js")?, js))) {
            let (Some(wasm), Some(css)) = (names.get(&format!("{name}.wasm")), names.get("main.css")) else { continue };
            let uses_livekit = self.mentions_livekit(js).await;
            let files = PageFiles {
                css: css.clone(),
                js: js.clone(),
                wasm: wasm.clone(),
                livekit: names.get("livekit-client.js").filter(|_| uses_livekit).cloned(),
            };
            pages.insert(name.to_owned(), files);
        }
        info!(pages = pages.len(), "The site has {} pages", pages.len());
        pages
    }

    /// Only pages that use LiveKit load its client.
    async fn mentions_livekit(&self, address: &str) -> bool {
        let file = self.folder.join(address.trim_start_matches('/'));
        tokio::fs::read_to_string(file).await.is_ok_and(|script| script.contains(LIVEKIT_IMPORT))
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<Known>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
