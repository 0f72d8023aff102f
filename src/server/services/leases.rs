//! Leases: what only one of several servers may do at a time.
//!
//! Whoever has one is out of whatever it is for [`LEAVE_AFTER`] plus the time that leaving takes after they last heard that it is
//! theirs; others may begin after [`LEASE`]. Between the two there is room for clocks that differ by two seconds. Clocks that
//! differ more are found out at the next renewal.

use std::time::Duration;

use baton_domain::time::{Span, Timestamp};

use crate::server::instance::InstanceId;
use crate::server::state::App;
use crate::server::store::leases::{self, StoredLease};
use crate::server::store::{Store, StoreError};

/// How long a lease lasts.
pub const LEASE: Span = Span::seconds(10);
/// How long after it was renewed a lease is renewed again.
const RENEW_AFTER: Span = Span::seconds(3);
/// How long a lease can be relied on without being renewed.
const LEAVE_AFTER: Span = Span::seconds(5);
/// How long the database may take for an answer: one that comes later says nothing about now.
const ANSWER: Duration = Duration::from_secs(1);
/// After so long nobody compares terms any more.
const FORGET_AFTER: Span = Span::seconds(60 * 60);

/// A lease of ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lease {
    name: String,
    /// How often it has been taken by anybody.
    pub term: i64,
    /// When it was asked for, which is before it was granted.
    asked_at: Timestamp,
}

/// What is to be done about a lease of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LeaseDue {
    /// Nothing yet.
    Nothing,
    /// It is to be renewed.
    Renewal,
    /// It may be somebody else's soon: what it is for must end.
    End,
}

impl Lease {
    /// What is to be done now.
    pub fn due(&self, now: Timestamp) -> LeaseDue {
        // A clock that was put back says nothing about how old this is; the database says more.
        if now < self.asked_at {
            return LeaseDue::Renewal;
        }
        match now.since(self.asked_at) {
            age if age >= LEAVE_AFTER => LeaseDue::End,
            age if age >= RENEW_AFTER => LeaseDue::Renewal,
            _ => LeaseDue::Nothing,
        }
    }
}

/// Whether `me` may take what stands there.
fn is_free(stored: Option<&StoredLease>, me: &InstanceId, now: Timestamp) -> bool {
    stored.is_none_or(|lease| lease.instance == *me || lease.expires_at < now)
}

/// Why it is not known whose a lease is.
#[derive(Debug, thiserror::Error)]
pub enum LeaseError {
    /// The database.
    #[error("the database does not say whose the lease is")]
    Store(#[from] StoreError),
    /// It took too long.
    #[error("the database takes too long to say whose the lease is")]
    Late,
}

/// Leases.
pub struct Leases<'a>(pub(crate) &'a App);

impl Leases<'_> {
    /// Whether nobody else has this lease.
    pub async fn is_free(&self, name: &str) -> Result<bool, LeaseError> {
        let (store, instance) = self.parts();
        let stored = in_time(async { leases::find(&mut *store.read().await?, name).await }).await?;
        Ok(is_free(stored.as_ref(), instance, self.0.clock.now()))
    }

    /// Takes a lease, if nobody else has it.
    pub async fn take(&self, name: &str) -> Result<Option<Lease>, LeaseError> {
        self.ask(name, None).await
    }

    /// Goes on with a lease. Nothing when it is somebody else's, or was in between.
    pub async fn renew(&self, lease: &Lease) -> Result<Option<Lease>, LeaseError> {
        let renewed = self.ask(&lease.name, Some(lease.term)).await?;
        match renewed {
            Some(other) if other.term != lease.term => {
                self.release(&other).await?;
                Ok(None)
            }
            same => Ok(same),
        }
    }

    async fn ask(&self, name: &str, held: Option<i64>) -> Result<Option<Lease>, LeaseError> {
        let (store, instance) = self.parts();
        let asked_at = self.0.clock.now();
        let until = asked_at.plus(LEASE);
        let asking = async { leases::take(&mut *store.read().await?, name, instance, held, asked_at, until).await };
        let term = in_time(asking).await?;
        Ok(term.map(|term| Lease { name: name.to_owned(), term, asked_at }))
    }

    /// Gives a lease back, so that others need not wait for its end.
    pub async fn release(&self, lease: &Lease) -> Result<(), LeaseError> {
        let (store, instance) = self.parts();
        in_time(async { leases::release(&mut *store.read().await?, &lease.name, instance, lease.term).await }).await
    }

    /// Forgets leases that nobody has any more.
    pub async fn forget_old(&self) -> Result<(), LeaseError> {
        let before = Timestamp(self.0.clock.now().0 - FORGET_AFTER.0);
        Ok(leases::forget(&mut *self.0.store.read().await.map_err(LeaseError::Store)?, before).await?)
    }

    fn parts(&self) -> (&Store, &InstanceId) {
        (&self.0.store, &self.0.instance)
    }
}

async fn in_time<T>(asked: impl Future<Output = Result<T, StoreError>>) -> Result<T, LeaseError> {
    Ok(tokio::time::timeout(ANSWER, asked).await.map_err(|_| LeaseError::Late)??)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(ms: i64) -> Timestamp {
        Timestamp(1_000_000 + ms)
    }

    fn lease() -> Lease {
        Lease { name: "a lease".to_owned(), term: 1, asked_at: at(0) }
    }

    #[test]
    fn a_lease_is_renewed_in_time_and_given_up_before_it_ends() {
        use LeaseDue::{End, Nothing, Renewal};
        let due = [0, 2_999, 3_000, 4_999, 5_000, 60_000].map(|ms| lease().due(at(ms)));
        assert_eq!(due, [Nothing, Nothing, Renewal, Renewal, End, End]);
    }

    #[test]
    fn a_clock_that_was_put_back_is_a_reason_to_ask() {
        assert_eq!(lease().due(at(-1)), LeaseDue::Renewal);
    }

    #[test]
    fn what_another_has_is_free_only_after_its_end() {
        let (me, other) = (InstanceId::known("me".to_owned()), InstanceId::known("other".to_owned()));
        let theirs = StoredLease { instance: other, term: 3, expires_at: at(0) };
        assert!(!is_free(Some(&theirs), &me, at(0)));
        assert!(is_free(Some(&theirs), &me, at(1)));
        assert!(is_free(Some(&theirs), &theirs.instance, at(-5_000)), "what it left behind when it was killed");
        assert!(is_free(None, &me, at(0)));
    }
}
