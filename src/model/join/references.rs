//! Guards, copies and hazards that a store gets from other resources, which refer to it by id, ARN,
//! name, tag or scope.

use std::sync::Arc;

use crate::expr::{Type, Value};
use crate::finding::{Place, Reason, Role};
use crate::knowledge::stores::{
    Attachment, COPY_CLASSES, DERIVED_CLASS, GUARD_CLASSES, HAZARD_CLASSES, Provider, RESTORE_CLASS, Reference,
    StoreType,
};
use crate::model::join::pattern;
use crate::model::join::setting::{self, Setting};
use crate::model::join::tags;
use crate::model::join::whereabouts::{self, Scene, symbols};
use crate::model::located::{Account, Located};
use crate::model::lookup::{self, Of};
use crate::model::store::{Given, Restore, Store};
use crate::source::Sources;
use crate::terraform::{Mode, ResolvedBlock, Resource};

/// What one resource can be for others.
pub(super) struct Referrer<'a> {
    pub(super) resource: &'a Resource,
    pub(super) platform: &'a Provider,
    pub(super) reference: &'a Reference,
    /// Where it says how long and where to; itself, or what `via` refers to. `None`: not known.
    pub(super) via: Option<&'a Resource>,
}

/// All the references of one root.
pub struct References<'a> {
    pub(super) scene: &'a Scene<'a>,
    sources: &'a Sources,
    all: Vec<Referrer<'a>>,
    /// Resources that attach a volume to a machine.
    attached: Vec<&'a Resource>,
}

impl<'a> References<'a> {
    /// Collects what can refer.
    pub fn of(scene: &'a Scene<'a>, sources: &'a Sources) -> Self {
        let mut all = Vec::new();
        for resource in scene.evaluation.resources.iter().filter(|r| r.mode == Mode::Managed) {
            for (platform, reference) in scene.knowledge.references(&resource.type_) {
                let via = match &reference.via {
                    None => Some(resource),
                    Some(path) => via(scene, resource, path, &reference.via_types),
                };
                all.push(Referrer { resource, platform, reference, via });
            }
        }
        let attaches = |r: &&Resource| {
            let platform = scene.knowledge.platform_of(&r.type_);
            platform.is_some_and(|p| p.attachments.iter().any(|a| r.type_ == a.r#type.as_str()))
        };
        let managed = scene.evaluation.resources.iter().filter(|r| r.mode == Mode::Managed);
        let attached = managed.filter(attaches).collect();
        References { scene, sources, all, attached }
    }

    /// Adds to a store what others give it.
    pub fn join(&self, target: &'a Resource, platform: &Provider, row: &StoreType, store: &mut Store) {
        for referrer in &self.all {
            let refers = self.means(referrer, target, platform, row, store);
            if refers.as_bool() != Some(false) {
                self.give(referrer, refers, store);
            }
        }
        for machine in self.machines(target, platform) {
            self.join_machine(machine, store);
        }
        self.by_a_tag_of(target, platform, row, store);
        // A switch that only a reference can give is off, not missing, when no reference is there.
        for (_, reference) in self.scene.knowledge.reference_targets(&target.type_) {
            let class = reference.gives.class.as_str();
            let group = if GUARD_CLASSES.contains(&class) { &mut store.guards } else { &mut store.makes };
            if let Some(slot) = group.get_mut(class).filter(|s| !s.available && class != "snapshots") {
                slot.available = true;
                slot.title.clone_from(&reference.gives.title);
            }
        }
    }

    /// Whether a referrer names the target and its conditions hold.
    fn means(
        &self,
        referrer: &Referrer<'_>,
        target: &'a Resource,
        platform: &Provider,
        row: &StoreType,
        store: &Store,
    ) -> Value {
        let reference = referrer.reference;
        let meant = match reference.target.as_slice() {
            [any] if any == "*" => referrer.platform.provider == platform.provider,
            types => types.iter().any(|t| t == target.type_.as_str()),
        };
        if !meant || referrer.resource.address == target.address {
            return Value::bool(false);
        }
        let fits = reference.target_when.iter().map(|c| lookup::holds(&target.block, c));
        let refers = [self.applies(referrer), self.refers(referrer, target, row, store)];
        lookup::together(refers.into_iter().chain(fits), Of::Every)
    }

    /// The machines a volume is attached to.
    fn machines(&self, target: &Resource, platform: &Provider) -> Vec<&'a Resource> {
        let of = |resource: &'a Resource, attachment: &Attachment| {
            let refers = |path: &str| lookup::values(&resource.block, path).into_iter();
            let this =
                refers(&attachment.volume).any(|v| self.scene.referred_all(v).any(|r| r.address == target.address));
            this.then(|| refers(&attachment.machine).find_map(|v| self.scene.referred(v))).flatten()
        };
        let attached = self.attached.iter().copied();
        let all = attached.filter_map(|r| of(r, platform.attachments.iter().find(|a| r.type_ == a.r#type.as_str())?));
        all.collect()
    }

    /// A copy of the machine is one of the volumes attached to it.
    fn join_machine(&self, machine: &'a Resource, store: &mut Store) {
        let Some((platform, row)) = self.scene.knowledge.store_type(&machine.type_) else { return };
        for referrer in self.all.iter().filter(|r| !GUARD_CLASSES.contains(&r.reference.gives.class.as_str())) {
            let refers = self.means(referrer, machine, platform, row, store);
            if refers.as_bool() != Some(false) {
                self.give(referrer, refers, store);
            }
        }
        self.by_a_tag_of(machine, platform, row, store);
    }

    /// A tag that says that something backs a thing up, although nothing here does; or tags that aren't
    /// known, of a thing that backups select by tag.
    fn by_a_tag_of(&self, tagged: &Resource, platform: &Provider, row: &StoreType, store: &mut Store) {
        if store.given.iter().any(|g| g.exists.as_bool() == Some(true)) {
            return;
        }
        for (block, path) in self.tag_places(tagged, platform) {
            let lookup::Found::Written(tags, attribute, _) = lookup::find(block, path) else { continue };
            let (exists, title) = match (tags::says_backup(tags, &platform.backup_tags), tags.reasons()) {
                (Some(name), _) => {
                    let message = format!("the tag `{name}` says that something backs it up, but nothing here does");
                    let reason = Reason::at("backed-up-elsewhere", message, attribute.span);
                    (Value::unknown_of(Type::Bool, Arc::new(vec![reason])), format!("a backup by the tag `{name}`"))
                }
                (None, Some(reasons)) if row.arn.is_some() => {
                    (Value::unknown_of(Type::Bool, reasons.clone()), "a backup by a tag that isn't known".to_owned())
                }
                _ => continue,
            };
            store.given.push(Given {
                kind: "vault".to_owned(),
                title,
                by: tagged.address_without_keys.clone(),
                place: Place::of(attribute.span, Role::Copy),
                located: Located { account: Account::Unknown, store: None, ..store.located.clone() },
                holder: None,
                dies_with: None,
                exists,
                days: Value::null(),
                once: false,
            });
            return;
        }
    }

    /// Where a resource's tags stand: its own, and those that its provider gives every resource.
    fn tag_places<'b>(&self, of: &'b Resource, platform: &'b Provider) -> Vec<(&'b ResolvedBlock, &'b String)>
    where
        'a: 'b,
    {
        let own = platform.tags_from.iter().map(|path| (&of.block, path));
        let config = self.scene.config(of);
        let shared = config.into_iter().flat_map(|c| platform.default_tags_from.iter().map(move |path| (c, path)));
        own.chain(shared).collect()
    }

    fn applies(&self, referrer: &Referrer<'_>) -> Value {
        let of = |c: &crate::knowledge::stores::Condition| {
            // A condition is about the referring resource, or about its plan or policy where that has the block.
            let own = lookup::find(&referrer.resource.block, &c.attribute);
            match (own, referrer.via) {
                (lookup::Found::Absent(_) | lookup::Found::BlockAbsent(_), Some(via)) => lookup::holds(&via.block, c),
                (lookup::Found::Absent(_) | lookup::Found::BlockAbsent(_), None) if c.is.set == Some(true) => {
                    unplaced(referrer)
                }
                _ => lookup::holds(&referrer.resource.block, c),
            }
        };
        lookup::together(referrer.reference.when.iter().map(of), Of::Every)
    }

    /// Whether it refers to this store: true, false or unknown.
    fn refers(&self, referrer: &Referrer<'_>, target: &'a Resource, row: &StoreType, store: &Store) -> Value {
        let (reference, block) = (referrer.reference, &referrer.resource.block);
        match reference.by.as_str() {
            "tag" => self.by_tag(referrer, target),
            "scope" => {
                let inside = self.inside_of(target, referrer.platform);
                let one = |value: &Value| {
                    let found = self.scene.referred_all(value).any(|r| inside.iter().any(|i| i.address == r.address));
                    found || value.as_str().is_some_and(|id| self.scope_holds(id, target, referrer.platform))
                };
                Value::bool(lookup::values(block, &reference.from).into_iter().any(one))
            }
            by => {
                let arn = row.arn.as_deref().filter(|_| by == "arn").map(|form| pattern::identifier(form, target));
                let same_module = referrer.resource.module == target.module;
                let one = |value: &Value| self.is_target(value, reference, target, store, arn.as_deref(), same_module);
                let meant = lookup::together(lookup::values(block, &reference.from).into_iter().map(one), Of::Any);
                let Some(except) = reference.except.as_deref().filter(|_| meant.as_bool() == Some(true)) else {
                    return meant;
                };
                match lookup::together(lookup::values(block, except).into_iter().map(one), Of::Any).as_bool() {
                    Some(true) => Value::bool(false),
                    _ => meant,
                }
            }
        }
    }

    fn is_target(
        &self,
        value: &Value,
        reference: &Reference,
        target: &Resource,
        store: &Store,
        arn: Option<&str>,
        same_module: bool,
    ) -> Value {
        let told = symbols(value);
        let same = |symbol: &&str| {
            symbol.rsplit_once('.').is_some_and(|(address, attribute)| {
                address == target.address && (reference.to.is_empty() || reference.to.iter().any(|t| t == attribute))
            })
        };
        if told.iter().any(same) || reference.to.iter().any(|to| equal(value, &target.block, to, same_module)) {
            return Value::bool(true);
        }
        if told.iter().any(|s| self.scene.is_resource(s)) {
            return Value::bool(false);
        }
        match (value.as_str(), arn) {
            (Some(text), Some(arn)) if text.contains('*') || text.starts_with("arn:") => {
                pattern::covers(text, arn).map_or_else(|| value_unknown(value, text), Value::bool)
            }
            (Some(text), _) => Value::bool(store.names.iter().any(|n| n == text)),
            (None, _) if value.is_unknown() => lookup::unsure(value),
            _ => Value::bool(false),
        }
    }

    fn by_tag(&self, referrer: &Referrer<'_>, target: &Resource) -> Value {
        let (platform, reference) = (referrer.platform, referrer.reference);
        let wanted = tags::wanted(&referrer.resource.block, reference);
        let tags = |name: &str| -> Value {
            let mut unknown = None;
            for (block, path) in self.tag_places(target, platform) {
                let lookup::Found::Written(value, _, _) = lookup::find(block, path) else { continue };
                match value.field(name) {
                    Some(tag) => return tag.clone(),
                    None if value.is_unknown() => unknown = Some(value.clone()),
                    None => {}
                }
            }
            unknown.unwrap_or_else(Value::null)
        };
        let one = |(name, value): &(String, Value)| {
            let has = tags(name);
            match (has.is_unknown(), value.is_unknown()) {
                (true, _) => lookup::unsure(&has),
                (_, true) if !has.is_null() => lookup::unsure(value),
                _ => Value::bool(has.as_str().is_some() && has.as_str() == value.as_str()),
            }
        };
        lookup::together(wanted.iter().map(one), Of::Any)
    }

    /// What a guard by scope can be on to hold for a resource: itself, what it is inside of, its
    /// project, its account.
    fn inside_of(&self, target: &'a Resource, platform: &Provider) -> Vec<&'a Resource> {
        let mut all = vec![target];
        all.extend(self.scene.parents(target));
        let projects: Vec<&Resource> = all.iter().filter_map(|r| self.scene.project_of(r, platform)).collect();
        all.extend(projects);
        let accounts = &platform.account_types;
        all.extend(self.scene.evaluation.resources.iter().filter(|r| whereabouts::is_one_of(r, accounts)));
        all
    }

    /// Whether a written identifier is of what the target is in.
    fn scope_holds(&self, id: &str, target: &Resource, platform: &Provider) -> bool {
        let Some(scope) = whereabouts::of_id(platform, id) else { return false };
        let here = self.scene.located(target, platform);
        let account = match (&scope.account, &here.account) {
            (Account::Named(a), Account::Named(b)) => a.eq_ignore_ascii_case(b),
            _ => true,
        };
        let named = |text: &String| lookup::string(&target.block, "name").is_some_and(|n| n.eq_ignore_ascii_case(text));
        let whole = scope.store.as_deref() == Some(id);
        account
            && match (&scope.project, &here.project) {
                (Some(a), Some(b)) => a.eq_ignore_ascii_case(b),
                (Some(_), None) => false,
                (None, _) => true,
            }
            && (whole || scope.store.as_ref().is_some_and(named))
    }

    fn give(&self, referrer: &Referrer<'_>, refers: Value, store: &mut Store) {
        let gives = &referrer.reference.gives;
        let class = gives.class.as_str();
        let source = referrer.via.unwrap_or(referrer.resource);
        let place = Arc::new(Place {
            span: referrer.resource.block.header,
            slot: crate::finding::Slot::None,
            chain: Vec::new(),
            role: Role::Copy,
            item: referrer.resource.block.span,
        });
        let setting = Setting {
            address: &referrer.resource.address_without_keys,
            ..Setting::of(self.scene.evaluation, source, &place, self.sources)
        };
        let hazard = HAZARD_CLASSES.contains(&class);
        let Some(mut switch) = (if hazard { setting.hazard(gives) } else { setting.switch(gives) }) else { return };
        if gives.attribute.is_none() {
            switch.on = Value::bool(true);
        }
        if refers.is_unknown() && switch.on.as_bool() != Some(false) {
            switch.on = refers;
        }
        if class == DERIVED_CLASS {
            if switch.on.as_bool() == Some(true) && store.holds == "primary" {
                "transient".clone_into(&mut store.holds);
            }
            return;
        }
        if class == RESTORE_CLASS {
            let title = gives.title.clone().unwrap_or_else(|| "a restore".to_owned());
            store.restores.push(Restore { title, place, exists: switch.on, runbook: None, on: None });
            return;
        }
        let group = match class {
            _ if hazard => &mut store.hazards,
            _ if GUARD_CLASSES.contains(&class) => &mut store.guards,
            _ => &mut store.makes,
        };
        if class != "snapshots" && (hazard || GUARD_CLASSES.contains(&class) || COPY_CLASSES.contains(&class)) {
            if let Some(slot) = group.get_mut(class)
                && (!slot.available || !slot.is_on() && (switch.on.as_bool() != Some(false) || slot.by.is_empty()))
            {
                switch.by.clone_from(&referrer.resource.address_without_keys);
                *slot = switch;
            }
            return;
        }
        for (located, holder) in self.kept_in(referrer, source) {
            store.given.push(Given {
                kind: class.to_owned(),
                title: gives.title.clone().unwrap_or_else(|| class.to_owned()),
                by: referrer.resource.address_without_keys.clone(),
                place: place.clone(),
                located,
                holder,
                dies_with: switch.dies_with,
                exists: switch.on.clone(),
                days: if referrer.via.is_some() { setting::days(gives, &source.block) } else { unplaced(referrer) },
                once: referrer.reference.once,
            });
        }
    }
}

/// Whether a value is what an attribute of the target is, or both came from the same place.
fn equal(value: &Value, target: &ResolvedBlock, attribute: &str, same_module: bool) -> bool {
    lookup::values(target, attribute).into_iter().any(|other| match (value.as_str(), other.as_str()) {
        (Some(a), Some(b)) => !a.is_empty() && a == b,
        // `var.bucket` is the same only within one module.
        (None, None) => symbols(value).first().is_some_and(|s| {
            symbols(other).first() == Some(s) && (same_module || whereabouts::symbol(value).is_some())
        }),
        _ => false,
    })
}

fn via<'a>(scene: &Scene<'a>, resource: &'a Resource, path: &str, types: &[String]) -> Option<&'a Resource> {
    lookup::values(&resource.block, path).into_iter().find_map(|value| {
        let fits = |r: &&Resource| types.is_empty() || types.iter().any(|t| r.type_ == t.as_str());
        scene.referred_all(value).find(fits).or_else(|| {
            let name = value.as_str()?;
            let named = |r: &&Resource| fits(r) && lookup::string(&r.block, "name") == Some(name);
            scene.evaluation.resources.iter().filter(|_| !types.is_empty()).find(named)
        })
    })
}

fn unplaced(referrer: &Referrer<'_>) -> Value {
    let header = referrer.resource.block.header;
    Value::unknown(Reason::at("plan-unknown", "the plan or policy it follows isn't declared here", header))
}

fn value_unknown(value: &Value, text: &str) -> Value {
    let reason = Reason::new("name-unknown", format!("whether `{text}` names it isn't known"));
    Value { origin: value.origin.clone(), ..Value::unknown(reason) }
}
