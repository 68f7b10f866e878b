//! Paths with `/`, as text: their parts and their order.

use std::cmp::Ordering;

/// The natural order of names: digits by their number, so that `part-2` comes before `part-10`.
/// Total: names that differ only in leading zeros are compared by their bytes.
pub fn compare_natural(a: &str, b: &str) -> Ordering {
    alphanumeric_sort::compare_str(a, b).then_with(|| a.cmp(b))
}

/// The name with every run of digits made one `#`: names that differ only in digits are equal
/// (rotation, ranks, restarts).
pub fn mask_digits(name: &str) -> String {
    let mut masked = String::with_capacity(name.len());
    for c in name.chars() {
        if !c.is_ascii_digit() {
            masked.push(c);
        } else if !masked.ends_with('#') {
            masked.push('#');
        }
    }
    masked
}

/// All but the last component; empty for a single one.
pub fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// The last component.
pub fn name(path: &str) -> &str {
    path.rsplit_once('/').map_or(path, |(_, name)| name)
}

/// Without the extension of its last component; a leading dot begins no extension.
pub fn stem(path: &str) -> &str {
    match path.rsplit_once('.') {
        Some((stem, extension)) if !name(stem).is_empty() && !extension.contains('/') => stem,
        _ => path,
    }
}

/// The path below a folder; the path itself if it is not in it.
pub fn below<'a>(folder: &str, path: &'a str) -> &'a str {
    if folder.is_empty() {
        return path;
    }
    path.strip_prefix(folder)
        .and_then(|rest| rest.strip_prefix('/'))
        .unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_count_as_numbers() {
        for (a, b) in [
            ("part-2", "part-10"),
            ("rank_02", "rank_10"),
            ("a", "b"),
            ("a", "a1"),
            ("a1b2", "a1b10"),
            ("run-2/x", "run/x"),
            ("events.1795420813.vm.3954.0", "events.1795420900.vm.7015.0"),
            ("x9999999999999999999998", "x9999999999999999999999"),
        ] {
            assert_eq!(compare_natural(a, b), Ordering::Less, "{a} {b}");
            assert_eq!(compare_natural(b, a), Ordering::Greater, "{b} {a}");
        }
        assert_eq!(compare_natural("x10", "x10"), Ordering::Equal);
        assert_ne!(compare_natural("run.01", "run.1"), Ordering::Equal);
    }

    #[test]
    fn names_that_differ_in_digits_only() {
        assert_eq!(mask_digits("rank_0.log"), mask_digits("rank_31.log"));
        assert_ne!(mask_digits("train.log"), mask_digits("train2.log"));
        assert_ne!(mask_digits("train.log"), mask_digits("eval.log"));
    }

    #[test]
    fn parts_of_paths() {
        for (path, folder_of, name_of, stem_of) in [
            ("a/b.log", "a", "b.log", "a/b"),
            ("b.log", "", "b.log", "b"),
            ("a.b/c", "a.b", "c", "a.b/c"),
            ("a/.env", "a", ".env", "a/.env"),
            ("x.tar.gz", "", "x.tar.gz", "x.tar"),
        ] {
            assert_eq!(
                (folder(path), name(path), stem(path)),
                (folder_of, name_of, stem_of)
            );
        }
        for (folder, path, expected) in [
            ("", "a/b", "a/b"),
            ("a", "a/b/c", "b/c"),
            ("a", "ab/c", "ab/c"),
        ] {
            assert_eq!(below(folder, path), expected);
        }
    }
}
