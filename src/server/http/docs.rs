//! The description of the REST interface, for programs (`/api/openapi.json`) and to browse (`/docs`).

mod page;

use axum::Router;
use axum::http::HeaderValue;
use axum::http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::middleware::map_response;
use axum::response::Response;
use axum::routing::get;
use utoipa::openapi::OpenApi;
use utoipa::openapi::security::{Http as HttpScheme, HttpAuthScheme, SecurityRequirement, SecurityScheme};
use utoipa::{Modify, OpenApi as _};

use super::problem::ProblemDetail;
use super::{Http, rest};

const ADDRESS: &str = "/api/openapi.json";
/// Swagger UI sets styles in its own markup, and asks our API and nobody else.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
                      font-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

#[derive(utoipa::OpenApi)]
#[openapi(
    info(title = "Baton", description = "Warm transfers on LiveKit: calls, transfers, transcripts, briefings and events.\n\nErrors are RFC 9457 problem details: `code` is stable, `detail` is a sentence for people. Every change takes an `Idempotency-Key`.", license(name = "MIT", identifier = "MIT")),
    tags(
        (name = "Calls", description = "Conversations, from the caller's arrival to the end"),
        (name = "Transfers", description = "Attempts to hand a call over"),
        (name = "Transcripts", description = "What was said"),
        (name = "Briefings", description = "What prepares whoever takes over"),
        (name = "Insight", description = "What a call comes to while it goes on, and questions about it"),
        (name = "Events", description = "Everything that happens, in order; docs/events.md lists the types"),
        (name = "Recordings", description = "The sound of calls"),
        (name = "Transcriptions", description = "Files of sound from elsewhere: what is said in them, and what it comes to"),
        (name = "Lines", description = "The published ways in"),
        (name = "Agents", description = "Who takes calls"),
    ),
    components(schemas(ProblemDetail)),
    modifiers(&ByKey),
)]
struct Description;

struct ByKey;

impl Modify for ByKey {
    fn modify(&self, openapi: &mut OpenApi) {
        let scheme = SecurityScheme::Http(
            HttpScheme::builder()
                .scheme(HttpAuthScheme::Bearer)
                .description(Some("An API key, or a desk's token"))
                .build(),
        );
        openapi.components.get_or_insert_default().security_schemes.insert("key".to_owned(), scheme.into());
        openapi.security = Some(vec![SecurityRequirement::new::<_, [&str; 0], &str>("key", [])]);
    }
}

/// The whole description.
pub fn openapi() -> OpenApi {
    let mut described = Description::openapi();
    described.merge(rest::routes().into_openapi());
    described.merge(rest::streams().into_openapi());
    described
}

/// Both forms of it.
pub fn routes() -> Router<Http> {
    let description = openapi().to_json().expect("a description is plain data");
    page::routes()
        .layer(map_response(with_policy))
        .route(ADDRESS, get(async move || ([(CONTENT_TYPE, "application/json")], description)))
}

async fn with_policy(mut response: Response) -> Response {
    response.headers_mut().insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    response
}
