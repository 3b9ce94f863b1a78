//! The facts a rule can name: every kind with its attributes, their types and meaning. Declared
//! once, here: conditions are checked against it when a rule is loaded, and `lastcopy rules
//! --facts` prints it.

/// The type of an attribute of a fact.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum FactType {
    /// Text.
    String,
    /// A number.
    Number,
    /// A boolean.
    Bool,
    /// A place, for `at`, `related` and `fix`.
    Place,
    /// Another kind of fact or record, by name.
    Record(&'static str),
    /// A list.
    List(&'static FactType),
    /// An open map: any name is allowed.
    Open,
}

/// An attribute of a fact.
#[derive(Clone, Copy, Debug)]
pub struct Attribute {
    /// Its name.
    pub name: &'static str,
    /// Its type.
    pub ty: FactType,
    /// What it means, with units.
    pub doc: &'static str,
}

/// A kind of fact, or a record inside one.
#[derive(Clone, Copy, Debug)]
pub struct Kind {
    /// `store`, `grant`, …
    pub name: &'static str,
    /// Whether rules can be `for:` it (a record can only be reached through a fact).
    pub fact: bool,
    /// What there is one of.
    pub doc: &'static str,
    /// Its own attributes, besides the common ones of every fact.
    pub attributes: &'static [Attribute],
}

const fn a(name: &'static str, ty: FactType, doc: &'static str) -> Attribute {
    Attribute { name, ty, doc }
}

use FactType::{Bool, List, Number, Open, Place, Record, String};

/// What every fact has.
pub const COMMON: &[Attribute] = &[
    a("address", String, "what it is called in findings, e.g. `module.db.aws_db_instance.main`"),
    a("name", String, "its short name"),
    a("provider", String, "the platform it belongs to: `aws`, `railway`; null where there is none"),
    a("place", Place, "where it stands"),
    a("file", String, "the file it stands in, relative to the project root"),
    a("environments", List(&String), "the environments it belongs to; empty where none is known"),
    a("production", Bool, "whether it belongs to production (an unlabelled fact does)"),
    a("confidence", String, "low, medium or high: how sure we are of the fact"),
    a("stakes", String, "loss, exposed or rebuildable: what would be lost"),
    a("attributes", Open, "everything else known about it, as its own product names it"),
];

const LIST_STRING: FactType = List(&String);
const COPY: FactType = Record("copy");
const STORE: FactType = Record("store");
const OPERATION: FactType = Record("operation");
const SWITCH: FactType = Record("switch");

/// Every kind of fact and record.
pub const KINDS: &[Kind] = &[
    Kind {
        name: "store",
        fact: true,
        doc: "something that holds data, or without which data can't be read; one per address without instance keys",
        attributes: &[
            a("kind", String, "database, volume, bucket, filesystem, key, secret, queue, registry, backup, state, …"),
            a("type", String, "its type where it is declared: `aws_db_instance`, `railway:volume`"),
            a("title", String, "that type in words: \"RDS database\""),
            a("platform", String, "its platform in words: \"Railway\""),
            a("holds", String, "primary, keys, state, derived or transient"),
            a("parent", String, "address of what it is deleted with; null if it stands alone"),
            a("guards", Record("guards"), "what stands between one call and its loss"),
            a("makes", Record("makes"), "the copies its platform makes by itself, if switched on"),
            a("hazards", Record("hazards"), "what makes its loss easier, if switched on"),
            a("copies", List(&COPY), "its known copies"),
            a("survivors", Record("survivors"), "which copies survive each blast"),
            a("going", LIST_STRING, "titles of the copies that go with it, those that may be there included"),
            a("destroyed_by", LIST_STRING, "the platform's words for the calls that delete it"),
            a("replaces_on", LIST_STRING, "attributes whose change destroys and recreates it"),
            a("recovery", Record("recovery"), "what shows that it can be brought back"),
            a("looked_for", LIST_STRING, "what was looked for when no copy was found"),
            a("note", String, "what else one should know of this type; null if nothing"),
            a("instances", LIST_STRING, "addresses of its instances"),
        ],
    },
    Kind {
        name: "guards",
        fact: false,
        doc: "the guards of a store, by who respects them",
        attributes: &[
            a("terraform", SWITCH, "only a Terraform run is refused"),
            a("api", SWITCH, "the platform refuses the call until another call lifts the guard"),
            a("undo", SWITCH, "the call goes through but can be taken back for a known time"),
            a("lock", SWITCH, "nobody can lift it before its date"),
            a("only_terraform", LIST_STRING, "settings that are known to be on and that only Terraform respects"),
            a("bare", Bool, "the platform has a guard of its own for this type, and none is known to be on"),
        ],
    },
    Kind {
        name: "makes",
        fact: false,
        doc: "the platform's own copies of a store",
        attributes: &[
            a("final_snapshot", SWITCH, "a snapshot taken when it is deleted"),
            a("automated", SWITCH, "automatic backups"),
            a("versioning", SWITCH, "older versions of each object"),
            a("point_in_time", SWITCH, "point-in-time recovery"),
            a("snapshots", SWITCH, "snapshots taken on a schedule"),
        ],
    },
    Kind {
        name: "hazards",
        fact: false,
        doc: "settings that make the loss of a store easier: on means that they do",
        attributes: &[
            a("force_delete", SWITCH, "deleting takes what is inside, where it would be refused otherwise"),
            a("skips_undo", SWITCH, "what could be taken back is made final"),
            a("lifts_guard", SWITCH, "the provider lifts a guard by itself"),
            a("expires", SWITCH, "data deletes itself after a while"),
            a("expires_versions", SWITCH, "older versions delete themselves after a few days"),
            a("wipes", SWITCH, "an ordinary apply erases data"),
            a("dies_with_parent", SWITCH, "it is deleted along with something else"),
        ],
    },
    Kind {
        name: "recovery",
        fact: false,
        doc: "what shows that a store can be brought back",
        attributes: &[
            a("by", LIST_STRING, "what brings it back, in words: a plan of restore tests, a script, a page"),
            a("tried", Bool, "whether something here restores it, or somebody states that it was restored"),
            a("runbook", String, "the page that says how, named in the config; null if none is"),
            a("restored", String, "the last day somebody states that it was restored; null if nobody does"),
            a("restored_days", Number, "how many days ago that was; null where it isn't known"),
            a("long_ago", Bool, "it is longer ago than `thresholds: restore-days` of the config (365)"),
            a("place", Place, "where that is stated, or where the store stands"),
        ],
    },
    Kind {
        name: "switch",
        fact: false,
        doc: "a setting that guards a store or makes copies of it",
        attributes: &[
            a("available", Bool, "whether the platform has it for this type at all"),
            a("on", Bool, "whether it is on"),
            a("place", Place, "the attribute that sets it, or where it would be inserted"),
            a("by", String, "address of the resource that sets it; empty where nothing does and its default counts"),
            a("attribute", String, "name of the attribute"),
            a("safe", String, "HCL to write to switch it on; null if no single value does"),
            a("days", Number, "how many days it lasts; null where that has no meaning"),
            a("short", Bool, "it lasts fewer days than `thresholds: retention-days` of the config (7)"),
            a("days_attribute", String, "name of the attribute that says how long; null if none does"),
            a("days_place", Place, "that attribute, or where it would be inserted; `place` if there is none"),
            a("title", String, "in words"),
            a("lifted_by", String, "what weakens it, in words; null if nothing known"),
            a(
                "skipped_by",
                String,
                "of an undo: the call that makes the deletion final at once; null if there is none",
            ),
        ],
    },
    Kind {
        name: "survivors",
        fact: false,
        doc: "addresses of the copies that survive the loss of …",
        attributes: &[
            a("store", LIST_STRING, "the store alone"),
            a("parent", LIST_STRING, "what it is deleted with"),
            a("project", LIST_STRING, "its project or resource group"),
            a("account", LIST_STRING, "its account or workspace"),
            a("region", LIST_STRING, "its region"),
        ],
    },
    Kind {
        name: "copy",
        fact: true,
        doc: "a backup, snapshot or version of one store",
        attributes: &[
            a("title", String, "in words: \"dumps in `db-dumps`\""),
            a("kind", String, "dump, snapshots, automated, final_snapshot, versioning, replica, vault, stated"),
            a("store", String, "address of the store it is a copy of"),
            a("store_place", Place, "where that store stands"),
            a("store_platform", String, "the platform of that store, in words"),
            a("store_holds", String, "what that store holds"),
            a("located", String, "provider/account/project/region/parent/store, `?` where unknown"),
            a("survives", Record("survives"), "which blasts on the store it survives"),
            a("others_survive_project", LIST_STRING, "other copies of the store that survive the loss of its project"),
            a("same_store", Bool, "it is kept in the very store it is a copy of"),
            a("exists", Bool, "whether what makes it is switched on"),
            a("automatic", Bool, "made without anybody doing anything"),
            a("retention_days", Number, "how long it is kept, in days"),
            a("short", Bool, "it is kept for fewer days than `thresholds: retention-days` of the config (7)"),
            a("locked", Bool, "nobody can delete it before its date"),
            a("stated", Bool, "stated in lastcopy.yaml, not seen"),
        ],
    },
    Kind {
        name: "survives",
        fact: false,
        doc: "whether a copy survives the loss of …",
        attributes: &[
            a("store", Bool, "the store alone"),
            a("parent", Bool, "what the store is deleted with"),
            a("project", Bool, "the store's project"),
            a("account", Bool, "the store's account"),
            a("region", Bool, "the store's region"),
        ],
    },
    Kind {
        name: "credential",
        fact: true,
        doc: "a token in one file, or a role or policy",
        attributes: &[
            a("kind", String, "its kind: `railway-account-token`"),
            a("title", String, "its kind in words"),
            a("variable", String, "name of the variable, key or header that holds it; null if it is declared"),
            a(
                "declared",
                Bool,
                "declared in Terraform (a role, a principal, a token it makes) rather than found in a file",
            ),
            a("authority", Record("authority"), "what it may do"),
            a("readable_by", LIST_STRING, "agents that can read the file"),
            a("used_for", String, "what the file uses it for, in words; null if that can't be seen"),
            a("tracked", Bool, "whether git carries the file to others"),
            a("advice", String, "what to use instead, in words"),
            a("trusts", List(&Record("trust")), "who may take it on, where it is declared"),
            a("given", List(&Record("given")), "where its rights are given, where it is declared"),
        ],
    },
    Kind {
        name: "trust",
        fact: false,
        doc: "a way to take an identity on",
        attributes: &[
            a("title", String, "who signs: \"GitHub Actions\", \"any account\""),
            a("unit", String, "what its subjects are of: repository, project, account"),
            a("anyone", Bool, "whether anybody's are let in"),
            a("owner", String, "the one owner all of whose are let in; null if it is fewer, or anybody"),
            a("pull_requests", Bool, "whether a run on a pull request is let in"),
            a("subjects", LIST_STRING, "the subjects as written"),
        ],
    },
    Kind {
        name: "given",
        fact: false,
        doc: "a place that gives rights",
        attributes: &[a("place", Place, "where"), a("label", String, "what it is, in words")],
    },
    Kind {
        name: "authority",
        fact: false,
        doc: "what a credential may do",
        attributes: &[
            a("blasts", LIST_STRING, "store, environment, project, account: what it can take"),
            a("scope", String, "store, environment, project, account or unknown"),
            a("scoped", Bool, "limited to one environment of one project, or less"),
            a("scopable", Bool, "whether its platform offers a narrower one"),
            a("operations", LIST_STRING, "destructive operations it allows, by id"),
            a("stores", LIST_STRING, "stores of this project it reaches"),
            a("data", Bool, "whether it takes data"),
            a("copies", Bool, "whether it takes backups, snapshots or older versions"),
            a("guards", Bool, "whether it lifts guards or shortens what is kept"),
            a("rights", Bool, "whether it gives itself or others more rights"),
            a("actions", LIST_STRING, "actions that take data or copies, by name; the first of them"),
            a(
                "wildcards",
                LIST_STRING,
                "what it allows as written, where that is everything of the platform or of a service",
            ),
            a("both", LIST_STRING, "stores of this project that it takes with every copy that would outlive them"),
        ],
    },
    Kind {
        name: "operation",
        fact: false,
        doc: "one known way to destroy",
        attributes: &[
            a("id", String, "its id in the knowledge"),
            a("title", String, "in words"),
            a("command", String, "a command that performs it"),
            a("provider", String, "the platform whose stores it takes; null for any"),
            a("blast", String, "store, parent, environment, project or account"),
            a("undo", String, "for how long it can be taken back, in words; null if it can't"),
            a("asks", Bool, "whether the command, as written, asks a person first; null where that isn't told"),
            a("in_sight", Bool, "whether this project has something of that platform"),
        ],
    },
    Kind {
        name: "grant",
        fact: true,
        doc: "an entry of an agent's permissions (or its default or mode) that lets operations run with nobody asked",
        attributes: &[
            a("agent", String, "the agent, in words"),
            a("entry", String, "the entry as written; `default` or the mode"),
            a("entries", String, "the entries that are told together, for messages: the first few, each in backticks"),
            a("during", String, "when the entry counts (`while command deploy runs`); null where it always does"),
            a("layer", String, "project, local, agent:NAME, …"),
            a("surfaces", LIST_STRING, "interactive, headless, ci"),
            a("decision", String, "run, sandboxed or gated"),
            a("kind", String, "command, mcp, exec (an interpreter or HTTP client), everything, default"),
            a(
                "how",
                String,
                "gated (a model decides), hook (or plugin), supplied (by a skill, subagent or command), scripts, default, sandboxed (network open), bypass (a mode or flag), mcp, exec, entry",
            ),
            a("operations", List(&OPERATION), "what runs unasked, providers in sight first"),
            a("named", String, "the first of them by name, for messages"),
            a("stores", LIST_STRING, "stores of this project within reach"),
            a(
                "more",
                Number,
                "how many further operations of platforms in sight it lets run; of any, where none is in sight",
            ),
            a("condition", String, "what the decision depends on outside the repository; null if nothing"),
            a("server", String, "the MCP server, for kind `mcp`; null otherwise"),
            a("read_only", String, "the server's read-only switch; null if it has none or is no server"),
            a("advice", String, "what to write so that it asks, in words; null where its product has no such line"),
            a(
                "mend",
                Place,
                "the entry taken out, or the server switched, for `fix`; null where that can't be written",
            ),
            a("narrowed_by", String, "what leaves the server with less; null if nothing known"),
        ],
    },
    Kind {
        name: "protection",
        fact: true,
        doc: "a deny or ask entry, a hook, or an entry without effect, of an agent",
        attributes: &[
            a("agent", String, "the agent, in words"),
            a("entry", String, "as written"),
            a("more", Number, "how many further entries of the file are without effect for the same reason"),
            a("layer", String, "project, local, agent:NAME, …"),
            a("effect", String, "deny, ask or hook; allow for one without effect"),
            a("operations", List(&OPERATION), "the known operations it is aimed at, providers in sight first"),
            a("holds", Bool, "whether it stops every form of what it names, or what it misses is asked about"),
            a("mend", Place, "entries that would stop what it misses, for `fix`; null where none would"),
            a("walked_around_by", LIST_STRING, "forms of the command that run with nobody asked"),
            a("during", String, "when those forms run (`while command deploy runs`); null where they always do"),
            a("gated", Bool, "whether only a model decides on those forms"),
            a("inert", Bool, "whether the product ignores it"),
            a("why_inert", String, "why; null if it isn't"),
        ],
    },
    Kind {
        name: "agent",
        fact: true,
        doc: "an agent configured for one directory",
        attributes: &[
            a("surfaces", LIST_STRING, "where it runs"),
            a("mode", String, "the mode its files set; null if none"),
            a("sandbox", Bool, "whether its files switch a sandbox on; unknown where they don't say"),
            a("network", Bool, "whether the sandbox leaves the network open"),
            a("servers", LIST_STRING, "MCP servers it connects to"),
            a("version", String, "the version whose rules are applied; null if the agent isn't understood yet"),
        ],
    },
    Kind {
        name: "command",
        fact: true,
        doc: "a command in CI, a deploy configuration, a script or a hook",
        attributes: &[
            a("text", String, "the command"),
            a("runs_in", String, "workflow, start, pre-deploy, cron, build, script, hook"),
            a("how_often", String, "in words: \"at every start\", \"on push\""),
            a("unattended", Bool, "whether it runs with nobody asked"),
            a("gates", LIST_STRING, "what puts a person in between"),
            a("operations", List(&OPERATION), "what it would destroy"),
            a("named", String, "the operations by name, for messages"),
            a("applies", Bool, "whether it applies a plan nobody has seen"),
            a(
                "planned_in",
                String,
                "the workflow that shows pull requests a plan, where a fresh one is applied; null if none",
            ),
            a("stores", LIST_STRING, "stores of this project it reaches"),
        ],
    },
    Kind {
        name: "service",
        fact: true,
        doc: "what a deployment configuration runs: a service, a function, a database",
        attributes: &[
            a("kind", String, "service, function or database"),
            a("platform", String, "its platform in words: \"Railway\""),
            a("image", String, "the container image it runs; null where it is built"),
            a("engine", String, "the database it is, in words: \"PostgreSQL\"; null where it is none that is known"),
            a("holds", String, "primary, keys, derived or transient: what a service of its kind holds"),
            a("keeps", String, "the directory or file it keeps data in; null where none is known"),
            a("keeps_because", String, "how that is known, in words"),
            a("keeps_place", Place, "where that is written"),
            a("lasts", Bool, "whether a volume is mounted there (true where it keeps nothing)"),
            a("exposed", Bool, "whether it is opened to the internet by more than HTTP"),
            a("exposed_place", Place, "where it is opened"),
            a("ends", String, "the first day on which its platform doesn't read its file any more; null if it goes on"),
            a("ended", Bool, "whether that day has come"),
            a("migrate", String, "the command that moves it; null if it goes on"),
            a("protects", LIST_STRING, "what protects data in a file that ends, in words"),
            a("protection", Place, "the first of those"),
        ],
    },
    Kind {
        name: "setting",
        fact: true,
        doc: "a setting of a deployment configuration that doesn't do what it says",
        attributes: &[
            a("of", String, "name of the service or volume"),
            a("platform", String, "its platform in words: \"Railway\""),
            a("problem", String, "ignored (no effect at all) or without-volume (runs where its volume isn't mounted)"),
            a("meant", String, "what it was meant to do, in words; null where its name doesn't tell"),
            a("protects", Bool, "whether data depends on it"),
            a("instead", String, "where the same would have an effect; null where nothing in a file does it"),
        ],
    },
    Kind {
        name: "secret",
        fact: true,
        doc: "a secret among the variables of a service",
        attributes: &[
            a("of", String, "name of the service"),
            a("platform", String, "its platform in words: \"Railway\""),
            a("made", String, "literal (written out) or derived (computed from what stands in the file)"),
        ],
    },
    Kind {
        name: "package",
        fact: true,
        doc: "a package that a deployment is applied with",
        attributes: &[
            a("written", String, "its version as written: `^3.4.1`"),
            a(
                "release",
                Number,
                "major × 1 000 000 + minor × 1 000 + patch of the version in use; unknown where a range leaves it open",
            ),
            a("stores", LIST_STRING, "stores of this project that it applies"),
        ],
    },
    Kind {
        name: "change",
        fact: true,
        doc: "a planned action on a store (from a plan, a `removed` block, or by comparison with an earlier revision)",
        attributes: &[
            a("store", STORE, "the store"),
            a("action", String, "destroy, replace, unguard, shorten"),
            a("happens", Bool, "true; unknown where it hangs on what is known only after apply"),
            a("forced_by", LIST_STRING, "attributes that force it"),
            a("why", String, "why, in words; null where that isn't told"),
            a("by", String, "the plan's file; `removed` for a block of that kind; the earlier revision"),
            a("told_by", String, "that in words, as the subject of a sentence: \"The plan plan.json\""),
            a("refused_by", String, "a guard that is on and refuses it until it is lifted; null if there is none"),
            a("kept", LIST_STRING, "known copies that survive it, in words"),
            a(
                "setting",
                String,
                "the attribute that changes, of `unguard` and `shorten`; null where it is no attribute",
            ),
            a("title", String, "the guard or copy that changes, in words; null for `destroy` and `replace`"),
            a("before", String, "what it is now, in words; null for `destroy` and `replace`"),
            a("after", String, "what it will be, in words; null for `destroy` and `replace`"),
        ],
    },
    Kind {
        name: "resource",
        fact: true,
        doc: "a Terraform address without instance keys",
        attributes: &[
            a("type", String, "its type"),
            a("mode", String, "managed, data or ephemeral"),
            a("module", String, "address of its module; empty for the root"),
            a("instances", LIST_STRING, "addresses of its instances"),
        ],
    },
    Kind {
        name: "document",
        fact: true,
        doc: "a file",
        attributes: &[
            a(
                "format",
                String,
                "hcl, json, jsonc, toml, yaml, front-matter, typescript, python, go, shell, dotenv, text",
            ),
            a("role", String, "what it is to which product; empty for other text"),
            a("strict", Bool, "whether its product would refuse it when it can't be parsed"),
            a("problems", List(&Record("problem")), "what couldn't be read"),
        ],
    },
    Kind {
        name: "statement",
        fact: true,
        doc: "what people wrote about findings, where it doesn't count or hides nothing: an ignore, a stated copy",
        attributes: &[
            a("kind", String, "ignore or ignore-file (comments), config-ignore, copy"),
            a("of", LIST_STRING, "the rules it names; for a copy the address of the store"),
            a("until", String, "the last day it counts; null if it has none"),
            a("expired", Bool, "whether that day has passed"),
            a("problem", String, "why it doesn't count; null if it does"),
            a("unused", LIST_STRING, "the rules of which it hides nothing"),
        ],
    },
    Kind {
        name: "problem",
        fact: false,
        doc: "something in a file that couldn't be read",
        attributes: &[a("message", String, "what is wrong"), a("place", Place, "where")],
    },
    Kind {
        name: "path",
        fact: true,
        doc: "agent → operation → credential → store, with no copy outside the blast; one per agent and store",
        attributes: &[
            a("agent", String, "the agent, in words"),
            a("grant", String, "the entry that lets it run"),
            a("operation", OPERATION, "the one call"),
            a("credential", String, "address of the credential used; null where a login is assumed"),
            a("store", STORE, "the store lost"),
            a("links", List(&Record("link")), "each step with its place"),
            a("notes", LIST_STRING, "what one call takes, its variants, and other ways"),
            a("survivors", LIST_STRING, "copies that survive; empty for a loss"),
            a(
                "untold",
                Bool,
                "what copies the store has is told nowhere here, as only a credential tells of it; nothing is known to survive",
            ),
            a("calls", Number, "how many calls it takes"),
            a("others", Number, "how many other ways lead from this agent to this store"),
        ],
    },
    Kind {
        name: "shared",
        fact: true,
        doc: "something that another environment shares with production",
        attributes: &[
            a("what", String, "state, database, store, secret (of pipelines) or token"),
            a("with", Place, "where production has it; the same place for a token"),
            a("with_file", String, "the file of that"),
        ],
    },
    Kind {
        name: "link",
        fact: false,
        doc: "a step of a path",
        attributes: &[
            a("place", Place, "where it stands"),
            a("label", String, "what stands there"),
            a("confidence", String, "low, medium or high"),
        ],
    },
];

/// The kind of a name.
pub fn kind(name: &str) -> Option<&'static Kind> {
    KINDS.iter().find(|k| k.name == name)
}

/// An attribute of a kind; facts have the common ones too.
pub fn attribute(kind: &Kind, name: &str) -> Option<&'static Attribute> {
    let common: &'static [Attribute] = if kind.fact { COMMON } else { &[] };
    kind.attributes.iter().chain(common).find(|a| a.name == name)
}
