//! Briefings: of each transfer, and of a call as it is now.

use axum::Json;
use axum::extract::State;
use baton_domain::briefing::{Briefing, Language, Source};
use baton_domain::desk_event::TransferBriefing;
use baton_domain::ids::{CallId, TransferId};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::input::{Asker, Body, Id, IdempotencyKey, KeyHeader, Params};
use super::model::{Refusals, rfc3339};
use crate::server::http::problem::Problem;
use crate::server::permissions::Action;
use crate::server::state::App;

/// What prepares whoever takes over.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Briefing)]
pub struct BriefingJson {
    /// `local`, or the model that wrote it.
    #[schema(example = "local")]
    source: String,
    /// The caller's language, when it can be told.
    #[schema(example = "en")]
    language: Option<String>,
    /// The language of what nobody said, headings and the like; null is English.
    #[schema(example = "de")]
    written_in: Option<String>,
    /// How many transcript lines it rests on.
    lines_read: u32,
    sections: Vec<SectionJson>,
    /// A first sentence to say.
    opening_line: StatementJson,
    /// All of it as text.
    text: String,
}

/// One question that a briefing answers.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BriefingSection)]
pub struct SectionJson {
    #[schema(example = "Who calls and why")]
    title: &'static str,
    /// None when the conversation does not say.
    statements: Vec<StatementJson>,
}

/// One thing that is known.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BriefingStatement)]
pub struct StatementJson {
    text: String,
    /// The transcript lines that say so.
    #[schema(example = json!([1, 4]))]
    lines: Vec<u32>,
}

/// The briefing of one transfer.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TransferBriefing)]
pub struct TransferBriefingJson {
    transfer_id: String,
    generated: BriefingJson,
    /// The transferring agent's own wording, shown instead.
    edit: Option<EditJson>,
}

/// An agent's own wording.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BriefingEdit)]
pub struct EditJson {
    text: String,
    #[schema(example = "alice")]
    by: String,
    at: String,
}

/// The briefings of a call's transfers, the oldest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct Briefings {
    briefings: Vec<TransferBriefingJson>,
}

impl StatementJson {
    /// What is known, by these lines.
    pub fn new(text: &str, lines: &[u32]) -> Self {
        Self { text: text.to_owned(), lines: lines.to_vec() }
    }
}

impl From<&Briefing> for BriefingJson {
    fn from(briefing: &Briefing) -> Self {
        let sections = briefing.sections().into_iter().map(|(kind, section)| SectionJson {
            title: kind.title(),
            statements: section
                .statements()
                .iter()
                .map(|statement| StatementJson::new(statement.text(), statement.citations()))
                .collect(),
        });
        let opening = &briefing.opening_line;
        Self {
            source: match &briefing.source {
                Source::Local => "local".to_owned(),
                Source::Model { name } => name.clone(),
            },
            language: briefing.language.as_ref().map(|language| language.tag().to_owned()),
            written_in: briefing.written_in.as_ref().map(|language| language.tag().to_owned()),
            lines_read: briefing.lines_read,
            sections: sections.collect(),
            opening_line: StatementJson::new(opening.text(), opening.citations()),
            text: briefing.plain_text(),
        }
    }
}

impl From<&TransferBriefing> for TransferBriefingJson {
    fn from(briefing: &TransferBriefing) -> Self {
        Self {
            transfer_id: briefing.transfer.to_string(),
            generated: BriefingJson::from(&briefing.briefing.generated),
            edit: briefing.briefing.edit.as_ref().map(|edit| EditJson {
                text: edit.text.as_str().to_owned(),
                by: edit.by.to_string(),
                at: rfc3339(edit.at),
            }),
        }
    }
}

/// The briefings of a call's transfers, the oldest first.
#[utoipa::path(get, path = "/calls/{id}/briefings", operation_id = "list_briefings", tag = "Briefings", params(("id" = String, Path)),
    responses((status = 200, body = Briefings), Refusals))]
pub async fn of_call(State(app): State<App>, asker: Asker, Id(call): Id<CallId>) -> Result<Json<Briefings>, Problem> {
    asker.may(Action::ReadCalls)?;
    app.calls().find(call).await?;
    let briefings = app.briefings().of_call(call).await?;
    Ok(Json(Briefings { briefings: briefings.iter().map(TransferBriefingJson::from).collect() }))
}

/// What the target is to read.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EditBriefing {
    /// All of it, the opening line included.
    #[schema(max_length = 8000)]
    text: String,
}

/// Put other words into the briefing of an open transfer, as the transferring agent. Both versions are kept.
#[utoipa::path(put, path = "/transfers/{id}/briefing", operation_id = "edit_briefing", tag = "Briefings", params(("id" = String, Path), KeyHeader),
    request_body = EditBriefing, responses((status = 200, body = TransferBriefingJson), Refusals))]
pub async fn edit(
    State(app): State<App>,
    asker: Asker,
    Id(id): Id<TransferId>,
    IdempotencyKey(key): IdempotencyKey,
    Body(edit): Body<EditBriefing>,
) -> Result<Json<TransferBriefingJson>, Problem> {
    let who = asker.may(Action::ChangeCalls)?;
    let call = app.transfers().find(id).await?.call;
    Ok(Json(TransferBriefingJson::from(&app.briefings().edit(who, call, id, key, &edit.text).await?)))
}

/// In which language something is written.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct WrittenIn {
    /// A tag like `en` or `de-AT`. Without one, the briefing that a model keeps during the call is given as it is written: in the
    /// language of the desk, or else the conversation's. Where no model has written one yet, or another language is asked for, what
    /// was said is quoted, and headings and the like are in that language, if it is English, German, Spanish or French, and in English
    /// otherwise; when none is asked for, it is the one that the agent who has the call reads, or else that of the desk.
    #[param(value_type = Option<String>, example = "de")]
    pub language: Option<Language>,
}

/// Summarise a call as it is now. Nothing is stored.
#[utoipa::path(post, path = "/calls/{id}/briefings", operation_id = "summarise_call", tag = "Briefings", params(("id" = String, Path), WrittenIn),
    responses((status = 200, body = BriefingJson), Refusals))]
pub async fn summarise(
    State(app): State<App>,
    asker: Asker,
    Id(call): Id<CallId>,
    Params(WrittenIn { language }): Params<WrittenIn>,
) -> Result<Json<BriefingJson>, Problem> {
    asker.may(Action::ReadCalls)?;
    Ok(Json(BriefingJson::from(&app.briefings().summarise(call, language).await?)))
}
