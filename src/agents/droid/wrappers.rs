//! The wrappers that Droid looks behind (`sudo`, `env`, `timeout`, …), and where the program stands.

use super::quotes::{base, plain};

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

/// The options of a wrapper that take a value; `None` for what is none.
pub fn options(wrapper: &str) -> Option<&'static [&'static str]> {
    WRAPPERS.iter().find(|(name, _)| *name == wrapper).map(|(_, options)| *options)
}

/// `NAME=…`.
pub fn is_assignment(word: &str) -> bool {
    word.split_once('=').is_some_and(|(name, _)| {
        name.chars().next().is_some_and(|c| c.is_ascii_alphabetic() || c == '_')
            && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
    })
}

/// A word that only redirects; whether its target is the next one.
pub fn redirection(word: &str) -> Option<bool> {
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
pub struct Split {
    /// Where the option stands.
    pub at: usize,
    /// How many words it takes.
    pub taken: usize,
    /// The text.
    pub payload: String,
    /// Options that stood in front of it in the same word.
    pub kept: Option<String>,
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
pub fn command_word(words: &[String], based: bool) -> (Option<usize>, Option<Split>) {
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
