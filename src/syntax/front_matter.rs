//! Markdown with YAML front matter → tree.

use crate::source::{Source, Span};
use crate::syntax::tree::Tree;
use crate::syntax::{Problem, yaml};

/// The two parts of a file with front matter.
#[derive(Clone, Debug)]
pub struct FrontMatter {
    /// What stands between the `---` lines; no root where there is none.
    pub tree: Tree,
    /// The Markdown after it (the whole file where there is no front matter).
    pub body: Span,
}

/// Parses the front matter of a Markdown file.
pub fn parse(source: &Source) -> FrontMatter {
    let empty = |problems| Tree { source: source.id, roots: Vec::new(), comments: Vec::new(), problems };
    let text = &*source.text;
    let fence = |line: &str| line.trim_end() == "---";
    let first = text.split_inclusive('\n').next().unwrap_or("");
    if !fence(first) {
        return FrontMatter { tree: empty(Vec::new()), body: source.span() };
    }
    let mut at = first.len();
    for line in text.get(at..).unwrap_or("").split_inclusive('\n') {
        if fence(line) || line.trim_end() == "..." {
            let part = Span::new(source.id, first.len(), at);
            let body = Span::new(source.id, at + line.len(), text.len());
            return FrontMatter { tree: yaml::parse_part(source, part), body };
        }
        at += line.len();
    }
    let problem = Problem { span: Span::new(source.id, 0, 3), message: "front matter is not closed by `---`".into() };
    FrontMatter { tree: empty(vec![problem]), body: source.span() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::SourceId;

    #[test]
    fn the_front_matter_is_read_and_the_body_left() {
        let s = Source::new(SourceId(0), "a.md", "---\r\nname: ops\r\ntools: Bash, Read\r\n---\r\n# Hello\n---\n");
        let parsed = parse(&s);
        let tools = parsed.tree.root().unwrap().get("tools").unwrap();
        assert_eq!(s.slice(tools.span), "Bash, Read");
        assert_eq!(s.slice(parsed.body), "# Hello\n---\n");
    }

    #[test]
    fn none_and_unclosed() {
        let none = Source::new(SourceId(0), "a.md", "# Hello\n");
        assert!(parse(&none).tree.roots.is_empty());
        let open = Source::new(SourceId(0), "a.md", "---\nname: x\n");
        assert_eq!(parse(&open).tree.problems.len(), 1);
    }
}
