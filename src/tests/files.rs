//! Pages and files, with what a browser is told about them.

use std::fs;

use axum::http::Method;

use crate::harness::{Answer, TestDesk, request};

fn header<'a>(answer: &'a Answer, name: &str) -> &'a str {
    answer.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

async fn get(desk: &TestDesk, path: &str, headers: &[(&str, &str)]) -> Answer {
    desk.send(request(Method::GET, path, None, None, headers)).await
}

fn build_site(desk: &TestDesk) {
    let site = &desk.app.config.http.site;
    fs::create_dir_all(site.join("pkg")).expect("a folder");
    fs::create_dir_all(site.join("audio")).expect("a folder");
    let files = [
        ("pkg/home.1.js", "export default 1"),
        ("pkg/desk.1.js", "import { Room } from 'livekit-client'"),
        ("pkg/desk.1.js.br", "pretend this is brotli"),
        ("pkg/livekit-client.1.js", "export class Room {}"),
        ("pkg/main.1.css", "body {}"),
        ("audio/hold.ogg", "music"),
        ("icons.svg", "<svg/>"),
    ];
    for (name, content) in files {
        fs::write(site.join(name), content).expect("a file");
    }
    let manifest = r#"{"home.js":"/pkg/home.1.js","home.wasm":"/pkg/home.1.wasm","desk.js":"/pkg/desk.1.js","desk.wasm":"/pkg/desk.1.wasm",
        "livekit-client.js":"/pkg/livekit-client.1.js","main.css":"/pkg/main.1.css"}"#;
    fs::write(site.join("manifest.json"), manifest).expect("a file");
}

#[tokio::test]
async fn every_inline_script_carries_the_nonce_of_its_page() {
    let desk = TestDesk::new().await;
    build_site(&desk);
    for path in ["/", "/desk/alice", "/join/whatever"] {
        let page = get(&desk, path, &[]).await;
        assert_eq!((page.status.as_u16(), header(&page, "cache-control")), (200, "no-store"), "{path}");
        let policy = header(&page, "content-security-policy");
        let nonce = policy.split("'nonce-").nth(1).and_then(|rest| rest.split('\'').next()).expect("a nonce");
        assert!(policy.contains("frame-ancestors 'none'") && policy.contains("'wasm-unsafe-eval'"), "{policy}");
        let scripts: Vec<_> =
            page.text.split("<script").skip(1).map(|script| script.split('>').next().expect("a tag")).collect();
        assert!(scripts.len() > 1, "{path}: {}", page.text);
        assert!(scripts.iter().all(|tag| tag.contains(&format!("nonce=\"{nonce}\""))), "{path}: {scripts:?}");
        let again = get(&desk, path, &[]).await;
        assert!(!header(&again, "content-security-policy").contains(nonce), "a nonce is used once");
    }
}

#[tokio::test]
async fn a_page_loads_livekit_only_where_it_is_used() {
    let desk = TestDesk::new().await;
    build_site(&desk);
    assert!(get(&desk, "/desk/alice", &[]).await.text.contains("/pkg/livekit-client.1.js"));
    let home = get(&desk, "/", &[]).await.text;
    assert!(home.contains("/pkg/home.1.js") && !home.contains("livekit-client"), "{home}");
}

#[tokio::test]
async fn files_are_cached_for_as_long_as_their_name_holds() {
    let desk = TestDesk::new().await;
    build_site(&desk);
    let named = get(&desk, "/pkg/desk.1.js", &[("accept-encoding", "br, gzip")]).await;
    assert_eq!(header(&named, "cache-control"), "public, max-age=31536000, immutable");
    assert_eq!((header(&named, "content-encoding"), named.text.as_str()), ("br", "pretend this is brotli"));
    let plain = get(&desk, "/audio/hold.ogg", &[("range", "bytes=1-2")]).await;
    assert_eq!((plain.status.as_u16(), plain.text.as_str()), (206, "us"));
    assert_eq!(header(&plain, "cache-control"), "public, max-age=3600");
    assert_eq!(header(&get(&desk, "/icons.svg", &[]).await, "content-type"), "image/svg+xml");
}

#[tokio::test]
async fn a_new_build_is_noticed() {
    let desk = TestDesk::new().await;
    assert!(get(&desk, "/", &[]).await.text.contains("/pkg/baton.js"), "without a site, the names of cargo-leptos");
    build_site(&desk);
    assert!(get(&desk, "/", &[]).await.text.contains("/pkg/home.1.js"));
}

#[tokio::test]
async fn an_address_that_leads_nowhere_is_a_page_for_people() {
    let desk = TestDesk::new().await;
    let page = get(&desk, "/nowhere", &[("accept", "text/html,*/*")]).await;
    assert_eq!(page.status, 404);
    assert!(page.text.contains("There is nothing here"), "{}", page.text);
}

#[tokio::test]
async fn every_answer_says_what_it_may_do() {
    let desk = TestDesk::new().await;
    for path in ["/healthz", "/api/v1/nothing", "/"] {
        let answer = get(&desk, path, &[]).await;
        assert_eq!(header(&answer, "x-content-type-options"), "nosniff", "{path}");
        assert_eq!(header(&answer, "referrer-policy"), "no-referrer");
        assert!(header(&answer, "permissions-policy").contains("microphone=(self)"));
        assert!(header(&answer, "content-security-policy").contains("default-src 'none'"));
        assert_eq!(header(&answer, "x-request-id").len(), 32);
    }
}

#[tokio::test]
async fn readiness_tells_what_is_missing() {
    let desk = TestDesk::new().await;
    let ready = get(&desk, "/readyz", &[]).await;
    assert_eq!((ready.status.as_u16(), ready.text.as_str()), (200, r#"{"database":true,"livekit":true}"#));
    desk.media.set_down(true);
    let away = get(&desk, "/readyz", &[]).await;
    assert_eq!((away.status.as_u16(), away.text.as_str()), (503, r#"{"database":true,"livekit":false}"#));
    assert_eq!(get(&desk, "/healthz", &[]).await.text, "ok");
}

#[tokio::test]
async fn signalling_answers_when_livekit_does_not() {
    let desk = TestDesk::new().await;
    let away = get(&desk, "/rtc/validate?access_token=secret", &[]).await;
    assert_eq!(
        away.problem(),
        "503 media_unavailable: LiveKit cannot be reached. Calls that are running go on; try again in a moment."
    );
}
