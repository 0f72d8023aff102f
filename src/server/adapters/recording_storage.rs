//! Recordings in a folder, or in anything that speaks S3, by the `object_store` crate.

use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use futures_util::{StreamExt, TryStreamExt};
use object_store::aws::{AmazonS3Builder, AmazonS3ConfigKey};
use object_store::buffered::BufWriter;
use object_store::client::{ClientConfigKey, HttpClient, HttpConnector};
use object_store::local::LocalFileSystem;
use object_store::path::Path as Key;
use object_store::prefix::PrefixStore;
use object_store::{
    Attribute, Attributes, ClientOptions, GetOptions, GetRange, ObjectStore, ObjectStoreExt, RetryConfig,
};
use tokio::io::AsyncWriteExt;

use crate::server::config::{RecordingsPlace, S3Config};
use crate::server::ports::recording_storage::{ByteStream, RecordingStorage, StorageError};

/// What a browser is told that it gets.
const OGG_OPUS: &str = "audio/ogg";
/// A storage that does not accept a connection within this time is down.
const CONNECT: Duration = Duration::from_secs(5);
/// One that says nothing for this long, too. A whole transfer may take longer.
const SILENCE: Duration = Duration::from_secs(30);
/// Whoever asks tries again later, with longer waits than a request should have.
const RETRIES: usize = 2;

/// A folder or a bucket.
#[derive(Debug)]
pub struct ObjectStorage {
    store: Arc<dyn ObjectStore>,
    /// Told along with each file; a folder has no place for it, and refuses.
    attributes: Attributes,
}

/// Why a storage cannot be used at all.
#[derive(Debug, thiserror::Error)]
pub enum OpenStorageError {
    /// The folder cannot be made.
    #[error("cannot make the folder {0}")]
    Folder(PathBuf, #[source] io::Error),
    /// The settings do not fit together.
    #[error("the settings of the storage do not fit")]
    Settings(#[source] object_store::Error),
}

impl ObjectStorage {
    /// The place that is configured.
    pub fn open(place: &RecordingsPlace) -> Result<Self, OpenStorageError> {
        match place {
            RecordingsPlace::Folder(folder) => Self::folder(folder),
            RecordingsPlace::S3(config) => Self::s3(config),
        }
    }

    /// A folder, which is made when it is not there.
    pub fn folder(folder: &Path) -> Result<Self, OpenStorageError> {
        std::fs::create_dir_all(folder).map_err(|error| OpenStorageError::Folder(folder.to_owned(), error))?;
        let store = LocalFileSystem::new_with_prefix(folder).map_err(OpenStorageError::Settings)?;
        Ok(Self { store: Arc::new(store.with_fsync(true)), attributes: Attributes::new() })
    }

    fn s3(config: &S3Config) -> Result<Self, OpenStorageError> {
        let retries = RetryConfig { max_retries: RETRIES, ..RetryConfig::default() };
        // One request for each file that is deleted: not everything that speaks S3 knows the one for many.
        let builder = AmazonS3Builder::new().with_bucket_name(&config.bucket).with_retry(retries);
        let mut builder = builder.with_disable_bulk_delete(true);
        for (name, value) in &config.options {
            // Others than this crate read such variables too (`AWS_PROFILE`), so one that it does not know is no mistake.
            if let Ok(key) = name.parse::<AmazonS3ConfigKey>() {
                builder = builder.with_config(key, value);
            }
        }
        let allow_http = AmazonS3ConfigKey::Client(ClientConfigKey::AllowHttp);
        let only_https = builder.get_config_value(&allow_http).as_deref() != Some("true");
        let store =
            builder.with_http_connector(Connector { only_https }).build().map_err(OpenStorageError::Settings)?;
        let store: Arc<dyn ObjectStore> = match config.prefix.as_str() {
            "" => Arc::new(store),
            prefix => Arc::new(PrefixStore::new(store, prefix)),
        };
        Ok(Self { store, attributes: Attributes::from_iter([(Attribute::ContentType, OGG_OPUS)]) })
    }
}

#[async_trait]
impl RecordingStorage for ObjectStorage {
    async fn put(&self, key: &str, file: &Path) -> Result<(), StorageError> {
        let mut file = tokio::fs::File::open(file).await.map_err(of_file)?;
        let writer = BufWriter::new(Arc::clone(&self.store), Key::from(key));
        let mut writer = writer.with_attributes(self.attributes.clone());
        match tokio::io::copy(&mut file, &mut writer).await {
            Ok(_) => writer.shutdown().await.map_err(failed),
            Err(error) => {
                // Parts of it would be paid for and never be seen.
                let _ = writer.abort().await;
                Err(failed(error))
            }
        }
    }

    async fn read(&self, key: &str, range: Range<u64>) -> Result<ByteStream, StorageError> {
        let options = GetOptions { range: Some(GetRange::Bounded(range)), ..GetOptions::default() };
        let found = self.store.get_opts(&Key::from(key), options).await.map_err(of_store)?;
        Ok(found.into_stream().map_err(of_store).boxed())
    }

    async fn delete(&self, key: &str) -> Result<(), StorageError> {
        match self.store.delete(&Key::from(key)).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(of_store(error)),
        }
    }
}

fn of_store(error: object_store::Error) -> StorageError {
    match error {
        object_store::Error::NotFound { .. } => StorageError::NotFound,
        other => failed(other),
    }
}

fn of_file(error: io::Error) -> StorageError {
    if error.kind() == io::ErrorKind::NotFound { StorageError::NotFound } else { failed(error) }
}

fn failed(error: impl std::error::Error + Send + Sync + 'static) -> StorageError {
    StorageError::Failed(Box::new(error))
}

/// TLS by `ring`, as everywhere in this program: two providers would leave rustls without a default, and `object_store`
/// would build a client that has none.
#[derive(Debug)]
struct Connector {
    only_https: bool,
}

impl HttpConnector for Connector {
    fn connect(&self, _: &ClientOptions) -> object_store::Result<HttpClient> {
        let generic = |error: reqwest::Error| object_store::Error::Generic { store: "S3", source: Box::new(error) };
        let client = reqwest::Client::builder()
            .tls_backend_preconfigured(baton_provider::tls_config())
            .connect_timeout(CONNECT)
            .read_timeout(SILENCE)
            .https_only(self.only_https)
            .build()
            .map_err(generic)?;
        Ok(HttpClient::new(client))
    }
}
