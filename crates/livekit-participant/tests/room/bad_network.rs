//! Sound over networks that lose, delay and mix up datagrams, and go away for seconds.
//!
//! The proxy knows what it lost, so what is heard is counted and not timed.

use std::io::Cursor;
use std::time::Duration;

use livekit_participant::ogg::{Reader, Writer, WriterOptions};
use livekit_participant::opus::{FRAME_20_MS, SAMPLE_RATE, SILENCE_20_MS};
use livekit_participant::{
    Audience, AudioPacket, Event, Events, JoinOptions, MediaTransport, Participant, PublishOptions, Relay, Subscribe,
};

use super::conditions::Conditions;
use super::proxy::{Proxy, Udp};
use super::server::{LIMIT, Server, join, until};
use super::sound::{heard, heard_until, number, play, play_on};

/// Half of the way of 80 ms there and back.
const ONE_WAY: Duration = Duration::from_millis(40);

/// What is played first, for the others to be counted from.
const BEGIN: u16 = 5;

/// What is played last, when all that was to be counted has been heard or lost.
const END: u16 = 50_000;

/// So many: longer than a late packet is late.
const LAST: u16 = 10;

/// A long way on which so many of a hundred are lost, and as many come late.
fn bad(lost: u64) -> Conditions {
    Conditions { one_way: ONE_WAY, lost, late: lost }
}

/// A speaker and a listener, each behind a network of their own.
struct Pair {
    _server: Server,
    there: Proxy,
    here: Proxy,
    speaker: Participant,
    _listener: Participant,
    events: Events,
}

impl Pair {
    /// They join in this weather, not before it.
    async fn join(conditions: Conditions) -> Self {
        let server = Server::start().await;
        let (there, here) = (Proxy::start(&server).await, Proxy::start(&server).await);
        for proxy in [&there, &here] {
            proxy.weather().set(conditions);
        }
        let options = JoinOptions::new(&here.url, server.token("room", "bob")).subscribe(Subscribe::AllAudio);
        let (listener, events) = join(options).await;
        let options = JoinOptions::new(&there.url, server.token("room", "ann")).publish(PublishOptions::new("voice"));
        let (speaker, _) = join(options).await;
        Self { _server: server, there, here, speaker, _listener: listener, events }
    }

    fn lost(&self) -> u64 {
        self.there.weather().lost_audio() + self.here.weather().lost_audio()
    }

    fn late(&self) -> u64 {
        self.there.weather().late_audio() + self.here.weather().late_audio()
    }

    /// Plays so many packets in this weather, the first of them and some more in a better one; gives those that are heard, in the
    /// order in which they came, without the last ones. What is not among them is lost for good.
    async fn play(&mut self, count: u16, conditions: Conditions) -> Vec<AudioPacket> {
        let track = self.speaker.tracks()[0].clone();
        let Self { there, here, events, .. } = self;
        let set = |conditions| [&*there, &*here].map(|proxy| proxy.weather().set(conditions));
        let playing = async {
            set(bad(0));
            play(&track, 0..BEGIN).await;
            set(conditions);
            play(&track, BEGIN..count).await;
            set(bad(0));
            play(&track, END..END + LAST).await;
        };
        let (mut packets, ()) = tokio::join!(heard_until(events, "ann", END + LAST - 1), playing);
        packets.retain(|packet| number(packet) < END);
        packets
    }
}

/// Every packet has the place that its number gives to it, whatever was lost and in whichever order they came.
fn assert_in_place(packets: &[AudioPacket]) {
    let first = &packets[0];
    for packet in packets {
        let steps = i64::from(number(packet)) - i64::from(number(first));
        assert_eq!(packet.stream, first.stream);
        assert_eq!(packet.sequence.cast_signed() - first.sequence.cast_signed(), steps);
        assert_eq!(packet.timestamp.cast_signed() - first.timestamp.cast_signed(), steps * 960);
    }
}

/// Whether the connection was disturbed; takes what has been told so far.
async fn was_disturbed(events: &mut Events) -> bool {
    while let Some(event) = events.next_within(Duration::ZERO).await {
        if matches!(event, Event::Reconnecting(_)) {
            return true;
        }
    }
    false
}

#[tokio::test]
async fn two_of_a_hundred_lost_are_two_of_a_hundred_missing() {
    let mut pair = Pair::join(bad(2)).await;
    let packets = pair.play(250, bad(2)).await;
    assert!(pair.lost() > 0 && pair.late() > 0, "the network was good: {} lost, {} late", pair.lost(), pair.late());
    assert_eq!(packets.len() as u64 + pair.lost(), 250);
    assert_in_place(&packets);
    assert!(!packets.is_sorted_by_key(number), "nothing was overtaken");
}

#[tokio::test]
async fn with_ten_of_a_hundred_lost_they_still_join_and_a_recording_keeps_its_time() {
    let mut pair = Pair::join(bad(10)).await;
    let packets = pair.play(250, bad(10)).await;
    assert!(pair.lost() >= 25, "the network was good: {} lost", pair.lost());
    assert_eq!(packets.len() as u64 + pair.lost(), 250);
    assert_in_place(&packets);
    assert!(!was_disturbed(&mut pair.events).await, "what is lost now and then is no reason to connect anew");

    let mut writer = Writer::new(Cursor::new(Vec::new()), &WriterOptions::default()).expect("memory can be written");
    // Where the first packet stands is known here: everything that came before it was lost.
    let origin = packets[0].timestamp - u64::from(number(&packets[0])) * u64::from(FRAME_20_MS);
    for packet in &packets {
        writer.write(packet.timestamp - origin, &packet.payload).expect("memory can be written");
    }
    let five_seconds = 5 * u64::from(SAMPLE_RATE);
    let file = writer.finish(five_seconds).expect("memory can be written").into_inner();
    let recorded: Vec<_> =
        Reader::new(&*file).expect("it was written").map(|packet| packet.expect("it is whole")).collect();
    let audible: u64 = recorded.iter().map(|packet| u64::from(packet.duration - packet.skip - packet.trim)).sum();
    assert_eq!(audible, five_seconds);
    let silent = recorded.iter().filter(|packet| *packet.data == *SILENCE_20_MS).count() as u64;
    assert!(silent >= pair.lost(), "{silent} silent packets for {} that were lost", pair.lost());
}

#[tokio::test]
async fn a_network_that_is_away_for_three_seconds_costs_these_seconds_and_nothing_else() {
    let mut pair = Pair::join(bad(0)).await;
    let track = pair.speaker.tracks()[0].clone();
    let (before, ()) = tokio::join!(heard_until(&mut pair.events, "ann", 49), play(&track, 0..50));
    let set = |udp: Udp| [&pair.there, &pair.here].map(|proxy| proxy.udp(udp));
    set(Udp::Closed);
    play(&track, 50..200).await;
    set(Udp::Open);
    // On a machine that stood still in between it was longer away, and they had to find each other again: that may take a while.
    let playing = async {
        play(&track, 200..250).await;
        loop {
            play(&track, END..END + LAST).await;
        }
    };
    let after = tokio::select! {
        after = heard_until(&mut pair.events, "ann", END) => after,
        () = playing => unreachable!("it never ends"),
    };
    let after: Vec<u16> = after.iter().map(number).collect();
    assert!(after.iter().all(|number| *number >= 200), "what was said meanwhile came later: {after:?}");
    assert!(after.is_sorted(), "{after:?}");
    let packet = heard(&mut pair.events, "ann").await;
    assert_eq!(packet.stream, before[0].stream, "the hearer had to begin anew");
}

#[tokio::test]
async fn a_leg_that_comes_over_a_bad_network_is_relayed_with_its_gaps() {
    let server = Server::start().await;
    let proxy = Proxy::start(&server).await;
    proxy.weather().set(bad(0));
    let phone = JoinOptions::new(&proxy.url, server.token("call", "phone")).publish(PublishOptions::new("voice"));
    let (phone, _) = join(phone).await;
    let in_room = |room: &str, identity: &str| JoinOptions::new(server.url(), server.token(room, identity));
    let (_here, at_home) = join(in_room("call", "relay").subscribe(Subscribe::AllAudio)).await;
    let (there, _) = join(in_room("consult", "ann").publish(PublishOptions::new("relayed"))).await;
    let (_listener, mut events) = join(in_room("consult", "bob").subscribe(Subscribe::AllAudio)).await;
    let relayed = there.tracks()[0].clone();
    assert!(relayed.wait_until_heard(LIMIT).await);
    let relaying = tokio::spawn(Relay::new("phone", relayed).run(at_home));

    let track = phone.tracks()[0].clone();
    let playing = async {
        play(&track, 0..BEGIN).await;
        proxy.weather().set(bad(5));
        play(&track, BEGIN..150).await;
        proxy.weather().set(bad(0));
        play(&track, END..END + LAST).await;
    };
    let (mut packets, ()) = tokio::join!(heard_until(&mut events, "ann", END + LAST - 1), playing);
    packets.retain(|packet| number(packet) < END);
    assert!(proxy.weather().lost_audio() > 0, "the network was good");
    assert_eq!(packets.len() as u64 + proxy.weather().lost_audio(), 150);
    assert_in_place(&packets);
    relaying.abort();
}

#[tokio::test]
async fn what_is_for_one_alone_stays_so_over_a_bad_network() {
    let server = Server::start().await;
    let proxy = Proxy::start(&server).await;
    proxy.weather().set(bad(10));
    let (_bob, mut bobs) = server.listener("bob").await;
    let (_carol, mut carols) = server.listener("carol").await;
    let options = JoinOptions::new(&proxy.url, server.token("room", "ann")).publish(PublishOptions::new("open"));
    let (ann, _) = join(options).await;
    let for_bob = PublishOptions::new("briefing").audience(Audience::Only(vec!["bob".into()]));
    let briefing = ann.publish(for_bob).await.expect("the server takes it");
    let open = ann.tracks()[0].clone();
    play(&briefing, 0..50).await;
    play_on(&open);
    let (open, briefing) = (open.sid(), briefing.sid());
    let numbers_until_open = async |events: &mut Events| {
        let mut numbers = Vec::new();
        until(events, "what everybody may hear", |event| match event {
            Event::Audio(packet) if Some(&packet.track_sid) == briefing.as_ref() => {
                numbers.push(number(packet));
                None
            }
            Event::Audio(packet) => (Some(&packet.track_sid) == open.as_ref()).then_some(()),
            _ => None,
        })
        .await;
        numbers
    };
    assert_eq!(numbers_until_open(&mut carols).await, Vec::<u16>::new());
    assert_ne!(numbers_until_open(&mut bobs).await, Vec::<u16>::new());
}

#[tokio::test]
async fn whoever_the_server_cannot_reach_first_reaches_the_server() {
    let server = Server::start().await;
    let proxy = Proxy::start(&server).await;
    let options = JoinOptions::new(&proxy.url, server.token("room", "ann")).transport(MediaTransport::UdpOnly);
    let (ann, _) = join(options).await;
    assert!(!ann.connected().is_over_tcp);
}
