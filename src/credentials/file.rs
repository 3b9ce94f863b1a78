//! What sort of text a file is, as far as it decides what counts as a literal and whom to believe.

use crate::knowledge::credentials::Words;
use crate::workspace::{File, Format};

/// How a file's values are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Manner {
    /// A literal always stands in quotes: what doesn't is an expression.
    pub quoted: bool,
    /// Documentation, an example or a template for a person to fill in.
    pub example: bool,
    /// Documentation, of the two.
    pub prose: bool,
    /// Sentences, whoever reads them.
    pub words: bool,
    /// A test.
    pub test: bool,
    /// `NAME value` assigns (a Dockerfile's `ENV`).
    pub spaced: bool,
}

impl Manner {
    /// Of a file.
    pub fn of(file: &File, words: &Words) -> Manner {
        let path = file.source.path.to_ascii_lowercase();
        let name = path.rsplit('/').next().unwrap_or(&path);
        let ends = |list: &[String]| {
            list.iter().any(|end| name.strip_suffix(end.as_str()).is_some_and(|rest| rest.ends_with('.')))
        };
        let agents = words
            .agent_documentation
            .iter()
            .any(|part| path.starts_with(part.as_str()) || path.contains(&format!("/{part}")) || name == part.as_str());
        let documentation = ends(&words.documentation) && !agents;
        let parts = |list: &[String]| {
            path.split(|c: char| !c.is_ascii_alphanumeric()).any(|part| list.iter().any(|word| word == part))
        };
        let quoted = match file.format {
            Format::Hcl | Format::HclJson | Format::Json | Format::Jsonc | Format::Toml => true,
            Format::TypeScript | Format::Python | Format::Go | Format::Starlark => true,
            Format::Yaml | Format::FrontMatter | Format::Shell | Format::Dotenv => false,
            Format::Text => ends(&words.quoted),
        };
        Manner {
            quoted,
            example: file.role == "env-example" || documentation || parts(&words.examples),
            words: ends(&words.documentation),
            prose: documentation && file.role != "env-example" && !parts(&words.examples),
            test: parts(&words.tests),
            spaced: file.role == "dockerfile",
        }
    }
}
