//! Cutting what one speaker says into utterances, for speech recognition that takes pieces rather than a stream.
//!
//! [`Cutter`] knows nothing of sound: it is told, for every piece of a timed stream, whether there is voice in it, and
//! decides where utterances begin and end. Where the packets say so themselves ([`crate::opus::Packet::voice_flag`]: SILK,
//! which is what browsers and phones send for speech at up to some 40 kbit/s) that needs no codec: [`voice_of`]. The
//! feature `speech` decodes and listens instead.

use std::collections::VecDeque;
use std::time::Duration;

use bytes::Bytes;

use crate::ogg::{self, WriteError, WriterOptions};
use crate::opus::{self, OpusError, Packet, SAMPLE_RATE};

/// How utterances are cut. The defaults suit a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CutterOptions {
    /// How much from before the first voice belongs to the utterance: the soft beginnings of words.
    pub pre_roll: Duration,
    /// How much voice there must be within [`Self::pre_roll`] for an utterance to begin: a click is none.
    pub onset: Duration,
    /// How long a pause ends an utterance. Some silence stays at its end: the same as [`Self::pre_roll`] at most.
    pub hang_over: Duration,
    /// Longer ones are cut in two, without a hole between them.
    pub longest: Duration,
}

impl Default for CutterOptions {
    fn default() -> Self {
        Self {
            pre_roll: Duration::from_millis(300),
            onset: Duration::from_millis(60),
            hang_over: Duration::from_millis(600),
            longest: Duration::from_secs(30),
        }
    }
}

/// A piece of a timed stream: a packet, or samples, or both.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece<T> {
    /// Where it begins, in samples of 48 kHz.
    pub position: u64,
    /// How long it lasts, in samples of 48 kHz.
    pub duration: u32,
    /// Whether there is voice in it.
    pub voice: bool,
    /// What it holds.
    pub content: T,
}

impl<T> Piece<T> {
    fn end(&self) -> u64 {
        self.position.saturating_add(u64::from(self.duration))
    }
}

/// Why an utterance ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EndedBy {
    /// The speaker paused.
    Pause,
    /// It was as long as an utterance may be; the next one follows at once.
    Length,
    /// The stream ended, or was interrupted ([`Cutter::stop`]).
    Stop,
}

/// What somebody said between two pauses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Utterance<T> {
    /// Where it begins, in samples of 48 kHz: with its pre-roll.
    pub start: u64,
    /// Where it ends.
    pub end: u64,
    /// Why it ended there.
    pub ended_by: EndedBy,
    /// Its pieces in order. Where the sender paused, there are holes between them.
    pub pieces: Vec<Piece<T>>,
}

impl<T: AsRef<[u8]>> Utterance<T> {
    /// The utterance as a file, for recognisers that take files.
    pub fn to_ogg(&self) -> Result<Vec<u8>, WriteError> {
        let mut file = ogg::Writer::new(Vec::new(), &WriterOptions::default())?;
        for piece in &self.pieces {
            let packet = piece.content.as_ref();
            // What makes up for a loss comes first in a piece, and its packet last.
            let position = piece.end().saturating_sub(u64::from(opus::duration(packet)?));
            file.write(position.saturating_sub(self.start), packet)?;
        }
        file.finish(self.end - self.start)
    }
}

/// What a piece brought about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Activity<T> {
    /// Somebody has begun to speak, at this position.
    Began(u64),
    /// They have paused, or spoken for as long as an utterance may be.
    Ended(Utterance<T>),
}

/// Decides where utterances begin and end.
#[derive(Debug)]
pub struct Cutter<T> {
    options: Samples,
    /// The utterance under way, or what may become the pre-roll of the next.
    pieces: VecDeque<Piece<T>>,
    /// Where the last voice of the utterance under way ended; `None` while nobody speaks.
    heard_until: Option<u64>,
}

/// [`CutterOptions`] in samples.
#[derive(Debug)]
struct Samples {
    pre_roll: u64,
    onset: u64,
    hang_over: u64,
    longest: u64,
}

impl<T> Cutter<T> {
    /// Nobody has said anything yet.
    pub fn new(options: &CutterOptions) -> Self {
        let options = Samples {
            pre_roll: samples(options.pre_roll),
            onset: samples(options.onset.min(options.pre_roll)),
            hang_over: samples(options.hang_over),
            longest: samples(options.longest),
        };
        Self { options, pieces: VecDeque::new(), heard_until: None }
    }

    /// Whether an utterance is under way.
    pub fn is_speaking(&self) -> bool {
        self.heard_until.is_some()
    }

    /// Takes the next piece. Pieces come in order.
    pub fn push(&mut self, piece: Piece<T>) -> Vec<Activity<T>> {
        let mut activities: Vec<_> = self.advance(piece.position).into_iter().collect();
        if self.is_speaking() && piece.voice {
            self.heard_until = Some(piece.end());
        }
        let end = piece.end();
        self.pieces.push_back(piece);
        activities.extend(if self.is_speaking() { self.cut(end) } else { self.begin(end) });
        activities
    }

    /// Tells that time has passed, with or without pieces: senders that pause send none.
    pub fn advance(&mut self, now: u64) -> Option<Activity<T>> {
        let heard_until = self.heard_until?;
        if now.saturating_sub(heard_until) < self.options.hang_over {
            return None;
        }
        let keep_until = heard_until.saturating_add(self.options.pre_roll);
        let kept = self.pieces.iter().take_while(|piece| piece.position < keep_until).count();
        let silence = self.pieces.split_off(kept);
        let ended = self.end(EndedBy::Pause);
        self.pieces = silence;
        ended.map(Activity::Ended)
    }

    /// Ends the utterance under way, if there is one: the stream has ended, or what follows is not to be heard (hold).
    pub fn stop(&mut self) -> Option<Utterance<T>> {
        let ended = self.heard_until.and_then(|_| self.end(EndedBy::Stop));
        self.pieces.clear();
        ended
    }

    /// Begins an utterance when there was enough voice lately.
    fn begin(&mut self, now: u64) -> Option<Activity<T>> {
        let from = now.saturating_sub(self.options.pre_roll);
        while self.pieces.front().is_some_and(|piece| piece.end() <= from) {
            self.pieces.pop_front();
        }
        let voiced = || self.pieces.iter().filter(|piece| piece.voice);
        let heard_until = voiced().next_back()?.end();
        if voiced().map(|piece| u64::from(piece.duration)).sum::<u64>() < self.options.onset {
            return None;
        }
        self.heard_until = Some(heard_until);
        self.pieces.front().map(|first| Activity::Began(first.position))
    }

    /// Cuts an utterance that has become too long, and goes on with the next.
    fn cut(&mut self, now: u64) -> Option<Activity<T>> {
        let heard_until = self.heard_until;
        if now.saturating_sub(self.pieces.front()?.position) < self.options.longest {
            return None;
        }
        let ended = self.end(EndedBy::Length);
        self.heard_until = heard_until;
        ended.map(Activity::Ended)
    }

    /// Takes the utterance under way. There is none when all that followed a cut was silence.
    fn end(&mut self, ended_by: EndedBy) -> Option<Utterance<T>> {
        self.heard_until = None;
        let pieces = Vec::from(std::mem::take(&mut self.pieces));
        if !pieces.iter().any(|piece| piece.voice) {
            return None;
        }
        let (start, end) = (pieces.first()?.position, pieces.last()?.end());
        Some(Utterance { start, end, ended_by, pieces })
    }
}

/// A packet as a piece, with the voice flag that its sender's encoder gave it. CELT has no such flag: there `otherwise`
/// decides, for example by the audio level that came with the packet (RFC 6464) or by the room's active speakers.
pub fn voice_of(position: u64, packet: Bytes, otherwise: bool) -> Result<Piece<Bytes>, OpusError> {
    let parsed = Packet::parse(&packet)?;
    let (duration, voice) = (parsed.duration(), parsed.voice_flag().unwrap_or(otherwise));
    Ok(Piece { position, duration, voice, content: packet })
}

fn samples(time: Duration) -> u64 {
    u64::try_from(time.as_micros() * u128::from(SAMPLE_RATE) / 1_000_000).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests;
