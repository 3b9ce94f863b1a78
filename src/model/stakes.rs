//! What is at stake: the policy that a finding's severity follows the consequence.

use crate::finding::{Persona, Severity};

/// What would be lost, and so how severe a finding may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stakes {
    /// Derived, transient, non-production, local: at most a note, for `pedantic`.
    Rebuildable,
    /// A link is there and another isn't proven: at most a warning.
    Exposed,
    /// One act takes primary data and no known copy survives: up to an error.
    Loss,
}

impl Stakes {
    /// The word rules and output use.
    pub fn word(self) -> &'static str {
        match self {
            Stakes::Loss => "loss",
            Stakes::Exposed => "exposed",
            Stakes::Rebuildable => "rebuildable",
        }
    }

    /// The highest severity they allow.
    pub fn ceiling(self) -> Severity {
        match self {
            Stakes::Loss => Severity::Error,
            Stakes::Exposed => Severity::Warning,
            Stakes::Rebuildable => Severity::Note,
        }
    }

    /// The lowest persona that sees a finding with them.
    pub fn persona(self) -> Persona {
        match self {
            Stakes::Rebuildable => Persona::Pedantic,
            _ => Persona::Regular,
        }
    }
}
