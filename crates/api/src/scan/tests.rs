//! The scanner as a whole, against `serde_json` (with `float_roundtrip`, which rounds as
//! `JSON.parse` does) and at every cut.

use super::*;
use parallax_fixtures::random::Random;
use parallax_model::value::{MISSING, is_missing};
use std::collections::BTreeMap;

type Rows = BTreeMap<(String, String), Vec<(i64, i64, u64)>>;

fn scan_in(body: &[u8], chunks: &[usize]) -> (Rows, Result<ScanSummary, ScanError>) {
    let mut scanner = Scanner::new();
    let mut rows = Rows::new();
    let mut rest = body;
    for &size in chunks.iter().chain(std::iter::repeat(&usize::MAX)) {
        if rest.is_empty() {
            break;
        }
        let (chunk, after) = rest.split_at(size.min(rest.len()));
        scanner.feed(chunk);
        rest = after;
        scanner.hand_over(|key, columns| {
            let name = (key.metric.clone(), key.source.0.clone());
            let columns = columns.rows();
            let bits = columns.map(|r| (r.step, r.time_ms.unwrap_or(0), r.value.to_bits()));
            rows.entry(name).or_default().extend(bits);
        });
    }
    (rows, scanner.finish())
}

fn scan(body: &str) -> (Rows, Result<ScanSummary, ScanError>) {
    scan_in(body.as_bytes(), &[])
}

/// The rules of the module's contract on top of `serde_json`.
fn expected(body: &str) -> Rows {
    let root: serde_json::Value =
        serde_json::from_str(body.trim_start_matches('\u{feff}')).unwrap();
    let data = &root["data"];
    let list = data.as_array().or_else(|| data["data"].as_array()).unwrap();
    let mut rows = Rows::new();
    for row in list {
        let Some(metric) = row["metric_name"].as_str() else {
            continue;
        };
        let source = row["data_source"].as_str().unwrap_or("");
        let value = match &row["value"] {
            serde_json::Value::Number(n) => n.as_f64().unwrap(),
            serde_json::Value::String(s) => parallax_model::value::parse(s).unwrap_or(MISSING),
            _ => MISSING,
        };
        let integer = |v: &serde_json::Value| {
            v.as_i64()
                .or_else(|| v.as_f64().map(|f| f as i64))
                .unwrap_or(0)
        };
        rows.entry((metric.to_owned(), source.to_owned()))
            .or_default()
            .push((
                integer(&row["iteration"]),
                integer(&row["timestamp"]),
                value.to_bits(),
            ));
    }
    rows
}

fn number_text(random: &mut Random) -> String {
    match random.below(12) {
        0 => format!("{}", f64::from_bits(random.bits() % 0x7fe0_0000_0000_0000)),
        1 => format!(
            "{:e}",
            f64::from_bits(random.bits() % 0x7fe0_0000_0000_0000)
        ),
        2 => format!("-{:E}", random.unit()),
        3 => format!("{}", random.bits() as i64),
        4 => format!("{:.6}", random.unit() * 10.0),
        5 => format!("{:.30}", random.unit() / 1000.0),
        6 => format!("{}e{}", random.below(1000), random.below(600) as i64 - 320),
        7 => "-0".to_owned(),
        8 => format!("{}", random.unit() as f32),
        9 => "null".to_owned(),
        10 => format!(
            "{}.{}E+0{}",
            random.below(10),
            random.bits(),
            random.below(9)
        ),
        _ => format!("{}", random.unit() * 1e6),
    }
}

fn string_text(random: &mut Random, text: &str) -> String {
    let mut out = String::from("\"");
    for unit in text.encode_utf16() {
        match random.below(12) {
            0 => out.push_str(&format!("\\u{unit:04x}")),
            1 if unit == u16::from(b'/') => out.push_str("\\/"),
            _ => match char::from_u32(u32::from(unit)) {
                Some(c @ ('"' | '\\')) => out.extend(['\\', c]),
                Some('\t') => out.push_str("\\t"),
                Some(c) => out.push(c),
                None => out.push_str(&format!("\\u{unit:04X}")),
            },
        }
    }
    out.push('"');
    out
}

const METRICS: [&str; 6] = ["lm_loss", "train/loss", "größe \"µ\"", "a\\b\tc", "😀", ""];
const SOURCES: [&str; 4] = ["log", "wandb", "tensorflow", "my source"];
const NESTED: [&str; 4] = [
    r#"{"data":[{"metric_name":"no","value":1}],"}":"]"}"#,
    r#"[[],[{}],"\"]",{"a":{"b":[1,2]}}]"#,
    "true",
    r#""x\u0041\\""#,
];

/// A row with its keys in any order if `shuffled`, else as servers write it.
fn row_text(random: &mut Random, shuffled: bool, space: &str) -> String {
    let metric = METRICS[random.below(METRICS.len())];
    let mut fields = vec![
        ("metric_name", string_text(random, metric)),
        ("value", number_text(random)),
        (
            "timestamp",
            format!("{}", 1_763_726_400_000u64 + random.bits() % 1_000_000),
        ),
        ("iteration", format!("{}", random.below(40_000))),
        ("data_source", format!("\"{}\"", SOURCES[random.below(4)])),
    ];
    if random.below(20) == 0 {
        fields[1].1 = [
            "\"NaN\"",
            "\"Infinity\"",
            "\"-inf\"",
            "\"odd\"",
            "[1]",
            "{\"a\":2}",
            "true",
        ][random.below(7)]
        .to_owned();
    }
    if shuffled {
        for i in (1..fields.len()).rev() {
            fields.swap(i, random.below(i + 1));
        }
        if random.below(3) == 0 {
            fields.remove(random.below(fields.len()));
        }
        if random.below(3) == 0 {
            fields.insert(
                random.below(fields.len()),
                ("other", NESTED[random.below(4)].to_owned()),
            );
        }
    }
    let fields: Vec<String> = fields
        .iter()
        .map(|(key, value)| format!("\"{key}\":{space}{value}"))
        .collect();
    format!("{{{space}{}{space}}}", fields.join(&format!("{space},")))
}

fn body_text(random: &mut Random, rows: usize) -> String {
    let shuffled = random.below(2) == 0;
    let space = ["", "", " ", "\n  ", " \t\r\n"][random.below(5)];
    let rows: Vec<String> = (0..rows)
        .map(|_| row_text(random, shuffled, space))
        .collect();
    let list = format!("[{space}{}{space}]", rows.join(&format!(",{space}")));
    let payload = match random.below(3) {
        0 => format!("{{\"workload_uid\":\"u\",\"data\":{space}{list},\"total_count\":7}}"),
        1 => format!("{{\"total_count\":7{space},\"data\":{list},\"workload_uid\":\"u\"}}"),
        _ => format!(
            "{{\"x\":{},\"data\":{list}{space}}}",
            NESTED[random.below(4)]
        ),
    };
    match random.below(4) {
        0 => {
            format!(r#"{{"meta":{{"code":2000,"message":"OK"}},"data":{payload},"tracing":null}}"#)
        }
        1 => format!(r#"{{"data":{payload},"tracing":{{"data":[]}},"meta":{{"code":2000}}}}"#),
        2 => format!("\u{feff}{space}{payload}{space}"),
        _ => payload,
    }
}

#[test]
fn equals_serde_json_on_random_bodies() {
    let mut random = Random::new(42);
    for case in 0..400 {
        let body = body_text(&mut random, case % 40);
        let chunks: Vec<usize> = (0..random.below(30))
            .map(|_| 1 + random.below(200))
            .collect();
        let (rows, summary) = scan_in(body.as_bytes(), &chunks);
        assert_eq!(rows, expected(&body), "{body}");
        let summary = summary.unwrap_or_else(|error| panic!("{error}: {body}"));
        let count: usize = rows.values().map(Vec::len).sum();
        assert_eq!(
            (summary.rows, summary.bytes),
            (count as u64, body.len() as u64)
        );
    }
}

#[test]
fn every_cut_gives_the_same() {
    let mut random = Random::new(3);
    for _ in 0..12 {
        let body = body_text(&mut random, 6);
        let whole = scan(&body);
        assert!(whole.1.is_ok());
        for cut in 0..=body.len() {
            assert_eq!(scan_in(body.as_bytes(), &[cut]), whole, "{cut}");
        }
        let single = vec![1; body.len()];
        assert_eq!(scan_in(body.as_bytes(), &single), whole);
    }
}

#[test]
fn a_long_token_in_small_chunks_costs_a_multiple_of_its_length() {
    let text = "x".repeat(1 << 20);
    let body = format!(r#"{{"other":"{text}","data":[]}}"#);
    let mut scanner = Scanner::new();
    for chunk in body.as_bytes().chunks(100) {
        scanner.feed(chunk);
    }
    let times = scanner.work_bytes / body.len() as u64;
    assert!(times < 8, "read {times} times");
    assert!(scanner.finish().is_ok());
}

#[test]
fn a_body_that_ends_early_keeps_its_rows() {
    let row = r#"{"metric_name":"a","value":1.5,"timestamp":7,"iteration":3,"data_source":"log"}"#;
    let body = format!(r#"{{"workload_uid":"w","data":[{row},{row}],"total_count":2}}"#);
    let first_end = body.find("},{").unwrap() + 1;
    for cut in 0..body.len() {
        let (rows, result) = scan(&body[..cut]);
        assert_eq!(result, Err(ScanError::Truncated { byte: cut as u64 }));
        let count = rows.values().map(Vec::len).sum::<usize>();
        assert_eq!(count >= 1, cut >= first_end, "{cut}");
    }
}

#[test]
fn a_malformed_byte_is_named() {
    let row = r#"{"metric_name":"a","value":1,"timestamp":7,"iteration":3,"data_source":"log"}"#;
    for (body, at, kept) in [
        ("<!doctype html>".to_owned(), 0, 0),
        ("[1]".to_owned(), 0, 0),
        (r#"{"data":[]} x"#.to_owned(), 12, 0),
        (r#"{"data":[}"#.to_owned(), 9, 0),
        (r#"{"data":[1,]}"#.to_owned(), 11, 0),
        (r#"{"data":[],}"#.to_owned(), 11, 0),
        (r#"{"data" []}"#.to_owned(), 8, 0),
        (r#"{data:[]}"#.to_owned(), 1, 0),
        (
            format!(r#"{{"data":[{row},{row} {row}]}}"#),
            10 + 2 * row.len() + 1,
            2,
        ),
        (format!(r#"{{"data":[{row}}}]}}"#), 9 + row.len(), 1),
        (
            format!("{{\"data\":[{row},{}]}}", row.replace(":1,", ":01,")),
            10 + row.len() + 28,
            1,
        ),
        (
            format!("{{\"data\":[{row},{}]}}", row.replace(":1,", ":NaN,")),
            10 + row.len() + 27,
            1,
        ),
        (
            format!("{{\"data\":[{row},{}]}}", row.replace("log", "l\ng")),
            10 + row.len() + 73,
            1,
        ),
    ] {
        for chunks in [vec![], vec![1; body.len()]] {
            let (rows, result) = scan_in(body.as_bytes(), &chunks);
            let Err(ScanError::Malformed { byte, .. }) = result else {
                panic!("{body}: {result:?}");
            };
            assert_eq!(byte, at as u64, "{body}");
            assert_eq!(rows.values().map(Vec::len).sum::<usize>(), kept, "{body}");
        }
    }
}

#[test]
fn error_answers_of_every_generation() {
    for (body, code, message) in [
        (r#"{"error":"metrics not found"}"#, 0, "metrics not found"),
        (
            r#"{"code":"RequestParameterInvalid","message":"bad start"}"#,
            0,
            "RequestParameterInvalid: bad start",
        ),
        (
            r#"{"code":401,"message":"authentication required"}"#,
            401,
            "authentication required",
        ),
        (
            r#"{"meta":{"code":4004,"message":"workload not found"},"data":null}"#,
            4004,
            "workload not found",
        ),
        (
            r#"{"data":null,"tracing":null,"meta":{"message":"no","code":5000}}"#,
            5000,
            "no",
        ),
        (r#"{"error":{"code":400,"message":"bad"}}"#, 400, "bad"),
        (
            r#"{"meta":{"code":"4001","message":"bad"},"data":{"data":[]}}"#,
            4001,
            "bad",
        ),
    ] {
        let (_, result) = scan(body);
        let expected = ScanError::Api {
            code,
            message: message.to_owned(),
        };
        assert_eq!(result, Err(expected), "{body}");
    }
    for body in [
        r#"{"error":null,"code":0,"message":"ok","data":[]}"#,
        r#"{"meta":{"code":2000,"message":"OK"},"data":{"data":null}}"#,
        r#"{"workload_uid":"w","data":null,"total_count":0}"#,
    ] {
        assert_eq!(scan(body).1.map(|s| s.rows), Ok(0), "{body}");
    }
    assert_eq!(scan("").1, Err(ScanError::Truncated { byte: 0 }));
    assert!(matches!(
        scan("{}").1,
        Err(ScanError::Malformed { byte: 2, .. })
    ));
}

#[test]
fn rows_that_lack_something() {
    let (rows, result) = scan(
        r#"{"workload_uid":"w","total_count":9,"data":[
        {"value":1,"timestamp":5,"iteration":1},
        {"metric_name":null,"value":1},
        7, null, [1],
        {"metric_name":"a"},
        {"metric_name":"a","value":null,"timestamp":"5","iteration":2.9,"data_source":"log"},
        {"metric_name":"a","value":"nan","value":"-INF","timestamp":1.763e12,"iteration":-0,"data_source":"log"},
        {"metric_name":"a","value":false,"timestamp":5,"iteration":9007199254740993,"data_source":"log"}]}"#,
    );
    let list = &rows[&("a".to_owned(), "log".to_owned())];
    let integers: Vec<_> = list.iter().map(|r| (r.0, r.1)).collect();
    assert_eq!(
        integers,
        [(2, 5), (0, 1_763_000_000_000), (9_007_199_254_740_993, 5)]
    );
    assert!(is_missing(f64::from_bits(list[0].2)) && is_missing(f64::from_bits(list[2].2)));
    assert_eq!(f64::from_bits(list[1].2), f64::NEG_INFINITY);
    assert_eq!(
        rows[&("a".to_owned(), String::new())],
        [(0, 0, MISSING.to_bits())]
    );
    let summary = result.unwrap();
    assert_eq!(summary.workload_uid.as_deref(), Some("w"));
    assert_eq!((summary.rows, summary.total_count), (4, Some(9)));
    assert_eq!((summary.skipped_rows, summary.odd_values), (5, 2));
    assert_eq!(
        (
            summary.rows_without_iteration,
            summary.rows_without_timestamp
        ),
        (1, 1)
    );
}

#[test]
fn deep_nesting_is_no_danger() {
    let deep = 200_000;
    let body = format!(
        r#"{{"x":{}{},"data":[]}}"#,
        "[".repeat(deep),
        "]".repeat(deep)
    );
    assert!(scan(&body).1.is_ok());
}

#[test]
fn takes_and_refuses_what_serde_json_does() {
    let mut random = Random::new(77);
    let alphabet = br#"{}[]",:\0123456789-+.eE ntu/"#;
    let mut refused = 0;
    for case in 0..20_000 {
        let mut body = body_text(&mut random, case % 4).into_bytes();
        for _ in 0..=random.below(2) {
            let at = random.below(body.len());
            let byte = alphabet[random.below(alphabet.len())];
            match random.below(3) {
                0 => body[at] = byte,
                1 => body.insert(at, byte),
                _ => drop(body.remove(at)),
            }
        }
        let Ok(text) = std::str::from_utf8(&body) else {
            continue;
        };
        let parsed: Result<serde_json::Value, _> =
            serde_json::from_str(text.strip_prefix('\u{feff}').unwrap_or(text));
        let (rows, result) = scan_in(&body, &[random.below(body.len())]);
        match (&parsed, &result) {
            (Ok(_), Ok(_)) => assert_eq!(rows, expected(text), "{text}"),
            (Err(error), Ok(_)) => {
                // What JSON.parse takes, but a Rust string or `serde_json` cannot hold.
                let known = ["surrogate", "hex escape", "out of range"];
                let error = error.to_string();
                assert!(known.iter().any(|k| error.contains(k)), "{error}: {text}");
            }
            (Ok(_), Err(ScanError::Malformed { expected, byte, .. })) => {
                let whole = *byte == body.len() as u64 && expected.contains("data");
                assert!(whole || *byte == 0, "{expected} at {byte}: {text}");
            }
            (Ok(_), Err(ScanError::Truncated { .. })) => panic!("{text}"),
            (Ok(_), Err(ScanError::Api { .. })) => {}
            (Err(_), Err(_)) => refused += 1,
        }
    }
    assert!(refused > 1_000, "{refused}");
}
