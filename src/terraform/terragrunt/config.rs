//! Reading one of Terragrunt's files: locals, includes, inputs, the module's source.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::sync::Arc;

use indexmap::IndexMap;

use super::{ROOT, known_everywhere, parse};
use crate::expr::convert::sorted;
use crate::expr::{Limits, Scope, Step, Value, evaluate};
use crate::finding::Reason;
use crate::source::{Source, SourceId, Span, Text};
use crate::syntax::hcl::{Block, Expr, File};
use crate::terraform::config::{Files, directory, join};
use crate::terraform::walk::pseudo_block;
use crate::terraform::{ResolvedBlock, files::ModuleFiles};
use crate::workspace::Workspace;

/// Files read one from the other, deeper than this, aren't.
const DEPTH: usize = 12;

/// Reads Terragrunt's files.
pub(super) struct Reader<'w> {
    pub workspace: &'w Workspace,
    parsed: &'w Files,
    depth: Cell<usize>,
}

/// What a unit's files say together.
pub(super) struct Read {
    /// `terraform { source }`.
    pub source: Option<(Text, Span)>,
    /// `inputs`; `Err`: which there are isn't known.
    pub inputs: Result<IndexMap<Text, Value>, Value>,
    /// `remote_state`.
    pub backend: Option<(Text, ResolvedBlock)>,
    /// Paths of the files it includes.
    pub included: Vec<String>,
    pub problems: Vec<Reason>,
    pub files: Vec<SourceId>,
    /// Blocks of the files that `generate` blocks lay beside the module's.
    pub generated: Vec<Block>,
    /// Where the file begins.
    pub header: Span,
}

/// Where a file is evaluated.
#[derive(Clone)]
pub(super) struct Context {
    /// Path of the file itself.
    pub path: String,
    /// Directory of the unit.
    pub unit: String,
    /// Whether the file was included by the unit's.
    pub included: bool,
}

/// Names in one file.
pub(super) struct FileScope<'s, 'w> {
    pub reader: &'s Reader<'w>,
    pub context: Context,
    file: Arc<File>,
    locals: RefCell<HashMap<Text, Option<Value>>>,
    files: ModuleFiles<'s>,
}

impl<'w> Reader<'w> {
    pub fn new(workspace: &'w Workspace, parsed: &'w Files) -> Self {
        Reader { workspace, parsed, depth: Cell::new(0) }
    }

    /// A unit's file, with what it includes.
    pub fn unit(&self, path: &str) -> Option<Read> {
        self.read(&Context { path: path.to_owned(), unit: directory(path), included: false })
    }

    fn read(&self, context: &Context) -> Option<Read> {
        let file = parse(self.workspace, self.parsed, &context.path)?;
        let dir = directory(&context.path);
        let scope = self.scope(context, file.clone(), &dir);
        let mut read = Read {
            source: None,
            inputs: Ok(IndexMap::new()),
            backend: None,
            included: Vec::new(),
            problems: Vec::new(),
            files: vec![file.source],
            generated: Vec::new(),
            header: Span::new(file.source, 0, 0),
        };
        for include in file.body.blocks_of("include") {
            self.include(&scope, include, &mut read);
        }
        if let Some(source) = file.body.blocks_of("terraform").find_map(|b| b.body.attribute("source")) {
            let value = scope.eval(&source.value);
            read.source = match value.as_str() {
                Some(text) => Some((text.into(), source.span)),
                None => Some(("".into(), source.span)),
            };
            if let Some(reasons) = value.reasons() {
                read.problems.extend(reasons.first().cloned());
            }
        }
        if let Some(inputs) = file.body.attribute("inputs") {
            let own = scope.eval(&inputs.value);
            read.inputs = over(read.inputs, own);
        }
        for block in file.body.blocks_of("remote_state") {
            let text = |name: &str| Some(scope.eval(&block.body.attribute(name)?.value));
            let Some(kind) = text("backend").and_then(|v| v.as_str().map(Text::from)) else { continue };
            let config = text("config").and_then(|v| v.fields().cloned()).unwrap_or_default();
            let config = config.into_iter().map(|(k, v)| (k, known_everywhere(v))).collect();
            read.backend = Some((kind, pseudo_block(block.header, config)));
        }
        for generate in file.body.blocks_of("generate") {
            let path = generate.body.attribute("path").map(|a| scope.eval(&a.value));
            let contents = generate.body.attribute("contents").map(|a| scope.eval(&a.value));
            let terraform = path.as_ref().and_then(Value::as_str).is_some_and(|p| p.ends_with(".tf"));
            if let Some(text) = contents.as_ref().and_then(Value::as_str).filter(|_| terraform) {
                // The text is none of a file's own: all of it stands at the block.
                let mut parsed = crate::syntax::hcl::parse(&Source::new(file.source, "", text));
                parsed.body.relocate(generate.header);
                read.generated.extend(parsed.body.blocks);
            }
        }
        read.inputs = match read.inputs {
            Ok(fields) => Ok(fields.into_iter().map(|(k, v)| (k, known_everywhere(v))).collect()),
            unknown => unknown,
        };
        Some(read)
    }

    /// Lays what a file includes under what it says itself.
    fn include(&self, scope: &FileScope<'_, '_>, include: &Block, into: &mut Read) {
        let Some(attribute) = include.body.attribute("path") else { return };
        let path = scope.eval(&attribute.value);
        let strategy = include.body.attribute("merge_strategy").map(|a| scope.eval(&a.value));
        let merged = strategy.as_ref().and_then(Value::as_str) != Some("no_merge");
        let found = path.as_str().and_then(|p| scope.locate(p));
        let Some((path, parent)) =
            found.and_then(|p| Some((p.clone(), self.deeper(|| self.read(&scope.include(&p)))?)))
        else {
            let reason = path.reasons().and_then(|r| r.first().cloned());
            let missing =
                || Reason::at("file-not-read", "the included file isn't among the files read", attribute.span);
            let reason = reason.unwrap_or_else(missing);
            into.inputs = Err(Value::unknown(reason.clone()));
            into.problems.push(reason);
            return;
        };
        into.included.push(path);
        into.included.extend(parent.included);
        into.files.extend(parent.files);
        into.problems.extend(parent.problems);
        into.generated.extend(parent.generated);
        if merged {
            into.source = parent.source.or(into.source.take());
            into.backend = parent.backend.or(into.backend.take());
            let before = std::mem::replace(&mut into.inputs, Ok(IndexMap::new()));
            into.inputs = match (before, parent.inputs) {
                (Ok(mut fields), Ok(more)) => {
                    fields.extend(more);
                    Ok(fields)
                }
                (Err(unknown), _) | (_, Err(unknown)) => Err(unknown),
            };
        }
    }

    /// What another file holds, as `read_terragrunt_config` and `include` with `expose` give it.
    pub fn exposed(&self, context: &Context, span: Span) -> Value {
        let missing = || Value::unknown(Reason::at("file-not-read", "a file that isn't among the files read", span));
        let read = || {
            let file = parse(self.workspace, self.parsed, &context.path)?;
            let dir = directory(&context.path);
            let scope = self.scope(context, file.clone(), &dir);
            let names = file.body.blocks_of("locals").flat_map(|b| &b.body.attributes).map(|a| a.name.name.clone());
            let locals = sorted(names.filter_map(|n| Some((n.clone(), scope.local(&n, span)?))).collect::<Vec<_>>());
            let inputs =
                file.body.attribute("inputs").map_or_else(|| Value::object(IndexMap::new()), |a| scope.eval(&a.value));
            let fields = [(Text::from("inputs"), inputs), (Text::from("locals"), Value::object(locals))];
            Some(Value::object(fields.into_iter().collect()))
        };
        self.deeper(read).unwrap_or_else(missing)
    }

    fn deeper<T>(&self, inside: impl FnOnce() -> Option<T>) -> Option<T> {
        if self.depth.get() >= DEPTH {
            return None;
        }
        self.depth.set(self.depth.get() + 1);
        let result = inside();
        self.depth.set(self.depth.get() - 1);
        result
    }

    fn scope<'s>(&'s self, context: &Context, file: Arc<File>, dir: &'s str) -> FileScope<'s, 'w> {
        let files = ModuleFiles { workspace: self.workspace, root: dir };
        FileScope { reader: self, context: context.clone(), file, locals: RefCell::default(), files }
    }
}

/// Own inputs over included ones; an unknown one may give any.
fn over(under: Result<IndexMap<Text, Value>, Value>, own: Value) -> Result<IndexMap<Text, Value>, Value> {
    let mut fields = under?;
    match own.fields() {
        Some(more) => {
            fields.extend(more.iter().map(|(k, v)| (k.clone(), v.clone())));
            Ok(fields)
        }
        None if own.is_null() => Ok(fields),
        None => Err(own),
    }
}

impl FileScope<'_, '_> {
    pub fn eval(&self, expr: &Expr) -> Value {
        evaluate(expr, self, Limits::default()).value
    }

    /// A local of the file.
    pub fn local(&self, name: &Text, span: Span) -> Option<Value> {
        let attribute = self.file.body.blocks_of("locals").find_map(|b| b.body.attribute(name))?;
        match self.locals.borrow().get(name) {
            Some(Some(value)) => return Some(value.clone()),
            Some(None) => {
                let message = format!("`local.{}` refers to itself", name.as_str());
                return Some(Value::unknown(Reason::at("cycle", message, span)));
            }
            None => {}
        }
        self.locals.borrow_mut().insert(name.clone(), None);
        let value = self.eval(&attribute.value);
        self.locals.borrow_mut().insert(name.clone(), Some(value.clone()));
        Some(value)
    }

    /// The path of a file from the project root.
    pub fn locate(&self, path: &str) -> Option<String> {
        match path.strip_prefix(ROOT) {
            Some(path) => join(".", path),
            None => join(&directory(&self.context.path), path),
        }
    }

    /// How a file that this one includes is evaluated.
    fn include(&self, path: &str) -> Context {
        Context { path: path.to_owned(), unit: self.context.unit.clone(), included: true }
    }

    /// The path of the first file included, and its block's place.
    pub fn first_include(&self) -> Option<(Value, Span)> {
        let block = self.file.body.blocks_of("include").next()?;
        Some((self.eval(&block.body.attribute("path")?.value), block.header))
    }

    fn included(&self, steps: &[Step], span: Span) -> Option<(Value, usize)> {
        let labelled = self.file.body.blocks_of("include").any(|b| !b.labels.is_empty());
        let (block, used) = match steps.first() {
            Some(Step::Attribute(name)) if labelled => {
                let of = |b: &&Block| b.labels.first().is_some_and(|l| l.name == *name);
                (self.file.body.blocks_of("include").find(of)?, 1)
            }
            _ => (self.file.body.blocks_of("include").next()?, 0),
        };
        let path = self.eval(&block.body.attribute("path")?.value);
        match path.as_str().and_then(|p| self.locate(p)) {
            Some(path) => Some((self.reader.exposed(&self.include(&path), span), used)),
            None => Some((path, steps.len())),
        }
    }
}

impl Scope for FileScope<'_, '_> {
    fn resolve(&self, root: &str, steps: &[Step], span: Span) -> Option<(Value, usize)> {
        match (root, steps.first()) {
            ("local", Some(Step::Attribute(name))) => {
                let missing = || Value::error(span, format!("there is no `local.{}` in this file", name.as_str()));
                let value = self.local(name, span).unwrap_or_else(missing);
                Some((value.hop(span, &format!("local.{}", name.as_str())), 1))
            }
            ("include", _) => self.included(steps, span),
            ("dependency", Some(Step::Attribute(name))) => {
                let message = format!("`dependency.{}` is what another unit gave when it was applied", name.as_str());
                Some((Value::unknown(Reason::at("terragrunt-dependency", message, span)), steps.len()))
            }
            ("values" | "feature" | "unit" | "stack", _) => {
                let message = format!("`{root}` is chosen when Terragrunt runs");
                Some((Value::unknown(Reason::at("terragrunt-value", message, span)), steps.len()))
            }
            _ => None,
        }
    }

    fn call(&self, name: &str, args: &[Value], span: Span) -> Option<Value> {
        super::functions::call(self, name, args, span)
    }

    fn files(&self) -> Option<&dyn crate::expr::Files> {
        Some(self)
    }
}

impl crate::expr::Files for FileScope<'_, '_> {
    fn read(&self, path: &str, span: Span) -> Result<Text, Reason> {
        match path.strip_prefix(ROOT) {
            Some(path) => ModuleFiles { root: ".", ..self.files }.read(path, span),
            None => self.files.read(path, span),
        }
    }
    fn exists(&self, path: &str, span: Span) -> Result<bool, Reason> {
        match path.strip_prefix(ROOT) {
            Some(path) => ModuleFiles { root: ".", ..self.files }.exists(path, span),
            None => self.files.exists(path, span),
        }
    }
    fn set(&self, dir: &str, pattern: &str, span: Span) -> Result<Vec<Text>, Reason> {
        match dir.strip_prefix(ROOT) {
            Some(dir) => ModuleFiles { root: ".", ..self.files }.set(dir, pattern, span),
            None => self.files.set(dir, pattern, span),
        }
    }
    fn absolute(&self, path: &str, span: Span) -> Result<Text, Reason> {
        self.files.absolute(path, span)
    }
}
