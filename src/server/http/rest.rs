//! The REST interface. The same services as behind the pages, described for OpenAPI where they stand.

mod agents;
mod briefings;
mod callers;
mod calls;
mod demo;
mod events;
mod input;
mod insight;
mod lines;
mod model;
mod recordings;
mod spoken_files;
mod timeline;
mod transcript_file;
mod transcripts;
mod transfers;
mod wrap_ups;

pub use model::rfc3339;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Http;

/// Requests that are answered once.
pub fn routes() -> OpenApiRouter<Http> {
    let routes = OpenApiRouter::new()
        .routes(routes!(lines::list))
        .routes(routes!(lines::change))
        .routes(routes!(callers::come_in))
        .routes(routes!(agents::list))
        .routes(routes!(calls::list))
        .routes(routes!(demo::simulate_caller))
        .routes(routes!(calls::one))
        .routes(routes!(calls::answer))
        .routes(routes!(calls::decline))
        .routes(routes!(calls::hold))
        .routes(routes!(calls::retrieve))
        .routes(routes!(calls::pause_recording))
        .routes(routes!(calls::resume_recording))
        .routes(routes!(calls::hang_up))
        .routes(routes!(calls::end))
        .routes(routes!(timeline::of_call))
        .routes(routes!(wrap_ups::of_call))
        .routes(routes!(recordings::of_call, recordings::delete))
        .routes(routes!(spoken_files::all))
        .routes(routes!(spoken_files::one, spoken_files::delete))
        .routes(routes!(transcript_file::of_call, transcripts::append))
        .routes(routes!(briefings::of_call, briefings::summarise))
        .routes(routes!(briefings::edit))
        .routes(routes!(insight::analyse))
        .routes(routes!(insight::summarise))
        .routes(routes!(insight::sentiment))
        .routes(routes!(insight::suggest))
        .routes(routes!(insight::questions, insight::ask))
        .routes(routes!(transfers::of_call, transfers::start))
        .routes(routes!(transfers::one))
        .routes(routes!(transfers::accept))
        .routes(routes!(transfers::decline))
        .routes(routes!(transfers::leave_consult))
        .routes(routes!(transfers::take_caller))
        .routes(routes!(transfers::speak_briefing))
        .routes(routes!(transfers::stop_speaking))
        .routes(routes!(transfers::swap))
        .routes(routes!(transfers::merge))
        .routes(routes!(transfers::complete))
        .routes(routes!(transfers::cancel))
        .routes(routes!(transfers::force))
        .routes(routes!(transfers::transfer_without_waiting));
    OpenApiRouter::new().nest("/api/v1", routes)
}

/// Requests that go on, or are larger than a plain one, or whose answer is. Sound is compressed already.
pub fn streams() -> OpenApiRouter<Http> {
    let routes = OpenApiRouter::new()
        .routes(routes!(events::stream))
        .routes(routes!(recordings::sound))
        .routes(routes!(spoken_files::transcribe));
    OpenApiRouter::new().nest("/api/v1", routes)
}
