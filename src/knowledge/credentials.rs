//! What is known of the tokens, keys and URLs that open a platform: how one is recognised, how far
//! it reaches, and what to use instead.
//!
//! These types are both the format of `rules/knowledge/credentials/*.yaml` and what is embedded, so
//! they name nothing of the crate (`build.rs` compiles this file too).

use serde::{Deserialize, Serialize};

/// All that is known of credentials.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Credentials {
    /// One file each.
    pub platforms: Vec<Platform>,
    /// `words.yaml`.
    pub words: Words,
}

/// One platform's file.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Platform {
    /// The platform's short name, as stores and operations use it; none for what is of no platform
    /// (database URLs).
    pub provider: Option<String>,
    /// Its name for people.
    pub title: String,
    /// The kinds of credentials it has.
    pub kinds: Vec<Kind>,
    /// Words in a file that tell what a credential of this platform is used for there.
    #[serde(default)]
    pub uses: Vec<Use>,
    /// The databases it hosts, by where they answer.
    #[serde(default)]
    pub databases: Vec<Hosted>,
}

/// Databases that a platform hosts.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hosted {
    /// Ends of the host names they answer at.
    pub hosts: Vec<String>,
    /// The type of store they are, as in `rules/knowledge/stores`.
    #[serde(default)]
    pub r#type: Option<String>,
    /// Parts of a host's name that lead to the same database by another way: `-pooler`.
    #[serde(default)]
    pub ways: Vec<String>,
    /// One host answers for many: the user's name tells which, behind its dot (`postgres.abcdef`), or the
    /// first word of the host that begins so (`db.abcdef.supabase.co`).
    #[serde(default)]
    pub told_by_user: bool,
}

/// What a credential opens a database of.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Engine {
    /// The word that operations use: `postgres`.
    pub engine: String,
    /// For people: "PostgreSQL".
    pub title: String,
    /// Schemes of its addresses, without what follows a `+`; none: whatever the kind's values are.
    #[serde(default)]
    pub schemes: Vec<String>,
    /// Words of the variable's name that show it; none: any.
    #[serde(default)]
    pub words: Vec<String>,
    /// What such a database holds, where that isn't primary data: a cache is `derived`.
    #[serde(default)]
    pub holds: Option<String>,
}

/// A kind of credential. It is recognised by the name it is assigned to (`variables`), by its
/// beginning (`prefixes`) or a part in its middle (`infixes`), by where it is sent (`endpoints`), or
/// by its place in Terraform (`blocks`).
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Kind {
    /// `railway-account-token`.
    pub id: String,
    /// In words, fit to follow "a": "account-wide Railway token".
    pub title: String,
    /// Names of variables, keys and headers that hold it. Compared without case, `_`, `-` and the
    /// usual affixes (`TF_VAR_`, `_PROD`); `*` stands for anything.
    #[serde(default)]
    pub variables: Vec<String>,
    /// Literal beginnings that make the name unnecessary; case counts.
    #[serde(default)]
    pub prefixes: Vec<String>,
    /// Literal parts from its middle that make the name unnecessary; case counts.
    #[serde(default)]
    pub infixes: Vec<String>,
    /// Regular expression of the whole value. A group `secret` narrows what is masked to a part of
    /// it, a group `sample` is what must look real where the secret spans lines, a group `user` names
    /// what the secret must differ from, a group `host` what it opens. None: anything that looks
    /// random.
    #[serde(default)]
    pub value: Option<String>,
    /// Nobody writes such a value by hand: it is believed in examples, documentation and tests too.
    #[serde(default)]
    pub distinct: bool,
    /// Addresses (parts of them); a bearer token in a file that calls one of them is of this kind.
    #[serde(default)]
    pub endpoints: Vec<String>,
    /// Places in Terraform, and in its state.
    #[serde(default)]
    pub blocks: Vec<Block>,
    /// What shows that it is another kind; the first that holds counts.
    #[serde(default)]
    pub judged_by: Vec<Judgement>,
    /// How far it reaches.
    pub scope: Scope,
    /// Kinds of store it can take (`bucket`); empty: any of its platform.
    #[serde(default)]
    pub stores: Vec<String>,
    /// The engines whose databases it opens by itself, wherever they are: the first that fits.
    #[serde(default)]
    pub opens: Vec<Engine>,
    /// Variables of the same file that hold the host it opens, where the value doesn't.
    #[serde(default)]
    pub host_variables: Vec<String>,
    /// Its platform's program takes the file that holds it by a flag or a sub-command, so that whoever
    /// may run the program may use it (`kubectl --kubeconfig FILE`).
    #[serde(default)]
    pub by_file: bool,
    /// Whether the platform offers a narrower one.
    #[serde(default)]
    pub scopable: bool,
    /// What to use instead, in words: a sentence or two for help.
    #[serde(default)]
    pub advice: String,
    /// The highest confidence a find can have.
    #[serde(default)]
    pub confidence: Sureness,
    /// Where this is documented.
    #[serde(default)]
    pub source: Option<String>,
}

/// How far a credential reaches: a blast.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// It destroys no store; it is known so that it is masked.
    None,
    /// One store.
    Store,
    /// One environment of one project.
    Environment,
    /// One project.
    Project,
    /// A whole account or workspace.
    Account,
    /// Can't be told.
    Unknown,
}

/// How well a kind is known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sureness {
    /// Half-known.
    Low,
    /// Inferred from a name or heuristic.
    Medium,
    /// By its documentation.
    #[default]
    High,
}

/// An attribute in Terraform that holds a credential.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Block {
    /// Local name of a provider, or a resource type.
    pub name: String,
    /// The attribute.
    pub attribute: String,
}

/// What shows that a credential is of another kind than its name says. All that is given must hold.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Judgement {
    /// It is sent in this header.
    #[serde(default)]
    pub header: Option<String>,
    /// The file that sends it, or holds it, has this address.
    #[serde(default)]
    pub endpoint: Option<String>,
    /// The file that holds it has one of these.
    #[serde(default)]
    pub words: Vec<String>,
    /// The kind it then is.
    pub is: String,
}

/// Words that tell what a credential is used for.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Use {
    /// Any of these, as whole words.
    pub words: Vec<String>,
    /// What they are for: "custom domains".
    pub purpose: String,
}

/// What tells a real value from a placeholder, and a literal from a reference.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Words {
    /// Parts of a variable's name that don't change what it is: `PROD`, `TF`, `VAR`.
    pub affixes: Vec<String>,
    /// Words anywhere in a value that show a placeholder, without case.
    pub placeholders: Vec<String>,
    /// Words that show a placeholder where they stand alone between other characters than letters.
    pub whole_words: Vec<String>,
    /// Values that are passwords in every tutorial.
    pub weak: Vec<String>,
    /// Values that documentation prints.
    pub documented: Vec<String>,
    /// How a reference to a value kept elsewhere, or an encrypted one, begins.
    pub references: Vec<String>,
    /// Endings of files in which a literal always stands in quotes.
    pub quoted: Vec<String>,
    /// Endings of documentation.
    pub documentation: Vec<String>,
    /// Documentation that agents are told to read and people put real things into.
    pub agent_documentation: Vec<String>,
    /// Words of a path that show a test.
    pub tests: Vec<String>,
    /// Words of a path that show an example.
    pub examples: Vec<String>,
    /// Hosts, or ends of hosts (with a leading dot), that are this machine or nobody's.
    pub local_hosts: Vec<String>,
    /// Ends of hosts (with a leading dot) that only machines of one network know.
    pub private_hosts: Vec<String>,
}
