//! Which of a module's known versions a constraint may choose.

use crate::finding::Confidence;

/// Major, minor, patch.
type Version = [u64; 3];

/// A version, with how many of its three numbers were written; `None` where it isn't one. What follows `-` or `+` is
/// passed over.
fn parse(text: &str) -> Option<(Version, usize)> {
    let text = text.trim().trim_start_matches('v');
    let text = text.split(['-', '+']).next()?;
    let mut version = [0; 3];
    let mut written = 0;
    for part in text.split('.') {
        *version.get_mut(written)? = part.parse().ok()?;
        written += 1;
    }
    Some((version, written))
}

/// The versions from one (inclusive) to another (exclusive; `None`: any).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Range {
    from: Version,
    to: Option<Version>,
}

const ANY: Range = Range { from: [0; 3], to: None };

fn next([major, minor, patch]: Version) -> Version {
    [major, minor, patch + 1]
}

/// What a constraint like `~> 6.1, != 6.3.0` allows; `None` where it isn't one.
fn range(constraint: &str) -> Option<Range> {
    let mut range = ANY;
    for one in constraint.split(',').map(str::trim).filter(|c| !c.is_empty()) {
        let at = one.find(|c: char| c.is_ascii_digit() || c == 'v')?;
        let (operator, version) = one.split_at(at);
        let (version, written) = parse(version)?;
        let upper = |range: &mut Range, to: Version| range.to = Some(range.to.map_or(to, |known| known.min(to)));
        match operator.trim() {
            "" | "=" => {
                range.from = range.from.max(version);
                upper(&mut range, next(version));
            }
            ">=" => range.from = range.from.max(version),
            ">" => range.from = range.from.max(next(version)),
            "<" => upper(&mut range, version),
            "<=" => upper(&mut range, next(version)),
            "~>" => {
                range.from = range.from.max(version);
                let [major, minor, _] = version;
                // The last number that is written may grow.
                upper(&mut range, if written > 2 { [major, minor + 1, 0] } else { [major + 1, 0, 0] });
            }
            "!=" => {}
            _ => return None,
        }
    }
    Some(range)
}

/// The newest of the known versions that a constraint allows, by its index, and how sure that is: `since` are those
/// from which on something is known, oldest first; `read_up_to` is the newest that was read. `None` where only
/// versions are allowed of which nothing is known.
pub fn choose(since: &[&str], read_up_to: &str, constraint: Option<&str>) -> Option<(usize, Confidence)> {
    // A branch, a commit or what isn't a constraint at all: the newest is as likely as any.
    let wanted = constraint.and_then(range);
    let range = wanted.unwrap_or(ANY);
    let starts: Vec<Version> = since.iter().filter_map(|s| parse(s)).map(|(v, _)| v).collect();
    let allowed = |(index, from): (usize, &Version)| {
        let until = starts.get(index + 1);
        let overlaps = range.to.is_none_or(|to| *from < to) && until.is_none_or(|until| range.from < *until);
        overlaps.then_some(index)
    };
    let all: Vec<usize> = starts.iter().enumerate().filter_map(allowed).collect();
    let newest = *all.last()?;
    let first_known = starts.first().is_some_and(|first| range.from >= *first);
    // The next major version may be another module altogether.
    let [major, ..] = parse(read_up_to)?.0;
    let last_known = range.to.is_some_and(|to| to <= [major + 1, 0, 0]);
    let sure = wanted.is_some() && all.len() == 1 && first_known && last_known;
    Some((newest, if sure { Confidence::High } else { Confidence::Medium }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn constraints() {
        let r = |from, to| Some(Range { from, to });
        assert_eq!(range("6.1.2"), r([6, 1, 2], Some([6, 1, 3])));
        assert_eq!(range("v6.1.2"), r([6, 1, 2], Some([6, 1, 3])));
        assert_eq!(range("= 6.1.2"), r([6, 1, 2], Some([6, 1, 3])));
        assert_eq!(range("~> 6.1"), r([6, 1, 0], Some([7, 0, 0])));
        assert_eq!(range("~> 6.1.4"), r([6, 1, 4], Some([6, 2, 0])));
        assert_eq!(range("~> 6"), r([6, 0, 0], Some([7, 0, 0])));
        assert_eq!(range(">= 5.0, < 7.0, != 6.1.0"), r([5, 0, 0], Some([7, 0, 0])));
        assert_eq!(range("> 5.0"), r([5, 0, 1], None));
        assert_eq!(range("<= 5.0"), r([0, 0, 0], Some([5, 0, 1])));
        assert_eq!(range(""), r([0, 0, 0], None));
        assert_eq!(range("main"), None);
        assert_eq!(range("=> 5"), None);
        assert_eq!(range("1.2.3.4"), None);
        assert_eq!(range("~> 6.1.0-beta"), r([6, 1, 0], Some([6, 2, 0])));
    }

    #[test]
    fn the_newest_that_is_allowed_and_how_sure_that_is() {
        let since = ["1.0.0", "2.29.0", "6.0.0"];
        let choose = |c| choose(&since, "7.2.0", c);
        assert_eq!(choose(Some("6.1.0")), Some((2, Confidence::High)));
        assert_eq!(choose(Some("~> 7.0")), Some((2, Confidence::High)));
        assert_eq!(choose(Some("~> 8.0")), Some((2, Confidence::Medium)), "newer than what was read");
        assert_eq!(choose(Some(">= 6.0")), Some((2, Confidence::Medium)), "open above");
        assert_eq!(choose(Some("~> 2.28")), Some((1, Confidence::Medium)), "two of them");
        assert_eq!(choose(Some("2.28.0")), Some((0, Confidence::High)));
        assert_eq!(choose(Some("0.9.0")), None);
        assert_eq!(choose(Some("< 1.0.0")), None);
        assert_eq!(choose(None), Some((2, Confidence::Medium)));
        assert_eq!(choose(Some("main")), Some((2, Confidence::Medium)));
        assert_eq!(choose(Some("a2b4c6d")), Some((2, Confidence::Medium)), "a commit");
    }
}
