//! Shell text into commands and words, as far as finding a dump needs: quotes, pipes, lists,
//! redirections and variables. Nothing is expanded.

/// One simple command.
#[derive(Clone, Debug, Default)]
pub struct Command {
    /// Its words, assignments in front included.
    pub words: Vec<Word>,
    /// Files that output is sent to.
    pub writes: Vec<Word>,
}

/// A word with the variables in it; `text` keeps them as written, without quotes.
#[derive(Clone, Debug, Default)]
pub struct Word {
    /// As written, without quotes.
    pub text: String,
    /// The names of the variables in it.
    pub variables: Vec<String>,
}

impl Command {
    /// Which word is the program's name: past `sudo`, `exec`, `env` and assignments.
    pub fn first(&self) -> Option<usize> {
        let skip = |w: &Word| {
            let t = w.text.as_str();
            matches!(
                t,
                "sudo" | "exec" | "env" | "time" | "nice" | "nohup" | "then" | "do" | "if" | "!" | "{" | "(" | "set"
            ) || t
                .split_once('=')
                .is_some_and(|(n, _)| !n.is_empty() && n.chars().all(|c| c.is_alphanumeric() || c == '_'))
        };
        self.words.iter().position(|w| !skip(w))
    }

    /// The program's name, without its path; past `sudo`, `exec`, `env` and assignments.
    pub fn program(&self) -> &str {
        let word = self.first().and_then(|at| self.words.get(at)).map_or("", |w| w.text.as_str());
        word.rsplit('/').next().unwrap_or(word)
    }

    /// Every variable in its words.
    pub fn variables(&self) -> Vec<String> {
        self.words.iter().flat_map(|w| w.variables.iter().cloned()).collect()
    }

    /// The word behind a flag, or in `--flag=word`.
    pub fn flag(&self, names: &[String]) -> Option<Word> {
        for (index, word) in self.words.iter().enumerate() {
            for name in names {
                if word.text == *name {
                    return self.words.get(index + 1).cloned();
                }
                if let Some(value) = word.text.strip_prefix(name.as_str()).and_then(|v| v.strip_prefix('=')) {
                    return Some(Word { text: value.to_owned(), variables: word.variables.clone() });
                }
            }
        }
        None
    }
}

/// The simple commands of a text; those inside `sh -c "…"` and `$( … )` too.
pub fn commands(text: &str) -> Vec<Command> {
    let mut all = Vec::new();
    split(text, 0, &mut all);
    all
}

fn split(text: &str, depth: usize, all: &mut Vec<Command>) {
    const DEPTH: usize = 6;
    let mut command = Command::default();
    let mut word: Option<Word> = None;
    let mut redirect = false;
    let mut inner: Vec<String> = Vec::new();
    let mut chars = text.char_indices().peekable();
    let mut quote: Option<char> = None;
    while let Some((at, c)) = chars.next() {
        match (quote, c) {
            (Some('\''), '\'') => quote = None,
            (Some('\''), c) => word.get_or_insert_default().text.push(c),
            (Some('"'), '"') => quote = None,
            (_, '\\') => {
                if let Some((_, next)) = chars.next() {
                    word.get_or_insert_default().text.push(next);
                }
            }
            (_, '$') => {
                let rest = text.get(at + 1..).unwrap_or("");
                let (taken, name, nested) = variable(rest);
                let word = word.get_or_insert_default();
                word.text.push('$');
                word.text.push_str(rest.get(..taken).unwrap_or(""));
                word.variables.extend(name);
                inner.extend(nested);
                while chars.peek().is_some_and(|(next, _)| *next < at + 1 + taken) {
                    chars.next();
                }
            }
            (Some(_), c) => word.get_or_insert_default().text.push(c),
            (None, '\'' | '"') => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (None, '#') if word.is_none() => {
                while chars.peek().is_some_and(|(_, c)| *c != '\n') {
                    chars.next();
                }
            }
            (None, '>' | '<') => {
                // `2>` isn't a word.
                if word.as_ref().is_some_and(|w| w.text.chars().all(|c| c.is_ascii_digit())) {
                    word = None;
                }
                end_word(&mut command, &mut word, &mut redirect);
                while chars.peek().is_some_and(|(_, c)| *c == '>' || *c == '&' || *c == '(') {
                    chars.next();
                }
                redirect = c == '>';
            }
            (None, '|' | ';' | '&' | '\n' | '(' | ')') => {
                end_word(&mut command, &mut word, &mut redirect);
                end_command(&mut command, all);
            }
            (None, c) if c.is_whitespace() => end_word(&mut command, &mut word, &mut redirect),
            (None, c) => word.get_or_insert_default().text.push(c),
        }
    }
    end_word(&mut command, &mut word, &mut redirect);
    let is_shell = |w: &Word| matches!(w.text.rsplit('/').next(), Some("sh" | "bash" | "ash" | "dash" | "zsh"));
    // Also one that another program starts: `docker exec db sh -c '…'`.
    if let Some(at) = command.words.iter().position(is_shell) {
        let options = command.words.iter().skip(at + 1);
        let script = options.skip_while(|w| !(w.text.starts_with('-') && w.text.ends_with('c'))).nth(1);
        inner.extend(script.map(|w| w.text.clone()));
    }
    end_command(&mut command, all);
    if depth < DEPTH {
        inner.iter().for_each(|text| split(text, depth + 1, all));
    }
}

fn end_word(command: &mut Command, word: &mut Option<Word>, redirect: &mut bool) {
    if let Some(word) = word.take() {
        if std::mem::take(redirect) { command.writes.push(word) } else { command.words.push(word) }
    }
}

fn end_command(command: &mut Command, all: &mut Vec<Command>) {
    if !command.words.is_empty() || !command.writes.is_empty() {
        all.push(std::mem::take(command));
    }
}

/// How many bytes behind a `$` belong to it, the variable's name, and a command inside.
fn variable(rest: &str) -> (usize, Option<String>, Option<String>) {
    let name_of =
        |text: &str| -> String { text.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect() };
    if let Some(inside) = rest.strip_prefix("{{") {
        // Railway's own `${{resource.OUTPUT}}`.
        let length = inside.find("}}").map_or(rest.len(), |n| n + 4);
        return (length, None, None);
    }
    if let Some(inside) = rest.strip_prefix('{') {
        let length = inside.find('}').map_or(rest.len(), |n| n + 2);
        let name = name_of(inside.trim_start_matches(['#', '!']));
        return (length, Some(name).filter(|n| !n.is_empty()), None);
    }
    if let Some(inside) = rest.strip_prefix('(') {
        let mut depth = 1usize;
        let end = inside.char_indices().find(|(_, c)| {
            match c {
                '(' => depth += 1,
                ')' => depth -= 1,
                _ => {}
            }
            depth == 0
        });
        let end = end.map_or(inside.len(), |(n, _)| n);
        return ((end + 2).min(rest.len()), None, inside.get(..end).map(str::to_owned));
    }
    let name = name_of(rest);
    (name.len(), Some(name).filter(|n| !n.is_empty()), None)
}

#[cfg(test)]
#[allow(clippy::indexing_slicing, clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn commands_words_and_variables() {
        let all = commands(
            "set -e; PGPASSWORD=$P pg_dump \"$DATABASE_URL\" -Fc | gzip > \"/data/$(date +%F).gz\" 2>/dev/null && aws s3 cp - s3://${B}/x --endpoint-url=https://h",
        );
        let programs: Vec<_> = all.iter().map(Command::program).collect();
        assert_eq!(programs, ["-e", "pg_dump", "gzip", "aws", "date"]);
        assert_eq!(all[1].words[2].variables, ["DATABASE_URL"]);
        assert_eq!(all[2].writes[0].text, "/data/$(date +%F).gz");
        assert_eq!(all[3].flag(&["--endpoint-url".into()]).unwrap().text, "https://h");
    }

    #[test]
    fn shells_inside_shells() {
        let all = commands("/bin/sh -c 'pg_dump $URL > /backups/a.sql'");
        assert!(all.iter().any(|c| c.program() == "pg_dump" && c.writes[0].text == "/backups/a.sql"));
    }

    #[test]
    fn hostile() {
        for text in ["$(".repeat(10_000), "\"".into(), "${".into(), "a > ".into(), "$é${{".into(), "\\".into()] {
            commands(&text);
        }
    }
}
