//! Numbers with Terraform's precision (512 bits of fraction: about 154 decimal digits).

use std::cmp::Ordering;
use std::num::NonZeroU64;
use std::str::FromStr;

use bigdecimal::num_bigint::BigInt;
use bigdecimal::{BigDecimal, RoundingMode, ToPrimitive, Zero};

/// Digits kept where a result has no end (division).
const DIGITS: u64 = 154;
/// A number with more digits than this isn't worked with.
const LONGEST: usize = 4096;

/// A number.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Number(BigDecimal);

impl Number {
    /// From an integer.
    pub fn from_i64(n: i64) -> Self {
        Number(BigDecimal::from(n))
    }

    /// From a float; `None` for infinities and NaN.
    pub fn from_f64(n: f64) -> Option<Self> {
        n.is_finite().then(|| BigDecimal::from_str(&n.to_string()).ok()).flatten().map(Number)
    }

    /// From decimal text as in HCL (`1.5e3`); `None` where it isn't a number.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
        let (mantissa, exponent) = digits.split_once(['e', 'E']).map_or((digits, None), |(m, e)| (m, Some(e)));
        let plain = !mantissa.is_empty()
            && mantissa.starts_with(|c: char| c.is_ascii_digit())
            && mantissa.ends_with(|c: char| c.is_ascii_digit())
            && mantissa.bytes().all(|b| b.is_ascii_digit() || b == b'.')
            && mantissa.bytes().filter(|&b| b == b'.').count() <= 1;
        let small = exponent.is_none_or(|e| e.parse::<i32>().is_ok_and(|e| e.abs() < 1000));
        if !plain || !small || text.len() > LONGEST {
            return None;
        }
        BigDecimal::from_str(text).ok().map(|n| Number(n.normalized()))
    }

    /// As a whole number, if it is one that fits.
    pub fn as_i64(&self) -> Option<i64> {
        self.0.is_integer().then(|| self.0.to_i64()).flatten()
    }

    /// As a big whole number, if it is whole.
    pub fn as_big(&self) -> Option<BigInt> {
        self.0.is_integer().then(|| self.0.with_scale(0).into_bigint_and_exponent().0)
    }

    /// From a big whole number.
    pub fn from_big(n: BigInt) -> Self {
        Number(BigDecimal::from(n).normalized())
    }

    /// The nearest float.
    pub fn as_f64(&self) -> f64 {
        self.0.to_f64().unwrap_or(f64::INFINITY)
    }

    /// Sum.
    pub fn add(&self, other: &Self) -> Self {
        Number((&self.0 + &other.0).normalized())
    }

    /// Difference.
    pub fn sub(&self, other: &Self) -> Self {
        Number((&self.0 - &other.0).normalized())
    }

    /// Product.
    pub fn mul(&self, other: &Self) -> Self {
        Number(round(&self.0 * &other.0))
    }

    /// Quotient; `None` by zero.
    pub fn div(&self, other: &Self) -> Option<Self> {
        // Shift the dividend so that the whole quotient has all the digits kept.
        let digits = DIGITS + 2 + other.0.digits().saturating_sub(self.0.digits());
        let (dividend, scale) = self.0.as_bigint_and_exponent();
        let (divisor, divisor_scale) = other.0.as_bigint_and_exponent();
        if other.0.is_zero() {
            return None;
        }
        let ten = BigInt::from(10);
        let quotient = dividend * ten.pow(u32::try_from(digits).ok()?) / divisor;
        Some(Number(round(BigDecimal::new(quotient, scale - divisor_scale + digits as i64))))
    }

    /// Remainder with the sign of the dividend; `None` by zero.
    pub fn rem(&self, other: &Self) -> Option<Self> {
        (!other.0.is_zero()).then(|| Number((&self.0 % &other.0).normalized()))
    }

    /// Negated.
    pub fn neg(&self) -> Self {
        Number(-&self.0)
    }

    /// Absolute value.
    pub fn abs(&self) -> Self {
        Number(self.0.abs())
    }

    /// The largest whole number not above.
    pub fn floor(&self) -> Self {
        Number(self.0.with_scale_round(0, RoundingMode::Floor).normalized())
    }

    /// The smallest whole number not below.
    pub fn ceil(&self) -> Self {
        Number(self.0.with_scale_round(0, RoundingMode::Ceiling).normalized())
    }

    /// -1, 0 or 1.
    pub fn signum(&self) -> i64 {
        match self.0.cmp(&BigDecimal::zero()) {
            Ordering::Less => -1,
            Ordering::Equal => 0,
            Ordering::Greater => 1,
        }
    }
}

fn round(n: BigDecimal) -> BigDecimal {
    match NonZeroU64::new(DIGITS) {
        Some(digits) if n.digits() > DIGITS => n.with_precision_round(digits, RoundingMode::HalfEven).normalized(),
        _ => n.normalized(),
    }
}

impl std::fmt::Display for Number {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0.normalized().to_plain_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prints_as_terraform_does() {
        let n = |t| Number::parse(t).unwrap();
        assert_eq!(n("1.50").to_string(), "1.5");
        assert_eq!(n("1e3").to_string(), "1000");
        assert_eq!(n("0.1").add(&n("0.2")).to_string(), "0.3");
        assert_eq!(n("-7").rem(&n("3")).unwrap().to_string(), "-1");
        assert_eq!(n("10").div(&n("4")).unwrap().to_string(), "2.5");
        assert!(Number::parse("0x10").is_none() && Number::parse("1.").is_none() && Number::parse("").is_none());
    }
}
