//! Calls whose change is being carried out. No desk is told of it before whoever must be silenced is, whatever else wakes the
//! publisher meanwhile.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use baton_domain::ids::CallId;

use crate::server::hub::Wake;
use crate::server::state::App;

/// How many changes of which calls are being carried out.
#[derive(Debug, Default)]
pub struct Acting(Mutex<HashMap<CallId, u32>>);

/// A change that is being carried out. When it is dropped, everybody may be told, and is.
pub struct ActingGuard {
    app: App,
    call: CallId,
}

impl Acting {
    /// From before the commit on, since what is committed may be read.
    pub fn begin(app: &App, call: CallId) -> ActingGuard {
        *app.acting.lock().entry(call).or_default() += 1;
        ActingGuard { app: app.clone(), call }
    }

    /// Whether nobody is to be told of this call yet; they will be.
    pub fn is_on(&self, call: CallId) -> bool {
        self.lock().contains_key(&call)
    }

    fn end(&self, call: CallId) {
        let mut acting = self.lock();
        if let Some(changes) = acting.get_mut(&call) {
            *changes -= 1;
            if *changes == 0 {
                acting.remove(&call);
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<CallId, u32>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for ActingGuard {
    fn drop(&mut self) {
        self.app.acting.end(self.call);
        self.app.hub.wake(Wake::Call(self.call));
    }
}
