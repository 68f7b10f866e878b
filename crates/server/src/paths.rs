//! Parts of a path with `/`, as text.

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
