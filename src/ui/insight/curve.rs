//! The caller's mood as a small curve. Whoever does not see it hears it in words, and the lines that moved it are links.

use baton_domain::insight::{MoodCurve, MoodWord};
use leptos::prelude::*;

use crate::ui::transcript::briefing_text::citations;

const WIDTH: f64 = 240.0;
const HEIGHT: f64 = 48.0;
/// Room for the stroke and the dots at the edges.
const MARGIN: f64 = 5.0;

/// In which tone a mood is drawn.
pub fn tone(word: MoodWord) -> &'static str {
    match word {
        MoodWord::VeryUpset => "danger",
        MoodWord::Upset => "hold",
        MoodWord::Calm => "accent",
        MoodWord::Pleased => "live",
    }
}

/// Where each point is drawn, with whether its line moved the mood.
fn places(curve: &MoodCurve) -> Vec<(f64, f64, bool)> {
    let points = curve.points();
    let (first, last) = (points.first().map_or(0, |point| point.line), points.last().map_or(0, |point| point.line));
    let span = f64::from(last.saturating_sub(first).max(1));
    let place = |point: &baton_domain::insight::MoodPoint| {
        let along = f64::from(point.line - first) / span;
        let up = (f64::from(point.level.value()) + 100.0) / 200.0;
        let x = MARGIN + along * (WIDTH - 2.0 * MARGIN);
        let y = MARGIN + (1.0 - up) * (HEIGHT - 2.0 * MARGIN);
        (x, y, point.moved)
    };
    points.iter().map(place).collect()
}

/// `points` of a polyline; one point alone is drawn as a short line.
fn polyline(places: &[(f64, f64, bool)]) -> String {
    let points: Vec<String> = places.iter().map(|(x, y, _)| format!("{x:.1},{y:.1}")).collect();
    match places {
        [(_, y, _)] => format!("{MARGIN:.1},{y:.1} {:.1},{y:.1}", WIDTH - MARGIN),
        _ => points.join(" "),
    }
}

/// The curve, the mood in a word, and the lines that moved it.
pub fn mood_curve(curve: &MoodCurve) -> impl IntoView + use<> {
    let places = places(curve);
    let dots = places.iter().filter(|(.., moved)| *moved);
    let dots =
        dots.map(|(x, y, _)| view! { <circle cx=format!("{x:.1}") cy=format!("{y:.1}") r="3" /> }).collect_view();
    let word = curve.now().unwrap_or_default().word();
    let moves: Vec<u32> = curve.moves().map(|point| point.line).collect();
    let middle = format!("{:.1}", HEIGHT / 2.0);
    view! {
        <div class="mood" data-tone=tone(word)>
            <svg viewBox=format!("0 0 {WIDTH} {HEIGHT}") role="img" aria-label=format!("Mood over time: {}", curve.in_words())>
                <line x1="0" x2=WIDTH.to_string() y1=middle.clone() y2=middle />
                <polyline points=polyline(&places) />
                {dots}
            </svg>
            <p>
                <b>{word.label()}</b>
                {(!moves.is_empty()).then(|| view! { <span>"moved by" {citations(&moves)}</span> })}
            </p>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use baton_domain::insight::{MoodLevel, MoodPoint};

    use super::*;

    fn curve(points: &[(u32, i64)]) -> MoodCurve {
        let points =
            points.iter().map(|(line, level)| MoodPoint { line: *line, level: MoodLevel::new(*level), moved: false });
        MoodCurve::from(points.collect::<Vec<_>>())
    }

    #[test]
    fn the_curve_goes_from_edge_to_edge_and_good_is_up() {
        let drawn = polyline(&places(&curve(&[(3, 100), (5, 0), (7, -100)])));
        assert_eq!(drawn, "5.0,5.0 120.0,24.0 235.0,43.0");
    }

    #[test]
    fn one_line_is_a_level_stroke_and_none_is_nothing() {
        assert_eq!(polyline(&places(&curve(&[(1, 0)]))), "5.0,24.0 235.0,24.0");
        assert_eq!(polyline(&places(&curve(&[]))), "");
    }
}
