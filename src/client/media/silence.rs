//! The longest time in a transfer with nothing to hear. A pause between two sentences is no gap: while somebody is on
//! the line nothing is counted.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use baton_domain::ids::TransferId;
use baton_domain::time::Span;
use leptos::prelude::*;
use livekit_web::silence_meter::{MeterInput, SilenceMeter};

use super::core::Core;

/// The measurement of one transfer, if any.
#[derive(Default)]
pub struct Silence {
    running: RefCell<Option<Measurement>>,
}

struct Measurement {
    transfer: TransferId,
    meter: SilenceMeter,
    longest_ms: Cell<u64>,
    is_counting: Cell<bool>,
    /// The browser held all sound back for a while: what would be measured is not what was heard.
    is_void: Cell<bool>,
    loops: Vec<MeterInput>,
}

impl Core {
    /// Measures while there is a transfer.
    pub fn measure_silence(self: &Rc<Self>, transfer: Option<TransferId>) {
        let measured = self.ears.silence.running.borrow().as_ref().map(|measurement| measurement.transfer);
        if measured == transfer {
            return;
        }
        if let Some(measurement) = self.ears.silence.running.take() {
            let longest = measurement.finish();
            self.ears.voices.borrow_mut().iter_mut().for_each(|voice| voice.measured = None);
            if !measurement.is_void.get() {
                (self.hooks.silence)(measurement.transfer, longest);
            }
        }
        if let Some(transfer) = transfer {
            let measurement =
                self.engine_if_begun().and_then(|engine| SilenceMeter::new(&engine).ok()).map(|meter| Measurement {
                    transfer,
                    meter,
                    longest_ms: Cell::new(0),
                    is_counting: Cell::new(false),
                    is_void: Cell::new(false),
                    loops: Vec::new(),
                });
            self.ears.silence.running.replace(measurement);
            self.sound_right();
        }
    }

    /// Counts while nobody is on the line: then there is music, or a gap.
    pub fn measure_line(&self, is_line_open: bool) {
        let mut running = self.ears.silence.running.borrow_mut();
        let Some(measurement) = running.as_mut() else { return };
        if self.state.sound_blocked.get_untracked() {
            measurement.is_void.set(true);
        }
        measurement.listen_to_loops(self);
        for voice in
            self.ears.voices.borrow_mut().iter_mut().filter(|voice| voice.is_audible() && voice.measured.is_none())
        {
            voice.measured = measurement.meter.add_track(&voice.track.media_stream_track()).ok();
        }
        if is_line_open {
            measurement.pause();
        } else if !measurement.is_counting.replace(true) {
            measurement.meter.start();
        }
    }
}

impl Measurement {
    fn listen_to_loops(&mut self, core: &Core) {
        if self.loops.is_empty() {
            let (meter, loops) = (&self.meter, &mut self.loops);
            core.ears.files.with_loops(|playing| loops.extend(meter.add_loop(playing)));
        }
    }

    fn pause(&self) {
        if self.is_counting.replace(false) {
            let report = self.meter.stop();
            self.longest_ms.set(self.longest_ms.get().max(report.longest_silence_ms));
        }
    }

    fn finish(&self) -> Span {
        self.pause();
        Span(i64::try_from(self.longest_ms.get()).unwrap_or(i64::MAX))
    }
}
