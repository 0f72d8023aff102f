//! What an agent does with the insight of their call.

use baton_domain::ids::CallId;
use leptos::prelude::*;

use super::caller_browser;
use super::desk_commands::Pending;
use super::desk_store::{DeskStore, Notice};
use crate::api::insight;

impl DeskStore {
    /// Ticks an action item off, or opens it again.
    pub fn tick(&self, call: CallId, item: String, done: bool) {
        let asked = insight::tick_action(call, item.clone(), done);
        self.ask(Pending::Tick(item), asked, |()| {});
    }

    /// Asks about a call; `then` runs when the question has arrived.
    pub fn ask_about_call(&self, call: CallId, question: String, then: impl FnOnce() + 'static) {
        self.ask(Pending::AskAboutCall, insight::ask_about_call(call, question), move |()| then());
    }

    /// Puts a suggested reply on the clipboard.
    pub fn copy_reply(&self, words: &str) {
        caller_browser::copy(words);
        let (title, text) = ("Copied".to_owned(), words.to_owned());
        self.say.run(Notice { tone: "live", title, text });
    }
}
