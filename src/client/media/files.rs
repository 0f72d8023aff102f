//! The page's own sounds, loaded once.

use std::cell::RefCell;

use baton_domain::seat::Sound;
use livekit_web::audio::{AudioEngine, AudioError};
use livekit_web::looping::Loop;

/// Long enough not to click, short enough not to be noticed.
const FADE_MS: u32 = 80;
const RINGBACK: &str = "/audio/ringback.ogg";
const MUSIC: &str = "/audio/hold.ogg";
const RINGTONE: &str = "/audio/ringtone.ogg";

/// Ringback, music and ringtone; each is there once it is loaded.
#[derive(Default)]
pub struct Files {
    ringback: RefCell<Option<Loop>>,
    music: RefCell<Option<Loop>>,
    ringtone: RefCell<Option<Loop>>,
}

impl Files {
    /// Loads one of what a seat may want.
    pub async fn load(&self, engine: &AudioEngine, sound: Sound) {
        match sound {
            Sound::Ringback => load(&self.ringback, engine, RINGBACK).await,
            Sound::Music => load(&self.music, engine, MUSIC).await,
            Sound::Silence => {}
        }
    }

    /// Plays one of them and nothing else.
    pub fn play(&self, sound: Sound) {
        set(&self.ringback, sound == Sound::Ringback);
        set(&self.music, sound == Sound::Music);
    }

    /// Rings, or stops to.
    pub async fn ring(&self, engine: &AudioEngine, is_wanted: impl Fn() -> bool) {
        if is_wanted() {
            load(&self.ringtone, engine, RINGTONE).await;
        }
        set(&self.ringtone, is_wanted());
    }

    /// What the seat may play, for a meter.
    pub fn with_loops(&self, mut act: impl FnMut(&Loop)) {
        for place in [&self.ringback, &self.music] {
            if let Some(playing) = place.borrow().as_ref() {
                act(playing);
            }
        }
    }
}

async fn load(place: &RefCell<Option<Loop>>, engine: &AudioEngine, url: &str) {
    if place.borrow().is_some() {
        return;
    }
    match Loop::load(engine, url).await {
        // Somebody else may have loaded it meanwhile, and it may already play.
        Ok(loaded) => drop(place.borrow_mut().get_or_insert(loaded)),
        Err(error) => leptos::logging::warn!("a sound is missing: {error}"),
    }
}

fn set(place: &RefCell<Option<Loop>>, is_wanted: bool) {
    let changed: Result<(), AudioError> = match place.borrow().as_ref() {
        Some(playing) if is_wanted => playing.fade_in(FADE_MS),
        Some(playing) => playing.fade_out(FADE_MS),
        None => Ok(()),
    };
    if let Err(error) = changed {
        leptos::logging::warn!("a sound did not start or end: {error}");
    }
}
