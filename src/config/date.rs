//! Dates and lengths of time.

/// Whether a text is a date as `2026-11-24`. Such dates compare as texts.
pub fn is_date(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let [year, month, day] = parts.as_slice() else { return false };
    let digits = |t: &str, n: usize| t.len() == n && t.bytes().all(|b| b.is_ascii_digit());
    if !(digits(year, 4) && digits(month, 2) && digits(day, 2)) {
        return false;
    }
    let number = |t: &str| t.parse::<u32>().unwrap_or(0);
    let (year, month, day) = (number(year), number(month), number(day));
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let days = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 => 28 + u32::from(leap),
        _ => 0,
    };
    (1..=days).contains(&day)
}

/// A date as a number of days, for telling how far two lie apart.
pub(super) fn number(date: &str) -> Option<i64> {
    if !is_date(date) {
        return None;
    }
    let mut parts = date.split('-').map_while(|part| part.parse::<i64>().ok());
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    // Years begin in March, so that the odd day is the last one.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    Some(365 * year + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + day)
}

/// `35 days`, `2 weeks`, `1 year`, or a number of days → days.
pub(super) fn days(text: &str) -> Option<u32> {
    let text = text.trim();
    let length = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at_checked(length)?;
    let number: u32 = number.parse().ok()?;
    let unit = match unit.trim().to_ascii_lowercase().as_str() {
        "" | "d" | "day" | "days" => 1,
        "w" | "week" | "weeks" => 7,
        "month" | "months" => 30,
        "y" | "year" | "years" => 365,
        _ => return None,
    };
    number.checked_mul(unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_lie_apart() {
        let apart = |a: &str, b: &str| number(b).zip(number(a)).map(|(b, a)| b - a);
        assert_eq!(apart("2026-11-24", "2026-11-25"), Some(1));
        assert_eq!(apart("2024-02-28", "2024-03-01"), Some(2));
        assert_eq!(apart("2023-02-28", "2023-03-01"), Some(1));
        assert_eq!(apart("2025-11-25", "2026-11-25"), Some(365));
        assert_eq!(apart("1999-12-31", "2000-12-31"), Some(366));
        assert_eq!(apart("", "2026-11-25"), None);
    }

    #[test]
    fn dates_and_lengths() {
        assert!(is_date("2026-11-24") && is_date("2024-02-29") && is_date("2000-02-29"));
        for wrong in [
            "2026-02-29",
            "1900-02-29",
            "2026-13-01",
            "2026-1-1",
            "24.11.2026",
            "",
            "2026-11-24-1",
            "2026-00-10",
            "２026-11-24",
        ] {
            assert!(!is_date(wrong), "{wrong}");
        }
        assert_eq!(days("35 days"), Some(35));
        assert_eq!(days("7"), Some(7));
        assert_eq!(days("2weeks"), Some(14));
        assert_eq!(days("1 year"), Some(365));
        for wrong in ["days", "-1 days", "1.5 days", "99999999999", "4294967295 years", "é"] {
            assert_eq!(days(wrong), None, "{wrong}");
        }
    }
}
