//! TypeScript (and JavaScript) → a small located AST of our own: enough of the language to work out
//! what a configuration file builds. Types are dropped; what the AST has no form for is kept as
//! [`ExprKind::Other`] or [`StmtKind::Other`] with its grammar's name, never left out.
//!
//! Recovery: the grammar repairs what it can, and every repair is a located problem.

mod items;
mod lower;
mod statements;
#[cfg(test)]
mod tests;
mod text;

use std::sync::Arc;

use crate::source::{Source, SourceId, Span, Text};
use crate::syntax::grammar::{self, Grammar, Lower, Node};
use crate::syntax::{Comment, Problem};

/// Parses a file. Never fails: see [`File::problems`].
pub fn parse(source: &Source) -> File {
    File::read(source, lower::Lower::statements)
}

/// A parsed file.
#[derive(Clone, Debug)]
pub struct File {
    /// The source it was parsed from.
    pub source: SourceId,
    /// Statements, in order; declarations of types are left out.
    pub statements: Vec<Stmt>,
    /// Comments, in order.
    pub comments: Vec<Comment>,
    /// What couldn't be read.
    pub problems: Vec<Problem>,
    /// Everything a comment alone on a line can stand above: statements, object properties, array
    /// elements and call arguments. Sorted by start, the widest first.
    pub items: Vec<Span>,
}

impl File {
    /// What a language whose files are lowered to this AST reads of one.
    pub(super) fn read<'s, G: Grammar>(
        source: &'s Source,
        lower: impl FnOnce(&mut Lower<'s, G>, Node<'_>) -> Vec<Stmt>,
    ) -> File {
        let grammar::Read { content: statements, comments, problems } = grammar::read(source, lower);
        let items = items::of(&statements);
        File { source: source.id, statements, comments, problems, items }
    }

    /// The widest item that begins at or behind an offset: what a comment ending there covers.
    pub fn item_after(&self, offset: u32) -> Option<Span> {
        self.items.get(self.items.partition_point(|s| s.start < offset)).copied()
    }
}

/// A name with its place.
#[derive(Clone, Debug, PartialEq)]
pub struct Name {
    /// The name, unquoted.
    pub text: Text,
    /// As written.
    pub span: Span,
}

/// A statement with its place.
#[derive(Clone, Debug, PartialEq)]
pub struct Stmt {
    /// The whole statement.
    pub span: Span,
    /// What it is.
    pub kind: StmtKind,
}

/// The kinds of statement.
#[derive(Clone, Debug, PartialEq)]
pub enum StmtKind {
    /// `import … from "…"`.
    Import(Import),
    /// `const`, `let`, `var`.
    Variables {
        /// Whether they are exported.
        exported: bool,
        /// Pattern and value of each.
        declarations: Vec<(Pattern, Option<Expr>)>,
    },
    /// `function name() {}`.
    Function {
        /// Whether it is exported by its name.
        exported: bool,
        /// Whether it is the default export.
        default: bool,
        /// The function.
        function: Arc<Function>,
    },
    /// `export default expression`.
    ExportDefault(Expr),
    /// `export { a as b }`, `export { a } from "…"`.
    ExportNames {
        /// Name here (or in `from`), name outside.
        names: Vec<(Name, Name)>,
        /// The module they come from.
        from: Option<Name>,
    },
    /// `export * from "…"`.
    ExportAll(Name),
    /// An expression for its effect.
    Expression(Expr),
    /// `if`.
    If {
        /// Condition.
        condition: Expr,
        /// Statements when true.
        then: Vec<Stmt>,
        /// Statements when false.
        otherwise: Vec<Stmt>,
    },
    /// `for (const x of y)`, `for (const x in y)`.
    For {
        /// What is bound in each turn.
        pattern: Pattern,
        /// What is gone through.
        over: Expr,
        /// `in` rather than `of`: the keys.
        keys: bool,
        /// Statements.
        body: Vec<Stmt>,
    },
    /// `switch`.
    Switch {
        /// What is compared.
        value: Expr,
        /// The cases; `None` is `default`.
        cases: Vec<(Option<Expr>, Vec<Stmt>)>,
    },
    /// `try`: the handler is kept only for what it may change.
    Try {
        /// Statements.
        body: Vec<Stmt>,
        /// Statements of `catch`.
        handler: Vec<Stmt>,
        /// Statements of `finally`.
        finally: Vec<Stmt>,
    },
    /// `{ … }`.
    Block(Vec<Stmt>),
    /// `return`.
    Return(Option<Expr>),
    /// `throw`.
    Throw,
    /// `break`.
    Break,
    /// `continue`.
    Continue,
    /// A form without a place here (`while`, `class`, …): the grammar's name for it.
    Other(&'static str),
}

/// `import a, { b as c } from "d"`.
#[derive(Clone, Debug, PartialEq)]
pub struct Import {
    /// The module.
    pub from: Name,
    /// What is bound.
    pub bindings: Vec<(Imported, Name)>,
}

/// What of a module is bound to a name.
#[derive(Clone, Debug, PartialEq)]
pub enum Imported {
    /// Its default export.
    Default,
    /// All of it.
    Namespace,
    /// One export.
    Name(Text),
}

/// The left side of a binding.
#[derive(Clone, Debug, PartialEq)]
pub enum Pattern {
    /// A plain name.
    Name(Name),
    /// `{ a, b: c = 1, ...rest }`.
    Object {
        /// Key, pattern, default.
        members: Vec<(Name, Pattern, Option<Expr>)>,
        /// Name of the rest.
        rest: Option<Name>,
    },
    /// `[a, , b = 1, ...rest]`.
    Array {
        /// Patterns and defaults; `None` where a place is skipped.
        members: Vec<Option<(Pattern, Option<Expr>)>>,
        /// Name of the rest.
        rest: Option<Name>,
    },
    /// A form that isn't understood.
    Other(Span),
}

/// A function of any form.
#[derive(Clone, Debug, PartialEq)]
pub struct Function {
    /// The whole function.
    pub span: Span,
    /// Its name, if it has one.
    pub name: Option<Name>,
    /// Parameters.
    pub parameters: Vec<Parameter>,
    /// What it does.
    pub body: Body,
}

/// A parameter.
#[derive(Clone, Debug, PartialEq)]
pub struct Parameter {
    /// What it binds.
    pub pattern: Pattern,
    /// Its default.
    pub default: Option<Expr>,
    /// `...rest`.
    pub rest: bool,
}

/// A function's body.
#[derive(Clone, Debug, PartialEq)]
pub enum Body {
    /// `=> expression`.
    Expression(Box<Expr>),
    /// `{ … }`.
    Block(Vec<Stmt>),
}

/// An expression with its place.
#[derive(Clone, Debug, PartialEq)]
pub struct Expr {
    /// Its text; parentheses, `as` and `!` are stripped from the tree, not from the enclosing spans.
    pub span: Span,
    /// What it is.
    pub kind: ExprKind,
}

/// The kinds of expression.
#[derive(Clone, Debug, PartialEq)]
pub enum ExprKind {
    /// `null`.
    Null,
    /// `undefined`.
    Undefined,
    /// `true`, `false`.
    Bool(bool),
    /// A number.
    Number(f64),
    /// A string, unescaped.
    String(Text),
    /// `` `a ${b}` ``.
    Template(Vec<Part>),
    /// A name.
    Name(Text),
    /// `[a, ...b]`.
    Array(Vec<Element>),
    /// `{ … }`.
    Object(Vec<Property>),
    /// A function or arrow function.
    Function(Arc<Function>),
    /// `f(x)`, `new F(x)`, `` f`x` ``.
    Call {
        /// What is called.
        callee: Box<Expr>,
        /// Arguments.
        arguments: Vec<Element>,
        /// `f?.(x)`.
        optional: bool,
        /// `new`.
        new: bool,
    },
    /// `a.b`, `a?.b`.
    Member {
        /// The object.
        object: Box<Expr>,
        /// The member.
        name: Name,
        /// `?.`.
        optional: bool,
    },
    /// `a[b]`.
    Index {
        /// The object.
        object: Box<Expr>,
        /// The key.
        index: Box<Expr>,
        /// `?.`.
        optional: bool,
    },
    /// `!a`, `-a`, `typeof a`, …
    Unary(Unary, Box<Expr>),
    /// `a + b`, `a && b`, …
    Binary(Binary, Box<Expr>, Box<Expr>),
    /// `a ? b : c`.
    Conditional(Box<Expr>, Box<Expr>, Box<Expr>),
    /// `a = b`, `a += b`.
    Assign {
        /// What is assigned to.
        target: Box<Expr>,
        /// The operator of a compound assignment.
        operator: Option<Binary>,
        /// The value.
        value: Box<Expr>,
    },
    /// `[a, b] = c`, `({ a } = c)`.
    AssignPattern(Box<Pattern>, Box<Expr>),
    /// `await a`.
    Await(Box<Expr>),
    /// `a, b`.
    Sequence(Vec<Expr>),
    /// A form without a place here: the grammar's name for it.
    Other(&'static str),
}

/// A part of a template string.
#[derive(Clone, Debug, PartialEq)]
pub enum Part {
    /// Literal text, unescaped.
    Text(Text),
    /// `${ … }`.
    Expression(Expr),
}

/// An element of an array or argument list.
#[derive(Clone, Debug, PartialEq)]
pub struct Element {
    /// The value.
    pub value: Expr,
    /// `...value`.
    pub spread: bool,
}

/// A property of an object literal.
#[derive(Clone, Debug, PartialEq)]
pub struct Property {
    /// Key to value.
    pub span: Span,
    /// What it is.
    pub kind: PropertyKind,
}

/// The kinds of property.
#[derive(Clone, Debug, PartialEq)]
pub enum PropertyKind {
    /// `a: b`, `"a": b`, `a` (shorthand), `a() {}`.
    Named(Name, Expr),
    /// `[a]: b`.
    Computed(Expr, Expr),
    /// `...a`.
    Spread(Expr),
    /// A getter, setter or anything else: its name, if it has a plain one.
    Other(Option<Name>),
}

/// Operators with one side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unary {
    /// `!`
    Not,
    /// `-`
    Minus,
    /// `+`
    Plus,
    /// `typeof`
    TypeOf,
    /// `void`
    Void,
    /// `delete`
    Delete,
    /// `~` and others
    Other,
}

/// Operators with two sides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Binary {
    /// `&&`
    And,
    /// `||`
    Or,
    /// `??`
    Nullish,
    /// `==`, `===`
    Equal,
    /// `!=`, `!==`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterEqual,
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
    /// `/`
    Divide,
    /// `%`
    Remainder,
    /// `in`
    In,
    /// `instanceof`, bit operators, `**`
    Other,
}
