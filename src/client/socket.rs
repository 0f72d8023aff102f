//! A page's event stream: a WebSocket that comes back by itself, and never gives up.

use std::rc::Rc;

use futures_util::future::{AbortHandle, Either, abortable, select};
use futures_util::{SinkExt, StreamExt};
use gloo_net::websocket::Message;
use gloo_net::websocket::futures::WebSocket;
use gloo_timers::future::TimeoutFuture;
use leptos::prelude::*;
use livekit_web::listener::Listener;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use wasm_bindgen_futures::spawn_local;

use super::backoff::Backoff;
use super::signal::Wake;
use super::stream_status::StreamStatus;

/// The server says something every five seconds; five of those without a word is a dead connection.
const SILENT_IS_DEAD_MS: u32 = 25_000;

/// A stream that is read for as long as this lives.
pub struct EventStream {
    task: AbortHandle,
    _wakers: Vec<Listener>,
}

/// What the server sends: an event with its id, or a ping without either.
#[derive(Deserialize)]
struct Frame<E> {
    #[serde(default)]
    id: Option<i64>,
    #[serde(default = "nothing")]
    event: Option<E>,
}

fn nothing<E>() -> Option<E> {
    None
}

impl EventStream {
    /// Reads the stream at `path`. `hello` makes the first message of a connection.
    pub fn follow<E: DeserializeOwned + 'static>(
        path: &str,
        hello: impl Fn() -> Option<String> + 'static,
        status: RwSignal<StreamStatus>,
        on_event: impl Fn(Option<i64>, E) + 'static,
    ) -> Self {
        let retry_now = Rc::new(Wake::default());
        let reader = Reader { address: address(path), hello, status, on_event, retry_now: retry_now.clone() };
        let (reading, task) = abortable(reader.run());
        spawn_local(async move {
            let _ = reading.await;
        });
        Self { task, _wakers: on_return(&retry_now) }
    }
}

impl Drop for EventStream {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Holds the stream that a page reads now. A handle; it ends with the reactive owner it was made under.
#[derive(Clone, Copy)]
pub struct StreamSlot(StoredValue<Option<EventStream>, LocalStorage>);

impl StreamSlot {
    /// Nothing is read yet.
    pub fn empty() -> Self {
        Self(StoredValue::new_local(None))
    }

    /// Reads this stream from now on, instead of the one before.
    pub fn put(&self, stream: EventStream) {
        self.0.set_value(Some(stream));
    }

    /// Reads nothing any more.
    pub fn close(&self) {
        self.0.set_value(None);
    }
}

struct Reader<H, F> {
    address: String,
    hello: H,
    status: RwSignal<StreamStatus>,
    on_event: F,
    retry_now: Rc<Wake>,
}

impl<H: Fn() -> Option<String>, F> Reader<H, F> {
    async fn run<E: DeserializeOwned>(self)
    where
        F: Fn(Option<i64>, E),
    {
        let mut backoff = Backoff::default();
        loop {
            if self.read_one_connection().await {
                backoff = Backoff::default();
            }
            if self.status.get_untracked() == StreamStatus::Live {
                self.status.set(StreamStatus::Reconnecting);
            }
            select(TimeoutFuture::new(backoff.next_ms()), Box::pin(self.retry_now.wait())).await;
        }
    }

    /// Says whether an event arrived before the connection broke; a refusal is none.
    async fn read_one_connection<E: DeserializeOwned>(&self) -> bool
    where
        F: Fn(Option<i64>, E),
    {
        let Ok(mut socket) = WebSocket::open(&self.address) else { return false };
        if let Some(hello) = (self.hello)()
            && socket.send(Message::Text(hello)).await.is_err()
        {
            return false;
        }
        let mut has_arrived = false;
        loop {
            let text = match select(socket.next(), TimeoutFuture::new(SILENT_IS_DEAD_MS)).await {
                Either::Left((Some(Ok(Message::Text(text))), _)) => text,
                Either::Left((Some(Ok(Message::Bytes(_))), _)) => continue,
                Either::Left((Some(Err(_)) | None, _)) | Either::Right(_) => return has_arrived,
            };
            if self.status.get_untracked() != StreamStatus::Live {
                self.status.set(StreamStatus::Live);
            }
            // From bytes, as server functions do it: the page then holds one reader of JSON, not two.
            match serde_json::from_slice::<Frame<E>>(text.as_bytes()) {
                Ok(Frame { id, event: Some(event) }) => {
                    has_arrived = true;
                    (self.on_event)(id, event);
                }
                Ok(Frame { event: None, .. }) => {}
                Err(error) => leptos::logging::warn!("skipped an event that this page does not know: {error}"),
            }
        }
    }
}

/// Trying again is worth it at once when the network or the person comes back.
fn on_return(retry_now: &Rc<Wake>) -> Vec<Listener> {
    let window = window();
    let document = window.document();
    let wake = |retry_now: &Rc<Wake>| {
        let retry_now = retry_now.clone();
        move || retry_now.wake()
    };
    let online = Listener::on_target(&window, "online", wake(retry_now));
    let visible = document.map(|document| Listener::on_target(&document, "visibilitychange", wake(retry_now)));
    online.into_iter().chain(visible.into_iter().flatten()).collect()
}

/// Not every browser takes a path alone.
fn address(path: &str) -> String {
    let location = window().location();
    let scheme = if location.protocol().is_ok_and(|protocol| protocol == "https:") { "wss" } else { "ws" };
    format!("{scheme}://{}{path}", location.host().unwrap_or_default())
}
