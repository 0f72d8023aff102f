//! Plays an Ogg-Opus file into a room, once, and leaves.
//!
//! ```sh
//! LIVEKIT_URL=ws://127.0.0.1:7880 LIVEKIT_TOKEN=… cargo run --example player -- greeting.opus
//! ```

use std::error::Error;
use std::fs::File;
use std::io::BufReader;
use std::time::Duration;

use livekit_participant::ogg::Clip;
use livekit_participant::{JoinOptions, Participant, Player, PublishOptions};

/// How long to wait for somebody who listens.
const PATIENCE: Duration = Duration::from_secs(60);

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let file = std::env::args().nth(1).ok_or("which file? (an argument)")?;
    let clip = Clip::read(BufReader::new(File::open(&file)?))?;
    let (url, token) = (std::env::var("LIVEKIT_URL")?, std::env::var("LIVEKIT_TOKEN")?);

    let (participant, _events) =
        Participant::join(JoinOptions::new(url, token).publish(PublishOptions::new(file))).await?;
    let track = participant.track(0).ok_or("the track is not there")?;
    println!("in room {} as {}", participant.connected().room, participant.connected().identity);
    if track.wait_until_heard(PATIENCE).await {
        Player::new(track.clone()).play(clip.once().map(|piece| piece.packet)).await?;
        println!("{} packets were sent", participant.metrics().packets_sent);
    } else {
        println!("nobody listens");
    }
    participant.leave().await;
    Ok(())
}
