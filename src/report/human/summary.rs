//! The end of the page: what is worth saying once, what was looked at, what can't be seen.

use crate::report::drawing::{Pen, push};
use crate::report::select::Parts;
use crate::report::wrap::wrap;
use crate::source::Span;

/// What no repository shows, whatever is in it; where a person's own settings were read, without these.
fn unseen(home: bool) -> String {
    let settings = if home { "" } else { "settings agents keep in a person's home, " };
    format!(
        "can't be seen from a repository: {settings}backups made in a platform's dashboard, modules that aren't \
         installed, resource types not known here"
    )
}

/// Said only where nothing at all was hidden or undecided.
const CLEAN: &str =
    "No finding: as far as its files tell, no single act can destroy the last copy of this project's data";

/// At most so many of what wasn't looked at are told one by one.
const FEW: usize = 5;

/// Notes, what wasn't looked at, the named undecided, and the counts.
pub(super) fn write(pen: &Pen<'_>, parts: &Parts<'_>, out: &mut String) {
    let shown = pen.shown;
    let summary = shown.report().summary;
    for note in &summary.notes {
        paragraph(pen, &pen.paint.bold("note:"), 5, &shown.line(note), out);
    }
    let placed = |span: &Option<Span>, message: &str| {
        let place = span.map(|s| format!(" ({}:{})", shown.near(s), shown.region(s).start.line)).unwrap_or_default();
        format!("{}{place}", shown.line(message))
    };
    for (span, _, message) in summary.cut_off.iter().take(FEW) {
        paragraph(pen, &pen.paint.bold("not looked at:"), 14, &placed(span, message), out);
    }
    if let Some(more) = summary.cut_off.len().checked_sub(FEW).filter(|n| *n > 0) {
        paragraph(pen, &pen.paint.bold("not looked at:"), 14, &format!("{more} more"), out);
    }
    for (span, message) in &summary.undecided_named {
        paragraph(pen, &pen.paint.bold("not known:"), 10, &placed(span, message), out);
    }
    if !(summary.notes.is_empty() && summary.undecided_named.is_empty() && summary.cut_off.is_empty()) {
        out.push('\n');
    }
    paragraph(pen, "", 0, &verdict(pen, parts), out);
    paragraph(pen, "", 0, &looked_at(pen), out);
    let dim = |line: String| pen.paint.dim(&line);
    wrap(&unseen(summary.home), pen.width, pen.width.saturating_sub(2))
        .into_iter()
        .enumerate()
        .for_each(|(n, piece)| push(out, &format!("{}{}", if n == 0 { "" } else { "  " }, dim(piece))));
}

/// A paragraph whose later lines are indented; `head` takes `columns`.
fn paragraph(pen: &Pen<'_>, head: &str, columns: usize, text: &str, out: &mut String) {
    let gap = usize::from(columns > 0);
    let pieces = wrap(text, pen.width.saturating_sub(columns + gap), pen.width.saturating_sub(2));
    for (n, piece) in pieces.iter().enumerate() {
        match n {
            0 => push(out, &format!("{head}{}{piece}", " ".repeat(gap))),
            _ => push(out, &format!("  {piece}")),
        }
    }
}

/// What came of it, in one sentence.
fn verdict(pen: &Pen<'_>, parts: &Parts<'_>) -> String {
    let s = pen.shown.report().summary;
    let any = s.error + s.warning + s.note > 0;
    let mut found: Vec<String> = [(s.error, "error"), (s.warning, "warning"), (s.note, "note")]
        .into_iter()
        .filter(|(n, _)| *n > 0)
        .map(|(n, what)| count(n, what))
        .collect();
    if s.stores == 0 {
        found.insert(0, "No data store found: nothing was judged".into());
    } else if !any {
        let hidden = s.undecided + s.suppressed + s.baselined + s.undeployed + s.below > 0;
        let said = match (s.unread_modules.is_empty() && s.cut_off.is_empty(), hidden) {
            (false, _) => "No finding in what could be read",
            (true, true) => "No finding",
            (true, false) => CLEAN,
        };
        found.push(said.to_owned());
    }
    if !parts.undecided.is_empty() {
        found.push(format!("{} undecided", parts.undecided.len()));
    }
    let mut line = found.join(", ");
    let aside: Vec<String> =
        [(parts.links, "told as part of a path"), (s.local, "resting on files that only this machine has")]
            .into_iter()
            .filter(|(n, _)| *n > 0)
            .map(|(n, what)| format!("{n} {what}"))
            .collect();
    if !aside.is_empty() {
        line = format!("{line} ({})", aside.join(", "));
    }
    let hidden: Vec<String> = [
        (s.undecided.saturating_sub(parts.undecided.len()), "undecided"),
        (s.suppressed, "ignored"),
        (s.baselined, "in the baseline"),
        (s.undeployed, "in directories that aren't deployed"),
        (s.below, "below the persona or confidence asked for"),
    ]
    .into_iter()
    .filter(|(n, _)| *n > 0)
    .map(|(n, what)| format!("{n} {what}"))
    .collect();
    if hidden.is_empty() { line } else { format!("{line}; not shown: {}", hidden.join(", ")) }
}

fn looked_at(pen: &Pen<'_>) -> String {
    let s = pen.shown.report().summary;
    let list = |counts: &[(String, usize)]| {
        let each: Vec<String> = counts.iter().filter(|c| c.1 > 0).map(|(n, c)| format!("{c} {n}")).collect();
        pen.shown.line(&each.join(", "))
    };
    let kinds = list(&s.read);
    let kinds = if kinds.is_empty() { kinds } else { format!(" ({kinds})") };
    let mut line = format!(
        "looked at {}, {}, {} in {}{kinds}",
        count(s.stores, "store"),
        count(s.agents, "agent"),
        count(s.credentials, "credential"),
        count(s.files, "file"),
    );
    let skipped: usize = s.skipped.iter().map(|(_, n)| n).sum();
    if skipped > 0 {
        line.push_str(&format!("; skipped {} ({})", count(skipped, "file"), list(&s.skipped)));
    }
    line
}

/// `1 error`, `2 errors`.
fn count(n: usize, what: &str) -> String {
    format!("{n} {what}{}", if n == 1 { "" } else { "s" })
}
