//! How long a briefing takes for a call of one hour: `cargo run --release -p baton-summariser --example time_an_hour`.

use std::time::{Duration, Instant};

use baton_domain::ids::SegmentId;
use baton_domain::time::Timestamp;
use baton_domain::transcript::{Segment, SegmentText, Speaker, Transcript};
use baton_summariser::{Context, brief, warm_up};

/// Talk as dense as it gets: a line every three seconds.
const LINES: u32 = 1_200;
const RUNS: usize = 101;

const SAID: [&str; 10] = [
    "Good morning, how can I help you?",
    "My internet has been down since Monday, and I still got invoice 2026-1187 over €59.90 for the full month.",
    "I'm sorry to hear that. Have you already restarted the router?",
    "Yes, I restarted it twice, and then I changed the cable, but the red light is still on.",
    "I can see that a colleague reset the line on Tuesday. A new router might solve it.",
    "This is really frustrating, I work from home. Can I get a refund for this week?",
    "I can't decide that myself, but Billing can. I'll book a technician for Thursday at 10:30.",
    "My phone number is 0171 2345678, or write to carol@example.com if nobody answers.",
    "Thank you, I wrote that down, and you will get a text message when the technician is on the way.",
    "All right, that is very kind of you, thank you so much for looking into this with me today.",
];

fn main() {
    let transcript = an_hour();
    let context = Context {
        caller_name: Some("Carol".to_owned()),
        transferring_agent: "Alice".to_owned(),
        target: Some("Bob".to_owned()),
        ..Context::default()
    };
    let warm_up_took = timed(warm_up);
    let first = timed(|| _ = brief(&transcript, &context));
    let mut times: Vec<Duration> = (0..RUNS).map(|_| timed(|| _ = brief(&transcript, &context))).collect();
    times.sort();
    let words: usize = transcript.segments().iter().map(|line| line.text.as_str().split(' ').count()).sum();
    println!("{LINES} lines, {words} words");
    println!(
        "warm-up {warm_up_took:.1?}, first {first:.1?}, median {:.1?}, worst {:.1?}",
        times[RUNS / 2],
        times[RUNS - 1]
    );
}

fn timed(work: impl FnOnce()) -> Duration {
    let start = Instant::now();
    work();
    start.elapsed()
}

/// Every round says other numbers, so that nothing is found twice.
fn an_hour() -> Transcript {
    let segments = (1..=LINES).zip(SAID.iter().cycle()).map(|(number, text)| Segment {
        id: SegmentId(uuid::Uuid::from_u128(u128::from(number))),
        number,
        speaker: if number % 2 == 0 { Speaker::Caller } else { Speaker::Agent("alice".parse().expect("a valid id")) },
        text: SegmentText::new(&text.replace("1187", &(1_000 + number).to_string())).expect("a valid text"),
        started_at: Timestamp(i64::from(number) * 3_000),
        ended_at: None,
        is_final: true,
    });
    Transcript::new(segments.collect()).expect("a valid transcript")
}
