//! Brings the desk's media to where the server says this agent sits, and tells the server what is heard.

use baton_domain::desk_event::{DeskEvent, DeskView};
use baton_domain::ids::{AgentId, CallId};
use baton_domain::seat::{Party, Seat, seats};
use leptos::task::spawn_local;

use super::last_word::last_word;
use super::media::Media;
use super::media_state::{MediaHooks, MediaSettings, Place};
use super::reduce::{DeskData, reduce};
use crate::api::desk::{self, LeftRooms};
use crate::api::error::ApiError;

/// The media of `me`'s desk; nothing is asked for or joined yet.
pub fn desk_media(me: &AgentId) -> Media {
    let hooks = MediaHooks {
        access: Box::new(|call, room| Box::pin(desk::room_access(call, room))),
        seat: Box::new(|call| Box::pin(seat_by_now(call))),
        heard: Box::new(|call, speaker| report(desk::heard(call, speaker))),
        ready: Box::new(|call| report(desk::media_ready(call))),
        left: Box::new(|call, connections| last_word(&LeftRooms { call, connections }, desk::desk_token().as_deref())),
        // Only the caller's page measures silence.
        silence: Box::new(|_, _| {}),
    };
    Media::new(MediaSettings { voice: me.to_string() }, hooks)
}

/// Where this agent sits: in the one call that they are in, as opposed to being rung for.
pub fn place(data: &DeskData) -> Option<Place> {
    let call = &data.live()?.call;
    let me = Party::Agent(data.view.me.clone());
    let seat = seats(call).into_iter().find(|seat| seat.party == me)?;
    Some(Place { call: call.id, seat })
}

async fn seat_by_now(call: CallId) -> Result<Option<Seat>, ApiError> {
    let view: DeskView = desk::desk_view().await?;
    let data = reduce(None, DeskEvent::View { view: Box::new(view) });
    let place = data.as_ref().and_then(place);
    Ok(place.filter(|place| place.call == call).map(|place| place.seat))
}

/// A report that is lost is not missed for long: the server goes on by its own deadlines.
fn report(sending: impl Future<Output = Result<(), ApiError>> + 'static) {
    spawn_local(async move {
        if let Err(error) = sending.await {
            leptos::logging::warn!("a report was not taken: {error}");
        }
    });
}
