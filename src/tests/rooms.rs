//! Whose a room is, on a media server that several installations share.

use baton::server::ports::media_server::MediaServer;
use baton::server::random;
use baton_domain::ids::CallId;
use baton_domain::seat::call_room;

use crate::harness::TestDesk;

async fn sweep(desk: &TestDesk) {
    let unsettled = desk.app.calls().unsettled().await.expect("calls");
    desk.app.seating().sweep(&unsettled).await.expect("the media server answers");
}

#[tokio::test]
async fn rooms_of_other_installations_are_left_alone() {
    let desk = TestDesk::new().await;
    let (theirs, nobodys, ours) = (unknown_room(), unknown_room(), unknown_room());
    let us = desk.app.installation().await.expect("an installation").id.clone();
    desk.media.create_room(&theirs, "another installation").await.expect("a room");
    desk.media.begin_room(&nobodys);
    desk.media.create_room(&ours, &us).await.expect("a room");
    sweep(&desk).await;
    assert!(desk.media.has_room(&theirs), "their call goes on");
    assert!(desk.media.has_room(&nobodys), "its call is not ours");
    assert!(!desk.media.has_room(&ours), "no call of ours wants it");
}

#[tokio::test]
async fn a_room_that_an_old_token_began_is_ended() {
    let desk = TestDesk::new().await;
    let call = desk.caller("Carol").await;
    let room = call_room(call);
    sweep(&desk).await;
    assert!(desk.media.has_room(&room), "she waits in it");
    desk.app.callers().leave(call).await.expect("they may always leave");
    desk.app.seating().enforce(call).await.expect("the media server answers");
    assert!(!desk.media.has_room(&room));
    desk.media.begin_room(&room);
    sweep(&desk).await;
    assert!(!desk.media.has_room(&room), "the call is over");
}

#[tokio::test]
async fn an_installation_stays_the_same() {
    let desk = TestDesk::new().await;
    let before = desk.app.installation().await.expect("an installation").id.clone();
    let desk = desk.restarted().await;
    assert_eq!(desk.app.installation().await.expect("an installation").id, before);
    let other = TestDesk::new().await;
    assert_ne!(other.app.installation().await.expect("an installation").id, before);
}

fn unknown_room() -> String {
    call_room(CallId(random::id()))
}
