//! Load for `make soak`: legs that are relayed and recorded for hours, in one process that says how it fares.
//!
//! ```text
//! soak <url> <folder> <token> <token> <token>…
//! ```
//! Three tokens belong to one leg: the relay's in the room where a voice speaks and in the room that it is relayed to, and the
//! recorder's in that second room. The recording is what is judged: whatever is lost on the way is missing there.
//!
//! It says `{"event":"ready"}` once everybody has joined, and every second how many packets were recorded and lost, how often a
//! connection was disturbed, and how far the legs have drifted apart. It ends when its input is closed, and then says how long
//! the recordings are against the packets that they are made of.

use std::error::Error;
use std::fs::File;
use std::io::{BufWriter, Read as _};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use livekit_participant::ogg::{Reader, Writer, WriterOptions};
use livekit_participant::opus::{FRAME_20_MS, SAMPLE_RATE};
use livekit_participant::{
    Arrival, AudioPacket, Event, Events, JoinOptions, Participant, PublishOptions, Relay, StreamId, Subscribe,
};

/// How many seconds are looked at together for drift: in each of them some packets have come without delay.
const WINDOW: u64 = 10;

type Failure = Box<dyn Error + Send + Sync>;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [url, folder, tokens @ ..] = arguments.as_slice() else { return Err("soak <url> <folder> <token>…".into()) };
    let mut legs = Vec::new();
    for (index, tokens) in tokens.as_chunks::<3>().0.iter().enumerate() {
        legs.push(Leg::begin(url, &Path::new(folder).join(format!("{index}.opus")), tokens).await?);
    }
    println!(r#"{{"event":"ready"}}"#);
    let until_closed = tokio::task::spawn_blocking(|| std::io::stdin().read_to_end(&mut Vec::new()));
    tokio::select! {
        () = report(&legs) => {}
        closed = until_closed => drop(closed?),
    }
    let mut worst = 0;
    for leg in legs {
        worst = worst.max(leg.end().await?);
    }
    println!(r#"{{"event":"end","mismatch_ms":{worst}}}"#);
    Ok(())
}

async fn report(legs: &[Leg]) {
    let mut seconds = tokio::time::interval(Duration::from_secs(1));
    seconds.tick().await;
    let mut second = 0;
    loop {
        seconds.tick().await;
        second += 1;
        let ends_window = second % WINDOW == 0;
        let meters: Vec<Meter> = legs.iter().map(|leg| leg.read(ends_window)).collect();
        let sum = |part: fn(&Meter) -> u64| meters.iter().map(part).sum::<u64>();
        let drifts = || meters.iter().filter_map(Meter::drift);
        let drift = drifts().fold(f64::MIN, f64::max) - drifts().fold(f64::MAX, f64::min);
        let (recorded, lost) = (sum(|meter| meter.recorded), sum(|meter| meter.lost));
        let (disturbed, dropped) = (sum(|meter| meter.disturbed), sum(|meter| meter.dropped));
        println!(
            r#"{{"event":"second","recorded":{recorded},"lost":{lost},"dropped":{dropped},"disturbed":{disturbed},"drift_ms":{}}}"#,
            if drift.is_finite() && drift >= 0.0 { drift } else { 0.0 }
        );
    }
}

/// What is known of one recording so far.
#[derive(Debug, Clone, Default)]
struct Meter {
    recorded: u64,
    lost: u64,
    dropped: u64,
    disturbed: u64,
    newest: Option<(StreamId, u64)>,
    /// The first packet: its timestamp, and when it came.
    origin: Option<(u64, Instant)>,
    /// How far the sound of this window is ahead of the clock, in ms, where it is furthest: there no delay is in it.
    ahead: Option<f64>,
    /// The same in the last whole window, and in the first one.
    last_ahead: Option<f64>,
    first_ahead: Option<f64>,
}

impl Meter {
    fn take(&mut self, packet: &AudioPacket) {
        self.recorded += 1;
        match self.newest {
            Some((stream, newest)) if stream == packet.stream && packet.sequence > newest => {
                self.lost += packet.sequence - newest - 1;
                self.newest = Some((stream, packet.sequence));
            }
            // It was counted as lost when the one after it came.
            Some((stream, _)) if stream == packet.stream => self.lost = self.lost.saturating_sub(1),
            _ => self.newest = Some((packet.stream, packet.sequence)),
        }
        let (timestamp, came_at) = *self.origin.get_or_insert((packet.timestamp, packet.received_at));
        let sound = milliseconds(packet.timestamp.saturating_sub(timestamp));
        let ahead = sound - packet.received_at.duration_since(came_at).as_secs_f64() * 1000.0;
        self.ahead = Some(self.ahead.map_or(ahead, |before| before.max(ahead)));
    }

    /// How far it has moved against the clock since its first window.
    fn drift(&self) -> Option<f64> {
        Some(self.last_ahead? - self.first_ahead?)
    }
}

/// One voice: relayed from one room into another, and recorded there.
struct Leg {
    participants: Vec<Participant>,
    meter: Arc<Mutex<Meter>>,
    recording: tokio::task::JoinHandle<Result<u64, Failure>>,
    file: std::path::PathBuf,
}

impl Leg {
    async fn begin(url: &str, file: &Path, [here, there, recorder]: &[String; 3]) -> Result<Self, Failure> {
        let hears = |token: &String| JoinOptions::new(url, token.clone()).subscribe(Subscribe::AllAudio);
        let publishes = JoinOptions::new(url, there.clone()).publish(PublishOptions::new("relay"));
        let (there, _) = Participant::join(publishes).await?;
        let (here, at_home) = Participant::join(hears(here)).await?;
        let (recorder, events) = Participant::join(hears(recorder)).await?;
        let track = there.track(0).ok_or("nothing is published")?.clone();
        tokio::spawn(Relay::new("voice", track).run(at_home));
        let meter = Arc::<Mutex<Meter>>::default();
        let writer = Writer::new(BufWriter::new(File::create(file)?), &WriterOptions::default())?;
        let recording = tokio::spawn(record(events, writer, Arc::clone(&meter)));
        Ok(Self { participants: vec![recorder, here, there], meter, recording, file: file.to_owned() })
    }

    /// The meter as it stands; if so wished, another window begins.
    fn read(&self, ends_window: bool) -> Meter {
        let dropped = self.participants.iter().map(|participant| {
            let metrics = participant.metrics();
            metrics.events_dropped + metrics.packets_unsent
        });
        let mut meter = self.meter.lock().unwrap_or_else(PoisonError::into_inner);
        meter.dropped = dropped.sum();
        if ends_window {
            meter.last_ahead = meter.ahead.take();
            meter.first_ahead = meter.first_ahead.or(meter.last_ahead);
        }
        meter.clone()
    }

    /// Ends it, and tells by how many ms the file is longer or shorter than what it was made of.
    async fn end(self) -> Result<u64, Failure> {
        for participant in self.participants {
            participant.leave().await;
        }
        let expected = self.recording.await??;
        let packets = Reader::new(std::io::BufReader::new(File::open(self.file)?))?;
        let mut recorded = 0;
        for packet in packets {
            let packet = packet?;
            recorded += u64::from(packet.duration - packet.skip - packet.trim);
        }
        Ok(recorded.abs_diff(expected) / u64::from(SAMPLE_RATE / 1000))
    }
}

/// Records until the participant has left; tells how long the recording should be, in samples.
async fn record(
    mut events: Events,
    mut writer: Writer<BufWriter<File>>,
    meter: Arc<Mutex<Meter>>,
) -> Result<u64, Failure> {
    let mut origin = None;
    let mut end = 0;
    while let Some(event) = events.next().await {
        match event {
            Event::Audio(packet) => {
                let position = packet.timestamp.saturating_sub(*origin.get_or_insert(packet.timestamp));
                writer.write(position, &packet.payload)?;
                end = end.max(position + u64::from(FRAME_20_MS));
                meter.lock().unwrap_or_else(PoisonError::into_inner).take(&packet);
            }
            Event::Connected(connected) if connected.arrival != Arrival::Joined => {
                meter.lock().unwrap_or_else(PoisonError::into_inner).disturbed += 1;
            }
            _ => {}
        }
    }
    writer.finish(end)?;
    Ok(end)
}

/// Samples as ms.
#[expect(clippy::cast_precision_loss, reason = "hours of samples are far from 2^52")]
fn milliseconds(samples: u64) -> f64 {
    samples as f64 * 1000.0 / f64::from(SAMPLE_RATE)
}
