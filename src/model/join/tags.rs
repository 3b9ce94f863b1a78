//! Tags: which ones a backup asks for, and what a tag says by its name.

use crate::expr::Value;
use crate::knowledge::stores::Reference;
use crate::model::lookup;
use crate::terraform::ResolvedBlock;

/// What the value of a tag says when it means no.
const NO: [&str; 8] = ["", "false", "no", "none", "off", "0", "disabled", "never"];

/// The tag whose name holds one of these words and whose value doesn't say no.
pub fn says_backup<'a>(tags: &'a Value, words: &[String]) -> Option<&'a str> {
    let named = |name: &str| {
        let name = name.to_ascii_lowercase();
        words.iter().any(|word| name.contains(word.as_str()))
    };
    let no = |value: &Value| lookup::text(value).is_some_and(|v| NO.contains(&v.to_ascii_lowercase().as_str()));
    let mut fields = tags.fields().into_iter().flatten();
    fields.find(|(name, value)| named(name.as_str()) && !no(value)).map(|(name, _)| name.as_str())
}

/// Name and value of each tag that a reference asks for: of a map, or of blocks with `key` and `value`.
pub fn wanted(block: &ResolvedBlock, reference: &Reference) -> Vec<(String, Value)> {
    let prefix = reference.key_prefix.as_deref().unwrap_or("");
    let mut all = Vec::new();
    for found in lookup::find_all(block, &reference.from) {
        match found {
            lookup::Found::Written(value, _, _) => {
                let fields = value.fields().into_iter().flatten();
                all.extend(fields.map(|(name, value)| (name.as_str().to_owned(), value.clone())));
            }
            lookup::Found::Block(inner) => {
                let value = inner.attributes.get("value").map_or_else(Value::null, |a| a.value.clone());
                if let Some(name) = lookup::string(inner, "key").and_then(|key| key.strip_prefix(prefix)) {
                    all.push((name.to_owned(), value));
                }
            }
            _ => {}
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_says_what_backs_a_thing_up_unless_it_says_no() {
        let tags = |pairs: &[(&str, Value)]| {
            Value::object(pairs.iter().map(|(k, v)| (crate::source::Text::from(*k), v.clone())).collect())
        };
        let words = ["backup".to_owned()];
        let says = |pairs: &[(&str, Value)]| says_backup(&tags(pairs), &words).map(str::to_owned);
        assert_eq!(says(&[("Name", Value::string("backup"))]), None);
        assert_eq!(says(&[("BackupPlan", Value::string("daily"))]).as_deref(), Some("BackupPlan"));
        assert_eq!(says(&[("backup", Value::bool(false))]), None);
        assert_eq!(says(&[("backup", Value::string("None"))]), None);
        assert_eq!(
            says(&[("backup", Value::bool(false)), ("x:backup", Value::bool(true))]).as_deref(),
            Some("x:backup")
        );
    }
}
