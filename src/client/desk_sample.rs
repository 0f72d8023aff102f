//! The sample conversation, spoken on this page: one file after the other, as the lines are typed.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use gloo_net::http::Request;
use serde::Deserialize;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;
use wasm_bindgen_futures::spawn_local;
use web_sys::HtmlAudioElement;

use super::sounding;

const LISTING: &str = "/audio/sample/conversation.json";

/// A conversation that is being played; dropping it stops it.
pub struct Sample {
    player: Rc<Player>,
}

#[derive(Deserialize)]
struct Line {
    file: String,
}

#[derive(Default)]
struct Player {
    files: RefCell<Vec<String>>,
    now: RefCell<Option<Playing>>,
    stopped: Cell<bool>,
}

struct Playing {
    audio: HtmlAudioElement,
    _on_end: Closure<dyn FnMut()>,
}

impl Drop for Playing {
    fn drop(&mut self) {
        self.audio.set_onended(None);
        self.audio.set_onerror(None);
        let _ = self.audio.pause();
    }
}

impl Sample {
    /// Begins from the first line.
    pub fn play() -> Self {
        let player = Rc::new(Player::default());
        let begin = player.clone();
        spawn_local(async move {
            match listing().await {
                Ok(mut files) => {
                    files.reverse();
                    begin.files.replace(files);
                    begin.next();
                }
                // The lines are typed all the same.
                Err(error) => leptos::logging::warn!("the sample conversation cannot be heard: {error}"),
            }
        });
        Self { player }
    }
}

impl Drop for Sample {
    fn drop(&mut self) {
        self.player.stopped.set(true);
        self.player.now.replace(None);
    }
}

impl Player {
    /// Plays the next file; a file that fails is passed over.
    fn next(self: &Rc<Self>) {
        if self.stopped.get() {
            return;
        }
        let file = self.files.borrow_mut().pop();
        let Some(audio) = file.and_then(|file| HtmlAudioElement::new_with_src(&file).ok()) else {
            self.finish_later();
            return;
        };
        let player = Rc::downgrade(self);
        let on_end = Closure::<dyn FnMut()>::new(move || {
            if let Some(player) = player.upgrade() {
                // The closure that runs now belongs to what is replaced: it must not be dropped under its own feet.
                spawn_local(async move { player.next() });
            }
        });
        let function = on_end.as_ref().unchecked_ref();
        audio.set_onended(Some(function));
        audio.set_onerror(Some(function));
        sounding::start(&audio);
        self.now.replace(Some(Playing { audio, _on_end: on_end }));
    }

    fn finish_later(self: &Rc<Self>) {
        let player = self.clone();
        spawn_local(async move { drop(player.now.take()) });
    }
}

async fn listing() -> Result<Vec<String>, gloo_net::Error> {
    let lines: Vec<Line> = Request::get(LISTING).send().await?.json().await?;
    Ok(lines.into_iter().map(|line| line.file).collect())
}
