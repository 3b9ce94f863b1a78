//! How much a value takes. Parts that several values share count each time they are met, because whatever goes through
//! a value goes through them each time.

use crate::expr::{Kind, Type, Unknown, Value};
use crate::finding::Reason;
use crate::source::Span;

/// A string longer than this many bytes isn't made.
pub const LONGEST: usize = 4 << 20;
/// A value that takes more than this isn't made.
pub const HEAVIEST: usize = 32 << 20;
/// What a part of a value takes, whatever it is.
const PART: usize = 128;

/// What one value takes, and the first limit that was hit in it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Weight<'a> {
    /// In about bytes; no more is counted beyond [`HEAVIEST`].
    pub total: usize,
    /// Why a part of it isn't known, where that is a limit.
    pub limit: Option<&'a Reason>,
}

impl<'a> Weight<'a> {
    /// The weight of one value.
    pub fn of(value: &'a Value) -> Self {
        let mut weight = Weight::default();
        weight.value(value);
        weight
    }

    /// Adds another value.
    pub fn value(&mut self, value: &'a Value) {
        if self.is_too_much() {
            return;
        }
        self.total += PART;
        match &value.kind {
            Kind::Null | Kind::Bool(_) | Kind::Number(_) | Kind::Place(_) => {}
            Kind::String(text) => self.total += text.len(),
            Kind::List(items) | Kind::Set(items) | Kind::Tuple(items) => items.iter().for_each(|v| self.value(v)),
            Kind::Map(fields) | Kind::Object(fields) => {
                for (name, value) in fields.iter() {
                    self.total += name.len();
                    self.value(value);
                }
            }
            Kind::Unknown(unknown) => self.unknown(unknown),
        }
    }

    fn unknown(&mut self, unknown: &'a Unknown) {
        if self.limit.is_none() {
            self.limit = unknown.reasons.iter().find(|r| r.kind == "limit");
        }
        self.ty(&unknown.ty);
        self.total += unknown.prefix.as_ref().map_or(0, |p| p.len());
        unknown.parts.iter().flat_map(|parts| parts.iter()).for_each(|part| self.value(part));
        unknown.json.iter().for_each(|value| self.value(value));
    }

    fn ty(&mut self, ty: &Type) {
        if self.is_too_much() {
            return;
        }
        match ty {
            Type::Any | Type::String | Type::Number | Type::Bool => {}
            Type::List(inner) | Type::Set(inner) | Type::Map(inner) => {
                self.total += PART;
                self.ty(inner);
            }
            Type::Tuple(items) => {
                self.total += PART;
                items.iter().for_each(|t| self.ty(t));
            }
            Type::Object(fields) => {
                for (name, ty) in fields {
                    self.total += PART + name.len();
                    self.ty(ty);
                }
            }
        }
    }

    /// Whether it is more than is made.
    pub fn is_too_much(&self) -> bool {
        self.total > HEAVIEST
    }
}

/// What stands for a string that would be too long.
pub fn too_long(span: Span) -> Value {
    Value::unknown(Reason::at("limit", "the string is too long", span))
}

/// What stands for a value that would be too large.
pub fn too_large(span: Span) -> Value {
    Value::unknown(Reason::at("limit", "the value is too large", span))
}
