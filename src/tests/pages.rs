//! The pages as the server makes them: each is whole whichever thread goes on with it.

use axum::body::Body;
use axum::http::Request;
use baton::api::home::DemoProgress;

use crate::harness::{Answer, TestDesk, cookie};

async fn page(desk: &TestDesk, path: &str, cookie: Option<&(&str, String)>) -> Answer {
    let mut request = Request::get(path);
    if let Some((name, value)) = cookie {
        request = request.header(*name, value);
    }
    desk.send(request.body(Body::empty()).expect("a request")).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_pages_at_once_are_all_whole() {
    let desk = TestDesk::new().await;
    desk.open_desks(&["alice"]);
    let code = desk.join_code().await;
    let (_, secret) = desk.app.callers().join(&code, "Carol", None).await.expect("the line is open");
    let known = cookie(&secret.expect("a secret"));
    let join = format!("/join/{code}");
    let desk = std::sync::Arc::new(desk);
    let asked = (0..40).flat_map(|_| {
        [
            ("/".to_owned(), None, "Baton"),
            (join.clone(), None, "Join call"),
            (join.clone(), Some(known.clone()), "Carol"),
            ("/join/made-up".to_owned(), None, "No call"),
            ("/desk/alice".to_owned(), None, "<body"),
        ]
    });
    let pages: Vec<_> = asked
        .map(|(path, cookie, holds)| {
            let desk = desk.clone();
            tokio::spawn(async move { (page(&desk, &path, cookie.as_ref()).await, path, holds) })
        })
        .collect();
    for asked in pages {
        let (answer, path, holds) = asked.await.expect("no page panics");
        assert_eq!(answer.status, 200, "{path}");
        assert!(answer.text.contains(holds), "{path} without {holds:?}: {}", answer.text);
        assert!(answer.text.contains("</html>"), "{path} broke off: {}", answer.text);
    }
}

/// A browser that shows what stands in `noscript` cannot be had under test: the pages are read as they are sent.
#[tokio::test]
async fn without_scripts_a_page_says_so_and_sends_no_form() {
    let desk = TestDesk::new().await;
    for path in [format!("/join/{}", desk.join_code().await), "/desk/alice".to_owned(), "/".to_owned()] {
        let text = page(&desk, &path, None).await.text;
        let (_, silent) = text.split_once("<noscript>").expect("a word for them");
        let (silent, _) = silent.split_once("</noscript>").expect("an end");
        assert!(silent.contains("This page needs JavaScript."), "{path}: {silent}");
        let mut submits = text.split("type=\"submit\"").skip(1).map(|rest| rest.split('>').next().unwrap_or_default());
        assert!(submits.all(|attributes| attributes.contains("disabled")), "{path}: {text}");
    }
}

#[tokio::test]
async fn the_checklist_ticks_what_happened_since_this_start() {
    let desk = TestDesk::new().await;
    desk.open_desks(&["alice", "bob"]);
    let progress = async |desk: &TestDesk| desk.app.home().page().await.expect("the first page").progress;
    assert_eq!(progress(&desk).await, DemoProgress::default());
    let call = desk.talking("alice").await;
    let answered = DemoProgress { caller_joined: true, answered: true, ..DemoProgress::default() };
    assert_eq!(progress(&desk).await, answered);
    desk.start_transfer("alice", call, "bob").await.expect("he is free");
    assert_eq!(progress(&desk).await, DemoProgress { transfer_started: true, ..answered });
    let desk = desk.restarted().await;
    assert_eq!(progress(&desk).await, DemoProgress::default(), "the next visitor begins anew");
}
