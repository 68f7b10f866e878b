//! What a body says about itself besides its rows, and whether it is an error answer.

use super::{ScanError, ScanSummary};

/// The scalars of a body that decide what it is; codes as written.
#[derive(Debug, Default)]
pub(super) struct Answer {
    /// A list of rows was opened.
    pub(super) has_rows: bool,
    /// `data` was there, if only as `null`.
    pub(super) has_data: bool,
    pub(super) error: Option<String>,
    pub(super) code: Option<String>,
    pub(super) message: Option<String>,
    pub(super) meta_code: Option<String>,
    pub(super) meta_message: Option<String>,
    pub(super) total_count: Option<u64>,
    pub(super) workload_uid: Option<String>,
}

impl Answer {
    /// The error that the body reports, in any of the forms of the generations in the field:
    /// an envelope with a code other than 2000; `{"error"}`; `{"code","message"}` without rows.
    pub(super) fn error(&self) -> Option<ScanError> {
        if let Some(code) = &self.meta_code
            && !matches!(code.as_str(), "2000" | "200" | "0")
        {
            return Some(api_error(Some(code), self.meta_message.as_deref()));
        }
        if let Some(error) = &self.error {
            return Some(api_error(self.code.as_deref(), Some(error)));
        }
        if self.has_rows || self.has_data || (self.code.is_none() && self.message.is_none()) {
            return None;
        }
        Some(api_error(self.code.as_deref(), self.message.as_deref()))
    }

    /// Copies what the caller may want to know.
    pub(super) fn describe(self, summary: &mut ScanSummary) {
        summary.total_count = self.total_count;
        summary.workload_uid = self.workload_uid;
    }
}

/// A code that is a word goes in front of the message; its number is then 0.
fn api_error(code: Option<&str>, message: Option<&str>) -> ScanError {
    let message = message.unwrap_or("the server gave no message");
    let Some(code) = code else {
        return ScanError::Api {
            code: 0,
            message: message.to_owned(),
        };
    };
    match code.parse() {
        Ok(code) => ScanError::Api {
            code,
            message: message.to_owned(),
        },
        Err(_) => ScanError::Api {
            code: 0,
            message: format!("{code}: {message}"),
        },
    }
}
