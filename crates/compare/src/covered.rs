//! Which steps the attempts that were taken already cover.

/// A union of closed intervals of steps.
#[derive(Default)]
pub(crate) struct Covered {
    /// Disjoint, ascending.
    spans: Vec<(i64, i64)>,
}

impl Covered {
    pub(crate) fn contains(&self, step: i64) -> bool {
        let after = self.spans.partition_point(|&(first, _)| first <= step);
        after > 0
            && self
                .spans
                .get(after - 1)
                .is_some_and(|&(_, last)| step <= last)
    }

    pub(crate) fn insert(&mut self, first: i64, last: i64) {
        let from = self.spans.partition_point(|&(_, end)| end < first);
        let until = self.spans.partition_point(|&(start, _)| start <= last);
        let touched = self.spans.get(from..until).unwrap_or_default();
        let low = touched.first().map_or(first, |span| span.0.min(first));
        let high = touched.last().map_or(last, |span| span.1.max(last));
        self.spans.splice(from..until, [(low, high)]);
    }
}
