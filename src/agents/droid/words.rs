//! How Droid reads a line of shell: cut at its operators, wrappers taken off, and the programs that it
//! starts. What it compares is text, so this follows its reading, not a shell's.

/// The program's options that take a value, for the wrappers it looks behind.
const WRAPPERS: [(&str, &[&str]); 7] = [
    (
        "sudo",
        &[
            "-u",
            "-g",
            "-p",
            "-r",
            "-t",
            "-C",
            "-D",
            "-R",
            "-T",
            "-U",
            "-h",
            "--user",
            "--group",
            "--prompt",
            "--role",
            "--type",
            "--close-from",
            "--chdir",
            "--chroot",
            "--other-user",
            "--host",
        ],
    ),
    ("env", &["-u", "--unset", "-C", "--chdir", "-S", "--split-string"]),
    ("time", &["-f", "--format", "-o", "--output"]),
    ("nohup", &[]),
    ("command", &[]),
    ("nice", &["-n", "--adjustment"]),
    ("timeout", &["-k", "--kill-after", "-s", "--signal"]),
];

fn options(wrapper: &str) -> Option<&'static [&'static str]> {
    WRAPPERS.iter().find(|(name, _)| *name == wrapper).map(|(_, options)| *options)
}

/// What stands inside `sh -c '…'` where a line begins so; otherwise the line.
pub fn unwrapped(command: &str) -> String {
    let inside = || {
        let rest = command.trim_start();
        let end = rest.find(char::is_whitespace)?;
        let (shell, rest) = rest.split_at(end);
        let known = matches!(shell, "sh" | "bash" | "zsh" | "cmd" | "cmd.exe");
        let rest = rest.trim_start();
        let (flag, rest) = rest.split_at(rest.find(char::is_whitespace)?);
        (known && (flag == "/c" || is_command_flag(flag))).then(|| rest.trim())
    };
    let text = inside().unwrap_or(command.trim());
    match (inside().is_some(), quoted(text)) {
        (true, Some(within)) => within.to_owned(),
        _ => text.to_owned(),
    }
}

/// `-c`, `-lc`, ….
fn is_command_flag(flag: &str) -> bool {
    flag.strip_prefix('-').and_then(|f| f.strip_suffix('c')).is_some_and(|f| f.chars().all(|c| c.is_ascii_alphabetic()))
}

/// What stands between quotes, where a text begins and ends with the same.
fn quoted(text: &str) -> Option<&str> {
    ['"', '\''].iter().find_map(|q| (text.len() >= 2).then(|| text.strip_prefix(*q)?.strip_suffix(*q)).flatten())
}

/// Without the quotes around it.
fn bare(word: &str) -> &str {
    let mut word = word;
    while let Some(inside) = quoted(word) {
        word = inside;
    }
    word
}

/// Without quotes and backslashes, as a shell would hand it on.
pub fn plain(word: &str) -> String {
    let chars: Vec<char> = word.chars().collect();
    let at = |n: usize| chars.get(n).copied();
    let (mut text, mut single, mut double, mut n) = (String::new(), false, false, 0);
    while let Some(c) = at(n) {
        if single {
            if c == '\'' {
                single = false;
            } else {
                text.push(c);
            }
            n += 1;
            continue;
        }
        if let ('\\', Some(next)) = (c, at(n + 1)) {
            if double && !matches!(next, '$' | '`' | '"' | '\\' | '\n') {
                text.push(c);
                n += 1;
                continue;
            }
            if next != '\n' {
                text.push(next);
            }
            n += 2;
            continue;
        }
        match c {
            '\'' if !double => single = true,
            '"' => double = !double,
            _ => text.push(c),
        }
        n += 1;
    }
    text
}

/// A program as written, its quotes taken off.
pub fn program(word: &str) -> String {
    let inside = bare(word);
    let mut chars = inside.chars();
    let drive = chars.next().is_some_and(|c| c.is_ascii_alphabetic())
        && chars.next() == Some(':')
        && matches!(chars.next(), Some('/' | '\\'));
    if drive || inside.starts_with("\\\\") { inside.to_owned() } else { plain(word) }
}

/// A program without its directory.
pub fn base(word: &str) -> String {
    let whole = program(word);
    let last = |text: &str, by: char| text.rsplit(by).next().filter(|t| !t.is_empty()).unwrap_or(text).to_owned();
    last(&last(&whole, '/'), '\\')
}

/// The parts of a line, or of what `sh -c` is handed in it, between its operators.
pub fn segments(command: &str) -> Vec<String> {
    split(&unwrapped(command))
}

/// The parts of a text between its operators; the bodies of here-documents are left out.
fn split(text: &str) -> Vec<String> {
    let text: Vec<char> = without_heredocs(text).chars().collect();
    let at = |n: usize| text.get(n).copied();
    let (mut found, mut part, mut single, mut double, mut n) = (Vec::new(), String::new(), false, false, 0);
    while let Some(c) = at(n) {
        let next = at(n + 1);
        if let (false, '\\', Some(next)) = (single, c, next) {
            part.push(c);
            part.push(next);
            n += 2;
            continue;
        }
        match c {
            '\'' if !double => single = !single,
            '"' if !single => double = !double,
            _ => {}
        }
        let cut = match c {
            _ if single || double => false,
            '&' | '|' if next == Some(c) => {
                n += 1;
                true
            }
            ';' | '|' | '\n' | '\r' => true,
            '&' => {
                let mut before = part.chars().rev();
                let duplicates = before.next() == Some('>') && before.next().is_some_and(|c| c.is_ascii_digit());
                next != Some('>') && !duplicates
            }
            _ => false,
        };
        if cut {
            found.push(std::mem::take(&mut part));
        } else {
            part.push(c);
        }
        n += 1;
    }
    found.push(part);
    found.into_iter().map(|p| p.trim().to_owned()).filter(|p| !p.is_empty()).collect()
}

/// The here-documents that a line opens: their ends, and whether tabs before those are cut.
fn heredocs(line: &str) -> Vec<(String, bool)> {
    let chars: Vec<char> = line.chars().collect();
    let at = |n: usize| chars.get(n).copied();
    let (mut found, mut single, mut double, mut n) = (Vec::new(), false, false, 0);
    while n + 1 < chars.len() {
        let c = at(n);
        match c {
            Some('\\') if !single => {
                n += 2;
                continue;
            }
            Some('\'') if !double => single = !single,
            Some('"') if !single => double = !double,
            Some('<') if !single && !double && at(n + 1) == Some('<') && at(n + 2) != Some('<') => {
                let mut end = n + 2;
                let tabs = at(end) == Some('-');
                end += usize::from(tabs);
                while matches!(at(end), Some(' ' | '\t')) {
                    end += 1;
                }
                let start = end;
                match at(end).filter(|c| matches!(c, '\'' | '"')) {
                    Some(quote) => {
                        end += 1;
                        while at(end).is_some_and(|c| c != quote) {
                            end += 1;
                        }
                        end += usize::from(at(end).is_some());
                    }
                    None => {
                        while at(end).is_some_and(|c| !c.is_whitespace() && !";&|<>".contains(c)) {
                            end += 1;
                        }
                    }
                }
                let word: String = chars.get(start..end).unwrap_or(&[]).iter().collect();
                let word = plain(&word);
                if !word.is_empty() {
                    found.push((word, tabs));
                }
                n = end;
            }
            _ => {}
        }
        n += 1;
    }
    found
}

fn without_heredocs(command: &str) -> String {
    let mut open: std::collections::VecDeque<(String, bool)> = std::collections::VecDeque::new();
    let mut text = String::new();
    for line in command.split_inclusive('\n') {
        let end = if line.ends_with('\n') { "\n" } else { "" };
        let written = line.strip_suffix('\n').unwrap_or(line);
        let written = if end.is_empty() { written } else { written.strip_suffix('\r').unwrap_or(written) };
        match open.front() {
            Some((word, tabs)) => {
                let compared = if *tabs { written.trim_start_matches('\t') } else { written };
                if compared == word {
                    open.pop_front();
                }
                text.push_str(end);
            }
            None => {
                open.extend(heredocs(written));
                text.push_str(line);
            }
        }
    }
    text
}

/// The words of a part, with their quotes.
pub fn words(part: &str) -> Vec<String> {
    let chars: Vec<char> = part.chars().collect();
    let (mut found, mut word, mut single, mut double, mut n) = (Vec::new(), String::new(), false, false, 0);
    while let Some(c) = chars.get(n).copied() {
        if let ('\\', Some(next)) = (c, chars.get(n + 1)) {
            word.push(c);
            word.push(*next);
            n += 2;
            continue;
        }
        match c {
            '\'' if !double => single = !single,
            '"' if !single => double = !double,
            _ => {}
        }
        if c.is_whitespace() && !single && !double {
            found.push(std::mem::take(&mut word));
        } else {
            word.push(c);
        }
        n += 1;
    }
    found.push(word);
    found.retain(|w| !w.is_empty());
    found
}

/// Where the first such character stands outside quotes, at or after `from`.
fn unquoted(chars: &[char], from: usize, wanted: &str) -> Option<usize> {
    let (mut single, mut double, mut n) = (false, false, from);
    while let Some(c) = chars.get(n).copied() {
        match c {
            '\\' if n + 1 < chars.len() => n += 1,
            '\'' if !double => single = !single,
            '"' if !single => double = !double,
            _ if !single && !double && wanted.contains(c) => return Some(n),
            _ => {}
        }
        n += 1;
    }
    None
}

/// Words with the redirections that are written onto them taken apart.
fn apart(part: &str) -> Vec<String> {
    let mut found = Vec::new();
    for word in words(part) {
        let chars: Vec<char> = word.chars().collect();
        let cut = unquoted(&chars, 0, "<>").map(|n| {
            let before = |back: usize| n.checked_sub(back).and_then(|n| chars.get(n)).copied();
            let both = chars.get(n) == Some(&'>') && before(1) == Some('&') && before(2) != Some('\\');
            n - usize::from(both)
        });
        let head: String = chars.iter().take(cut.unwrap_or(0)).collect();
        let digits = head.trim_start_matches(|c: char| c.is_ascii_digit());
        match cut {
            Some(n) if !matches!(digits, "" | "&") => {
                found.push(head);
                found.push(chars.iter().skip(n).collect());
            }
            _ => found.push(word),
        }
    }
    found
}

/// `NAME=…`.
fn is_assignment(word: &str) -> bool {
    word.split_once('=').is_some_and(|(name, _)| {
        name.chars().next().is_some_and(|c| c.is_ascii_alphabetic() || c == '_')
            && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
    })
}

/// A word that only redirects; whether its target is the next one.
fn redirection(word: &str) -> Option<bool> {
    let rest = word.trim_start_matches(|c: char| c.is_ascii_digit());
    if !rest.starts_with(['<', '>', '&']) {
        return None;
    }
    let digits = |t: &str| !t.is_empty() && t.chars().all(|c| c.is_ascii_digit());
    if rest.len() < word.len() && rest.strip_prefix(">&").is_some_and(digits) {
        return Some(false);
    }
    let signs: String = word.chars().filter(|c| !c.is_ascii_digit()).collect();
    Some(signs.chars().all(|c| "<>&".contains(c)) && !signs.contains(">&"))
}

/// A long option, written out or begun so that only one can be meant.
fn long<'o>(word: &str, options: &[&'o str]) -> Option<&'o str> {
    if !word.starts_with("--") || word.len() == 2 {
        return None;
    }
    if let Some(option) = options.iter().find(|o| **o == word) {
        return Some(option);
    }
    let mut meant = options.iter().filter(|o| o.starts_with("--") && o.starts_with(word));
    meant.next().filter(|_| meant.next().is_none()).copied()
}

/// Words that `env -S` is handed as one text.
struct Split {
    at: usize,
    taken: usize,
    payload: String,
    kept: Option<String>,
}

fn env_split(words: &[String], at: usize) -> Option<Split> {
    let word = plain(words.get(at)?);
    let (name, value) = match word.split_once('=') {
        Some((name, value)) => (name, Some(value)),
        None => (word.as_str(), None),
    };
    let option = long(name, options("env").unwrap_or(&[]));
    if let (Some("--split-string"), Some(value)) = (option, value) {
        return Some(Split { at, taken: 1, payload: value.to_owned(), kept: None });
    }
    let chars: Vec<char> = word.chars().collect();
    let short = (word.starts_with('-') && !word.starts_with("--"))
        .then(|| chars.iter().enumerate().skip(1).find(|(_, c)| !matches!(c, '0' | 'i' | 'v')))
        .flatten()
        .filter(|(_, c)| **c == 'S')
        .map(|(n, _)| n);
    if option.is_none() && short.is_none() {
        return None;
    }
    let kept = |n: usize| (n > 1).then(|| chars.iter().take(n).collect());
    if let Some(n) = short {
        let payload: String = chars.iter().skip(n + 1).collect();
        if !payload.is_empty() {
            return Some(Split { at, taken: 1, payload, kept: kept(n) });
        }
    }
    let payload = plain(words.get(at + 1)?);
    (!payload.is_empty()).then(|| Split { at, taken: 2, payload, kept: short.and_then(kept) })
}

/// `30`, `1.5h`, `1e3s`.
fn is_duration(word: &str) -> bool {
    let number = word.strip_suffix(['s', 'm', 'h', 'd']).unwrap_or(word);
    let starts = number.trim_start_matches('.').starts_with(|c: char| c.is_ascii_digit());
    starts && number.chars().all(|c| c.is_ascii_digit() || "eE+-.".contains(c)) && number.parse::<f64>().is_ok()
}

/// Behind a wrapper: the index of the last word that is its own, and whether it can be looked behind.
fn behind(words: &[String], at: usize, wrapper: &str, split: &mut Option<Split>) -> (usize, bool) {
    let valued = options(wrapper).unwrap_or(&[]);
    let mut last = at;
    while let Some(next) = words.get(last + 1) {
        let word = plain(next);
        if word == "--" {
            last += 1;
            break;
        }
        if wrapper == "env" {
            if is_assignment(&word) {
                last += 1;
                continue;
            }
            if let Some(found) = env_split(words, last + 1) {
                last += found.taken;
                split.get_or_insert(found);
                continue;
            }
        }
        if !word.starts_with('-') {
            break;
        }
        let cluster = || {
            wrapper == "timeout" && !word.starts_with("--") && {
                let letters: Vec<char> = word.chars().skip(1).collect();
                let ends = letters.iter().position(|c| !matches!(c, 'f' | 'p' | 'v'));
                ends.is_some_and(|n| n + 1 == letters.len() && matches!(letters.get(n), Some('k' | 's')))
            }
        };
        let takes = valued.contains(&word.as_str()) || long(&word, valued).is_some() || cluster();
        last += if takes { 2 } else { 1 };
    }
    if wrapper == "timeout" {
        let given = words.get(last + 1).map(|w| plain(w)).unwrap_or_default();
        if !is_duration(&given) {
            return (last, false);
        }
        last += 1;
    }
    (last, true)
}

/// Where the program stands among words, and what `env -S` was handed on the way. `based`: wrappers count
/// by their name without its directory.
fn command_word(words: &[String], based: bool) -> (Option<usize>, Option<Split>) {
    let mut split = None;
    let mut fallback = None;
    let mut n = 0;
    while let Some(word) = words.get(n) {
        if is_assignment(word) {
            n += 1;
            continue;
        }
        if let Some(next_too) = redirection(word) {
            n += 1 + usize::from(next_too);
            continue;
        }
        let name = if based { base(word) } else { word.clone() };
        if options(&name).is_none() {
            return (Some(n), split);
        }
        if name == "command" {
            let asks = |w: &String| !w.starts_with("--") && w.contains(['v', 'V']);
            let flags = words.iter().skip(n + 1).map(|w| plain(w)).take_while(|w| w != "--" && w.starts_with('-'));
            if flags.collect::<Vec<_>>().iter().any(asks) {
                return (Some(n), split);
            }
            fallback = Some(n);
        }
        let (last, can) = behind(words, n, &name, &mut split);
        if !can {
            return (Some(n), split);
        }
        n = last + 1;
    }
    (fallback, split)
}

/// Whether words begin with an assignment or a wrapper.
pub fn prefixed(words: &[String]) -> bool {
    words.first().is_some_and(|w| is_assignment(w) || options(&base(w)).is_some())
}

/// The words from the program on, its quotes and those of its arguments taken off.
pub fn arguments(words: &[String]) -> Vec<String> {
    let Some(n) = command_word(words, false).0 else { return Vec::new() };
    let Some(first) = words.get(n).map(|w| program(w)).filter(|p| !p.is_empty()) else { return Vec::new() };
    std::iter::once(first).chain(words.iter().skip(n + 1).map(|w| plain(w))).collect()
}

/// The name that a part of a line is known by on a list of allowed commands: its program, with a
/// sub-command where the program is one of a few. `None` for one that counts as nothing (`cd x`).
pub fn name(part: &str) -> Option<String> {
    const WITH_ONE: [&str; 5] = ["git", "npm", "yarn", "pnpm", "bun"];
    const WITH_TWO: [&str; 2] = ["gh", "glab"];
    let words = apart(part);
    let at = command_word(&words, false).0?;
    let first = words.get(at)?;
    if first == "cd" {
        return None;
    }
    let program = bare(first);
    let program = program.rsplit('/').next().filter(|p| !p.is_empty()).unwrap_or(program);
    if program.is_empty() || program.starts_with('-') || program.chars().all(|c| c.is_ascii_digit()) {
        return None;
    }
    let wanted = match program {
        p if WITH_ONE.contains(&p) => 1,
        p if WITH_TWO.contains(&p) => 2,
        _ => return Some(program.to_owned()),
    };
    let mut known = vec![program];
    let mut skips = false;
    for word in words.iter().skip(at + 1) {
        if std::mem::take(&mut skips) {
            continue;
        }
        if redirection(word).is_some() {
            let signs: String = word.chars().filter(|c| !c.is_ascii_digit()).collect();
            skips = signs.chars().all(|c| "<>&".contains(c));
            continue;
        }
        if word.starts_with('-') {
            skips = match program {
                "git" => ["-C", "-c", "--git-dir", "--work-tree"].contains(&word.as_str()),
                "gh" | "glab" => ["-R", "--repo"].contains(&word.as_str()),
                _ => ["--prefix", "--workspace", "--dir", "-C"].contains(&word.as_str()),
            };
            continue;
        }
        if word.starts_with(['"', '\'']) {
            continue;
        }
        known.push(word);
        if known.len() > wanted {
            break;
        }
    }
    Some(known.join(" "))
}

/// The names of all parts of a line, once each.
pub fn names(command: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for known in segments(command).iter().filter_map(|part| name(part)) {
        if !found.contains(&known) {
            found.push(known);
        }
    }
    found
}

/// A line whose programs stand without their directories, its parts joined by ` ; `.
pub fn normal(command: &str) -> String {
    let parts = segments(command).into_iter().map(|part| {
        let mut words = apart(&part);
        match command_word(&words, false).0.and_then(|n| words.get_mut(n)) {
            Some(word) => {
                *word = base(word);
                words.join(" ")
            }
            None => part,
        }
    });
    parts.collect::<Vec<_>>().join(" ; ")
}

/// Whether a part writes to a file that isn't `/dev/null`.
pub fn writes(part: &str) -> bool {
    let all = words(part);
    let mut n = 0;
    while let Some(word) = all.get(n) {
        let chars: Vec<char> = word.chars().collect();
        let mut from = 0;
        while let Some(at) = unquoted(&chars, from, ">").filter(|_| from < chars.len()) {
            let mut end = at + 1;
            match chars.get(end) {
                Some('>' | '|') => end += 1,
                Some('&') => {
                    let digits = chars.iter().skip(end + 1).take_while(|c| c.is_ascii_digit()).count();
                    if digits > 0 {
                        from = end + 1 + digits;
                        continue;
                    }
                    end += 1;
                }
                _ => {}
            }
            let glued: String = chars.iter().skip(end).collect();
            let target = if glued.is_empty() {
                n += 1;
                all.get(n).cloned().unwrap_or_default()
            } else {
                glued
            };
            if bare(&target) != "/dev/null" {
                return true;
            }
            break;
        }
        n += 1;
    }
    false
}

/// How deep substitutions and `sh -c` are followed, and how many programs are looked at.
const DEPTH: usize = 8;
const MOST: usize = 64;

/// The programs that a line starts, with their arguments: behind wrappers, inside `sh -c`, inside
/// substitutions. Programs stand without their directories; `plained`: the arguments without their quotes.
pub fn invocations(command: &str, plained: bool) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    if !command.trim().is_empty() {
        line(command, 0, plained, &mut found);
    }
    found
}

fn line(text: &str, depth: usize, plained: bool, found: &mut Vec<Vec<String>>) {
    if depth > DEPTH || found.len() >= MOST {
        return;
    }
    let (outer, bodies) = substitutions(text);
    for body in bodies {
        line(&body, depth + 1, plained, found);
    }
    for part in split(&outer) {
        let words = words(&part);
        if !words.is_empty() {
            simple(&words, depth, plained, found);
        }
    }
}

fn simple(words: &[String], depth: usize, plained: bool, found: &mut Vec<Vec<String>>) {
    if depth > DEPTH || found.len() >= MOST {
        return;
    }
    let (at, split) = command_word(words, true);
    if let Some(split) = split {
        let mut all: Vec<String> = words.iter().take(split.at).cloned().collect();
        all.extend(split.kept);
        all.extend(self::words(&split.payload));
        all.extend(words.iter().skip(split.at + split.taken).cloned());
        return line(&all.join(" "), depth + 1, plained, found);
    }
    let Some((first, rest)) = at.and_then(|n| words.get(n..)).and_then(<[String]>::split_first) else { return };
    let name = base(first);
    if name.is_empty() {
        return;
    }
    let arguments = rest.iter().map(|w| if plained { plain(w) } else { w.clone() });
    let whole: Vec<String> = std::iter::once(name.clone()).chain(arguments).collect();
    if !found.contains(&whole) {
        found.push(whole);
    }
    const SHELLS: [&str; 7] = ["sh", "bash", "zsh", "dash", "ksh", "cmd", "cmd.exe"];
    if SHELLS.contains(&name.to_lowercase().as_str()) {
        let until = rest.iter().take_while(|w| *w != "--").count();
        let flag = rest.iter().take(until).position(|w| is_command_flag(w) || w == "/c" || w == "/C");
        if let Some(inner) = flag.and_then(|n| rest.get(n + 1)) {
            line(&plain(inner), depth + 1, plained, found);
        }
    }
}

/// A text with its substitutions taken out, and what stands in them.
fn substitutions(text: &str) -> (String, Vec<String>) {
    let chars: Vec<char> = text.chars().collect();
    let at = |n: usize| chars.get(n).copied();
    let slice = |from: usize, to: usize| chars.get(from..to).unwrap_or(&[]).iter().collect::<String>();
    let (mut outer, mut bodies, mut single, mut double, mut n) = (String::new(), Vec::new(), false, false, 0);
    while let Some(c) = at(n) {
        let next = at(n + 1);
        if let ('\\', false, Some(next)) = (c, single, next) {
            outer.push(c);
            outer.push(next);
            n += 2;
            continue;
        }
        let opens = match c {
            '$' => !single && next == Some('('),
            '<' | '>' => !single && !double && next == Some('('),
            _ => false,
        };
        if opens {
            let end = closing(&chars, n + 2);
            bodies.push(slice(n + 2, end));
            outer.push(' ');
            n = end + 1;
            continue;
        }
        if c == '`' && !single {
            let mut end = n + 1;
            while at(end).is_some_and(|c| c != '`') {
                end += if at(end) == Some('\\') && end + 1 < chars.len() { 2 } else { 1 };
            }
            let end = end.min(chars.len());
            let mut body = String::new();
            let mut inside = slice(n + 1, end).chars().collect::<Vec<_>>().into_iter().peekable();
            while let Some(c) = inside.next() {
                match inside.peek().copied().filter(|next| c == '\\' && matches!(next, '`' | '$' | '\\')) {
                    Some(next) => {
                        body.push(next);
                        inside.next();
                    }
                    None => body.push(c),
                }
            }
            bodies.push(body);
            outer.push(' ');
            n = end + 1;
            continue;
        }
        match c {
            '\'' if !double => single = !single,
            '"' if !single => double = !double,
            _ => {}
        }
        outer.push(c);
        n += 1;
    }
    (outer, bodies)
}

/// Where the parenthesis closes that was opened before `from`; the end of the text where none does.
fn closing(chars: &[char], from: usize) -> usize {
    let (mut open, mut single, mut double, mut n) = (1usize, false, false, from);
    while let Some(c) = chars.get(n).copied() {
        match c {
            '\\' if !single && n + 1 < chars.len() => n += 1,
            '\'' if !double => single = !single,
            '"' if !single => double = !double,
            '(' if !single && !double => open += 1,
            ')' if !single && !double => {
                open -= 1;
                if open == 0 {
                    return n;
                }
            }
            _ => {}
        }
        n += 1;
    }
    chars.len()
}
