//! What is known of programs and images that write a copy of a database somewhere else: the format of
//! `rules/knowledge/dumps.yaml`.

use serde::{Deserialize, Serialize};

/// The file.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dumps {
    /// Programs that write a database out.
    #[serde(default)]
    pub dumpers: Vec<Dumper>,
    /// Programs that carry something away.
    #[serde(default)]
    pub uploaders: Vec<Uploader>,
    /// Images and repositories that do both.
    #[serde(default)]
    pub images: Vec<Image>,
    /// Hosts of the platform's own buckets.
    #[serde(default)]
    pub platform_endpoints: Vec<String>,
    /// Calls by which a platform copies a store or brings one back, and programs that restore.
    #[serde(default)]
    pub calls: Vec<Call>,
    /// Programs that run others, of which the dumping one may be one.
    #[serde(default)]
    pub wrappers: Vec<Wrapper>,
    /// Engines, by the words that tell them.
    #[serde(default)]
    pub engines: Vec<Engine>,
    /// Endings of files of programs that may call a dumping program.
    #[serde(default)]
    pub code: Vec<String>,
    /// How machines are told to back up their disks.
    #[serde(default)]
    pub set_up: SetUp,
    /// Attributes of a store that tell its engine.
    #[serde(default)]
    pub engine_from: Vec<String>,
}

/// How machines are told to back up their disks: roles and playbooks that install a backup program.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SetUp {
    /// Directories such files are in.
    #[serde(default)]
    pub directories: Vec<String>,
    /// Their endings.
    #[serde(default)]
    pub endings: Vec<String>,
    /// The programs.
    #[serde(default)]
    pub programs: Vec<String>,
}

/// What a call does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Does {
    /// It makes a copy.
    Copy,
    /// It brings a store back.
    Restore,
}

/// A call by which a platform copies a store or brings one back, or a program that restores a database.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Call {
    /// The program.
    pub program: String,
    /// Words that stand in it, in this order.
    #[serde(default)]
    pub verbs: Vec<String>,
    /// Words with which it is something else.
    #[serde(default)]
    pub without: Vec<String>,
    /// `copy` or `restore`.
    pub does: Does,
    /// The platform whose stores it is about.
    #[serde(default)]
    pub provider: Option<String>,
    /// The engine of the databases it is about, where it isn't a platform's call.
    #[serde(default)]
    pub engine: Option<String>,
    /// Kinds of stores: database, volume, …
    #[serde(default)]
    pub kinds: Vec<String>,
    /// Flags that name the store.
    #[serde(default)]
    pub name_flags: Vec<String>,
    /// The first plain word behind the verbs names it.
    #[serde(default)]
    pub name_after: bool,
    /// How a place to write to is written: `gs://`. None: the platform keeps the copy itself.
    #[serde(default)]
    pub scheme: Option<String>,
    /// The host of such a place.
    #[serde(default)]
    pub vendor: Option<String>,
}

/// A program that runs others.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wrapper {
    /// Its name.
    pub program: String,
    /// Words of which one row must stand in it; none: always.
    #[serde(default)]
    pub verbs: Vec<Vec<String>>,
    /// The last plain word before the program it runs names a container or service.
    #[serde(default)]
    pub containers: bool,
}

/// An engine.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Engine {
    /// `postgres`, `mysql`, …, as in [`Dumper::engine`].
    pub engine: String,
    /// Beginnings of words in a type, an image or a setting that tell it.
    pub words: Vec<String>,
    /// It is mostly a cache.
    #[serde(default)]
    pub cache: bool,
    /// Where its images keep their data.
    #[serde(default)]
    pub data: Vec<String>,
}

/// A program that writes a database out.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dumper {
    /// Its name.
    pub program: String,
    /// `postgres`, `mysql`, `mongo`, `redis`, `sqlite`.
    pub engine: String,
    /// A word without which it doesn't dump.
    #[serde(default)]
    pub needs: Option<String>,
    /// Variables that usually hold the database's URL.
    #[serde(default)]
    pub url_variables: Vec<String>,
    /// Variables it takes the host from by itself.
    #[serde(default)]
    pub host_variables: Vec<String>,
    /// Flags that name the host.
    #[serde(default)]
    pub host_flags: Vec<String>,
}

/// A program that carries something away.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Uploader {
    /// Its name.
    pub program: String,
    /// Words of which one row must stand in it, in this order.
    pub verbs: Vec<Vec<String>>,
    /// How a target is written: `s3://`.
    #[serde(default)]
    pub scheme: Option<String>,
    /// Targets are `remote:bucket/path`.
    #[serde(default)]
    pub remote: bool,
    /// Targets are `alias/bucket/path`.
    #[serde(default)]
    pub alias: bool,
    /// Variable with a remote's endpoint; `{}` stands for the remote in capitals.
    #[serde(default)]
    pub remote_endpoint: Option<String>,
    /// Flags that name the bucket.
    #[serde(default)]
    pub bucket_flags: Vec<String>,
    /// Flags that name the endpoint.
    #[serde(default)]
    pub endpoint_flags: Vec<String>,
    /// Variables that name the endpoint.
    #[serde(default)]
    pub endpoint_variables: Vec<String>,
    /// Flags that name a repository (`s3:https://host/bucket`).
    #[serde(default)]
    pub repository_flags: Vec<String>,
    /// Variables that name a repository.
    #[serde(default)]
    pub repository_variables: Vec<String>,
    /// Variables with the key it uses: a reference there tells whose bucket it is.
    #[serde(default)]
    pub credentials: Vec<String>,
    /// Where it goes when nothing else says so.
    #[serde(default)]
    pub vendor: Option<String>,
}

/// An image or repository whose work is to dump and upload.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Image {
    /// A part of its name.
    pub name: String,
    /// See [`Dumper::engine`].
    pub engine: String,
    /// Variables with the database's URL.
    #[serde(default)]
    pub url_variables: Vec<String>,
    /// Variables with the database's host.
    #[serde(default)]
    pub host_variables: Vec<String>,
    /// Variables with the bucket's name.
    #[serde(default)]
    pub bucket_variables: Vec<String>,
    /// Variables with the endpoint.
    #[serde(default)]
    pub endpoint_variables: Vec<String>,
    /// Variables with the key it uses.
    #[serde(default)]
    pub credentials: Vec<String>,
    /// Variables with a directory it writes to.
    #[serde(default)]
    pub directory_variables: Vec<String>,
    /// The directory where no variable names one.
    #[serde(default)]
    pub directory_default: Option<String>,
    /// Variables with its schedule.
    #[serde(default)]
    pub cron_variables: Vec<String>,
    /// Its schedule where no variable names one.
    #[serde(default)]
    pub cron_default: Option<String>,
    /// Where it goes when no endpoint is named.
    #[serde(default)]
    pub vendor: Option<String>,
}

impl Dumps {
    /// Whether a text names a program that dumps, carries away or restores at all.
    pub fn speaks_of(&self, text: &str) -> bool {
        let dumpers = self.dumpers.iter().map(|d| &d.program);
        let calls = self.calls.iter().map(|c| &c.program);
        let uploaders = self.uploaders.iter().filter(|u| u.scheme.is_some()).map(|u| &u.program);
        dumpers.chain(calls).chain(uploaders).any(|program| text.contains(program.as_str()))
    }

    /// What is known of an engine.
    pub fn engine(&self, name: &str) -> Option<&Engine> {
        self.engines.iter().find(|e| e.engine == name)
    }

    /// The engine that a text speaks of: one of whose words begins a word of it.
    pub fn engine_of(&self, text: &str) -> Option<&str> {
        let text = text.to_ascii_lowercase();
        let parts = || text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|p| !p.is_empty());
        let of = |e: &&Engine| e.words.iter().any(|w| parts().any(|p| p.starts_with(w.as_str())));
        self.engines.iter().find(of).map(|e| e.engine.as_str())
    }

    /// What is built in. A broken file is caught by a test.
    pub fn builtin() -> Dumps {
        serde_yaml::from_str(include_str!("../../rules/knowledge/dumps.yaml")).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_file_is_read_and_can_be_embedded() {
        let read: Result<Dumps, _> = serde_yaml::from_str(include_str!("../../rules/knowledge/dumps.yaml"));
        let dumps = match read {
            Ok(dumps) => dumps,
            Err(error) => panic!("{error}"),
        };
        assert!(dumps.dumpers.len() > 5 && dumps.uploaders.len() > 5 && dumps.images.len() > 5);
        let bytes = postcard::to_allocvec(&dumps).unwrap();
        let again: Dumps = postcard::from_bytes(&bytes).unwrap();
        assert_eq!(again.images.len(), dumps.images.len());
    }
}
