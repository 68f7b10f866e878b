//! The paths that code names: `use` trees are spelled out, `super` and `self` resolved.

pub(crate) fn forbidden_paths(file: &str, code: &str, forbidden: &[&str]) -> Vec<(usize, String)> {
    let starts = |path: &str, with: &str| match with.strip_suffix('*') {
        Some(part) => path.starts_with(part),
        None => {
            path == with
                || path
                    .strip_prefix(with)
                    .is_some_and(|rest| rest.starts_with("::"))
        }
    };
    paths(file, code)
        .into_iter()
        .filter(|(_, path)| forbidden.iter().any(|with| starts(path, with)))
        .collect()
}

/// All paths of the code with where they start, full from the crate's root where they are local.
fn paths(file: &str, code: &str) -> Vec<(usize, String)> {
    let tokens = tokens(code);
    let module = module_of(file);
    // the dashboard's binaries reach its library by name
    let is_page = file.starts_with("src/");
    let mut found = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let is_path =
            is_word(tokens[at].1) && tokens.get(at + 1).is_some_and(|next| next.1 == "::");
        let alone = at > 0 && matches!(tokens[at - 1].1, "use" | "crate") && is_word(tokens[at].1);
        if is_path || alone {
            at = tree(&tokens, at, &[], &mut found);
        } else {
            at += 1;
        }
    }
    let full = |(at, path): (usize, Vec<&str>)| (at, resolve(&path, &module, is_page));
    found.into_iter().map(full).collect()
}

/// Reads one path or `use` tree from `at` on and returns where it ends.
fn tree<'a>(
    tokens: &[(usize, &'a str)],
    start: usize,
    before: &[&'a str],
    found: &mut Vec<(usize, Vec<&'a str>)>,
) -> usize {
    let mut path = before.to_vec();
    let mut at = start;
    while let Some((_, token)) = tokens.get(at) {
        if *token == "{" {
            at += 1;
            while tokens.get(at).is_some_and(|(_, token)| *token != "}") {
                let next = tree(tokens, at, &path, found);
                at = next.max(at + 1);
            }
            return at + 1;
        }
        if !is_word(token) && *token != "*" {
            break;
        }
        path.push(token);
        at += 1;
        if tokens.get(at).is_none_or(|(_, token)| *token != "::") {
            break;
        }
        at += 1;
    }
    if let Some((place, _)) = tokens.get(start).filter(|_| path.len() > before.len()) {
        found.push((*place, path));
    }
    at
}

fn is_word(token: &str) -> bool {
    token.starts_with(|c: char| c.is_alphabetic() || c == '_')
}

/// Words, `::`, and single characters, with their offsets.
fn tokens(code: &str) -> Vec<(usize, &str)> {
    let mut tokens = Vec::new();
    let mut rest = code;
    while let Some(first) = rest.chars().next() {
        let at = code.len() - rest.len();
        let is_part = |c: char| c.is_alphanumeric() || c == '_';
        let length = if is_part(first) {
            rest.find(|c| !is_part(c)).unwrap_or(rest.len())
        } else if rest.starts_with("::") {
            2
        } else {
            first.len_utf8()
        };
        if !first.is_whitespace() {
            tokens.push((at, &rest[..length]));
        }
        rest = &rest[length..];
    }
    tokens
}

/// The module path of a file: `src/chart/canvas.rs` is `crate::chart::canvas`.
fn module_of(file: &str) -> Vec<String> {
    let inside = file.split_once("src/").map_or(file, |(_, inside)| inside);
    let inside = inside.trim_end_matches(".rs").trim_end_matches("/mod");
    let parts = inside
        .split('/')
        .filter(|part| !matches!(*part, "lib" | "main"));
    std::iter::once("crate")
        .chain(parts)
        .map(str::to_owned)
        .collect()
}

fn resolve(path: &[&str], module: &[String], is_page: bool) -> String {
    let supers = path.iter().take_while(|part| **part == "super").count();
    let mut full: Vec<&str> = Vec::new();
    let mut rest = path;
    if supers > 0 {
        let keep = module.len().saturating_sub(supers).max(1);
        full.extend(module[..keep].iter().map(String::as_str));
        rest = &path[supers..];
    } else if matches!(path.first(), Some(&"self")) {
        full.extend(module.iter().map(String::as_str));
        rest = &path[1..];
    } else if matches!(path.first(), Some(&"parallax_web")) {
        full.push(if is_page { "crate" } else { "parallax_web" });
        rest = &path[1..];
    }
    full.extend(rest);
    full.join("::")
}
