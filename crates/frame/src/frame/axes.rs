//! The axes of a frame: what they span and where that lies in pixels.

use super::FrameSpec;
use crate::domain::{usable, without_outliers, x_domain, y_domain};
use crate::m4::XGrid;
use crate::scale::{Mapping, Scale};
use parallax_series::window::Window;
use parallax_series::{Attempt, Series, resolve_window};

/// The axes of a frame.
pub(super) struct Axes<'a> {
    pub(super) spec: &'a FrameSpec,
    pub(super) origin: f64,
    pub(super) x_domain: (f64, f64),
    pub(super) y_domain: (f64, f64),
    pub(super) x: XGrid,
    pub(super) y: Mapping,
    /// Width and height, pixels.
    pub(super) plot: (i32, i32),
}

/// Values that outliers are judged by, at most, over all series.
const SAMPLE: usize = 8_192;

impl<'a> Axes<'a> {
    pub(super) fn new(series: &[&Series], spec: &'a FrameSpec) -> Self {
        let origin = spec.x.origin(spec.x_origin_ms);
        let room = if spec.x.is_time() { 500.0 } else { 0.5 };
        let asked = spec.x_range.and_then(|range| usable(Scale::Linear, range));
        let x_domain = asked.unwrap_or_else(|| {
            let all = resolve_window(&Window::All, spec.x, spec.x_origin_ms, None, series);
            x_domain(spec.x_range.or(all), room)
        });
        let size = |px: u32| i32::try_from(px).unwrap_or(i32::MAX).clamp(1, 1 << 16);
        let plot = (size(spec.width_px), size(spec.height_px));
        let mut axes = Self {
            spec,
            origin,
            x_domain,
            y_domain: (0.0, 1.0),
            x: XGrid::new(x_domain, origin, plot.0),
            y: Mapping::new(Scale::Linear, (0.0, 1.0), (0.0, 1.0)),
            plot,
        };
        let asked = spec.y_range.and_then(|range| usable(spec.y_scale, range));
        axes.y_domain = asked.unwrap_or_else(|| y_domain(spec.y_scale, axes.y_extent(series)));
        let range_px = (f64::from(plot.1 - 1), 0.0);
        axes.y = Mapping::new(spec.y_scale, axes.y_domain, range_px);
        axes
    }

    /// The rows of an attempt (in order of the axis) whose x is within the domain.
    pub(super) fn in_view(&self, xs: &[i64]) -> (usize, usize) {
        let x = |v: i64| v as f64 - self.origin;
        let from = xs.partition_point(|&v| x(v) < self.x_domain.0);
        let to = xs.partition_point(|&v| x(v) <= self.x_domain.1);
        (from, to.max(from))
    }

    fn y_extent(&self, series: &[&Series]) -> Option<(f64, f64)> {
        let attempts = series.iter().flat_map(|s| s.attempts());
        let views = attempts.map(|attempt| {
            let ordered = attempt.along(self.spec.x);
            (ordered, self.in_view(ordered.xs(self.spec.x)))
        });
        if self.spec.ignore_outliers {
            return self.trimmed_extent(&views.collect::<Vec<_>>());
        }
        let extents = views.filter_map(|(attempt, (from, to))| {
            let (values, pyramid) = (attempt.finite().values(), attempt.pyramid());
            let (low, high) = pyramid.extent(values, from, to)?;
            match self.spec.y_scale {
                Scale::Log if low <= 0.0 => Some((pyramid.min_above(values, from, to, 0.0)?, high)),
                _ => Some((low, high)),
            }
        });
        extents.reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)))
    }

    fn trimmed_extent(&self, views: &[(&Attempt, (usize, usize))]) -> Option<(f64, f64)> {
        let total: usize = views.iter().map(|(_, (from, to))| to - from).sum();
        let every = total.div_ceil(SAMPLE).max(1);
        let mut sample = Vec::new();
        for (attempt, (from, to)) in views {
            let values = attempt.finite().values().get(*from..*to).unwrap_or(&[]);
            let shown = |v: &&f64| self.spec.y_scale == Scale::Linear || **v > 0.0;
            sample.extend(values.iter().step_by(every).filter(shown));
        }
        without_outliers(&mut sample)
    }
}
