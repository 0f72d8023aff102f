//! Where a desk under test keeps its recordings: in folders beside its database.

use std::path::Path;
use std::sync::Arc;

use baton::server::adapters::recording_storage::ObjectStorage;
use baton::server::config::{RecordingsConfig, RecordingsPlace};
use baton::server::recorder::{Recorder, Spool};
use baton_domain::time::Span;

pub fn settings(site: &Path) -> RecordingsConfig {
    RecordingsConfig {
        place: RecordingsPlace::Folder(site.with_file_name("recordings")),
        spool: site.with_file_name("spool"),
        retention: Some(Span::seconds(90 * 24 * 60 * 60)),
        upload_limit: 1024 * 1024,
    }
}

pub fn recorder(config: &RecordingsConfig) -> Recorder {
    let spooled = Arc::new(ObjectStorage::folder(&config.spool).expect("a folder"));
    let storage = Arc::new(ObjectStorage::open(&config.place).expect("a storage"));
    let spool = Spool::open(config.spool.clone()).expect("a folder");
    Recorder::open(spool, spooled, storage).expect("a thread")
}
