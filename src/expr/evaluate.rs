//! Evaluating an expression in a scope.

mod loops;
mod operators;
mod reference;
pub(in crate::expr) use template::prefix;
mod template;

use std::cell::{Cell, RefCell};

use indexmap::IndexMap;

use crate::expr::convert::{normalized, sorted, to_text};
use crate::expr::weight::LONGEST;
use crate::expr::{Kind, Type, Value, functions};
use crate::finding::Reason;
use crate::source::{Span, Text};
use crate::syntax::hcl::{Expr, ExprKind};

/// A step of a reference after its first name.
#[derive(Clone, Debug)]
pub enum Step {
    /// `.name`
    Attribute(Text),
    /// `[value]`
    Index(Value),
}

/// What names mean.
pub trait Scope {
    /// The value of a reference that begins with `root`, and how many of `steps` that took (the
    /// evaluator applies the rest). `None`: there is no such name.
    fn resolve(&self, root: &str, steps: &[Step], span: Span) -> Option<(Value, usize)>;

    /// A function of the scope's own, where there is no built-in one of that name; its arguments are evaluated.
    fn call(&self, name: &str, args: &[Value], span: Span) -> Option<Value> {
        let _ = (name, args, span);
        None
    }

    /// Told before [`Scope::resolve`]: how many expressions are being evaluated, one inside the other. What resolving
    /// evaluates in turn may go that much less deep.
    fn entering(&self, depth: usize) {
        let _ = depth;
    }

    /// Files for `file()` and its kin; `None`: they can't be read here.
    fn files(&self) -> Option<&dyn Files> {
        None
    }
}

/// Reading files of the project, for functions.
pub trait Files {
    /// The text of a file; the reason where it can't be known.
    fn read(&self, path: &str, span: Span) -> Result<Text, Reason>;
    /// Whether it exists.
    fn exists(&self, path: &str, span: Span) -> Result<bool, Reason>;
    /// Paths below `dir` that match a pattern, sorted.
    fn set(&self, dir: &str, pattern: &str, span: Span) -> Result<Vec<Text>, Reason>;
    /// An absolute path for `path`.
    fn absolute(&self, path: &str, span: Span) -> Result<Text, Reason>;
    /// Whether these are the files a template sees: it can't read a further template.
    fn in_template(&self) -> bool {
        false
    }
}

/// How much an evaluation may do.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Expressions evaluated.
    pub steps: usize,
    /// Elements of one result.
    pub elements: usize,
    /// Expressions evaluated one inside the other.
    pub depth: usize,
    /// Bytes of a string that a template makes.
    pub longest: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Limits { steps: 2_000_000, elements: 200_000, depth: 400, longest: LONGEST }
    }
}

/// A value, and the errors met on the way (each is inside the value as an unknown too, unless
/// something decided the value without it).
#[derive(Clone, Debug)]
pub struct Evaluated {
    /// The value.
    pub value: Value,
    /// What Terraform would refuse.
    pub errors: Vec<Reason>,
}

/// Evaluates an expression.
pub fn evaluate(expr: &Expr, scope: &dyn Scope, limits: Limits) -> Evaluated {
    let evaluator = Evaluator {
        scope,
        limits,
        steps: Cell::new(0),
        depth: Cell::new(0),
        names: RefCell::default(),
        item: RefCell::default(),
        errors: RefCell::default(),
        undeclared: RefCell::default(),
        unsure: Cell::new(false),
    };
    let value = evaluator.eval(expr);
    let mut errors = evaluator.undeclared.into_inner();
    errors.extend(evaluator.errors.into_inner());
    Evaluated { value, errors }
}

/// An evaluation in progress.
pub struct Evaluator<'a> {
    scope: &'a dyn Scope,
    /// Its limits.
    pub limits: Limits,
    steps: Cell<usize>,
    depth: Cell<usize>,
    /// Names bound by `for`, innermost last.
    names: RefCell<Vec<(Text, Value)>>,
    /// The elements of splats, innermost last.
    item: RefCell<Vec<Value>>,
    errors: RefCell<Vec<Reason>>,
    /// Names that aren't there: no `try` makes good for them.
    undeclared: RefCell<Vec<Reason>>,
    /// Whether something was done with an unknown that fails for some of the values it may have.
    unsure: Cell<bool>,
}

/// What an attempt came to.
pub enum Attempt {
    /// A value; `unsure`: it could still fail, depending on an unknown.
    Value {
        /// The value.
        value: Value,
        /// Whether it could still fail.
        unsure: bool,
    },
    /// What Terraform would refuse, and the type it would have had.
    Failed(Vec<Reason>, Type),
}

impl Evaluator<'_> {
    /// A function of the scope's own.
    pub fn own_function(&self, name: &str, args: &[Value], span: Span) -> Option<Value> {
        self.scope.entering(self.depth.get());
        self.scope.call(name, args, span)
    }

    /// The scope's files.
    pub fn files(&self) -> Option<&dyn Files> {
        self.scope.files()
    }

    /// An error: noted, and unknown.
    pub fn fail(&self, span: Span, message: impl Into<String>) -> Value {
        let reason = Reason::at("evaluation-error", message, span);
        self.errors.borrow_mut().push(reason.clone());
        Value::unknown(reason)
    }

    /// An error of something whose type is sure all the same.
    fn fail_as(&self, ty: Type, span: Span, message: impl Into<String>) -> Value {
        self.fail(span, message).refined(|u| u.ty = ty)
    }

    /// Notes that what was done fails for some of the values an unknown may have.
    pub fn may_fail(&self) {
        self.unsure.set(true);
    }

    /// Evaluates something whose errors are its caller's to judge (`try`, `can`).
    pub fn attempt(&self, expr: &Expr) -> Attempt {
        let before = self.errors.borrow().len();
        let outside = self.unsure.replace(false);
        let value = self.eval(expr);
        let unsure = self.unsure.replace(outside);
        let errors = self.errors.borrow_mut().split_off(before);
        if errors.is_empty() { Attempt::Value { value, unsure } } else { Attempt::Failed(errors, value.type_of()) }
    }

    /// Evaluates an expression.
    pub fn eval(&self, expr: &Expr) -> Value {
        self.steps.set(self.steps.get() + 1);
        if self.steps.get() > self.limits.steps {
            return Value::unknown(Reason::at("limit", "too many steps of evaluation", expr.span));
        }
        if self.depth.get() > self.limits.depth {
            return Value::unknown(Reason::at("limit", "nested too deep", expr.span));
        }
        self.depth.set(self.depth.get() + 1);
        let value = self.eval_kind(expr);
        self.depth.set(self.depth.get() - 1);
        value
    }

    fn literal(expr: &Expr, kind: Kind) -> Value {
        Value::from(kind).hop(expr.span, "literal")
    }

    fn eval_kind(&self, expr: &Expr) -> Value {
        match &expr.kind {
            ExprKind::Null => Self::literal(expr, Kind::Null),
            ExprKind::Bool(b) => Self::literal(expr, Kind::Bool(*b)),
            ExprKind::Number(text) => match crate::expr::Number::parse(text) {
                Some(n) => Self::literal(expr, Kind::Number(n)),
                None => self.fail(expr.span, "not a number"),
            },
            ExprKind::String(text) => Self::literal(expr, Kind::String(normalized(text.clone()))),
            ExprKind::Template(parts) => self.template(parts, expr.span),
            ExprKind::Tuple(items) => {
                let items = items.iter().map(|e| self.eval(e)).collect();
                Value::tuple(items).hop(expr.span, "literal")
            }
            ExprKind::Object(_) => self.object(expr),
            ExprKind::Variable(_) | ExprKind::Attribute(..) | ExprKind::Index(..) => self.reference(expr),
            ExprKind::Splat { source, each, .. } => self.splat(source, each, expr.span),
            ExprKind::SplatItem => self.item.borrow().last().cloned().unwrap_or_else(Value::null),
            ExprKind::Call { name, args, expand } => functions::call(self, name, args, *expand, expr.span),
            ExprKind::Unary(op, x) => self.unary(*op, x, expr.span),
            ExprKind::Binary(op, a, b) => self.binary(*op, a, b, expr.span),
            ExprKind::Conditional(c, a, b) => self.conditional(c, a, b, expr.span),
            ExprKind::For(f) => self.for_each(f, expr.span),
            ExprKind::Parens(x) => self.eval(x),
        }
    }

    fn object(&self, expr: &Expr) -> Value {
        let ExprKind::Object(items) = &expr.kind else { return Value::null() };
        let mut fields = IndexMap::with_capacity(items.len());
        let (mut unknown, mut mark) = (None, false);
        for item in items {
            let key = self.eval(&item.key);
            let value = self.eval(&item.value);
            mark |= key.sensitive;
            match (key.as_unknown(), to_text(&key)) {
                (Some(u), _) => {
                    self.may_fail();
                    unknown.get_or_insert_with(|| u.reasons.clone());
                }
                (None, Some(name)) => {
                    fields.insert(name, value);
                }
                (None, None) => return self.fail(item.key.span, "a key must be a string"),
            }
        }
        if let Some(reasons) = unknown {
            return Value::unknown_not_null(Type::Any, reasons).marked(mark);
        }
        Value::object(sorted(fields)).marked(mark).hop(expr.span, "literal")
    }
}
