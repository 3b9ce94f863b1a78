//! The one gate: every string that reaches a format comes from here.

use crate::finding::{Edit, Finding, Fix};
use crate::report::{Report, neutral};
use crate::source::{Position, Span};

/// Texts of a report as they may be shown: without secrets (invariant 8), made harmless (9).
#[derive(Clone, Copy)]
pub struct Shown<'a> {
    report: &'a Report<'a>,
}

/// A span as people count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Region {
    /// First character.
    pub start: Position,
    /// Behind the last character.
    pub end: Position,
}

impl<'a> Shown<'a> {
    /// The gate of a report.
    pub fn new(report: &'a Report<'a>) -> Self {
        Shown { report }
    }

    /// The report it shows.
    pub(super) fn report(&self) -> &'a Report<'a> {
        self.report
    }

    /// A text as one line.
    pub fn line(&self, text: &str) -> String {
        neutral::one_line(&self.report.mask.text(self.report.sources, text)).trim().to_owned()
    }

    /// A text of several lines.
    pub fn lines(&self, text: &str) -> String {
        neutral::lines(&self.report.mask.text(self.report.sources, text)).trim_end().to_owned()
    }

    /// A path relative to the root, as the contract's formats have it.
    pub fn path(&self, span: Span) -> String {
        self.line(self.report.sources.path(span))
    }

    /// A path relative to the working directory.
    pub fn near(&self, span: Span) -> String {
        let path = self.report.sources.path(span);
        let prefix = if self.report.summary.home && path.starts_with("~/") { "" } else { self.report.prefix.as_str() };
        self.line(&format!("{prefix}{path}"))
    }

    /// Where a span begins and ends.
    pub fn region(&self, span: Span) -> Region {
        let (start, end) = self.report.sources.positions(span);
        Region { start, end: end.max(start) }
    }

    /// The fixes whose edits hold no secret and lie in known sources. Their texts are applied as
    /// they are, so they can't be masked: a fix that would carry a secret isn't offered.
    pub fn fixes(&self, finding: &'a Finding) -> impl Iterator<Item = &'a Fix> {
        let (mask, sources) = (self.report.mask, self.report.sources);
        let harmless = move |e: &Edit| mask.text(sources, &e.text) == e.text && sources.get(e.span.source).is_some();
        finding.fixes.iter().filter(move |f| f.edits.iter().all(harmless))
    }
}
