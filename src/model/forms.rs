//! Other forms of a known command that do the same: what any command has (an absolute path, `sudo`,
//! `sh -c`, a variable in front) and what is its own (a general option in front of the sub-command,
//! the flags in another order, another word for the same). Only those count that are classified as the
//! same operation.

use crate::agents::variants::variants;
use crate::knowledge::operations::{Operation, Tool};
use crate::model::inputs::Inputs;

/// How many words for the same are tried of one sub-command.
const SYNONYMS: usize = 2;

/// A known command, and other forms of it.
#[derive(Clone, Debug, Default)]
pub(super) struct Forms {
    /// Program and sub-command: `terraform destroy`.
    pub(super) base: String,
    /// The other forms, those that any command has first.
    pub(super) others: Vec<String>,
}

/// The forms of an operation's command; none where it isn't one simple command.
pub(super) fn forms(inputs: &Inputs<'_>, tool: &Tool, operation: &Operation) -> Option<Forms> {
    let command = operation.command.as_deref()?;
    let words: Vec<&str> = command.split(' ').collect();
    let program = words.first().filter(|w| !w.contains(['=', '\'', '"', '$']))?;
    let form = operation.forms.iter().find(|f| f.programs.iter().any(|p| p == program))?;
    let sub = words.get(1..).unwrap_or(&[]).iter().take(form.words.len()).take_while(|w| !w.starts_with('-')).count();
    let mut others: Vec<String> = variants(command).into_iter().map(|v| v.command).collect();
    let rest = words.get(1..).unwrap_or(&[]).join(" ");
    let whole = tool.programs.iter().filter(|p| p.words.is_empty() && p.names.iter().any(|n| n == program));
    others.extend(whole.flat_map(|p| &p.ahead).map(|ahead| format!("{program} {ahead} {rest}")));
    others.extend(reordered(&words, sub));
    for (at, choices) in form.words.iter().enumerate().take(sub) {
        let written = words.get(at + 1).copied().unwrap_or("");
        for choice in choices.iter().filter(|c| *c != written).take(SYNONYMS) {
            let mut other: Vec<&str> = words.clone();
            if let Some(word) = other.get_mut(at + 1) {
                *word = choice;
            }
            others.push(other.join(" "));
        }
    }
    let same = |other: &String| (inputs.classify)(None, other).operations.iter().any(|o| o.id == operation.id);
    others.retain(|other| other != command && same(other));
    Some(Forms { base: words.get(..=sub).unwrap_or(&words).join(" "), others })
}

/// The flags behind the sub-command, each with what follows it, the last first.
fn reordered(words: &[&str], sub: usize) -> Option<String> {
    let (head, tail) = words.split_at_checked(sub + 1)?;
    if tail.iter().any(|w| w.contains(['\'', '"'])) {
        return None;
    }
    let mut groups: Vec<Vec<&str>> = Vec::new();
    for word in tail {
        match groups.last_mut() {
            Some(group) if !word.starts_with('-') => group.push(word),
            _ => groups.push(vec![word]),
        }
    }
    groups.reverse();
    let ordered: Vec<&str> = head.iter().copied().chain(groups.into_iter().flatten()).collect();
    Some(ordered.join(" "))
}
