//! Tokens and keys that Terraform makes.

use std::sync::Arc;

use regex::Regex;

use super::{holder, read};
use crate::credentials::Scope;
use crate::credentials::iam::authority::{Allowed, Authority, Reach};
use crate::credentials::iam::truth::Truth;
use crate::expr::{Kind, Value};
use crate::knowledge::Knowledge;
use crate::knowledge::iam::{Made, When};
use crate::knowledge::scalar::Scalar;
use crate::knowledge::stores::Absent;
use crate::model::holder::{Holder, HolderKind};
use crate::terraform::{Evaluation, Mode, Resource};

/// Every token a root makes.
pub fn made(evaluation: &Evaluation, knowledge: &Knowledge, holders: &[Holder]) -> Vec<Holder> {
    let mut all = Vec::new();
    for resource in evaluation.resources.iter().filter(|r| r.mode == Mode::Managed) {
        let Some(rights) = knowledge.rights_of_type(&resource.type_) else { continue };
        for row in rights.tokens.iter().filter(|t| t.resource == resource.type_.as_str()) {
            let truth = Truth::all(row.when.iter().map(|w| passes(resource, w)));
            if truth.is_no() {
                continue;
            }
            let mut token = holder(resource, &row.title, rights, evaluation, HolderKind::Token);
            token.advice.clone_from(&row.advice);
            token.authority = authority(row, truth, &rights.provider);
            if let Some(of) = &row.of {
                token.authority.add(of_identity(resource, of, holders));
            }
            all.push(token);
        }
    }
    all
}

/// What a row says a token may do.
fn authority(row: &Made, truth: Truth, provider: &str) -> Authority {
    let scope = match row.scope.as_str() {
        "store" => Scope::Store,
        "environment" => Scope::Environment,
        "project" => Scope::Project,
        "account" => Scope::Account,
        _ => Scope::Unknown,
    };
    let mut authority = Authority::none(provider);
    let reach = Arc::new(Reach::all(scope));
    for does in &row.does {
        let kinds = if row.kinds.is_empty() { vec!["any".to_owned()] } else { row.kinds.clone() };
        authority.allowed.extend(kinds.into_iter().map(|kind| Allowed {
            action: row.title.clone(),
            does: *does,
            kind,
            blast: "store".into(),
            types: Vec::new(),
            reach: reach.clone(),
            truth: truth.clone(),
        }));
    }
    authority
}

/// The rights of the identity that an attribute names.
fn of_identity(resource: &Resource, path: &str, holders: &[Holder]) -> Authority {
    let value = read::one(&resource.block, path);
    let referred: Vec<&str> = value.iter().flat_map(read::referred).collect();
    let by_reference =
        |h: &&Holder| h.kind == HolderKind::Identity && h.instances.iter().any(|i| referred.contains(&i.as_str()));
    let text = value.as_ref().and_then(Value::as_str);
    let by_name = |h: &&Holder| {
        h.kind == HolderKind::Identity && text.is_some_and(|t| h.name == t || h.called.iter().any(|c| c == t))
    };
    match holders.iter().find(by_reference).or_else(|| holders.iter().find(by_name)) {
        Some(holder) => holder.authority.clone(),
        None => Authority {
            unknown: vec![super::because(
                "identity-elsewhere",
                "whose rights it has isn't in this configuration".into(),
                resource,
            )],
            ..Authority::default()
        },
    }
}

/// Whether an attribute passes a test: one of its values, where it is a list.
fn passes(resource: &Resource, when: &When) -> Truth {
    let values = read::values(&resource.block, &when.attribute);
    if values.is_empty() {
        return match (when.is.set, when.absent) {
            (Some(set), _) => Truth::known(!set),
            (None, Absent::Safe) => Truth::Yes,
            (None, Absent::Unsafe) => Truth::No,
            (None, Absent::Unknown) => Truth::because("default-unknown", format!("`{}` isn't written", when.attribute)),
        };
    }
    let pattern = when.matches.as_ref().and_then(|m| Regex::new(m).ok());
    Truth::any(values.iter().map(|value| one(value, when, pattern.as_ref())))
}

fn one(value: &Value, when: &When, pattern: Option<&Regex>) -> Truth {
    if let Some(reasons) = value.reasons() {
        return match when.is.set {
            Some(set) => Truth::known(set),
            None => Truth::Unknown(reasons.clone()),
        };
    }
    let Some(text) = text(value) else { return Truth::No };
    let is = |scalar: &Scalar| text.eq_ignore_ascii_case(&scalar.0);
    let mut passes = when.is.equals.as_ref().is_none_or(is) && !when.is.not.as_ref().is_some_and(is);
    passes &= when.is.one_of.is_empty() || when.is.one_of.iter().any(is);
    passes &= when.is.set.is_none_or(|set| set != text.is_empty());
    passes &= when.matches.is_none() || pattern.is_some_and(|p| p.is_match(&text));
    Truth::known(passes)
}

/// A primitive as text; an object's keys and values, which patterns are looked for in.
fn text(value: &Value) -> Option<String> {
    match &value.kind {
        Kind::Bool(b) => Some(b.to_string()),
        Kind::String(s) => Some(s.as_str().to_owned()),
        Kind::Number(n) => Some(n.to_string()),
        Kind::Map(fields) | Kind::Object(fields) => {
            let pairs = fields.iter().map(|(k, v)| format!("{}={}", k.as_str(), v.as_str().unwrap_or_default()));
            Some(pairs.collect::<Vec<_>>().join(" "))
        }
        _ => None,
    }
}
