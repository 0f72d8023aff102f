//! Where somebody speaks.

use std::collections::VecDeque;
use std::time::Duration;

use livekit_participant::opus::SAMPLE_RATE;
use livekit_participant::voice_activity::{Activity, Cutter, CutterOptions, Piece, Utterance as Cut};

use crate::RATE;

/// What the detector takes at once: 16 ms.
const FRAME: usize = 256;
/// Positions of the cutter are counted at 48 kHz.
const RATIO: u64 = (SAMPLE_RATE / RATE) as u64;
/// How sure the detector must be.
const THRESHOLD: f32 = 0.5;
/// The same as in a call: recognisers answer within it, and a line is not too long to read.
const LONGEST: Duration = Duration::from_secs(15);

/// What is said between two pauses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Utterance {
    /// When it begins, since the beginning of the file.
    pub from: Duration,
    /// When it ends.
    pub to: Duration,
    /// All of it, at [`RATE`](crate::RATE).
    pub samples: Vec<i16>,
}

/// Finds utterances in samples.
pub struct Voices {
    detector: earshot::Detector,
    cutter: Cutter<Vec<i16>>,
    waiting: Vec<i16>,
    /// Where the samples that wait begin, at [`RATE`].
    position: u64,
    found: VecDeque<Utterance>,
}

impl Voices {
    pub fn new() -> Self {
        let options = CutterOptions { longest: LONGEST, ..CutterOptions::default() };
        Self {
            detector: earshot::Detector::default(),
            cutter: Cutter::new(&options),
            waiting: Vec::new(),
            position: 0,
            found: VecDeque::new(),
        }
    }

    /// How much was listened to.
    pub fn heard(&self) -> Duration {
        span(self.position)
    }

    /// The next samples.
    pub fn push(&mut self, samples: &[i16]) {
        self.waiting.extend_from_slice(samples);
        let waiting = std::mem::take(&mut self.waiting);
        let (frames, rest) = waiting.as_chunks::<FRAME>();
        for frame in frames {
            let voice = self.detector.predict_i16(frame) >= THRESHOLD;
            self.piece(frame.to_vec(), voice);
        }
        self.waiting = rest.to_vec();
    }

    /// Nothing was there until this position, at [`RATE`]: nobody speaks across such a hole.
    pub fn skip_to(&mut self, position: u64) {
        self.finish();
        self.detector.reset();
        self.position = self.position.max(position);
    }

    /// Nothing more comes.
    pub fn finish(&mut self) {
        let rest = std::mem::take(&mut self.waiting);
        if !rest.is_empty() {
            // Too short to be listened to, and part of whatever it follows.
            let voice = self.cutter.is_speaking();
            self.piece(rest, voice);
        }
        self.found.extend(self.cutter.stop().map(whole));
    }

    /// What was found.
    pub fn take(&mut self) -> Option<Utterance> {
        self.found.pop_front()
    }

    /// Where the next sample will be, at [`RATE`].
    pub fn end(&self) -> u64 {
        self.position + self.waiting.len() as u64
    }

    fn piece(&mut self, content: Vec<i16>, voice: bool) {
        let length = content.len() as u64;
        let duration = u32::try_from(length * RATIO).unwrap_or(u32::MAX);
        let piece = Piece { position: self.position * RATIO, duration, voice, content };
        self.position += length;
        for activity in self.cutter.push(piece) {
            if let Activity::Ended(utterance) = activity {
                self.found.push_back(whole(utterance));
            }
        }
    }
}

fn whole(cut: Cut<Vec<i16>>) -> Utterance {
    let samples = cut.pieces.into_iter().flat_map(|piece| piece.content).collect();
    Utterance { from: span(cut.start / RATIO), to: span(cut.end / RATIO), samples }
}

/// How long so many samples last.
pub fn span(samples: u64) -> Duration {
    let rate = u64::from(RATE);
    Duration::from_secs(samples / rate) + Duration::from_micros(samples % rate * 1_000_000 / rate)
}
