//! Values given to a root's variables: tfvars files, `--var-file`, `--var`, `TF_VAR_…`, in Terraform's order.

use std::collections::HashMap;

use crate::expr::types::Constraint;
use crate::expr::{Limits, Scope, Step, Type, Value, evaluate};
use crate::finding::Reason;
use crate::source::{Source, SourceId, Span, Text};
use crate::syntax::{hcl, json};
use crate::terraform::config::Files;
use crate::terraform::{Assignment, Options};
use crate::workspace::{File, Format, Workspace};

/// What a variable is given.
#[derive(Clone, Debug)]
pub enum Given {
    /// A value, with its origin.
    Value(Value),
    /// Text of a command line or of the environment: what it means depends on the variable's type.
    Raw(Text),
}

/// What variables are given, by name.
pub type AllGiven = HashMap<Text, Given>;

impl Given {
    /// The value, for a variable of this type.
    pub fn value(&self, constraint: Option<&Constraint>) -> Value {
        match self {
            Given::Value(value) => value.clone(),
            Given::Raw(text) => from_text(text, constraint),
        }
    }
}

/// Text is itself for a variable of a primitive type or of none, an expression for any other.
fn from_text(text: &Text, constraint: Option<&Constraint>) -> Value {
    let literal = matches!(constraint.map(Constraint::ty), None | Some(Type::String | Type::Number | Type::Bool));
    if literal {
        return Value::string(text.clone());
    }
    let source = Source::new(SourceId(u32::MAX), "", text);
    match hcl::parse_expression(&source, source.span()) {
        Ok(expr) => without_origins(evaluate(&expr, &NoNames, Limits::default()).value),
        Err(_) => Value::unknown(Reason::new("evaluation-error", "the value given isn't an expression")),
    }
}

/// The command line is no file: its values have no place.
fn without_origins(value: Value) -> Value {
    crate::expr::convert::placeless(value)
}

/// No names at all: tfvars files hold literals only.
pub(super) struct NoNames;

impl Scope for NoNames {
    fn resolve(&self, _: &str, _: &[Step], _: Span) -> Option<(Value, usize)> {
        None
    }
}

/// The values of a tfvars file.
pub(super) fn of_file(file: &File, parsed: &Files) -> AllGiven {
    let short = file.source.path.rsplit('/').next().unwrap_or("").to_owned();
    if file.format == Format::Json || file.format == Format::Jsonc {
        let tree = json::parse(&file.source);
        let members = tree.root().map(|r| r.members().to_vec()).unwrap_or_default();
        return members
            .into_iter()
            .map(|m| {
                let value = crate::expr::functions::encoding::from_node(&m.value).hop(m.span(), &short);
                (m.key.clone(), Given::Value(value))
            })
            .collect();
    }
    let own;
    let body = match parsed.get(&file.source.id) {
        Some(parsed) => &parsed.body,
        None => {
            own = hcl::parse(&file.source);
            &own.body
        }
    };
    let value = |a: &hcl::Attribute| evaluate(&a.value, &NoNames, Limits::default()).value.hop(a.span, &short);
    body.attributes.iter().map(|a| (a.name.name.clone(), Given::Value(value(a)))).collect()
}

impl Options {
    /// What the environment gives to every root: the weakest.
    pub(super) fn of_environment(&self) -> AllGiven {
        self.env.iter().map(|(name, value)| (name.as_str().into(), Given::Raw(value.as_str().into()))).collect()
    }

    /// What the command line gives to a root: the strongest, and of it the last.
    pub(super) fn of_command_line(&self, root: &str, workspace: &Workspace, parsed: &Files) -> AllGiven {
        let mut given = AllGiven::new();
        for what in self.meant(root) {
            match what {
                Assignment::Value(name, value) => {
                    given.insert(name.as_str().into(), Given::Raw(value.clone()));
                }
                Assignment::File(path) => {
                    if let Some(file) = workspace.by_path(path) {
                        given.extend(of_file(file, parsed));
                    }
                }
            }
        }
        given
    }

    /// What the environment and the command line give to a root.
    pub(super) fn all_for(&self, root: &str, workspace: &Workspace, parsed: &Files) -> AllGiven {
        let mut given = self.of_environment();
        given.extend(self.of_command_line(root, workspace, parsed));
        given
    }

    /// What the command line gives to a root, in its order.
    fn meant<'a>(&'a self, root: &'a str) -> impl Iterator<Item = &'a Assignment> {
        self.assigned.iter().filter(move |a| a.root.as_deref().is_none_or(|d| d == root)).map(|a| &a.what)
    }

    /// The tfvars files that the command line gives to a root.
    pub(super) fn files_for<'a>(&'a self, root: &'a str) -> impl Iterator<Item = &'a str> {
        self.meant(root).filter_map(|what| match what {
            Assignment::File(path) => Some(path.as_str()),
            Assignment::Value(..) => None,
        })
    }
}
