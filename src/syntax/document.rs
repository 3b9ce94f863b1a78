//! One parsed file of any format.

use std::sync::Arc;

use crate::source::Span;
use crate::syntax::{Comment, Problem, hcl, json, lines, starlark, toml, tree, typescript, yaml};
use crate::workspace::{File, Format};

/// A parsed file.
#[derive(Clone, Debug)]
pub enum Document {
    /// HCL, native or in JSON.
    Hcl(Arc<hcl::File>),
    /// A data format.
    Tree(tree::Tree),
    /// TypeScript or JavaScript; Python and Go, whose configuration files have the same small AST.
    TypeScript(typescript::File),
    /// Starlark.
    Starlark(starlark::Module),
    /// A shell script.
    Shell(crate::syntax::shell::File),
    /// Text of lines with `#` comments: a Makefile, a Dockerfile, …
    Lines(lines::File),
    /// Text that isn't parsed.
    Text,
}

/// Roles whose text is read line by line and has `#` comments.
const LINES: &[&str] = &["makefile", "justfile", "dockerfile", "procfile"];

/// Parses a file by its format. Templates and text without a role are left as text.
pub fn parse(file: &File) -> Document {
    if file.template || file.role.is_empty() {
        return Document::Text;
    }
    let source = &file.source;
    match file.format {
        Format::Hcl => Document::Hcl(Arc::new(hcl::parse(source))),
        Format::HclJson => Document::Hcl(Arc::new(hcl::parse_json(source))),
        Format::Json => Document::Tree(json::parse(source)),
        Format::Jsonc => Document::Tree(json::parse_jsonc(source)),
        Format::Toml => Document::Tree(toml::parse(source)),
        Format::Yaml => Document::Tree(yaml::parse(source)),
        Format::FrontMatter => Document::Tree(crate::syntax::front_matter::parse(source).tree),
        Format::Dotenv => Document::Tree(crate::syntax::dotenv::parse(source)),
        Format::TypeScript => Document::TypeScript(typescript::parse(source)),
        Format::Python => Document::TypeScript(crate::syntax::python::parse(source)),
        Format::Go => Document::TypeScript(crate::syntax::go::parse(source)),
        Format::Starlark => Document::Starlark(starlark::parse(source)),
        Format::Shell => Document::Shell(crate::syntax::shell::parse(source)),
        Format::Text if LINES.contains(&file.role.as_str()) => Document::Lines(lines::parse(source)),
        Format::Text => Document::Text,
    }
}

impl Document {
    /// What couldn't be read.
    pub fn problems(&self) -> &[Problem] {
        match self {
            Document::Hcl(f) => &f.problems,
            Document::Tree(t) => &t.problems,
            Document::TypeScript(f) => &f.problems,
            Document::Starlark(m) => &m.problems,
            Document::Shell(f) => &f.problems,
            Document::Lines(_) | Document::Text => &[],
        }
    }

    /// Its comments, in order. JSON has none.
    pub fn comments(&self) -> &[Comment] {
        match self {
            Document::Hcl(f) => &f.comments,
            Document::Tree(t) => &t.comments,
            Document::TypeScript(f) => &f.comments,
            Document::Starlark(m) => &m.comments,
            Document::Shell(f) => &f.comments,
            Document::Lines(f) => &f.comments,
            Document::Text => &[],
        }
    }

    /// Everything a comment alone on a line can stand above: attributes, list elements, blocks,
    /// members, statements, calls. Sorted by start, the widest first.
    pub fn items(&self) -> Vec<Span> {
        let mut items = match self {
            Document::Hcl(f) => f.items(),
            Document::Tree(t) => t.items(),
            Document::TypeScript(f) => f.items.clone(),
            Document::Starlark(m) => m.items.clone(),
            Document::Shell(f) => f.items.clone(),
            Document::Lines(f) => f.items.clone(),
            Document::Text => Vec::new(),
        };
        items.sort_by_key(|s| (s.source, s.start, std::cmp::Reverse(s.end)));
        items.dedup();
        items
    }

    /// The widest item that begins at or behind an offset, within the innermost item the offset
    /// lies in: what a comment ending there stands above. To ask often, take [`Document::items`]
    /// and [`item_after`].
    pub fn item_after(&self, offset: u32) -> Option<Span> {
        item_after(&self.items(), offset)
    }

    /// The data tree, if it is a data format.
    pub fn tree(&self) -> Option<&tree::Tree> {
        match self {
            Document::Tree(t) => Some(t),
            _ => None,
        }
    }
}

/// [`Document::item_after`] among the document's items.
pub fn item_after(items: &[Span], offset: u32) -> Option<Span> {
    let next = items.partition_point(|s| s.start < offset);
    let within = |s: &&Span| s.start < offset && offset < s.end;
    // The innermost one begins last.
    let end = items.get(..next)?.iter().rev().find(within).map_or(u32::MAX, |s| s.end);
    items.get(next).copied().filter(|s| s.start < end)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{Source, SourceId};

    /// What stands behind each `@` comment: the text of the item it is above.
    fn above(parse: fn(&Source) -> Document, text: &str) -> Vec<String> {
        let source = Source::new(SourceId(0), "x", text);
        let document = parse(&source);
        let comments = document.comments().iter().filter(|c| c.text.contains('@'));
        let item = |c: &Comment| document.item_after(c.span.end).map_or("-", |s| source.slice(s)).to_owned();
        comments.map(item).collect()
    }

    #[test]
    fn hcl() {
        let text = "# @1\nresource \"a\" \"b\" {\n  # @2\n  x = [\n    # @3\n    { k = 1 },\n    2,\n    # @4\n  ]\n  # @5\n}\n/* @6 */ y = f(\n  # @7\n  1)\n";
        let found = above(|s| Document::Hcl(Arc::new(hcl::parse(s))), text);
        assert!(found[0].starts_with("resource") && found[0].ends_with('}'));
        assert!(found[1].starts_with("x = [") && found[1].ends_with(']'));
        assert_eq!(found[2], "{ k = 1 }");
        assert_eq!(found[3..5], ["-", "-"], "nothing follows inside the list or block");
        assert!(found[5].starts_with("y = f("));
        assert_eq!(found[6], "1");
    }

    #[test]
    fn yaml_jobs_and_steps() {
        let text = "# @1\non: push\njobs:\n  # @2\n  a:\n    steps:\n      # @3\n      - run: |\n          x\n      # @4\n      - run: y # @5\n  # @6\n  b: [1,\n    # @7\n    2]\n# @8\n";
        let found = above(|s| Document::Tree(yaml::parse(s)), text);
        assert_eq!(found[0], "on: push");
        assert!(found[1].starts_with("a:") && found[1].ends_with("run: y"), "{}", found[1]);
        assert!(found[2].starts_with("run: |"));
        assert_eq!(found[3], "run: y");
        assert_eq!(found[5], "b: [1,\n    # @7\n    2]");
        assert_eq!(found[6], "2");
        assert_eq!(found[7], "-");
        let front = "---\n# @1\nname: x\ntools: [a]\n---\n# @2\n";
        let found = above(|s| Document::Tree(crate::syntax::front_matter::parse(s).tree), front);
        assert_eq!(found, ["name: x"], "Markdown has no comments");
    }

    #[test]
    fn toml_tables_reach_to_their_ends() {
        let text = "# @1\na = 1\n# @2\n[deploy]\nx = [\n  # @3\n  1]\ny.z = 2\n# @4\n[e.s.deploy]\nk = 1\n[e.s.deploy.sub]\nl = 2\n# @5\n[[m]]\nn = 1\n# @6\n[[m]]\nn = 2\n";
        let found = above(|s| Document::Tree(toml::parse(s)), text);
        assert_eq!(found[0], "a = 1");
        assert!(found[1].starts_with("[deploy]") && found[1].ends_with("y.z = 2"), "{}", found[1]);
        assert_eq!(found[2], "1");
        assert!(found[3].starts_with("[e.s.deploy]") && found[3].ends_with("l = 2"), "{}", found[3]);
        assert!(found[4].starts_with("[[m]]"));
        assert_eq!(found[5], "[[m]]\nn = 2");
    }

    #[test]
    fn the_other_languages() {
        let found = above(|s| Document::Tree(crate::syntax::dotenv::parse(s)), "A=1\n# @\nB=2\nC=3\n");
        assert_eq!(found, ["B=2"]);
        let found =
            above(|s| Document::Tree(json::parse_jsonc(s)), "{\n// @1\n\"a\": [\n// @2\n\"x\", \"y\"],\n/* @3 */ }");
        assert_eq!(found, ["\"a\": [\n// @2\n\"x\", \"y\"]", "\"x\"", "-"]);
        let found = above(|s| Document::Tree(json::parse(s)), "{\n// @1\n\"a\": 1}");
        assert!(found.is_empty(), "JSON has no comments");
        let found = above(
            |s| Document::TypeScript(typescript::parse(s)),
            "// @1\nconst a = f({\n  // @2\n  b: 1,\n  // @3\n});\n// @4\ng();\n",
        );
        assert_eq!(found[1..], ["b: 1", "-", "g();"]);
        let found = above(
            |s| Document::Shell(crate::syntax::shell::parse(s)),
            "# @1\nif a; then\n  # @2\n  b # @3\nfi\ncat <<E\n# @no\nE\n# @4\nc\n",
        );
        assert!(found[0].starts_with("if a"));
        assert_eq!((found[1].as_str(), found[3].as_str()), ("b", "c"));
        let found = above(
            |s| Document::Starlark(starlark::parse(s)),
            "# @1\nrule(\n  # @2\n  a = [\n    # @3\n    \"x\",\n  ],\n)\n# @4\nb()\n",
        );
        assert!(found[0].starts_with("rule("), "{found:?}");
        assert!(found[1].starts_with("a = ["), "{found:?}");
        assert_eq!((found[2].as_str(), found[3].as_str()), ("\"x\"", "b()"));
        let found = above(|s| Document::Lines(lines::parse(s)), "# @1\nall:\n\t# @2\n\tx\nb:\n\ty\n");
        assert_eq!(found, ["all:\n\t# @2\n\tx", "x"]);
    }
}
