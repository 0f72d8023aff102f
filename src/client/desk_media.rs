//! Brings the desk's media to where the server says this agent sits, and tells the server what is heard.

use baton_domain::desk_event::{DeskEvent, DeskView};
use baton_domain::ids::{AgentId, CallId};
use baton_domain::seat::{Party, seats};
use leptos::prelude::*;

use super::last_word::last_word;
use super::media::Media;
use super::media_state::{MediaHooks, MediaSettings, Place, SeatNow};
use super::reduce::{DeskData, reduce};
use super::tell::tell_while;
use crate::api::desk::{self, LeftRooms};
use crate::api::error::ApiError;

/// The media of `me`'s desk; nothing is asked for or joined yet.
pub fn desk_media(me: &AgentId) -> Media {
    let made = StoredValue::new(None::<Media>);
    // Facts are told until the server has them, which may be after it was started anew; but not once they are no longer so, or
    // the desk was left.
    let is_so = move |is_so: &dyn Fn(Media) -> bool| made.try_get_value().flatten().is_some_and(is_so);
    let hooks = MediaHooks {
        access: Box::new(|call, room| Box::pin(desk::room_access(call, room))),
        seat: Box::new(|call| Box::pin(seat_by_now(call))),
        heard: Box::new(move |call, speaker| {
            tell_while(
                move || is_so(&|media| media.hears(call, speaker)),
                move || Box::pin(desk::heard(call, speaker)),
            );
        }),
        ready: Box::new(move |call| {
            tell_while(move || is_so(&|media| media.is_in(call)), move || Box::pin(desk::media_ready(call)));
        }),
        left: Box::new(|call, connections| last_word(&LeftRooms { call, connections }, desk::desk_token().as_deref())),
        // Only the caller's page measures silence.
        silence: Box::new(|_, _| {}),
    };
    let media = Media::new(MediaSettings { voice: me.to_string() }, hooks);
    made.set_value(Some(media));
    media
}

/// Where this agent sits: in the one call that they are in, as opposed to being rung for.
pub fn place(data: &DeskData) -> Option<Place> {
    let call = &data.live()?.call;
    let me = Party::Agent(data.view.me.clone());
    let seat = seats(call).into_iter().find(|seat| seat.party == me)?;
    Some(Place { call: call.id, version: call.version, seat })
}

async fn seat_by_now(call: CallId) -> Result<Option<SeatNow>, ApiError> {
    let view: DeskView = desk::desk_view().await?;
    let version = view.calls.iter().find(|shown| shown.call.id == call).map(|shown| shown.call.version);
    let data = reduce(None, DeskEvent::View { view: Box::new(view) });
    let place = data.as_ref().and_then(place).filter(|place| place.call == call);
    Ok(version.map(|version| SeatNow { version, seat: place.map(|place| place.seat) }))
}
