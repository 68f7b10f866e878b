//! Takes out of a cut program what only people read: names, comments, indentation.

use std::collections::BTreeMap;

/// A WASM file in sections: what each is, and its contents.
fn sections(wasm: &[u8]) -> Option<Vec<(u8, &[u8])>> {
    let mut rest = wasm.get(HEADER.len()..)?;
    let mut found = Vec::new();
    while let Some((&id, after)) = rest.split_first() {
        let (contents, after) = bytes(after)?;
        found.push((id, contents));
        rest = after;
    }
    Some(found)
}

const HEADER: &[u8] = b"\0asm\x01\0\0\0";
const CUSTOM: u8 = 0;
const IMPORTS: u8 = 2;
const EXPORTS: u8 = 7;
const FUNCTION: u8 = 0;

/// A WASM file without its names of functions and of tools. What is no WASM file stays.
pub(super) fn without_names(wasm: Vec<u8>) -> Vec<u8> {
    let Some(sections) = sections(&wasm) else {
        return wasm;
    };
    let is_kept = |(id, contents): &(u8, &[u8])| {
        let name = bytes(contents).map(|(name, _)| name);
        *id != CUSTOM || (name != Some(b"name") && name != Some(b"producers"))
    };
    joined(sections.into_iter().filter(is_kept))
}

fn joined<'a>(sections: impl Iterator<Item = (u8, &'a [u8])>) -> Vec<u8> {
    let mut wasm = HEADER.to_vec();
    for (id, contents) in sections {
        wasm.push(id);
        put_bytes(&mut wasm, contents);
    }
    wasm
}

/// A linked program without the classes that wasm-streams offers to scripts: `server_fn`, which
/// Leptos brings along, could send streams with them, and nothing here does. As exports they would
/// keep their code. What looks different stays as it is.
pub(super) fn without_streams(program: Vec<u8>) -> Vec<u8> {
    let is_ours = |name: &[u8]| !contains(name, b"intounderlying");
    let Some(sections) = sections(&program) else {
        return program;
    };
    let changed: Option<Vec<(u8, Vec<u8>)>> = sections
        .iter()
        .map(|(id, contents)| match *id {
            EXPORTS => Some((*id, exports(contents, is_ours)?)),
            CUSTOM => Some((*id, descriptions(contents)?)),
            _ => Some((*id, contents.to_vec())),
        })
        .collect();
    let Some(changed) = changed else {
        return program;
    };
    let sections = changed.iter();
    joined(sections.map(|(id, contents)| (*id, contents.as_slice())))
}

/// An export section with those whose names are kept.
fn exports(section: &[u8], is_kept: impl Fn(&[u8]) -> bool) -> Option<Vec<u8>> {
    let (count, mut rest) = number(section)?;
    let (mut kept, mut left) = (Vec::new(), 0);
    for _ in 0..count {
        let (name, after) = bytes(rest)?;
        let (_, after) = number(after.get(1..)?)?;
        if is_kept(name) {
            left += 1;
            kept.extend_from_slice(rest.get(..rest.len() - after.len())?);
        }
        rest = after;
    }
    let mut new = Vec::new();
    put_number(&mut new, left);
    new.extend(kept);
    Some(new)
}

/// A custom section; wasm-bindgen's is of pairs, a version and a description, and loses those of
/// the classes' modules.
fn descriptions(section: &[u8]) -> Option<Vec<u8>> {
    let (name, mut rest) = bytes(section)?;
    if name != b"__wasm_bindgen_unstable" {
        return Some(section.to_vec());
    }
    let mut new = Vec::new();
    put_bytes(&mut new, name);
    while !rest.is_empty() {
        let (_, after) = block(rest)?;
        let (description, after) = block(after)?;
        if !contains(description, b"::into_underlying_") {
            new.extend_from_slice(rest.get(..rest.len() - after.len())?);
        }
        rest = after;
    }
    Some(new)
}

/// Bytes after their count in four bytes, and what follows them.
fn block(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (count, rest) = bytes.split_first_chunk::<4>()?;
    rest.split_at_checked(usize::try_from(u32::from_le_bytes(*count)).ok()?)
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|found| found == part)
}

/// The main part and its script with short names for what the one imports from the other.
/// `None` where either looks different from what wasm-bindgen writes.
pub(super) fn with_short_imports(
    wasm: &[u8],
    script: &str,
    module: &str,
) -> Option<(Vec<u8>, String)> {
    let sections = sections(wasm)?;
    let (_, imports) = sections.iter().find(|(id, _)| *id == IMPORTS)?;
    let mut short = BTreeMap::new();
    let imports = renamed(imports, module, &mut short)?;
    let with_new = sections.iter().map(|&(id, contents)| match id {
        IMPORTS => (id, imports.as_slice()),
        _ => (id, contents),
    });
    let script = script.replace(&format!("\"{module}\":"), &format!("\"{MODULE}\":"));
    let mut new = String::with_capacity(script.len());
    let mut count = 0;
    for line in script.split_inclusive('\n') {
        let start = line.len() - line.trim_start().len();
        let (indent, text) = line.split_at(start);
        let named = text
            .split_once(':')
            .and_then(|(name, value)| Some((short.get(name)?, value)));
        match named {
            Some((name, value)) => {
                count += 1;
                new.push_str(&format!("{indent}{name}:{value}"));
            }
            None => new.push_str(line),
        }
    }
    (count == short.len()).then(|| (joined(with_new), new))
}

/// The short name of the script as a module.
const MODULE: &str = "w";

/// An import section with short names for what comes from `module`.
fn renamed(section: &[u8], module: &str, short: &mut BTreeMap<String, String>) -> Option<Vec<u8>> {
    let (count, mut rest) = number(section)?;
    let mut new = Vec::new();
    put_number(&mut new, count);
    for _ in 0..count {
        let (from, after) = bytes(rest)?;
        let (name, after) = bytes(after)?;
        let (&kind, after) = after.split_first()?;
        let (kind_of, after) = number(after)?;
        if kind != FUNCTION {
            return None;
        }
        if from == module.as_bytes() {
            let number = short.len();
            let name = String::from_utf8(name.to_vec()).ok()?;
            let name = short.entry(name).or_insert_with(|| format!("i{number}"));
            put_bytes(&mut new, MODULE.as_bytes());
            put_bytes(&mut new, name.as_bytes());
        } else {
            put_bytes(&mut new, from);
            put_bytes(&mut new, name);
        }
        new.push(kind);
        put_number(&mut new, kind_of);
        rest = after;
    }
    rest.is_empty().then_some(new)
}

/// A script without indentation, comments and empty lines. Strings over several lines would suffer:
/// a script that has one stays as it is.
pub(super) fn script(text: &str) -> String {
    let is_odd = |line: &str| line.matches('`').count() % 2 == 1;
    if text.lines().any(is_odd) {
        return text.to_owned();
    }
    let mut new = String::with_capacity(text.len());
    let mut is_comment = false;
    for line in text.lines().map(str::trim) {
        is_comment |= line.starts_with("/*");
        if !is_comment && !line.is_empty() && !line.starts_with("//") {
            new.push_str(line);
            new.push('\n');
        }
        is_comment &= !line.ends_with("*/");
    }
    new
}

/// A page without indentation, empty lines and the comments of its style sheets. It has no text
/// whose lines matter.
pub(super) fn page(text: &str) -> String {
    let mut new = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("<style") {
        let (style, after) = after.split_once("</style>").unwrap_or((after, ""));
        new += before;
        new += "<style";
        let mut parts = style.split("/*");
        new += parts.next().unwrap_or_default();
        for part in parts {
            new += part.split_once("*/").map_or("", |(_, after)| after);
        }
        new += "</style>";
        rest = after;
    }
    new += rest;
    let lines = new.lines().map(str::trim).filter(|line| !line.is_empty());
    lines.fold(String::new(), |page, line| page + line + "\n")
}

/// A number in LEB128, and what follows it.
fn number(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let mut value = 0;
    for (index, byte) in bytes.iter().enumerate().take(5) {
        value |= usize::from(byte & 0x7f) << (7 * index);
        if byte & 0x80 == 0 {
            return Some((value, bytes.get(index + 1..)?));
        }
    }
    None
}

/// Bytes after their count, and what follows them.
fn bytes(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (count, rest) = number(bytes)?;
    rest.split_at_checked(count)
}

fn put_number(to: &mut Vec<u8>, mut value: usize) {
    loop {
        let low = u8::try_from(value & 0x7f).unwrap_or_default();
        value >>= 7;
        if value == 0 {
            return to.push(low);
        }
        to.push(low | 0x80);
    }
}

fn put_bytes(to: &mut Vec<u8>, bytes: &[u8]) {
    put_number(to, bytes.len());
    to.extend_from_slice(bytes);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wasm(sections: &[(u8, &[u8])]) -> Vec<u8> {
        joined(sections.iter().copied())
    }

    #[test]
    fn names_are_taken_out() {
        let long = vec![7; 300];
        let full = wasm(&[
            (0, b"\x04nameabc"),
            (10, &long),
            (0, b"\x03keep"),
            (0, b"\x09producers"),
        ]);
        assert_eq!(without_names(full), wasm(&[(10, &long), (0, b"\x03keep")]));
        assert_eq!(without_names(b"<html>".to_vec()), b"<html>");
    }

    #[test]
    fn imports_get_short_names_on_both_sides() {
        let full = wasm(&[
            (
                IMPORTS,
                b"\x02\x03abc\x05__foo\x00\x07\x01p\x04load\x00\x02",
            ),
            (10, b"code"),
        ]);
        let script = "x = {\n    __foo: function(a) {\n    },\n};\ny = { \"abc\": x };\n";
        let (short, script) = with_short_imports(&full, script, "abc").expect("as expected");
        assert_eq!(
            short,
            wasm(&[
                (IMPORTS, b"\x02\x01w\x02i0\x00\x07\x01p\x04load\x00\x02"),
                (10, b"code")
            ])
        );
        assert_eq!(
            script,
            "x = {\n    i0: function(a) {\n    },\n};\ny = { \"w\": x };\n"
        );
        assert_eq!(with_short_imports(&full, "x = {};", "abc"), None);
    }

    #[test]
    fn classes_for_streams_are_taken_out() {
        let of = |exports: &[u8], descriptions: &[u8]| {
            let mut custom = b"\x17__wasm_bindgen_unstable".to_vec();
            custom.extend_from_slice(descriptions);
            wasm(&[(EXPORTS, exports), (0, b"\x04name"), (0, &custom)])
        };
        let full = of(
            b"\x02\x04main\x00\x01\x13__intounderlying_xy\x00\x82\x01",
            b"\x01\0\0\0v\x02\0\0\0ab\x01\0\0\0v\x13\0\0\0x::into_underlying_",
        );
        let left = of(b"\x01\x04main\x00\x01", b"\x01\0\0\0v\x02\0\0\0ab");
        assert_eq!(without_streams(full), left);
        assert_eq!(without_streams(left.clone()), left);
    }

    #[test]
    fn pages_keep_what_shows() {
        let text = "<p>\n  a /* b */\n</p>\n\n<style>\n  /* c\n */ d { }\n</style>\n<i>\n";
        let page = page(text);
        assert_eq!(
            page,
            "<p>\na /* b */\n</p>\n<style>\nd { }\n</style>\n<i>\n"
        );
    }

    #[test]
    fn scripts_keep_what_runs() {
        let text = "/**\n * says\n */\n  a();\n\n// b\n  c(); // d\n";
        assert_eq!(script(text), "a();\nc(); // d\n");
        assert_eq!(script("a(`\n  b`);"), "a(`\n  b`);");
    }
}
