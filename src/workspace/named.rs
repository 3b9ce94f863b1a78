//! Files named by the person running it: a config, a baseline.

use std::io::Read as _;
use std::path::{Path, PathBuf};

/// A file that can't be read.
#[derive(Debug, thiserror::Error)]
#[error("{path}: {}", in_words(.error))]
pub struct FileError {
    /// As given.
    pub path: String,
    /// What the system says.
    pub error: std::io::Error,
}

/// The text of a file, without a byte order mark.
///
/// # Errors
/// Where it can't be read, or isn't UTF-8.
#[allow(clippy::disallowed_methods)]
pub fn read_text(path: &Path) -> Result<String, FileError> {
    let text = std::fs::read_to_string(path);
    let text = text.map_err(|error| FileError { path: path.display().to_string(), error })?;
    Ok(text.strip_prefix('\u{feff}').map_or(text.clone(), str::to_owned))
}

/// The bytes of a file that is at most `limit` bytes long.
///
/// # Errors
/// Where it can't be read, isn't a file, or is longer.
#[allow(clippy::disallowed_methods)]
pub fn read_bytes(path: &Path, limit: u64) -> Result<Vec<u8>, FileError> {
    let failed = |error| FileError { path: path.display().to_string(), error };
    let file = std::fs::File::open(path).map_err(failed)?;
    let metadata = file.metadata().map_err(failed)?;
    if metadata.is_dir() {
        return Err(failed(std::io::Error::other("a directory, not a file")));
    }
    let mut bytes = Vec::new();
    // A pipe has no length: what is read is counted.
    file.take(limit + 1).read_to_end(&mut bytes).map_err(failed)?;
    if bytes.len() as u64 > limit {
        return Err(failed(std::io::Error::other(format!("longer than {} MiB", limit >> 20))));
    }
    Ok(bytes)
}

/// The absolute path, links resolved.
///
/// # Errors
/// Where there is nothing.
#[allow(clippy::disallowed_methods)]
pub fn real(path: &Path) -> std::io::Result<PathBuf> {
    std::fs::canonicalize(path)
}

/// What the system says, without its error number.
pub fn in_words(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::NotFound => "no such file or directory".into(),
        std::io::ErrorKind::PermissionDenied => "permission denied".into(),
        std::io::ErrorKind::InvalidData => "not UTF-8 text".into(),
        _ => error.to_string().split(" (os error").next().unwrap_or("can't be read").to_owned(),
    }
}
