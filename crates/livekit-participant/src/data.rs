//! Messages and telephone keys, which travel in data channels as `DataPacket`s.

use std::collections::HashMap;
use std::sync::Arc;

use bytes::Bytes;
use livekit_protocol as proto;
use livekit_protocol::data_packet::Value;
use prost::Message as _;

use crate::error::SendError;

/// The largest packet that is sent: what LiveKit's documentation allows for reliable messages.
const LARGEST: usize = 15 * 1024;

/// Publishers whose sequence numbers are remembered; a room has fewer.
const MOST_PUBLISHERS: usize = 1024;

/// A message to or from other participants.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Message {
    /// Who sent it; `None` for one from the server. Ignored in what is sent: the server fills it in.
    pub from: Option<Arc<str>>,
    /// The identities it is for; empty for everybody.
    pub to: Vec<String>,
    /// What it is about.
    pub topic: Option<String>,
    /// What it says.
    pub payload: Bytes,
    /// How it travels.
    pub delivery: Delivery,
}

/// How a message travels.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Delivery {
    /// In order and without loss while the session lasts.
    #[default]
    Reliable,
    /// At once or not at all.
    Lossy,
}

/// A key of a telephone (RFC 4733 §3.2, events 0 to 15).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct DtmfDigit(u8);

/// The keys in the order of their event codes.
const DIGITS: &[u8; 16] = b"0123456789*#ABCD";

impl DtmfDigit {
    /// The key with this character: `0` to `9`, `*`, `#`, `A` to `D`.
    pub fn from_char(key: char) -> Option<Self> {
        let key = u8::try_from(key.to_ascii_uppercase()).ok()?;
        DIGITS.contains(&key).then_some(Self(key))
    }

    /// Its character.
    pub fn as_char(self) -> char {
        self.0.into()
    }

    /// Its event code.
    pub fn code(self) -> u8 {
        DIGITS.iter().position(|key| *key == self.0).and_then(|code| u8::try_from(code).ok()).unwrap_or_default()
    }

    fn from_packet(packet: &proto::SipDtmf) -> Option<Self> {
        let mut keys = packet.digit.chars();
        match (keys.next(), keys.next()) {
            (Some(key), None) => Self::from_char(key),
            (None, _) => usize::try_from(packet.code).ok().and_then(|code| DIGITS.get(code)).map(|key| Self(*key)),
            _ => None,
        }
    }
}

/// What a data packet was, as far as this crate knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Incoming {
    /// A message.
    Message(Message),
    /// A telephone key.
    Dtmf {
        /// Whose.
        identity: Arc<str>,
        /// Which.
        digit: DtmfDigit,
    },
}

/// A decoded data packet and where it stands in its publisher's sequence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decoded {
    /// What it was; `None` for kinds that are not known here.
    pub incoming: Option<Incoming>,
    publisher: String,
    sequence: u32,
}

/// Reads one data channel message.
///
/// # Errors
/// [`prost::DecodeError`] when it is not a `DataPacket`.
pub fn decode(bytes: &[u8], delivery: Delivery) -> Result<Decoded, prost::DecodeError> {
    let packet = proto::DataPacket::decode(bytes)?;
    let identity: Arc<str> = packet.participant_identity.as_str().into();
    let incoming = match packet.value {
        Some(Value::User(user)) => Some(Incoming::Message(Message {
            from: (!identity.is_empty()).then_some(identity),
            to: packet.destination_identities,
            topic: user.topic,
            payload: user.payload.into(),
            delivery,
        })),
        Some(Value::SipDtmf(dtmf)) => DtmfDigit::from_packet(&dtmf).map(|digit| Incoming::Dtmf { identity, digit }),
        _ => None,
    };
    Ok(Decoded { incoming, publisher: packet.participant_sid, sequence: packet.sequence })
}

/// Writes a message as a data channel message.
pub(crate) fn encode_message(message: Message) -> Result<Vec<u8>, SendError> {
    let user = proto::UserPacket { payload: message.payload.into(), topic: message.topic, ..Default::default() };
    sized(&proto::DataPacket {
        destination_identities: message.to,
        value: Some(Value::User(user)),
        ..Default::default()
    })
}

/// Writes a telephone key as a data channel message.
pub(crate) fn encode_dtmf(digit: DtmfDigit, to: Vec<String>) -> Result<Vec<u8>, SendError> {
    let dtmf = proto::SipDtmf { code: digit.code().into(), digit: digit.as_char().into() };
    sized(&proto::DataPacket { destination_identities: to, value: Some(Value::SipDtmf(dtmf)), ..Default::default() })
}

fn sized(packet: &proto::DataPacket) -> Result<Vec<u8>, SendError> {
    let bytes = packet.encode_to_vec();
    if bytes.len() > LARGEST { Err(SendError::TooLarge) } else { Ok(bytes) }
}

/// Drops reliable packets that came before: after a resume the server may send some again.
#[derive(Debug, Default)]
pub(crate) struct Sequences {
    last: HashMap<String, u32>,
}

impl Sequences {
    /// Whether this packet is new.
    pub(crate) fn is_new(&mut self, packet: &Decoded) -> bool {
        if packet.sequence == 0 || packet.publisher.is_empty() {
            return true;
        }
        let last = self.last.get(&packet.publisher).copied().unwrap_or_default();
        if packet.sequence <= last {
            return false;
        }
        if self.last.len() < MOST_PUBLISHERS || self.last.contains_key(&packet.publisher) {
            self.last.insert(packet.publisher.clone(), packet.sequence);
        }
        true
    }

    /// What was received from whom, for the server to go on from there.
    pub(crate) fn states(&self) -> Vec<proto::DataChannelReceiveState> {
        let state = |(publisher_sid, last_seq): (&String, &u32)| proto::DataChannelReceiveState {
            publisher_sid: publisher_sid.clone(),
            last_seq: *last_seq,
        };
        self.last.iter().map(state).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_comes_back_as_it_was_written() {
        let message = Message {
            to: vec!["bob".into()],
            topic: Some("note".into()),
            payload: Bytes::from_static(b"hello"),
            ..Message::default()
        };
        let bytes = encode_message(message.clone()).expect("the message is small");
        let decoded = decode(&bytes, Delivery::Reliable).expect("the packet was just written");
        assert_eq!(decoded.incoming, Some(Incoming::Message(message)));
    }

    #[test]
    fn every_key_comes_back_as_it_was_written() {
        for (code, key) in "0123456789*#ABCD".chars().enumerate() {
            let digit = DtmfDigit::from_char(key).expect("it is a key");
            assert_eq!(usize::from(digit.code()), code);
            let bytes = encode_dtmf(digit, Vec::new()).expect("the packet is small");
            let decoded = decode(&bytes, Delivery::Reliable).expect("the packet was just written");
            assert_eq!(decoded.incoming, Some(Incoming::Dtmf { identity: "".into(), digit }));
        }
        assert_eq!(DtmfDigit::from_char('x'), None);
        assert_eq!(DtmfDigit::from_char('a').map(DtmfDigit::as_char), Some('A'));
    }

    #[test]
    fn a_key_without_a_character_is_known_by_its_code() {
        let packet = proto::SipDtmf { code: 11, digit: String::new() };
        assert_eq!(DtmfDigit::from_packet(&packet).map(DtmfDigit::as_char), Some('#'));
        let unknown = proto::SipDtmf { code: 99, digit: String::new() };
        assert_eq!(DtmfDigit::from_packet(&unknown), None);
    }

    #[test]
    fn too_large_a_message_is_refused() {
        let message = Message { payload: vec![0; LARGEST].into(), ..Message::default() };
        assert_eq!(encode_message(message), Err(SendError::TooLarge));
    }

    #[test]
    fn a_packet_that_came_before_is_not_new() {
        let packet = |publisher: &str, sequence| Decoded { incoming: None, publisher: publisher.into(), sequence };
        let mut sequences = Sequences::default();
        assert!(sequences.is_new(&packet("PA_a", 3)));
        assert!(!sequences.is_new(&packet("PA_a", 3)));
        assert!(!sequences.is_new(&packet("PA_a", 2)));
        assert!(sequences.is_new(&packet("PA_b", 1)));
        assert!(sequences.is_new(&packet("PA_a", 0)), "lossy packets have no number");
        assert_eq!(sequences.states().len(), 2);
    }
}
