//! Load for `make bench-participant`: many participants in one process, which is then measured from outside.
//!
//! ```text
//! load speak  <url> <token>…             plays a tone in every room
//! load relay  <url> <token> <token>…     one leg for each pair of tokens, relayed both ways
//! load record <url> <folder> <token>…    one file for each token
//! ```
//! It says `{"event":"joining"}` before it joins, `{"event":"ready"}` once everybody has, and every second how many packets
//! it has handled. It ends when its input is closed.

use std::error::Error;
use std::fs::File;
use std::io::{BufWriter, Read as _};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use livekit_participant::ogg::{Clip, Writer, WriterOptions};
use livekit_participant::{Event, Events, JoinOptions, Participant, Player, PublishOptions, Relay, Subscribe};

const TONE: &[u8] = include_bytes!("../tests/sounds/tone-660.opus");

type Failure = Box<dyn Error + Send + Sync>;

/// Packets handled so far, by everybody.
type Count = Arc<AtomicU64>;

// One thread, so that what is measured is what the work costs and not how it is spread.
#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [mode, url, rest @ ..] = arguments.as_slice() else {
        return Err("load speak|relay|record <url> …".into());
    };
    let count = Count::default();
    println!(r#"{{"event":"joining"}}"#);
    let everybody = match mode.as_str() {
        "speak" => speak(url, rest).await?,
        "relay" => relay(url, rest, &count).await?,
        "record" => record(url, rest, &count).await?,
        other => return Err(format!("there is no {other}").into()),
    };
    println!(r#"{{"event":"ready"}}"#);
    let until_closed = tokio::task::spawn_blocking(|| std::io::stdin().read_to_end(&mut Vec::new()));
    tokio::select! {
        () = report(&count) => {}
        closed = until_closed => drop(closed?),
    }
    for participant in everybody {
        participant.leave().await;
    }
    Ok(())
}

async fn report(count: &Count) {
    let mut seconds = tokio::time::interval(Duration::from_secs(1));
    loop {
        seconds.tick().await;
        println!(r#"{{"event":"packets","count":{}}}"#, count.load(Ordering::Relaxed));
    }
}

async fn speak(url: &str, tokens: &[String]) -> Result<Vec<Participant>, Failure> {
    let clip = Clip::read(TONE)?;
    let mut everybody = Vec::new();
    for token in tokens {
        let options = JoinOptions::new(url, token.clone()).publish(PublishOptions::new("tone"));
        let (participant, _) = Participant::join(options).await?;
        let track = participant.track(0).ok_or("nothing is published")?.clone();
        let packets = clip.looped().map(|piece| piece.packet);
        tokio::spawn(async move { Player::new(track).play(packets).await });
        everybody.push(participant);
    }
    Ok(everybody)
}

async fn relay(url: &str, tokens: &[String], count: &Count) -> Result<Vec<Participant>, Failure> {
    let mut everybody = Vec::new();
    for pair in tokens.as_chunks::<2>().0 {
        let options = |token: &String| {
            JoinOptions::new(url, token.clone()).publish(PublishOptions::new("relay")).subscribe(Subscribe::AllAudio)
        };
        let (here, at_home) = Participant::join(options(&pair[0])).await?;
        let (there, abroad) = Participant::join(options(&pair[1])).await?;
        for (events, to) in [(at_home, &there), (abroad, &here)] {
            let to = to.track(0).ok_or("nothing is published")?.clone();
            tokio::spawn(relay_one_way(events, to, Arc::clone(count)));
        }
        everybody.extend([here, there]);
    }
    Ok(everybody)
}

async fn relay_one_way(mut events: Events, to: livekit_participant::LocalTrack, count: Count) {
    let mut relay = Relay::new("voice", to);
    while let Some(event) = events.next().await {
        match relay.on_event(&event) {
            Ok(relayed) => drop(count.fetch_add(u64::from(relayed), Ordering::Relaxed)),
            Err(_) => return,
        }
    }
}

async fn record(url: &str, arguments: &[String], count: &Count) -> Result<Vec<Participant>, Failure> {
    let (folder, tokens) = arguments.split_first().ok_or("load record <url> <folder> <token>…")?;
    let mut everybody = Vec::new();
    for (index, token) in tokens.iter().enumerate() {
        let options = JoinOptions::new(url, token.clone()).subscribe(Subscribe::AllAudio);
        let (participant, events) = Participant::join(options).await?;
        let file = BufWriter::new(File::create(Path::new(folder).join(format!("{index}.opus")))?);
        let writer = Writer::new(file, &WriterOptions::default())?;
        tokio::spawn(record_one(events, writer, Arc::clone(count)));
        everybody.push(participant);
    }
    Ok(everybody)
}

async fn record_one(mut events: Events, mut writer: Writer<BufWriter<File>>, count: Count) {
    let mut begin = None;
    while let Some(event) = events.next().await {
        let Event::Audio(packet) = event else { continue };
        let position = packet.timestamp.saturating_sub(*begin.get_or_insert(packet.timestamp));
        if let Err(error) = writer.write(position, &packet.payload) {
            eprintln!("{error}");
            return;
        }
        count.fetch_add(1, Ordering::Relaxed);
    }
    let end = writer.position();
    if let Err(error) = writer.finish(end) {
        eprintln!("{error}");
    }
}
