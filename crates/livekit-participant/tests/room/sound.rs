//! Sound that can be recognised without a codec: every packet bears a number.

use std::time::{Duration, Instant};

use bytes::Bytes;
use livekit_participant::{AudioPacket, Event, Events, LocalTrack, Player};
use tokio::task::JoinHandle;

use super::server::{LIMIT, until};

/// A packet of 20 ms (CELT, fullband, mono: RFC 6716 §3.1) with a number in it. Nobody here decodes it.
pub fn numbered(number: u16) -> Bytes {
    let mut packet = vec![0xf8];
    packet.extend(number.to_be_bytes());
    packet.extend([0x55; 40]);
    packet.into()
}

/// The number in a packet.
pub fn number(packet: &AudioPacket) -> u16 {
    u16::from_be_bytes([packet.payload[1], packet.payload[2]])
}

/// Plays packets with these numbers as soon as somebody listens.
pub async fn play(track: &LocalTrack, numbers: std::ops::Range<u16>) {
    assert!(track.wait_until_heard(LIMIT).await, "nobody subscribes");
    Player::new(track.clone()).play(numbers.map(numbered)).await.expect("it goes on to the end");
}

/// Plays for ever, in the background; aborting it ends it.
pub fn play_on(track: &LocalTrack) -> JoinHandle<()> {
    let mut player = Player::new(track.clone());
    tokio::spawn(async move {
        // It ends with the participant, which is what the test is about.
        let _ = player.play((0..).map(|number: u32| numbered((number % 60_000) as u16))).await;
    })
}

/// The next packet of this identity.
pub async fn heard(events: &mut Events, identity: &str) -> AudioPacket {
    until(events, &format!("sound of {identity}"), |event| match event {
        Event::Audio(packet) if *packet.identity == *identity => Some(packet.clone()),
        _ => None,
    })
    .await
}

/// All packets of this identity until the one with this number.
pub async fn heard_until(events: &mut Events, identity: &str, last: u16) -> Vec<AudioPacket> {
    let mut packets = Vec::new();
    loop {
        let packet = heard(events, identity).await;
        let is_last = number(&packet) == last;
        packets.push(packet);
        if is_last {
            return packets;
        }
    }
}

/// All packets of this identity until one that arrived then or later.
pub async fn heard_up_to(events: &mut Events, identity: &str, moment: Instant) -> Vec<AudioPacket> {
    let mut packets = Vec::new();
    loop {
        let packet = heard(events, identity).await;
        let is_last = packet.received_at >= moment;
        packets.push(packet);
        if is_last {
            return packets;
        }
    }
}

/// Waits for sound that arrived this much later than now.
pub async fn heard_after(events: &mut Events, identity: &str, time: Duration) -> AudioPacket {
    heard_up_to(events, identity, Instant::now() + time).await.pop().expect("it ends with one")
}

/// No packet is missing, and none was held back for longer than a busy machine holds them.
pub fn assert_went_on(packets: &[AudioPacket]) {
    const HELD_BACK: Duration = Duration::from_secs(1);
    for pair in packets.windows(2) {
        assert_eq!(number(&pair[1]), number(&pair[0]) + 1, "packets are missing");
        let gap = pair[1].received_at.saturating_duration_since(pair[0].received_at);
        assert!(gap < HELD_BACK, "nothing was heard for {gap:?}");
    }
}
