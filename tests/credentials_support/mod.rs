//! The corpus of snippets, read.

use std::path::Path;

/// One file of the corpus, in a project of its own.
pub struct Snippet {
    /// Where it is written: `clouds.txt:12`.
    pub origin: String,
    /// Its path in the project.
    pub path: String,
    /// What its head says: kinds, or why there are none.
    pub says: String,
    /// Its text.
    pub text: String,
}

/// The snippets of a folder of the corpus.
pub fn corpus(dir: &str) -> Vec<Snippet> {
    let mut all = Vec::new();
    let mut files: Vec<_> = std::fs::read_dir(Path::new("testdata/credentials").join(dir)).unwrap().flatten().collect();
    files.sort_by_key(|f| f.path());
    for file in files {
        let name = file.file_name().to_string_lossy().into_owned();
        let text = std::fs::read_to_string(file.path()).unwrap();
        for (number, line) in text.lines().enumerate() {
            if let Some(head) = line.strip_prefix("=== ") {
                let (path, says) = head.split_once('|').unwrap_or_else(|| panic!("{name}:{}: no `|`", number + 1));
                all.push(Snippet {
                    origin: format!("{dir}/{name}:{}", number + 1),
                    path: path.trim().to_owned(),
                    says: says.trim().to_owned(),
                    text: String::new(),
                });
            } else if let Some(snippet) = all.last_mut().filter(|s| s.origin.starts_with(&format!("{dir}/{name}:"))) {
                snippet.text.push_str(line);
                snippet.text.push('\n');
            }
        }
    }
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    for snippet in &mut all {
        snippet.text = random.fill(&snippet.text);
    }
    all
}

/// Numbers that are the same on every run (xorshift).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 >> 11
    }

    fn letters(&mut self, alphabet: &str, count: usize) -> String {
        let alphabet: Vec<char> = alphabet.chars().collect();
        (0..count).map(|_| alphabet[usize::try_from(self.next()).unwrap() % alphabet.len()]).collect()
    }

    /// The text with every `⟦alphabet count⟧` made.
    fn fill(&mut self, text: &str) -> String {
        const LOWER: &str = "abcdefghijklmnopqrstuvwxyz";
        const UPPER: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
        const DIGITS: &str = "0123456789";
        let mut out = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('⟦') {
            let (mark, after) = after.split_once('⟧').expect("a closed mark");
            out.push_str(before);
            if mark == "uuid" {
                let parts: Vec<String> = [8, 4, 4, 4, 12].map(|n| self.letters("0123456789abcdef", n)).into();
                out.push_str(&parts.join("-"));
            } else {
                let (name, count) = mark.split_once(' ').expect("`name count`");
                let alphabet = match name {
                    "hex" => "0123456789abcdef".to_owned(),
                    "alnum" => format!("{UPPER}{LOWER}{DIGITS}"),
                    "lower" => format!("{LOWER}{DIGITS}"),
                    "upper" => format!("{UPPER}{DIGITS}"),
                    "letters" => LOWER.to_owned(),
                    "base32" => format!("{UPPER}234567"),
                    "base64" => format!("{UPPER}{LOWER}{DIGITS}+/"),
                    "url" => format!("{UPPER}{LOWER}{DIGITS}_-"),
                    "digits" => DIGITS.to_owned(),
                    other => panic!("no alphabet {other}"),
                };
                // An end that is no letter or digit would be cut off by readers of bare words.
                let made = self.letters(&alphabet, count.parse().unwrap());
                out.push_str(&made.replace(['-', '_', '/', '+'], "x").chars().rev().take(1).collect::<String>());
                let first = out.pop();
                out.extend(made.chars().take(made.chars().count() - 1).chain(first));
            }
            rest = after;
        }
        out.push_str(rest);
        out
    }
}
