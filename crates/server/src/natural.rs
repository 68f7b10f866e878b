//! The order of file names: digits by their number, so that `part-2` stands before `part-10`.

use std::cmp::Ordering;

/// Compares two names, runs of digits by value. Total: names that differ only in leading zeros are
/// told apart by their bytes.
pub fn compare(a: &str, b: &str) -> Ordering {
    let (mut left, mut right) = (a.as_bytes(), b.as_bytes());
    loop {
        let (x, y) = match (left.first(), right.first()) {
            (Some(x), Some(y)) => (*x, *y),
            _ => return left.len().cmp(&right.len()).then_with(|| a.cmp(b)),
        };
        let order = if x.is_ascii_digit() && y.is_ascii_digit() {
            let (m, rest_left) = split_number(left);
            let (n, rest_right) = split_number(right);
            (left, right) = (rest_left, rest_right);
            m.len().cmp(&n.len()).then_with(|| m.cmp(n))
        } else {
            (left, right) = (left.get(1..).unwrap_or(&[]), right.get(1..).unwrap_or(&[]));
            x.cmp(&y)
        };
        if order.is_ne() {
            return order;
        }
    }
}

/// The number at the start, without leading zeros, and what follows it.
fn split_number(text: &[u8]) -> (&[u8], &[u8]) {
    let end = text
        .iter()
        .position(|byte| !byte.is_ascii_digit())
        .unwrap_or(text.len());
    let (number, rest) = text.split_at(end);
    let zeros = number.iter().take_while(|&&byte| byte == b'0').count();
    (number.get(zeros..).unwrap_or(&[]), rest)
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
            ("run.01", "run.1"),
            ("events.1795420813.vm.3954.0", "events.1795420900.vm.7015.0"),
        ] {
            assert_eq!(compare(a, b), Ordering::Less, "{a} {b}");
            assert_eq!(compare(b, a), Ordering::Greater, "{b} {a}");
        }
        assert_eq!(compare("x10", "x10"), Ordering::Equal);
    }

    #[test]
    fn names_that_differ_in_digits_only() {
        assert_eq!(mask_digits("rank_0.log"), mask_digits("rank_31.log"));
        assert_ne!(mask_digits("train.log"), mask_digits("train2.log"));
        assert_ne!(mask_digits("train.log"), mask_digits("eval.log"));
    }
}
