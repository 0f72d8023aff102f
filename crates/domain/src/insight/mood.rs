//! How the caller feels over time.

use serde::{Deserialize, Serialize};

/// A curve of more points is no better to read, and longer to send.
const MAX_POINTS: usize = 240;
/// From -100, as bad as can be, to 100.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(from = "i8", into = "i8")]
pub struct MoodLevel(i8);

impl MoodLevel {
    /// What is beyond the ends is the end.
    pub fn new(level: i64) -> Self {
        Self(i8::try_from(level.clamp(-100, 100)).unwrap_or_default())
    }

    /// As a number.
    pub const fn value(self) -> i8 {
        self.0
    }

    /// In a word.
    pub const fn word(self) -> MoodWord {
        match self.0 {
            ..-60 => MoodWord::VeryUpset,
            -60..-20 => MoodWord::Upset,
            -20..=20 => MoodWord::Calm,
            _ => MoodWord::Pleased,
        }
    }
}

impl From<i8> for MoodLevel {
    fn from(level: i8) -> Self {
        Self::new(i64::from(level))
    }
}

impl From<MoodLevel> for i8 {
    fn from(level: MoodLevel) -> Self {
        level.0
    }
}

/// A mood in a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MoodWord {
    /// Below -60.
    VeryUpset,
    /// Below -20.
    Upset,
    /// Between.
    Calm,
    /// Above 20.
    Pleased,
}

impl MoodWord {
    /// The words on screen.
    pub const fn label(self) -> &'static str {
        match self {
            Self::VeryUpset => "Very upset",
            Self::Upset => "Upset",
            Self::Calm => "Calm",
            Self::Pleased => "Pleased",
        }
    }

    /// The name for programs.
    pub const fn name(self) -> &'static str {
        match self {
            Self::VeryUpset => "very_upset",
            Self::Upset => "upset",
            Self::Calm => "calm",
            Self::Pleased => "pleased",
        }
    }
}

/// The mood at one of the caller's lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MoodPoint {
    /// Which line.
    pub line: u32,
    /// How they feel then.
    pub level: MoodLevel,
    /// Whether it is this line that moved it.
    pub moved: bool,
}

/// The mood at the caller's lines, by rising number and one each.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Vec<MoodPoint>", into = "Vec<MoodPoint>")]
pub struct MoodCurve(Vec<MoodPoint>);

impl MoodCurve {
    /// The points, by rising line.
    pub fn points(&self) -> &[MoodPoint] {
        &self.0
    }

    /// How the caller feels now.
    pub fn now(&self) -> Option<MoodLevel> {
        self.0.last().map(|point| point.level)
    }

    /// The lines that moved it.
    pub fn moves(&self) -> impl DoubleEndedIterator<Item = &MoodPoint> {
        self.0.iter().filter(|point| point.moved)
    }

    /// In words, for whoever does not see the curve: `Calm at first; upset at line 5; calm at line 9.`
    pub fn in_words(&self) -> String {
        let Some(first) = self.0.first() else { return "Nothing was said that tells the mood.".to_owned() };
        let mut words = format!("{} at first", first.level.word().label());
        let mut last = first.level.word();
        for point in self.0.iter().filter(|point| point.line > first.line) {
            if point.level.word() != last {
                last = point.level.word();
                words.push_str("; ");
                words.push_str(&last.label().to_lowercase());
                words.push_str(" at line ");
                words.push_str(&point.line.to_string());
            }
        }
        words.push('.');
        words
    }
}

impl From<Vec<MoodPoint>> for MoodCurve {
    /// Of too many points every second, third … is left out, but never one that moved the mood or the last.
    fn from(mut points: Vec<MoodPoint>) -> Self {
        points.sort_by_key(|point| point.line);
        points.dedup_by_key(|point| point.line);
        let step = points.len().div_ceil(MAX_POINTS).max(1);
        let last = points.len().saturating_sub(1);
        let mut at = 0;
        points.retain(|point| {
            let keep = at % step == 0 || at == last || point.moved;
            at += 1;
            keep
        });
        if points.len() > 2 * MAX_POINTS {
            points.drain(..points.len() - 2 * MAX_POINTS);
        }
        Self(points)
    }
}

impl From<MoodCurve> for Vec<MoodPoint> {
    fn from(curve: MoodCurve) -> Self {
        curve.0
    }
}
