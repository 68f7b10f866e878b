//! `config.json` beside the page: which API it reads.

use serde::Deserialize;

/// What `config.json` sets. The default counts where the file is absent.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(
    deny_unknown_fields,
    default,
    expecting = "an object such as {\"api\": \"/api/v1\"}"
)]
pub struct Config {
    /// The API's base: a path on the page's origin, a path relative to the page, or a full address.
    pub api: String,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            api: "/api/v1".to_owned(),
        }
    }
}

impl Config {
    /// Reads the file's content.
    ///
    /// # Errors
    /// What is wrong with it, where, and what was expected, for content that is not JSON, a key
    /// that does not exist, and a value of another type. An unknown key may be a known one with a
    /// typing error, so it is not ignored.
    pub fn parse(content: &[u8]) -> Result<Self, String> {
        serde_json::from_slice(content).map_err(|error| error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_is_named_with_its_place() {
        let api = |content: &str| Config::parse(content.as_bytes()).map(|config| config.api);
        assert_eq!(api(r#"{ "api": "/lens/v1" }"#).unwrap(), "/lens/v1");
        assert_eq!(api("{}").unwrap(), "/api/v1");
        for (content, words) in [
            (
                r#"{"apis": "/v1"}"#,
                &["`apis`", "expected `api`", "line 1"][..],
            ),
            (r#"{"api": "/v1", "theme": 1}"#, &["`theme`", "`api`"]),
            ("{\n  api: \"/v1\"\n}", &["key must be a string", "line 2"]),
            (r#"{"api": "/v1",}"#, &["trailing comma", "line 1"]),
            (r#"{"api": 1}"#, &["integer `1`", "expected a string"]),
            (r#"{"api": null}"#, &["null", "expected a string"]),
            (r#"{"api": "/v1", "api": "/v2"}"#, &["duplicate", "`api`"]),
            (r#""/v1""#, &["\"/v1\"", "expected an object such as"]),
            ("<!doctype html>", &["expected value", "line 1 column 1"]),
            ("", &["EOF", "line 1"]),
        ] {
            let error = api(content).unwrap_err();
            let is_said = words.iter().all(|word| error.contains(word));
            assert!(is_said, "{content}: {error}");
        }
    }
}
