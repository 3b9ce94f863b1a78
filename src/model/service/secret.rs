//! Secrets among a service's variables: written out, or made in a way that anybody can repeat.

use super::{Declared, terraform};
use crate::credentials;
use crate::finding::Confidence;
use crate::model::inputs::Inputs;
use crate::railway::{Variable, VariableValue};

/// A secret.
#[derive(Clone, Debug)]
pub struct Secret {
    /// `railway:web#JWT_SECRET`, and where it is written.
    pub declared: Declared,
    /// The service's name.
    pub of: String,
    /// literal (written out) or derived (computed from what stands in the file).
    pub made: &'static str,
}

/// Every secret of every project.
pub fn secrets(inputs: &Inputs<'_>) -> Vec<Secret> {
    let mut all: Vec<Secret> = Vec::new();
    let declared = terraform::projects(inputs);
    for project in inputs.railway.iter().chain(&declared).filter(|p| !p.config_as_code) {
        for service in &project.services {
            for variable in &service.variables {
                let Some((made, confidence)) = made(inputs, variable) else { continue };
                let declared = Declared::of(inputs, project, &service.name, variable.span, true);
                let declared = Declared { confidence, ..declared.key(&variable.name).called(service) };
                let secret = Secret { declared, of: service.name.as_str().to_owned(), made };
                fold(&mut all, secret);
            }
        }
    }
    all
}

/// The same line in several environments, or for several services that share their variables, is one.
fn fold(all: &mut Vec<Secret>, secret: Secret) {
    let same = |s: &&mut Secret| s.declared.name == secret.declared.name && s.declared.span == secret.declared.span;
    match all.iter_mut().find(same) {
        Some(other) => other.declared.join(secret.declared),
        None => all.push(secret),
    }
}

fn made(inputs: &Inputs<'_>, variable: &Variable) -> Option<(&'static str, Confidence)> {
    let secret = is_secret(&variable.name);
    match &variable.value {
        VariableValue::Derived => Some(("derived", if secret { Confidence::High } else { Confidence::Medium })),
        // Inside a longer text: a password of a URL.
        VariableValue::Unknown(reason) if reason.kind == "derived" => Some(("derived", Confidence::Medium)),
        VariableValue::Literal(text) if secret && credentials::is_real(inputs.knowledge, text) => {
            // What is recognised as a token of a platform is told as one.
            let told = inputs.tokens.iter().any(|(file, token)| {
                token.provider.is_some()
                    && *file == variable.span.source
                    && (variable.span.contains(token.value) || token.span.contains(variable.span))
            });
            (!told).then_some(("literal", Confidence::Medium))
        }
        _ => None,
    }
}

/// Whether a variable's name says that its value is secret.
fn is_secret(name: &str) -> bool {
    let words: Vec<String> = name.split(['_', '-', '.']).map(str::to_ascii_uppercase).collect();
    const SECRET: [&str; 8] = ["SECRET", "PASSWORD", "PASSWD", "PASS", "TOKEN", "PASSPHRASE", "APIKEY", "SALT"];
    const KEYS: [&str; 10] =
        ["API", "PRIVATE", "ENCRYPTION", "SIGNING", "MASTER", "SECRET", "ACCESS", "SERVICE", "JWT", "APP"];
    // About a secret, not the secret.
    const ABOUT: [&str; 28] = [
        "NAME",
        "ID",
        "URL",
        "URI",
        "PATH",
        "FILE",
        "TTL",
        "EXPIRY",
        "EXPIRES",
        "EXPIRATION",
        "EXPIRE",
        "LIFETIME",
        "AGE",
        "HEADER",
        "ISSUER",
        "ALGORITHM",
        "ALG",
        "LENGTH",
        "PREFIX",
        "ENABLED",
        "COUNT",
        "LIMIT",
        "HOST",
        "PUBLIC",
        "TYPE",
        "MINUTES",
        "SECONDS",
        "DAYS",
    ];
    let last = words.last().map(String::as_str).unwrap_or_default();
    if words.iter().any(|w| ABOUT.contains(&w.as_str())) {
        return false;
    }
    let key = last == "KEY" && words.iter().rev().skip(1).any(|w| KEYS.contains(&w.as_str()));
    key || SECRET.contains(&last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_secrets() {
        for name in ["JWT_SECRET", "POSTGRES_PASSWORD", "API_KEY", "SECRET_KEY", "SESSION_TOKEN", "DB_PASS"] {
            assert!(is_secret(name), "{name}");
        }
        for name in
            ["SECRET_NAME", "TOKEN_TTL", "PUBLIC_KEY", "PASSWORD_MIN_LENGTH", "KEY", "AWS_ACCESS_KEY_ID", "PORT"]
        {
            assert!(!is_secret(name), "{name}");
        }
    }
}
