//! Steps of CI jobs: what holds while one runs, whatever it runs.

use crate::source::{SourceId, Span, Text};

/// A step of a job, in all the ways its workflow is started.
#[derive(Clone, Debug)]
pub struct Step {
    /// The file.
    pub source: SourceId,
    /// The step.
    pub span: Span,
    /// Key of its job; the directory's name for a step of a composite action.
    pub job: String,
    /// The action it uses, without its version.
    pub uses: Option<Text>,
    /// What it hands to that action: name, value as written, and where that stands.
    pub inputs: Vec<(Text, Text, Span)>,
    /// The events that start it.
    pub events: Vec<Text>,
    /// What puts a person in between, whichever way it is started, in words.
    pub gates: Vec<String>,
    /// Its environment, secrets of its inputs included.
    pub given: Vec<Given>,
}

/// A variable or input that a step is given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Given {
    /// Its name.
    pub name: Text,
    /// `secrets.X`, the expression, or [`crate::ci::LITERAL`].
    pub origin: Text,
    /// Where it is given; the step, where a caller does it.
    pub span: Span,
}

impl Step {
    /// Adds what another way of starting the same step says.
    pub(super) fn add(&mut self, other: Step) {
        self.events.extend(other.events.into_iter().filter(|e| !self.events.contains(e)).collect::<Vec<_>>());
        self.gates.retain(|g| other.gates.contains(g));
        self.given.extend(other.given.into_iter().filter(|g| !self.given.contains(g)).collect::<Vec<_>>());
    }
}
