//! Records every track of a room into an Ogg-Opus file of its own, until interrupted.
//!
//! ```sh
//! LIVEKIT_URL=ws://127.0.0.1:7880 LIVEKIT_TOKEN=… cargo run --example recorder -- recordings
//! ```
//!
//! All files begin when their track was first heard and last until it ended or the recorder stopped. Loss, mute and outages are
//! silence in them, so nothing shifts.

use std::collections::HashMap;
use std::error::Error;
use std::fs::File;
use std::io::BufWriter;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use livekit_participant::ogg::{Writer, WriterOptions};
use livekit_participant::opus::SAMPLE_RATE;
use livekit_participant::{AudioPacket, Event, JoinOptions, Participant, StreamId, Subscribe};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let folder = PathBuf::from(std::env::args().nth(1).ok_or("into which folder? (an argument)")?);
    std::fs::create_dir_all(&folder)?;
    let (url, token) = (std::env::var("LIVEKIT_URL")?, std::env::var("LIVEKIT_TOKEN")?);
    let options = JoinOptions::new(url, token).subscribe(Subscribe::AllAudio);
    let (participant, mut events) = Participant::join(options).await?;

    let mut recordings: HashMap<Arc<str>, Recording> = HashMap::new();
    loop {
        let event = tokio::select! {
            event = events.next() => event,
            stopped = tokio::signal::ctrl_c() => { stopped?; None }
        };
        match event {
            Some(Event::Audio(packet)) => {
                let recording = match recordings.remove(&packet.track_sid) {
                    Some(recording) => recording,
                    None => Recording::new(&folder, &packet)?,
                };
                recordings.entry(packet.track_sid.clone()).insert_entry(recording).get_mut().write(&packet)?;
            }
            Some(Event::TrackUnpublished(track)) => {
                if let Some(recording) = recordings.remove(&track.sid) {
                    recording.finish()?;
                }
            }
            Some(_) => {}
            None => break,
        }
    }
    for recording in recordings.into_values() {
        recording.finish()?;
    }
    participant.leave().await;
    Ok(())
}

/// The file of one track. A server that writes many would do it in a thread of its own, because writing blocks.
struct Recording {
    writer: Writer<BufWriter<File>>,
    began_at: Instant,
    stream: StreamId,
    /// Where the stream begins in the file, and the timestamp it begins with.
    origin: (u64, u64),
}

impl Recording {
    fn new(folder: &Path, packet: &AudioPacket) -> Result<Self, Box<dyn Error>> {
        let name = format!("{}-{}.opus", packet.identity, packet.track_sid);
        let name: String = name.chars().map(|letter| if is_plain(letter) { letter } else { '_' }).collect();
        println!("recording {name}");
        let writer = Writer::new(BufWriter::new(File::create(folder.join(name))?), &WriterOptions::default())?;
        Ok(Self { writer, began_at: packet.received_at, stream: packet.stream, origin: (0, packet.timestamp) })
    }

    fn write(&mut self, packet: &AudioPacket) -> Result<(), Box<dyn Error>> {
        if packet.stream != self.stream {
            // The track is heard anew, after an outage: only the clock knows how long that was.
            self.stream = packet.stream;
            self.origin = (samples(packet.received_at.duration_since(self.began_at)), packet.timestamp);
        }
        let (position, timestamp) = self.origin;
        if let Some(since) = packet.timestamp.checked_sub(timestamp) {
            self.writer.write(position + since, &packet.payload)?;
        }
        Ok(())
    }

    fn finish(self) -> Result<(), Box<dyn Error>> {
        self.writer.finish(samples(self.began_at.elapsed()))?.into_inner()?.sync_all()?;
        Ok(())
    }
}

fn is_plain(letter: char) -> bool {
    letter.is_alphanumeric() || matches!(letter, '-' | '_' | '.')
}

fn samples(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX / 48).saturating_mul(u64::from(SAMPLE_RATE) / 1000) / 1000
}
