//! How many instances a block has.

use std::rc::Rc;
use std::sync::Arc;

use super::{INSTANCES, Instance, Iteration, key};
use crate::expr::convert::{to_number, to_text};
use crate::expr::{Kind, Value};
use crate::finding::Reason;
use crate::source::{Span, Text};
use crate::syntax::hcl::Block;

/// The instances of a block.
pub enum Expansion {
    /// Neither `count` nor `for_each`.
    Single,
    /// `count`.
    Count(usize),
    /// `for_each`, known keys.
    Each(Vec<(Text, Value)>),
    /// Not known.
    Unknown(Arc<Vec<Reason>>),
}

impl Expansion {
    /// Every instance: its key as addresses write it, and its `each` or `count`; `Err`: how many isn't known.
    pub fn instances(&self) -> Result<Vec<(String, Iteration)>, &Arc<Vec<Reason>>> {
        Ok(match self {
            Expansion::Single => vec![(String::new(), Iteration::default())],
            Expansion::Count(n) => (0..*n).map(|i| (format!("[{i}]"), Iteration::nth(i))).collect(),
            Expansion::Each(pairs) => pairs.iter().map(|(k, v)| (key(k), Iteration::of(k, v))).collect(),
            Expansion::Unknown(reasons) => return Err(reasons),
        })
    }
}

impl<'a> Instance<'a> {
    /// How many instances a block has; worked out once.
    pub fn expansion(self: &Rc<Self>, block: &'a Block) -> Rc<Expansion> {
        if let Some(known) = self.expansions.borrow().get(&std::ptr::from_ref(block)) {
            return known.clone();
        }
        let made = Rc::new(self.expand(block));
        self.expansions.borrow_mut().insert(std::ptr::from_ref(block), made.clone());
        made
    }

    fn expand(self: &Rc<Self>, block: &'a Block) -> Expansion {
        let none = Iteration::default();
        if let Some(count) = block.body.attribute("count") {
            let value = self.eval(&count.value, &none, &[]);
            let whole = to_number(&value).and_then(|n| n.as_i64()).and_then(|n| usize::try_from(n).ok());
            return match (value.reasons(), whole) {
                (Some(reasons), _) => self.unknown(reasons),
                (None, Some(n)) => Expansion::Count(self.capped(n, count.span)),
                (None, None) => self.refused("count must be a whole number, not below 0", count.span),
            };
        }
        let Some(each) = block.body.attribute("for_each") else { return Expansion::Single };
        let value = self.eval(&each.value, &none, &[]);
        if let Some(reasons) = value.reasons() {
            return self.unknown(reasons);
        }
        if let (Some(items), Some(reasons)) = (value.items(), value.first_unknown())
            && items.iter().any(Value::is_unknown)
        {
            return self.unknown(reasons);
        }
        let pairs: Option<Vec<(Text, Value)>> = match (value.fields(), &value.kind) {
            (Some(fields), _) => Some(fields.iter().map(|(k, v)| (k.clone(), v.clone())).collect()),
            // A list is refused by Terraform; what was meant is the set of it.
            (_, Kind::Set(items) | Kind::List(items) | Kind::Tuple(items)) => {
                items.iter().map(|v| Some((to_text(v)?, v.clone()))).collect()
            }
            _ => None,
        };
        match pairs {
            Some(mut pairs) => {
                pairs.truncate(self.capped(pairs.len(), each.span));
                Expansion::Each(pairs)
            }
            None => self.refused("for_each must be a map or a set of strings", each.span),
        }
    }

    /// How many there are isn't known; where a limit is the reason, that is a problem to be told.
    fn unknown(&self, reasons: &Arc<Vec<Reason>>) -> Expansion {
        for limit in reasons.iter().filter(|r| r.kind == "limit") {
            self.shared.problem(limit.clone());
        }
        Expansion::Unknown(reasons.clone())
    }

    fn refused(&self, message: &str, span: Span) -> Expansion {
        Expansion::Unknown(Arc::new(vec![Reason::at("evaluation-error", message, span)]))
    }

    fn capped(&self, n: usize, span: Span) -> usize {
        if n > INSTANCES {
            let message = format!("{n} instances: only the first {INSTANCES} are looked at");
            self.shared.problem(Reason::at("limit", message, span));
        }
        n.min(INSTANCES)
    }
}
