//! What a call comes to while it goes on, by a model: asked and checked as a briefing is.

use baton_domain::briefing::{Section, Source, Statement};
use baton_domain::insight::{Insight, MAX_REPLIES, MoodCurve, MoodLevel, MoodPoint, ReplyReason, SuggestedReply};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::answer::{self, RawStatement};
use crate::asking::Asking;
use crate::chain::{Attempt, Chain, Sent, Task, cache_key, in_background};
use crate::check::{Checker, Dropped};
use crate::failure::Failure;
use crate::instructions::INSIGHT_TEXT;
use crate::material::Material;
use crate::prompt::Prompt;
use crate::provider::{Piece, Provider};
use crate::wire::Shape;

const STATEMENTS: [&str; 4] = ["intent", "key_points", "actions", "replies"];
const MOOD: &str = "mood";

/// What became of an analysis.
#[derive(Clone, Debug)]
pub struct Analysis {
    /// None when no model could, or nothing was said.
    pub insight: Option<Insight>,
    /// Every provider that was asked, in order.
    pub attempts: Vec<Attempt>,
}

impl Chain {
    /// What the call comes to so far. `on_sent` hears of everything that leaves.
    pub async fn analyse(&self, task: Task, on_sent: &mut (dyn FnMut(Sent) + Send)) -> Analysis {
        let kinds = self.kinds(&task);
        let (material, local) = in_background(move || {
            let local = baton_summariser::analyse(&task.transcript, &task.context);
            (Material::new(task, kinds), local)
        })
        .await;
        let mut attempts = Vec::new();
        if material.lines.is_empty() {
            return Analysis { insight: None, attempts };
        }
        for provider in &self.providers {
            let (attempt, insight) = self.analyse_by(provider, &material, &local, on_sent).await;
            attempts.push(attempt);
            if insight.is_some() {
                return Analysis { insight, attempts };
            }
        }
        Analysis { insight: None, attempts }
    }

    async fn analyse_by(
        &self,
        provider: &Provider,
        material: &Material,
        local: &Insight,
        on_sent: &mut (dyn FnMut(Sent) + Send),
    ) -> (Attempt, Option<Insight>) {
        let config = &provider.config;
        let prompt = Prompt::new(material, "insight", config.limits.transcript_tokens);
        let asking = Asking::new(provider, material, &prompt, (INSIGHT_TEXT, Shape::Insight));
        let key = cache_key(config, material, "insight");
        if let Some(known) = self.insights.get(&key) {
            return (asking.spared(), Some(known));
        }
        let checker = Checker::new(material, &prompt.sent);
        let read = |text: &str| insight_of(text, &checker, local, &config.model);
        let mut on_piece = |piece: Piece<'_>| {
            if matches!(piece, Piece::Request) {
                on_sent(asking.sent.clone());
            }
        };
        let (attempt, insight) = asking.ask(&read, &mut on_piece).await;
        if let Some(insight) = &insight {
            self.insights.put(key, insight.clone());
        }
        (attempt, insight)
    }
}

/// What of an answer is believed.
fn insight_of(text: &str, checker: &Checker<'_>, local: &Insight, model: &str) -> Result<(Insight, Dropped), Failure> {
    let mut object = answer::object(text)?;
    if !object.keys().any(|key| STATEMENTS.contains(&key.as_str())) {
        return Err(Failure::InvalidAnswer);
    }
    let mut dropped = Dropped::default();
    let [intent, key_points, actions] =
        ["intent", "key_points", "actions"].map(|key| section(&mut object, key, checker, &mut dropped));
    if [&intent, &key_points, &actions].into_iter().all(Section::is_unknown) {
        return Err(if dropped.statements > 0 { Failure::Unfounded } else { Failure::Empty });
    }
    let all = [&intent, &key_points, &actions].into_iter().flat_map(Section::statements);
    checker.check_language(&all.flat_map(|statement| [statement.text(), " "]).collect::<String>())?;
    let insight = Insight {
        source: Source::Model { name: model.to_owned() },
        lines_read: local.lines_read,
        mood: mood(&mut object, &local.mood),
        replies: replies(&mut object, checker, &mut dropped),
        intent,
        key_points,
        actions,
    };
    Ok((insight, dropped))
}

/// The statements under a key, as they were written; what has not even their form is counted.
fn raw(object: &mut Map<String, Value>, key: &str, dropped: &mut Dropped) -> Vec<RawStatement> {
    let pieces = object.remove(key).map(answer::pieces).unwrap_or_default();
    let count = pieces.len();
    let read: Vec<RawStatement> = pieces.into_iter().filter_map(|piece| serde_json::from_value(piece).ok()).collect();
    dropped.statements += count - read.len();
    read
}

fn section(object: &mut Map<String, Value>, key: &str, checker: &Checker<'_>, dropped: &mut Dropped) -> Section {
    let raw = raw(object, key, dropped);
    raw.iter().filter_map(|raw| checker.statement(raw, dropped)).collect::<Vec<Statement>>().into()
}

fn replies(object: &mut Map<String, Value>, checker: &Checker<'_>, dropped: &mut Dropped) -> Vec<SuggestedReply> {
    let raw = raw(object, "replies", dropped);
    let words = raw.iter().filter_map(|raw| checker.opening_line(raw, dropped));
    words.take(MAX_REPLIES).map(|words| SuggestedReply { words, why: ReplyReason::Fitting }).collect()
}

#[derive(Deserialize)]
struct RawMood {
    line: u32,
    level: f64,
}

/// The curve at the caller's lines, which the local rules know: where the model says that a line moved it, it moves, and between
/// it stays.
fn mood(object: &mut Map<String, Value>, local: &MoodCurve) -> MoodCurve {
    let pieces = object.remove(MOOD).map(answer::pieces).unwrap_or_default();
    let said: Vec<RawMood> = pieces.into_iter().filter_map(|piece| serde_json::from_value(piece).ok()).collect();
    if !local.points().iter().any(|point| said.iter().any(|said| said.line == point.line)) {
        return local.clone();
    }
    let mut level = MoodLevel::default();
    let points = local.points().iter().map(|point| {
        let said = said.iter().find(|said| said.line == point.line);
        let before = level;
        if let Some(said) = said {
            level = level_of(said.level);
        }
        MoodPoint { line: point.line, level, moved: said.is_some() && level != before }
    });
    MoodCurve::from(points.collect::<Vec<_>>())
}

#[expect(clippy::cast_possible_truncation, reason = "a cast keeps to the ends, and so does the level")]
fn level_of(level: f64) -> MoodLevel {
    MoodLevel::new(level.round() as i64)
}

/// The JSON schema of an analysis, in the strict form that OpenAI and Groq take.
pub fn schema() -> Value {
    let list = |items: Value| json!({ "type": "array", "items": items });
    let mood = json!({
        "type": "object",
        "properties": { "line": { "type": "integer" }, "level": { "type": "integer" } },
        "required": ["line", "level"],
        "additionalProperties": false,
    });
    let mut properties: Map<String, Value> =
        STATEMENTS.iter().map(|key| ((*key).to_owned(), list(answer::statement_schema()))).collect();
    properties.insert(MOOD.to_owned(), list(mood));
    let required: Vec<&str> = STATEMENTS.iter().copied().chain([MOOD]).collect();
    json!({ "type": "object", "properties": properties, "required": required, "additionalProperties": false })
}
