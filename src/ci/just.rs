//! Justfiles: the lines of recipes, as the shell gets them.

use std::collections::HashMap;

use crate::ci::mapping::Built;
use crate::ci::{Command, LITERAL, RunsIn, paths};
use crate::source::{Source, Span, Text};

/// Every line of a justfile's recipes; a recipe with a `#!` line is one command.
pub(super) fn read(source: &Source) -> Vec<Command> {
    let mut reader = Reader::of(source);
    let lines: Vec<(usize, &str)> = offsets(&source.text);
    let mut attributes: Vec<&str> = Vec::new();
    let mut at = 0;
    while let Some(&(start, line)) = lines.get(at) {
        at += 1;
        let trimmed = line.trim();
        if trimmed.starts_with('[') && trimmed.ends_with(']') {
            attributes.push(trimmed);
            continue;
        }
        if trimmed.is_empty() || trimmed.starts_with('#') || line.starts_with([' ', '\t']) || reader.setting(trimmed) {
            continue;
        }
        let length = lines
            .get(at..)
            .unwrap_or(&[])
            .iter()
            .take_while(|(_, l)| l.trim().is_empty() || l.starts_with([' ', '\t']))
            .count();
        let body = lines.get(at..at + length).unwrap_or(&[]);
        at += length;
        if let Some(header) = header(line) {
            reader.recipe(&header, start, body, &attributes);
        }
        attributes.clear();
    }
    reader.found
}

struct Reader<'a> {
    source: &'a Source,
    home: Option<String>,
    shell: Option<Text>,
    variables: HashMap<&'a str, &'a str>,
    exported: Vec<(Text, Text)>,
    /// Other name → recipe.
    aliases: Vec<(&'a str, &'a str)>,
    /// Whether a recipe was read: the first is what `just` runs by itself.
    begun: bool,
    found: Vec<Command>,
}

struct Header<'a> {
    name: &'a str,
    /// What it needs, with their offsets in the line.
    needs: Vec<(usize, &'a str)>,
}

impl<'a> Reader<'a> {
    /// With the assignments of the whole file: they may stand below their use.
    fn of(source: &'a Source) -> Reader<'a> {
        let home = Some(paths::parent(&source.path).to_owned());
        let mut reader = Reader {
            source,
            home,
            shell: None,
            variables: HashMap::new(),
            exported: Vec::new(),
            aliases: Vec::new(),
            begun: false,
            found: Vec::new(),
        };
        for line in source.text.lines().filter(|l| !l.starts_with([' ', '\t', '#'])) {
            if let Some((name, recipe)) = line.strip_prefix("alias ").and_then(|alias| alias.split_once(":=")) {
                reader.aliases.push((name.trim(), recipe.trim()));
            } else if let Some((name, value)) = line.split_once(":=") {
                let export = name.trim().strip_prefix("export ");
                let name = export.unwrap_or(name).trim();
                if export.is_some() {
                    reader.exported.push((name.into(), LITERAL.into()));
                }
                if let Some(value) = literal(value) {
                    reader.variables.insert(name, value);
                }
            }
        }
        reader
    }

    /// Reads `set`, `import`, `alias` and assignments; false if the line is none.
    fn setting(&mut self, line: &str) -> bool {
        if let Some(setting) = line.strip_prefix("set ") {
            let (name, value) = setting.split_once(":=").unwrap_or((setting, ""));
            match name.trim() {
                "working-directory" => {
                    let home = paths::parent(&self.source.path);
                    self.home = literal(value).and_then(|dir| paths::join(home, dir));
                }
                "shell" => {
                    let program =
                        value.trim().trim_start_matches('[').split(',').next().and_then(literal).unwrap_or("");
                    self.shell = interpreter(program);
                }
                _ => {}
            }
            return true;
        }
        let word = line.split_whitespace().next().unwrap_or("");
        matches!(word, "import" | "import?" | "mod" | "mod?" | "alias" | "unexport")
            || line.contains(":=") && header(line).is_none()
    }

    fn recipe(&mut self, header: &Header<'_>, start: usize, body: &[(usize, &str)], attributes: &[&str]) {
        let has = |name: &str| {
            attributes.iter().any(|a| a.trim_matches(['[', ']']).split([',', '(', ':']).any(|w| w.trim() == name))
        };
        let first = self.found.len();
        let by_itself = !std::mem::replace(&mut self.begun, true);
        for (at, name) in &header.needs {
            let mut built = Built::default();
            built.push_made("just ");
            built.push(name, start + at);
            self.add(header.name, built, (start + at, start + at + name.len()), None);
        }
        let lines: Vec<(usize, &str)> = body.iter().filter(|(_, l)| !l.trim().is_empty()).copied().collect();
        let shebang = lines.first().and_then(|(_, l)| l.trim().strip_prefix("#!"));
        if shebang.is_some() || has("script") {
            let program = shebang.and_then(|s| s.split_whitespace().last()).unwrap_or("sh");
            self.whole(header.name, &lines, interpreter(program));
        } else {
            self.lines(header.name, &lines);
        }
        let aliases = self.aliases.iter().filter(|(_, recipe)| *recipe == header.name).map(|(name, _)| *name);
        let aliases: Vec<String> = aliases.chain(by_itself.then_some("")).map(str::to_owned).collect();
        for command in self.found.iter_mut().skip(first) {
            command.aliases.clone_from(&aliases);
            if has("confirm") {
                command.gates.push("just asks before it runs this".into());
            }
            if has("no-cd") {
                command.dir = None;
            }
        }
    }

    fn whole(&mut self, name: &str, lines: &[(usize, &str)], program: Option<Text>) {
        let (Some((start, first)), Some((end, last))) = (lines.first(), lines.last()) else { return };
        let indent = first.len() - first.trim_start().len();
        let mut built = Built::default();
        for (at, line) in lines {
            let indent = indent.min(line.len() - line.trim_start().len());
            self.expand(line.get(indent..).unwrap_or("").trim_end(), at + indent, &mut built);
            built.push("\n", at + line.trim_end().len());
        }
        self.add(name, built, (start + indent, end + last.trim_end().len()), program);
    }

    fn lines(&mut self, name: &str, lines: &[(usize, &str)]) {
        let mut built = Built::default();
        let mut begun = None;
        for (at, line) in lines {
            let trimmed = line.trim_start();
            let (command, continued) = match begun {
                Some(_) => (trimmed, true),
                None => (trimmed.trim_start_matches(['@', '-']).trim_start(), false),
            };
            if !continued && command.starts_with('#') {
                continue;
            }
            let from = at + line.len() - command.len();
            let start = *begun.get_or_insert(from);
            self.expand(command.trim_end(), from, &mut built);
            let end = from + command.trim_end().len();
            if command.trim_end().ends_with('\\') {
                built.push_made("\n");
                continue;
            }
            let shell = self.shell.clone();
            self.add(name, std::mem::take(&mut built), (start, end), shell);
            begun = None;
        }
        if let Some(start) = begun {
            let end = lines.last().map_or(start, |(at, line)| at + line.trim_end().len());
            self.add(name, built, (start, end), self.shell.clone());
        }
    }

    /// Puts `{{name}}` in where its value is written out; else it stands as a variable.
    fn expand(&self, line: &str, at: usize, built: &mut Built) {
        let mut at = at;
        let mut rest = line;
        while let Some((before, after)) = rest.split_once("{{") {
            built.push(before, at);
            at += before.len();
            if let Some(brace) = after.strip_prefix("{{") {
                // `{{{{` is `{{`.
                built.push_for("{{", at..at + 4);
                at += 4;
                rest = brace;
                continue;
            }
            let Some((inside, behind)) = after.split_once("}}") else {
                rest = rest.get(before.len()..).unwrap_or("");
                break;
            };
            let length = inside.len() + 4;
            match self.variables.get(inside.trim()) {
                Some(value) => built.push_for(value, at..at + length),
                None => {
                    let plain = |c: char| if c.is_ascii_alphanumeric() { c } else { '_' };
                    let name: String = inside.trim().chars().map(plain).take(60).collect();
                    built.push_for(&format!("${{{name}}}"), at..at + length);
                }
            }
            at += length;
            rest = behind;
        }
        built.push(rest, at);
    }

    fn add(&mut self, name: &str, built: Built, (start, end): (usize, usize), interpreter: Option<Text>) {
        if built.text.trim().is_empty() {
            return;
        }
        let span = Span::new(self.source.id, start, end);
        let mut command = Command::new(&built.text, built.mapping, span, name, RunsIn::Script);
        command.dir.clone_from(&self.home);
        command.environment.clone_from(&self.exported);
        command.interpreter = interpreter;
        self.found.push(command);
    }
}

/// `name parameters: needs`.
fn header(line: &str) -> Option<Header<'_>> {
    let mut quote = None;
    let mut nested = 0usize;
    let colon = line.char_indices().find_map(|(i, c)| {
        match (quote, c) {
            (Some(q), c) if c == q => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'' | '`') => quote = Some(c),
            (None, '(') => nested += 1,
            (None, ')') => nested = nested.saturating_sub(1),
            (None, ':') if nested == 0 => return Some(i),
            _ => {}
        }
        None
    })?;
    let after = line.get(colon + 1..)?;
    let name = line.get(..colon)?.split_whitespace().next()?.trim_start_matches('@');
    let valid = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-');
    if after.starts_with('=') || name.is_empty() || !name.chars().all(valid) {
        return None;
    }
    let mut needs = Vec::new();
    let mut arguments = 0usize;
    for word in after.split('#').next().unwrap_or("").split_whitespace().filter(|w| *w != "&&") {
        // Of `(name argument)` the name.
        let need = word.trim_start_matches('(').trim_end_matches(')');
        if arguments == 0 && !need.is_empty() && need.chars().all(valid) {
            needs.push((need.as_ptr() as usize - line.as_ptr() as usize, need));
        }
        arguments = (arguments + word.matches('(').count()).saturating_sub(word.matches(')').count());
    }
    Some(Header { name, needs })
}

/// A string without escapes.
fn literal(value: &str) -> Option<&str> {
    let value = value.trim();
    let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let inner = value.get(1..)?.split_once(quote)?.0;
    (!inner.contains('\\')).then_some(inner)
}

/// What reads a recipe, where it is no POSIX shell.
fn interpreter(program: &str) -> Option<Text> {
    let name = program.rsplit('/').next().unwrap_or(program);
    (!matches!(name, "" | "bash" | "sh" | "zsh" | "dash" | "-c" | "-e")).then(|| name.into())
}

/// Lines with their offsets, without their ends.
fn offsets(text: &str) -> Vec<(usize, &str)> {
    let mut at = 0;
    let lines = text.split_inclusive('\n').map(|line| {
        let start = at;
        at += line.len();
        (start, line.trim_end_matches(['\n', '\r']))
    });
    lines.collect()
}
