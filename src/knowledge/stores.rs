//! What is known of the things that hold data: their kind, what guards them, which copies the
//! platform makes by itself, what makes their loss easier, and which other resources guard or copy
//! them.
//!
//! These types are both the format of `rules/knowledge/stores/*.yaml` and what is embedded, so
//! they name nothing of the crate (`build.rs` compiles this file too).

use serde::{Deserialize, Serialize};

use super::scalar::Scalar;

/// One provider's file, or a part of it: parts of the same `provider` are merged.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Provider {
    /// `aws`, `railway`: the platform's short name, as operations and credentials use it.
    pub provider: String,
    /// Its name for people. Only one part of a provider needs it.
    #[serde(default)]
    pub title: String,
    /// Where its types are documented: `{name}` is the type without the provider's prefix.
    #[serde(default)]
    pub docs: Option<String>,
    /// Terraform provider names (the part before the first `_` of a type, or a local name) that speak to it.
    #[serde(default)]
    pub terraform: Vec<String>,
    /// Ends of the host names that its services answer at.
    #[serde(default)]
    pub hosts: Vec<String>,
    /// What an account is called there, for messages.
    #[serde(default)]
    pub account_word: Option<String>,
    /// What a project is called there (`resource group`), for messages.
    #[serde(default)]
    pub project_word: Option<String>,
    /// Paths in the provider block that tell the account apart (`assume_role.role_arn`, `profile`, `project`).
    #[serde(default)]
    pub account_from: Vec<String>,
    /// Paths in the provider block or resource that tell the region.
    #[serde(default)]
    pub region_from: Vec<String>,
    /// Path in a resource or the provider block that tells its project or resource group.
    #[serde(default)]
    pub project_from: Vec<String>,
    /// Path in a resource or the provider block that tells its environment of that project, or its
    /// namespace: what one call takes together.
    #[serde(default)]
    pub environment_from: Vec<String>,
    /// Types that are such a project or resource group: a guard on one holds for what is inside.
    #[serde(default)]
    pub project_types: Vec<String>,
    /// Types (`data.` in front of data sources) that stand for the whole account.
    #[serde(default)]
    pub account_types: Vec<String>,
    /// How its identifiers tell where a thing is: literal text with `{region}`, `{account}`,
    /// `{project}`, `{name}` for the parts that matter and `{_}` for those that don't.
    #[serde(default)]
    pub ids: Vec<String>,
    /// Attributes that hold a resource's tags or labels.
    #[serde(default)]
    pub tags_from: Vec<String>,
    /// Paths in the provider block of tags that every resource gets.
    #[serde(default)]
    pub default_tags_from: Vec<String>,
    /// Words in the name of a tag that say that something backs a thing up, wherever that is set.
    #[serde(default)]
    pub backup_tags: Vec<String>,
    /// Resources that attach a volume to a machine: a copy of the machine is one of the volume.
    #[serde(default)]
    pub attachments: Vec<Attachment>,
    /// Terraform backends that keep state here.
    #[serde(default)]
    pub backends: Vec<Backend>,
    /// What no name labels as production is somebody's own machine there.
    #[serde(default)]
    pub unlabelled_is_local: bool,
    /// Texts in a file that say that it is deployed, whatever its name.
    #[serde(default)]
    pub deployed_marks: Vec<String>,
    /// Guards that every type of this platform has. A type's own of the same attribute comes first.
    #[serde(default)]
    pub guards: Vec<Switch>,
    /// Types that hold data.
    #[serde(default)]
    pub types: Vec<StoreType>,
    /// Resources that guard or copy a store by referring to it.
    #[serde(default)]
    pub references: Vec<Reference>,
}

impl Provider {
    /// Adds what another part knows. Of two rows for a type, the other's wins.
    pub fn merge(&mut self, other: Provider) {
        if !other.title.is_empty() {
            self.title = other.title;
        }
        self.docs = other.docs.or(self.docs.take());
        self.account_word = other.account_word.or(self.account_word.take());
        self.project_word = other.project_word.or(self.project_word.take());
        self.types.retain(|t| !other.types.iter().any(|o| o.r#type == t.r#type));
        self.types.extend(other.types);
        self.references.extend(other.references);
        self.backends.extend(other.backends);
        self.guards.extend(other.guards);
        for (mine, theirs) in [
            (&mut self.terraform, other.terraform),
            (&mut self.hosts, other.hosts),
            (&mut self.account_from, other.account_from),
            (&mut self.region_from, other.region_from),
            (&mut self.project_from, other.project_from),
            (&mut self.environment_from, other.environment_from),
            (&mut self.project_types, other.project_types),
            (&mut self.account_types, other.account_types),
            (&mut self.ids, other.ids),
            (&mut self.tags_from, other.tags_from),
            (&mut self.default_tags_from, other.default_tags_from),
            (&mut self.backup_tags, other.backup_tags),
        ] {
            mine.extend(theirs);
        }
        self.attachments.extend(other.attachments);
        self.unlabelled_is_local |= other.unlabelled_is_local;
        self.deployed_marks.extend(other.deployed_marks);
    }
}

/// A resource that attaches a volume to a machine.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Attachment {
    /// Its Terraform type.
    pub r#type: String,
    /// Its attribute that refers to the volume.
    pub volume: String,
    /// Its attribute that refers to the machine.
    pub machine: String,
}

/// A Terraform backend and the stores it keeps state in.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Backend {
    /// `s3`, `gcs`, `azurerm`.
    pub backend: String,
    /// Its attribute that names the store.
    pub attribute: String,
    /// Types that can be that store.
    pub types: Vec<String>,
}

/// A type of store.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StoreType {
    /// Terraform type, or `railway:volume` and the like.
    pub r#type: String,
    /// For people: "RDS database".
    pub title: String,
    /// database, volume, bucket, filesystem, key, secret, queue, registry, backup, state, cluster, compute, dns, repo, other.
    pub kind: String,
    /// primary, keys, state, derived, transient.
    #[serde(default = "primary")]
    pub holds: String,
    /// Its data is in what is inside of it: where that is declared too, that is judged instead.
    #[serde(default)]
    pub container: bool,
    /// Whether the row was read again against the provider's documentation or source.
    #[serde(default)]
    pub tier: Tier,
    /// The platform's own words for the calls that delete it.
    #[serde(default)]
    pub destroyed_by: Vec<String>,
    /// Attributes that name it, for joins by name.
    #[serde(default)]
    pub names: Vec<String>,
    /// Its identifier, with `{region}`, `{account}` and its own attributes in braces, for joins by ARN.
    #[serde(default)]
    pub arn: Option<String>,
    /// Its guards.
    #[serde(default)]
    pub guards: Vec<Switch>,
    /// The copies the platform makes by itself.
    #[serde(default)]
    pub copies: Vec<Switch>,
    /// What makes its loss easier. `safe` are the values with which it doesn't.
    #[serde(default)]
    pub hazards: Vec<Switch>,
    /// When one of these holds it isn't primary (a read replica, a cluster member).
    #[serde(default)]
    pub derived_when: Vec<Condition>,
    /// Attributes that refer to what it is deleted with; the first that is written counts.
    #[serde(default)]
    pub parent: Vec<String>,
    /// Attributes whose change destroys and recreates it.
    #[serde(default)]
    pub replaces_on: Vec<String>,
    /// Something one should know, appended to help.
    #[serde(default)]
    pub note: Option<String>,
    /// Where this is documented, where it isn't with the provider's other types.
    #[serde(default)]
    pub source: Option<String>,
}

impl StoreType {
    /// Where it is documented.
    pub fn documented(&self, provider: &Provider) -> Option<String> {
        let of_all = || {
            let (_, name) = self.r#type.split_once('_')?;
            Some(provider.docs.as_ref()?.replace("{name}", name))
        };
        self.source.clone().or_else(of_all)
    }
}

fn primary() -> String {
    "primary".into()
}

/// How well a row is known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tier {
    /// Read again against documentation or source: high confidence.
    Checked,
    /// Taken over from a survey: at most medium.
    #[default]
    TakenOver,
    /// Marked unverified: low.
    Unverified,
}

/// The classes of [`StoreType::guards`], by whom they stop.
pub const GUARD_CLASSES: [&str; 4] = ["terraform", "api", "undo", "lock"];
/// The classes of [`StoreType::copies`].
pub const COPY_CLASSES: [&str; 5] = ["final_snapshot", "automated", "versioning", "point_in_time", "snapshots"];
/// The classes of copies that only a [`Reference`] gives, besides `snapshots`: kept elsewhere.
pub const REFERENCE_CLASSES: [&str; 3] = ["vault", "replica", "dump"];
/// The class of a [`Reference`] that tries a restore.
pub const RESTORE_CLASS: &str = "restore_test";
/// The class of a [`Reference`] that tells that what its target holds can be made again: logs,
/// artefacts, a machine's system, objects that all expire.
pub const DERIVED_CLASS: &str = "derived";
/// The classes of [`StoreType::hazards`]: deletion takes what is inside; what could be taken back is
/// final; a guard is lifted by the provider itself; data, or older versions of it, delete themselves
/// after a while; an ordinary apply erases data; it is deleted along with something else.
pub const HAZARD_CLASSES: [&str; 7] =
    ["force_delete", "skips_undo", "lifts_guard", "expires", "expires_versions", "wipes", "dies_with_parent"];

/// A setting that guards a store, makes copies of it, or makes its loss easier.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Switch {
    /// One of the classes above.
    pub class: String,
    /// Path of the attribute or block: `deletion_protection`, `settings.backup_configuration.enabled`. None: always so.
    #[serde(default)]
    pub attribute: Option<String>,
    /// Path in the provider block that decides when the attribute isn't written.
    #[serde(default)]
    pub provider_attribute: Option<String>,
    /// Which values are safe.
    #[serde(default)]
    pub safe: Test,
    /// What an absent attribute means.
    #[serde(default)]
    pub absent: Absent,
    /// What an absent enclosing block means, where that differs.
    #[serde(default)]
    pub block_absent: Option<Absent>,
    /// It is there only where all of these hold.
    #[serde(default)]
    pub when: Vec<Condition>,
    /// Of several blocks of a kind, those that count.
    #[serde(default)]
    pub among: Option<Among>,
    /// HCL that a fix writes.
    #[serde(default)]
    pub write: Option<String>,
    /// Days it lasts: `value` (what is written at `days_from` or the attribute), or a number.
    #[serde(default)]
    pub days: Option<Scalar>,
    /// Path of the attribute that says how long, where it isn't `attribute`.
    #[serde(default)]
    pub days_from: Option<String>,
    /// Days where nothing is written.
    #[serde(default)]
    pub days_default: Option<Scalar>,
    /// What the written number counts: days unless said otherwise. `count`: backups, not time.
    #[serde(default)]
    pub unit: Unit,
    /// The smallest blast a copy doesn't survive: store, parent, environment, project, account. None: its place decides.
    #[serde(default)]
    pub dies_with: Option<String>,
    /// Who deletes decides with the call whether this copy is left: it is one only where Terraform deletes.
    #[serde(default)]
    pub only_terraform: bool,
    /// An attribute that, when safe, lets the copy outlive the store.
    #[serde(default)]
    pub outlives_when: Option<Condition>,
    /// Words for messages.
    #[serde(default)]
    pub title: Option<String>,
    /// What weakens it ("`apply_immediately` lifts it").
    #[serde(default)]
    pub lifted_by: Option<String>,
    /// For an `undo`: the call with which the same credential makes the deletion final at once.
    #[serde(default)]
    pub skipped_by: Option<String>,
    /// First provider version that has it.
    #[serde(default)]
    pub since: Option<String>,
}

/// Of several blocks of a kind, those in which all conditions hold.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Among {
    /// The kind of block: `rule`.
    pub blocks: String,
    /// What must hold in it; paths start in the block.
    #[serde(rename = "where")]
    pub conditions: Vec<Condition>,
}

/// What the number of a retention counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// Days.
    #[default]
    Days,
    /// Hours.
    Hours,
    /// Minutes.
    Minutes,
    /// Seconds.
    Seconds,
    /// Milliseconds.
    Milliseconds,
    /// Years.
    Years,
    /// A number of copies.
    Count,
}

/// A test of one attribute.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Condition {
    /// Path of the attribute.
    pub attribute: String,
    /// Which values satisfy it.
    #[serde(default)]
    pub is: Test,
    /// What an absent attribute means (`safe`: satisfied).
    #[serde(default)]
    pub absent: Absent,
}

/// Which values pass; all keys given must hold.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Test {
    /// Exactly this.
    #[serde(default)]
    pub equals: Option<Scalar>,
    /// Anything but this.
    #[serde(default)]
    pub not: Option<Scalar>,
    /// One of these.
    #[serde(default)]
    pub one_of: Vec<Scalar>,
    /// None of these.
    #[serde(default)]
    pub none_of: Vec<Scalar>,
    /// A number (or a duration: `604800s`, `168h`, `P7D`) at least this.
    #[serde(default)]
    pub at_least: Option<Scalar>,
    /// A number or duration at most this.
    #[serde(default)]
    pub at_most: Option<Scalar>,
    /// A list that holds this.
    #[serde(default)]
    pub contains: Option<Scalar>,
    /// A list that doesn't.
    #[serde(default)]
    pub lacks: Option<Scalar>,
    /// A string that begins with this.
    #[serde(default)]
    pub prefix: Option<Scalar>,
    /// A string that doesn't.
    #[serde(default)]
    pub not_prefix: Option<Scalar>,
    /// Written and not null, an empty string or an empty list (true), or not (false). Of a block: whether it is there.
    #[serde(default)]
    pub set: Option<bool>,
}

/// What an absent attribute means.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Absent {
    /// The platform's default is safe.
    Safe,
    /// It isn't.
    #[default]
    Unsafe,
    /// It depends.
    Unknown,
}

/// A resource that guards, copies or endangers another by referring to it. What it is for the other
/// is told by the class of `gives`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reference {
    /// Its Terraform type.
    pub r#type: String,
    /// The types it can refer to; `*` for every type of the platform.
    pub target: Vec<String>,
    /// How: id (a reference, or one of the target's `names`), arn (the same, and patterns with `*`),
    /// name, tag, scope (the target, what it is inside of, its project or its account).
    #[serde(default = "by_id")]
    pub by: String,
    /// Path of the attribute that refers (a string, or a list of them). By tag: a map, or blocks with `key` and `value`.
    pub from: String,
    /// Path of an attribute that excepts some again.
    #[serde(default)]
    pub except: Option<String>,
    /// The target's attributes it may equal.
    #[serde(default)]
    pub to: Vec<String>,
    /// By tag: what stands in front of the tag's name in `key` (`aws:ResourceTag/`).
    #[serde(default)]
    pub key_prefix: Option<String>,
    /// It counts only where all of these hold of the referring resource.
    #[serde(default)]
    pub when: Vec<Condition>,
    /// It counts only where all of these hold of the target.
    #[serde(default)]
    pub target_when: Vec<Condition>,
    /// Attribute that refers to the resource which has the attributes of `gives` and `located` (a plan, a policy).
    #[serde(default)]
    pub via: Option<String>,
    /// The types `via` can refer to by their name.
    #[serde(default)]
    pub via_types: Vec<String>,
    /// What it is for the target.
    pub gives: Switch,
    /// Attribute that refers to where the copy is kept (a vault, a bucket).
    #[serde(default)]
    pub located: Option<String>,
    /// Attribute that names the region where the copy is kept.
    #[serde(default)]
    pub located_region: Option<String>,
    /// Attribute that names the project where the copy is kept.
    #[serde(default)]
    pub located_project: Option<String>,
    /// The copy is made once, not again and again.
    #[serde(default)]
    pub once: bool,
    /// Whether it was read again against the provider's documentation or source.
    #[serde(default)]
    pub tier: Tier,
}

fn by_id() -> String {
    "id".into()
}
