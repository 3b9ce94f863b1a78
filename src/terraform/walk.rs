//! Gathering what the instances of a root hold: resources, modules, calls that can't be read, refactorings.

use std::rc::Rc;

use indexmap::IndexMap;

use crate::expr::Value;
use crate::finding::Reason;
use crate::source::{Span, Text};
use crate::syntax::hcl::Block;
use crate::terraform::config::{ResourceBlock, literal};
use crate::terraform::instance::{Children, INSTANCES, Instance, Iteration, address_of, under};
use crate::terraform::providers::{self, Providers, Seen};
use crate::terraform::{Change, ChangeKind, Evaluation, Module, Resource, UnreadCall, resolve};

/// More resource instances than this times [`INSTANCES`] aren't gathered.
const MANY: usize = 5;

/// One root's gathering.
pub(super) struct Walk<'w> {
    pub evaluation: Evaluation,
    pub providers: Providers<'w>,
}

impl Walk<'_> {
    /// A module instance and all below it.
    pub fn instance(&mut self, instance: &Rc<Instance<'_>>, seen: &Seen, uncertain: Option<&Reason>) {
        for id in &instance.config.files {
            if !self.evaluation.files.contains(id) {
                self.evaluation.files.push(*id);
            }
        }
        let mut seen = seen.clone();
        for resource in &instance.config.resources {
            self.resource(instance, resource, &mut seen, uncertain);
        }
        for block in &instance.config.refactorings {
            let resolved = resolve::block(instance, block, &Iteration::default(), None);
            self.evaluation.changes.extend(change(instance, block, &resolved));
            self.evaluation.refactorings.push((instance.address.clone(), resolved));
        }
        self.module(instance);
        for (name, call) in &instance.config.calls {
            let Some(children) = instance.children(name) else { continue };
            let passed = self.providers.passed(instance.config, call, &mut seen);
            if let Children::Unread(reason) = &*children {
                self.unread(instance, name, call, reason);
            }
            let (all, reason) = children.all();
            for child in all {
                let mut seen = passed.clone();
                self.providers.declared(child, &mut seen);
                self.instance(child, &seen, reason.or(uncertain));
            }
        }
    }

    fn module(&mut self, instance: &Rc<Instance<'_>>) {
        let Some(at) = instance.config.files.first().map(|id| Span::new(*id, 0, 0)) else { return };
        let all = |names: Vec<&Text>, get: &dyn Fn(&Text) -> Option<Value>| -> IndexMap<Text, Value> {
            names.into_iter().filter_map(|n| Some((n.clone(), get(n)?))).collect()
        };
        self.evaluation.modules.push(Module {
            address: instance.address.clone(),
            dir: instance.config.dir.clone(),
            locals: all(instance.config.locals.keys().collect(), &|n| instance.local(n, at)),
            outputs: all(instance.config.outputs.keys().collect(), &|n| instance.output(n, at)),
            variables: all(instance.config.variables.keys().collect(), &|n| instance.variable(n, at)),
        });
    }

    /// A call whose module isn't here: once for each of its instances, so that what they are given is seen.
    fn unread<'a>(&mut self, instance: &Rc<Instance<'a>>, name: &Text, call: &'a Block, reason: &Reason) {
        let address = under(&instance.address, &format!("module.{}", name.as_str()));
        let expansion = instance.expansion(call);
        let instances = match expansion.instances() {
            Ok(all) => all,
            Err(reasons) => vec![(String::new(), Iteration::unknown(reasons))],
        };
        for (key, iteration) in instances {
            self.evaluation.unread_calls.push(UnreadCall {
                address: format!("{address}{key}"),
                source: literal(call, "source").map_or_else(|| "".into(), |(s, _)| s),
                version: literal(call, "version").map(|(v, _)| v),
                block: resolve::block(instance, call, &iteration, None),
                reason: reason.clone(),
            });
        }
    }

    /// Whether there are more resources than are looked at; that is told.
    fn full(&self, instance: &Rc<Instance<'_>>, resource: &ResourceBlock) -> bool {
        let full = self.evaluation.resources.len() >= MANY * INSTANCES;
        if full {
            let message = format!("more than {} resources: the others aren't looked at", MANY * INSTANCES);
            instance.shared.problem(Reason::at("limit", message, resource.block.header));
        }
        full
    }

    fn resource<'a>(
        &mut self,
        instance: &Rc<Instance<'a>>,
        resource: &'a ResourceBlock,
        seen: &mut Seen,
        uncertain: Option<&Reason>,
    ) {
        if self.full(instance, resource) {
            return;
        }
        let address = instance.resource_address(resource);
        let named = resource.block.body.attribute("provider").and_then(|a| providers::key(&a.value));
        let named = named.unwrap_or_else(|| resource.type_.split('_').next().unwrap_or("").to_owned());
        let provider = self.providers.index(instance.config, &named, seen);
        let own = address.strip_prefix(&instance.address).unwrap_or(&address).trim_start_matches('.');
        let without_keys = under(&instance.address_without_keys, own);
        let expansion = instance.expansion(&resource.block);
        let (instances, uncertain) = match expansion.instances() {
            Ok(all) => (all, uncertain),
            Err(reasons) => (vec![(String::new(), Iteration::unknown(reasons))], reasons.first().or(uncertain)),
        };
        // An outline's blocks stand in the call itself.
        let callers = match (instance.config.outline, instance.callers.split_last()) {
            (Some(_), Some((_, above))) => above,
            _ => &instance.callers,
        };
        for (key, iteration) in instances {
            if self.full(instance, resource) {
                return;
            }
            let address = format!("{address}{key}");
            let block = resolve::block(instance, &resource.block, &iteration, Some(&address));
            let prevent = block.blocks_of("lifecycle").find_map(|l| l.attributes.get("prevent_destroy"));
            self.evaluation.resources.push(Resource {
                address,
                address_without_keys: without_keys.clone(),
                mode: resource.mode,
                type_: resource.type_.clone(),
                name: resource.name.clone(),
                module: instance.address.clone(),
                provider: Some(provider),
                prevent_destroy: prevent.map_or_else(Value::null, |a| a.value.clone()),
                block,
                callers: callers.to_vec(),
                uncertain: uncertain.cloned(),
            });
        }
    }
}

/// What a `moved`, `removed` or `import` block says will happen.
fn change(instance: &Instance<'_>, block: &Block, resolved: &crate::terraform::ResolvedBlock) -> Option<Change> {
    let address = |name: &str| {
        let written = address_of(&block.body.attribute(name)?.value)?;
        Some(under(&instance.address, &written))
    };
    let (kind, address, to, destroy) = match block.kind.name.as_str() {
        "moved" => (ChangeKind::Moved, address("from")?, Some(address("to")?), Value::bool(false)),
        "import" => (ChangeKind::Imported, address("to")?, None, Value::bool(false)),
        "removed" => {
            let destroy = resolved.blocks_of("lifecycle").find_map(|l| l.attributes.get("destroy"));
            // Without a lifecycle block Terraform destroys what is removed; OpenTofu forgets it.
            let path = instance.shared.workspace.sources.path(block.span);
            let destroys = !path.ends_with(".tofu") && !path.ends_with(".tofu.json");
            (
                ChangeKind::Removed,
                address("from")?,
                None,
                destroy.map_or_else(|| Value::bool(destroys), |a| a.value.clone()),
            )
        }
        _ => return None,
    };
    Some(Change { kind, address, to, destroy, module: instance.address.clone(), block: resolved.clone() })
}

/// Arguments of a call of which nothing but names and values is known, as a block.
pub(super) fn pseudo_block(span: Span, arguments: IndexMap<Text, Value>) -> crate::terraform::ResolvedBlock {
    let attribute = |value: Value| {
        let at = value.origin.as_ref().map_or(span, |o| o.span);
        crate::terraform::ResolvedAttribute { span: at, value_span: at, value, literal: false, written: true }
    };
    crate::terraform::ResolvedBlock {
        header: span,
        span,
        body: span,
        attributes: arguments.into_iter().map(|(k, v)| (k, attribute(v))).collect(),
        blocks: Vec::new(),
        unknown_blocks: IndexMap::new(),
        outlined: None,
    }
}
