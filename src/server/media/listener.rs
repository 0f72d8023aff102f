//! A listener: hears a room of a call for transcripts and recordings, and is heard and seen by nobody.

use std::sync::Arc;

use baton_domain::ids::CallId;
use baton_domain::seat::RoomName;
use tokio_util::sync::CancellationToken;

use super::PartError;
use crate::server::ears::RoomFeed;
use crate::server::ports::listening::RoomEar;
use crate::server::ports::participation::{Participation, ParticipationError, Tokens};
use crate::server::state::App;

/// Listens in `room` until it is not to be listened to any more or `stop` is cancelled.
pub async fn play(
    app: App,
    rooms: Arc<dyn Participation>,
    call: CallId,
    room: RoomName,
    stop: CancellationToken,
) -> Result<(), PartError> {
    let feed = app.ears.enter(call, room, app.clock.now());
    // Only now, so that a change that comes after this reading is told to the feed as well.
    let known = app.calls().find(call).await.map_err(PartError::Desk)?;
    app.ears.follow(&known, app.clock.now());
    let Some(listening) = stop.run_until_cancelled(rooms.listen(tokens(&app, call, room))).await else { return Ok(()) };
    let mut ear = listening?;
    let heard = stop.run_until_cancelled(hear(&app, &mut *ear, &feed)).await;
    ear.leave().await;
    match heard {
        // The room was closed before the news of the end came.
        Some(Err(_)) if !app.listening().is_wanted(call, room).await.map_err(PartError::Desk)? => Ok(()),
        Some(Err(error)) => Err(error.into()),
        Some(Ok(())) | None => Ok(()),
    }
}

async fn hear(app: &App, ear: &mut dyn RoomEar, feed: &RoomFeed) -> Result<(), ParticipationError> {
    while let Some(sound) = ear.next().await {
        feed.hear(&sound, app.clock.now());
    }
    Err(ParticipationError::Ended)
}

/// Tokens for the place of a listener, while there is one.
fn tokens(app: &App, call: CallId, room: RoomName) -> Tokens {
    let app = app.clone();
    Arc::new(move || {
        let app = app.clone();
        Box::pin(async move { Ok(app.listening().token(call, room).await?) })
    })
}
