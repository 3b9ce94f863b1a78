//! Values in knowledge files, kept as text, and what they amount to.

use serde::{Deserialize, Deserializer, Serialize};

/// A boolean, number or string, kept as text: `true`, `7`, `Enabled`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Scalar(pub String);

impl Scalar {
    /// As a number; a duration counts in seconds.
    pub fn number(&self) -> Option<f64> {
        number(&self.0)
    }
}

/// A number, or a duration (`604800s`, `36h`, `7d`, `P7D`, `PT12H`) in seconds.
pub fn number(text: &str) -> Option<f64> {
    if let Ok(plain) = text.parse() {
        return Some(plain);
    }
    seconds(text)
}

/// A written duration in seconds; months count 30 days, years 365.
pub fn seconds(text: &str) -> Option<f64> {
    let iso = text.strip_prefix('P');
    let (mut total, mut digits, mut time) = (0.0, String::new(), iso.is_none());
    for c in iso.unwrap_or(text).chars() {
        let factor = match (c, time) {
            ('0'..='9' | '.', _) => {
                digits.push(c);
                continue;
            }
            ('T', false) if digits.is_empty() => {
                time = true;
                continue;
            }
            ('Y' | 'y', _) => 31_536_000.0,
            ('M', false) => 2_592_000.0,
            ('W' | 'w', _) => 604_800.0,
            ('D' | 'd', _) => 86_400.0,
            ('H' | 'h', true) => 3_600.0,
            ('M' | 'm', true) => 60.0,
            ('S' | 's', true) => 1.0,
            _ => return None,
        };
        total += digits.parse::<f64>().ok()? * factor;
        digits.clear();
    }
    digits.is_empty().then_some(total)
}

impl<'de> Deserialize<'de> for Scalar {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if !deserializer.is_human_readable() {
            return String::deserialize(deserializer).map(Scalar);
        }
        struct Visitor;
        impl serde::de::Visitor<'_> for Visitor {
            type Value = Scalar;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a boolean, a number or a string")
            }
            fn visit_bool<E>(self, v: bool) -> Result<Scalar, E> {
                Ok(Scalar(v.to_string()))
            }
            fn visit_i64<E>(self, v: i64) -> Result<Scalar, E> {
                Ok(Scalar(v.to_string()))
            }
            fn visit_u64<E>(self, v: u64) -> Result<Scalar, E> {
                Ok(Scalar(v.to_string()))
            }
            fn visit_f64<E>(self, v: f64) -> Result<Scalar, E> {
                Ok(Scalar(v.to_string()))
            }
            fn visit_str<E>(self, v: &str) -> Result<Scalar, E> {
                Ok(Scalar(v.to_owned()))
            }
        }
        deserializer.deserialize_any(Visitor)
    }
}
