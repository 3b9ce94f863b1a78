//! Files read by one of tree-sitter's grammars: the limits, comments, and the grammar's repairs as
//! located problems. Only this module names the library; a language brings its grammar and lowers
//! the tree to an AST of ours.

pub use tree_sitter::{Language, Node};

use tree_sitter::Parser;

use crate::source::{Source, Span};
use crate::syntax::json::own_line;
use crate::syntax::{Comment, Problem};

/// How deep expressions and statements may be nested; what lies deeper is a problem.
pub const DEPTH: usize = 120;
/// No more repairs than this are reported for one file.
const PROBLEMS: usize = 50;
/// A file with brackets nested deeper isn't given to a grammar, whose repairs take quadratic time.
const BRACKETS: usize = 1_000;

/// A language; its value is what is remembered while one file is lowered.
pub trait Grammar: Default {
    /// Its name, as in "not understood as Go".
    const NAME: &'static str;

    /// The grammar.
    fn language() -> Language;

    /// A comment without its markers.
    fn bare(comment: &str) -> &str;
}

/// What was read of a file.
pub struct Read<T> {
    /// The lowered tree; empty where the grammar gave none.
    pub content: T,
    /// Comments, in order.
    pub comments: Vec<Comment>,
    /// What couldn't be read, in order.
    pub problems: Vec<Problem>,
}

/// Reads a file and lowers its tree. Never fails: see [`Read::problems`].
pub fn read<'s, G: Grammar, T: Default>(
    source: &'s Source,
    lower: impl FnOnce(&mut Lower<'s, G>, Node<'_>) -> T,
) -> Read<T> {
    let nothing = |message: String| Read {
        content: T::default(),
        comments: Vec::new(),
        problems: vec![Problem { span: source.span().at_start(), message }],
    };
    if deepest(&source.text) > BRACKETS {
        return nothing("brackets are nested too deeply".into());
    }
    let mut parser = Parser::new();
    if parser.set_language(&G::language()).is_err() {
        return nothing(format!("the {} grammar can't be loaded", G::NAME));
    }
    let Some(tree) = parser.parse(source.text.as_bytes(), None) else {
        return nothing(format!("not {}", G::NAME));
    };
    let mut lowering = Lower { source, depth: 0, problems: Vec::new(), language: G::default() };
    let comments = lowering.survey(tree.root_node());
    let content = lower(&mut lowering, tree.root_node());
    let mut problems = lowering.problems;
    problems.sort_by_key(|p| p.span);
    problems.dedup_by_key(|p| p.span);
    problems.truncate(PROBLEMS);
    Read { content, comments, problems }
}

/// The deepest nesting of brackets, strings not told apart: an upper bound.
fn deepest(text: &str) -> usize {
    let (mut depth, mut most) = (0usize, 0);
    for byte in text.bytes() {
        match byte {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        most = most.max(depth);
    }
    most
}

/// A tree on its way to an AST of ours; each language adds its forms.
pub struct Lower<'s, G> {
    source: &'s Source,
    depth: usize,
    problems: Vec<Problem>,
    /// What the language remembers.
    pub language: G,
}

impl<'s, G: Grammar> Lower<'s, G> {
    /// A node's place.
    pub fn span(&self, node: Node<'_>) -> Span {
        Span::new(self.source.id, node.start_byte(), node.end_byte())
    }

    /// A node as written.
    pub fn text(&self, node: Node<'_>) -> &'s str {
        self.source.text.get(node.byte_range()).unwrap_or("")
    }

    /// Children that mean something.
    pub fn children<'t>(&self, node: Node<'t>) -> Vec<Node<'t>> {
        let mut cursor = node.walk();
        node.named_children(&mut cursor).filter(|n| !n.is_extra() && !n.is_error()).collect()
    }

    /// Tells of something that couldn't be read.
    pub fn problem(&mut self, node: Node<'_>, message: impl Into<String>) {
        let span = self.span(node);
        self.problems.push(Problem { span, message: message.into() });
    }

    /// Runs a step one level deeper; `None`, and a problem, where that is too deep.
    pub fn deeper<T>(&mut self, node: Node<'_>, step: impl FnOnce(&mut Self) -> T) -> Option<T> {
        if self.depth >= DEPTH {
            self.problem(node, "nested too deeply");
            return None;
        }
        self.depth += 1;
        let result = step(self);
        self.depth -= 1;
        Some(result)
    }

    /// Comments, and the grammar's repairs as problems. Goes through the tree without recursion.
    fn survey(&mut self, root: Node<'_>) -> Vec<Comment> {
        let mut comments = Vec::new();
        let mut cursor = root.walk();
        loop {
            let node = cursor.node();
            if node.is_missing() {
                self.problem(node, format!("expected `{}`", node.kind()));
            } else if node.is_error() {
                let first_line = self.text(node).lines().next().map_or(0, str::len);
                let span = Span::new(self.source.id, node.start_byte(), node.start_byte() + first_line);
                self.problems.push(Problem { span, message: format!("not understood as {}", G::NAME) });
            } else if matches!(node.kind(), "comment" | "hash_bang_line") {
                let span = self.span(node);
                let text = G::bare(self.text(node)).trim().into();
                comments.push(Comment { span, text, own_line: own_line(self.source, span) });
            }
            if node.kind() != "string" && cursor.goto_first_child() {
                continue;
            }
            while !cursor.goto_next_sibling() {
                if !cursor.goto_parent() {
                    return comments;
                }
            }
        }
    }
}
