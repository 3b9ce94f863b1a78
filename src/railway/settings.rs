//! What a service's settings mean, whichever file they stand in.

use crate::source::Text;

/// Keys of a service in `.railway/railway.ts`; the SDK drops any other in silence.
pub(super) const SERVICE_KEYS: &[&str] = &[
    "source",
    "root",
    "rootDirectory",
    "build",
    "deploy",
    "run",
    "start",
    "startCommand",
    "preDeploy",
    "preDeployCommand",
    "healthcheck",
    "healthcheckPath",
    "healthcheckTimeout",
    "replicas",
    "regions",
    "networking",
    "domains",
    "tcp",
    "tcpProxies",
    "env",
    "variables",
    "volumeMounts",
    "configFile",
    "parentServiceId",
    "groupId",
    "clusterRole",
    "replicaConfig",
    "clusterDisplay",
    "tracing",
    "cdn",
];

/// More keys of a function.
pub(super) const FUNCTION_KEYS: &[&str] = &["code_file", "codeFile", "runtime"];

/// Keys of what the SDK makes of a service or database: what can be set on it afterwards.
pub(super) const NODE_KEYS: &[&str] = &[
    "source",
    "kind",
    "name",
    "build",
    "deploy",
    "networking",
    "variables",
    "volumeMounts",
    "volumeAttachments",
    "configFile",
    "parentServiceId",
    "groupId",
    "clusterRole",
    "replicaConfig",
    "clusterDisplay",
    "image",
    "output",
    "defaultMountPath",
    "engine",
    "tracing",
    "cdn",
];

/// Keys of a volume.
pub(super) const VOLUME_KEYS: &[&str] =
    &["region", "sizeMB", "alerts", "allowOnlineResize", "forkFromBaseEnvironment", "isDeleted", "isCreated"];

/// Keys of `run`.
pub(super) const RUN_KEYS: &[&str] = &["command", "preDeploy", "healthcheck", "healthcheckTimeout"];

/// The only keys that a database's constructor looks at; everything else has to be set afterwards.
pub(super) const DATABASE_KEYS: &[&str] = &["image", "output", "defaultMountPath", "region"];

/// Keys of `build` in `railway.toml`.
pub(super) const BUILD_KEYS: &[&str] = &[
    "builder",
    "watchPatterns",
    "buildCommand",
    "dockerfilePath",
    "nixpacksConfigPath",
    "nixpacksPlan",
    "nixpacksVersion",
    "railpackVersion",
    "buildEnvironment",
];

/// Keys of `deploy` in `railway.toml`.
pub(super) const DEPLOY_KEYS: &[&str] = &[
    "startCommand",
    "preDeployCommand",
    "preDeployTimeoutSeconds",
    "numReplicas",
    "multiRegionConfig",
    "healthcheckPath",
    "healthcheckTimeout",
    "sleepApplication",
    "runtime",
    "registryCredentials",
    "restartPolicyType",
    "restartPolicyMaxRetries",
    "cronSchedule",
    "region",
    "limitOverride",
    "requiredMountPath",
    "overlapSeconds",
    "drainingSeconds",
    "ipv6EgressEnabled",
    "useLegacyStacker",
];

/// Every `${{resource.OUTPUT}}` of a text. A lone `${{NAME}}` is the service's own and left out.
pub(super) fn references_in(text: &str) -> Vec<(Text, Text)> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some((_, after)) = rest.split_once("${{") {
        let Some((inside, behind)) = after.split_once("}}") else { break };
        // Names may hold blanks and stand in quotes; outputs can't hold a dot.
        if let Some((resource, output)) = inside.trim().rsplit_once('.') {
            let resource = resource.trim().trim_matches(['"', '\'']);
            if !resource.is_empty() {
                found.push((resource.into(), output.trim().into()));
            }
        }
        rest = behind;
    }
    found
}

/// The one reference that a text consists of.
pub(super) fn whole_reference(text: &str) -> Option<(Text, Text)> {
    let inner = text.trim().strip_prefix("${{")?.strip_suffix("}}")?;
    if inner.contains("${{") {
        return None;
    }
    references_in(text).into_iter().next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_found_in_texts() {
        let found = references_in("postgres://${{ db.PGUSER }}@${{\"My DB\".PGHOST}}:5432/${{PGDATABASE}}?a=${{");
        let found: Vec<_> = found.iter().map(|(r, o)| (r.as_str(), o.as_str())).collect();
        assert_eq!(found, [("db", "PGUSER"), ("My DB", "PGHOST")]);
        assert!(whole_reference("${{shared.KEY}}").is_some());
        assert!(whole_reference("${{a.B}}-${{c.D}}").is_none());
    }
}
