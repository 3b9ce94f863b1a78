//! What the command line hands in for evaluation: values of variables, files of them, plans.

use std::ffi::OsString;
use std::path::Path;
use std::sync::Arc;

use crate::pipeline::Request;
use crate::pipeline::failure::Failure;
use crate::pipeline::roots::Root;
use crate::pipeline::session::{Assign, Options};
use crate::rules::examples::Case;
use crate::rules::file::With;
use crate::source::Span;
use crate::syntax::document::Document;
use crate::terraform::{Assigned, Assignment, PlanOf, plan};
use crate::workspace::{self, Format, Given, Workspace};

/// A file of variables is at most this long, in bytes.
const LIMIT: u64 = 8 << 20;
/// The beginning of names of the environment that hold variables.
const PREFIX: &str = "TF_VAR_";

/// Everything that was handed in, as the pipeline takes it.
#[derive(Clone, Debug, Default)]
pub struct Handed {
    /// What variables are given, in the order given.
    pub assigned: Vec<Assigned>,
    /// The environment's `TF_VAR_…`, where they were asked for.
    pub env: Vec<(String, String)>,
    /// Plans: (root directory, path in the project).
    pub plans: Vec<(Option<String>, String)>,
    /// The files.
    pub given: Vec<Given>,
}

impl Handed {
    /// Reads what was handed in for a project.
    ///
    /// # Errors
    /// Everything that can't be read, or is written otherwise than it should be.
    pub fn read(root: &Root, options: &Options) -> Result<Handed, Failure> {
        let mut handed = Handed::default();
        let mut wrong = Vec::new();
        for what in &options.assign {
            let one = match what {
                Assign::Value(text) => variable(text),
                Assign::File(text) => handed.var_file(root, text),
            };
            match one {
                Ok(one) => handed.assigned.push(one),
                Err(message) => wrong.push(message),
            }
        }
        for text in &options.plans {
            wrong.extend(handed.plan(root, text).err());
        }
        if options.env_vars {
            match environment(std::env::vars_os()) {
                Ok(env) => handed.env = env,
                Err(message) => wrong.push(message),
            }
        }
        if wrong.is_empty() { Ok(handed) } else { Err(Failure(wrong)) }
    }

    fn var_file(&mut self, root: &Root, text: &str) -> Result<Assigned, String> {
        let (of, file) = rooted(text);
        let flag = format!("--var-file {file}");
        let bytes = workspace::read_bytes(Path::new(file), LIMIT).map_err(|e| format!("--var-file {e}"))?;
        let format = if file.ends_with(".json") { Format::Json } else { Format::Hcl };
        let text = String::from_utf8(bytes).map_err(|_| format!("{flag}: not UTF-8 text"))?;
        let path = self.add(root, file, text, "tfvars", format).map_err(|e| format!("{flag}: {e}"))?;
        Ok(Assigned { root: of, what: Assignment::File(path) })
    }

    fn plan(&mut self, root: &Root, text: &str) -> Result<(), String> {
        let (of, file) = rooted(text);
        let flag = format!("--plan {file}");
        let bytes = workspace::read_bytes(Path::new(file), plan::LIMIT).map_err(|e| format!("--plan {e}"))?;
        let text = plan::bytes(&bytes, file).map_err(|e| format!("{flag}: {e}"))?;
        let path = self.add(root, file, text, plan::ROLE, Format::Json).map_err(|e| format!("{flag}: {e}"))?;
        if self.plans.iter().any(|(_, known)| *known == path) {
            return Err(format!("{flag}: given twice"));
        }
        self.plans.push((of, path));
        Ok(())
    }

    /// Adds a file, and gives its path in the project.
    fn add(
        &mut self,
        root: &Root,
        file: &str,
        text: String,
        role: &'static str,
        format: Format,
    ) -> Result<String, String> {
        let full = workspace::real(Path::new(file)).map_err(|e| workspace::in_words(&e))?;
        let path = crate::pipeline::roots::within(&root.dir, &full);
        match self.given.iter().find(|g| g.path == path) {
            Some(other) if other.role != role => return Err("it can't be a plan and a file of variables".to_owned()),
            Some(_) => {}
            None => self.given.push(Given { path: path.clone(), text, role, format }),
        }
        Ok(path)
    }
}

/// What the options of an example hand in; its rule's file is checked for them to be there.
pub fn handed_in(case: &Case) -> Request {
    let mut request = Request::default();
    let dir = |root: Option<&str>| root.map(tidy);
    let mut add = |path: &str, role: &'static str, format: Format| {
        if let Some(text) = case.files.get(path) {
            request.given.push(Given { path: path.to_owned(), text: text.clone(), role, format });
        }
    };
    for (root, file) in case.options.plan.iter().filter_map(|f| With::file(f, &case.files)) {
        add(file, plan::ROLE, Format::Json);
        request.plans.push((dir(root), file.to_owned()));
    }
    for (root, file) in case.options.var_file.iter().filter_map(|f| With::file(f, &case.files)) {
        add(file, "tfvars", if file.ends_with(".json") { Format::Json } else { Format::Hcl });
        request.assigned.push(Assigned { root: dir(root), what: Assignment::File(file.to_owned()) });
    }
    request
}

/// The plans that were handed in, read; and what can't be.
pub fn plans(workspace: &Workspace, documents: &[Document], request: &Request) -> (Vec<PlanOf>, Vec<String>) {
    let (mut plans, mut refused) = (Vec::new(), Vec::new());
    for (root, path) in &request.plans {
        let Some(file) = workspace.by_path(path) else { continue };
        let Some(tree) = documents.get(file.source.id.0 as usize).and_then(Document::tree) else { continue };
        match plan::read(&file.source, tree) {
            Ok(plan) => plans.push(PlanOf { root: root.clone(), plan: Arc::new(plan) }),
            Err(problem) => refused.push(told(workspace, &request.prefix, Some(problem.span), &problem.message)),
        }
    }
    (plans, refused)
}

/// Files of variables that can't be read whole.
pub fn broken(workspace: &Workspace, documents: &[Document], request: &Request) -> Vec<String> {
    let named = request.assigned.iter().filter_map(|a| match &a.what {
        Assignment::File(path) => workspace.by_path(path),
        Assignment::Value(..) => None,
    });
    let problems = named.filter_map(|file| documents.get(file.source.id.0 as usize)).flat_map(Document::problems);
    let mut all: Vec<String> = problems.map(|p| told(workspace, &request.prefix, Some(p.span), &p.message)).collect();
    all.dedup();
    all
}

/// A message with its place, relative to the working directory.
pub fn told(workspace: &Workspace, prefix: &str, span: Option<Span>, message: &str) -> String {
    let Some(span) = span else { return message.to_owned() };
    let (start, _) = workspace.sources.positions(span);
    // `infra/../plan.json` is `plan.json`.
    let (mut prefix, mut path) = (prefix, workspace.sources.path(span));
    while let Some(rest) = path.strip_prefix("../")
        && let Some(shorter) = prefix.strip_suffix('/').filter(|p| !p.is_empty() && !p.ends_with(".."))
    {
        path = rest;
        prefix = shorter.rfind('/').and_then(|at| shorter.get(..=at)).unwrap_or("");
    }
    format!("{prefix}{path}:{}:{}: {message}", start.line, start.column)
}

/// `[ROOT=]FILE`: a file may have a `=` in its name.
fn rooted(text: &str) -> (Option<String>, &str) {
    match text.split_once('=') {
        Some((root, file)) if !root.is_empty() && workspace::real(Path::new(text)).is_err() => (Some(tidy(root)), file),
        _ => (None, text),
    }
}

/// A directory as roots are named: `./infra/` is `infra`.
fn tidy(dir: &str) -> String {
    let parts: Vec<&str> = dir.split('/').filter(|p| !p.is_empty() && *p != ".").collect();
    if parts.is_empty() { ".".to_owned() } else { parts.join("/") }
}

/// `[ROOT=]NAME=VALUE`.
fn variable(text: &str) -> Result<Assigned, String> {
    // What stands behind the name may be a secret: it isn't repeated.
    let wrong = || format!("--var {}: write [ROOT=]NAME=VALUE", text.split('=').next().unwrap_or(""));
    let (first, rest) = text.split_once('=').ok_or_else(wrong)?;
    let name = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '-');
    // A directory has a slash or is `.`; a variable's name has neither.
    if (first.contains('/') || first == ".")
        && let Some((inner, value)) = rest.split_once('=').filter(|(inner, _)| name(inner))
    {
        return Ok(Assigned { root: Some(tidy(first)), what: Assignment::Value(inner.to_owned(), value.into()) });
    }
    // `staging=region=eu`: a value may have a `=` too, so the shorter reading counts.
    if name(first) {
        Ok(Assigned { root: None, what: Assignment::Value(first.to_owned(), rest.into()) })
    } else {
        Err(wrong())
    }
}

/// The variables that the environment holds, by name.
fn environment(all: impl Iterator<Item = (OsString, OsString)>) -> Result<Vec<(String, String)>, String> {
    let mut found = Vec::new();
    for (name, value) in all {
        let Some(name) = name.to_str().and_then(|n| n.strip_prefix(PREFIX)).filter(|n| !n.is_empty()) else { continue };
        let value = value.into_string().map_err(|_| format!("--env-vars: {PREFIX}{name} is not UTF-8 text"))?;
        found.push((name.to_owned(), value));
    }
    found.sort();
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_may_be_anything() {
        let of = |text: &str| variable(text).map(|a| (a.root, a.what));
        let value = |name: &str, value: &str| Assignment::Value(name.into(), value.into());
        assert_eq!(of("a=b=c"), Ok((None, value("a", "b=c"))));
        assert_eq!(of("./infra/=a=b"), Ok((Some("infra".into()), value("a", "b"))));
        assert_eq!(of(".=a={x=1}"), Ok((Some(".".into()), value("a", "{x=1}"))));
        assert_eq!(of("a="), Ok((None, value("a", ""))));
        for wrong in ["a", "=b", "a b=c", "infra/=b", ""] {
            assert!(of(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn only_terraforms_variables_are_taken() {
        let all = [("TF_VAR_b", "2"), ("TF_VAR_", "x"), ("PATH", "y"), ("TF_VAR_a", "1")];
        let all = all.into_iter().map(|(n, v)| (n.into(), v.into()));
        let found = environment(all).unwrap();
        assert_eq!(found, [("a".to_owned(), "1".to_owned()), ("b".to_owned(), "2".to_owned())]);
    }
}
