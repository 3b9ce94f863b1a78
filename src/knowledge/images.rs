//! What is known of container images that keep data on disk: the format of
//! `rules/knowledge/images.yaml`.

use serde::{Deserialize, Serialize};

/// The file.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Images {
    /// The images.
    #[serde(default)]
    pub images: Vec<Image>,
}

/// An image that keeps data on disk.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Image {
    /// With a `/` the end of the image's name, without one an official image.
    pub names: Vec<String>,
    /// What it speaks: `postgres`, `mysql`.
    pub engine: String,
    /// In words.
    pub title: String,
    /// primary, keys, derived, transient.
    #[serde(default = "primary")]
    pub holds: String,
    /// The directories of which one holds the data.
    pub keeps: Vec<String>,
    /// Variables that move it.
    #[serde(default)]
    pub path_variables: Vec<String>,
    /// With one of these set it keeps its data elsewhere.
    #[serde(default)]
    pub unless_variables: Vec<String>,
}

fn primary() -> String {
    "primary".into()
}

impl Images {
    /// The row of an image reference (`registry/name:tag@digest`).
    pub fn of(&self, reference: &str) -> Option<&Image> {
        let name = plain(reference);
        self.images.iter().find(|image| image.names.iter().any(|known| is(&name, known)))
    }
}

/// The name of an image reference, in lower case: without tag and digest.
fn plain(reference: &str) -> String {
    let name = reference.trim().split('@').next().unwrap_or_default();
    let last = name.rfind('/').map_or(0, |at| at + 1);
    let end = name.get(last..).and_then(|n| n.find(':')).map_or(name.len(), |at| last + at);
    name.get(..end).unwrap_or(name).to_ascii_lowercase()
}

fn is(name: &str, known: &str) -> bool {
    if known.contains('/') {
        return name == known || name.strip_suffix(known).is_some_and(|rest| rest.ends_with('/'));
    }
    // Official images are called by their bare name, through `library` or a mirror of it.
    name == known || name.strip_suffix(known).is_some_and(|rest| rest == "docker.io/" || rest.ends_with("library/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn images() -> Images {
        serde_yaml::from_str(include_str!("../../rules/knowledge/images.yaml")).unwrap()
    }

    #[test]
    fn images_are_known_by_their_whole_name() {
        let images = images();
        let engine = |name: &str| images.of(name).map(|i| i.engine.clone());
        for name in [
            "postgres",
            "postgres:16-alpine",
            "docker.io/library/postgres:17",
            "public.ecr.aws/docker/library/postgres",
            "postgis/postgis:16-3.4",
            "ghcr.io/railwayapp-templates/postgres-ssl:18@sha256:0123",
            "registry.example:5000/pgvector/pgvector:pg16",
        ] {
            assert_eq!(engine(name).as_deref(), Some("postgres"), "{name}");
        }
        for name in ["prom/postgres-exporter", "acme/postgres", "postgres-backup", "gotenberg/gotenberg:8", ""] {
            assert_eq!(engine(name), None, "{name}");
        }
    }

    #[test]
    fn every_row_is_whole() {
        for image in &images().images {
            assert!(image.keeps.iter().all(|p| p.starts_with('/') && !p.ends_with('/')), "{:?}", image.names);
            assert!(["primary", "keys", "derived", "transient"].contains(&image.holds.as_str()), "{:?}", image.names);
            assert!(image.names.iter().all(|n| *n == n.to_ascii_lowercase()), "{:?}", image.names);
        }
    }
}
