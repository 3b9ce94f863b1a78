//! Text → located trees. Data formats (JSON, JSONC, TOML, YAML, front matter, `.env`) share one
//! tree ([`tree::Node`]); each language has a small AST of its own. Parsing never fails: it returns
//! what could be read, and the problems.

pub mod document;
pub mod dotenv;
pub mod front_matter;
pub mod go;
pub mod grammar;
pub mod hcl;
pub mod json;
pub mod lines;
pub mod python;
pub mod shell;
pub mod starlark;
pub mod toml;
pub mod tree;
pub mod typescript;
pub mod yaml;

use crate::source::{Span, Text};

/// Something a parser couldn't read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Where.
    pub span: Span,
    /// What is wrong, in one sentence without the file's own text.
    pub message: String,
}

/// A comment as written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comment {
    /// The comment with its markers.
    pub span: Span,
    /// The text between the markers, trimmed.
    pub text: Text,
    /// Whether it stands alone on its line(s).
    pub own_line: bool,
}
