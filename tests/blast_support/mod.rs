//! Hand-made models: stores, copies, tokens and grants in one source, each on a line of its own.

use indexmap::IndexMap;
use lastcopy::agents::{Agent, Call, Decision, Entry, Procedure, Surface, Verdict};
use lastcopy::blast::{self, Format, Graph, Input, Options};
use lastcopy::credentials::Scope;
use lastcopy::expr::Value;
use lastcopy::finding::{Confidence, Place, Reason, Role};
use lastcopy::knowledge::Knowledge;
use lastcopy::model::Act;
use lastcopy::model::Model;
use lastcopy::model::command::Command;
use lastcopy::model::credential::Credential;
use lastcopy::model::grant::{Grant, GrantKind, How};
use lastcopy::model::located::{Account, Blast, Located};
use lastcopy::model::path::{Path, Way};
use lastcopy::model::stakes::Stakes;
use lastcopy::model::store::{Copy, Store, Switch};
use lastcopy::operations::Target;
use lastcopy::report::Mask;
use lastcopy::source::{Sources, Span};

/// An agent whose decisions are known; what they are is in the model's grants.
struct Understood;

impl Procedure for Understood {
    fn decide(&self, _: &Call<'_>, _: Surface) -> Verdict {
        Verdict { decision: Ok(Decision::Ask), because: Vec::new(), conditions: Vec::new() }
    }

    fn matches(&self, _: &Entry, _: &Call<'_>) -> bool {
        false
    }

    fn as_any(&self) -> &dyn std::any::Any {
        self
    }
}

/// A project in the making.
pub struct Made {
    pub model: Model,
    pub agents: Vec<Agent>,
    pub sources: Sources,
    pub secrets: Vec<Span>,
}

impl Made {
    pub fn new() -> Made {
        Made { model: Model::default(), agents: Vec::new(), sources: Sources::default(), secrets: Vec::new() }
    }

    /// A line of a file that has nothing else on it.
    pub fn line(&mut self, path: &str, line: usize, text: &str) -> Span {
        let before = "\n".repeat(line - 1);
        let source = self.sources.add(path, &format!("{before}{text}\n"));
        Span::new(source.id, before.len(), before.len() + text.len())
    }

    pub fn agent(&mut self, id: &str, name: &str) -> usize {
        let mut agent = Agent::new(id, name, "");
        agent.procedure = Some(Box::new(Understood));
        self.agents.push(agent);
        self.agents.len() - 1
    }

    /// A store of a platform, in a project of it where there is one.
    pub fn store(&mut self, name: &str, kind: &str, provider: &str, project: Option<&str>, at: Span) -> usize {
        let address = format!("{provider}:{name}");
        self.model.stores.push(Store {
            address: address.clone(),
            subject: address.clone(),
            name: name.into(),
            provider: provider.into(),
            platform: match provider {
                "railway" => "Railway".into(),
                "aws" => "AWS".into(),
                other => other.into(),
            },
            r#type: kind.into(),
            title: kind.into(),
            kind: kind.into(),
            holds: "primary".into(),
            place: Place::of(at, Role::Store),
            file: at.source,
            roots: Vec::new(),
            parent: None,
            located: located(provider, project, Some(&address)),
            guards: IndexMap::new(),
            makes: IndexMap::new(),
            destroyed_by: vec![format!("delete {kind}")],
            replaces_on: Vec::new(),
            note: None,
            environments: vec!["production".into()],
            production: true,
            confidence: Confidence::High,
            checked: true,
            stakes: Stakes::Loss,
            instances: Vec::new(),
            callers: Vec::new(),
            attributes: Value::null(),
            undeployed: false,
            library: false,
            terraform: provider == "aws",
            names: Vec::new(),
            given: Vec::new(),
            restores: Vec::new(),
            hazards: IndexMap::new(),
        });
        self.model.stores.len() - 1
    }

    /// Switches a guard of a store on.
    pub fn guard(&mut self, store: usize, class: &'static str, title: &str, days: Option<i64>) {
        let store = &mut self.model.stores[store];
        let mut switch = Switch::missing(store.place.clone());
        switch.available = true;
        switch.on = Value::bool(true);
        switch.title = Some(title.into());
        switch.days = days.map_or(Value::null(), Value::int);
        store.guards.insert(class, switch);
    }

    /// A copy kept in another store, or inside its own.
    pub fn copy(&mut self, of: usize, held_in: Option<usize>, title: &str, at: Span) -> usize {
        let located = self.model.stores[held_in.unwrap_or(of)].located.clone();
        self.model.copies.push(Copy {
            address: format!("copy:{}#{}", self.model.stores[of].address, self.model.copies.len()),
            kind: if held_in.is_some() { "dump".into() } else { "snapshots".into() },
            title: title.into(),
            store: of,
            held_in,
            place: Place::of(at, Role::Copy),
            located,
            dies_with: None,
            only_terraform: false,
            exists: Value::bool(true),
            automatic: true,
            retention_days: Value::null(),
            locked: Value::bool(false),
            stated: false,
            confidence: Confidence::High,
        });
        self.model.copies.len() - 1
    }

    /// Makes it unknown whether a copy is made at all.
    pub fn unknown(&mut self, copy: usize, why: &str, at: Span) {
        self.model.copies[copy].exists = Value::unknown(Reason::at("variable-without-value", why, at));
    }

    /// A token that these agents can read.
    pub fn token(&mut self, title: &str, provider: &str, scope: Scope, readable_by: &[usize], at: Span) -> usize {
        let path = self.sources.path(at).to_owned();
        self.model.credentials.push(Credential {
            address: format!("credential:{path}#TOKEN"),
            kind: "token".into(),
            title: title.into(),
            provider: Some(provider.into()),
            platform: provider.into(),
            variable: "TOKEN".into(),
            span: at,
            file: at.source,
            scope,
            scopable: true,
            used_for: None,
            advice: "Use a token of one environment.".into(),
            operations: Vec::new(),
            readable_by: readable_by.to_vec(),
            tracked: true,
            local: false,
            undeployed: false,
            confidence: Confidence::High,
            stores: Vec::new(),
            loaded: false,
            handed: None,
        });
        self.model.credentials.len() - 1
    }

    pub fn grant(&mut self, agent: usize, kind: GrantKind, entry: &str, acts: Vec<Act>, at: Span) -> usize {
        self.model.grants.push(Grant {
            agent,
            entry: entry.into(),
            span: at,
            file: at.source,
            layer: "project".into(),
            surfaces: vec![Surface::Interactive, Surface::Headless],
            decision: Decision::Run,
            kind,
            acts,
            gated: Vec::new(),
            during: None,
            condition: None,
            server: (kind == GrantKind::Mcp).then(|| "railway".to_owned()),
            read_only: None,
            narrowed_by: None,
            how: How::Entry,
            unknown: None,
            local: false,
            undeployed: false,
            confidence: Confidence::High,
            gates: Vec::new(),
            bare: false,
        });
        self.model.grants.len() - 1
    }

    pub fn command(&mut self, name: &str, text: &str, acts: Vec<Act>, at: Span) {
        self.model.commands.push(Command {
            address: format!("command:{}#{name}", self.sources.path(at)),
            name: name.into(),
            text: text.into(),
            span: at,
            also: Vec::new(),
            item: at,
            file: at.source,
            runs_in: "workflow",
            how_often: "on push".into(),
            unattended: true,
            gates: Vec::new(),
            acts,
            applies: false,
            planned_in: None,
            environments: Vec::new(),
            production: true,
            undeployed: false,
            stakes: Stakes::Exposed,
            confidence: Confidence::High,
        });
    }

    /// What the model says about an agent and a store.
    pub fn path(&mut self, agent: usize, store: usize, grant: usize, act: &Act, credential: Option<usize>) {
        let best =
            Way { grant, act: act.clone(), credential, calls: 1, takes_copies: false, confidence: Confidence::High };
        self.model.paths.push(Path {
            agent,
            store,
            best,
            others: Vec::new(),
            survivors: Vec::new(),
            undecided: Vec::new(),
            variants: Vec::new(),
            lost: Vec::new(),
            untold: false,
        });
    }

    pub fn graph(&self) -> Graph {
        let mask = Mask::new(self.secrets.clone());
        Graph::of(&Input {
            model: &self.model,
            agents: &self.agents,
            knowledge: &Knowledge::embedded(),
            sources: &self.sources,
            mask: &mask,
        })
    }

    pub fn shown(&self, format: Format) -> String {
        blast::render(format, &self.graph(), &Options::default())
    }
}

fn located(provider: &str, project: Option<&str>, store: Option<&str>) -> Located {
    Located {
        provider: provider.into(),
        account: Account::Ordinary,
        project: project.map(Into::into),
        environment: None,
        region: None,
        parent: None,
        store: store.map(Into::into),
    }
}

/// A call of a platform.
pub fn act(id: &str, call: &str, provider: &str, destroys: &[&str], blast: Blast) -> Act {
    Act {
        id: id.into(),
        title: format!("deletes {}", destroys.join(", ")),
        call: call.into(),
        // What every store of these models is destroyed by begins with it.
        own_call: "delete".into(),
        command: id.replace('-', " "),
        provider: Some(provider.into()),
        tool: provider.into(),
        runs: None,
        destroys: destroys.iter().map(|d| (*d).to_owned()).collect(),
        opens: Vec::new(),
        brake: None,
        blast,
        undo: None,
        undo_days: 0.0,
        may: false,
        untold_type: false,
        target: Target::Remote,
        asks: None,
        in_sight: true,
        confidence: Confidence::High,
    }
}

/// The same, to be taken back for a time.
pub fn undone(act: Act, undo: &str) -> Act {
    Act { undo: Some(undo.into()), undo_days: 2.0, ..act }
}

/// The incident: a curl and a token in a script, an MCP server with its own, a dump in the same
/// project; and AWS, where a pipeline applies plans.
pub fn incident() -> Made {
    let mut made = Made::new();
    let at = made.line(".railway/railway.ts", 18, "const db = postgres(\"db\");");
    let db = made.store("db", "database", "railway", Some("pocketos"), at);
    let at = made.line(".railway/railway.ts", 42, "const contracts = volume(\"contracts\");");
    let contracts = made.store("contracts", "volume", "railway", Some("pocketos"), at);
    let at = made.line(".railway/railway.ts", 41, "const dumps = bucket(\"db-dumps\");");
    let dumps = made.store("db-dumps", "bucket", "railway", Some("pocketos"), at);
    made.model.stores[dumps].holds = "transient".into();
    made.copy(db, None, "its snapshots are part of its volume", at);
    made.copy(db, Some(dumps), "dumps in `db-dumps`", at);
    let at = made.line("infra/modules/database/main.tf", 3, "resource \"aws_db_instance\" \"main\" {");
    let billing = made.store("module.billing.aws_db_instance.main", "database", "aws", None, at);
    let snapshot = made.copy(billing, None, "final snapshot", at);
    made.model.copies[snapshot].located.store = Some("elsewhere".into());
    let at = made.line("infra/modules/database/main.tf", 3, "resource \"aws_db_instance\" \"main\" {");
    let payouts = made.store("module.payouts.aws_db_instance.main", "database", "aws", None, at);
    let snapshot = made.copy(payouts, None, "final snapshot", at);
    made.model.copies[snapshot].located.store = Some("elsewhere".into());
    let why = made.line("infra/variables.tf", 12, "variable \"skip_final_snapshot\" {}");
    made.unknown(snapshot, "var.skip_final_snapshot has no default", why);
    let at = made.line("infra/storage.tf", 30, "resource \"aws_s3_bucket\" \"assets\" {");
    let assets = made.store("aws_s3_bucket.assets", "bucket", "aws", None, at);
    made.guard(assets, "terraform", "prevent_destroy", None);
    let at = made.line("infra/keys.tf", 1, "resource \"aws_kms_key\" \"data\" {");
    let key = made.store("aws_kms_key.data", "key", "aws", None, at);
    made.model.stores[key].holds = "keys".into();
    made.guard(key, "undo", "30 days of waiting", Some(30));

    let cursor = made.agent("cursor", "Cursor");
    let claude = made.agent("claude", "Claude Code");
    made.agent("codex", "Codex");
    let secret = "5b3c1f0e-7a44-4b1e-9f0d-2d6a7c8e9f10";
    let at = made.line("scripts/add-domain.sh", 7, &format!("RAILWAY_API_TOKEN={secret}"));
    made.secrets.push(Span::new(at.source, at.end as usize - secret.len(), at.end as usize));
    let token = made.token("account-wide Railway token", "railway", Scope::Account, &[cursor, claude], at);
    made.model.credentials[token].used_for = Some("custom domains".into());
    let server = made.line(".mcp.json", 7, "\"RAILWAY_TOKEN\": \"…\"");
    let own = made.token("Railway token of unknown reach", "railway", Scope::Project, &[], server);
    made.agents[claude].servers.push(lastcopy::agents::Server {
        name: "railway".into(),
        span: server,
        name_span: server,
        command: Vec::new(),
        url: None,
        environment: Vec::new(),
    });

    let force = act("railway-project-delete-force", "projectScheduleDeleteForce", "railway", &["any"], Blast::Project);
    let project = act("railway-project-delete", "projectDelete", "railway", &["any"], Blast::Project);
    let volume =
        undone(act("railway-volume-delete", "volumeDelete", "railway", &["database", "volume"], Blast::Store), "48 h");
    let at = made.line(".cursor/permissions.json", 4, "    \"curl\",");
    let curl = made.grant(cursor, GrantKind::Exec, "curl", vec![force.clone(), project.clone(), volume.clone()], at);
    made.model.grants[curl].condition = Some("in every Run Mode that reads this list".into());
    let at = made.line(".claude/settings.json", 12, "      \"mcp__railway\"");
    let mcp = made.grant(claude, GrantKind::Mcp, "mcp__railway", vec![volume.clone()], at);
    let at = made.line(".claude/settings.json", 6, "      \"Bash(railway:*)\",");
    made.grant(claude, GrantKind::Command, "Bash(railway:*)", vec![project, volume.clone()], at);
    let apply = Act {
        provider: None,
        tool: "terraform".into(),
        runs: Some(lastcopy::knowledge::operations::Runs::Terraform),
        may: true,
        ..act("terraform-apply", "terraform apply", "terraform", &["any"], Blast::Store)
    };
    let destroy = Act { may: false, ..apply.clone() };
    let destroy = Act { id: "terraform-destroy".into(), call: "terraform destroy".into(), ..destroy };
    let at = made.line(".github/workflows/deploy.yml", 50, "run: terraform apply -auto-approve");
    made.command("deploy", "terraform apply -auto-approve", vec![apply], at);
    let at = made.line(".claude/settings.json", 7, "      \"Bash(terraform:*)\",");
    made.grant(claude, GrantKind::Command, "Bash(terraform:*)", vec![destroy], at);

    made.path(cursor, db, curl, &force, Some(token));
    made.path(cursor, contracts, curl, &force, Some(token));
    made.path(claude, contracts, mcp, &volume, Some(own));
    made
}

/// A hundred stores in four accounts and projects, with three agents and a pipeline.
pub fn hundred() -> Made {
    let mut made = Made::new();
    let kinds = ["database", "bucket", "volume", "file system"];
    let places =
        [("railway", Some("shop")), ("railway", Some("analytics")), ("aws", None), ("google", Some("ml-prod"))];
    for number in 0..100 {
        let (provider, project) = places[number % 4];
        let kind = kinds[(number / 4) % 4];
        let at = made.line(&format!("infra/{provider}/store_{number}.tf"), 1 + number, "resource");
        let store = made.store(&format!("{}_{number:02}", kind.replace(' ', "_")), kind, provider, project, at);
        if number % 3 == 0 {
            made.copy(store, None, "its snapshots", at);
        }
        if number % 7 == 0 {
            let copy = made.copy(store, None, "dumps in another account", at);
            made.model.copies[copy].located.provider = "backblaze".into();
        }
        if number % 10 == 1 {
            made.guard(store, "api", "deletion protection", None);
        }
    }
    let agents = [made.agent("claude", "Claude Code"), made.agent("cursor", "Cursor"), made.agent("codex", "Codex")];
    let mut acts = Vec::new();
    for provider in ["railway", "aws", "google"] {
        for kind in kinds {
            let call = format!("{provider}.delete{}", kind.replace(' ', ""));
            acts.push(act(
                &format!("{provider}-{}-delete", kind.replace(' ', "-")),
                &call,
                provider,
                &[kind],
                Blast::Store,
            ));
        }
        acts.push(act(
            &format!("{provider}-project-delete"),
            &format!("{provider}.projectDelete"),
            provider,
            &["any"],
            Blast::Project,
        ));
    }
    let at = made.line(".env.production", 3, "TOKEN=abc");
    made.token("account-wide Railway token", "railway", Scope::Account, &agents, at);
    let at = made.line("scripts/deploy.sh", 9, "TOKEN=abc");
    made.token("AWS access key of an administrator", "aws", Scope::Account, &agents[..1], at);
    let at = made.line(".claude/settings.json", 5, "\"Bash(*)\"");
    made.grant(agents[0], GrantKind::Everything, "Bash(*)", acts.clone(), at);
    let at = made.line(".cursor/permissions.json", 5, "\"curl\"");
    let railway: Vec<Act> = acts.iter().filter(|a| a.tool == "railway").cloned().collect();
    made.grant(agents[1], GrantKind::Exec, "curl", railway, at);
    let at = made.line(".codex/rules/default.rules", 2, "prefix_rule(pattern=[\"gcloud\"])");
    let google: Vec<Act> = acts.iter().filter(|a| a.tool == "google").cloned().collect();
    made.grant(agents[2], GrantKind::Command, "gcloud", google, at);
    let apply = Act {
        provider: None,
        tool: "terraform".into(),
        runs: Some(lastcopy::knowledge::operations::Runs::Terraform),
        may: true,
        ..act("terraform-apply", "terraform apply", "terraform", &["any"], Blast::Store)
    };
    let at = made.line(".github/workflows/deploy.yml", 50, "run: terraform apply -auto-approve");
    made.command("deploy", "terraform apply -auto-approve", vec![apply], at);
    made
}
