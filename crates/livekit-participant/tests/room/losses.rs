//! Losses, and how participants get back from them.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use livekit_participant::{
    Arrival, Connected, EndReason, Event, Events, JoinOptions, Loss, MediaTransport, Participant, PublishOptions,
    Subscribe, TokenError, TokenFuture, TokenSource,
};

use super::proxy::{Proxy, Udp};
use super::server::{LIMIT, Server, join, until};
use super::sound::{assert_went_on, heard, heard_after, heard_up_to, play_on};

async fn loss(events: &mut Events) -> Loss {
    until(events, "the loss", |event| match event {
        Event::Reconnecting(loss) => Some(*loss),
        _ => None,
    })
    .await
}

async fn connected(events: &mut Events) -> Connected {
    until(events, "the connection", |event| match event {
        Event::Connected(connected) => Some(connected.clone()),
        _ => None,
    })
    .await
}

/// `ann`, behind the proxy, who is heard by somebody already and speaks on.
async fn publisher_behind(proxy: &Proxy, server: &Server) -> (Participant, Events) {
    let token = server.token("room", "ann");
    let (publisher, mut events) = join(JoinOptions::new(&proxy.url, token).publish(PublishOptions::new("voice"))).await;
    connected(&mut events).await;
    let track = &publisher.tracks()[0];
    assert!(track.wait_until_heard(LIMIT).await, "nobody subscribes");
    play_on(track);
    (publisher, events)
}

#[tokio::test]
async fn a_cut_signalling_connection_is_resumed_while_sound_goes_on() {
    let server = Server::start().await;
    let proxy = Proxy::start(&server).await;
    let (_listener, mut heard_by_bob) = server.listener("bob").await;
    let (publisher, mut events) = publisher_behind(&proxy, &server).await;
    let track = &publisher.tracks()[0];
    let before = heard(&mut heard_by_bob, "ann").await;
    let sid = track.sid();

    proxy.cut_signalling();
    assert_eq!(loss(&mut events).await, Loss::Signal);
    let back = connected(&mut events).await;
    assert_eq!(back.arrival, Arrival::Resumed);
    assert_eq!(back.sid, publisher.connected().sid);
    assert_eq!(track.sid(), sid);
    let heard = heard_up_to(&mut heard_by_bob, "ann", Instant::now()).await;
    assert!(heard.iter().all(|packet| packet.stream == before.stream), "the hearer had to begin anew");
    assert_went_on(&heard);
}

#[tokio::test]
async fn signalling_that_hangs_does_not_hold_sound_up() {
    let server = Server::start().await;
    let proxy = Proxy::start(&server).await;
    let (_listener, mut heard_by_bob) = server.listener("bob").await;
    let (_publisher, mut events) = publisher_behind(&proxy, &server).await;
    heard(&mut heard_by_bob, "ann").await;

    proxy.hold_signalling();
    proxy.cut_signalling();
    proxy.until_one_waits().await;
    let hangs_since = Instant::now();
    let mut heard = heard_up_to(&mut heard_by_bob, "ann", hangs_since + Duration::from_secs(3)).await;
    assert_eq!(loss(&mut events).await, Loss::Signal);
    proxy.release_signalling();
    assert_eq!(connected(&mut events).await.arrival, Arrival::Resumed);
    heard.extend(heard_up_to(&mut heard_by_bob, "ann", Instant::now()).await);
    assert_went_on(&heard);
}

#[tokio::test]
async fn a_listener_whose_signalling_is_cut_hears_those_who_come_later() {
    let server = Server::start().await;
    let proxy = Proxy::start(&server).await;
    let token = server.token("room", "bob");
    let (_listener, mut events) = join(JoinOptions::new(&proxy.url, token).subscribe(Subscribe::AllAudio)).await;
    let (ann, _) = server.publisher("ann").await;
    play_on(&ann.tracks()[0]);
    heard(&mut events, "ann").await;
    proxy.cut_signalling();
    loss(&mut events).await;
    connected(&mut events).await;
    heard_after(&mut events, "ann", Duration::ZERO).await;
    let (carol, _) = server.publisher("carol").await;
    play_on(&carol.tracks()[0]);
    heard(&mut events, "carol").await;
}

/// A listener behind the proxy who hears `ann`, who is not.
async fn listener_behind(proxy: &Proxy, server: &Server) -> (Participant, Events) {
    let token = server.token("room", "bob");
    let (listener, mut events) = join(JoinOptions::new(&proxy.url, token).subscribe(Subscribe::AllAudio)).await;
    heard(&mut events, "ann").await;
    (listener, events)
}

#[tokio::test]
async fn a_dead_udp_path_is_noticed_and_tcp_takes_over() {
    let server = Server::start().await;
    let proxy = Proxy::start(&server).await;
    let (ann, _) = server.publisher("ann").await;
    play_on(&ann.tracks()[0]);
    let (_listener, mut events) = listener_behind(&proxy, &server).await;

    proxy.udp(Udp::Closed);
    assert_eq!(loss(&mut events).await, Loss::MediaSilent);
    let back = connected(&mut events).await;
    assert_eq!((back.arrival, back.is_over_tcp), (Arrival::Resumed, true));
    heard_after(&mut events, "ann", Duration::ZERO).await;
}

#[tokio::test]
async fn a_dead_port_is_left_for_a_new_one() {
    let server = Server::start().await;
    let proxy = Proxy::start(&server).await;
    let (ann, _) = server.publisher("ann").await;
    play_on(&ann.tracks()[0]);
    let (_listener, mut events) = listener_behind(&proxy, &server).await;

    proxy.udp(Udp::NewPortsOnly);
    assert_eq!(loss(&mut events).await, Loss::MediaSilent);
    let back = connected(&mut events).await;
    assert_eq!((back.arrival, back.is_over_tcp), (Arrival::Resumed, false));
    heard_after(&mut events, "ann", Duration::ZERO).await;
}

#[tokio::test]
async fn a_server_that_was_killed_and_started_again_is_joined_again() {
    let mut server = Server::start().await;
    let (_listener, mut events) = server.listener("bob").await;
    let (ann, mut anns) = server.publisher("ann").await;
    play_on(&ann.tracks()[0]);
    heard(&mut events, "ann").await;
    let sid = ann.tracks()[0].sid();

    server.kill().await;
    loss(&mut anns).await;
    server.start_again().await;
    assert_eq!(connected(&mut anns).await.arrival, Arrival::Rejoined);
    heard_after(&mut events, "ann", Duration::ZERO).await;
    assert_ne!(ann.tracks()[0].sid(), sid);
}

#[tokio::test]
async fn where_udp_is_not_to_be_had_tcp_is_enough() {
    let server = Server::start().await;
    let tcp = MediaTransport::TcpOnly;
    let (_listener, mut events) = join(server.options("bob").subscribe(Subscribe::AllAudio).transport(tcp)).await;
    let (ann, _) = join(server.options("ann").publish(PublishOptions::new("voice")).transport(tcp)).await;
    assert!(ann.connected().is_over_tcp);
    play_on(&ann.tracks()[0]);
    heard(&mut events, "ann").await;
}

#[tokio::test]
async fn a_network_that_swallows_udp_is_left_for_tcp_when_joining() {
    let server = Server::start().await;
    let proxy = Proxy::start(&server).await;
    proxy.udp(Udp::Closed);
    let (ann, _) = join(JoinOptions::new(&proxy.url, server.token("room", "ann"))).await;
    assert!(ann.connected().is_over_tcp);
}

/// Gives the tokens of a list, one after another, and the last one for ever.
struct Tokens {
    tokens: Vec<String>,
    asked: Arc<AtomicUsize>,
}

impl TokenSource for Tokens {
    fn token(&self) -> TokenFuture<'_> {
        let place = self.asked.fetch_add(1, Ordering::Relaxed).min(self.tokens.len() - 1);
        Box::pin(async move { self.tokens.get(place).cloned().ok_or_else(|| TokenError::new("there is none")) })
    }
}

#[tokio::test]
async fn a_token_that_is_no_longer_accepted_is_replaced() {
    let mut server = Server::start().await;
    let first = server.token("room", "ann");
    server.change_secret();
    let asked = Arc::new(AtomicUsize::new(0));
    let tokens = Tokens { tokens: vec![first, server.token("room", "ann")], asked: Arc::clone(&asked) };
    let (_ann, mut events) = join(JoinOptions::new(server.url(), tokens)).await;
    connected(&mut events).await;
    assert_eq!(asked.load(Ordering::Relaxed), 1);

    server.kill().await;
    loss(&mut events).await;
    server.start_again().await;
    assert_eq!(connected(&mut events).await.arrival, Arrival::Rejoined);
    assert_eq!(asked.load(Ordering::Relaxed), 2);
}

/// LiveKit takes an expired token for a minute more, so what is shown is looked at, and not only what is accepted.
#[tokio::test]
async fn the_token_that_the_server_renewed_is_shown_from_then_on() {
    let mut server = Server::start().await;
    let proxy = Proxy::start(&server).await;
    let first = server.token("room", "ann");
    let (_ann, mut events) = join(JoinOptions::new(&proxy.url, first.clone())).await;
    connected(&mut events).await;
    assert_eq!(proxy.last_token(), first);
    let renewed = proxy.renewed_token().await;
    assert_ne!(renewed, first);
    // Messages come one after another: who hears of Bob has heard of the token.
    let _bob = server.listener("bob").await;
    until(&mut events, "Bob", |event| matches!(event, Event::ParticipantJoined(_)).then_some(())).await;

    server.kill().await;
    loss(&mut events).await;
    server.start_again().await;
    assert_eq!(connected(&mut events).await.arrival, Arrival::Rejoined);
    assert_eq!(proxy.last_token(), renewed);
}

#[tokio::test]
async fn without_another_token_it_ends() {
    let mut server = Server::start().await;
    let (_ann, mut events) = server.publisher("ann").await;
    server.change_secret();
    server.kill().await;
    loss(&mut events).await;
    server.start_again().await;
    let reason = until(&mut events, "the end", |event| match event {
        Event::Ended(reason) => Some(*reason),
        _ => None,
    })
    .await;
    assert_eq!(reason, EndReason::Unauthorized);
}

#[tokio::test]
async fn a_server_that_stays_away_is_given_up() {
    let mut server = Server::start().await;
    let (_ann, mut events) = join(server.options("ann").restore_limit(Duration::from_secs(2))).await;
    server.kill().await;
    let reason = until(&mut events, "the end", |event| match event {
        Event::Ended(reason) => Some(*reason),
        _ => None,
    })
    .await;
    assert_eq!(reason, EndReason::Lost);
}
