//! How much one asker may ask for in a while, so that nobody fills a line, guesses a code or keeps everybody else waiting.

use std::hash::Hash;
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::time::Duration;

use baton_domain::ids::{CallId, LineId};
use baton_domain::transcript::Speaker;
use governor::middleware::NoOpMiddleware;
use governor::nanos::Nanos;
use governor::state::keyed::HashMapStateStore;
use governor::{Quota, RateLimiter, clock};

use super::clock::Clock;
use super::config::LimitsConfig;
use super::error::ServiceError;

/// Every limit of this server.
#[derive(Debug)]
pub struct Limits {
    /// Calls that come in from one address by one line; by none, when the link leads nowhere.
    pub joins: Limit<(IpAddr, Option<LineId>)>,
    /// Desks that are opened from one address, and with it codes that are tried.
    pub sign_ins: Limit<IpAddr>,
    /// Requests to the REST interface with one key, or with one agent's sign-in.
    pub api: Limit<String>,
    /// Lines that one party's browser brings of one call.
    pub speech: Limit<(CallId, Speaker)>,
}

impl Limits {
    /// The limits of the configuration.
    pub fn new(config: &LimitsConfig, clock: &Clock) -> Self {
        Self {
            joins: Limit::per_minute(config.joins_per_minute, clock),
            sign_ins: Limit::per_minute(config.sign_ins_per_minute, clock),
            api: Limit::per_minute(config.api_per_minute, clock),
            speech: Limit::per_minute(config.speech_per_minute, clock),
        }
    }

    /// Forgets whoever has not asked for a while.
    pub fn forget_idle(&self) {
        self.joins.limiter.retain_recent();
        self.sign_ins.limiter.retain_recent();
        self.api.limiter.retain_recent();
        self.speech.limiter.retain_recent();
    }
}

/// So many a minute for each `K`, all at once if they like.
#[derive(Debug)]
pub struct Limit<K: Hash + Eq + Clone> {
    limiter: RateLimiter<K, HashMapStateStore<K>, Now, NoOpMiddleware<Nanos>>,
    now: Now,
}

impl<K: Hash + Eq + Clone> Limit<K> {
    fn per_minute(allowed: NonZeroU32, clock: &Clock) -> Self {
        let now = Now(clock.clone());
        Self { limiter: RateLimiter::hashmap_with_clock(Quota::per_minute(allowed), now.clone()), now }
    }

    /// Lets one more through, or says when.
    pub fn check(&self, key: &K) -> Result<(), ServiceError> {
        self.limiter.check_key(key).map_err(|not_until| {
            let wait = not_until.wait_time_from(clock::Clock::now(&self.now));
            ServiceError::TooMany { retry_after: whole_seconds(wait) }
        })
    }
}

/// Rounded up: whoever waits this long is let through.
fn whole_seconds(wait: Duration) -> u32 {
    u32::try_from(wait.as_millis().div_ceil(1000)).unwrap_or(u32::MAX).max(1)
}

/// The desk's own clock, in the limiter's terms.
#[derive(Clone, Debug)]
struct Now(Clock);

impl clock::Clock for Now {
    type Instant = Nanos;

    fn now(&self) -> Nanos {
        Nanos::from(Duration::from_millis(self.0.now().0.unsigned_abs()))
    }
}
