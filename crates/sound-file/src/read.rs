//! A file from its first packet to its last.

use std::fmt;
use std::fs::File;
use std::io::ErrorKind;
use std::path::Path;
use std::time::Duration;

use livekit_participant::opus;
use livekit_participant::speech::Decoder;
use symphonia::core::codecs::CodecParameters;
use symphonia::core::codecs::audio::well_known::CODEC_ID_OPUS;
use symphonia::core::codecs::audio::{AudioCodecParameters, AudioDecoder, AudioDecoderOptions};
use symphonia::core::errors::Error;
use symphonia::core::formats::probe::Hint;
use symphonia::core::formats::{FormatOptions, FormatReader, Track, TrackType};
use symphonia::core::io::{MediaSourceStream, MediaSourceStreamOptions};
use symphonia::core::meta::MetadataOptions;
use symphonia::core::packet::Packet;
use thiserror::Error;

use crate::RATE;
use crate::kind::Kind;
use crate::resample::Resampling;
use crate::voice::{Utterance, Voices};

/// A file that goes on for longer is none: silence compresses to nothing.
const LONGEST: Duration = Duration::from_hours(24);
/// So many damaged packets in a row are the end.
const DAMAGED: u32 = 64;
/// A hole between two packets that is longer than this is one; shorter ones are a container's rounding.
const HOLE: u64 = opus::LONGEST_PACKET as u64;
/// Samples of 48 kHz for each of ours.
const RATIO: u64 = (opus::SAMPLE_RATE / RATE) as u64;

/// Why a file gives no utterance.
#[derive(Debug, Error)]
pub enum ReadError {
    /// The file cannot be opened or read.
    #[error("the file cannot be read")]
    Io(#[from] std::io::Error),
    /// It is no sound, or of a kind that nobody here decodes.
    #[error("the file is no sound of a known kind")]
    Unreadable,
    /// It goes on for longer than anybody speaks.
    #[error("the file is longer than a day")]
    TooLong,
}

/// A file that is being read.
pub struct SoundFile {
    format: Box<dyn FormatReader>,
    track: u32,
    duration: Option<Duration>,
    codec: Codec,
    voices: Voices,
    /// Whether anything could be decoded.
    is_sound: bool,
    is_over: bool,
}

enum Codec {
    Opus(Opus),
    Other(Other),
}

/// Opus packets, which nobody but libopus decodes as well.
struct Opus {
    decoder: Decoder,
    /// Nanoseconds of one tick of the container's clock, for holes.
    tick_ns: u128,
    /// Where the next packet is expected, at 48 kHz; where the first was, is the beginning.
    next: Option<(i64, u64)>,
}

struct Other {
    decoder: Box<dyn AudioDecoder>,
    resampling: Option<Resampling>,
    samples: Vec<f32>,
}

impl fmt::Debug for SoundFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SoundFile")
            .field("track", &self.track)
            .field("duration", &self.duration)
            .finish_non_exhaustive()
    }
}

impl SoundFile {
    /// Opens a file. What `kind` says is a hint and no more.
    pub fn open(path: &Path, kind: Option<&Kind>) -> Result<Self, ReadError> {
        let stream = MediaSourceStream::new(Box::new(File::open(path)?), MediaSourceStreamOptions::default());
        let mut hint = Hint::new();
        if let Some(kind) = kind {
            hint.with_extension(kind.extension);
        }
        let probe = symphonia::default::get_probe();
        let format = probe
            .probe(&hint, stream, FormatOptions::default(), MetadataOptions::default())
            .map_err(|_| ReadError::Unreadable)?;
        let track = format.default_track(TrackType::Audio).ok_or(ReadError::Unreadable)?;
        let Some(CodecParameters::Audio(parameters)) = &track.codec_params else { return Err(ReadError::Unreadable) };
        let codec = Codec::new(track, parameters)?;
        let (track, duration) = (track.id, duration(track));
        Ok(Self { format, track, duration, codec, voices: Voices::new(), is_sound: false, is_over: false })
    }

    /// How long it says it is. Files that a browser recorded do not say.
    pub fn duration(&self) -> Option<Duration> {
        self.duration
    }

    /// How much of it was read.
    pub fn read(&self) -> Duration {
        self.voices.heard()
    }

    /// What is said next; nothing when the file is over. Reading takes a while: it is for a thread of its own.
    pub fn next_utterance(&mut self) -> Result<Option<Utterance>, ReadError> {
        loop {
            if let Some(utterance) = self.voices.take() {
                return Ok(Some(utterance));
            }
            if self.is_over {
                return if self.is_sound { Ok(None) } else { Err(ReadError::Unreadable) };
            }
            if let Some(packet) = self.next_packet()? {
                self.is_sound |= self.codec.decode(&packet, &mut self.voices)?;
            } else {
                self.is_over = true;
                self.codec.finish(&mut self.voices)?;
                self.voices.finish();
            }
            if self.voices.heard() > LONGEST {
                return Err(ReadError::TooLong);
            }
        }
    }

    fn next_packet(&mut self) -> Result<Option<Packet>, ReadError> {
        let mut damaged = 0;
        loop {
            match self.format.next_packet() {
                Ok(Some(packet)) if packet.track_id == self.track => return Ok(Some(packet)),
                // A reader that finds no way on says so for ever.
                Err(Error::DecodeError(_)) if damaged < DAMAGED => damaged += 1,
                Ok(Some(_)) => {}
                // Cut short, as by a browser that was closed, or another stream behind this one: what was there counts.
                Ok(None) | Err(Error::ResetRequired) => return Ok(None),
                Err(Error::IoError(error)) if error.kind() == ErrorKind::UnexpectedEof => return Ok(None),
                Err(Error::IoError(error)) => return Err(ReadError::Io(error)),
                Err(_) => return if self.is_sound { Ok(None) } else { Err(ReadError::Unreadable) },
            }
        }
    }
}

fn duration(track: &Track) -> Option<Duration> {
    let nanoseconds = track.time_base?.calc_duration(track.duration?)?.as_nanos();
    u64::try_from(nanoseconds).ok().map(Duration::from_nanos).filter(|duration| !duration.is_zero())
}

impl Codec {
    fn new(track: &Track, parameters: &AudioCodecParameters) -> Result<Self, ReadError> {
        if parameters.codec == CODEC_ID_OPUS {
            let decoder = Decoder::new().map_err(|_| ReadError::Unreadable)?;
            let tick = track.time_base.map_or((1, opus::SAMPLE_RATE), |base| (base.numer.get(), base.denom.get()));
            let tick_ns = u128::from(tick.0) * 1_000_000_000 / u128::from(tick.1.max(1));
            return Ok(Self::Opus(Opus { decoder, tick_ns, next: None }));
        }
        let decoder = symphonia::default::get_codecs().make_audio_decoder(parameters, &AudioDecoderOptions::default());
        let decoder = decoder.map_err(|_| ReadError::Unreadable)?;
        Ok(Self::Other(Other { decoder, resampling: None, samples: Vec::new() }))
    }

    /// Whether it was sound.
    fn decode(&mut self, packet: &Packet, voices: &mut Voices) -> Result<bool, ReadError> {
        match self {
            Self::Opus(opus) => Ok(opus.decode(packet, voices)),
            Self::Other(other) => other.decode(packet, voices),
        }
    }

    fn finish(&mut self, voices: &mut Voices) -> Result<(), ReadError> {
        if let Self::Other(Other { resampling: Some(resampling), .. }) = self {
            voices.push(&resampling.finish()?);
        }
        Ok(())
    }
}

impl Opus {
    fn decode(&mut self, packet: &Packet, voices: &mut Voices) -> bool {
        let Ok(parsed) = opus::Packet::parse(&packet.data) else { return false };
        let pts = packet.pts.get();
        let (first, expected) = self.next.unwrap_or((pts, 0));
        let position = self.position(pts, first).filter(|at| *at > expected + HOLE).unwrap_or(expected);
        self.next = Some((first, position + u64::from(parsed.duration())));
        let Ok(Some(pcm)) = self.decoder.decode(position, &packet.data) else { return false };
        let at = pcm.position / RATIO;
        if at > voices.end() {
            voices.skip_to(at);
        }
        voices.push(&pcm.samples);
        true
    }

    /// Where a packet is by the container's clock, at 48 kHz.
    fn position(&self, pts: i64, first: i64) -> Option<u64> {
        let ticks = u128::from(u64::try_from(pts.checked_sub(first)?).ok()?);
        u64::try_from(ticks.checked_mul(self.tick_ns)? * u128::from(opus::SAMPLE_RATE) / 1_000_000_000).ok()
    }
}

impl Other {
    fn decode(&mut self, packet: &Packet, voices: &mut Voices) -> Result<bool, ReadError> {
        // A damaged packet is passed over, like a click.
        let Ok(decoded) = self.decoder.decode(packet) else { return Ok(false) };
        let (rate, channels) = (decoded.spec().rate(), decoded.spec().channels().count());
        self.samples.resize(decoded.samples_interleaved(), 0.0);
        decoded.copy_to_slice_interleaved(&mut self.samples);
        let resampling = match &mut self.resampling {
            Some(resampling) if resampling.from() == rate => resampling,
            changed => changed.insert(Resampling::new(rate)?),
        };
        voices.push(&resampling.push(&self.samples, channels)?);
        Ok(!self.samples.is_empty())
    }
}
