//! Files and what they import from each other.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use super::value::{Closure, Native, Object, Val, Value};
use super::{Evaluator, Flow};
use crate::finding::Reason;
use crate::source::{Source, SourceId, Span, Text};
use crate::syntax::tree::{Data, Node};
use crate::syntax::typescript::{self, File, Imported, Name, Pattern, StmtKind};
use crate::syntax::{go, json, python};
use crate::workspace::Workspace;

/// How many files one evaluation reads.
const FILES: usize = 200;

/// A file after it was gone through.
pub struct Module {
    pub exports: RefCell<HashMap<Text, Val>>,
    /// Its top level throws.
    pub thrown: bool,
}

impl Evaluator<'_, '_, '_> {
    /// The exports of a file; `None` while it is being gone through (an import circle).
    pub(super) fn module(&mut self, id: SourceId) -> Option<Rc<Module>> {
        if let Some(module) = self.modules.get(&id) {
            return module.clone();
        }
        self.modules.insert(id, None);
        let source = self.files.workspace.sources.get(id)?.clone();
        self.read.push(id);
        let module = Rc::new(if source.path.ends_with(".json") {
            self.data_module(&source)
        } else {
            match (self.files.typescript)(id) {
                Some(file) => self.code_module(file),
                None => self.code_module(&parsed(&source)),
            }
        });
        self.modules.insert(id, Some(module.clone()));
        Some(module)
    }

    fn data_module(&mut self, source: &Source) -> Module {
        let parsed;
        let root = match (self.files.tree)(source.id) {
            Some(tree) => tree.root(),
            None => {
                parsed = json::parse(source);
                parsed.root()
            }
        };
        let value = match root {
            Some(node) => from_data(node, 0),
            None => Val::unknown("broken-file", "the file can't be read", source.span().at_start()),
        };
        Module { exports: RefCell::new(HashMap::from([(Text::from("default"), value)])), thrown: false }
    }

    fn code_module(&mut self, file: &File) -> Module {
        for problem in file.problems.iter().take(1) {
            let message = "the file has mistakes; what stands there isn't known";
            self.unknown.push(Reason::at("broken-file", message, problem.span));
        }
        let scope = self.scope(None);
        self.hoist(&file.statements, &scope);
        let mut exports = HashMap::new();
        for statement in &file.statements {
            match &statement.kind {
                StmtKind::Import(import) => {
                    for (what, local) in &import.bindings {
                        let value = self.import(file.source, &import.from, what, local.span);
                        scope.declare(local.text.clone(), value);
                    }
                }
                StmtKind::ExportNames { names, from: Some(from) } => {
                    for (name, outside) in names {
                        let what =
                            if name.text == "default" { Imported::Default } else { Imported::Name(name.text.clone()) };
                        let value = self.import(file.source, from, &what, name.span);
                        exports.insert(outside.text.clone(), value);
                    }
                }
                StmtKind::ExportAll(from) => {
                    if let Some(module) = self.resolve(file.source, &from.text).and_then(|id| self.module(id)) {
                        let inner = module.exports.borrow();
                        let named = inner.iter().filter(|(name, _)| *name != "default");
                        exports.extend(named.map(|(n, v)| (n.clone(), v.clone())));
                    }
                }
                _ => {}
            }
        }
        // Statement by statement, so that an import circle sees what is there already.
        let mut thrown = false;
        for statement in &file.statements {
            match &statement.kind {
                StmtKind::ExportDefault(value) => {
                    let value = self.expr(value, &scope);
                    exports.insert("default".into(), value);
                }
                _ => match self.sequence(std::slice::from_ref(statement), &scope) {
                    Flow::Throw => {
                        thrown = true;
                        break;
                    }
                    _ => continue,
                },
            }
        }
        for statement in &file.statements {
            match &statement.kind {
                StmtKind::Variables { exported: true, declarations } => {
                    let mut names = Vec::new();
                    declarations.iter().for_each(|(pattern, _)| names_of(pattern, &mut names));
                    for name in names {
                        exports.extend(scope.get(&name).map(|value| (name, value)));
                    }
                }
                StmtKind::Function { exported, default, function } if *exported || *default => {
                    let value = match &function.name {
                        Some(name) => scope.get(&name.text),
                        None => {
                            let closure = Closure { function: function.clone(), scope: scope.clone() };
                            Some(Val::new(Value::Function(Rc::new(closure)), function.span))
                        }
                    };
                    let name = if *default {
                        Some(Text::from("default"))
                    } else {
                        function.name.as_ref().map(|n| n.text.clone())
                    };
                    exports.extend(name.zip(value));
                }
                StmtKind::ExportNames { names, from: None } => {
                    for (name, outside) in names {
                        exports.extend(scope.get(&name.text).map(|value| (outside.text.clone(), value)));
                    }
                }
                _ => {}
            }
        }
        Module { exports: RefCell::new(exports), thrown }
    }

    fn import(&mut self, from: SourceId, module: &Name, what: &Imported, span: Span) -> Val {
        let path = module.text.as_str();
        if is_sdk(path) {
            return match what {
                Imported::Namespace | Imported::Default => Val::new(Value::Sdk, span),
                Imported::Name(name) => match Native::named(name) {
                    Some(native) => Val::new(Value::Native(native), span),
                    None => Val::unknown("package-import", "an export of the SDK that isn't known", span),
                },
            };
        }
        let beside = self.beside(from, path);
        let path = beside.as_deref().unwrap_or(path);
        if !path.starts_with('.') {
            return Val::unknown("package-import", "comes from a package, which isn't read", span);
        }
        let Some(id) = self.resolve(from, path) else {
            return Val::unknown("import-not-found", "comes from a file that isn't in this repository", module.span);
        };
        if self.modules.len() >= FILES {
            return self.limit(span);
        }
        let Some(module) = self.module(id) else {
            return Val::unknown("import-circle", "the files import each other in a circle", span);
        };
        let exports = module.exports.borrow();
        let wanted = match what {
            Imported::Default => "default",
            Imported::Name(name) => name.as_str(),
            Imported::Namespace => {
                let mut object = Object::default();
                for (name, value) in exports.iter() {
                    object.set(name.clone(), value.span, value.clone());
                }
                object.entries.sort_unstable_keys();
                return Val::object(object, span);
            }
        };
        match exports.get(wanted) {
            Some(value) => value.clone(),
            None => Val::unknown("not-defined", "the file it comes from doesn't export it", span),
        }
    }

    /// Python finds what lies beside a file by its bare name.
    fn beside(&self, from: SourceId, path: &str) -> Option<String> {
        let file = &self.files.workspace.sources.get(from)?.path;
        let relative = format!("./{}", path.replace('.', "/"));
        let python = file.ends_with(".py") && !path.starts_with('.');
        (python && resolve(self.files.workspace, file, &relative).is_some()).then_some(relative)
    }

    fn resolve(&self, from: SourceId, import: &str) -> Option<SourceId> {
        let from = &self.files.workspace.sources.get(from)?.path;
        resolve(self.files.workspace, from, import)
    }
}

/// Whether an import is the SDK.
fn is_sdk(path: &str) -> bool {
    matches!(path, "railway/iac" | "railway" | "@railway/iac" | "@railway/sdk/iac" | "railway_sdk")
        || path.ends_with("railway-go-iac/iac")
}

/// A file in the language its name says.
pub fn parsed(source: &Source) -> File {
    match source.path.rsplit('.').next() {
        Some("py") => python::parse(source),
        Some("go") => go::parse(source),
        _ => typescript::parse(source),
    }
}

/// The file an import leads to; `.js` also means its TypeScript source.
pub fn resolve(workspace: &Workspace, from: &str, import: &str) -> Option<SourceId> {
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in import.split('/') {
        match part {
            "." | "" => {}
            ".." => drop(parts.pop()?),
            other => parts.push(other),
        }
    }
    let path = parts.join("/");
    let stem = [".js", ".mjs", ".cjs"].iter().find_map(|e| path.strip_suffix(e)).unwrap_or(&path);
    let tries = [
        path.clone(),
        format!("{stem}.ts"),
        format!("{stem}.mts"),
        format!("{path}.js"),
        format!("{path}.mjs"),
        format!("{path}/index.ts"),
        format!("{path}.py"),
        format!("{path}/__init__.py"),
    ];
    tries.iter().find_map(|path| workspace.by_path(path)).map(|file| file.source.id)
}

fn names_of(pattern: &Pattern, names: &mut Vec<Text>) {
    match pattern {
        Pattern::Name(name) => names.push(name.text.clone()),
        Pattern::Object { members, rest } => {
            members.iter().for_each(|(_, inner, _)| names_of(inner, names));
            names.extend(rest.as_ref().map(|r| r.text.clone()));
        }
        Pattern::Array { members, rest } => {
            members.iter().flatten().for_each(|(inner, _)| names_of(inner, names));
            names.extend(rest.as_ref().map(|r| r.text.clone()));
        }
        Pattern::Other(_) => {}
    }
}

/// Data as values. The parsers cap nesting far above; what lies deeper than this is unknown.
fn from_data(node: &Node, depth: usize) -> Val {
    if depth > 60 {
        return Val::unknown("limit", "nested too deeply", node.span);
    }
    match &node.value {
        Data::Null => Val::new(Value::Null, node.span),
        Data::Bool(b) => Val::new(Value::Bool(*b), node.span),
        Data::Number(n) => Val::new(Value::Number(n.parse().unwrap_or(f64::NAN)), node.span),
        Data::String(text) => Val::string(text.clone(), node.span),
        Data::Array(items) => Val::list(items.iter().map(|i| from_data(i, depth + 1)).collect(), node.span),
        Data::Object(members) => {
            let mut object = Object::default();
            for member in members {
                object.set(member.key.clone(), member.key_span, from_data(&member.value, depth + 1));
            }
            Val::object(object, node.span)
        }
    }
}
