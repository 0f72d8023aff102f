//! A transcript as a file: plain text, and `WebVTT` for players. Only final lines: the others may still change.

use std::fmt::Write;

use super::{Segment, Speaker};
use crate::time::{Span, Timestamp};

/// A line whose end is not known is shown for as long as it takes to read, within these.
const SHORTEST: Span = Span(1_500);
const LONGEST: Span = Span(8_000);
const READING_MS_PER_CHAR: i64 = 60;

/// One line each: when, who, what. Times are since `began`.
pub fn text(lines: &[Segment], began: Timestamp, name: impl Fn(&Speaker) -> String) -> String {
    let mut file = String::new();
    for line in lines.iter().filter(|line| line.is_final) {
        let seconds = line.started_at.since(began).0.max(0) / 1_000;
        let (hours, minutes, seconds) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
        let name = name(&line.speaker);
        // Writing into a text cannot fail.
        let _ = writeln!(file, "[{hours:02}:{minutes:02}:{seconds:02}] {name}: {}", line.text);
    }
    file
}

/// Captions, with the speaker as the voice of each cue.
pub fn web_vtt(lines: &[Segment], began: Timestamp, name: impl Fn(&Speaker) -> String) -> String {
    let mut file = "WEBVTT\n".to_owned();
    let lines: Vec<&Segment> = lines.iter().filter(|line| line.is_final).collect();
    for (at, line) in lines.iter().enumerate() {
        let from = line.started_at.since(began).0.max(0);
        let next = lines.get(at + 1).map(|next| next.started_at.since(began).0).filter(|next| *next > from);
        let to = line.ended_at.map(|ended| ended.since(began).0).filter(|ended| *ended > from);
        let to = to.unwrap_or_else(|| (from + reading(line).0).min(next.unwrap_or(i64::MAX)));
        let (name, text) = (escaped(&name(&line.speaker)), escaped(line.text.as_str()));
        let (from, to) = (timestamp(from), timestamp(to));
        let _ = write!(file, "\n{}\n{from} --> {to}\n<v {name}>{text}</v>\n", line.number);
    }
    file
}

fn reading(line: &Segment) -> Span {
    let chars = i64::try_from(line.text.as_str().chars().count()).unwrap_or(i64::MAX);
    Span(chars.saturating_mul(READING_MS_PER_CHAR).clamp(SHORTEST.0, LONGEST.0))
}

fn timestamp(ms: i64) -> String {
    let (hours, minutes, seconds) = (ms / 3_600_000, ms / 60_000 % 60, ms / 1_000 % 60);
    format!("{hours:02}:{minutes:02}:{seconds:02}.{:03}", ms % 1_000)
}

/// What would begin a tag or an entity, or end a cue, as letters. A name may also not hold a line break.
fn escaped(text: &str) -> String {
    let line: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    line.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::ids::SegmentId;
    use crate::transcript::SegmentText;

    fn lines() -> Vec<Segment> {
        let line = |number: u32, text: &str, at: i64, ended_at: Option<i64>, is_final| Segment {
            id: SegmentId(Uuid::from_u128(u128::from(number))),
            number,
            speaker: if number % 2 == 1 { Speaker::Caller } else { Speaker::Agent("alice".parse().expect("an id")) },
            text: SegmentText::new(text).expect("a text"),
            started_at: Timestamp(at),
            ended_at: ended_at.map(Timestamp),
            is_final,
        };
        vec![
            line(1, "a < b & c --> d", 11_000, Some(12_250), true),
            line(2, "Yes.", 13_000, None, true),
            line(3, "Not", 3_673_000, None, true),
            line(4, "never shown", 3_674_000, None, false),
        ]
    }

    fn name(speaker: &Speaker) -> String {
        if speaker.is_caller() { "Carol <c>\n" } else { "Alice" }.to_owned()
    }

    #[test]
    fn a_text_says_when_who_and_what() {
        let file = text(&lines(), Timestamp(1_000), |speaker| name(speaker).trim().to_owned());
        assert_eq!(file, "[00:00:10] Carol <c>: a < b & c --> d\n[00:00:12] Alice: Yes.\n[01:01:12] Carol <c>: Not\n");
    }

    #[test]
    fn captions_have_voices_and_nothing_in_them_is_a_tag() {
        let file = web_vtt(&lines(), Timestamp(1_000), name);
        let expected = "WEBVTT\n\
            \n1\n00:00:10.000 --> 00:00:11.250\n<v Carol &lt;c&gt; >a &lt; b &amp; c --&gt; d</v>\n\
            \n2\n00:00:12.000 --> 00:00:13.500\n<v Alice>Yes.</v>\n\
            \n3\n01:01:12.000 --> 01:01:13.500\n<v Carol &lt;c&gt; >Not</v>\n";
        assert_eq!(file, expected);
    }
}
