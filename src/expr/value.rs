//! Values as Terraform has them (cty's types), plus where each came from.

use std::sync::Arc;

use indexmap::IndexMap;

use crate::expr::number::Number;
use crate::expr::{Open, unify};
use crate::finding::{Place, Reason};
use crate::source::{Span, Text};

/// A type, as `type = …` of a variable or a function's result gives it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Type {
    /// `any`: not known.
    Any,
    /// `string`.
    String,
    /// `number`.
    Number,
    /// `bool`.
    Bool,
    /// `list(T)`.
    List(Box<Type>),
    /// `set(T)`.
    Set(Box<Type>),
    /// `map(T)`.
    Map(Box<Type>),
    /// `tuple([…])`.
    Tuple(Vec<Type>),
    /// `object({…})`.
    Object(IndexMap<Text, Type>),
}

impl Type {
    /// Its kind in a word, for messages.
    pub fn kind(&self) -> &'static str {
        match self {
            Type::Any => "any",
            Type::String => "string",
            Type::Number => "number",
            Type::Bool => "bool",
            Type::List(_) => "list",
            Type::Set(_) => "set",
            Type::Map(_) => "map",
            Type::Tuple(_) => "tuple",
            Type::Object(_) => "object",
        }
    }
}

/// How a value got here: nearest hop first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// Where the value stood: the literal, or the reference that fetched it.
    pub span: Span,
    /// What that is, in a few words: "literal", "var.protect", "terraform.tfvars", "module call".
    pub what: Text,
    /// Where it came from before that; `None` for a literal.
    pub from: Option<Arc<Origin>>,
}

/// A value that can't be known, and why.
#[derive(Clone, Debug, PartialEq)]
pub struct Unknown {
    /// What type it would have.
    pub ty: Type,
    /// Known not to be null.
    pub not_null: bool,
    /// A string known to start with this.
    pub prefix: Option<Text>,
    /// A collection known to have at least so many elements.
    pub min_length: usize,
    /// A collection known to have at most so many elements.
    pub max_length: Option<usize>,
    /// A number known to be at least this.
    pub least: Option<Number>,
    /// A number known to be at most this.
    pub most: Option<Number>,
    /// The resource attribute it stands for, where it is exactly that: `module.a.aws_s3_bucket.b.id`.
    /// Joins by reference rest on it.
    pub symbol: Option<Text>,
    /// What a template's string is made of, in order: known strings, and what isn't known.
    pub parts: Option<Arc<Vec<Value>>>,
    /// The value whose JSON text it is; something in it isn't known.
    pub json: Option<Arc<Value>>,
    /// What is known of it, where it is a whole resource.
    pub open: Option<Arc<Open>>,
    /// The reason chain, root cause last; never empty.
    pub reasons: Arc<Vec<Reason>>,
}

/// A value.
#[derive(Clone, Debug)]
pub struct Value {
    /// What it is.
    pub kind: Kind,
    /// Terraform's sensitive mark.
    pub sensitive: bool,
    /// Where it came from, where that is known. Takes no part in equality.
    pub origin: Option<Arc<Origin>>,
}

/// The kinds of value.
#[derive(Clone, Debug, PartialEq)]
pub enum Kind {
    /// `null` (untyped or of any type).
    Null,
    /// A boolean.
    Bool(bool),
    /// A number.
    Number(Number),
    /// A string.
    String(Text),
    /// A list: elements of one type.
    List(Arc<Vec<Value>>),
    /// A set: unique elements in Terraform's order.
    Set(Arc<Vec<Value>>),
    /// A tuple.
    Tuple(Arc<Vec<Value>>),
    /// A map: elements of one type, keys in lexical order.
    Map(Arc<IndexMap<Text, Value>>),
    /// An object.
    Object(Arc<IndexMap<Text, Value>>),
    /// Not known.
    Unknown(Box<Unknown>),
    /// A place in a file: opaque to expressions, used by rules (`at:`, `fix.set`).
    Place(Arc<Place>),
}

impl PartialEq for Value {
    fn eq(&self, other: &Self) -> bool {
        self.kind == other.kind
    }
}

impl From<Kind> for Value {
    fn from(kind: Kind) -> Self {
        Value { kind, sensitive: false, origin: None }
    }
}

impl Value {
    /// `null`.
    pub fn null() -> Self {
        Kind::Null.into()
    }
    /// A boolean.
    pub fn bool(b: bool) -> Self {
        Kind::Bool(b).into()
    }
    /// A whole number.
    pub fn int(n: i64) -> Self {
        Kind::Number(Number::from_i64(n)).into()
    }
    /// A string.
    pub fn string(s: impl Into<Text>) -> Self {
        Kind::String(s.into()).into()
    }
    /// A tuple.
    pub fn tuple(items: Vec<Value>) -> Self {
        Kind::Tuple(Arc::new(items)).into()
    }
    /// A list (elements are taken as they are).
    pub fn list(items: Vec<Value>) -> Self {
        Kind::List(Arc::new(items)).into()
    }
    /// An object.
    pub fn object(fields: IndexMap<Text, Value>) -> Self {
        Kind::Object(Arc::new(fields)).into()
    }
    /// A place.
    pub fn place(place: Arc<Place>) -> Self {
        Kind::Place(place).into()
    }
    /// An unknown of any type.
    pub fn unknown(reason: Reason) -> Self {
        Value::unknown_of(Type::Any, Arc::new(vec![reason]))
    }
    /// An unknown that isn't null.
    pub fn unknown_not_null(ty: Type, reasons: Arc<Vec<Reason>>) -> Self {
        Value::unknown_of(ty, reasons).refined(|u| u.not_null = true)
    }
    /// The same value; if it is unknown, with more known of it.
    #[must_use]
    pub fn refined(mut self, refine: impl FnOnce(&mut Unknown)) -> Self {
        if let Kind::Unknown(unknown) = &mut self.kind {
            refine(unknown);
        }
        self
    }
    /// An unknown of a type, with its reason chain.
    pub fn unknown_of(ty: Type, reasons: Arc<Vec<Reason>>) -> Self {
        Kind::Unknown(Box::new(Unknown {
            ty,
            not_null: false,
            prefix: None,
            min_length: 0,
            max_length: None,
            least: None,
            most: None,
            symbol: None,
            parts: None,
            json: None,
            open: None,
            reasons,
        }))
        .into()
    }
    /// The reasons, if it is unknown itself (not if only something inside it is).
    pub fn reasons(&self) -> Option<&Arc<Vec<Reason>>> {
        match &self.kind {
            Kind::Unknown(u) => Some(&u.reasons),
            _ => None,
        }
    }
    /// What is known of it, if it is unknown itself.
    pub fn as_unknown(&self) -> Option<&Unknown> {
        match &self.kind {
            Kind::Unknown(u) => Some(u),
            _ => None,
        }
    }
    /// Whether it is unknown itself.
    pub fn is_unknown(&self) -> bool {
        matches!(self.kind, Kind::Unknown(_))
    }
    /// Whether it is null.
    pub fn is_null(&self) -> bool {
        matches!(self.kind, Kind::Null)
    }
    /// The boolean, if it is a known one.
    pub fn as_bool(&self) -> Option<bool> {
        match self.kind {
            Kind::Bool(b) => Some(b),
            _ => None,
        }
    }
    /// The string, if it is a known one.
    pub fn as_str(&self) -> Option<&str> {
        match &self.kind {
            Kind::String(s) => Some(s),
            _ => None,
        }
    }
    /// The number, if it is a known one.
    pub fn as_number(&self) -> Option<&Number> {
        match &self.kind {
            Kind::Number(n) => Some(n),
            _ => None,
        }
    }
    /// Elements of a list, set or tuple; `None` for anything else.
    pub fn items(&self) -> Option<&[Value]> {
        match &self.kind {
            Kind::List(v) | Kind::Set(v) | Kind::Tuple(v) => Some(v),
            _ => None,
        }
    }
    /// Fields of a map or object; `None` for anything else.
    pub fn fields(&self) -> Option<&IndexMap<Text, Value>> {
        match &self.kind {
            Kind::Map(m) | Kind::Object(m) => Some(m),
            _ => None,
        }
    }
    /// The field of a map or object.
    pub fn field(&self, name: &str) -> Option<&Value> {
        self.fields()?.get(name)
    }
    /// The same value, one hop further from where it stood.
    #[must_use]
    pub fn hop(mut self, span: Span, what: &str) -> Self {
        self.origin = Some(Arc::new(Origin { span, what: what.into(), from: self.origin.take() }));
        self
    }
    /// An error of evaluation: unknown, with the reason `evaluation-error`.
    pub fn error(span: Span, message: impl Into<String>) -> Self {
        Value::unknown(Reason::at("evaluation-error", message, span))
    }
    /// Whether anything in it, at any depth, is unknown.
    pub fn has_unknown(&self) -> bool {
        self.first_unknown().is_some()
    }
    /// The reasons of the first unknown at any depth.
    pub fn first_unknown(&self) -> Option<&Arc<Vec<Reason>>> {
        if let Some(reasons) = self.reasons() {
            return Some(reasons);
        }
        match (self.items(), self.fields()) {
            (Some(items), _) => items.iter().find_map(Value::first_unknown),
            (_, Some(fields)) => fields.values().find_map(Value::first_unknown),
            _ => None,
        }
    }
    /// Whether anything in it, at any depth, is sensitive.
    pub fn has_sensitive(&self) -> bool {
        self.sensitive
            || self.items().is_some_and(|i| i.iter().any(Value::has_sensitive))
            || self.fields().is_some_and(|f| f.values().any(Value::has_sensitive))
    }
    /// The same value, sensitive if `mark`.
    #[must_use]
    pub fn marked(mut self, mark: bool) -> Self {
        self.sensitive |= mark;
        self
    }
    /// The type it has; `Any` for what an untyped null or an empty collection doesn't tell.
    pub fn type_of(&self) -> Type {
        match &self.kind {
            Kind::Null | Kind::Place(_) => Type::Any,
            Kind::Bool(_) => Type::Bool,
            Kind::Number(_) => Type::Number,
            Kind::String(_) => Type::String,
            Kind::List(items) => Type::List(Box::new(element_type(items.iter()))),
            Kind::Set(items) => Type::Set(Box::new(element_type(items.iter()))),
            Kind::Map(fields) => Type::Map(Box::new(element_type(fields.values()))),
            Kind::Tuple(items) => Type::Tuple(items.iter().map(Value::type_of).collect()),
            Kind::Object(fields) => Type::Object(fields.iter().map(|(k, v)| (k.clone(), v.type_of())).collect()),
            Kind::Unknown(unknown) => unknown.ty.clone(),
        }
    }
}

/// The type of a collection's elements: what they say together.
fn element_type<'a>(elements: impl Iterator<Item = &'a Value> + Clone) -> Type {
    // One of which nothing is known may make all of them something else.
    if elements.clone().any(|e| e.as_unknown().is_some_and(|u| u.ty == Type::Any)) {
        return Type::Any;
    }
    let mut ty = Type::Any;
    for element in elements {
        ty = unify::merged(&ty, &element.type_of());
        if unify::is_complete(&ty) {
            break;
        }
    }
    ty
}

/// The reasons where two unknowns decide together: both chains, one after the other, in an order
/// that doesn't depend on which operand came first.
pub fn both(a: &Arc<Vec<Reason>>, b: &Arc<Vec<Reason>>) -> Arc<Vec<Reason>> {
    if Arc::ptr_eq(a, b) || b.iter().all(|r| a.contains(r)) {
        return a.clone();
    }
    if a.iter().all(|r| b.contains(r)) {
        return b.clone();
    }
    let key = |chain: &Arc<Vec<Reason>>| chain.last().map(|r| (r.kind, r.message.clone(), r.span));
    let (first, second) = if key(a) <= key(b) { (a, b) } else { (b, a) };
    let mut reasons: Vec<Reason> = first.to_vec();
    reasons.extend(second.iter().filter(|r| !first.contains(r)).cloned());
    reasons.truncate(MANY_REASONS);
    Arc::new(reasons)
}

/// More reasons than this say nothing more to anybody.
const MANY_REASONS: usize = 16;
