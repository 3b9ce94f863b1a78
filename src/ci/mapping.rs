//! Where the bytes of a text stand in its file, when the file writes it with quotes, escapes or
//! indentation.

use std::ops::Range;

use crate::source::{Source, Span};

/// A piece of a text and the piece of the file it came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Piece {
    text: usize,
    text_length: usize,
    file: usize,
    file_length: usize,
}

/// The pieces of a text, in order; gaps are white space or text that stands nowhere.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mapping {
    pieces: Vec<Piece>,
}

impl Mapping {
    /// Of a text that stands in the file as it is.
    pub(super) fn of_verbatim(file: usize, length: usize) -> Mapping {
        let mut mapping = Mapping::default();
        mapping.push(0, length, file, length);
        mapping
    }

    /// Of a value written at `span`: in quotes with escapes, over several lines, or in a block.
    /// Covers as much of `text` as can be followed.
    pub(super) fn aligned(source: &Source, span: Span, text: &str) -> Mapping {
        let raw = source.slice(span);
        if raw == text {
            return Mapping::of_verbatim(span.start as usize, text.len());
        }
        let quote = ["\"\"\"", "'''", "\"", "'"].into_iter().find(|q| raw.starts_with(q)).unwrap_or("");
        let mut aligner = Aligner { raw, text, quote, at: quote.len(), done: 0, base: span.start as usize };
        if quote.len() == 3 && aligner.raw_rest().starts_with('\n') {
            aligner.at += 1;
        }
        let mut mapping = Mapping::default();
        while aligner.step(&mut mapping) {}
        mapping
    }

    /// Adds a piece; one that continues the last is joined to it.
    pub(super) fn push(&mut self, text: usize, text_length: usize, file: usize, file_length: usize) {
        if text_length == 0 {
            return;
        }
        if let Some(last) = self.pieces.last_mut()
            && last.text_length == last.file_length
            && text_length == file_length
            && last.text + last.text_length == text
            && last.file + last.file_length == file
        {
            last.text_length += text_length;
            last.file_length += file_length;
            return;
        }
        self.pieces.push(Piece { text, text_length, file, file_length });
    }

    /// Adds the pieces of another text, which stands `offset` bytes into this one.
    pub(super) fn extend(&mut self, other: &Mapping, offset: usize) {
        self.pieces.extend(other.pieces.iter().map(|p| Piece { text: p.text + offset, ..*p }));
    }

    /// The offset of the text's first byte, if the whole text stands in the file as it is.
    pub(super) fn verbatim(&self, length: usize) -> Option<u32> {
        match self.pieces.as_slice() {
            [piece] if piece.text == 0 && piece.text_length == length && piece.file_length == length => {
                u32::try_from(piece.file).ok()
            }
            _ => None,
        }
    }

    /// The byte range in the file of a byte range of the text; `None` where no byte of it is known.
    pub fn range(&self, range: Range<usize>) -> Option<(usize, usize)> {
        let end = range.end.max(range.start + 1);
        let first = self.pieces.partition_point(|p| p.text + p.text_length <= range.start);
        let after = self.pieces.partition_point(|p| p.text < end);
        let (first, last) = (self.pieces.get(first)?, self.pieces.get(after.checked_sub(1)?)?);
        if first.text >= end {
            return None;
        }
        let exact = |p: &Piece| p.text_length == p.file_length;
        let start = match range.start.checked_sub(first.text) {
            Some(inside) if exact(first) => first.file + inside,
            _ => first.file,
        };
        let stop = if exact(last) {
            last.file + (end - last.text).min(last.file_length)
        } else {
            last.file + last.file_length
        };
        (start < stop).then_some((start, if range.is_empty() { start } else { stop }))
    }
}

/// A text put together from pieces of a file and of our own.
#[derive(Debug, Default)]
pub(super) struct Built {
    /// The text so far.
    pub text: String,
    /// Where its pieces stand.
    pub mapping: Mapping,
}

impl Built {
    /// A piece that stands in the file as it is.
    pub fn push(&mut self, piece: &str, file: usize) {
        self.mapping.push(self.text.len(), piece.len(), file, piece.len());
        self.text.push_str(piece);
    }

    /// A piece that stands for a range of the file.
    pub fn push_for(&mut self, piece: &str, file: Range<usize>) {
        self.mapping.push(self.text.len(), piece.len(), file.start, file.len());
        self.text.push_str(piece);
    }

    /// A range of another text, which stands where that text's mapping says.
    pub fn push_from(&mut self, mapping: &Mapping, text: &str, range: Range<usize>) {
        let Some(piece) = text.get(range.clone()) else { return };
        let offset = self.text.len();
        for part in &mapping.pieces {
            let (start, end) = (part.text.max(range.start), (part.text + part.text_length).min(range.end));
            if start >= end {
                continue;
            }
            let exact = part.text_length == part.file_length;
            let file = if exact { part.file + (start - part.text) } else { part.file };
            let length = if exact { end - start } else { part.file_length };
            self.mapping.push(offset + start - range.start, end - start, file, length);
        }
        self.text.push_str(piece);
    }

    /// A piece that stands nowhere.
    pub fn push_made(&mut self, piece: &str) {
        self.text.push_str(piece);
    }

    /// A value of a data file, as a word of a command: quoted where a shell would take it apart.
    pub fn push_word(&mut self, source: &Source, span: Span, word: &str) {
        let plain = |c: char| c.is_alphanumeric() || "-_./:=@%+,".contains(c);
        let inner = Mapping::aligned(source, span, word);
        let quoted = word.is_empty() || !word.chars().all(plain);
        let (open, between) = if quoted { ("'", "'\\''") } else { ("", "") };
        self.push_made(open);
        for (i, c) in word.char_indices() {
            if quoted && c == '\'' {
                self.push_made(between);
                continue;
            }
            let mut buffer = [0; 4];
            let c = c.encode_utf8(&mut buffer);
            match inner.range(i..i + c.len()) {
                Some((start, end)) => self.push_for(c, start..end),
                None => self.push_made(c),
            }
        }
        self.push_made(open);
    }
}

/// Walks a value as written and as read side by side.
struct Aligner<'a> {
    raw: &'a str,
    text: &'a str,
    quote: &'a str,
    at: usize,
    done: usize,
    base: usize,
}

impl Aligner<'_> {
    fn raw_rest(&self) -> &str {
        self.raw.get(self.at..).unwrap_or("")
    }

    /// Takes one character or one run of white space; false at the end or where the two part.
    fn step(&mut self, mapping: &mut Mapping) -> bool {
        let raw = self.raw.get(self.at..).unwrap_or("");
        let text = self.text.get(self.done..).unwrap_or("");
        let (Some(r), Some(t)) = (raw.chars().next(), text.chars().next()) else { return false };
        let white = |s: &str| s.len() - s.trim_start().len();
        if r == '\\' && self.quote.starts_with('"') {
            return self.escape(raw, t, mapping);
        }
        if r.is_whitespace() && raw.get(..white(raw)).is_some_and(|run| run.contains('\n')) {
            self.at += white(raw);
            self.done += white(text);
            return true;
        }
        let length = if r == t && self.quote == "'" && raw.starts_with("''") { 2 } else { r.len_utf8() };
        if r != t {
            return false;
        }
        mapping.push(self.done, t.len_utf8(), self.base + self.at, length);
        self.at += length;
        self.done += t.len_utf8();
        true
    }

    fn escape(&mut self, raw: &str, t: char, mapping: &mut Mapping) -> bool {
        let digits = |n: usize| 2 + n;
        let length = match raw.chars().nth(1) {
            // A line that goes on: nothing of the text.
            Some('\n' | '\r' | ' ' | '\t') => {
                let rest = raw.get(1..).unwrap_or("");
                self.at += 1 + rest.len() - rest.trim_start().len();
                return true;
            }
            Some('x') => digits(2),
            Some('U') => digits(8),
            // Beyond the basic plane JSON writes two.
            Some('u') if t as u32 > 0xffff => 2 * digits(4),
            Some('u') => digits(4),
            Some(c) => 1 + c.len_utf8(),
            None => return false,
        };
        if raw.get(..length).is_none() {
            return false;
        }
        mapping.push(self.done, t.len_utf8(), self.base + self.at, length);
        self.at += length;
        self.done += t.len_utf8();
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::SourceId;

    fn slice(file: &str, text: &str, part: &str) -> String {
        let source = Source::new(SourceId(0), "f", file);
        let mapping = Mapping::aligned(&source, source.span(), text);
        let at = text.find(part).unwrap();
        let (start, end) = mapping.range(at..at + part.len()).unwrap();
        file[start..end].to_owned()
    }

    #[test]
    fn quotes_escapes_and_blocks() {
        assert_eq!(slice(r#""a \"b\" \u00e9 c""#, "a \"b\" é c", "c"), "c");
        assert_eq!(slice(r#""a \"b\" c""#, "a \"b\" c", "\"b\""), r#"\"b\""#);
        assert_eq!(slice(r#""\ud83d\ude00 c""#, "😀 c", "c"), "c");
        assert_eq!(slice("'it''s x'", "it's x", "s x"), "s x");
        assert_eq!(slice("one\n      two\n\n    three\n  ", "one\n  two\n\nthree\n", "three"), "three");
        assert_eq!(slice("one\r\n    two\r\n", "one\ntwo\n", "two"), "two");
        assert_eq!(slice("\"\"\"\nx y\"\"\"", "x y", "y"), "y");
        assert_eq!(slice("\"a \\\n   b\"", "a b", "b"), "b");
        assert_eq!(slice("fold\n  ed text", "fold ed text", "fold ed"), "fold\n  ed");
    }

    #[test]
    fn words_are_quoted_and_keep_their_places() {
        let source = Source::new(SourceId(0), "f", r#"["sh", "it's $x"]"#);
        let mut built = Built::default();
        built.push_word(&source, Span::new(SourceId(0), 1, 5), "sh");
        built.push_made(" ");
        built.push_word(&source, Span::new(SourceId(0), 7, 16), "it's $x");
        assert_eq!(built.text, r"sh 'it'\''s $x'");
        let at = built.text.find("$x").unwrap();
        let (start, end) = built.mapping.range(at..at + 2).unwrap();
        assert_eq!(&source.text[start..end], "$x");
    }

    #[test]
    fn what_cannot_be_followed_is_unknown() {
        let source = Source::new(SourceId(0), "f", "*alias");
        assert_eq!(Mapping::aligned(&source, source.span(), "run it").range(0..3), None);
        assert_eq!(Mapping::default().range(0..0), None);
        for raw in ["\"\\", "\"\\u", "\"\\ud83d", "'", "\"\"\""] {
            let source = Source::new(SourceId(0), "f", raw);
            Mapping::aligned(&source, source.span(), "😀😀");
        }
    }
}
