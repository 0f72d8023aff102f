//! How a desk's server functions are sent: with the sign-in of this very tab, so that Alice and Bob can be two tabs of
//! one browser. The token lives in the tab's session storage and never in a cookie.

use std::future::Future;

use futures_util::{Sink, Stream};
use leptos::server_fn::Bytes;
use leptos::server_fn::client::Client;
use leptos::server_fn::client::browser::BrowserClient;
use leptos::server_fn::error::FromServerFnError;
use leptos::server_fn::request::browser::BrowserRequest;
use leptos::server_fn::response::browser::BrowserResponse;

/// The session storage key under which a tab keeps its sign-in.
pub const DESK_TOKEN_KEY: &str = "baton-desk-token";

/// Sends this tab's sign-in along.
pub struct DeskClient;

impl<E, I, O> Client<E, I, O> for DeskClient
where
    E: FromServerFnError,
    I: FromServerFnError,
    O: FromServerFnError,
{
    type Request = BrowserRequest;
    type Response = BrowserResponse;

    fn send(request: Self::Request) -> impl Future<Output = Result<Self::Response, E>> + Send {
        if let Some(token) = desk_token() {
            request.headers().set("authorization", &format!("Bearer {token}"));
        }
        <BrowserClient as Client<E, I, O>>::send(request)
    }

    fn open_websocket(
        path: &str,
    ) -> impl Future<
        Output = Result<
            (impl Stream<Item = Result<Bytes, Bytes>> + Send + 'static, impl Sink<Bytes> + Send + 'static),
            E,
        >,
    > + Send {
        <BrowserClient as Client<E, I, O>>::open_websocket(path)
    }

    fn spawn(future: impl Future<Output = ()> + Send + 'static) {
        <BrowserClient as Client<E, I, O>>::spawn(future);
    }
}

/// The sign-in of this tab, when it has one.
pub fn desk_token() -> Option<String> {
    web_sys::window()?.session_storage().ok()??.get_item(DESK_TOKEN_KEY).ok()?
}
