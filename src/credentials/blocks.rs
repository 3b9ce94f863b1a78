//! Attributes of Terraform's blocks, and of resources in its state, that hold a credential.

use crate::credentials::assignment::{Literal, value_after};

/// Most bytes of a block that are looked at.
const BLOCK: usize = 16 << 10;

/// What a quoted name in Terraform's files stands at the head of.
pub enum Head {
    /// HCL: `provider "railway" {`, `resource "aws_iam_access_key" "x" {`.
    Hcl,
    /// JSON: `"railway": {`, or in the state `"type": "aws_iam_access_key"`.
    Json,
}

/// Whether the quoted name at `start..end` heads a block.
pub fn head(text: &str, start: usize, end: usize) -> Option<Head> {
    let before = text.get(..start)?.trim_end_matches([' ', '\t']);
    let after = text.get(end..)?.trim_start_matches([' ', '\t']);
    if before.ends_with("provider") || before.ends_with("resource") {
        return Some(Head::Hcl);
    }
    let state = before.strip_suffix(':').is_some_and(|b| b.trim_end().ends_with("\"type\""));
    let block = after.strip_prefix(':').is_some_and(|a| a.trim_start().starts_with(['{', '[']));
    (state || block).then_some(Head::Json)
}

/// The value of an attribute in the block whose quoted name ends at `end`, with the attribute's name.
pub fn attribute(text: &str, end: usize, head: &Head, name: &str) -> Option<(usize, usize, Literal)> {
    let limit = (end + BLOCK).min(text.len());
    let bytes = text.as_bytes();
    let (from, to) = match head {
        Head::Hcl => {
            let open = end + text.get(end..)?.find('{').filter(|n| *n < 300)?;
            (open, closing(bytes, open, limit))
        }
        Head::Json => {
            let next = text.get(end..).and_then(|t| t.find("\"type\":")).map_or(limit, |n| end + n);
            (end, next.min(limit))
        }
    };
    let mut at = from;
    while let Some(found) = bytes.get(at..to).and_then(|b| find(b, name.as_bytes())) {
        let (start, stop) = (at + found, at + found + name.len());
        let whole = |i: usize| !bytes.get(i).is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'_' || *b == b'-');
        if whole(stop)
            && (start == 0 || whole(start - 1))
            && let Some(value) = value_after(text, stop, true, false).filter(|v| v.end <= to)
        {
            return Some((start, stop, value));
        }
        at = stop;
    }
    None
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len().max(1)).position(|w| w == needle)
}

/// The byte of the brace that closes the one at `open`.
fn closing(bytes: &[u8], open: usize, limit: usize) -> usize {
    let mut depth = 0usize;
    for at in open..limit {
        match bytes.get(at) {
            Some(b'{') => depth += 1,
            Some(b'}') => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return at;
                }
            }
            _ => {}
        }
    }
    limit
}
