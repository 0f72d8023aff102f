//! Where finished recordings are kept: something that takes files by a key, and gives pieces of them.

use std::error::Error;
use std::ops::Range;
use std::path::Path;

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::stream::BoxStream;

/// A place for finished recordings.
#[async_trait]
pub trait RecordingStorage: Send + Sync {
    /// Keeps a file under a key, in the place of one that is there. It is there whole, or not at all.
    /// [`StorageError::NotFound`] when there is no such file to keep.
    async fn put(&self, key: &str, file: &Path) -> Result<(), StorageError>;
    /// Some of a file's bytes, as they come.
    async fn read(&self, key: &str, range: Range<u64>) -> Result<ByteStream, StorageError>;
    /// Forgets a file. One that is not there is forgotten already.
    async fn delete(&self, key: &str) -> Result<(), StorageError>;
}

/// Bytes of a file, in order.
pub type ByteStream = BoxStream<'static, Result<Bytes, StorageError>>;

/// Why a storage did not do it.
#[derive(Debug, thiserror::Error)]
pub enum StorageError {
    /// It has no such file.
    #[error("the storage has no such file")]
    NotFound,
    /// It does not answer, or refuses.
    #[error("the storage failed")]
    Failed(#[source] Box<dyn Error + Send + Sync>),
}
