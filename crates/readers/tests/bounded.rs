//! Memory and work are bounded by the size of a file, whatever it holds: inputs made to be read with
//! much more than that.
//!
//! Memory is what a counting allocator counts. A reading whose work grows with the square of its
//! input would not end within these tests.

use allocation_counter::measure;
use parallax_readers::ParsedFile;
use parallax_readers::detect::Format;
use parallax_readers::open::open;
use parallax_readers::wandb_block::{BLOCK_BYTES, HEADER};

/// How many bytes may be allocated over all, and at one time, for each byte of the input.
const TOTAL: usize = 60;
const AT_ONCE: usize = 20;

/// Allocated whatever the input: the names of as many metrics as a file may have, twice.
const FIXED: usize = 24 << 20;

fn read(format: Format, bytes: &[u8]) -> ParsedFile {
    let mut parsed = ParsedFile::default();
    let mut reader = open(format);
    for part in bytes.chunks(256 << 10) {
        reader.feed(part, &mut parsed);
    }
    reader.finish_idle(&mut parsed);
    parsed
}

fn check(name: &str, format: Format, bytes: &[u8]) -> ParsedFile {
    let mut parsed = ParsedFile::default();
    let used = measure(|| parsed = read(format, bytes));
    println!(
        "{name}: {} KiB in, {} KiB allocated, {} KiB at once",
        bytes.len() >> 10,
        used.bytes_total >> 10,
        used.bytes_max >> 10
    );
    assert!(
        used.bytes_total as usize <= FIXED + TOTAL * bytes.len(),
        "{name}: {used:?}"
    );
    assert!(
        used.bytes_max as usize <= FIXED + AT_ONCE * bytes.len(),
        "{name}: {used:?}"
    );
    parsed
}

/// An object of `leaves` numbers, `depth` levels below keys of `key_bytes` bytes.
fn nested(depth: usize, key_bytes: usize, leaves: usize) -> String {
    let key = "k".repeat(key_bytes);
    let numbers: Vec<String> = (0..leaves).map(|leaf| format!("\"{leaf:x}\":1")).collect();
    let open = format!("{{\"{key}\":").repeat(depth);
    let members = numbers.join(",");
    format!("{open}{{{members}}}{}", "}".repeat(depth))
}

fn varint(mut value: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    while value >= 0x80 {
        bytes.push(value as u8 | 0x80);
        value >>= 7;
    }
    bytes.push(value as u8);
    bytes
}

fn field(number: usize, content: &[u8]) -> Vec<u8> {
    [&varint(number << 3 | 2), &varint(content.len()), content].concat()
}

/// A W&B run file of these records.
fn wandb(records: &[Vec<u8>]) -> Vec<u8> {
    let mut file = HEADER.to_vec();
    for record in records {
        let mut rest = record.as_slice();
        let mut first = true;
        loop {
            let mut left = BLOCK_BYTES - file.len() % BLOCK_BYTES;
            if left < 7 {
                file.extend(vec![0; left]);
                left = BLOCK_BYTES;
            }
            let (now, later) = rest.split_at(rest.len().min(left - 7));
            let kind = match (first, later.is_empty()) {
                (true, true) => 1,
                (true, false) => 2,
                (false, false) => 3,
                (false, true) => 4,
            };
            let checked = [&[kind], now].concat();
            file.extend(crc32fast::hash(&checked).to_le_bytes());
            file.extend((now.len() as u16).to_le_bytes());
            file.extend(checked);
            (rest, first) = (later, false);
            if rest.is_empty() {
                break;
            }
        }
    }
    file
}

fn history(key: &str, json: &str) -> Vec<u8> {
    let item = [field(2, key.as_bytes()), field(16, json.as_bytes())].concat();
    field(2, &field(1, &item))
}

fn definition(number: usize, name: &str, step: &str) -> Vec<u8> {
    let metric = [field(number, name.as_bytes()), field(4, step.as_bytes())].concat();
    field(12, &metric)
}

#[test]
fn names_are_not_multiplied_by_nesting() {
    for (depth, key_bytes, leaves) in [
        (1, 64 << 10, 8 << 10),
        (60, 1 << 10, 8 << 10),
        (40, 10, 20_000),
    ] {
        let object = nested(depth, key_bytes, leaves);
        let cases = [
            (Format::JsonLines, format!("{object}\n")),
            (Format::TextLog, format!("step 1: {object}\n")),
            (Format::WandbSummary, object.clone()),
            (
                Format::TrainerState,
                format!("{{\"log_history\": [{object}]}}"),
            ),
            (Format::MegatronGolden, object.clone()),
        ];
        for (format, text) in cases {
            check(
                &format!("{format:?}, {depth} levels"),
                format,
                text.as_bytes(),
            );
        }
        let file = wandb(&[history("a", &object)]);
        check(&format!("Wandb, {depth} levels"), Format::Wandb, &file);
    }
}

#[test]
fn golden_values_of_one_long_name() {
    let values: Vec<String> = (0..100_000).map(|step| format!("\"{step}\":1")).collect();
    let name = "n".repeat(1 << 20);
    let text = format!("{{\"{name}\":{{\"values\":{{{}}}}}}}", values.join(","));
    check("golden", Format::MegatronGolden, text.as_bytes());
}

#[test]
fn a_file_has_so_many_metrics_at_most() {
    let names = || (0..60_000).map(|name| format!("{name:05}"));
    let lines: String = names()
        .map(|name| format!("{{\"step\":1,\"{name}\":2}}\n"))
        .collect();
    check("JSON lines", Format::JsonLines, lines.as_bytes());
    let object: Vec<String> = names().map(|name| format!("\"{name}\":2")).collect();
    let object = format!("{{{}}}", object.join(","));
    check("summary", Format::WandbSummary, object.as_bytes());
    let file = wandb(&[history("a", &object), history("b", &object)]);
    check("wandb", Format::Wandb, &file);
    let mut table = names().collect::<Vec<_>>().join(",");
    table.push_str(",step\n");
    table.push_str(&"1,".repeat(60_000));
    table.push_str("1\n");
    check("csv", Format::Csv, table.as_bytes());
}

#[test]
fn strings_without_an_end() {
    let mut text = b"{".to_vec();
    text.extend(b"\x1b]".repeat(4 << 20));
    text.push(b'\n');
    check("ESC ]", Format::TextLog, &text);
}

#[test]
fn short_rows_of_a_wide_table() {
    let mut table: String = (0..60_000).map(|name| format!("{name:x},")).collect();
    table.push_str("step\n");
    table.push_str(&"1\n".repeat(1 << 20));
    check("short rows", Format::Csv, table.as_bytes());
    let steps = format!("{}\n{}", "step,".repeat(60_000), "x\n".repeat(1 << 20));
    check("many steps", Format::Csv, steps.as_bytes());
    let export: String = (0..500_000)
        .map(|name| format!("a - {name:x}__MIN,"))
        .collect();
    check("export", Format::Csv, format!("step,{export}\n").as_bytes());
    check(
        "commas",
        Format::Csv,
        format!("step{}\n1,2\n", ",".repeat(8 << 20)).as_bytes(),
    );
}

#[test]
fn definitions_and_media_of_many_metrics() {
    let mut records = Vec::new();
    let object: Vec<String> = (0..20_000).map(|name| format!("\"{name:x}\":2")).collect();
    records.push(history("m", &format!("{{{}}}", object.join(","))));
    for number in 0..20_000 {
        records.push(definition(2, &format!("{number:x}*"), "steps"));
        records.push(definition(
            2,
            "*",
            if number % 2 == 0 { "one" } else { "two" },
        ));
        records.push(definition(1, &format!("m.{number:x}"), "other"));
        records.push(history(&format!("x{number:x}._type"), "\"image\""));
    }
    check("definitions", Format::Wandb, &wandb(&records));
}

#[test]
fn lines_of_many_fields() {
    let fields: String = (0..60_000)
        .map(|number| format!(" loss_{number:x}=1"))
        .collect();
    let text: String = (0..4)
        .map(|line| format!("step={line} loss{line}=1{fields}\n"))
        .collect();
    let parsed = check("many fields", Format::TextLog, text.as_bytes());
    assert_eq!((parsed.row_count(), parsed.notes.len()), (4 * 1023, 1));
    let ratio = format!("step=1 loss=1{}\n", "/1".repeat(400_000));
    check("one field", Format::TextLog, ratio.as_bytes());
    let bars = format!("{}\n", "1%||1/2[a=1]".repeat(80_000));
    check("bars", Format::TextLog, bars.as_bytes());
    for unit in [
        "a=b(1 ", "a=[1 ", "1%|", "[ ", "a (", "nan ", "1/ ", "step 1 ", "{\"a\":",
    ] {
        let text = unit.repeat(1_000_000 / unit.len());
        check(unit, Format::TextLog, format!("{text}\n").as_bytes());
    }
}
