//! What is known of agents as data: `rules/agents.yaml`.

mod rows;

use std::sync::LazyLock;

pub use rows::*;

static TABLE: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/agents.bin"));

impl Table {
    /// What to write so that an agent asks.
    pub fn asks_by(&self, agent: &str) -> Option<&str> {
        self.asks.iter().find(|a| a.agent == agent).map(|a| a.write.as_str())
    }

    /// The table in the binary. (That it can be read is a test.)
    pub fn builtin() -> &'static Table {
        static READ: LazyLock<Table> = LazyLock::new(|| postcard::from_bytes(TABLE).unwrap_or_default());
        &READ
    }

    /// Which hosts a command needs: `None` if it isn't known to use the network.
    pub fn hosts(&self, words: &[String]) -> Option<Vec<String>> {
        let urls: Vec<String> = words.iter().skip(1).filter_map(|w| host_of(w)).collect();
        if !urls.is_empty() {
            return Some(urls);
        }
        let program = words.first().map(|w| w.rsplit('/').next().unwrap_or(w))?;
        self.hosts
            .iter()
            .filter(|h| {
                let mut known = h.command.split(' ');
                known.next() == Some(program)
                    && known.zip(words.iter().skip(1)).all(|(k, w)| k == w)
                    && words.len() >= h.command.split(' ').count()
            })
            .max_by_key(|h| h.command.len())
            .map(|h| h.hosts.clone())
    }
}

/// The host of an `http(s)://` word.
fn host_of(word: &str) -> Option<String> {
    let rest = word.strip_prefix("https://").or_else(|| word.strip_prefix("http://"))?;
    let authority = rest.split(['/', '?', '#']).next().unwrap_or(rest);
    let host = authority.rsplit('@').next().unwrap_or(authority);
    let host = host.split(':').next().unwrap_or(host);
    (!host.is_empty()).then(|| host.to_ascii_lowercase())
}

/// Whether a list of domain patterns (`*.railway.com`, `*`) covers a host.
pub fn allowed(domains: &[String], host: &str) -> bool {
    domains.iter().any(|d| {
        d == "*"
            || d.eq_ignore_ascii_case(host)
            || d.strip_prefix("*.").is_some_and(|base| {
                host.to_ascii_lowercase().strip_suffix(&base.to_ascii_lowercase()).is_some_and(|h| h.ends_with('.'))
            })
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn the_table_can_be_read() {
        let table: Table = postcard::from_bytes(TABLE).unwrap();
        assert!(!table.found.is_empty() && table.hosts.len() > 40);
        let words = |s: &str| s.split(' ').map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(table.hosts(&words("rm -rf build")), None);
        assert!(table.hosts(&words("railway volume delete")).unwrap().iter().any(|h| h.ends_with("railway.com")));
        assert!(table.hosts(&words("git push")).is_some());
        assert_eq!(table.hosts(&words("git status")), None);
        assert_eq!(table.hosts(&words("curl -X POST https://a.example/x")), Some(vec!["a.example".to_owned()]));
    }

    #[test]
    fn domains_are_patterns() {
        let list = vec!["*.railway.com".to_owned()];
        assert!(allowed(&list, "backboard.railway.com"));
        assert!(!allowed(&list, "railway.com"));
        assert!(!allowed(&list, "evilrailway.com"));
        assert!(allowed(&["*".to_owned()], "x"));
    }
}
