//! Small JSON texts as a tree: the answers of the API besides `metrics/data`.
//!
//! Built on the words of [`crate::scan`], so that both read JSON by the same rules (RFC 8259).
//! Numbers are the nearest `f64`; of repeated keys the first counts. Nesting is limited, so that no
//! body can exhaust the stack.

use crate::scan::lex::{Fault, literal, number, skip_space, string};
use crate::scan::text::decode;

/// Lists and objects inside each other; no answer of the API comes near.
const DEEPEST: usize = 64;

/// A JSON value.
#[derive(Clone, Debug, PartialEq)]
pub enum Json {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number as the nearest float, and rounded towards zero within `i64`.
    Number(f64, i64),
    /// A text, its escapes resolved.
    Text(String),
    /// A list.
    List(Vec<Json>),
    /// An object: its members in their order.
    Object(Vec<(String, Json)>),
}

/// Why a text is not JSON.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum JsonError {
    /// It ends early.
    Truncated,
    /// Byte `byte` is not what JSON has there.
    Malformed {
        /// Offset in the text.
        byte: usize,
        /// What was expected there.
        expected: &'static str,
    },
}

impl Json {
    /// Reads a whole text.
    pub fn parse(text: &[u8]) -> Result<Self, JsonError> {
        let mut reader = Reader { text, at: 0 };
        let value = reader.value(0)?;
        reader.space();
        if reader.at < text.len() {
            return Err(reader.bad("the end of the body"));
        }
        Ok(value)
    }

    /// The member of an object; `None` for what is no object, has no such key, or is `null` there.
    pub fn get(&self, key: &str) -> Option<&Self> {
        let Self::Object(members) = self else {
            return None;
        };
        let found = members.iter().find(|(name, _)| name == key);
        found.map(|(_, value)| value).filter(|v| **v != Self::Null)
    }

    /// The text, if it is one.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The number rounded towards zero, if it is one.
    pub fn as_i64(&self) -> Option<i64> {
        match self {
            Self::Number(_, whole) => Some(*whole),
            _ => None,
        }
    }

    /// The items, if it is a list.
    pub fn as_list(&self) -> Option<&[Self]> {
        match self {
            Self::List(items) => Some(items),
            _ => None,
        }
    }
}

struct Reader<'a> {
    text: &'a [u8],
    at: usize,
}

impl Reader<'_> {
    fn rest(&self) -> &[u8] {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn space(&mut self) {
        self.at = skip_space(self.text, self.at);
    }

    fn bad(&self, expected: &'static str) -> JsonError {
        JsonError::Malformed {
            byte: self.at,
            expected,
        }
    }

    fn fault(&self, fault: Fault) -> JsonError {
        match fault {
            Fault::Incomplete => JsonError::Truncated,
            Fault::Bad { at, expected } => JsonError::Malformed {
                byte: self.at + at,
                expected,
            },
        }
    }

    /// Skips space and takes `byte`, if it comes next.
    fn takes(&mut self, byte: u8) -> bool {
        self.space();
        let found = self.rest().first() == Some(&byte);
        self.at += usize::from(found);
        found
    }

    fn needs(&mut self, byte: u8, expected: &'static str) -> Result<(), JsonError> {
        match self.takes(byte) {
            true => Ok(()),
            false if self.rest().is_empty() => Err(JsonError::Truncated),
            false => Err(self.bad(expected)),
        }
    }

    fn value(&mut self, depth: usize) -> Result<Json, JsonError> {
        if depth > DEEPEST {
            return Err(self.bad("less nesting"));
        }
        self.space();
        match self.rest().first() {
            None => Err(JsonError::Truncated),
            Some(b'"') => self.string().map(Json::Text),
            Some(b'{') => self.object(depth),
            Some(b'[') => self.list(depth),
            Some(b'n') => self.word("null", Json::Null),
            Some(b't') => self.word("true", Json::Bool(true)),
            Some(b'f') => self.word("false", Json::Bool(false)),
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(_) => Err(self.bad("a JSON value")),
        }
    }

    fn word(&mut self, word: &'static str, value: Json) -> Result<Json, JsonError> {
        let length = literal(self.rest(), word).map_err(|fault| self.fault(fault))?;
        self.at += length;
        Ok(value)
    }

    fn number(&mut self) -> Result<Json, JsonError> {
        let read = match number(self.rest()) {
            // the body ends with it: only what follows tells that a number is over
            Err(Fault::Incomplete) => {
                let padded = [self.rest(), b" "].concat();
                number(&padded).map_err(|_| Fault::Incomplete)
            }
            read => read,
        };
        let (number, length) = read.map_err(|fault| self.fault(fault))?;
        let written = self.rest().get(..length).unwrap_or_default();
        let value = Json::Number(number.to_f64(written), number.to_i64(written));
        self.at += length;
        Ok(value)
    }

    fn string(&mut self) -> Result<String, JsonError> {
        let (_, length) = string(self.rest()).map_err(|fault| self.fault(fault))?;
        let inside = self.rest().get(1..length - 1).unwrap_or_default();
        let text = decode(inside);
        self.at += length;
        Ok(text)
    }

    fn list(&mut self, depth: usize) -> Result<Json, JsonError> {
        self.at += 1;
        let mut items = Vec::new();
        if self.takes(b']') {
            return Ok(Json::List(items));
        }
        loop {
            items.push(self.value(depth + 1)?);
            if !self.takes(b',') {
                break;
            }
        }
        self.needs(b']', "a comma or ]")?;
        Ok(Json::List(items))
    }

    fn object(&mut self, depth: usize) -> Result<Json, JsonError> {
        self.at += 1;
        let mut members = Vec::new();
        if self.takes(b'}') {
            return Ok(Json::Object(members));
        }
        loop {
            self.space();
            if !matches!(self.rest().first(), None | Some(b'"')) {
                return Err(self.bad("a key in quotes"));
            }
            if self.rest().is_empty() {
                return Err(JsonError::Truncated);
            }
            let key = self.string()?;
            self.needs(b':', "a colon")?;
            members.push((key, self.value(depth + 1)?));
            if !self.takes(b',') {
                break;
            }
        }
        self.needs(b'}', "a comma or }")?;
        Ok(Json::Object(members))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The same tree as serde_json makes.
    fn expected(value: &serde_json::Value) -> Json {
        match value {
            serde_json::Value::Null => Json::Null,
            serde_json::Value::Bool(is) => Json::Bool(*is),
            serde_json::Value::Number(n) => {
                let float = n.as_f64().unwrap();
                Json::Number(float, n.as_i64().unwrap_or(float as i64))
            }
            serde_json::Value::String(text) => Json::Text(text.clone()),
            serde_json::Value::Array(items) => Json::List(items.iter().map(expected).collect()),
            serde_json::Value::Object(members) => Json::Object(
                members
                    .iter()
                    .map(|(k, v)| (k.clone(), expected(v)))
                    .collect(),
            ),
        }
    }

    const SAMPLES: [&str; 8] = [
        "null",
        " -12.5e-3 ",
        "9007199254740993",
        r#""a\u00e9\n""#,
        "[]",
        "{}",
        "[1, [true,false], {\"a\" : null} ]",
        r#"{"a":{"b":[0.1,-0,1e400]},"c":"d"}"#,
    ];

    #[test]
    fn equals_serde_json() {
        for text in &SAMPLES[..7] {
            let value = serde_json::from_str(text).unwrap();
            assert_eq!(Json::parse(text.as_bytes()), Ok(expected(&value)), "{text}");
        }
        let list = r#"{"data":[{"uid":"u","end_at":null}],"total":1}"#;
        let value = Json::parse(list.as_bytes()).unwrap();
        assert_eq!(value.get("total").and_then(Json::as_i64), Some(1));
        let first = &value.get("data").and_then(Json::as_list).unwrap()[0];
        assert_eq!(first.get("uid").and_then(Json::as_text), Some("u"));
        assert_eq!(first.get("end_at"), None);
    }

    #[test]
    fn every_beginning_is_truncated() {
        for text in SAMPLES.iter().filter(|text| text.contains(['[', '{', '"'])) {
            for end in 0..text.trim_end().len() {
                let part = &text.as_bytes()[..end];
                assert_eq!(Json::parse(part), Err(JsonError::Truncated), "{text} {end}");
            }
        }
    }

    #[test]
    fn what_is_wrong_has_its_place() {
        for (text, byte) in [
            ("<html>", 0),
            ("{\"a\" 1}", 5),
            ("{\"a\":1,}", 7),
            ("[1 2]", 3),
            ("{} x", 3),
            ("[01]", 2),
            ("{a:1}", 1),
            ("\"\u{1}\"", 1),
        ] {
            let got = Json::parse(text.as_bytes());
            assert!(
                matches!(got, Err(JsonError::Malformed { byte: at, .. }) if at == byte),
                "{text}: {got:?}"
            );
        }
        let deep = "[".repeat(100_000);
        let got = Json::parse(deep.as_bytes());
        assert!(matches!(got, Err(JsonError::Malformed { .. })));
    }
}
