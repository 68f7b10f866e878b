//! What a chart says under the pointer, for all places of the pointer at once: with it the page
//! follows the pointer without asking the engine.

use serde::{Deserialize, Serialize};

use super::Reading;

/// For each series of a chart, the raw point nearest to each place along the x axis.
///
/// Places are as far apart as the plot's device pixels; the first and the last are the domain's
/// ends.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Probes {
    /// The x of the first and of the last place.
    x_domain: (f64, f64),
    /// How many steps there are from the first place to the last.
    steps: u32,
    /// Of each series, points and the place from which on they are the nearest; empty for a series
    /// without points.
    nearest: Vec<Vec<(u32, Reading)>>,
}

impl Probes {
    /// Asks `nearest` for the point of each of `series` series near each place.
    pub fn new(
        x_domain: (f64, f64),
        steps: u32,
        series: usize,
        nearest: impl Fn(usize, f64) -> Option<Reading>,
    ) -> Self {
        let mut probes = Self {
            x_domain,
            steps,
            nearest: vec![Vec::new(); series],
        };
        for (index, points) in probes.nearest.iter_mut().enumerate() {
            for place in 0..=steps {
                let share = f64::from(place) / f64::from(steps.max(1));
                let x = x_domain.0 + share * (x_domain.1 - x_domain.0);
                let Some(point) = nearest(index, x) else {
                    break;
                };
                if points.last().is_none_or(|(_, last)| !last.is_same(&point)) {
                    points.push((place, point));
                }
            }
        }
        probes
    }

    /// The x of the first and of the last place.
    pub fn x_domain(&self) -> (f64, f64) {
        self.x_domain
    }

    /// The raw points nearest to the place at an x, one for each series.
    pub fn at(&self, x: f64) -> Vec<Option<Reading>> {
        let share = (x - self.x_domain.0) / (self.x_domain.1 - self.x_domain.0);
        let place = (share * f64::from(self.steps)).round() as u32;
        let nearest = |points: &Vec<(u32, Reading)>| {
            let behind = points.partition_point(|(from, _)| *from <= place);
            Some(points.get(behind.checked_sub(1)?)?.1)
        };
        self.nearest.iter().map(nearest).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reading(step: i64, value: f64) -> Reading {
        Reading {
            step,
            time_ms: None,
            x: step as f64,
            value,
        }
    }

    /// The nearest of some steps; of equally near ones the first.
    fn nearest_of(steps: &[i64], x: f64) -> Option<Reading> {
        let far = |step: &&i64| (**step as f64 - x).abs();
        let step = steps.iter().min_by(|a, b| far(a).total_cmp(&far(b)))?;
        Some(reading(*step, f64::NAN))
    }

    #[test]
    fn every_place_has_the_point_that_was_nearest_there() {
        let series: [&[i64]; 3] = [&[0, 1, 2, 50, 51, 52, 99, 200], &[], &[-7]];
        let probes = Probes::new((0.0, 100.0), 400, 3, |index, x| {
            nearest_of(series[index], x)
        });
        for place in 0..=400 {
            let x = f64::from(place) / 4.0;
            let steps: Vec<_> = probes.at(x).iter().map(|r| r.map(|r| r.step)).collect();
            let expected = series.map(|steps| nearest_of(steps, x).map(|r| r.step));
            assert_eq!(steps, expected, "{x}");
        }
        // A point is sent once, NaN or not.
        let counts: Vec<_> = probes.nearest.iter().map(Vec::len).collect();
        assert_eq!(counts, [7, 0, 1]);
    }

    #[test]
    fn between_and_beside_the_places_the_nearest_place_answers() {
        let probes = Probes::new((10.0, 20.0), 10, 1, |_, x| Some(reading(x as i64, x)));
        for (x, step) in [
            (14.4, 14),
            (14.6, 15),
            (-99.0, 10),
            (99.0, 20),
            (f64::NAN, 10),
        ] {
            assert_eq!(probes.at(x)[0].map(|r| r.step), Some(step), "{x}");
        }
    }

    #[test]
    fn a_domain_without_extent_has_one_place() {
        let probes = Probes::new((3.0, 3.0), 10, 1, |_, x| Some(reading(x as i64, x)));
        assert_eq!(probes.at(3.0), [Some(reading(3, 3.0))]);
    }
}
