//! The settings of a store as its resource (or its provider's block) sets them: guards, copies the
//! platform makes, hazards.

use std::sync::Arc;

use indexmap::IndexMap;

use crate::expr::number::Number;
use crate::expr::{Kind, Value};
use crate::finding::{Place, Reason, Role};
use crate::knowledge::scalar::{Scalar, seconds};
use crate::knowledge::stores::{Absent, Switch as Known, Unit};
use crate::model::located::Blast;
use crate::model::lookup::{self, Of};
use crate::model::store::Switch;
use crate::source::Sources;
use crate::terraform::{Evaluation, ResolvedBlock, Resource};

/// Where the settings of one resource are looked up.
#[derive(Clone, Copy)]
pub struct Setting<'a> {
    /// The resource's own block.
    pub block: &'a ResolvedBlock,
    /// Its address without instance keys.
    pub address: &'a str,
    /// The block of its provider, if there is one.
    pub config: Option<&'a ResolvedBlock>,
    /// The version of its provider: of the lock file, or a constraint.
    pub version: Option<&'a str>,
    /// What files say.
    pub sources: &'a Sources,
    /// Where a setting is told that stands nowhere.
    pub place: &'a Arc<Place>,
}

impl<'a> Setting<'a> {
    /// The settings of a resource.
    pub fn of(evaluation: &'a Evaluation, resource: &'a Resource, place: &'a Arc<Place>, sources: &'a Sources) -> Self {
        let provider = resource.provider.and_then(|i| evaluation.providers.get(i));
        Setting {
            block: &resource.block,
            address: &resource.address_without_keys,
            config: provider.and_then(|p| p.block.as_ref()),
            version: provider.and_then(|p| p.version.as_deref()),
            sources,
            place,
        }
    }

    /// One switch for each class. Of several of a class the one that is most on counts, and of
    /// those that are all off the one that is written.
    pub fn switches(&self, classes: &[&'static str], known: &[Known]) -> IndexMap<&'static str, Switch> {
        let best = |class: &&'static str| {
            let mut of_class: Vec<Switch> =
                known.iter().filter(|k| k.class == **class).filter_map(|k| self.switch(k)).collect();
            of_class.sort_by_key(|s| std::cmp::Reverse(rank(s)));
            of_class.into_iter().next().unwrap_or_else(|| Switch::missing(self.place.clone()))
        };
        classes.iter().map(|class| (*class, best(class))).collect()
    }

    /// What makes the loss of the store easier: on means that it does.
    pub fn hazards(&self, classes: &[&'static str], known: &[Known]) -> IndexMap<&'static str, Switch> {
        let worst = |class: &&'static str| {
            let mut of_class: Vec<Switch> =
                known.iter().filter(|k| k.class == **class).filter_map(|k| self.hazard(k)).collect();
            of_class.sort_by_key(|s| std::cmp::Reverse(rank(s)));
            of_class.into_iter().next().unwrap_or_else(|| Switch::missing(self.place.clone()))
        };
        classes.iter().map(|class| (*class, worst(class))).collect()
    }

    /// A hazard as this resource sets it.
    pub fn hazard(&self, known: &Known) -> Option<Switch> {
        let mut switch = self.read(known, Of::Every)?;
        if let Some(safe) = switch.on.as_bool() {
            switch.on = Value { kind: Kind::Bool(!safe), ..switch.on };
        }
        Some(switch)
    }

    /// A switch as this resource sets it; `None` where the platform doesn't have it for it.
    pub fn switch(&self, known: &Known) -> Option<Switch> {
        self.read(known, Of::Any)
    }

    fn read(&self, known: &Known, of: Of) -> Option<Switch> {
        let Some(among) = &known.among else { return self.read_here(known, of) };
        let (certain, possible) = lookup::among(self.block, among);
        let mut switch = Setting { block: &certain, ..*self }.read_here(known, of);
        if let Some((possible, why)) = &possible
            && let Some(other) = (Setting { block: possible, ..*self }).read_here(known, of)
            && switch.as_ref().is_none_or(|s| s.on != other.on)
        {
            switch = Some(Switch { on: why.clone(), ..other });
        }
        switch
    }

    fn read_here(&self, known: &Known, of: Of) -> Option<Switch> {
        let applies = lookup::together(known.when.iter().map(|c| lookup::holds(self.block, c)), Of::Every);
        if applies.as_bool() == Some(false) || !self.has(known) {
            return None;
        }
        let (block, path) = self.decides(known);
        let (mut on, place, by) = match path {
            Some(path) => (
                lookup::test(block, path, &known.safe, of, known.absent, known.block_absent),
                lookup::place(block, path, Role::Store, self.sources),
                if written(block, path) { self.address } else { "" },
            ),
            None => (always(known), self.place.clone(), self.address),
        };
        if applies.is_unknown() {
            on = applies;
        }
        Some(Switch {
            available: true,
            on,
            place,
            by: by.to_owned(),
            attribute: path.map(Into::into),
            safe: known.write.clone(),
            days: days(known, self.block),
            lasting: self.lasting(known),
            title: known.title.clone(),
            lifted_by: known.lifted_by.clone(),
            skipped_by: known.skipped_by.clone(),
            dies_with: dies_with(known, self.block),
            only_terraform: known.only_terraform,
        })
    }

    /// The attribute that says how long it lasts.
    fn lasting(&self, known: &Known) -> Option<(String, Arc<Place>)> {
        known.days.as_ref().filter(|days| days.0 == "value")?;
        let path = known.days_from.as_deref().or(known.attribute.as_deref())?;
        Some((path.to_owned(), lookup::place(self.block, path, Role::Store, self.sources)))
    }

    /// The block and path that decide: the resource's own where it is written, else the provider's.
    fn decides<'k>(&self, known: &'k Known) -> (&'a ResolvedBlock, Option<&'k str>) {
        let own = known.attribute.as_deref();
        let Some((config, path)) = self.config.zip(known.provider_attribute.as_deref()) else {
            return (self.block, own.or(known.provider_attribute.as_deref()));
        };
        match own {
            Some(own) if written(self.block, own) || !written(config, path) => (self.block, Some(own)),
            _ => (config, Some(path)),
        }
    }

    /// Whether the version of the provider has the setting. A constraint that isn't one exact
    /// version says nothing.
    fn has(&self, known: &Known) -> bool {
        let Some((since, version)) = known.since.as_deref().zip(self.version) else { return true };
        let exact = version.trim().trim_start_matches('=').trim();
        match (numbers(since), numbers(exact)) {
            (Some(since), Some(version)) => version >= since,
            _ => true,
        }
    }
}

fn numbers(version: &str) -> Option<Vec<u64>> {
    version.split('-').next().unwrap_or("").split('.').map(|part| part.parse().ok()).collect()
}

fn rank(switch: &Switch) -> u8 {
    match (switch.on.as_bool(), switch.by.is_empty()) {
        (Some(true), _) => 3,
        (None, _) => 2,
        (Some(false), false) => 1,
        (Some(false), true) => 0,
    }
}

fn written(block: &ResolvedBlock, path: &str) -> bool {
    !matches!(lookup::find(block, path), lookup::Found::Absent(_) | lookup::Found::BlockAbsent(_))
}

/// A switch that no attribute sets.
pub fn always(known: &Known) -> Value {
    match known.absent {
        Absent::Safe => Value::bool(true),
        Absent::Unsafe => Value::bool(false),
        Absent::Unknown => {
            Value::unknown(Reason::new("not-in-repository", "it is set in the dashboard, not in the repository"))
        }
    }
}

/// The smallest blast this copy doesn't survive, as this block sets it.
fn dies_with(known: &Known, block: &ResolvedBlock) -> Option<Blast> {
    let outlives =
        known.outlives_when.as_ref().is_some_and(|condition| lookup::holds(block, condition).as_bool() == Some(true));
    match known.dies_with.as_deref().and_then(Blast::parse) {
        Some(blast) if outlives => Some(blast.max(Blast::Account)),
        other => other,
    }
}

/// For how many days it lasts: a number, null or unknown.
pub fn days(known: &Known, block: &ResolvedBlock) -> Value {
    let fixed =
        |scalar: &Scalar| scalar.number().and_then(Number::from_f64).map_or(Value::null(), |n| Kind::Number(n).into());
    let default = || known.days_default.as_ref().map_or(Value::null(), fixed);
    match known.days.as_ref() {
        None => Value::null(),
        Some(days) if days.0 != "value" => fixed(days),
        Some(_) => match known.days_from.as_deref().or(known.attribute.as_deref()) {
            None => default(),
            Some(path) => match lookup::find(block, path) {
                lookup::Found::Written(value, _, _) if value.is_unknown() => value.clone(),
                lookup::Found::Written(value, _, _) => in_days(value, known.unit).unwrap_or_else(default),
                lookup::Found::Unknown(value, _) => value,
                _ => default(),
            },
        },
    }
}

/// A written number or duration in days.
fn in_days(value: &Value, unit: Unit) -> Option<Value> {
    let text = lookup::text(value)?;
    let days = match text.parse::<f64>() {
        Ok(number) => match unit {
            Unit::Days => number,
            Unit::Hours => number / 24.0,
            Unit::Minutes => number / 1_440.0,
            Unit::Seconds => number / 86_400.0,
            Unit::Milliseconds => number / 86_400_000.0,
            Unit::Years => number * 365.0,
            Unit::Count => return None,
        },
        Err(_) => seconds(&text)? / 86_400.0,
    };
    Some(Value { kind: Kind::Number(Number::from_f64(days)?), ..value.clone() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(yaml: &str) -> Known {
        serde_yaml::from_str(yaml).unwrap()
    }

    #[test]
    fn durations_are_told_in_days() {
        let day =
            |text: &str, unit| in_days(&Value::string(text), unit).and_then(|v| v.as_number().map(Number::as_f64));
        assert_eq!(day("2592000s", Unit::Days), Some(30.0));
        assert_eq!(day("P1Y", Unit::Days), Some(365.0));
        assert_eq!(day("P6W", Unit::Days), Some(42.0));
        assert_eq!(day("PT48H", Unit::Days), Some(2.0));
        assert_eq!(day("168", Unit::Hours), Some(7.0));
        assert_eq!(day("604800", Unit::Seconds), Some(7.0));
        assert_eq!(day("forever", Unit::Days), None);
        assert_eq!(day("P", Unit::Days), Some(0.0));
        assert_eq!(Scalar("7d".into()).number(), Some(604_800.0));
    }

    #[test]
    fn a_version_is_compared_by_its_numbers() {
        let known = known("{class: api, since: 6.25.0}");
        assert_eq!(numbers("6.9.0").map(|v| v >= numbers("6.25.0").unwrap()), Some(false));
        assert_eq!(numbers("7.0.0-beta1"), Some(vec![7, 0, 0]));
        assert_eq!(numbers("~> 6.0"), None);
        assert_eq!(known.since.as_deref(), Some("6.25.0"));
    }
}
