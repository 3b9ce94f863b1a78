//! A rule's `fix:` on one fact → text edits.

use std::sync::Arc;

use crate::expr::Value;
use crate::finding::{Edit, Fix, Place, Slot};
use crate::rules::compiled::FixPath;
use crate::source::{Source, Sources, Span};

/// The fix; `None` where what is there can't be edited, or there is nothing to write.
pub fn fix(rule: &FixPath, names: &[(&str, &Value)], sources: &Sources) -> Option<Fix> {
    let place = rule.set.place(names)?;
    if let Slot::Rewrite { title, edits } = &place.slot {
        return Some(Fix { title: title.clone(), safe: rule.safe, edits: edits.clone() });
    }
    let to = hcl(rule.to.get(names)?)?;
    let named = rule.attribute.as_ref().and_then(|a| a.get(names)).and_then(Value::as_str);
    let (edit, name) = match &place.slot {
        Slot::Literal(span) => (Edit { span: *span, text: to.clone() }, named),
        Slot::Absent { insert, name, indent } => {
            let source = sources.get(insert.source)?;
            (Edit { span: *insert, text: line(source, *insert, indent, name, &to)? }, Some(name.as_str()))
        }
        Slot::Indirect | Slot::None | Slot::Rewrite { .. } => return None,
    };
    let title = match name {
        Some(name) => format!("set `{name} = {to}`"),
        None => format!("set it to `{to}`"),
    };
    Some(Fix { title, safe: rule.safe, edits: vec![edit] })
}

/// The place whose value comes through something else, so that a person has to go there.
pub fn set_elsewhere(rule: &FixPath, names: &[(&str, &Value)]) -> Option<Span> {
    let place: Arc<Place> = rule.set.place(names)?;
    match place.slot {
        Slot::Indirect => place.chain.last().map(|hop| hop.span),
        _ => None,
    }
}

/// What is written: one line of HCL.
fn hcl(value: &Value) -> Option<String> {
    let text = match value.as_str() {
        Some(text) => text.to_owned(),
        None => crate::expr::convert::to_text(value)?.as_str().to_owned(),
    };
    (!text.trim().is_empty() && !text.contains(['\n', '\r'])).then_some(text)
}

/// A line `name = value` at an insertion point: as it is where a line begins there; in an empty
/// `{}` on a line of its own. A block with arguments written on one line takes no second one.
fn line(source: &Source, insert: Span, indent: &str, name: &str, to: &str) -> Option<String> {
    if source.path.ends_with(".json") {
        return None;
    }
    let before = source.text.get(..insert.start as usize)?;
    let end = if source.text.contains("\r\n") { "\r\n" } else { "\n" };
    let line = format!("{indent}{name} = {to}{end}");
    if before.is_empty() || before.ends_with('\n') {
        return Some(line);
    }
    before.trim_end_matches([' ', '\t']).ends_with('{').then(|| format!("{end}{line}"))
}
