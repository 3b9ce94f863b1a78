//! One project's diagnostics, by document.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use gen_lsp_types as lsp;

use crate::finding::{Finding, Outcome, Severity};
use crate::lsp::convert::{Encoding, range, uri_of};
use crate::pipeline::chosen::{self, Choice, Chosen};
use crate::pipeline::failure::Failure;
use crate::pipeline::roots::Root;
use crate::pipeline::session::{Options, Session};
use crate::pipeline::{self, Run};
use crate::report::{Report, Shown};
use crate::source::{Source, Span};

/// Judges a project with open texts laid over its files. Every document with a finding has an entry,
/// open or not.
///
/// # Errors
/// A project, config or rule file that can't be read.
pub fn diagnostics<'t>(
    dir: &Path,
    options: &Options,
    open: impl Iterator<Item = (&'t Path, &'t str)>,
    encoding: Encoding,
    related: bool,
) -> Result<BTreeMap<PathBuf, Vec<lsp::Diagnostic>>, Failure> {
    let root = Root { dir: dir.to_path_buf(), under: None, files: Vec::new(), prefix: String::new() };
    let session = Session::open(&root, options)?;
    let mut request = session.request(&root);
    request.no_ignores = options.isolated;
    for (path, text) in open {
        if let Ok(inside) = path.strip_prefix(dir) {
            request.overlays.insert(inside.to_string_lossy().replace('\\', "/"), text.to_owned());
        }
    }
    let rules = session.all_rules()?;
    let project = pipeline::project(&request, &session.config, &session.knowledge)?;
    let run = pipeline::judge(project, &rules, &request, &session.knowledge);
    let choice =
        Choice { persona: session.config.persona.unwrap_or(crate::finding::Persona::Regular), ..Choice::default() };
    let chosen = chosen::choose(&run, &choice);
    Ok(Project { dir, run: &run, chosen: &chosen, encoding, related }.diagnostics())
}

struct Project<'a> {
    dir: &'a Path,
    run: &'a Run,
    chosen: &'a Chosen,
    encoding: Encoding,
    related: bool,
}

impl Project<'_> {
    fn diagnostics(&self) -> BTreeMap<PathBuf, Vec<lsp::Diagnostic>> {
        let report = Report {
            sources: &self.run.project.workspace.sources,
            mask: &self.run.project.mask,
            findings: &self.chosen.findings,
            rules: &self.run.rules,
            cuts: &self.chosen.cuts,
            summary: &self.chosen.summary,
            prefix: String::new(),
        };
        let shown = Shown::new(&report);
        let mut all: BTreeMap<PathBuf, Vec<lsp::Diagnostic>> = BTreeMap::new();
        let told = self.chosen.findings.iter().filter(|f| f.hidden.is_none() && f.outcome == Outcome::Finding);
        for finding in told {
            if let Some((path, diagnostic)) = self.diagnostic(finding, &shown) {
                all.entry(path).or_default().push(diagnostic);
            }
        }
        all
    }

    fn source(&self, span: Span) -> Option<&Source> {
        self.run.project.workspace.sources.get(span.source).map(|s| &**s)
    }

    fn diagnostic(&self, finding: &Finding, shown: &Shown<'_>) -> Option<(PathBuf, lsp::Diagnostic)> {
        let source = self.source(finding.place.span)?;
        let related = finding.related.iter().filter_map(|location| {
            let source = self.source(location.span)?;
            let at = lsp::Location {
                uri: lsp::Uri(uri_of(&self.dir.join(&source.path))),
                range: range(source, location.span, self.encoding),
            };
            Some(lsp::DiagnosticRelatedInformation { location: at, message: shown.line(&location.label) })
        });
        let rule = self.run.rules.iter().find(|r| r.id == finding.rule);
        let page = rule.and_then(|r| r.references.first()).filter(|r| r.starts_with("https://"));
        let mut message = shown.line(&finding.message);
        if !finding.help.is_empty() {
            message.push_str("\n\n");
            message.push_str(&shown.lines(&finding.help));
        }
        let diagnostic = lsp::Diagnostic {
            range: range(source, finding.place.span, self.encoding),
            severity: Some(match finding.severity {
                Severity::Error => lsp::DiagnosticSeverity::Error,
                Severity::Warning => lsp::DiagnosticSeverity::Warning,
                Severity::Note => lsp::DiagnosticSeverity::Information,
            }),
            code: Some(lsp::Code::String(finding.rule.clone())),
            code_description: page.map(|href| lsp::CodeDescription { href: lsp::Uri(href.clone()) }),
            source: Some("lastcopy".into()),
            message: lsp::Message::String(message),
            related_information: self.related.then(|| related.collect::<Vec<_>>()).filter(|r| !r.is_empty()),
            ..lsp::Diagnostic::default()
        };
        Some((self.dir.join(&source.path), diagnostic))
    }
}
