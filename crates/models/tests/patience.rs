//! Waiting, giving up, and coming back.

use std::sync::Arc;
use std::time::Duration;

use baton_models::{Chain, Clock, ErrorStatus, Failure, Limits, Progress, ProviderConfig};
use baton_redaction::Kinds;
use tokio::sync::Notify;

use crate::harness::{TestClock, brief, is_local, limits, task};
use crate::provider::{Provider, Reply, error_body, good};

fn chain(clock: &Arc<TestClock>, providers: &[&Provider], limits: Limits) -> Chain {
    let configs = providers.iter().map(|provider| ProviderConfig { limits, ..provider.config() }).collect();
    Chain::with_clock(configs, Kinds::ALL, &(clock.clone() as Arc<dyn Clock>))
}

fn limited(headers: Vec<(&'static str, String)>) -> Reply {
    Reply::Status(429, headers, error_body("rate_limit_exceeded"))
}

/// A task that no cache has seen.
fn another(number: u32) -> baton_models::Task {
    let mut task = task(&crate::harness::TALK);
    task.note = format!("Number {number}");
    task
}

#[tokio::test]
async fn a_pause_that_is_asked_for_in_seconds_is_kept() {
    let (clock, provider) =
        (TestClock::new(), Provider::new([limited(vec![("retry-after", "7".to_owned())]), good()]).await);
    let (outcome, _) = brief(&chain(&clock, &[&provider], limits())).await;
    assert!(!is_local(&outcome.briefing));
    let slept = clock.slept();
    assert!(slept.len() == 1 && slept[0] >= Duration::from_secs(7) && slept[0] < Duration::from_secs(8), "{slept:?}");
}

#[tokio::test]
async fn a_pause_until_a_date_is_kept_whatever_our_clock_says() {
    let headers = vec![
        ("date", "Wed, 21 Oct 2015 07:28:00 GMT".to_owned()),
        ("retry-after", "Wed, 21 Oct 2015 07:28:20 GMT".to_owned()),
    ];
    let (clock, provider) = (TestClock::new(), Provider::new([limited(headers), good()]).await);
    brief(&chain(&clock, &[&provider], limits())).await;
    let slept = clock.slept();
    assert!(slept.len() == 1 && slept[0] >= Duration::from_secs(20) && slept[0] < Duration::from_secs(21), "{slept:?}");
}

#[tokio::test]
async fn a_pause_longer_than_there_is_time_is_not_waited_for() {
    let (clock, next) = (TestClock::new(), Provider::new([good()]).await);
    let busy = Provider::new([limited(vec![("retry-after", "120".to_owned())])]).await;
    let (outcome, _) = brief(&chain(&clock, &[&busy, &next], limits())).await;
    assert!(!is_local(&outcome.briefing));
    assert_eq!(clock.slept(), [Duration::ZERO; 0]);
    let retry_after = Some(Duration::from_secs(120));
    assert_eq!(outcome.attempts[0].result, Err(ErrorStatus::RateLimited { retry_after }.into()));
}

#[tokio::test]
async fn server_errors_are_tried_again_with_jitter_and_in_the_end_given_up() {
    let failed = || Reply::Status(503, Vec::new(), "<html>unavailable</html>".to_owned());
    let (clock, provider) = (TestClock::new(), Provider::new([failed(), failed(), failed(), good()]).await);
    let (outcome, _) = brief(&chain(&clock, &[&provider], limits())).await;
    assert_eq!(outcome.attempts[0].result, Err(ErrorStatus::ServerError { status: 503, retry_after: None }.into()));
    assert_eq!(outcome.attempts[0].requests, 3);
    let slept = clock.slept();
    assert!(
        slept.len() == 2 && slept[0] <= Duration::from_millis(500) && slept[1] <= Duration::from_secs(1),
        "{slept:?}"
    );
}

#[tokio::test]
async fn a_provider_that_keeps_failing_is_left_alone_and_tried_again_later() {
    let failed = || Reply::Status(500, Vec::new(), String::new());
    let (clock, provider) = (TestClock::new(), Provider::new([failed(), failed(), failed(), good(), good()]).await);
    let limits = Limits { retries: 0, failures_to_open: 2, open_for: Duration::from_secs(30), ..limits() };
    let chain = chain(&clock, &[&provider], limits);
    let ask = async |number| chain.brief(another(number), &mut |_| ()).await;
    for number in 0..2 {
        assert_eq!(ask(number).await.attempts[0].requests, 1);
    }
    let left_alone = ask(2).await;
    assert_eq!(
        (left_alone.attempts[0].result.clone(), left_alone.attempts[0].requests),
        (Err(Failure::CircuitOpen), 0)
    );
    clock.advance(Duration::from_secs(30));
    assert_eq!(ask(3).await.attempts[0].requests, 1, "one request tries");
    assert_eq!(ask(4).await.attempts[0].result, Err(Failure::CircuitOpen), "and failed");
    clock.advance(Duration::from_secs(30));
    assert!(!is_local(&ask(5).await.briefing));
    assert!(!is_local(&ask(6).await.briefing), "it is well again");
}

#[tokio::test]
async fn while_one_request_tries_the_others_leave_the_provider_alone() {
    let (gate, sent) = (Arc::new(Notify::new()), Notify::new());
    let failed = Reply::Status(500, Vec::new(), String::new());
    let provider = Provider::new([failed, Reply::After(gate.clone(), Box::new(good()))]).await;
    let clock = TestClock::new();
    let limits = Limits { retries: 0, failures_to_open: 1, ..limits() };
    let chain = chain(&clock, &[&provider], limits);
    chain.brief(another(1), &mut |_| ()).await;
    clock.advance(limits.open_for);
    let mut on_progress = |progress| {
        if matches!(progress, Progress::Sent(_)) {
            sent.notify_one();
        }
    };
    let meanwhile = async {
        sent.notified().await;
        let outcome = chain.brief(another(3), &mut |_| ()).await;
        gate.notify_one();
        outcome
    };
    let (tried, meanwhile) = tokio::join!(chain.brief(another(2), &mut on_progress), meanwhile);
    assert_eq!(meanwhile.attempts[0].result, Err(Failure::CircuitOpen));
    assert!(!is_local(&tried.briefing));
}

#[tokio::test]
async fn what_a_minute_may_cost_is_waited_for_while_there_is_time_and_else_given_up() {
    let (clock, provider) = (TestClock::new(), Provider::new([good(), good(), good()]).await);
    let limits = Limits { requests_per_minute: 1, total: Duration::from_secs(90), ..limits() };
    let patient = chain(&clock, &[&provider], limits);
    patient.brief(another(1), &mut |_| ()).await;
    assert!(!is_local(&patient.brief(another(2), &mut |_| ()).await.briefing));
    assert_eq!(clock.slept(), [Duration::from_secs(60)]);

    let limits = Limits { tokens_per_minute: 1_000, total: Duration::from_secs(20), ..limits };
    let hurried = chain(&clock, &[&provider], limits);
    assert!(!is_local(&hurried.brief(another(3), &mut |_| ()).await.briefing));
    let outcome = hurried.brief(another(4), &mut |_| ()).await;
    assert_eq!((outcome.attempts[0].result.clone(), outcome.attempts[0].requests), (Err(Failure::OverBudget), 0));
}
