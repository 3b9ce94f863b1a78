//! HCL's AST, as Terraform's expression language needs it, and lowering into it.
//!
//! `parse` (native syntax) and `parse_json` (`.tf.json`) both end here. Recovery: one broken block
//! costs that block, not the file.

mod expression;
mod items;
mod json;
mod parser;
mod relocate;
mod template;
mod walk;

pub use json::parse_json;
pub use walk::walk;

use crate::source::{Source, SourceId, Span, Text};
use crate::syntax::{Comment, Problem};
use parser::Parser;

/// Parses a file in native syntax.
pub fn parse(source: &Source) -> File {
    let mut parser = Parser::new(source, source.span());
    let body = parser.file();
    File { source: source.id, body, comments: parser.comments, problems: parser.problems }
}

/// Parses a part of a text as one expression, as if in parentheses: newlines are blanks.
///
/// # Errors
/// What is wrong, and where.
pub fn parse_expression(source: &Source, span: Span) -> Result<Expr, Problem> {
    let mut parser = Parser::new(source, span);
    parser.free = true;
    parser.skip();
    let expr = parser.expression()?;
    parser.skip();
    if parser.peek().is_some() { parser.error("expected the end of the expression") } else { Ok(expr) }
}

/// Parses a part of a text as a template: `${}` and `%{}`, no backslash escapes.
///
/// # Errors
/// What is wrong, and where.
pub fn parse_template(source: &Source, span: Span) -> Result<Expr, Problem> {
    let mut parser = Parser::new(source, span);
    let kind = parser.bare_template()?;
    Ok(Expr { span, kind })
}

/// A parsed HCL file.
#[derive(Clone, Debug)]
pub struct File {
    /// The source it was parsed from.
    pub source: SourceId,
    /// Top-level attributes and blocks.
    pub body: Body,
    /// Comments, in order.
    pub comments: Vec<Comment>,
    /// What couldn't be read.
    pub problems: Vec<Problem>,
}

/// A name with its place.
#[derive(Clone, Debug, PartialEq)]
pub struct Ident {
    /// The name (labels: unquoted).
    pub name: Text,
    /// As written (labels: with quotes).
    pub span: Span,
}

/// The inside of a block, or a file.
#[derive(Clone, Debug, PartialEq)]
pub struct Body {
    /// `name = expression`, in order.
    pub attributes: Vec<Attribute>,
    /// Nested blocks, in order.
    pub blocks: Vec<Block>,
    /// Between the braces, exclusive; the whole file at top level.
    pub span: Span,
}

impl Body {
    /// The attribute of a name.
    pub fn attribute(&self, name: &str) -> Option<&Attribute> {
        self.attributes.iter().find(|a| a.name.name == name)
    }

    /// The blocks of a type.
    pub fn blocks_of<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = &'a Block> {
        self.blocks.iter().filter(move |b| b.kind.name == kind)
    }
}

/// `name = value`.
#[derive(Clone, Debug, PartialEq)]
pub struct Attribute {
    /// Its name.
    pub name: Ident,
    /// Its value.
    pub value: Expr,
    /// Name to value.
    pub span: Span,
}

/// `kind "label" { … }`.
#[derive(Clone, Debug, PartialEq)]
pub struct Block {
    /// Block type.
    pub kind: Ident,
    /// Labels.
    pub labels: Vec<Ident>,
    /// Its contents.
    pub body: Body,
    /// Type and labels, without the brace.
    pub header: Span,
    /// From the type to the closing brace.
    pub span: Span,
}

/// An expression with its place.
#[derive(Clone, Debug, PartialEq)]
pub struct Expr {
    /// As written.
    pub span: Span,
    /// What it is.
    pub kind: ExprKind,
}

/// The expressions of the language.
#[derive(Clone, Debug, PartialEq)]
pub enum ExprKind {
    /// `null`.
    Null,
    /// `true`, `false`.
    Bool(bool),
    /// A number literal, its digits as written.
    Number(Text),
    /// A string without interpolation, unescaped (heredocs without interpolation too).
    String(Text),
    /// A string or heredoc with interpolation or directives. Indentation and `~` trimming are done.
    Template(Vec<Part>),
    /// `[a, b]`.
    Tuple(Vec<Expr>),
    /// `{ k = v }`.
    Object(Vec<ObjectItem>),
    /// A bare name: `var`, `local`, `aws_db_instance`, an iterator.
    Variable(Text),
    /// `x.name`.
    Attribute(Box<Expr>, Ident),
    /// `x[i]`; the legacy `x.0` is lowered to it with a number.
    Index(Box<Expr>, Box<Expr>),
    /// `x.*.a.b[0]` (legacy: trailing attributes only are inside) or `x[*].a.b[0]` (full).
    Splat {
        /// What is splatted.
        source: Box<Expr>,
        /// Each element with the trailing operators, written against [`ExprKind::SplatItem`].
        each: Box<Expr>,
        /// `.*` rather than `[*]`.
        legacy: bool,
    },
    /// The element within [`ExprKind::Splat`].
    SplatItem,
    /// `name(args…)`; `name` may be `provider::aws::arn_parse`.
    Call {
        /// Function name.
        name: Ident,
        /// Arguments.
        args: Vec<Expr>,
        /// Whether the last one is followed by `...`.
        expand: bool,
    },
    /// `!x`, `-x`.
    Unary(UnaryOp, Box<Expr>),
    /// `a + b`.
    Binary(BinaryOp, Box<Expr>, Box<Expr>),
    /// `c ? a : b`.
    Conditional(Box<Expr>, Box<Expr>, Box<Expr>),
    /// `[for …]` or `{for …}`.
    For(Box<For>),
    /// `(x)`.
    Parens(Box<Expr>),
}

/// A `for` expression.
#[derive(Clone, Debug, PartialEq)]
pub struct For {
    /// Key name, if two are bound.
    pub key: Option<Ident>,
    /// Value name.
    pub value: Ident,
    /// What is iterated.
    pub collection: Expr,
    /// The key of an object result; `None` for a tuple.
    pub result_key: Option<Expr>,
    /// The value of each.
    pub result: Expr,
    /// `if …`.
    pub condition: Option<Expr>,
    /// `...` grouping.
    pub group: bool,
}

/// One `key = value` of an object. A bare name as key is a string literal; `(x)` is an expression.
#[derive(Clone, Debug, PartialEq)]
pub struct ObjectItem {
    /// The key.
    pub key: Expr,
    /// The value.
    pub value: Expr,
}

/// A piece of a template.
#[derive(Clone, Debug, PartialEq)]
pub enum Part {
    /// Literal text, unescaped.
    Literal(Text, Span),
    /// `${x}`.
    Interpolation(Expr),
    /// `%{ if c }a%{ else }b%{ endif }`.
    If(Box<Expr>, Vec<Part>, Vec<Part>),
    /// `%{ for k, v in x }…%{ endfor }`.
    For {
        /// Key name, if two are bound.
        key: Option<Ident>,
        /// Value name.
        value: Ident,
        /// What is iterated.
        collection: Box<Expr>,
        /// The repeated parts.
        body: Vec<Part>,
    },
}

/// Unary operators.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnaryOp {
    /// `!`
    Not,
    /// `-`
    Negate,
}

/// Binary operators.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BinaryOp {
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
    /// `/`
    Divide,
    /// `%`
    Modulo,
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
    /// `&&`
    And,
    /// `||`
    Or,
}
