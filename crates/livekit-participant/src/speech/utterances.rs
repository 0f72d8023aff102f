//! What one speaker says, an utterance at a time.

use std::fmt;

use super::decoder::{DecodeError, Decoder, Pcm};
use crate::opus::SAMPLE_RATE;
use crate::voice_activity::{Activity, Cutter, CutterOptions, Piece, Utterance};

/// How speech is found and cut.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SpeechOptions {
    /// How sure the detector must be that it hears a voice, 0 to 1.
    pub threshold: f32,
    /// How utterances are cut.
    pub cutter: CutterOptions,
}

impl Default for SpeechOptions {
    fn default() -> Self {
        Self { threshold: 0.5, cutter: CutterOptions::default() }
    }
}

/// The samples of a packet, and what it did to the utterance under way.
pub type Listened = (Pcm, Vec<Activity<()>>);

/// Listens to the packets of one speaker and says where their utterances begin and end. It keeps no sound: whoever wants that has the
/// samples of every packet.
pub struct Utterances {
    decoder: Decoder,
    detector: Listener,
    cutter: Cutter<()>,
}

impl Utterances {
    /// Nobody has said anything yet.
    pub fn new(options: &SpeechOptions) -> Result<Self, DecodeError> {
        let detector = Listener::new(options.threshold);
        Ok(Self { decoder: Decoder::new()?, detector, cutter: Cutter::new(&options.cutter) })
    }

    /// Whether an utterance is under way.
    pub fn is_speaking(&self) -> bool {
        self.cutter.is_speaking()
    }

    /// Takes the next packet, at its position in samples of 48 kHz. Nothing comes of one that comes twice or late.
    pub fn hear(&mut self, position: u64, packet: &[u8]) -> Result<Option<Listened>, DecodeError> {
        let Some(pcm) = self.decoder.decode(position, packet)? else { return Ok(None) };
        let voice = self.detector.hears_voice(&pcm);
        let duration = u32::try_from(pcm.end() - pcm.position).unwrap_or(u32::MAX);
        let activities = self.cutter.push(Piece { position: pcm.position, duration, voice, content: () });
        Ok(Some((pcm, activities)))
    }

    /// Tells that time has passed, with or without packets: senders that pause send none.
    pub fn advance(&mut self, now: u64) -> Option<Activity<()>> {
        self.cutter.advance(now)
    }

    /// Ends the utterance under way, if there is one: the stream has ended, or what follows is not to be heard (hold).
    pub fn stop(&mut self) -> Option<Utterance<()>> {
        self.cutter.stop()
    }
}

impl fmt::Debug for Utterances {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Utterances")
            .field("decoder", &self.decoder)
            .field("cutter", &self.cutter)
            .finish_non_exhaustive()
    }
}

/// The detector takes 16 ms at a time, and packets are seldom a multiple of that.
struct Listener {
    detector: earshot::Detector,
    threshold: f32,
    rest: Vec<i16>,
    /// What it said last: the answer for a packet that does not complete a frame.
    heard: bool,
    end: u64,
}

const FRAME: usize = 256;

/// Clocks round; what is nearer than 10 ms to what was heard before follows it.
const SEAM: u64 = SAMPLE_RATE as u64 / 100;

impl Listener {
    fn new(threshold: f32) -> Self {
        Self {
            detector: earshot::Detector::default(),
            threshold,
            rest: Vec::with_capacity(2 * FRAME),
            heard: false,
            end: 0,
        }
    }

    /// Whether there is voice in any of the frames that these samples complete.
    fn hears_voice(&mut self, pcm: &Pcm) -> bool {
        if self.end.abs_diff(pcm.position) > SEAM {
            self.rest.clear();
            self.detector.reset();
        }
        self.end = pcm.end();
        self.rest.extend_from_slice(&pcm.samples);
        let (frames, rest) = self.rest.as_chunks::<FRAME>();
        let mut voices = frames.iter().map(|frame| self.detector.predict_i16(frame) >= self.threshold);
        if let Some(first) = voices.next() {
            // The detector has to hear every frame, also behind one with voice in it.
            self.heard = voices.fold(first, |any, voice| any | voice);
        }
        self.rest = rest.to_vec();
        self.heard
    }
}
