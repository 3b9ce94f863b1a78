//! Reading a plan: from a file's bytes to what it says.

use std::collections::{HashMap, HashSet};

use indexmap::IndexMap;

use super::marks::{self, Marked};
use super::{Act, Action, Entry, Plan, expressions};
use crate::finding::Reason;
use crate::source::{Source, Span, Text};
use crate::syntax::Problem;
use crate::syntax::tree::{Data, Node, Tree};
use crate::terraform::Mode;
use crate::terraform::instance::INSTANCES;

/// More resource instances than this times [`INSTANCES`] aren't looked at.
const MANY: usize = 5;

/// The text of a plan's file. `name`: what to call it in a command.
///
/// # Errors
/// In words, without the file's name: where it is no text. Windows' UTF-16 is read.
pub fn bytes(bytes: &[u8], name: &str) -> Result<String, String> {
    if bytes.starts_with(b"PK\x03\x04") {
        return Err(format!(
            "is a plan as Terraform saves it, and only Terraform reads that; run `terraform show -json {name} > \
             plan.json` in the directory of its root, and hand in plan.json"
        ));
    }
    let wide = |bytes: &[u8], unit: fn([u8; 2]) -> u16| {
        let units: Vec<u16> = bytes.chunks_exact(2).map(|c| unit([c[0], c[1]])).collect();
        String::from_utf16(&units).map_err(|_| "is not UTF-16 text, though it begins like that".to_owned())
    };
    match bytes {
        [0xff, 0xfe, rest @ ..] => wide(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => wide(rest, u16::from_be_bytes),
        _ => String::from_utf8(bytes.to_vec()).map_err(|e| {
            format!(
                "is not UTF-8 text (byte {}): a plan comes from `terraform show -json`",
                e.utf8_error().valid_up_to()
            )
        }),
    }
}

/// Reads a parsed plan or state.
///
/// # Errors
/// What it is instead, or what in it isn't as `terraform show -json` writes it, with the place.
pub fn read(source: &Source, tree: &Tree) -> Result<Plan, Problem> {
    let start = source.span().at_start();
    let wrong = |span: Span, message: &str| Problem { span, message: message.to_owned() };
    if source.text.trim().is_empty() {
        return Err(wrong(start, "the file is empty; a plan comes from `terraform show -json FILE`"));
    }
    if let Some(problem) = tree.problems.first() {
        return Err(Problem { span: problem.span, message: not_json(source, &problem.message) });
    }
    let Some(root) = tree.root().filter(|r| matches!(r.value, Data::Object(_))) else {
        return Err(wrong(start, "not a plan: `terraform show -json` writes an object"));
    };
    version(root, start)?;
    if let Some(values) = root.get("values") {
        return state(source, root, values);
    }
    if root.get("planned_values").is_none() && root.get("resource_changes").is_none() {
        let message = "neither a plan nor a state: there are no planned_values, resource_changes or values in it";
        return Err(wrong(start, message));
    }
    planned(source, root)
}

/// What to say of a file that isn't JSON.
fn not_json(source: &Source, message: &str) -> String {
    let text = source.text.trim_start();
    let first = text.lines().next().unwrap_or("");
    if first.starts_with('{') && first.contains("\"@level\"") {
        return "this is the log that `terraform plan -json` prints; save the plan with `terraform plan -out FILE`, and \
                hand in what `terraform show -json FILE` writes"
            .to_owned();
    }
    let written = ["Terraform ", "# ", "No changes", "OpenTofu ", "Changes to Outputs"];
    if written.iter().any(|w| text.starts_with(w)) || text.starts_with('\u{1b}') {
        return "this is a plan as people read it; hand in what `terraform show -json FILE` writes".to_owned();
    }
    format!("not JSON, or not all of it ({message}); a plan comes from `terraform show -json FILE`")
}

/// The format's version: of the major numbers that are known.
fn version(root: &Node, start: Span) -> Result<(), Problem> {
    let Some(node) = root.get("format_version") else {
        let raw = root.get("serial").is_some() && root.get("lineage").is_some();
        let message = match raw {
            true => {
                "this is a state as Terraform keeps it; run `terraform show -json FILE > state.json`, and hand in \
                 state.json"
            }
            false => "neither a plan nor a state: `terraform show -json` writes a format_version",
        };
        return Err(Problem { span: start, message: message.to_owned() });
    };
    let wrong = |message: String| Err(Problem { span: node.span, message });
    let Some(version) = node.as_str() else { return wrong("format_version isn't a string".to_owned()) };
    let numbers: Vec<&str> = version.split('.').collect();
    let digits = |n: &&str| !n.is_empty() && n.len() < 9 && n.bytes().all(|b| b.is_ascii_digit());
    match numbers.as_slice() {
        [major, minor] if digits(minor) && matches!(*major, "0" | "1") => Ok(()),
        [major, minor] if digits(major) && digits(minor) => {
            wrong(format!("format version {version} isn't known: 1.x is, and 0.x before it"))
        }
        _ => wrong("format_version isn't a version".to_owned()),
    }
}

/// An empty plan of a file.
fn empty(source: &Source) -> Plan {
    Plan {
        source: source.id,
        variables: IndexMap::new(),
        declared: Vec::new(),
        providers: IndexMap::new(),
        after: Vec::new(),
        before: Vec::new(),
        actions: Vec::new(),
        outputs: IndexMap::new(),
        private: Vec::new(),
        secrets: Vec::new(),
        guarded: Vec::new(),
        notes: Vec::new(),
    }
}

fn state(source: &Source, root: &Node, values: &Node) -> Result<Plan, Problem> {
    let mut plan = empty(source);
    plan.after = resources(values.get("root_module"), &mut plan)?;
    plan.before.clone_from(&plan.after);
    plan.outputs = outputs(values.get("outputs"), &mut plan.guarded);
    plan.private.extend(values.get("outputs").map(|n| n.span));
    plan.declared = plan.after.iter().map(|e| super::without_keys(&e.address)).collect();
    for member in root.members().iter().filter(|m| !matches!(m.key.as_str(), "values" | "format_version")) {
        plan.private.push(member.value.span);
    }
    finish(&mut plan);
    Ok(plan)
}

fn planned(source: &Source, root: &Node) -> Result<Plan, Problem> {
    let mut plan = empty(source);
    let configuration = root.get("configuration").map(expressions::declared).unwrap_or_default();
    plan.declared = configuration.addresses;
    plan.providers = configuration.providers;
    for member in root.get("variables").map(Node::members).unwrap_or_default() {
        let node = member.value.get("value");
        if configuration.sensitive.contains(&member.key)
            && let Some(node) = node
        {
            marks::leaves(node, &mut plan.secrets, &mut plan.guarded);
        }
        plan.variables.insert(member.key.clone(), marks::plain(node));
    }
    changes(root.get("resource_changes"), &mut plan)?;
    let known: HashSet<String> = plan.actions.iter().map(|a| a.address.clone()).collect();
    // What an older plan doesn't list stands among its values.
    let values = root.get("planned_values");
    let rest = resources(values.and_then(|v| v.get("root_module")), &mut plan)?;
    plan.after.extend(rest.into_iter().filter(|e| !known.contains(&e.address)));
    let prior = root.path(&["prior_state", "values", "root_module"]);
    let read = resources(prior, &mut plan)?;
    let there: HashSet<String> = plan.after.iter().map(|e| e.address.clone()).collect();
    // What a plan doesn't list stays as it is: it wasn't targeted, or an error came first.
    for entry in read.into_iter().filter(|e| !known.contains(&e.address)) {
        if !there.contains(&entry.address) {
            plan.after.push(entry.clone());
        }
        plan.before.push(entry);
    }
    plan.outputs = outputs(values.and_then(|v| v.get("outputs")), &mut plan.guarded);
    plan.private.extend(values.and_then(|v| v.get("outputs")).map(|n| n.span));
    output_changes(root.get("output_changes"), &mut plan);
    if plan.declared.is_empty() {
        plan.declared = plan.after.iter().chain(&plan.before).map(|e| super::without_keys(&e.address)).collect();
    }
    for member in root.members().iter().filter(|m| !OPEN.contains(&m.key.as_str())) {
        plan.private.push(member.value.span);
    }
    incomplete(root, &mut plan);
    finish(&mut plan);
    Ok(plan)
}

/// Parts of a plan of which not everything is a value.
const OPEN: [&str; 3] = ["format_version", "resource_changes", "planned_values"];

/// What a plan says of itself that keeps it from being whole.
fn incomplete(root: &Node, plan: &mut Plan) {
    let says = |key: &str, what: bool| root.get(key).filter(|n| n.as_bool() == Some(what)).map(|n| n.span);
    if let Some(span) = says("errored", true) {
        let message = "the plan ended in an error: what comes after that isn't in it";
        plan.notes.push(Reason::at("plan-incomplete", message, span));
    } else if let Some(span) = says("complete", false) {
        let message = "the plan isn't complete: something is deferred, or only some resources were targeted";
        plan.notes.push(Reason::at("plan-incomplete", message, span));
    }
}

fn finish(plan: &mut Plan) {
    plan.declared.sort();
    plan.declared.dedup();
    if plan.after.len().max(plan.before.len()).max(plan.actions.len()) > MANY * INSTANCES {
        plan.after.truncate(MANY * INSTANCES);
        plan.before.truncate(MANY * INSTANCES);
        plan.actions.truncate(MANY * INSTANCES);
        let message = format!("more than {} resources: the others aren't looked at", MANY * INSTANCES);
        let at = Span::new(plan.source, 0, 0);
        plan.notes.push(Reason::at("limit", message, at));
    }
}

/// A string that must be there.
fn text<'a>(node: &'a Node, key: &str) -> Result<&'a Text, Problem> {
    let found = node.get(key).and_then(Node::as_text).filter(|t| !t.is_empty());
    found.ok_or_else(|| Problem { span: node.span.at_start(), message: format!("a resource without `{key}`") })
}

/// The name of a resource instance, and where it stands.
fn entry(node: &Node, module: Option<&str>) -> Result<Entry, Problem> {
    let address = text(node, "address")?.as_str().to_owned();
    let mode = match node.get("mode").and_then(Node::as_str) {
        Some("data") => Mode::Data,
        _ => Mode::Managed,
    };
    let module = node.get("module_address").and_then(Node::as_str).or(module).unwrap_or("");
    Ok(Entry {
        mode,
        type_: text(node, "type")?.clone(),
        name: text(node, "name")?.clone(),
        module: module.to_owned(),
        at: node.get("address").map_or(node.span, |n| n.span),
        provider: node.get("provider_name").and_then(Node::as_text).cloned(),
        values: IndexMap::new(),
        address,
    })
}

fn list<'a>(node: Option<&'a Node>, what: &str) -> Result<&'a [Node], Problem> {
    match node.map(|n| (&n.value, n)) {
        None | Some((Data::Null, _)) => Ok(&[]),
        Some((Data::Array(items), _)) => Ok(items),
        Some((_, node)) => Err(Problem { span: node.span.at_start(), message: format!("{what} isn't a list") }),
    }
}

/// The resources of a module of a state, and of those below it. (Parsers cap nesting, so this recursion is bounded.)
fn resources(module: Option<&Node>, plan: &mut Plan) -> Result<Vec<Entry>, Problem> {
    let mut all = Vec::new();
    let mut open: Vec<&Node> = module.into_iter().collect();
    while let Some(module) = open.pop() {
        let address = module.get("address").and_then(Node::as_str);
        for node in list(module.get("resources"), "resources")? {
            let mut entry = entry(node, address)?;
            let values = Marked { value: node.get("values"), unknown: None, sensitive: node.get("sensitive_values") };
            values.secrets(plan);
            plan.private.extend(values.value.map(|n| n.span));
            entry.values = values.attributes(&entry.address, entry.at);
            all.push(entry);
        }
        open.extend(list(module.get("child_modules"), "child_modules")?);
    }
    Ok(all)
}

fn changes(node: Option<&Node>, plan: &mut Plan) -> Result<(), Problem> {
    for node in list(node, "resource_changes")? {
        let named = entry(node, None)?;
        let Some(change) = node.get("change").filter(|c| matches!(c.value, Data::Object(_))) else {
            return Err(Problem { span: node.span.at_start(), message: "a resource without its `change`".to_owned() });
        };
        plan.private.push(change.span);
        let act = act(change)?;
        let deposed = node.get("deposed").is_some_and(|n| !n.is_null());
        plan.actions.push(Action {
            address: named.address.clone(),
            previous: node.get("previous_address").and_then(Node::as_str).map(str::to_owned),
            act,
            forced_by: list(change.get("replace_paths"), "replace_paths")?.iter().map(path).collect(),
            why: node.get("action_reason").and_then(Node::as_str).and_then(why),
            deposed,
            at: named.at,
        });
        let part = |key: &str| change.get(key).filter(|n| !n.is_null());
        let before = Marked { value: part("before"), unknown: None, sensitive: part("before_sensitive") };
        let after = Marked { value: part("after"), unknown: part("after_unknown"), sensitive: part("after_sensitive") };
        before.secrets(plan);
        after.secrets(plan);
        if before.value.is_some() {
            let values = before.attributes(&named.address, named.at);
            plan.before.push(Entry { values, ..named.clone() });
        }
        if after.value.is_some() && !deposed && !matches!(act, Act::Destroy | Act::Forget) {
            let values = after.attributes(&named.address, named.at);
            plan.after.push(Entry { values, ..named });
        }
    }
    Ok(())
}

/// What `actions` say together.
fn act(change: &Node) -> Result<Act, Problem> {
    let Some(node) = change.get("actions") else {
        return Err(Problem { span: change.span.at_start(), message: "a change without `actions`".to_owned() });
    };
    let words: Vec<&str> = node.items().iter().filter_map(Node::as_str).collect();
    Ok(match words.as_slice() {
        ["no-op" | "read"] => Act::Nothing,
        ["create"] => Act::Create,
        ["update"] => Act::Update,
        ["delete"] => Act::Destroy,
        ["forget"] => Act::Forget,
        ["delete", "create"] | ["create", "delete"] => Act::Replace,
        // The old one stays, and a new one is made beside it.
        ["create", "forget"] | ["forget", "create"] => Act::Create,
        _ => {
            let message = "actions that aren't known: no-op, read, create, update, delete and forget are".to_owned();
            return Err(Problem { span: node.span, message });
        }
    })
}

/// `["settings", 0, "edition"]` as `settings[0].edition`.
fn path(node: &Node) -> String {
    let mut out = String::new();
    for step in node.items() {
        match &step.value {
            Data::String(name) if out.is_empty() => out.push_str(name),
            Data::String(name) => out.push_str(&format!(".{}", name.as_str())),
            Data::Number(index) => out.push_str(&format!("[{}]", index.as_str())),
            _ => {}
        }
    }
    out
}

/// Terraform's reasons for an action, in words.
fn why(reason: &str) -> Option<&'static str> {
    Some(match reason {
        "replace_because_tainted" => "it is tainted",
        "replace_because_cannot_update" => "it can't be changed in place",
        "replace_by_request" => "its replacement was asked for",
        "replace_by_triggers" => "what its replace_triggered_by names changes",
        "delete_because_no_resource_config" => "its block isn't there any more",
        "delete_because_no_module" => "its module isn't there any more",
        "delete_because_no_move_target" => "what it was moved to isn't there",
        "delete_because_wrong_repetition" => "its count or for_each isn't that of its key",
        "delete_because_count_index" => "its count is too small for it",
        "delete_because_each_key" => "its key isn't in for_each any more",
        _ => return None,
    })
}

fn outputs(node: Option<&Node>, guarded: &mut Vec<Span>) -> IndexMap<Text, crate::expr::Value> {
    let one = |m: &crate::syntax::tree::Member| {
        let sensitive = m.value.get("sensitive").and_then(Node::as_bool) == Some(true);
        let value = m.value.get("value");
        if let (true, Some(node)) = (sensitive, value) {
            marks::all(node, guarded);
        }
        let known = value.map(|v| marks::plain(Some(v)));
        let unknown = || {
            let message = format!("output `{}` is known only after apply", m.key.as_str());
            crate::expr::Value::unknown(Reason::at("known-after-apply", message, m.key_span))
        };
        (m.key.clone(), known.unwrap_or_else(unknown).marked(sensitive))
    };
    node.map(Node::members).unwrap_or_default().iter().map(one).collect()
}

/// What outputs will be, where only parts of them are known.
fn output_changes(node: Option<&Node>, plan: &mut Plan) {
    let mut told: HashMap<Text, crate::expr::Value> = HashMap::new();
    for member in node.map(Node::members).unwrap_or_default() {
        let part = |key: &str| member.value.get(key).filter(|n| !n.is_null());
        let marked =
            Marked { value: part("after"), unknown: part("after_unknown"), sensitive: part("after_sensitive") };
        let message = format!("output `{}` is known only after apply", member.key.as_str());
        let reasons = std::sync::Arc::new(vec![Reason::at("known-after-apply", message, member.key_span)]);
        told.insert(member.key.clone(), marked.read(&reasons));
    }
    for (name, value) in &mut plan.outputs {
        if let Some(told) = told.remove(name).filter(crate::expr::Value::has_unknown) {
            *value = told;
        }
    }
}
