//! Fixes: choosing those that go together, and applying them to texts (invariant 5).
//!
//! A fix is a set of text edits on spans, applied whole or not at all. After each the files it
//! touches are parsed again, and it is withdrawn where one can't be read any more. That the finding
//! is gone is a second run of the pipeline, which whoever writes the files starts.

mod diff;
mod edits;

use std::collections::HashMap;
use std::sync::Arc;

pub use diff::diff;

use crate::finding::{Edit, Finding, Fix};
use crate::source::{Source, SourceId};
use crate::syntax::document;
use crate::workspace::{File, Tracking, Workspace};
use edits::Edits;

/// What came of applying fixes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fixed {
    /// The files that change, by path.
    pub files: Vec<FixedFile>,
    /// Fingerprints of the findings whose fix was applied.
    pub applied: Vec<String>,
    /// Fixes that weren't applied.
    pub withdrawn: Vec<Withdrawn>,
}

/// A file after its fixes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FixedFile {
    /// Path relative to the project root.
    pub path: String,
    /// Its new text, without a byte order mark; line ends are the file's own.
    pub text: String,
    /// The source it was.
    pub source: SourceId,
    /// What was changed, in order, not overlapping.
    pub edits: Vec<Edit>,
    bom: bool,
}

impl FixedFile {
    /// What is to be written: with the byte order mark the file had.
    pub fn contents(&self) -> String {
        let mark = if self.bom { "\u{feff}" } else { "" };
        format!("{mark}{}", self.text)
    }
}

/// A fix that wasn't applied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Withdrawn {
    /// Fingerprint of its finding.
    pub fingerprint: String,
    /// The fix in words.
    pub title: String,
    /// Why.
    pub why: String,
}

/// Applies the first safe fix of each finding, in their order; one that overlaps an earlier one, or
/// after which a file can't be read, is withdrawn.
pub fn apply(findings: &[&Finding], workspace: &Workspace) -> Fixed {
    apply_chosen(findings, workspace, &|fix| fix.safe)
}

/// [`apply`] with the first fix of each finding that is `wanted`.
pub fn apply_chosen(findings: &[&Finding], workspace: &Workspace, wanted: &dyn Fn(&Fix) -> bool) -> Fixed {
    let mut state = State { workspace, edits: HashMap::new(), problems: HashMap::new() };
    let mut fixed = Fixed::default();
    for finding in findings {
        let Some(fix) = finding.fixes.iter().find(|f| wanted(f)) else { continue };
        match state.add(fix) {
            Ok(()) => fixed.applied.push(finding.fingerprint.clone()),
            Err(why) => fixed.withdrawn.push(Withdrawn {
                fingerprint: finding.fingerprint.clone(),
                title: fix.title.clone(),
                why,
            }),
        }
    }
    let changed = state.edits.iter().filter_map(|(id, edits)| {
        let file = workspace.file(*id)?;
        let text = edits.applied(&file.source.text);
        (*text != *file.source.text).then(|| FixedFile {
            path: file.source.path.clone(),
            text,
            source: *id,
            edits: edits.all().to_vec(),
            bom: file.source.bom,
        })
    });
    fixed.files = changed.collect();
    fixed.files.sort_by(|a, b| a.path.cmp(&b.path));
    fixed
}

struct State<'a> {
    workspace: &'a Workspace,
    /// What was accepted so far.
    edits: HashMap<SourceId, Edits>,
    /// How many problems each file had before.
    problems: HashMap<SourceId, usize>,
}

impl State<'_> {
    /// Accepts a fix whole, or says why not.
    fn add(&mut self, fix: &Fix) -> Result<(), String> {
        if fix.edits.is_empty() {
            return Err("it changes nothing".into());
        }
        let mut with: HashMap<SourceId, Edits> = HashMap::new();
        for edit in &fix.edits {
            let id = edit.span.source;
            let file = self.workspace.file(id).ok_or("it changes a file that wasn't read")?;
            if file.tracking == Tracking::Home {
                return Err("it changes a file of your own, outside of the project".into());
            }
            if file.template {
                return Err(format!("{} is a template of another language", file.source.path));
            }
            if file.source.text.get(edit.span.range()).is_none() {
                return Err(format!("its place isn't in {}", file.source.path));
            }
            let edit = Edit { span: edit.span, text: edits::with_line_ends(&edit.text, &file.source.text) };
            let so_far = with.entry(id).or_insert_with(|| self.edits.get(&id).cloned().unwrap_or_default());
            if !so_far.add(edit) {
                return Err("it overlaps another fix".into());
            }
        }
        for (id, edits) in &with {
            let Some(file) = self.workspace.file(*id) else { continue };
            let before = *self.problems.entry(*id).or_insert_with(|| document::parse(file).problems().len());
            let text = edits.applied(&file.source.text);
            if problems(file, &text) > before {
                return Err(format!("{} couldn't be read after it", file.source.path));
            }
        }
        self.edits.extend(with);
        Ok(())
    }
}

/// How many problems a file has with another text.
fn problems(file: &File, text: &str) -> usize {
    let source = Arc::new(Source::new(file.source.id, file.source.path.clone(), text));
    document::parse(&File { source, ..file.clone() }).problems().len()
}
