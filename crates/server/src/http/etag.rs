//! Conditional requests: whether the client already has what would be sent.

use axum::http::{HeaderMap, header};

/// True if `If-None-Match` names this ETag (weak comparison, RFC 9110) or is `*`.
pub fn is_known(headers: &HeaderMap, etag: &str) -> bool {
    let opaque = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
    headers
        .get_all(header::IF_NONE_MATCH)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|list| list.split(','))
        .any(|tag| tag.trim() == "*" || opaque(tag) == opaque(etag))
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    #[test]
    fn matches_weakly_and_in_lists() {
        for (sent, expected) in [
            ("W/\"1-2\"", true),
            ("\"1-2\"", true),
            ("\"0-0\", W/\"1-2\"", true),
            ("*", true),
            ("W/\"1-3\"", false),
            ("", false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::IF_NONE_MATCH, HeaderValue::from_static(sent));
            assert_eq!(is_known(&headers, "W/\"1-2\""), expected, "{sent}");
        }
        assert!(!is_known(&HeaderMap::new(), "W/\"1-2\""));
    }
}
