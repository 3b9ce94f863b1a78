//! Objects of a repository: loose ones, and those in packs.

use std::path::{Path, PathBuf};

use miniz_oxide::inflate::decompress_to_vec_zlib_with_limit;

use super::packs::Pack;

/// Commits, tags and trees are at most this long, in bytes.
const META_LIMIT: u64 = 64 << 20;
/// How many borrowed object directories are followed.
const ALTERNATES: usize = 16;
/// From how many packs a difference is sought in another one.
const HOPS: usize = 8;
/// How many tags are followed to a commit.
const TAGS: usize = 16;

/// The name of an object: its SHA-1.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct Id(pub [u8; 20]);

impl Id {
    /// From 40 hex digits.
    pub fn parse(text: &str) -> Option<Id> {
        let mut bytes = [0; 20];
        if text.len() != 40 {
            return None;
        }
        for (index, byte) in bytes.iter_mut().enumerate() {
            *byte = u8::from_str_radix(text.get(index * 2..index * 2 + 2)?, 16).ok()?;
        }
        Some(Id(bytes))
    }

    /// As 40 hex digits.
    pub fn hex(self) -> String {
        self.0.iter().map(|b| format!("{b:02x}")).collect()
    }
}

/// What an object is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    Commit,
    Tree,
    Blob,
    Tag,
}

/// An entry of a tree.
pub struct Entry {
    pub name: String,
    pub id: Id,
    pub is_dir: bool,
    pub is_file: bool,
}

/// Where a repository's objects lie.
pub struct Objects {
    dirs: Vec<PathBuf>,
    packs: Vec<Pack>,
}

impl Objects {
    /// Those of a repository, given its (common) git directory.
    #[allow(clippy::disallowed_methods)]
    pub fn open(common: &Path) -> Result<Objects, String> {
        let config = std::fs::read_to_string(common.join("config")).unwrap_or_default();
        let lines = config.lines().map(|l| l.trim().to_ascii_lowercase().replace(' ', ""));
        if lines.into_iter().any(|l| l == "objectformat=sha256") {
            return Err("the repository names its objects by SHA-256, which isn't read yet".into());
        }
        let mut dirs = vec![common.join("objects")];
        let mut at = 0;
        while let Some(dir) = dirs.get(at).filter(|_| dirs.len() < ALTERNATES).cloned() {
            let borrowed = std::fs::read_to_string(dir.join("info/alternates")).unwrap_or_default();
            for line in borrowed.lines().filter(|l| !l.is_empty() && !l.starts_with('#')) {
                let other = dir.join(line);
                if !dirs.contains(&other) {
                    dirs.push(other);
                }
            }
            at += 1;
        }
        let mut packs = Vec::new();
        for dir in &dirs {
            packs.extend(Pack::all(&dir.join("pack")));
        }
        Ok(Objects { dirs, packs })
    }

    /// An object's kind and contents; `None` where it is longer than `limit` bytes.
    pub fn read(&self, id: Id, limit: u64) -> Result<Option<(Kind, Vec<u8>)>, String> {
        self.find(id, limit, 0)
    }

    /// `hops`: from how many packs a difference was sought in another one.
    fn find(&self, id: Id, limit: u64, hops: usize) -> Result<Option<(Kind, Vec<u8>)>, String> {
        if hops > HOPS {
            return Err(format!("{}: differences that lead in a circle", id.hex()));
        }
        if let Some(found) = self.loose(id, limit)? {
            return Ok(found);
        }
        for pack in &self.packs {
            if let Some(offset) = pack.offset(id) {
                return pack.read(offset, limit, |base| self.find(base, META_LIMIT, hops + 1));
            }
        }
        Err(format!("the object {} isn't in this clone (a partial or shallow one?)", id.hex()))
    }

    #[allow(clippy::disallowed_methods, clippy::type_complexity)]
    fn loose(&self, id: Id, limit: u64) -> Result<Option<Option<(Kind, Vec<u8>)>>, String> {
        let hex = id.hex();
        let (first, rest) = hex.split_at(2);
        for dir in &self.dirs {
            let file = dir.join(first).join(rest);
            let Ok(metadata) = std::fs::metadata(&file) else { continue };
            // Of what is no text at all, its compressed form is longer than that.
            if metadata.len() > limit.saturating_add(limit / 8).saturating_add(1 << 16) {
                return Ok(Some(None));
            }
            let bytes = std::fs::read(&file).map_err(|e| format!("{hex}: {e}"))?;
            let most = usize::try_from(limit).unwrap_or(usize::MAX).saturating_add(64);
            let Ok(inflated) = decompress_to_vec_zlib_with_limit(&bytes, most) else {
                // Too long, or broken: both are no text of ours.
                return Ok(Some(None));
            };
            return parse_loose(&inflated).map(|found| Some(Some(found))).ok_or(format!("{hex}: a broken object"));
        }
        Ok(None)
    }

    /// Every name that begins with these hex digits, two at most.
    #[allow(clippy::disallowed_methods)]
    pub fn starting_with(&self, hex: &str) -> Vec<Id> {
        let mut found = Vec::new();
        let (first, rest) = hex.split_at(hex.len().min(2));
        for dir in &self.dirs {
            for entry in std::fs::read_dir(dir.join(first)).into_iter().flatten().flatten() {
                let name = entry.file_name().to_string_lossy().into_owned();
                if name.starts_with(rest) {
                    found.extend(Id::parse(&format!("{first}{name}")));
                }
            }
        }
        found.extend(self.packs.iter().flat_map(|p| p.starting_with(hex)));
        found.sort_unstable();
        found.dedup();
        found.truncate(2);
        found
    }

    fn meta(&self, id: Id) -> Result<(Kind, Vec<u8>), String> {
        self.read(id, META_LIMIT)?.ok_or_else(|| format!("{} is too long to be read", id.hex()))
    }

    /// The commit that an object is, or that its tag names.
    pub fn commit(&self, mut id: Id) -> Result<Id, String> {
        for _ in 0..TAGS {
            let (kind, bytes) = self.meta(id)?;
            match kind {
                Kind::Commit => return Ok(id),
                Kind::Tag => id = field(&bytes, "object").next().ok_or("a tag that names nothing")?,
                _ => break,
            }
        }
        Err(format!("{} is no commit", id.hex()))
    }

    /// The parents of a commit.
    pub fn parents(&self, commit: Id) -> Result<Vec<Id>, String> {
        let (_, bytes) = self.meta(commit)?;
        Ok(field(&bytes, "parent").collect())
    }

    /// The tree of a commit.
    pub fn tree_of_commit(&self, commit: Id) -> Result<Id, String> {
        let (_, bytes) = self.meta(commit)?;
        field(&bytes, "tree").next().ok_or_else(|| format!("{}: a commit without a tree", commit.hex()))
    }

    /// The entries of a tree.
    pub fn entries(&self, tree: Id) -> Result<Vec<Entry>, String> {
        let (kind, bytes) = self.meta(tree)?;
        if kind != Kind::Tree {
            return Err(format!("{} is no tree", tree.hex()));
        }
        parse_tree(&bytes).ok_or_else(|| format!("{}: a broken tree", tree.hex()))
    }
}

fn parse_loose(bytes: &[u8]) -> Option<(Kind, Vec<u8>)> {
    let end = bytes.iter().take(64).position(|&b| b == 0)?;
    let header = std::str::from_utf8(bytes.get(..end)?).ok()?;
    let (kind, size) = header.split_once(' ')?;
    let kind = match kind {
        "commit" => Kind::Commit,
        "tree" => Kind::Tree,
        "blob" => Kind::Blob,
        "tag" => Kind::Tag,
        _ => return None,
    };
    let contents = bytes.get(end + 1..)?;
    (size.parse() == Ok(contents.len())).then(|| (kind, contents.to_vec()))
}

/// The names on the lines of a header that begin with a word.
fn field<'a>(bytes: &'a [u8], word: &'a str) -> impl Iterator<Item = Id> + 'a {
    let header = bytes.split(|&b| b == b'\n').take_while(|line| !line.is_empty());
    header.filter_map(move |line| {
        let line = std::str::from_utf8(line).ok()?;
        Id::parse(line.strip_prefix(word)?.strip_prefix(' ')?)
    })
}

fn parse_tree(mut bytes: &[u8]) -> Option<Vec<Entry>> {
    let mut entries = Vec::new();
    while !bytes.is_empty() {
        let space = bytes.iter().position(|&b| b == b' ')?;
        let mode = std::str::from_utf8(bytes.get(..space)?).ok()?;
        bytes = bytes.get(space + 1..)?;
        let end = bytes.iter().position(|&b| b == 0)?;
        let name = String::from_utf8_lossy(bytes.get(..end)?).into_owned();
        let id = Id(bytes.get(end + 1..end + 21)?.try_into().ok()?);
        bytes = bytes.get(end + 21..)?;
        // No name leads out of its directory, whatever the repository says.
        let safe = !name.is_empty() && name != "." && name != ".." && !name.contains(['/', '\\']);
        if safe {
            let is_dir = matches!(mode, "40000" | "040000");
            entries.push(Entry { name, id, is_dir, is_file: mode.starts_with("100") });
        }
    }
    Some(entries)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trees_and_names() {
        let mut bytes = b"100644 a.tf\0".to_vec();
        bytes.extend([7; 20]);
        bytes.extend(b"40000 dir\0");
        bytes.extend([8; 20]);
        bytes.extend(b"120000 link\0");
        bytes.extend([9; 20]);
        bytes.extend(b"100644 ..\0");
        bytes.extend([9; 20]);
        let entries = parse_tree(&bytes).unwrap();
        let told: Vec<_> = entries.iter().map(|e| (e.name.as_str(), e.is_dir, e.is_file)).collect();
        assert_eq!(told, [("a.tf", false, true), ("dir", true, false), ("link", false, false)]);
        assert!(parse_tree(&bytes[..20]).is_none(), "a cut tree is no tree");
        assert_eq!(Id::parse(&Id([10; 20]).hex()), Some(Id([10; 20])));
        assert_eq!(Id::parse("xyz"), None);
    }

    #[test]
    fn headers() {
        let commit =
            b"tree 0101010101010101010101010101010101010101\nparent 0202020202020202020202020202020202020202\n\
                       author a\n\ntree 0303030303030303030303030303030303030303\n";
        assert_eq!(field(commit, "tree").collect::<Vec<_>>(), [Id([1; 20])]);
        assert_eq!(field(commit, "parent").collect::<Vec<_>>(), [Id([2; 20])]);
    }
}
