//! Type constraints of variables: `object({name = string, size = optional(number, 3)})`.

use std::sync::Arc;

use indexmap::IndexMap;

use crate::expr::convert::{convert, sorted};
use crate::expr::{Kind, Type, Value};
use crate::source::{Span, Text};
use crate::syntax::hcl::{Expr, ExprKind};

/// A type constraint: a type, with the defaults of optional attributes.
#[derive(Clone, Debug)]
pub enum Constraint {
    /// A primitive or `any`.
    Plain(Type),
    /// `list(…)`.
    List(Box<Constraint>),
    /// `set(…)`.
    Set(Box<Constraint>),
    /// `map(…)`.
    Map(Box<Constraint>),
    /// `tuple([…])`.
    Tuple(Vec<Constraint>),
    /// `object({…})`.
    Object(IndexMap<Text, Field>),
}

/// An attribute of an object type.
#[derive(Clone, Debug)]
pub struct Field {
    /// Its type.
    pub constraint: Constraint,
    /// `optional(…)`.
    pub optional: bool,
    /// The default; null where none is given.
    pub default: Value,
}

/// Reads a constraint; `default` evaluates the default of an optional attribute. `None`: not a type.
pub fn parse(expr: &Expr, default: &dyn Fn(&Expr) -> Value) -> Option<Constraint> {
    match &expr.kind {
        ExprKind::Variable(name) => Some(match name.as_str() {
            "string" => Constraint::Plain(Type::String),
            "number" => Constraint::Plain(Type::Number),
            "bool" => Constraint::Plain(Type::Bool),
            "any" => Constraint::Plain(Type::Any),
            // Before 0.12, and still accepted: a bare collection is one of `any`.
            "list" => Constraint::List(Box::new(Constraint::Plain(Type::Any))),
            "set" => Constraint::Set(Box::new(Constraint::Plain(Type::Any))),
            "map" => Constraint::Map(Box::new(Constraint::Plain(Type::Any))),
            _ => return None,
        }),
        // `type = "string"`, as before 0.12.
        ExprKind::String(name) => {
            let bare = Expr { span: expr.span, kind: ExprKind::Variable(name.clone()) };
            parse(&bare, default)
        }
        ExprKind::Parens(inner) => parse(inner, default),
        ExprKind::Call { name, args, .. } => {
            let first = args.first()?;
            Some(match name.name.as_str() {
                "list" => Constraint::List(Box::new(parse(first, default)?)),
                "set" => Constraint::Set(Box::new(parse(first, default)?)),
                "map" => Constraint::Map(Box::new(parse(first, default)?)),
                "tuple" => {
                    let ExprKind::Tuple(items) = &first.kind else { return None };
                    Constraint::Tuple(items.iter().map(|e| parse(e, default)).collect::<Option<_>>()?)
                }
                "object" => {
                    let ExprKind::Object(items) = &first.kind else { return None };
                    let mut fields = IndexMap::new();
                    for item in items {
                        let ExprKind::String(name) = &item.key.kind else { return None };
                        fields.insert(name.clone(), field(&item.value, default)?);
                    }
                    Constraint::Object(fields)
                }
                _ => return None,
            })
        }
        _ => None,
    }
}

fn field(expr: &Expr, default: &dyn Fn(&Expr) -> Value) -> Option<Field> {
    if let ExprKind::Call { name, args, .. } = &expr.kind
        && name.name == "optional"
    {
        let constraint = parse(args.first()?, default)?;
        let default = args.get(1).map_or(Value::null(), default);
        return Some(Field { constraint, optional: true, default });
    }
    Some(Field { constraint: parse(expr, default)?, optional: false, default: Value::null() })
}

impl Constraint {
    /// The type, without defaults.
    pub fn ty(&self) -> Type {
        match self {
            Constraint::Plain(ty) => ty.clone(),
            Constraint::List(c) => Type::List(Box::new(c.ty())),
            Constraint::Set(c) => Type::Set(Box::new(c.ty())),
            Constraint::Map(c) => Type::Map(Box::new(c.ty())),
            Constraint::Tuple(items) => Type::Tuple(items.iter().map(Constraint::ty).collect()),
            Constraint::Object(fields) => {
                Type::Object(fields.iter().map(|(k, f)| (k.clone(), f.constraint.ty())).collect())
            }
        }
    }

    /// Lays defaults into `value` and converts it.
    ///
    /// # Errors
    /// In words, why the value doesn't fit.
    pub fn apply(&self, value: &Value, span: Span) -> Result<Value, String> {
        convert(&self.with_defaults(value), &self.ty(), span)
    }

    fn with_defaults(&self, value: &Value) -> Value {
        let keep = |kind: Kind| Value { kind, sensitive: value.sensitive, origin: value.origin.clone() };
        match (self, value.items(), value.fields()) {
            (Constraint::List(c) | Constraint::Set(c), Some(items), _) => {
                let items = items.iter().map(|v| c.with_defaults(v)).collect();
                keep(match &value.kind {
                    Kind::Set(_) => Kind::Set(Arc::new(items)),
                    Kind::List(_) => Kind::List(Arc::new(items)),
                    _ => Kind::Tuple(Arc::new(items)),
                })
            }
            (Constraint::Tuple(types), Some(items), _) => {
                let items =
                    items.iter().enumerate().map(|(i, v)| types.get(i).map_or(v.clone(), |c| c.with_defaults(v)));
                keep(Kind::Tuple(Arc::new(items.collect())))
            }
            (Constraint::Map(c), _, Some(fields)) => {
                let fields = fields.iter().map(|(k, v)| (k.clone(), c.with_defaults(v)));
                keep(Kind::Object(Arc::new(sorted(fields))))
            }
            (Constraint::Object(types), _, Some(given)) => {
                let mut fields: IndexMap<Text, Value> = IndexMap::new();
                for (name, field) in types {
                    match given.get(name) {
                        Some(v) if !(v.is_null() && field.optional) => {
                            fields.insert(name.clone(), field.constraint.with_defaults(v));
                        }
                        Some(_) | None if field.optional => {
                            fields.insert(name.clone(), field.constraint.with_defaults(&field.default));
                        }
                        Some(v) => {
                            fields.insert(name.clone(), v.clone());
                        }
                        None => {}
                    }
                }
                keep(Kind::Object(Arc::new(sorted(fields))))
            }
            _ => value.clone(),
        }
    }
}
