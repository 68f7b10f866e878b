//! Sorting, compiled once.
//!
//! The standard sorts are compiled anew for each type and each comparison, a few kilobytes each;
//! with two dozen of them they would be a tenth of what the page loads. Here one sort orders
//! positions, whatever stands there. All are stable. What is in order already, as training records
//! mostly are, costs one look.

use std::cmp::Ordering;

/// Sorts by a comparison.
pub fn sort_by<T>(items: &mut Vec<T>, compare: impl Fn(&T, &T) -> Ordering) {
    if items.is_sorted_by(|a, b| compare(a, b) != Ordering::Greater) {
        return;
    }
    let order = order(items.len(), &|a, b| match (items.get(a), items.get(b)) {
        (Some(a), Some(b)) => compare(a, b),
        _ => Ordering::Equal,
    });
    let mut taken: Vec<Option<T>> = items.drain(..).map(Some).collect();
    let in_order = order.into_iter();
    items.extend(in_order.filter_map(|at| taken.get_mut(at).and_then(Option::take)));
}

/// Sorts by a key.
pub fn sort_by_key<T, K: Ord>(items: &mut Vec<T>, key: impl Fn(&T) -> K) {
    sort_by(items, |a, b| key(a).cmp(&key(b)));
}

/// Sorts by the items themselves.
pub fn sort<T: Ord>(items: &mut Vec<T>) {
    sort_by(items, T::cmp);
}

/// The positions `0..count` in order.
fn order(count: usize, compare: &dyn Fn(usize, usize) -> Ordering) -> Vec<usize> {
    let mut order: Vec<usize> = (0..count).collect();
    order.sort_by(|&a, &b| compare(a, b));
    order
}

#[cfg(test)]
mod tests {
    use super::*;
    use parallax_fixtures::random::Random;

    #[test]
    fn equals_the_standard_sort_and_is_stable() {
        let mut random = Random::new(5);
        for size in [0, 1, 2, 20, 21, 1_000] {
            let items: Vec<(usize, String)> = (0..size)
                .map(|at| (random.below(10), at.to_string()))
                .collect();
            let (mut ours, mut theirs) = (items.clone(), items.clone());
            sort_by_key(&mut ours, |item| item.0);
            theirs.sort_by_key(|item| item.0);
            assert_eq!(ours, theirs);
            sort(&mut ours);
            theirs.sort();
            assert_eq!(ours, theirs);
            sort(&mut ours);
            assert_eq!(ours, theirs);
        }
    }
}
