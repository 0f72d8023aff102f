//! The longest silence in what a page plays.

use std::cell::RefCell;
use std::rc::Rc;

use wasm_bindgen::JsCast;
use web_sys::{AnalyserNode, AudioNode, DelayNode, GainNode, MediaStreamTrack};

use crate::audio::{AudioEngine, AudioError};
use crate::interval::Interval;
use crate::level::stream_source;
use crate::looping::Loop;
use crate::silence::SilenceTracker;

/// The longest window an analyser has: 683 ms at 48 kHz.
const WINDOW: u32 = 32_768;
/// Browsers wake a hidden page once a second only, so several windows lie behind each other: 2.7 s in all.
const STAGES: usize = 4;
const POLL_MS: i32 = 250;

/// Measures the longest silence of everything fed to it, mixed. Dropping it ends it.
pub struct SilenceMeter {
    engine: AudioEngine,
    bus: GainNode,
    stages: Rc<Stages>,
    run: RefCell<Option<Run>>,
}

/// What a meter has seen. Times are those of the signal, so a suspended engine adds nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SilenceReport {
    /// The longest silence since the start, the present one included.
    pub longest_silence_ms: u64,
    /// How long it has been silent up to now.
    pub current_silence_ms: u64,
    /// How much was examined.
    pub observed_ms: u64,
    /// How much went by unexamined, because the page was kept from running for seconds.
    pub missed_ms: u64,
}

/// Something that a meter listens to; dropping it disconnects it.
#[must_use = "dropping it disconnects it from the meter"]
pub struct MeterInput {
    node: AudioNode,
    bus: GainNode,
}

struct Run {
    tracker: Rc<RefCell<SilenceTracker>>,
    _poll: Interval,
}

impl SilenceMeter {
    /// A meter that hears nothing yet and does not count yet.
    pub fn new(engine: &AudioEngine) -> Result<Self, AudioError> {
        let bus = engine.context().create_gain().map_err(|error| AudioError::from_js(&error))?;
        let stages = Rc::new(Stages::behind(engine, &bus)?);
        Ok(Self { engine: engine.clone(), bus, stages, run: RefCell::default() })
    }

    /// Listens to a track too. Somebody else's must be attached as well, or Chromium delivers silence.
    pub fn add_track(&self, track: &MediaStreamTrack) -> Result<MeterInput, AudioError> {
        self.add_node(stream_source(&self.engine, track)?.unchecked_into())
    }

    /// Listens to a loop too, of the same engine.
    pub fn add_loop(&self, playing: &Loop) -> Result<MeterInput, AudioError> {
        self.add_node(playing.output().clone().unchecked_into())
    }

    /// Counts from now on, from nothing.
    pub fn start(&self) {
        let context = self.engine.context();
        let tracker = Rc::new(RefCell::new(SilenceTracker::new(context.sample_rate(), context.current_time())));
        let (stages, polled) = (self.stages.clone(), tracker.clone());
        let poll = Interval::new(POLL_MS, move || stages.examine(&mut polled.borrow_mut()));
        self.run.replace(Some(Run { tracker, _poll: poll }));
    }

    /// Stops to count, and gives the result.
    pub fn stop(&self) -> SilenceReport {
        let report = self.report();
        self.run.take();
        report
    }

    /// What was seen so far, up to this moment; nothing unless started.
    pub fn report(&self) -> SilenceReport {
        let run = self.run.borrow();
        let Some(run) = run.as_ref() else { return SilenceReport::default() };
        let mut tracker = run.tracker.borrow_mut();
        self.stages.examine(&mut tracker);
        SilenceReport {
            longest_silence_ms: tracker.longest_silence_ms(),
            current_silence_ms: tracker.current_silence_ms(),
            observed_ms: tracker.observed_ms(),
            missed_ms: tracker.missed_ms(),
        }
    }

    /// The longest silence since the start.
    pub fn longest_silence_ms(&self) -> u64 {
        self.report().longest_silence_ms
    }

    fn add_node(&self, node: AudioNode) -> Result<MeterInput, AudioError> {
        node.connect_with_audio_node(&self.bus).map_err(|error| AudioError::from_js(&error))?;
        Ok(MeterInput { node, bus: self.bus.clone() })
    }
}

impl Drop for SilenceMeter {
    fn drop(&mut self) {
        self.stages.disconnect();
        let _ = self.bus.disconnect();
    }
}

impl Drop for MeterInput {
    fn drop(&mut self) {
        // Only this edge: a loop goes on to its loudspeaker. It fails only when already gone.
        let _ = self.node.disconnect_with_audio_node(&self.bus);
    }
}

/// Analysers behind each other, each seeing what the one before saw a window ago; the first sees the present.
struct Stages {
    engine: AudioEngine,
    analysers: Vec<AnalyserNode>,
    delays: Vec<DelayNode>,
    samples: RefCell<Vec<f32>>,
}

impl Stages {
    fn behind(engine: &AudioEngine, bus: &GainNode) -> Result<Self, AudioError> {
        let in_words = |error| AudioError::from_js(&error);
        let context = engine.context();
        let window_s = f64::from(WINDOW) / f64::from(context.sample_rate());
        let mut stages =
            Self { engine: engine.clone(), analysers: Vec::new(), delays: Vec::new(), samples: RefCell::default() };
        let mut before: AudioNode = bus.clone().unchecked_into();
        for stage in 0..STAGES {
            if stage > 0 {
                let delay = context.create_delay_with_max_delay_time(window_s).map_err(in_words)?;
                #[expect(clippy::cast_possible_truncation, reason = "the browser keeps it as f32 anyway")]
                delay.delay_time().set_value(window_s as f32);
                before.connect_with_audio_node(&delay).map_err(in_words)?;
                before = delay.clone().unchecked_into();
                stages.delays.push(delay);
            }
            let analyser = context.create_analyser().map_err(in_words)?;
            analyser.set_fft_size(WINDOW);
            before.connect_with_audio_node(&analyser).map_err(in_words)?;
            stages.analysers.push(analyser);
        }
        Ok(stages)
    }

    /// Reads only as many windows as have something new.
    fn examine(&self, tracker: &mut SilenceTracker) {
        let now = self.engine.context().current_time();
        let needed = usize::try_from(tracker.pending(now).div_ceil(u64::from(WINDOW))).unwrap_or(STAGES);
        let analysers = &self.analysers[..needed.min(STAGES)];
        let window = WINDOW as usize;
        let mut samples = self.samples.borrow_mut();
        samples.resize(window * analysers.len(), 0.0);
        for (analyser, part) in analysers.iter().rev().zip(samples.chunks_exact_mut(window)) {
            analyser.get_float_time_domain_data(part);
        }
        tracker.examine(now, &samples);
    }

    fn disconnect(&self) {
        for delay in &self.delays {
            let _ = delay.disconnect();
        }
        for analyser in &self.analysers {
            let _ = analyser.disconnect();
        }
    }
}
