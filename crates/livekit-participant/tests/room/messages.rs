//! Messages, telephone keys, and who is there.

use bytes::Bytes;
use livekit_participant::{Delivery, DtmfDigit, Event, Message, SendError};

use super::server::{Server, join, until};

#[tokio::test]
async fn messages_arrive_either_way_they_travel() {
    let server = Server::start().await;
    let (_bob, mut events) = join(server.options("bob").with_data()).await;
    let (ann, _) = join(server.options("ann").with_data()).await;
    for delivery in [Delivery::Reliable, Delivery::Lossy] {
        let message = Message {
            topic: Some("note".into()),
            payload: Bytes::from_static(b"hello"),
            delivery,
            ..Message::default()
        };
        ann.send(message).await.expect("the channel is open");
        let heard = until(&mut events, "the message", |event| match event {
            Event::Data(message) => Some(message.clone()),
            _ => None,
        })
        .await;
        assert_eq!(heard.from.as_deref(), Some("ann"));
        assert_eq!((heard.topic.as_deref(), &*heard.payload, heard.delivery), (Some("note"), &b"hello"[..], delivery));
    }
}

#[tokio::test]
async fn telephone_keys_arrive_in_order() {
    let server = Server::start().await;
    let (_bob, mut events) = join(server.options("bob").with_data()).await;
    let (ann, _) = join(server.options("ann").with_data()).await;
    for key in "12#".chars() {
        ann.send_dtmf(DtmfDigit::from_char(key).expect("it is a key"), Vec::new()).await.expect("the channel is open");
    }
    let mut keys = String::new();
    while keys.len() < 3 {
        keys.push(
            until(&mut events, "a key", |event| match event {
                Event::Dtmf { identity, digit } if **identity == *"ann" => Some(digit.as_char()),
                _ => None,
            })
            .await,
        );
    }
    assert_eq!(keys, "12#");
}

#[tokio::test]
async fn without_data_channels_nothing_is_taken() {
    let server = Server::start().await;
    let (ann, _) = join(server.options("ann")).await;
    assert_eq!(ann.send(Message::default()).await, Err(SendError::NoDataChannel));
}

#[tokio::test]
async fn whoever_leaves_is_gone_for_the_others() {
    let server = Server::start().await;
    let (_bob, mut events) = join(server.options("bob")).await;
    let (ann, _) = server.publisher("ann").await;
    let joined = until(&mut events, "ann comes", |event| match event {
        Event::ParticipantJoined(participant) => Some(participant.clone()),
        _ => None,
    })
    .await;
    assert_eq!(&*joined.identity, "ann");
    ann.leave().await;
    let began = std::time::Instant::now();
    until(&mut events, "ann goes", |event| matches!(event, Event::ParticipantLeft { .. }).then_some(())).await;
    // The server takes some twenty seconds to find out by itself.
    assert!(began.elapsed().as_secs() < 15, "the server was not told");
}
