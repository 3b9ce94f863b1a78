//! Go → the small AST that TypeScript has: what a configuration file builds is the same thing in both.
//! A composite literal is an object or an array, `append` a longer array, `func Railway()` the default
//! export. What has no counterpart is kept as `Other`, never left out.

mod expressions;
mod statements;
#[cfg(test)]
mod tests;

use crate::source::{Source, Text};
use crate::syntax::grammar::{self, Grammar, Language, Node};
use crate::syntax::typescript::{File, Name};

/// Parses a file. Never fails: see [`File::problems`].
pub fn parse(source: &Source) -> File {
    File::read(source, Lower::file)
}

/// Go, and the name under which the file imports the SDK's package.
struct Go {
    sdk: Text,
}

impl Default for Go {
    fn default() -> Go {
        Go { sdk: "iac".into() }
    }
}

impl Grammar for Go {
    const NAME: &'static str = "Go";

    fn language() -> Language {
        tree_sitter_go::LANGUAGE.into()
    }

    fn bare(comment: &str) -> &str {
        comment.trim_start_matches("//").trim_start_matches("/*").trim_end_matches("*/")
    }
}

type Lower<'s> = grammar::Lower<'s, Go>;

impl Lower<'_> {
    fn name(&self, node: Node<'_>) -> Name {
        Name { text: self.text(node).into(), span: self.span(node) }
    }
}
