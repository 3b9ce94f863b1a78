//! What keeps a command from doing its job; exit code 2.

/// Why a command couldn't do its job, with every message to show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure(pub Vec<String>);

impl Failure {
    /// One message.
    pub fn new(message: impl Into<String>) -> Failure {
        Failure(vec![message.into()])
    }

    /// One message for each of several problems.
    pub fn all(problems: impl IntoIterator<Item = impl ToString>) -> Failure {
        Failure(problems.into_iter().map(|p| p.to_string()).collect())
    }
}

impl From<crate::workspace::FileError> for Failure {
    fn from(error: crate::workspace::FileError) -> Self {
        Failure::new(error.to_string())
    }
}

impl From<crate::workspace::LoadError> for Failure {
    fn from(error: crate::workspace::LoadError) -> Self {
        match error {
            crate::workspace::LoadError::Given(messages) => Failure(messages),
            error => Failure::new(error.to_string()),
        }
    }
}
