//! Templates.

use std::sync::Arc;

use super::Evaluator;
use crate::expr::convert::{normalized, to_bool, to_text};
use crate::expr::unify::converts;
use crate::expr::weight::{LONGEST, too_long};
use crate::expr::{Type, Value};
use crate::finding::Reason;
use crate::source::{Span, Text};
use crate::syntax::hcl::{Expr, Part};

/// Directives nested deeper than this are left out.
const DEPTH: usize = 400;
/// A string of more parts than this isn't told in parts.
const PARTS: usize = 256;

/// The text so far, and whether it ended at an unknown: then it is a prefix.
#[derive(Default)]
struct State {
    text: String,
    unknown: Option<Arc<Vec<Reason>>>,
    sensitive: bool,
    /// From the first unknown on: what the whole is made of.
    parts: Vec<Value>,
    /// Known text since the last unknown part.
    since: String,
    /// Whether it isn't even known how many parts there are.
    open: bool,
}

impl State {
    fn push(&mut self, piece: &str) {
        match self.unknown {
            None => self.text.push_str(piece),
            Some(_) if self.parts.len() < PARTS => self.since.push_str(piece),
            Some(_) => self.open = true,
        }
    }

    fn stop(&mut self, reasons: &Arc<Vec<Reason>>) {
        self.unknown.get_or_insert_with(|| reasons.clone());
        self.open = true;
    }

    /// An unknown part, and how it is known to begin.
    fn hole(&mut self, value: &Value, reasons: &Arc<Vec<Reason>>, begins: Option<&Text>) {
        let before = match self.unknown {
            None => self.text.clone(),
            Some(_) => std::mem::take(&mut self.since),
        };
        if self.parts.len() < PARTS {
            self.parts.extend([Value::string(before), value.clone()]);
        } else {
            self.open = true;
        }
        if let (None, Some(begins)) = (&self.unknown, begins) {
            self.text.push_str(begins);
        }
        self.unknown.get_or_insert_with(|| reasons.clone());
    }

    /// What the whole is made of, if that is known.
    fn made_of(&mut self) -> Option<Arc<Vec<Value>>> {
        if self.open || self.since.len() > LONGEST {
            return None;
        }
        self.parts.push(Value::string(std::mem::take(&mut self.since)));
        Some(Arc::new(std::mem::take(&mut self.parts)))
    }
}

impl Evaluator<'_> {
    /// A template; `${x}` alone is `x` itself.
    pub(super) fn template(&self, parts: &[Part], span: Span) -> Value {
        if let [Part::Interpolation(only)] = parts {
            return self.eval(only);
        }
        let mut state = State::default();
        self.parts(parts, span, &mut state, 0);
        if state.text.len() > self.limits.longest {
            return too_long(span);
        }
        let value = match state.unknown.take() {
            Some(reasons) => {
                let parts = state.made_of();
                Value::unknown_not_null(Type::String, reasons)
                    .refined(|u| (u.prefix, u.parts) = (prefix(state.text), parts))
            }
            None => Value::string(normalized(state.text.into())),
        };
        value.marked(state.sensitive).hop(span, "template")
    }

    /// Appends parts; what comes after the first unknown isn't appended, so that the text is a prefix.
    #[allow(clippy::only_used_in_recursion)]
    fn parts(&self, parts: &[Part], span: Span, state: &mut State, depth: usize) {
        if depth > DEPTH || state.text.len() > self.limits.longest {
            return;
        }
        for part in parts {
            match part {
                Part::Literal(literal, _) => state.push(literal),
                Part::Interpolation(expr) => self.interpolation(expr, state),
                Part::If(condition, yes, no) => {
                    let value = self.eval(condition);
                    state.sensitive |= value.sensitive;
                    match (value.as_unknown(), to_bool(&value)) {
                        (Some(u), _) if converts(&u.ty, &Type::Bool, true) => {
                            self.may_fail();
                            state.stop(&u.reasons);
                        }
                        (None, Some(truth)) => self.parts(if truth { yes } else { no }, span, state, depth + 1),
                        _ => self.stop_with(state, condition.span, "a bool is required"),
                    }
                }
                Part::For { key, value, collection, body } => {
                    let of = self.eval(collection);
                    state.sensitive |= of.sensitive;
                    match self.pairs(&of, collection.span) {
                        Ok(pairs) => {
                            for (k, v) in pairs {
                                let names = [key.as_ref().map(|n| (n.name.clone(), k)), Some((value.name.clone(), v))];
                                self.with_names(names, || self.parts(body, span, state, depth + 1));
                            }
                        }
                        Err(instead) => {
                            if let Some(reasons) = instead.reasons() {
                                state.stop(reasons);
                            }
                        }
                    }
                }
            }
        }
    }

    fn interpolation(&self, expr: &Expr, state: &mut State) {
        let value = self.eval(expr);
        state.sensitive |= value.has_sensitive();
        match (value.as_unknown(), to_text(&value)) {
            (Some(u), _) => {
                if !u.not_null || !converts(&u.ty, &Type::String, false) {
                    self.may_fail();
                }
                state.hole(&value, &u.reasons, u.prefix.as_ref().filter(|_| u.ty == Type::String));
            }
            (None, Some(piece)) => state.push(&piece),
            _ => self.stop_with(state, expr.span, "can't be written into a string"),
        }
    }

    fn stop_with(&self, state: &mut State, span: Span, message: &str) {
        if let Some(reasons) = self.fail(span, message).reasons() {
            state.stop(reasons);
        }
    }
}

/// What of a text stays as it is whatever follows: a letter may still be composed with an accent.
pub(in crate::expr) fn prefix(text: String) -> Option<Text> {
    let mut text = text;
    let composes = |c: &char| !c.is_ascii() || c.is_ascii_alphabetic() || "<=>".contains(*c);
    if let Some(last) = text.chars().next_back().filter(composes) {
        text.truncate(text.len() - last.len_utf8());
    }
    (!text.is_empty()).then(|| normalized(text.into()))
}
