//! Reading HCL's native syntax: bodies, attributes and blocks.
//!
//! Written by hand rather than taken from a crate, because every file that `terraform fmt` accepts
//! must be read, with spans and comments, and a broken block may cost that block alone.

use crate::source::{Source, Span, Text};
use crate::syntax::hcl::{Attribute, Block, Body, Ident};
use crate::syntax::json::own_line;
use crate::syntax::{Comment, Problem};

/// Nested deeper than this is a problem.
pub(super) const DEPTH: usize = 200;

pub(super) type Result<T> = std::result::Result<T, Problem>;

/// A position in a text, moving forward.
pub(super) struct Parser<'a> {
    pub source: &'a Source,
    pub text: &'a str,
    pub at: usize,
    pub end: usize,
    pub depth: usize,
    pub comments: Vec<Comment>,
    pub problems: Vec<Problem>,
    /// Whether a newline is white space here (inside brackets).
    pub free: bool,
}

impl<'a> Parser<'a> {
    pub fn new(source: &'a Source, span: Span) -> Self {
        Parser {
            source,
            text: &source.text,
            at: span.start as usize,
            end: (span.end as usize).min(source.text.len()),
            depth: 0,
            comments: Vec::new(),
            problems: Vec::new(),
            free: false,
        }
    }

    pub fn rest(&self) -> &'a str {
        self.text.get(self.at..self.end).unwrap_or("")
    }

    pub fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied().filter(|_| self.at < self.end)
    }

    pub fn looking_at(&self, token: &str) -> bool {
        self.rest().starts_with(token)
    }

    pub fn span(&self, start: usize) -> Span {
        Span::new(self.source.id, start, self.at)
    }

    pub fn here(&self) -> Span {
        Span::new(self.source.id, self.at.min(self.end), self.at.min(self.end))
    }

    pub fn error<T>(&self, message: impl Into<String>) -> Result<T> {
        Err(Problem { span: self.here(), message: message.into() })
    }

    /// Skips blanks and comments, and newlines where they are white space.
    pub fn skip(&mut self) {
        self.skip_blank(self.free);
    }

    pub fn skip_newlines(&mut self) {
        self.skip_blank(true);
    }

    fn skip_blank(&mut self, newlines: bool) {
        while let Some(byte) = self.peek() {
            match byte {
                b' ' | b'\t' => self.at += 1,
                b'\r' if self.text.as_bytes().get(self.at + 1) == Some(&b'\n') && !newlines => return,
                b'\n' if !newlines => return,
                b'\n' | b'\r' => self.at += 1,
                b'#' => self.line_comment(1),
                b'/' if self.looking_at("//") => self.line_comment(2),
                b'/' if self.looking_at("/*") => {
                    let start = self.at;
                    let length = self.rest().find("*/").map_or(self.end - self.at, |n| n + 2);
                    self.at += length;
                    let inner = self.text.get(start + 2..self.at).unwrap_or("").trim_end_matches("*/");
                    self.comment(start, inner);
                }
                _ => return,
            }
        }
    }

    fn line_comment(&mut self, marker: usize) {
        let start = self.at;
        let rest = self.rest();
        let length = rest.find('\n').unwrap_or(rest.len());
        let line = rest.get(..length).unwrap_or("").trim_end_matches('\r');
        self.at += line.len();
        self.comment(start, line.get(marker..).unwrap_or(""));
        if self.peek() == Some(b'\r') {
            self.at += 1;
        }
    }

    fn comment(&mut self, start: usize, text: &str) {
        // A part that is read twice (an attribute tried as a block) must not count its comments twice.
        if self.comments.last().is_some_and(|c| c.span.start as usize >= start) {
            return;
        }
        let span = self.span(start);
        self.comments.push(Comment { span, text: text.trim().into(), own_line: own_line(self.source, span) });
    }

    pub fn eat(&mut self, token: &str) -> bool {
        let found = self.looking_at(token);
        if found {
            self.at += token.len();
        }
        found
    }

    pub fn expect(&mut self, token: &str, what: &str) -> Result<()> {
        if self.eat(token) { Ok(()) } else { self.error(format!("expected `{token}` {what}")) }
    }

    /// An identifier, if one begins here. `-` may stand inside.
    pub fn ident(&mut self) -> Option<Ident> {
        let rest = self.rest();
        let first = rest.chars().next()?;
        if !(first.is_alphabetic() || first == '_') {
            return None;
        }
        let length = rest.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '-')).unwrap_or(rest.len());
        let start = self.at;
        self.at += length;
        Some(Ident { name: Text::from(rest.get(..length).unwrap_or("")), span: self.span(start) })
    }

    pub fn deeper(&mut self) -> Result<()> {
        self.depth += 1;
        if self.depth > DEPTH { self.error(format!("nested more than {DEPTH} deep")) } else { Ok(()) }
    }

    /// A whole file. A broken item costs that item: reading goes on at the next line that begins one.
    pub fn file(&mut self) -> Body {
        let start = self.at;
        let mut body = Body { attributes: Vec::new(), blocks: Vec::new(), span: self.span(start) };
        loop {
            self.skip_newlines();
            if self.at >= self.end {
                break;
            }
            let item = self.at;
            self.depth = 0;
            self.free = false;
            if let Err(problem) = self.item(&mut body) {
                self.problems.push(problem);
                self.recover(item);
            }
        }
        body.span = Span::new(self.source.id, start, self.end);
        body
    }

    /// To the next line at the start of which a name stands, after the item that begins at `item`.
    fn recover(&mut self, item: usize) {
        self.at = item;
        loop {
            let rest = self.rest();
            let Some(newline) = rest.find('\n') else {
                self.at = self.end;
                return;
            };
            self.at += newline + 1;
            if self.rest().starts_with(|c: char| c.is_alphabetic() || c == '_') {
                return;
            }
        }
    }

    /// The items of a block, up to its closing brace.
    fn body(&mut self) -> Result<Body> {
        self.deeper()?;
        let free = std::mem::replace(&mut self.free, false);
        let start = self.at;
        let mut body = Body { attributes: Vec::new(), blocks: Vec::new(), span: self.span(start) };
        loop {
            self.skip_newlines();
            match self.peek() {
                None => return self.error("block isn't closed by `}`"),
                Some(b'}') => break,
                Some(_) => self.item(&mut body)?,
            }
        }
        body.span = self.span(start);
        self.depth -= 1;
        self.free = free;
        Ok(body)
    }

    fn item(&mut self, body: &mut Body) -> Result<()> {
        let start = self.at;
        // JSON-like quoted attribute names aren't HCL; a label can't come first.
        let Some(name) = self.ident() else { return self.error("expected an attribute or a block") };
        self.skip();
        if self.peek() == Some(b'=') && !self.looking_at("==") {
            self.at += 1;
            self.skip();
            let value = self.expression()?;
            body.attributes.push(Attribute { name, span: self.span(start), value });
        } else {
            let block = self.block(start, name)?;
            body.blocks.push(block);
        }
        self.skip();
        match self.peek() {
            None | Some(b'\n' | b'\r' | b'}') => Ok(()),
            Some(_) => self.error("expected a newline after this"),
        }
    }

    fn block(&mut self, start: usize, kind: Ident) -> Result<Block> {
        let mut labels = Vec::new();
        let mut header = self.at;
        header = header.min(kind.span.end as usize);
        loop {
            self.skip();
            match self.peek() {
                Some(b'{') => break,
                Some(b'"') => {
                    let at = self.at;
                    let name = self.label()?;
                    labels.push(Ident { name, span: self.span(at) });
                    header = self.at;
                }
                _ => match self.ident() {
                    Some(label) => {
                        header = self.at;
                        labels.push(label);
                    }
                    None => return self.error("expected `=` or a block"),
                },
            }
        }
        self.at += 1;
        let body = self.body()?;
        self.expect("}", "to close the block")?;
        Ok(Block { kind, labels, body, header: Span::new(self.source.id, start, header), span: self.span(start) })
    }

    /// A quoted label: no interpolation.
    fn label(&mut self) -> Result<Text> {
        let start = self.at;
        self.at += 1;
        let mut text = String::new();
        loop {
            let Some(c) = self.rest().chars().next() else { return self.error("label isn't closed") };
            self.at += c.len_utf8();
            match c {
                '"' => return Ok(text.into()),
                '\n' => {
                    self.at = start;
                    return self.error("label isn't closed on its line");
                }
                '\\' => self.escape(&mut text)?,
                c => text.push(c),
            }
        }
    }
}
