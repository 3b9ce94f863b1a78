//! What is known of each platform's rights: the actions that destroy, the roles and policies it
//! offers, and the Terraform resources that give them to somebody.
//!
//! These types are both the format of `rules/knowledge/iam/*.yaml` and what is embedded, so they name
//! nothing of the crate (`build.rs` compiles this file too).

use serde::{Deserialize, Serialize};

use super::stores::{Absent, Test};

/// One platform's file.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rights {
    /// The platform's short name, as stores use it.
    pub provider: String,
    /// Its name for people.
    pub title: String,
    /// Terraform provider names (the part before the first `_` of a type) that speak to it.
    #[serde(default)]
    pub terraform: Vec<String>,
    /// Whether capitals count in the names of actions.
    #[serde(default)]
    pub case: bool,
    /// Actions that destroy, or open the way to it.
    #[serde(default)]
    pub actions: Vec<Action>,
    /// The platform's own roles and policies that allow some of them.
    #[serde(default)]
    pub roles: Vec<Role>,
    /// Those that are known to allow none.
    #[serde(default)]
    pub harmless: Vec<String>,
    /// Terraform resources that are somebody, or give somebody rights.
    #[serde(default)]
    pub bindings: Vec<Binding>,
    /// Terraform resources that make a token or key.
    #[serde(default)]
    pub tokens: Vec<Made>,
    /// Who signs the identities of pipelines.
    #[serde(default)]
    pub issuers: Vec<Issuer>,
    /// Steps of pipelines that take on an identity.
    #[serde(default)]
    pub assumes: Vec<Assumes>,
    /// Resources that declare the environments which jobs of pipelines wait for.
    #[serde(default)]
    pub environments: Vec<Environment>,
}

impl Rights {
    /// Adds what another part knows. Of two roles of a name, the other's wins.
    pub fn merge(&mut self, other: Rights) {
        self.roles.retain(|r| !other.roles.iter().any(|o| o.id == r.id));
        self.roles.extend(other.roles);
        self.terraform.extend(other.terraform);
        self.actions.extend(other.actions);
        self.harmless.extend(other.harmless);
        self.bindings.extend(other.bindings);
        self.tokens.extend(other.tokens);
        self.issuers.extend(other.issuers);
        self.assumes.extend(other.assumes);
        self.environments.extend(other.environments);
    }
}

/// A resource that declares an environment which jobs of pipelines wait for.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Environment {
    /// Its type.
    pub resource: String,
    /// The attribute with its name.
    pub name: String,
    /// The block that names who is asked.
    pub asks: String,
}

/// An action.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Action {
    /// As policies write it: `rds:DeleteDBInstance`.
    pub action: String,
    /// What it does.
    pub does: Does,
    /// What it does it to: database, volume, bucket, backup, key, …; `any`.
    pub kind: String,
    /// Forms of what it acts on, as policies name it: `{}` stands for a name, `*` for anything.
    #[serde(default)]
    pub over: Vec<String>,
    /// Terraform types of what it acts on.
    #[serde(default)]
    pub types: Vec<String>,
    /// What one call takes: store, parent, environment, project, account.
    #[serde(default = "store")]
    pub blast: String,
    /// Of the data plane, where the platform keeps the two apart.
    #[serde(default)]
    pub data: bool,
    /// How what it takes comes back, in words; none if it doesn't.
    #[serde(default)]
    pub undo: Option<String>,
}

fn store() -> String {
    "store".into()
}

/// What an action does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Does {
    /// Takes data.
    Data,
    /// Takes backups, snapshots or older versions.
    Copies,
    /// Lifts a guard, or shortens what is kept.
    Guards,
    /// Gives itself or somebody else more rights.
    Rights,
    /// Runs SQL or commands, or changes what others run: anything may come of it.
    Commands,
    /// Replaces data without deleting it.
    Overwrites,
    /// Takes what can be built again.
    Rebuildable,
}

/// A role or policy that the platform offers. Patterns as policies write them.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Role {
    /// What it is called in policies and attachments: `AmazonRDSFullAccess`, `roles/owner`, `Contributor`.
    pub id: String,
    /// Its other name (the GUID of an Azure role).
    #[serde(default)]
    pub also: Option<String>,
    /// Allowed over everything.
    #[serde(default)]
    pub allows: Vec<String>,
    /// Allowed is everything but these (an Allow with NotAction).
    #[serde(default)]
    pub all_but: Vec<String>,
    /// Taken away again from `allows` (Azure's NotActions, an explicit Deny).
    #[serde(default)]
    pub except: Vec<String>,
    /// Allowed over some resources or under conditions only.
    #[serde(default)]
    pub limited: Vec<String>,
    /// Data actions allowed, where the platform keeps the two apart.
    #[serde(default)]
    pub data: Vec<String>,
}

/// A Terraform resource that is somebody, or gives somebody rights.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Binding {
    /// Its type.
    pub resource: String,
    /// What it is, in words: "role", "IAM binding of a project".
    pub title: String,
    /// Whether it is somebody itself.
    #[serde(default)]
    pub identity: bool,
    /// Attributes by which others refer to it.
    #[serde(default)]
    pub names: Vec<String>,
    /// Attributes that name whom it gives rights to.
    #[serde(default)]
    pub to: Vec<String>,
    /// What it gives.
    #[serde(default)]
    pub gives: Vec<Given>,
    /// Attribute with the policy that bounds what it may be given.
    #[serde(default)]
    pub boundary: Option<String>,
    /// Attribute with the policy that tells who may take it on.
    #[serde(default)]
    pub trust: Option<String>,
    /// Attribute with the issuer of identities it lets in, where it is a trust by itself.
    #[serde(default)]
    pub issuer: Option<String>,
    /// Attribute with the one subject it lets in.
    #[serde(default)]
    pub subject: Option<String>,
    /// Attribute with the expression that says which subjects it lets in; absent: all.
    #[serde(default)]
    pub admits: Option<String>,
    /// Over what: store, environment, project, account.
    #[serde(default)]
    pub scope: Option<String>,
    /// Attribute that tells over what more exactly, or where the type doesn't.
    #[serde(default)]
    pub scope_from: Option<String>,
    /// Block or attribute with a condition under which it holds.
    #[serde(default)]
    pub condition: Option<String>,
}

/// A right in a Terraform resource.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Given {
    /// Path of the attribute, or of the blocks.
    pub attribute: String,
    /// How it is written.
    pub form: Form,
}

/// How a right is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Form {
    /// A policy document.
    Document,
    /// The name, id or ARN of a policy or role, of the platform's or of another resource; or a list of them.
    Named,
    /// The attributes of the resource are themselves a role: Azure's `permissions`, Google's `permissions`.
    Permissions,
    /// Kubernetes rules, as blocks.
    Rules,
    /// A bindings document (`google_iam_policy`).
    Bindings,
    /// Another identity, all of whose rights it gives: a group.
    Identity,
}

/// A Terraform resource that makes a token or key.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Made {
    /// Its type.
    pub resource: String,
    /// What it makes, in words, fit to follow "a": "Neon API key of the whole account".
    pub title: String,
    /// When it is that; all must hold.
    #[serde(default)]
    pub when: Vec<When>,
    /// How far it reaches: store, environment, project, account, unknown.
    pub scope: String,
    /// Attribute that names the identity whose rights it has.
    #[serde(default)]
    pub of: Option<String>,
    /// What it can destroy.
    #[serde(default)]
    pub does: Vec<Does>,
    /// Kinds of store.
    #[serde(default)]
    pub kinds: Vec<String>,
    /// What to write instead.
    #[serde(default)]
    pub advice: String,
    /// Where this is documented.
    #[serde(default)]
    pub source: Option<String>,
}

/// A test of one attribute.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct When {
    /// Its path; of a list, one of whose elements must pass.
    pub attribute: String,
    /// Which values pass.
    #[serde(default)]
    pub is: Test,
    /// Regular expression that a value must match.
    #[serde(default)]
    pub matches: Option<String>,
    /// What an absent attribute means (`safe`: it passes).
    #[serde(default)]
    pub absent: Absent,
}

/// Who signs the identities of pipelines.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Issuer {
    /// Its host, as trust policies name it.
    pub host: String,
    /// In words: "GitHub Actions".
    pub title: String,
    /// What its subjects are of: "repository", "project".
    pub unit: String,
    /// What a subject looks like: `{owner}` and `{name}` tell it apart, `{}` is any other name, `*` anything.
    pub subject: String,
    /// It signs for one owner only: a cluster's own.
    #[serde(default)]
    pub private: bool,
    /// The subject of a run on a pull request, if it can be told.
    #[serde(default)]
    pub pull_request: Option<String>,
}

/// A step of a pipeline that takes on an identity.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Assumes {
    /// The action, without version: `aws-actions/configure-aws-credentials`.
    pub uses: String,
    /// The platform it signs in to.
    pub provider: String,
    /// Inputs that name the identity.
    pub inputs: Vec<String>,
}
