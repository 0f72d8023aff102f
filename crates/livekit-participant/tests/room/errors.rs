//! What is said when it does not come about, and how it ends.

use std::time::Duration;

use livekit_participant::{EndReason, Event, JoinError, JoinOptions, Participant};
use tokio::time::timeout;

use super::server::{LIMIT, Server, join, until};

#[tokio::test]
async fn a_token_that_is_not_good_is_refused() {
    let server = Server::start().await;
    let error = Participant::join(JoinOptions::new(server.url(), String::from("no token"))).await.map(drop);
    assert!(matches!(error, Err(JoinError::Refused { status: 401, .. })), "{error:?}");
}

#[tokio::test]
async fn a_server_that_is_not_there_is_an_error_of_the_signalling() {
    let mut server = Server::start().await;
    server.kill().await;
    let error = Participant::join(server.options("ann")).await.map(drop);
    assert!(matches!(error, Err(JoinError::Signal(_))), "{error:?}");
}

#[tokio::test]
async fn what_is_no_address_is_refused_at_once() {
    let error = Participant::join(JoinOptions::new("ftp://nowhere", String::new())).await.map(drop);
    assert!(matches!(error, Err(JoinError::Address)), "{error:?}");
}

#[tokio::test]
async fn the_same_identity_elsewhere_ends_it_for_good() {
    let server = Server::start().await;
    let (_first, mut events) = server.publisher("ann").await;
    let (second, mut seconds) = server.publisher("ann").await;
    let reason = until(&mut events, "the end", |event| match event {
        Event::Ended(reason) => Some(*reason),
        _ => None,
    })
    .await;
    assert_eq!(reason, EndReason::DuplicateIdentity);
    assert!(timeout(LIMIT, events.next()).await.expect("the queue is closed").is_none());
    assert!(!second.is_ended());
    // The first must not have taken the second's connection away on its way out.
    while let Some(event) = seconds.next_within(Duration::from_secs(2)).await {
        assert!(!matches!(event, Event::Reconnecting(_)), "the second was disturbed");
    }
}

#[tokio::test]
async fn dropping_it_leaves_nothing_running_and_tells_the_server() {
    let server = Server::start().await;
    let (_bob, mut others) = join(server.options("bob")).await;
    let runtime = tokio::runtime::Handle::current();
    let before = runtime.metrics().num_alive_tasks();
    let (ann, mut events) = server.publisher("ann").await;
    assert!(runtime.metrics().num_alive_tasks() > before);
    // Whoever comes and goes at once is not told of.
    until(&mut others, "ann comes", |event| matches!(event, Event::ParticipantJoined(_)).then_some(())).await;
    let track = ann.tracks()[0].clone();
    drop(ann);
    let gone = async { while events.next().await.is_some() {} };
    timeout(LIMIT, gone).await.expect("the events end");
    assert!(!track.wait_until_heard(LIMIT).await);
    let ended = async {
        while runtime.metrics().num_alive_tasks() > before {
            tokio::task::yield_now().await;
        }
    };
    timeout(Duration::from_secs(10), ended).await.expect("a task is left");
    until(&mut others, "ann goes", |event| matches!(event, Event::ParticipantLeft { .. }).then_some(())).await;
}

#[tokio::test]
async fn a_join_that_is_cancelled_leaves_nothing_running() {
    let server = Server::start().await;
    let runtime = tokio::runtime::Handle::current();
    let before = runtime.metrics().num_alive_tasks();
    let join = Participant::join(server.options("ann"));
    assert!(timeout(Duration::from_millis(1), join).await.is_err(), "it joined faster than can be");
    let ended = async {
        while runtime.metrics().num_alive_tasks() > before {
            tokio::task::yield_now().await;
        }
    };
    timeout(Duration::from_secs(10), ended).await.expect("a task is left");
}
