//! Offers and answers against another str0m in the place of the server.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use livekit_protocol::SessionDescription;
use str0m::Rtc;
use str0m::change::SdpOffer;

use super::engine::{Engine, EngineOptions};
use super::offer::Offer;
use crate::error::SendError;
use crate::local_track::OpusPacket;
use crate::rebase::StreamId;

struct Pair {
    engine: Engine,
    server: Rtc,
    now: Instant,
}

impl Pair {
    fn new(options: EngineOptions) -> Self {
        let now = Instant::now();
        let address = SocketAddr::from(([127, 0, 0, 1], 4400));
        let engine = Engine::new(options, &[address], now).expect("the address is concrete");
        let config = Rtc::builder().set_rtp_mode(true).clear_codecs().enable_opus(true, false);
        Self { engine, server: config.build(now), now }
    }

    fn offer(&mut self) -> Option<Offer> {
        self.engine.next_offer(self.now).expect("there is something to offer")
    }

    fn answer(&mut self, offer: &Offer) -> String {
        let sdp = SdpOffer::from_sdp_string(&offer.sdp).expect("the offer can be read");
        self.server.sdp_api().accept_offer(sdp).expect("the offer is sound").to_sdp_string()
    }

    fn take(&mut self, id: u32, sdp: String) -> bool {
        let answer = SessionDescription { id, sdp, mid_to_track_id: HashMap::new(), ..Default::default() };
        self.engine.answer(answer).expect("the answer is sound")
    }

    /// One whole round.
    fn round(&mut self) -> Offer {
        let offer = self.offer().expect("an offer is wanted");
        let answer = self.answer(&offer);
        assert!(self.take(offer.id, answer));
        offer
    }
}

fn publisher() -> EngineOptions {
    EngineOptions { senders: 1, ..EngineOptions::default() }
}

fn listener() -> EngineOptions {
    EngineOptions { receivers: 1, ..EngineOptions::default() }
}

#[test]
fn the_first_offer_names_the_track_and_holds_nothing_but_opus() {
    let offer = Pair::new(publisher()).round();
    assert_eq!(offer.id, 1);
    assert!(offer.sdp.contains(" audio-0\r\n"), "{}", offer.sdp);
    assert!(offer.sdp.contains("a=sendonly"));
    assert_eq!(offer.sdp.matches("m=").count(), 1);
    assert_eq!(offer.sdp.matches("a=rtpmap:").count(), 1);
    assert!(offer.sdp.contains("opus/48000/2"));
    assert!(offer.sdp.contains("127.0.0.1 4400"), "the candidate is in the offer");
}

#[test]
fn data_channels_are_offered_only_when_asked_for() {
    let with_data = EngineOptions { has_data: true, ..publisher() };
    assert!(Pair::new(with_data).round().sdp.contains("m=application"));
    assert!(!Pair::new(publisher()).round().sdp.contains("m=application"));
}

#[test]
fn a_demand_for_nothing_offers_the_same_again() {
    for options in [publisher(), listener()] {
        let mut pair = Pair::new(options);
        let first = pair.round();
        assert_eq!(pair.offer(), None);
        pair.engine.negotiation.demand(0);
        let second = pair.round();
        assert_eq!(second.id, 2);
        for direction in ["a=sendonly", "a=recvonly"] {
            let count = |offer: &Offer| offer.sdp.matches(direction).count();
            assert_eq!(count(&second), count(&first), "{direction}");
        }
    }
}

#[test]
fn a_section_that_the_server_let_rest_is_offered_again() {
    let mut pair = Pair::new(listener());
    pair.round();
    pair.engine.negotiation.demand(0);
    let offer = pair.offer().expect("it is wanted");
    let resting = pair.answer(&offer).replace("a=sendonly", "a=inactive");
    assert!(pair.take(offer.id, resting));
    pair.engine.negotiation.demand(0);
    assert!(pair.offer().expect("it is wanted").sdp.contains("a=recvonly"));
}

#[test]
fn demanded_sections_are_added_to_those_that_are_there() {
    let mut pair = Pair::new(listener());
    pair.round();
    pair.engine.negotiation.demand(2);
    assert_eq!(pair.round().sdp.matches("a=recvonly").count(), 3);
}

#[test]
fn an_ice_restart_changes_the_credentials_and_keeps_the_candidates() {
    let credentials = |offer: &Offer| {
        offer.sdp.lines().find(|line| line.starts_with("a=ice-ufrag")).map(str::to_owned).expect("every offer has them")
    };
    let mut pair = Pair::new(publisher());
    let first = pair.round();
    pair.engine.negotiation.demand_ice_restart();
    let second = pair.offer().expect("it is wanted");
    assert_ne!(credentials(&first), credentials(&second));
    assert!(second.sdp.contains("127.0.0.1 4400"));
}

#[test]
fn an_answer_to_another_offer_is_ignored() {
    let mut pair = Pair::new(publisher());
    let offer = pair.offer().expect("it is wanted");
    let answer = pair.answer(&offer);
    assert!(!pair.take(7, answer.clone()));
    assert!(pair.take(offer.id, answer));
}

#[test]
fn an_answer_that_cannot_be_read_is_an_error() {
    let mut pair = Pair::new(publisher());
    let id = pair.offer().expect("it is wanted").id;
    let answer = SessionDescription { id, sdp: "nonsense".into(), ..Default::default() };
    assert!(pair.engine.answer(answer).is_err());
}

fn sections(offer: &Offer) -> usize {
    offer.sdp.matches("m=audio").count()
}

#[test]
fn the_section_of_a_track_that_ended_carries_the_next_one() {
    let mut pair = Pair::new(publisher());
    pair.round();
    for _ in 0..3 {
        assert!(pair.engine.is_sending(0));
        pair.engine.release_section(0);
        assert!(!pair.engine.is_sending(0));
        assert!(pair.round().sdp.contains("a=inactive"));
        assert_eq!(pair.engine.reserve_section(), 0);
        assert_eq!(pair.offer(), None, "the server does not know the track yet");
        pair.engine.use_section(0);
        let offer = pair.round();
        assert!(offer.sdp.contains("a=sendonly"));
        assert_eq!(sections(&offer), 1);
    }
}

#[test]
fn a_section_that_is_not_agreed_to_be_idle_is_not_used_again() {
    let mut pair = Pair::new(publisher());
    pair.round();
    pair.engine.release_section(0);
    let offer = pair.offer().expect("it is wanted");
    let section = pair.engine.reserve_section();
    assert_eq!(section, 1);
    pair.engine.use_section(section);
    let answer = pair.answer(&offer);
    assert!(pair.take(offer.id, answer));
    assert!(!pair.engine.is_sending(section));
    assert_eq!(sections(&pair.round()), 2);
    assert!(pair.engine.is_sending(section));
}

#[test]
fn a_section_in_an_offer_that_was_lost_is_offered_again() {
    let mut pair = Pair::new(publisher());
    pair.round();
    let section = pair.engine.reserve_section();
    pair.engine.use_section(section);
    assert_eq!(pair.offer().map(|offer| sections(&offer)), Some(2));
    pair.engine.negotiation.forget_outstanding();
    pair.engine.pending = None;
    let again = pair.round();
    assert_eq!(sections(&again), 2);
    assert!(again.sdp.contains(" audio-1\r\n"), "{}", again.sdp);
    assert!(pair.engine.is_sending(section));
}

#[test]
fn a_track_that_never_came_about_leaves_no_name_behind() {
    let mut pair = Pair::new(publisher());
    pair.round();
    let section = pair.engine.reserve_section();
    pair.engine.release_section(section);
    assert_eq!(pair.offer(), None);
    assert_ne!(pair.engine.reserve_section(), section);
}

#[test]
fn before_it_has_connected_nothing_is_sent() {
    let mut pair = Pair::new(publisher());
    pair.round();
    let payload = bytes::Bytes::from_static(&[0xf8]);
    let packet = OpusPacket { stream: StreamId::unique(), sequence: 0, timestamp: 0, level: None, payload };
    assert_eq!(pair.engine.send_audio(0, &packet, pair.now).ok(), Some(false));
    let later = pair.now + Duration::from_millis(20);
    assert_eq!(pair.engine.send_data(crate::Delivery::Reliable, b"x", later), Err(SendError::NotConnected));
    assert!(!pair.engine.is_up());
}

#[test]
fn what_is_no_media_is_not_taken() {
    let mut pair = Pair::new(publisher());
    pair.round();
    let (from, to) = (SocketAddr::from(([192, 0, 2, 1], 9)), SocketAddr::from(([127, 0, 0, 1], 4400)));
    for datagram in
        [&b""[..], b"x", b"GET / HTTP/1.1\r\n", &[0x80; 40], &[0x16, 0xfe, 0xff, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]]
    {
        let taken = pair.engine.receive(pair.now, str0m::net::Protocol::Udp, (from, to), datagram);
        assert_eq!(taken.ok(), Some(false));
    }
}
