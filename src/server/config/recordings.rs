//! Where recordings are kept, and for how long.

use std::fmt;
use std::path::PathBuf;

use baton_domain::time::Span;
use baton_provider::settings::{SettingError, Text, number, parsed};

use super::text;

const DAY: Span = Span::seconds(24 * 60 * 60);

/// Where recordings are kept, and for how long.
#[derive(Clone, Debug)]
pub struct RecordingsConfig {
    /// `BATON_RECORDINGS`, default `data/recordings`: a folder, or `s3://bucket/prefix`.
    pub place: RecordingsPlace,
    /// `BATON_RECORDING_SPOOL`, default `data/recording-spool`: the folder of those that are being made, or wait for the
    /// storage.
    pub spool: PathBuf,
    /// `BATON_RECORDING_RETENTION_DAYS` (90): how long they are kept; 0 for ever.
    pub retention: Option<Span>,
    /// `BATON_UPLOAD_MEGABYTES` (200): how large a file may be that somebody sends to be transcribed. It is kept in the folder
    /// `uploads` of the spool until it is; its transcript is kept as long as recordings are.
    pub upload_limit: u64,
}

/// Where finished recordings are kept.
#[derive(Clone, Debug)]
pub enum RecordingsPlace {
    /// A folder of this computer.
    Folder(PathBuf),
    /// Something that speaks S3.
    S3(S3Config),
}

/// A bucket.
#[derive(Clone)]
pub struct S3Config {
    /// Its name.
    pub bucket: String,
    /// What every key begins with; may be empty.
    pub prefix: String,
    /// Names in lower case and values of `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_REGION`, `AWS_ENDPOINT` and all
    /// others that `object_store` knows.
    pub options: Vec<(String, String)>,
}

impl fmt::Debug for S3Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("S3Config").field("bucket", &self.bucket).field("prefix", &self.prefix).finish_non_exhaustive()
    }
}

impl RecordingsConfig {
    pub(super) fn from_env() -> Result<Self, SettingError> {
        let wanted = "a number of days between 0 and 36500";
        let days = number(&text, "BATON_RECORDING_RETENTION_DAYS", 0..=36_500, wanted)?.unwrap_or(90);
        Ok(Self {
            upload_limit: upload_limit(&text)?,
            place: place(text("BATON_RECORDINGS"))?,
            spool: text("BATON_RECORDING_SPOOL").map_or_else(|| PathBuf::from("data/recording-spool"), PathBuf::from),
            retention: (days > 0).then_some(Span(DAY.0 * i64::from(days))),
        })
    }
}

fn upload_limit(text: Text<'_>) -> Result<u64, SettingError> {
    let megabytes: Option<u32> = parsed(text, "BATON_UPLOAD_MEGABYTES", "a whole number of megabytes", str::parse)?;
    Ok(u64::from(megabytes.unwrap_or(200)) * 1024 * 1024)
}

fn place(setting: Option<String>) -> Result<RecordingsPlace, SettingError> {
    let invalid = |value, wanted| SettingError::Invalid { variable: "BATON_RECORDINGS", value, wanted };
    let Some(setting) = setting else { return Ok(RecordingsPlace::Folder(PathBuf::from("data/recordings"))) };
    let Some(address) = setting.strip_prefix("s3://") else {
        if setting.contains("://") {
            return Err(invalid(setting, "a folder, or an address such as s3://bucket/prefix"));
        }
        return Ok(RecordingsPlace::Folder(PathBuf::from(setting)));
    };
    let (bucket, prefix) = address.split_once('/').unwrap_or((address, ""));
    if bucket.is_empty() {
        return Err(invalid(setting, "an address such as s3://bucket/prefix"));
    }
    Ok(RecordingsPlace::S3(S3Config {
        bucket: bucket.to_owned(),
        prefix: prefix.trim_matches('/').to_owned(),
        options: aws_options(std::env::vars_os()),
    }))
}

/// What the environment says to every program that speaks S3. What the crate does not know of it is for others.
fn aws_options(variables: impl Iterator<Item = (std::ffi::OsString, std::ffi::OsString)>) -> Vec<(String, String)> {
    variables
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .filter(|(name, value)| name.starts_with("AWS_") && !value.is_empty())
        .map(|(name, value)| (name.to_ascii_lowercase(), value))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn described(setting: &str) -> String {
        match place(Some(setting.to_owned())) {
            Ok(RecordingsPlace::Folder(folder)) => format!("folder {}", folder.display()),
            Ok(RecordingsPlace::S3(config)) => format!("bucket {} prefix {:?}", config.bucket, config.prefix),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn a_place_is_a_folder_or_a_bucket() {
        assert_eq!(described("/var/lib/baton"), "folder /var/lib/baton");
        assert_eq!(described("s3://calls"), "bucket calls prefix \"\"");
        assert_eq!(described("s3://calls/of/support/"), "bucket calls prefix \"of/support\"");
        for wrong in ["s3://", "gs://calls"] {
            assert!(described(wrong).starts_with("BATON_RECORDINGS is "), "{}", described(wrong));
        }
    }

    #[test]
    fn files_of_two_hundred_megabytes_are_taken_where_nothing_else_is_said() {
        let limit =
            |setting: Option<&str>| upload_limit(&|_| setting.map(str::to_owned)).map_err(|error| error.to_string());
        assert_eq!(limit(None), Ok(200 * 1024 * 1024));
        assert_eq!(limit(Some("7")), Ok(7 * 1024 * 1024));
        assert!(limit(Some("much")).is_err_and(|error| error.starts_with("BATON_UPLOAD_MEGABYTES is")));
    }

    #[test]
    fn only_settings_of_the_storage_are_taken() {
        // In two pieces: whole names between quotation marks are settings of ours.
        let variables = [("AWS", "REGION", "eu-west-1"), ("AWS", "ENDPOINT", ""), ("MY", "HOME", "/home")];
        let variables = variables.map(|(mine, name, value)| (format!("{mine}_{name}").into(), value.into()));
        assert_eq!(aws_options(variables.into_iter()), [("aws_region".to_owned(), "eu-west-1".to_owned())]);
    }

    #[test]
    fn what_is_shown_holds_no_secret() {
        let options = vec![("aws_secret_access_key".to_owned(), "s3cret".to_owned())];
        let config = S3Config { bucket: "calls".to_owned(), prefix: String::new(), options };
        assert!(!format!("{config:?}").contains("s3cret"));
    }
}
