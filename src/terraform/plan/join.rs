//! A plan's values laid over what is written: values are the plan's, places and references the source's.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use indexmap::IndexMap;

use super::expressions::bare;
use super::{Act, Entry, Plan, without_keys};
use crate::expr::{Kind, Value};
use crate::finding::Reason;
use crate::source::{Span, Text};
use crate::terraform::{
    Evaluation, Mode, Module, Planned, Provider, ResolvedAttribute, ResolvedBlock, Resource, UnreadCall,
};

/// Pairs of planned and written blocks of one kind that are compared to find which belong together.
const PAIRS: usize = 4_096;

/// A root as a plan leaves it. `written`: the root evaluated with the plan's variables, as far as it is here.
pub fn laid(written: Evaluation, plan: &Arc<Plan>) -> Evaluation {
    let mut out = Evaluation {
        environment: "plan".to_owned(),
        library: false,
        resources: Vec::new(),
        unread_calls: Vec::new(),
        planned: None,
        ..written.clone()
    };
    out.problems.extend(plan.notes.iter().cloned());
    out.files.push(plan.source);
    outputs(&mut out, plan);
    let source = Written {
        by_address: written.resources.iter().map(|r| (r.address.as_str(), r)).collect(),
        by_declaration: written.resources.iter().rev().map(|r| (r.address_without_keys.as_str(), r)).collect(),
        calls: &written.unread_calls,
    };
    let going: HashSet<&str> =
        plan.actions.iter().filter(|a| a.act == Act::Destroy).map(|a| a.address.as_str()).collect();
    let mut providers = std::mem::take(&mut out.providers);
    let mut world = |entries: &[Entry]| -> Vec<Resource> {
        let values: HashMap<&str, &IndexMap<Text, Value>> =
            entries.iter().map(|e| (e.address.as_str(), &e.values)).collect();
        let mut named: HashMap<String, Span> = HashMap::new();
        for entry in entries {
            named.entry(without_keys(&entry.address)).or_insert(entry.at);
        }
        let joined = Joined { source: &source, values, going: &going, named, ids: ids(entries) };
        let mut all: Vec<Resource> = entries.iter().map(|e| joined.resource(e, plan, &mut providers)).collect();
        // What is only read isn't always told: what is written says as much.
        let rest = written.resources.iter().filter(|r| r.mode != Mode::Managed);
        all.extend(rest.filter(|r| !joined.values.contains_key(r.address.as_str())).cloned());
        all
    };
    let after = world(&plan.after);
    let before = world(&plan.before);
    out.providers = providers;
    let before = Evaluation { resources: before, ..out.clone() };
    out.resources = after;
    out.planned = Some(Box::new(Planned { plan: plan.clone(), before }));
    out
}

/// The root's outputs are the plan's.
fn outputs(out: &mut Evaluation, plan: &Plan) {
    match out.modules.iter_mut().find(|m| m.address.is_empty()) {
        Some(root) => root.outputs.extend(plan.outputs.clone()),
        None => out.modules.insert(
            0,
            Module {
                address: String::new(),
                dir: out.root.clone(),
                locals: IndexMap::new(),
                outputs: plan.outputs.clone(),
                variables: plan.variables.clone(),
            },
        ),
    }
}

/// What is written, by its addresses.
struct Written<'a> {
    by_address: HashMap<&'a str, &'a Resource>,
    by_declaration: HashMap<&'a str, &'a Resource>,
    calls: &'a [UnreadCall],
}

impl<'a> Written<'a> {
    /// The declaration of an instance.
    fn resource(&self, address: &str) -> Option<&'a Resource> {
        let exact = self.by_address.get(address).copied();
        exact.or_else(|| self.by_declaration.get(without_keys(address).as_str()).copied())
    }

    /// The call of a module that isn't here, in which the instance is.
    fn call(&self, address: &str) -> Option<&'a UnreadCall> {
        let declared = without_keys(address);
        let within = |call: &&UnreadCall| {
            let prefix = without_keys(&call.address);
            declared.strip_prefix(&prefix).is_some_and(|rest| rest.starts_with('.'))
        };
        self.calls.iter().find(within)
    }
}

/// One world: what is there before or after.
struct Joined<'a> {
    source: &'a Written<'a>,
    /// Values by address.
    values: HashMap<&'a str, &'a IndexMap<Text, Value>>,
    /// Addresses that are destroyed: nothing in Terraform keeps them.
    going: &'a HashSet<&'a str>,
    /// Where the plan names the first instance of a declaration: what is written nowhere stands there.
    named: HashMap<String, Span>,
    /// Addresses by the `id` that each has alone.
    ids: HashMap<&'a str, Option<&'a str>>,
}

/// Addresses by their `id`; `None` for one that several have.
fn ids(entries: &[Entry]) -> HashMap<&str, Option<&str>> {
    let mut all: HashMap<&str, Option<&str>> = HashMap::new();
    for entry in entries.iter().filter(|e| e.mode == Mode::Managed) {
        if let Some(id) = entry.values.get("id").and_then(Value::as_str).filter(|id| !id.is_empty()) {
            all.entry(id).and_modify(|known| *known = None).or_insert(Some(&entry.address));
        }
    }
    all
}

impl Joined<'_> {
    fn resource(&self, entry: &Entry, plan: &Plan, providers: &mut Vec<Provider>) -> Resource {
        let written = self.source.resource(&entry.address);
        let block = match written {
            Some(written) => self.laid(&written.block, &entry.values),
            None => {
                let call = self.source.call(&entry.address);
                let at = self.named.get(&without_keys(&entry.address)).copied().unwrap_or(entry.at);
                let at = call.map_or(at, |c| c.block.header);
                let one = |(name, value): (&Text, &Value)| (name.clone(), self.by_id(value, &entry.address, at));
                self.laid(&bare(at), &entry.values.iter().map(one).collect())
            }
        };
        let prevent_destroy = match written {
            Some(written) => written.prevent_destroy.clone(),
            None if self.going.contains(entry.address.as_str()) => Value::null(),
            None => {
                let message = "a plan doesn't tell lifecycle settings, and its block isn't here";
                Value::unknown(Reason::at("not-in-plan", message, entry.at))
            }
        };
        Resource {
            address_without_keys: without_keys(&entry.address),
            address: entry.address.clone(),
            mode: entry.mode,
            type_: entry.type_.clone(),
            name: entry.name.clone(),
            module: entry.module.clone(),
            provider: written.and_then(|w| w.provider).or_else(|| provider(entry, plan, providers)),
            block,
            prevent_destroy,
            callers: written.map(|w| w.callers.clone()).unwrap_or_default(),
            uncertain: None,
        }
    }

    /// A value of which nothing is written: what is another resource's `id` refers to that.
    fn by_id(&self, value: &Value, own: &str, at: Span) -> Value {
        crate::expr::convert::mapped(value.clone(), &|v| {
            let of = v.as_str().and_then(|text| self.ids.get(text)).copied().flatten().filter(|of| *of != own);
            match of {
                Some(of) => v.hop(at, &format!("{of}.id")),
                None => v,
            }
        })
    }

    /// Planned values over a written block. (Its depth is that of the plan, which its parser caps.)
    fn laid(&self, written: &ResolvedBlock, values: &IndexMap<Text, Value>) -> ResolvedBlock {
        let mut out = ResolvedBlock {
            attributes: IndexMap::new(),
            blocks: Vec::new(),
            unknown_blocks: IndexMap::new(),
            ..written.clone()
        };
        for (name, attribute) in &written.attributes {
            let value = match values.get(name) {
                Some(told) => self.told(told, &attribute.value),
                None => attribute.value.clone(),
            };
            out.attributes.insert(name.clone(), ResolvedAttribute { value, ..attribute.clone() });
        }
        let untold = |name: &Text| !values.contains_key(name);
        out.blocks.extend(written.blocks.iter().filter(|(kind, _)| untold(kind)).cloned());
        let unknown = written.unknown_blocks.iter().filter(|(kind, _)| untold(kind));
        out.unknown_blocks.extend(unknown.map(|(kind, value)| (kind.clone(), value.clone())));
        for (name, value) in values.iter().filter(|(name, _)| !written.attributes.contains_key(*name)) {
            self.unwritten(written, name, value, &mut out);
        }
        out
    }

    /// What is no written attribute: nested blocks, or what only the plan tells.
    fn unwritten(&self, written: &ResolvedBlock, name: &Text, value: &Value, out: &mut ResolvedBlock) {
        let blocks: Vec<&ResolvedBlock> = written.blocks_of(name).collect();
        let expected = !blocks.is_empty() || written.unknown_blocks.contains_key(name);
        match (value.items(), value.fields()) {
            _ if expected && value.is_unknown() => {
                out.blocks.extend(blocks.into_iter().map(|b| (name.clone(), b.clone())));
                if written.blocks_of(name).next().is_none() {
                    out.unknown_blocks.insert(name.clone(), value.clone());
                }
            }
            (Some(items), _) if expected => {
                let all: Vec<&IndexMap<Text, Value>> = items.iter().filter_map(Value::fields).collect();
                for (fields, block) in all.iter().zip(pairs(&all, &blocks)) {
                    let none = bare(written.header);
                    out.blocks.push((name.clone(), self.laid(block.unwrap_or(&none), fields)));
                }
            }
            (None, Some(fields)) if expected => {
                let none = bare(written.header);
                out.blocks.push((name.clone(), self.laid(blocks.first().copied().unwrap_or(&none), fields)));
            }
            _ if is_nothing(value) => {}
            _ => {
                let at = written.header;
                let attribute = ResolvedAttribute {
                    span: at,
                    value_span: at,
                    value: value.clone(),
                    literal: false,
                    written: false,
                };
                out.attributes.insert(name.clone(), attribute);
            }
        }
    }

    /// A planned value with the way the written one came, and with what it refers to.
    fn told(&self, planned: &Value, written: &Value) -> Value {
        let mark = planned.sensitive;
        match (&planned.kind, &written.kind) {
            (Kind::Unknown(_), _) if written.has_unknown() => return written.clone().marked(mark),
            (Kind::List(items) | Kind::Tuple(items), _) if written.items().is_some() => {
                let elements = self.elements(items, written.items().unwrap_or_default());
                return Value { origin: written.origin.clone(), ..Value::tuple(elements) }.marked(mark);
            }
            (Kind::Map(fields) | Kind::Object(fields), _) if written.fields().is_some() => {
                let one = |(name, value): (&Text, &Value)| {
                    let told = written.field(name).map(|w| self.told(value, w));
                    (name.clone(), told.unwrap_or_else(|| value.clone()))
                };
                let fields = fields.iter().map(one).collect();
                return Value { origin: written.origin.clone(), ..Value::object(fields) }.marked(mark);
            }
            _ => {}
        }
        let told = Value { origin: written.origin.clone(), ..planned.clone() };
        // It is known now, and is still what it refers to.
        match written.as_unknown().and_then(|u| u.symbol.as_ref()) {
            Some(symbol) => {
                let at = written.origin.as_ref().map(|o| o.span);
                let at = at.or_else(|| written.reasons().and_then(|r| r.iter().find_map(|r| r.span)));
                match at {
                    Some(at) => told.hop(at, symbol.as_str()),
                    None => told,
                }
            }
            None => told,
        }
    }

    /// Elements of a list: each is told by the written one that it is, or else by the one in its place.
    fn elements(&self, planned: &[Value], written: &[Value]) -> Vec<Value> {
        let same_length = planned.len() == written.len();
        let few = planned.len() * written.len() <= PAIRS;
        let mut left: Vec<Option<&Value>> = written.iter().map(Some).collect();
        let mut is = |value: &Value, index: usize| -> Option<Value> {
            let by_value = |w: &Value| w == value || self.referred(w).is_some_and(|r| r == value);
            let found = if few { left.iter().position(|w| w.is_some_and(by_value)) } else { None };
            let place =
                found.or_else(|| (same_length && left.get(index).is_some_and(Option::is_some)).then_some(index));
            let written = left.get_mut(place?)?.take()?;
            Some(self.told(value, written))
        };
        planned.iter().enumerate().map(|(i, v)| is(v, i).unwrap_or_else(|| v.clone())).collect()
    }

    /// What the plan says of the attribute that a value stands for.
    fn referred(&self, value: &Value) -> Option<&Value> {
        let symbol = value.as_unknown()?.symbol.as_ref()?;
        let (address, attribute) = symbol.rsplit_once('.')?;
        self.values.get(address)?.get(attribute)
    }
}

/// Which written block each planned one is: the one that says most of the same. More planned ones than are written
/// come from `dynamic` blocks.
fn pairs<'a>(planned: &[&IndexMap<Text, Value>], written: &[&'a ResolvedBlock]) -> Vec<Option<&'a ResolvedBlock>> {
    let mut left: Vec<&'a ResolvedBlock> = written.to_vec();
    let compare = planned.len() * written.len() <= PAIRS;
    let alike = |fields: &IndexMap<Text, Value>, block: &ResolvedBlock| {
        let known = block.attributes.iter().filter(|(_, a)| !a.value.has_unknown());
        let same = known.filter(|(name, a)| fields.get(*name).is_some_and(|v| *v == a.value));
        same.count()
    };
    let one = |fields: &&IndexMap<Text, Value>| {
        if left.is_empty() {
            return written.last().copied();
        }
        let best = match compare {
            true => (0..left.len()).rev().max_by_key(|i| left.get(*i).map_or(0, |b| alike(fields, b))).unwrap_or(0),
            false => 0,
        };
        Some(left.remove(best))
    };
    planned.iter().map(one).collect()
}

/// What a provider says of an attribute that isn't set.
fn is_nothing(value: &Value) -> bool {
    value.is_null() || value.items().is_some_and(<[Value]>::is_empty) || value.fields().is_some_and(IndexMap::is_empty)
}

/// The configuration of a resource that is written nowhere: the one that the plan says it uses, or else the default one
/// of its provider.
fn provider(entry: &Entry, plan: &Plan, providers: &mut Vec<Provider>) -> Option<usize> {
    let declared = without_keys(&entry.address);
    let used = plan.providers.values().find(|p| p.used_by.contains(&declared));
    let of_source = |p: &&super::ProviderOf| p.alias.is_none() && Some(&p.source) == entry.provider.as_ref();
    let used = used.or_else(|| plan.providers.values().find(of_source))?;
    let source = used.source.rsplit_once('/').map_or(used.source.as_str(), |(left, name)| {
        left.rsplit_once('/').map_or(used.source.as_str(), |(_, namespace)| {
            used.source.get(used.source.len() - namespace.len() - 1 - name.len()..).unwrap_or(name)
        })
    });
    let same = |p: &Provider| p.alias == used.alias && p.source.as_ref().is_some_and(|s| s.as_str() == source);
    if let Some(index) = providers.iter().position(same) {
        return Some(index);
    }
    providers.push(Provider {
        name: used.name.clone(),
        alias: used.alias.clone(),
        source: Some(source.into()),
        version: used.version.clone(),
        block: Some(used.block.clone()),
    });
    Some(providers.len() - 1)
}
