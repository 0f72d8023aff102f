//! Which of several servers on one database this is. It is known by the folder in which it makes its recordings: whoever starts on
//! that folder after a crash is the same instance, and goes on with what was left there.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, Write};
use std::path::Path;

use super::random;

/// The file that says whose folder it is.
const FILE: &str = "instance";

/// A server on this database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InstanceId(String);

impl InstanceId {
    /// An id that was made by an instance.
    pub fn known(id: String) -> Self {
        Self(id)
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Why this cannot be the instance of a folder.
#[derive(Debug, thiserror::Error)]
pub enum OpenInstanceError {
    /// A server that runs has it.
    #[error("another server that is running has this folder: give each a BATON_RECORDING_SPOOL of its own")]
    Running,
    /// The file.
    #[error("cannot read or write the file `{FILE}`")]
    File(#[from] io::Error),
}

/// The one instance of a folder, for as long as this lives.
#[derive(Debug)]
pub struct Instance {
    /// Which one.
    pub id: InstanceId,
    /// The lock on it, which the operating system takes back when the process ends, in whatever way.
    _lock: File,
}

impl Instance {
    /// Becomes the instance of a folder.
    pub fn open(folder: &Path) -> Result<Self, OpenInstanceError> {
        std::fs::create_dir_all(folder)?;
        let path = folder.join(FILE);
        let mut file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(OpenInstanceError::Running),
            Err(TryLockError::Error(error)) => return Err(error.into()),
        }
        let mut id = String::new();
        file.read_to_string(&mut id)?;
        if id.is_empty() {
            id = random::id().simple().to_string();
            file.rewind()?;
            file.write_all(id.as_bytes())?;
            file.sync_all()?;
        }
        Ok(Self { id: InstanceId(id), _lock: file })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_has_one_instance_at_a_time_and_always_the_same() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let first = Instance::open(folder.path()).expect("nobody has it");
        assert!(matches!(Instance::open(folder.path()), Err(OpenInstanceError::Running)));
        let id = first.id.clone();
        drop(first);
        assert_eq!(Instance::open(folder.path()).expect("nobody has it any more").id, id);
        let other = tempfile::tempdir().expect("a temporary folder");
        assert_ne!(Instance::open(other.path()).expect("nobody has it").id, id);
    }
}
