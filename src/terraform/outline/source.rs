//! A module's source taken apart: which published module it names, which of its submodules, at which version.

/// A source as `source = …` writes it, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Published {
    /// `namespace/name/provider` of a registry, or `github.com/owner/repository`.
    pub address: String,
    /// What follows `//`; empty for the module itself.
    pub path: String,
    /// What a repository is checked out at: a tag, a branch, a commit.
    pub reference: Option<String>,
}

/// What a source names; `None` for a path, an archive, or a host whose repositories aren't known.
pub fn published(source: &str) -> Option<Published> {
    if source.starts_with('.') || source.starts_with('/') {
        return None;
    }
    let (rest, query) = source.split_once('?').unwrap_or((source, ""));
    let reference = query.split('&').find_map(|q| q.strip_prefix("ref=")).map(str::to_owned);
    let forced = rest.strip_prefix("git::");
    let rest = forced.unwrap_or(rest);
    let (scheme, rest) = match rest.split_once("://") {
        Some((scheme, rest)) => (Some(scheme), rest),
        None => (None, rest),
    };
    let rest = rest.rsplit_once('@').map_or(rest, |(_, host)| host);
    let (package, path) = rest.split_once("//").unwrap_or((rest, ""));
    let path = path.trim_matches('/').to_owned();
    // `git@host:owner/repository`.
    let package = match (scheme, package.split_once(':')) {
        (None, Some((host, inside))) => format!("{host}/{inside}"),
        _ => package.to_owned(),
    };
    let parts: Vec<&str> = package.trim_end_matches(".git").split('/').filter(|p| !p.is_empty()).collect();
    let address = match parts[..] {
        [host, owner, repository] if host.eq_ignore_ascii_case("github.com") => {
            format!("github.com/{owner}/{repository}").to_ascii_lowercase()
        }
        [namespace, name, provider] if scheme.is_none() && forced.is_none() && !namespace.contains('.') => {
            format!("{namespace}/{name}/{provider}")
        }
        [host, namespace, name, provider] if scheme.is_none() && host.starts_with("registry.") => {
            format!("{namespace}/{name}/{provider}")
        }
        _ => return None,
    };
    Some(Published { address, path, reference })
}

#[cfg(test)]
mod tests {
    use super::published;

    fn told(source: &str) -> Option<(String, String, String)> {
        published(source).map(|p| (p.address, p.path, p.reference.unwrap_or_default()))
    }

    #[test]
    fn every_spelling_of_a_published_module() {
        let registry = "terraform-aws-modules/rds/aws";
        let repository = "github.com/terraform-aws-modules/terraform-aws-rds";
        for (source, address, path, reference) in [
            ("terraform-aws-modules/rds/aws", registry, "", ""),
            ("terraform-aws-modules/rds/aws//modules/db_instance", registry, "modules/db_instance", ""),
            ("registry.terraform.io/terraform-aws-modules/rds/aws", registry, "", ""),
            ("registry.opentofu.org/terraform-aws-modules/rds/aws//x/", registry, "x", ""),
            ("github.com/terraform-aws-modules/terraform-aws-rds", repository, "", ""),
            (
                "github.com/terraform-aws-modules/terraform-aws-rds//modules/a?ref=v6.1.0",
                repository,
                "modules/a",
                "v6.1.0",
            ),
            (
                "git::https://github.com/terraform-aws-modules/terraform-aws-rds.git?ref=v6.1.0",
                repository,
                "",
                "v6.1.0",
            ),
            (
                "git::https://github.com/terraform-aws-modules/terraform-aws-rds.git//modules/a?depth=1&ref=main",
                repository,
                "modules/a",
                "main",
            ),
            ("git::ssh://git@github.com/terraform-aws-modules/terraform-aws-rds.git?ref=6.1", repository, "", "6.1"),
            ("git@github.com:terraform-aws-modules/terraform-aws-rds.git", repository, "", ""),
            ("https://github.com/Terraform-AWS-Modules/terraform-aws-rds", repository, "", ""),
        ] {
            assert_eq!(told(source), Some((address.into(), path.into(), reference.into())), "{source}");
        }
    }

    #[test]
    fn what_is_none() {
        for source in [
            "./modules/db",
            "../rds",
            "/x/y/z",
            "s3::https://s3.amazonaws.com/a/b.zip",
            "https://example.com/rds.zip",
            "gitlab.com/a/b",
            "app.terraform.io/acme/rds/aws",
            "git::https://example.com/terraform-aws-modules/rds/aws",
            "",
        ] {
            assert_eq!(told(source), None, "{source}");
        }
    }
}
