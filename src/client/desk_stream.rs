//! The desk's event stream.

use leptos::prelude::*;
use serde::Serialize;

use super::desk_session;
use super::desk_store::DeskStore;
use super::socket::EventStream;
use super::stream_status::StreamStatus;

const PATH: &str = "/ws/notifications";

/// The first message: who asks. What the desk shows comes whole.
#[derive(Serialize)]
struct Hello {
    token: String,
}

/// Reads the desk's events for as long as the desk is open.
pub fn follow_events(store: DeskStore) {
    let me = store.me.get_value().to_string();
    let hello = move || {
        let token = desk_session::token_of(&me)?;
        serde_json::to_string(&Hello { token }).ok()
    };
    let stream = EventStream::follow(PATH, hello, store.stream, move |_, event| store.receive(event));
    let stream = StoredValue::new_local(stream);
    on_cleanup(move || stream.dispose());
    // A stream that breaks does not say why: the same question asked over HTTP does.
    Effect::new(move || {
        if store.stream.get() != StreamStatus::Live {
            store.refresh();
        }
    });
}
