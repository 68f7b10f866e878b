//! What can go wrong between the dashboard and the API, in words for the user.
//!
//! Every failure names what happened, where, and what to do. *Not yet* (a body that ended early,
//! a server that is down) and *broken* (a body that is not JSON) are different variants.

use serde::{Deserialize, Serialize};

/// Why a request gave no usable answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ApiError {
    /// No answer at all: server down, wrong address, or the browser refused the request.
    Unreachable {
        /// The address that was asked.
        url: String,
    },
    /// The answer, or the next part of it, did not come in time.
    TimedOut {
        /// How long nothing came, in seconds.
        seconds: u32,
        /// Rows read before, which are kept.
        rows: u64,
    },
    /// `config.json` beside the page can't be used, so the API's address is not known.
    Config {
        /// The file's address.
        url: String,
        /// What is wrong with it and what was expected.
        problem: String,
    },
    /// 401 or 403.
    Unauthorized {
        /// What the server said.
        message: String,
    },
    /// 404, or generation B's 4004.
    NotFound {
        /// What the server said.
        message: String,
    },
    /// The server refused the request as it was put (other 4xx, 4001, `RequestParameterInvalid`).
    Refused {
        /// HTTP status or the body's own code.
        code: String,
        /// What the server said.
        message: String,
    },
    /// The server failed (5xx, 5000).
    Server {
        /// HTTP status or the body's own code.
        code: String,
        /// What the server said.
        message: String,
    },
    /// The body is not what the contract says.
    Malformed {
        /// Offset of the first byte that could not be read.
        byte: u64,
        /// What was expected there.
        expected: String,
        /// What stood there.
        found: String,
        /// Rows read before it, which are kept.
        rows: u64,
    },
    /// The body ended early.
    Truncated {
        /// Bytes that arrived.
        bytes: u64,
        /// Rows read before the end, which are kept.
        rows: u64,
    },
    /// The user cancelled the request.
    Cancelled {
        /// Rows read before, which are kept.
        rows: u64,
    },
}

impl ApiError {
    /// The error of an HTTP status with the message that its body had (may be empty).
    pub fn from_status(status: u16, message: &str) -> Self {
        let message = message.to_owned();
        let code = format!("HTTP {status}");
        match status {
            401 | 403 => Self::Unauthorized { message },
            404 => Self::NotFound { message },
            500.. => Self::Server { code, message },
            _ => Self::Refused { code, message },
        }
    }

    /// The error of a code inside a body: generation B's 4001, 4004, 5000, or 401.
    pub fn from_code(code: i64, message: &str) -> Self {
        let message = message.to_owned();
        let spelled = format!("code {code}");
        match code {
            401 | 403 | 4010 | 4030 => Self::Unauthorized { message },
            404 | 4004 => Self::NotFound { message },
            500..600 | 5000.. => Self::Server {
                code: spelled,
                message,
            },
            _ => Self::Refused {
                code: spelled,
                message,
            },
        }
    }

    /// What happened, in a few words.
    pub fn headline(&self) -> String {
        match self {
            Self::Unreachable { .. } => "The API does not answer".into(),
            Self::TimedOut { .. } => "The API does not answer in time".into(),
            Self::Config { .. } => "config.json can't be used".into(),
            Self::Unauthorized { .. } => "Not signed in".into(),
            Self::NotFound { .. } => "Not found".into(),
            Self::Refused { .. } => "The API refused the request".into(),
            Self::Server { .. } => "The API failed".into(),
            Self::Malformed { .. } => "The API's answer can't be read".into(),
            Self::Truncated { .. } => "The API's answer broke off".into(),
            Self::Cancelled { .. } => "Cancelled".into(),
        }
    }

    /// Where and what, with the server's own words.
    pub fn detail(&self) -> String {
        match self {
            Self::Unreachable { url } => format!("No answer from {url}."),
            Self::TimedOut { seconds, rows } => {
                format!("Nothing came for {seconds} s. {}", kept(*rows))
            }
            Self::Config { url, problem } => sentence(&format!("{url}: {problem}")),
            Self::Unauthorized { message } | Self::NotFound { message } => sentence(message),
            Self::Refused { code, message } | Self::Server { code, message } => {
                sentence(&format!("{code}: {message}"))
            }
            Self::Malformed {
                byte,
                expected,
                found,
                rows,
            } => format!(
                "At byte {byte}: expected {expected}, found {found}. {}",
                kept(*rows)
            ),
            Self::Truncated { bytes, rows } => {
                format!("The body ended after {bytes} bytes. {}", kept(*rows))
            }
            Self::Cancelled { rows } => kept(*rows),
        }
    }

    /// What the user can do.
    pub fn advice(&self) -> &'static str {
        match self {
            Self::Unreachable { .. } => {
                "Check that the server runs and that config.json names its address."
            }
            Self::Config { .. } => {
                r#"Correct the file on the server, for example {"api": "/api/v1"}, then retry."#
            }
            Self::TimedOut { .. } => {
                "Retry; if it stays, look whether the server or a proxy in front of it hangs."
            }
            Self::Unauthorized { .. } => "Sign in to the portal in this browser, then retry.",
            Self::NotFound { .. } => "Pick another workload, or check the UID.",
            Self::Refused { .. } => "Check the filters; the request was not understood.",
            Self::Server { .. } => "Retry; if it stays, look at the server's log.",
            Self::Malformed { .. } => "A proxy or another API version may be in the way.",
            Self::Truncated { .. } => "Retry to get the rest.",
            Self::Cancelled { .. } => "Retry to load the rest.",
        }
    }
}

fn kept(rows: u64) -> String {
    match rows {
        0 => "No rows before it.".into(),
        1 => "The 1 row before it is kept.".into(),
        n => format!("The {n} rows before it are kept."),
    }
}

fn sentence(message: &str) -> String {
    let message = message.trim();
    match message.chars().last() {
        None => "The server gave no reason.".into(),
        Some('.' | '!' | '?') => message.to_owned(),
        Some(_) => format!("{message}."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_error_form_of_the_field_gets_its_variant() {
        assert!(matches!(
            ApiError::from_status(401, ""),
            ApiError::Unauthorized { .. }
        ));
        assert!(matches!(
            ApiError::from_status(404, ""),
            ApiError::NotFound { .. }
        ));
        assert!(matches!(
            ApiError::from_status(400, ""),
            ApiError::Refused { .. }
        ));
        assert!(matches!(
            ApiError::from_status(502, ""),
            ApiError::Server { .. }
        ));
        assert!(matches!(
            ApiError::from_code(4001, ""),
            ApiError::Refused { .. }
        ));
        assert!(matches!(
            ApiError::from_code(4004, ""),
            ApiError::NotFound { .. }
        ));
        assert!(matches!(
            ApiError::from_code(5000, ""),
            ApiError::Server { .. }
        ));
        assert!(matches!(
            ApiError::from_code(401, ""),
            ApiError::Unauthorized { .. }
        ));
    }

    #[test]
    fn details_are_sentences() {
        assert_eq!(
            ApiError::from_status(400, "start: not a number").detail(),
            "HTTP 400: start: not a number."
        );
        assert_eq!(
            ApiError::from_status(404, "").detail(),
            "The server gave no reason."
        );
        assert_eq!(
            ApiError::Truncated { bytes: 10, rows: 1 }.detail(),
            "The body ended after 10 bytes. The 1 row before it is kept."
        );
    }
}
