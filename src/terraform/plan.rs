//! A plan or a state as `terraform show -json` tells it: the values it gives to resources, and what it does to them.

mod expressions;
mod join;
mod marks;
mod read;
mod root;

pub use read::{bytes, read};

pub(super) use join::laid;
pub(super) use root::{Candidate, Found, find};

use std::collections::HashSet;

use indexmap::IndexMap;

use crate::expr::Value;
use crate::finding::Reason;
use crate::source::{SourceId, Span, Text};
use crate::terraform::{Mode, ResolvedBlock};

/// The role of a file that is handed in as a plan.
pub const ROLE: &str = "terraform-plan";
/// A plan is at most this long, in bytes.
pub const LIMIT: u64 = 64 << 20;

/// A plan, or a state: then nothing changes.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Its file.
    pub source: SourceId,
    /// Values of the root's variables; none in a state.
    pub variables: IndexMap<Text, Value>,
    /// Addresses without instance keys of what the root declares (of what it has, in a state), sorted.
    pub declared: Vec<String>,
    /// Provider configurations by their key.
    pub providers: IndexMap<Text, ProviderOf>,
    /// Resources that will be there, data sources among them.
    pub after: Vec<Entry>,
    /// Resources that are there.
    pub before: Vec<Entry>,
    /// What is done to resources, also where that is nothing.
    pub actions: Vec<Action>,
    /// Outputs.
    pub outputs: IndexMap<Text, Value>,
    /// Parts of the file that hold values: not shown.
    pub private: Vec<Span>,
    /// Text that is marked as sensitive.
    pub secrets: Vec<Span>,
    /// Values of sensitive outputs, and what else is marked that isn't text: not all of it needs to be a secret.
    pub guarded: Vec<Span>,
    /// What is missing from it.
    pub notes: Vec<Reason>,
}

/// A resource instance in a plan.
#[derive(Clone, Debug)]
pub struct Entry {
    /// `module.db["a"].aws_db_instance.main[0]`.
    pub address: String,
    /// Managed or data.
    pub mode: Mode,
    /// Its type.
    pub type_: Text,
    /// Its name.
    pub name: Text,
    /// Address of its module instance; empty for the root.
    pub module: String,
    /// Its provider's source, with its registry's host.
    pub provider: Option<Text>,
    /// Where the plan names it.
    pub at: Span,
    /// Its attributes and nested blocks; a block's elements are a list of objects, or one object.
    pub values: IndexMap<Text, Value>,
}

/// What is done to a resource instance.
#[derive(Clone, Debug)]
pub struct Action {
    /// Its address.
    pub address: String,
    /// The address it has before, where that is another one.
    pub previous: Option<String>,
    /// What is done.
    pub act: Act,
    /// Attributes that force a replacement, by their paths.
    pub forced_by: Vec<String>,
    /// Why, in words, where the plan tells.
    pub why: Option<&'static str>,
    /// It is what an interrupted replacement left over.
    pub deposed: bool,
    /// Where the plan names it.
    pub at: Span,
}

/// The kinds of action.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Act {
    /// Nothing, or reading a data source.
    Nothing,
    /// It is made.
    Create,
    /// It is changed in place.
    Update,
    /// It is destroyed and made anew, in either order.
    Replace,
    /// It is destroyed.
    Destroy,
    /// It stays, and isn't Terraform's any more.
    Forget,
}

/// A provider configuration in a plan.
#[derive(Clone, Debug)]
pub struct ProviderOf {
    /// Local name.
    pub name: Text,
    /// Alias.
    pub alias: Option<Text>,
    /// Source, with its registry's host.
    pub source: Text,
    /// Version constraint.
    pub version: Option<Text>,
    /// Its settings.
    pub block: ResolvedBlock,
    /// Addresses without keys of the resources that use it.
    pub used_by: HashSet<String>,
}

/// `module.a["x"].aws_s3_bucket.b[0]` without its instance keys.
pub fn without_keys(address: &str) -> String {
    let mut out = String::with_capacity(address.len());
    let (mut depth, mut quoted, mut escaped) = (0_usize, false, false);
    for c in address.chars() {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' if depth > 0 => quoted = !quoted,
            '[' if !quoted => depth += 1,
            ']' if !quoted => depth = depth.saturating_sub(1),
            c if depth == 0 => out.push(c),
            _ => {}
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::without_keys;

    #[test]
    fn keys_hold_anything() {
        assert_eq!(without_keys("module.a[\"x.y]\\\"[\"].t.n[0]"), "module.a.t.n");
        assert_eq!(without_keys("t.n"), "t.n");
        assert_eq!(without_keys("t.n["), "t.n");
        assert_eq!(without_keys("t.n]]\"x"), "t.n\"x");
    }
}
