//! Reading HCL's templates: quoted strings and heredocs, with interpolation and directives.

use crate::source::Span;
use crate::syntax::hcl::parser::{Parser, Result};
use crate::syntax::hcl::{Expr, ExprKind, Ident, Part};

/// A template before its directives are paired.
enum Token {
    Literal(String, Span),
    Interpolation(Expr),
    If(Expr),
    Else,
    EndIf,
    For(Option<Ident>, Ident, Expr),
    EndFor,
}

/// Where a template ends.
#[derive(Clone, Copy, PartialEq)]
enum Until {
    /// A closing quote; backslash escapes count.
    Quote,
    /// The end of the parser's range; no escapes.
    End,
}

/// Literal text being read.
struct Literal {
    text: String,
    start: usize,
    /// After `~}`: what is read next loses its leading white space.
    trim: bool,
}

impl Literal {
    /// Hands on what was read so far.
    fn flush(&mut self, parser: &Parser<'_>, tokens: &mut Vec<Token>) {
        let text = std::mem::take(&mut self.text);
        let text = if std::mem::replace(&mut self.trim, false) { text.trim_start().to_owned() } else { text };
        if parser.at > self.start {
            tokens.push(Token::Literal(text, parser.span(self.start)));
        }
        self.start = parser.at;
    }
}

impl Parser<'_> {
    /// A quoted string, from its opening quote.
    pub fn quoted(&mut self) -> Result<ExprKind> {
        self.at += 1;
        let tokens = self.tokens(Until::Quote)?;
        self.expect("\"", "to close the string")?;
        self.finish(tokens)
    }

    /// `<<EOT` or `<<-EOT`.
    pub fn heredoc(&mut self) -> Result<ExprKind> {
        self.at += 2;
        let indented = self.eat("-");
        let Some(marker) = self.ident() else { return self.error("expected a marker after `<<`") };
        let rest = self.rest();
        let newline = rest.find('\n').unwrap_or(rest.len());
        if !rest.get(..newline).unwrap_or("").trim().is_empty() || newline == rest.len() {
            return self.error("expected a newline after the heredoc's marker");
        }
        self.at += newline + 1;
        // The body ends before the line that holds nothing but the marker.
        let start = self.at;
        let mut body_end = None;
        let mut line_start = start;
        for line in self.text.get(start..self.end).unwrap_or("").split_inclusive('\n') {
            if line.trim() == marker.name.as_str() {
                body_end = Some((line_start, line_start + (line.len() - line.trim_start().len()) + marker.name.len()));
                break;
            }
            line_start += line.len();
        }
        let Some((body_end, after)) = body_end else { return self.error("heredoc isn't closed by its marker") };
        let outer_end = std::mem::replace(&mut self.end, body_end);
        let tokens = self.tokens(Until::End);
        self.end = outer_end;
        let mut tokens = tokens?;
        self.at = after;
        if indented {
            unindent(&mut tokens);
        }
        self.finish(tokens)
    }

    /// The whole range as a template without escapes (`templatefile`, rule messages).
    pub fn bare_template(&mut self) -> Result<ExprKind> {
        let tokens = self.tokens(Until::End)?;
        self.finish(tokens)
    }

    fn tokens(&mut self, until: Until) -> Result<Vec<Token>> {
        self.deeper()?;
        let mut tokens: Vec<Token> = Vec::new();
        let mut literal = Literal { text: String::new(), start: self.at, trim: false };
        loop {
            let Some(c) = self.rest().chars().next() else {
                if until == Until::Quote {
                    return self.error("string isn't closed");
                }
                break;
            };
            if c == '"' && until == Until::Quote {
                break;
            }
            if self.looking_at("$${") || self.looking_at("%%{") {
                literal.text.push(c);
                literal.text.push('{');
                self.at += 3;
            } else if self.looking_at("${") || self.looking_at("%{") {
                let trim_before = self.text.as_bytes().get(self.at + 2) == Some(&b'~');
                literal.flush(self, &mut tokens);
                if trim_before && let Some(Token::Literal(text, _)) = tokens.last_mut() {
                    text.truncate(text.trim_end().len());
                }
                let directive = c == '%';
                self.at += if trim_before { 3 } else { 2 };
                let free = std::mem::replace(&mut self.free, true);
                self.skip();
                tokens.push(if directive { self.directive()? } else { Token::Interpolation(self.expression()?) });
                self.skip();
                self.free = free;
                let trim = self.eat("~");
                self.expect("}", "to close the interpolation")?;
                literal = Literal { text: String::new(), start: self.at, trim };
            } else if c == '\\' && until == Until::Quote {
                self.at += 1;
                self.escape(&mut literal.text)?;
            } else if c == '\n' && until == Until::Quote {
                return self.error("string isn't closed on its line");
            } else {
                literal.text.push(c);
                self.at += c.len_utf8();
                if c == '\n' {
                    // Line by line, as Terraform does: trimming and unindenting rest on it.
                    literal.flush(self, &mut tokens);
                }
            }
        }
        literal.flush(self, &mut tokens);
        self.depth -= 1;
        Ok(tokens)
    }

    fn directive(&mut self) -> Result<Token> {
        let Some(word) = self.ident() else { return self.error("expected a directive") };
        self.skip();
        Ok(match word.name.as_str() {
            "if" => Token::If(self.expression()?),
            "else" => Token::Else,
            "endif" => Token::EndIf,
            "for" => {
                let (key, value) = self.for_names()?;
                Token::For(key, value, self.expression()?)
            }
            "endfor" => Token::EndFor,
            _ => return self.error("unknown directive"),
        })
    }

    /// What follows a backslash.
    pub fn escape(&mut self, into: &mut String) -> Result<()> {
        let Some(c) = self.rest().chars().next() else { return self.error("string isn't closed") };
        self.at += c.len_utf8();
        let digits = match c {
            'n' => {
                into.push('\n');
                return Ok(());
            }
            'r' => {
                into.push('\r');
                return Ok(());
            }
            't' => {
                into.push('\t');
                return Ok(());
            }
            '"' | '\\' => {
                into.push(c);
                return Ok(());
            }
            'u' => 4,
            'U' => 8,
            _ => return self.error("unknown escape in a string"),
        };
        let hex = self.rest().get(..digits).unwrap_or("");
        match u32::from_str_radix(hex, 16).ok().and_then(char::from_u32) {
            Some(c) => {
                into.push(c);
                self.at += digits;
                Ok(())
            }
            None => self.error("unknown escape in a string"),
        }
    }

    fn finish(&mut self, tokens: Vec<Token>) -> Result<ExprKind> {
        if tokens.iter().all(|t| matches!(t, Token::Literal(..))) {
            let text: String =
                tokens.iter().map(|t| if let Token::Literal(s, _) = t { s.as_str() } else { "" }).collect();
            return Ok(ExprKind::String(text.into()));
        }
        let mut tokens = tokens.into_iter().peekable();
        let (parts, stop) = self.parts(&mut tokens, 0)?;
        match stop {
            None => Ok(ExprKind::Template(merge(parts))),
            Some(_) => self.error("directive without its beginning"),
        }
    }

    /// Pairs directives up to one that closes or divides.
    fn parts(
        &mut self,
        tokens: &mut std::iter::Peekable<std::vec::IntoIter<Token>>,
        depth: usize,
    ) -> Result<(Vec<Part>, Option<Token>)> {
        if depth > super::parser::DEPTH {
            return self.error("directives nested too deep");
        }
        let mut parts = Vec::new();
        while let Some(token) = tokens.next() {
            match token {
                Token::Literal(text, span) => parts.push(Part::Literal(text.into(), span)),
                Token::Interpolation(expr) => parts.push(Part::Interpolation(expr)),
                Token::If(condition) => {
                    let (yes, stop) = self.parts(tokens, depth + 1)?;
                    let (no, stop) = match stop {
                        Some(Token::Else) => self.parts(tokens, depth + 1)?,
                        other => (Vec::new(), other),
                    };
                    if !matches!(stop, Some(Token::EndIf)) {
                        return self.error("`%{ if }` isn't closed by `%{ endif }`");
                    }
                    parts.push(Part::If(Box::new(condition), merge(yes), merge(no)));
                }
                Token::For(key, value, collection) => {
                    let (body, stop) = self.parts(tokens, depth + 1)?;
                    if !matches!(stop, Some(Token::EndFor)) {
                        return self.error("`%{ for }` isn't closed by `%{ endfor }`");
                    }
                    parts.push(Part::For { key, value, collection: Box::new(collection), body: merge(body) });
                }
                stop => return Ok((parts, Some(stop))),
            }
        }
        Ok((parts, None))
    }
}

/// Joins neighbouring literals, which were read line by line.
fn merge(parts: Vec<Part>) -> Vec<Part> {
    let mut merged: Vec<Part> = Vec::with_capacity(parts.len());
    // The literals met since the last other part, as one text: a long one isn't copied for each of its pieces.
    let mut pending: Option<(String, Span)> = None;
    for part in parts {
        match (&mut pending, part) {
            (Some((text, span)), Part::Literal(more, more_span)) => {
                text.push_str(&more);
                *span = span.to(more_span);
            }
            (None, Part::Literal(text, span)) => pending = Some((text.as_str().to_owned(), span)),
            (_, other) => {
                merged.extend(pending.take().map(|(text, span)| Part::Literal(text.into(), span)));
                merged.push(other);
            }
        }
    }
    merged.extend(pending.map(|(text, span)| Part::Literal(text.into(), span)));
    merged
}

/// `<<-`: the smallest indentation of any line is taken off every line. Blank lines don't count; a
/// line that begins with an interpolation has none.
fn unindent(tokens: &mut [Token]) {
    let mut smallest = usize::MAX;
    let mut newline = true;
    let mut adjust = Vec::new();
    for (i, token) in tokens.iter().enumerate() {
        if std::mem::replace(&mut newline, false) {
            let spaces = match token {
                Token::Literal(text, _) => {
                    let trimmed = text.trim_start();
                    if trimmed.is_empty() && text.ends_with('\n') {
                        usize::MAX
                    } else {
                        adjust.push(i);
                        text.chars().count() - trimmed.chars().count()
                    }
                }
                _ => 0,
            };
            smallest = smallest.min(spaces);
        }
        if let Token::Literal(text, _) = token
            && text.ends_with('\n')
        {
            newline = true;
        }
    }
    for i in adjust {
        if let Some(Token::Literal(text, _)) = tokens.get_mut(i) {
            *text = text.chars().skip(smallest).collect();
        }
    }
}
