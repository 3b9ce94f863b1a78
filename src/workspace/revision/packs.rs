//! Packs: many objects in one file, most of them told as the difference from another.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use miniz_oxide::inflate::decompress_to_vec_zlib_with_limit;

use super::objects::{Id, Kind};

/// An index is at most this long, in bytes.
const INDEX_LIMIT: u64 = 1 << 30;
/// How many differences may stand on each other.
const CHAIN: usize = 4096;
/// What a difference is taken from is at most this long, in bytes.
const BASE_LIMIT: u64 = 256 << 20;

/// A pack and its index.
pub struct Pack {
    file: PathBuf,
    index: Vec<u8>,
    count: usize,
}

impl Pack {
    /// Every pack of a directory whose index can be read.
    #[allow(clippy::disallowed_methods)]
    pub fn all(dir: &Path) -> Vec<Pack> {
        let mut names: Vec<PathBuf> =
            std::fs::read_dir(dir).into_iter().flatten().flatten().map(|e| e.path()).collect();
        names.retain(|p| p.extension().is_some_and(|e| e == "idx"));
        names.sort();
        names.iter().filter_map(|p| Pack::open(p)).collect()
    }

    #[allow(clippy::disallowed_methods)]
    fn open(path: &Path) -> Option<Pack> {
        let small = std::fs::metadata(path).is_ok_and(|m| m.len() <= INDEX_LIMIT);
        let index = small.then(|| std::fs::read(path).ok()).flatten()?;
        // Version 2, the only one that has been written since 2008.
        if index.get(..8)? != b"\xfftOc\0\0\0\x02" {
            return None;
        }
        let count = usize::try_from(u32_at(&index, 8 + 255 * 4)?).ok()?;
        // Names, checksums and offsets of every object have to be there.
        index.get(NAMES..NAMES.checked_add(count.checked_mul(28)?)?)?;
        Some(Pack { file: path.with_extension("pack"), index, count })
    }

    fn name(&self, at: usize) -> Option<Id> {
        let start = NAMES + at * 20;
        Some(Id(self.index.get(start..start + 20)?.try_into().ok()?))
    }

    /// The first object at or behind a name.
    fn lower_bound(&self, id: Id) -> usize {
        let (mut low, mut high) = (0, self.count);
        while low < high {
            let middle = (low + high) / 2;
            match self.name(middle) {
                Some(name) if name < id => low = middle + 1,
                _ => high = middle,
            }
        }
        low
    }

    /// Where an object begins.
    pub fn offset(&self, id: Id) -> Option<u64> {
        let at = self.lower_bound(id);
        if self.name(at)? != id {
            return None;
        }
        let offsets = NAMES + self.count * 24;
        let offset = u32_at(&self.index, offsets + at * 4)?;
        if offset & 0x8000_0000 == 0 {
            return Some(u64::from(offset));
        }
        let far = offsets + self.count * 4 + usize::try_from(offset & 0x7fff_ffff).ok()?.checked_mul(8)?;
        Some(u64::from_be_bytes(self.index.get(far..far + 8)?.try_into().ok()?))
    }

    /// Names that begin with these hex digits, two at most.
    pub fn starting_with(&self, hex: &str) -> Vec<Id> {
        let Some(first) = Id::parse(&format!("{hex:0<40}")) else { return Vec::new() };
        let from = self.lower_bound(first);
        (from..self.count).take(2).filter_map(|at| self.name(at)).filter(|id| id.hex().starts_with(hex)).collect()
    }

    /// An object; `None` where it is longer than `limit` bytes. `other` finds what lies elsewhere.
    #[allow(clippy::disallowed_methods)]
    pub fn read(
        &self,
        offset: u64,
        limit: u64,
        other: impl Fn(Id) -> Result<Option<(Kind, Vec<u8>)>, String>,
    ) -> Result<Option<(Kind, Vec<u8>)>, String> {
        let name = self.file.file_name().map_or_else(String::new, |n| n.to_string_lossy().into_owned());
        let broken = || format!("{name}: a broken pack");
        let mut file = File::open(&self.file).map_err(|e| format!("{name}: {e}"))?;
        let length = file.metadata().map_err(|e| format!("{name}: {e}"))?.len();
        let mut differences: Vec<Vec<u8>> = Vec::new();
        let mut at = offset;
        let (kind, mut bytes) = loop {
            let header = Header::read(&mut file, at, length).ok_or_else(broken)?;
            let most = if differences.is_empty() && !header.is_difference() { limit } else { BASE_LIMIT };
            if header.size > most {
                return Ok(None);
            }
            let contents = header.inflate(&mut file, length).ok_or_else(broken)?;
            match header.of {
                Of::Object(kind) => break (kind, contents),
                Of::Earlier(back) => {
                    differences.push(contents);
                    at = at.checked_sub(back).filter(|_| back > 0).ok_or_else(broken)?;
                }
                Of::Named(id) => {
                    differences.push(contents);
                    match self.offset(id) {
                        Some(offset) => at = offset,
                        None => match other(id)? {
                            Some(found) => break found,
                            None => return Ok(None),
                        },
                    }
                }
            }
            if differences.len() > CHAIN {
                return Err(broken());
            }
        };
        while let Some(difference) = differences.pop() {
            let most = if differences.is_empty() { limit } else { BASE_LIMIT };
            match apply(&bytes, &difference, most) {
                Applied::Done(made) => bytes = made,
                Applied::TooLong => return Ok(None),
                Applied::Broken => return Err(broken()),
            }
        }
        Ok(Some((kind, bytes)))
    }
}

/// Where the names begin: behind the head and the 256 counts.
const NAMES: usize = 8 + 256 * 4;

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

/// What stands before an object's compressed contents.
struct Header {
    of: Of,
    /// Length of the contents, inflated.
    size: u64,
    /// Where the compressed contents begin.
    begins: u64,
}

enum Of {
    Object(Kind),
    /// A difference from what lies so many bytes before it.
    Earlier(u64),
    /// A difference from the object of a name.
    Named(Id),
}

impl Header {
    fn read(file: &mut File, at: u64, length: u64) -> Option<Header> {
        let bytes = chunk(file, at, 64, length)?;
        let mut next = 0;
        let byte = |next: &mut usize| -> Option<u8> {
            let byte = *bytes.get(*next)?;
            *next += 1;
            Some(byte)
        };
        let first = byte(&mut next)?;
        let mut size = u64::from(first & 0x0f);
        let mut shift = 4;
        let mut more = first & 0x80 != 0;
        while more {
            let part = byte(&mut next)?;
            size |= u64::from(part & 0x7f).checked_shl(shift).filter(|_| shift < 60)?;
            shift += 7;
            more = part & 0x80 != 0;
        }
        let of = match (first >> 4) & 7 {
            1 => Of::Object(Kind::Commit),
            2 => Of::Object(Kind::Tree),
            3 => Of::Object(Kind::Blob),
            4 => Of::Object(Kind::Tag),
            6 => {
                let mut part = byte(&mut next)?;
                let mut back = u64::from(part & 0x7f);
                while part & 0x80 != 0 {
                    part = byte(&mut next)?;
                    back = back.checked_add(1)?.checked_mul(128)?.checked_add(u64::from(part & 0x7f))?;
                }
                Of::Earlier(back)
            }
            7 => {
                let id = Id(bytes.get(next..next + 20)?.try_into().ok()?);
                next += 20;
                Of::Named(id)
            }
            _ => return None,
        };
        Some(Header { of, size, begins: at + next as u64 })
    }

    fn is_difference(&self) -> bool {
        !matches!(self.of, Of::Object(_))
    }

    fn inflate(&self, file: &mut File, length: u64) -> Option<Vec<u8>> {
        let size = usize::try_from(self.size).ok()?;
        // What can't be compressed is stored in blocks with five bytes each; a head and a checksum.
        let most = size + size / 1000 + 128;
        let bytes = chunk(file, self.begins, most, length)?;
        let contents = decompress_to_vec_zlib_with_limit(&bytes, size.max(1)).ok()?;
        (contents.len() == size).then_some(contents)
    }
}

/// At most so many bytes of a file.
fn chunk(file: &mut File, at: u64, most: usize, length: u64) -> Option<Vec<u8>> {
    let there = usize::try_from(length.checked_sub(at)?).unwrap_or(usize::MAX);
    let mut bytes = vec![0; most.min(there)];
    file.seek(SeekFrom::Start(at)).ok()?;
    file.read_exact(&mut bytes).ok()?;
    Some(bytes)
}

enum Applied {
    Done(Vec<u8>),
    TooLong,
    Broken,
}

/// A base with a difference applied.
fn apply(base: &[u8], difference: &[u8], limit: u64) -> Applied {
    let mut reader = Reader { bytes: difference, at: 0 };
    let (Some(from), Some(to)) = (reader.length(), reader.length()) else { return Applied::Broken };
    if from != base.len() as u64 {
        return Applied::Broken;
    }
    if to > limit {
        return Applied::TooLong;
    }
    let Ok(to) = usize::try_from(to) else { return Applied::TooLong };
    let mut made = Vec::with_capacity(to);
    while let Some(byte) = reader.next() {
        let piece = if byte & 0x80 == 0 {
            if byte == 0 { None } else { reader.take(usize::from(byte)) }
        } else {
            reader.copy(byte).and_then(|(offset, size)| base.get(offset..offset.checked_add(size)?))
        };
        match piece {
            Some(piece) if made.len() + piece.len() <= to => made.extend_from_slice(piece),
            _ => return Applied::Broken,
        }
    }
    if made.len() == to { Applied::Done(made) } else { Applied::Broken }
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    fn next(&mut self) -> Option<u8> {
        let byte = *self.bytes.get(self.at)?;
        self.at += 1;
        Some(byte)
    }

    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let piece = self.bytes.get(self.at..self.at.checked_add(length)?)?;
        self.at += length;
        Some(piece)
    }

    fn length(&mut self) -> Option<u64> {
        let (mut length, mut shift) = (0u64, 0);
        loop {
            let byte = self.next()?;
            length |= u64::from(byte & 0x7f).checked_shl(shift).filter(|_| shift < 60)?;
            shift += 7;
            if byte & 0x80 == 0 {
                return Some(length);
            }
        }
    }

    /// Where to copy from, and how much.
    fn copy(&mut self, byte: u8) -> Option<(usize, usize)> {
        let (mut offset, mut size) = (0usize, 0usize);
        for bit in 0..4 {
            if byte & (1 << bit) != 0 {
                offset |= usize::from(self.next()?) << (8 * bit);
            }
        }
        for bit in 0..3 {
            if byte & (0x10 << bit) != 0 {
                size |= usize::from(self.next()?) << (8 * bit);
            }
        }
        Some((offset, if size == 0 { 0x10000 } else { size }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn done(applied: Applied) -> Option<Vec<u8>> {
        match applied {
            Applied::Done(made) => Some(made),
            _ => None,
        }
    }

    #[test]
    fn differences() {
        let base = b"hello world";
        // Copy 5 bytes from 6, insert "!".
        let difference = [11, 6, 0x80 | 0x01 | 0x10, 6, 5, 1, b'!'];
        assert_eq!(done(apply(base, &difference, 100)).unwrap(), b"world!");
        assert!(matches!(apply(base, &difference, 3), Applied::TooLong));
        assert!(matches!(apply(b"short", &difference, 100), Applied::Broken));
        for cut in 0..difference.len() {
            assert!(!matches!(apply(base, &difference[..cut], 100), Applied::Done(_)), "cut at {cut}");
        }
        // Copying from beyond the end, and the reserved byte.
        assert!(matches!(apply(base, &[11, 6, 0x91, 200, 6], 100), Applied::Broken));
        assert!(matches!(apply(base, &[11, 1, 0], 100), Applied::Broken));
    }
}
