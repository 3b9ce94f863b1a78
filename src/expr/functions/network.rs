//! Addresses: the `cidr…` functions.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::numeric::whole;
use super::string::arg;
use super::{ANY, Answer, Call, Function};
use crate::expr::Value;

const fn f(name: &'static str, arity: (usize, usize), run: fn(&Call<'_, '_>) -> Answer) -> Function {
    Function { name, arity, takes_unknown: false, run }
}

/// The family.
pub(super) const FUNCTIONS: &[Function] = &[
    f("cidrhost", (2, 2), |c| {
        let net = Net::parse(&arg(c, 0)?)?;
        let n = i128::from(whole(c, 1)?);
        let room = net.size();
        let offset =
            if n < 0 { room.checked_sub(n.unsigned_abs()) } else { Some(n.unsigned_abs()).filter(|n| *n < room) };
        let offset = offset.ok_or("host number out of range")?;
        Ok(Value::string(net.address(net.base.wrapping_add(offset))))
    }),
    f("cidrnetmask", (1, 1), |c| {
        let net = Net::parse(&arg(c, 0)?)?;
        if net.bits != 32 { Err("only IPv4 has netmasks".into()) } else { Ok(Value::string(net.address(net.mask()))) }
    }),
    f("cidrsubnet", (3, 3), |c| {
        let net = Net::parse(&arg(c, 0)?)?;
        Ok(Value::string(net.subnet(whole(c, 1)?, whole(c, 2)?)?.text()))
    }),
    f("cidrsubnets", (1, ANY), |c| {
        let net = Net::parse(&arg(c, 0)?)?;
        let mut at = net.base;
        let mut found = Vec::new();
        for index in 1..c.args.len() {
            let bits = u32::try_from(whole(c, index)?).map_err(|_| "bits must not be negative")?;
            let prefix = net.prefix.checked_add(bits).filter(|p| *p <= net.bits).ok_or("not enough address space")?;
            let step = Net { prefix, ..net }.size();
            // The next address that is a multiple of the subnet's size.
            let aligned = at.div_ceil(step.max(1)).checked_mul(step).ok_or("not enough address space")?;
            if aligned.wrapping_sub(net.base) >= net.size() {
                return Err("not enough address space".into());
            }
            found.push(Value::string(Net { base: aligned, prefix, ..net }.text()));
            at = aligned.checked_add(step).ok_or("not enough address space")?;
        }
        Ok(Value::list(found))
    }),
];

#[derive(Clone, Copy)]
struct Net {
    base: u128,
    prefix: u32,
    bits: u32,
}

impl Net {
    fn parse(text: &str) -> Result<Net, String> {
        let bad = || String::from("not a CIDR address");
        let (address, prefix) = text.split_once('/').ok_or_else(bad)?;
        let prefix: u32 = prefix.parse().map_err(|_| bad())?;
        let (base, bits) = match address.parse().map_err(|_| bad())? {
            IpAddr::V4(ip) => (u128::from(u32::from(ip)), 32),
            IpAddr::V6(ip) => (u128::from(ip), 128),
        };
        if prefix > bits {
            return Err(bad());
        }
        let net = Net { base, prefix, bits };
        Ok(Net { base: base & net.mask(), ..net })
    }

    fn mask(self) -> u128 {
        let all = if self.bits == 32 { u128::from(u32::MAX) } else { u128::MAX };
        let host = self.bits - self.prefix;
        if host >= 128 { 0 } else { (all >> host << host) & all }
    }

    /// How many addresses it has; the whole of IPv6 counts one less.
    fn size(self) -> u128 {
        1u128.checked_shl(self.bits - self.prefix).unwrap_or(u128::MAX)
    }

    fn subnet(self, bits: i64, number: i64) -> Result<Net, String> {
        let (Ok(bits), Ok(number)) = (u32::try_from(bits), u128::try_from(number)) else {
            return Err("must not be negative".into());
        };
        let prefix = self.prefix.checked_add(bits).filter(|p| *p <= self.bits).ok_or("not enough address space")?;
        if bits < 128 && number >= 1u128 << bits {
            return Err("subnet number out of range".into());
        }
        let shift = self.bits - prefix;
        let offset = if shift >= 128 { 0 } else { number << shift };
        Ok(Net { base: self.base | offset, prefix, bits: self.bits })
    }

    fn address(self, n: u128) -> String {
        if self.bits == 32 { Ipv4Addr::from(n as u32).to_string() } else { Ipv6Addr::from(n).to_string() }
    }

    fn text(self) -> String {
        format!("{}/{}", self.address(self.base), self.prefix)
    }
}
