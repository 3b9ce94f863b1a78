//! Entries taken out of the front matter of a Markdown file: of a list, of a line with several, or with
//! the whole line where nothing is left on it.

use super::{comma, whole_line};
use crate::finding::Edit;
use crate::source::{Source, Span};

/// The edits that take entries out; `None` where one isn't written in a way that is understood.
pub(super) fn removed(source: &Source, entries: &[(Span, &str)]) -> Option<Vec<Edit>> {
    let text: &str = &source.text;
    let mut places: Vec<Span> = entries.iter().map(|(span, _)| *span).collect();
    places.dedup();
    let mut edits = Vec::new();
    for span in places {
        let written = text.get(span.range())?;
        let gone: Vec<&str> = entries.iter().filter(|(s, _)| *s == span).map(|(_, entry)| *entry).collect();
        let line = text.get(..span.start as usize)?.rfind('\n').map_or(0, |n| n + 1);
        let ahead = text.get(line..span.start as usize)?.trim();
        let bare = written.trim_matches(['"', '\'']);
        // A line of its own, `- Bash(a:*)` or `key: Bash(a:*)`; or one of a list in brackets.
        let alone = gone.len() == 1 && gone.first() == Some(&bare);
        let edit = if alone && ahead.starts_with('[') | ahead.contains(": [") | ahead.ends_with(',') {
            in_brackets(text, span)?
        } else if alone && ahead == "-" {
            let (start, end) = item(text, line, span.end as usize)?;
            Edit { span: Span::new(span.source, start, end), text: String::new() }
        } else if alone && ahead.ends_with(':') && !ahead.contains(' ') {
            Edit { span: to_the_next_line(text, span, line)?, text: String::new() }
        } else if ahead.ends_with(':') && !ahead.contains(' ') && !written.contains('\n') {
            match without(bare, &gone)? {
                left if left.is_empty() => Edit { span: to_the_next_line(text, span, line)?, text: String::new() },
                left => Edit { span, text: written.replace(bare, &left) },
            }
        } else {
            return None;
        };
        edits.push(edit);
    }
    Some(edits)
}

/// From the beginning of a line over a value that ends on it.
fn to_the_next_line(text: &str, span: Span, line: usize) -> Option<Span> {
    let rest = text.get(span.end as usize..)?;
    let end = rest.find('\n')?;
    rest.get(..end)?.trim().is_empty().then(|| Span::new(span.source, line, span.end as usize + end + 1))
}

/// The line of an item of a list; with the key above, where it is the only one.
fn item(text: &str, line: usize, end: usize) -> Option<(usize, usize)> {
    let (start, end) = whole_line(text, line, end);
    let end = if text.get(..end)?.ends_with('\n') { end } else { end + text.get(end..)?.find('\n')? + 1 };
    let above_at = text.get(..start.checked_sub(1)?)?.rfind('\n').map_or(0, |n| n + 1);
    let above = text.get(above_at..start)?.trim();
    let more = text.get(end..)?.lines().next().is_some_and(|next| next.trim_start().starts_with("- "));
    Some(if above.ends_with(':') && !more { (above_at, end) } else { (start, end) })
}

fn in_brackets(text: &str, span: Span) -> Option<Edit> {
    let (start, end) = match comma(text, span.end as usize) {
        Some(at) => {
            let blank = text.get(at + 1..)?.len() - text.get(at + 1..)?.trim_start_matches(' ').len();
            (span.start as usize, at + 1 + blank)
        }
        None => {
            let before = text.get(..span.start as usize)?.trim_end();
            (before.strip_suffix(',').map_or(span.start as usize, str::len), span.end as usize)
        }
    };
    Some(Edit { span: Span::new(span.source, start, end), text: String::new() })
}

/// A line of entries, between commas or blanks, without some of them.
fn without(line: &str, gone: &[&str]) -> Option<String> {
    let mut left = line.to_owned();
    for entry in gone {
        let mut found = left.match_indices(entry);
        let (at, _) = found.next()?;
        if found.next().is_some() {
            return None;
        }
        let (before, behind) = (left.get(..at)?.to_owned(), left.get(at + entry.len()..)?);
        let behind = behind.trim_start_matches([',', ' ']);
        left = match behind.is_empty() {
            true => before.trim_end_matches([',', ' ']).to_owned(),
            false => format!("{before}{behind}"),
        };
    }
    Some(left)
}
