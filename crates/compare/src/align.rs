//! Which point of A is which point of B: by equal step, nearest step, interpolation, nearest time
//! or row order.
//!
//! Input is sorted by iteration ([`super::Points`]); output is row numbers, ascending in A. Every
//! row of A is in exactly one pair or in `only_a`; every row of B is used or in `only_b`. Time and
//! memory are O(n + m) (matching by time sorts first where the clock went back).

use parallax_model::order::{sort, sort_by_key};
use serde::{Deserialize, Serialize};

use super::interpolate::{between, interpolated};
use super::side::Side;

/// How points are matched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Method {
    /// Equal iterations.
    #[default]
    Exact,
    /// The nearest iteration, each the other's nearest.
    Nearest {
        /// Largest distance, in steps.
        tolerance_steps: i64,
    },
    /// B interpolated linearly at A's iterations, between two finite points.
    Interpolated,
    /// The nearest time, each the other's nearest. Points without a time are left over.
    TimeNearest {
        /// Largest distance.
        tolerance_ms: i64,
    },
    /// The k-th point with the k-th point, whatever the steps say.
    RowOrder,
}

/// The pairs and the rest.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Alignment {
    /// How it was made.
    pub method: Method,
    /// Rows of A that have a partner, ascending.
    pub a: Vec<u32>,
    /// Their partners in B (of an interpolation the left neighbour).
    pub b: Vec<u32>,
    /// Interpolation only: where between `b` and the next row, 0 to 1. Otherwise empty.
    pub fraction: Vec<f64>,
    /// Rows of A without partner, ascending.
    pub only_a: Vec<u32>,
    /// Rows of B without partner, ascending.
    pub only_b: Vec<u32>,
}

impl Alignment {
    /// Number of pairs.
    pub fn matched(&self) -> usize {
        self.a.len()
    }

    /// Row and value of A, row and value of B for each pair.
    pub fn pairs<'s>(&'s self, a: Side<'s>, b: Side<'s>) -> impl Iterator<Item = Pair> + 's {
        let rows = self.a.iter().zip(&self.b).enumerate();
        rows.map(move |(at, (&row_a, &row_b))| {
            let left = b.number(row_b as usize);
            let value_b = match self.fraction.get(at) {
                Some(&f) if f > 0.0 => between(left, b.number(row_b as usize + 1), f),
                _ => left,
            };
            Pair {
                row_a,
                row_b,
                a: a.number(row_a as usize),
                b: value_b,
            }
        })
    }
}

/// One matched pair.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Pair {
    /// Row of A.
    pub row_a: u32,
    /// Row of B.
    pub row_b: u32,
    /// Value of A.
    pub a: f64,
    /// Value of B, interpolated if the method says so.
    pub b: f64,
}

/// Matches sorted points.
pub fn align(a: Side<'_>, b: Side<'_>, method: Method) -> Alignment {
    let mut out = match method {
        Method::Exact => exact(a, b),
        Method::Nearest { tolerance_steps } => {
            let (x, y) = (columns(a.iteration, a), columns(b.iteration, b));
            mutual_nearest(x, y, tolerance_steps)
        }
        Method::Interpolated => interpolated(a, b),
        Method::TimeNearest { tolerance_ms } => by_time(a, b, tolerance_ms),
        Method::RowOrder => row_order(a.len() as u32, b.len() as u32),
    };
    out.method = method;
    out
}

pub(crate) fn columns<'s>(keys: &'s [i64], side: Side<'_>) -> &'s [i64] {
    keys.get(..side.len()).unwrap_or_default()
}

fn exact(a: Side<'_>, b: Side<'_>) -> Alignment {
    let (x, y) = (columns(a.iteration, a), columns(b.iteration, b));
    if x == y && is_rising(x) {
        return row_order(x.len() as u32, y.len() as u32);
    }
    let shorter = x.len().min(y.len());
    let mut out = Alignment {
        a: Vec::with_capacity(shorter),
        b: Vec::with_capacity(shorter),
        ..Alignment::default()
    };
    let (mut i, mut j) = (0, 0);
    while let (Some(&p), Some(&q)) = (x.get(i), y.get(j)) {
        if p < q {
            out.only_a.push(i as u32);
            i += 1;
        } else if q < p {
            out.only_b.push(j as u32);
            j += 1;
        } else if x.get(i + 1) != Some(&p) && y.get(j + 1) != Some(&p) {
            out.a.push(i as u32);
            out.b.push(j as u32);
            i += 1;
            j += 1;
        } else {
            (i, j) = repeated(&mut out, (x, i), (y, j), p);
        }
    }
    out.only_a.extend(i as u32..x.len() as u32);
    out.only_b.extend(j as u32..y.len() as u32);
    out
}

/// True where no step repeats. Without an early exit: the loop becomes vector instructions.
fn is_rising(keys: &[i64]) -> bool {
    let pairs = keys.iter().zip(keys.iter().skip(1));
    pairs.fold(true, |ok, (before, after)| ok & (before < after))
}

/// One step that repeats (all attempts shown): the last rows belong together, the last but one too.
fn repeated(
    out: &mut Alignment,
    x: (&[i64], usize),
    y: (&[i64], usize),
    key: i64,
) -> (usize, usize) {
    let count = |(keys, from): (&[i64], usize)| {
        keys.iter()
            .skip(from)
            .take_while(|&&other| other == key)
            .count()
    };
    let (p, q) = (count(x), count(y));
    let both = p.min(q);
    let ((_, i), (_, j)) = (x, y);
    out.only_a.extend(i as u32..(i + p - both) as u32);
    out.only_b.extend(j as u32..(j + q - both) as u32);
    out.a.extend((i + p - both) as u32..(i + p) as u32);
    out.b.extend((j + q - both) as u32..(j + q) as u32);
    (i + p, j + q)
}

/// For each key its nearest in the other list (the lower one of two equally near).
fn nearest(keys: &[i64], other: &[i64]) -> Vec<u32> {
    let mut at = 0_usize;
    let near = keys.iter().map(|&key| {
        while let (Some(&here), Some(&next)) = (other.get(at), other.get(at + 1)) {
            let (far, farther) = (here.abs_diff(key), next.abs_diff(key));
            // Of equal keys the last, as in an exact match.
            if farther > far || (farther == far && next != here) {
                break;
            }
            at += 1;
        }
        at as u32
    });
    near.collect()
}

fn mutual_nearest(x: &[i64], y: &[i64], tolerance: i64) -> Alignment {
    let mut out = Alignment::default();
    let (of_x, of_y) = (nearest(x, y), nearest(y, x));
    let mut next_b = 0_u32;
    for (i, &j) in of_x.iter().enumerate() {
        let far = match (x.get(i), y.get(j as usize)) {
            (Some(&p), Some(&q)) => p.abs_diff(q) > tolerance.unsigned_abs(),
            _ => true,
        };
        if far || of_y.get(j as usize) != Some(&(i as u32)) {
            out.only_a.push(i as u32);
            continue;
        }
        out.only_b.extend(next_b..j);
        next_b = j + 1;
        out.a.push(i as u32);
        out.b.push(j);
    }
    out.only_b.extend(next_b..y.len() as u32);
    out
}

fn by_time(a: Side<'_>, b: Side<'_>, tolerance_ms: i64) -> Alignment {
    let (order_a, order_b) = (time_order(a), time_order(b));
    let times = |side: Side<'_>, order: &[u32]| -> Vec<i64> {
        order
            .iter()
            .map(|&row| side.time_ms(row as usize))
            .collect()
    };
    let ranked = mutual_nearest(&times(a, &order_a), &times(b, &order_b), tolerance_ms);
    let rows = |ranks: &[u32], order: &[u32]| -> Vec<u32> {
        ranks
            .iter()
            .filter_map(|&rank| order.get(rank as usize).copied())
            .collect()
    };
    let mut only_a = rows(&ranked.only_a, &order_a);
    let mut only_b = rows(&ranked.only_b, &order_b);
    only_a.extend(untimed(a));
    only_b.extend(untimed(b));
    sort(&mut only_a);
    sort(&mut only_b);
    let (left, right) = (rows(&ranked.a, &order_a), rows(&ranked.b, &order_b));
    let mut pairs: Vec<(u32, u32)> = left.into_iter().zip(right).collect();
    sort(&mut pairs);
    let (a, b) = pairs.into_iter().unzip();
    Alignment {
        a,
        b,
        only_a,
        only_b,
        ..Alignment::default()
    }
}

/// Rows without a time: they belong to nothing.
fn untimed(side: Side<'_>) -> impl Iterator<Item = u32> + '_ {
    (0..side.len() as u32).filter(move |&row| side.time_ms(row as usize) == 0)
}

fn time_order(side: Side<'_>) -> Vec<u32> {
    let timed = |&row: &u32| side.time_ms(row as usize) != 0;
    let mut order: Vec<u32> = (0..side.len() as u32).filter(timed).collect();
    // Already sorted in nearly every case, which the stable sort notices in one pass.
    sort_by_key(&mut order, |&row| side.time_ms(row as usize));
    order
}

fn row_order(n: u32, m: u32) -> Alignment {
    let both: Vec<u32> = (0..n.min(m)).collect();
    Alignment {
        a: both.clone(),
        b: both,
        only_a: (n.min(m)..n).collect(),
        only_b: (n.min(m)..m).collect(),
        ..Alignment::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Rows = &'static [u32];

    fn check(x: &[i64], y: &[i64], method: Method, expected: (Rows, Rows, Rows, Rows)) {
        let (u, v): (Vec<f64>, Vec<f64>) = (vec![1.0; x.len()], vec![2.0; y.len()]);
        let a = Side {
            iteration: x,
            timestamp_ms: x,
            value: &u,
        };
        let b = Side {
            iteration: y,
            timestamp_ms: y,
            value: &v,
        };
        let got = align(a, b, method);
        let rows = (&*got.a, &*got.b, &*got.only_a, &*got.only_b);
        assert_eq!(rows, expected, "{x:?} {y:?} {method:?}");
    }

    #[test]
    fn by_equal_step() {
        let exact = Method::Exact;
        check(
            &[1, 2, 3],
            &[1, 2, 3],
            exact,
            (&[0, 1, 2], &[0, 1, 2], &[], &[]),
        );
        check(
            &[1, 2, 4],
            &[2, 3, 4, 5],
            exact,
            (&[1, 2], &[0, 2], &[0], &[1, 3]),
        );
        check(&[], &[1], exact, (&[], &[], &[], &[0]));
        // A repeats a step (two attempts), B has the later one only.
        check(
            &[1, 2, 2, 3],
            &[1, 2, 3],
            exact,
            (&[0, 2, 3], &[0, 1, 2], &[1], &[]),
        );
        check(&[2, 2], &[2, 2, 2], exact, (&[0, 1], &[1, 2], &[], &[0]));
    }

    #[test]
    fn by_nearest_step() {
        let within = |tolerance_steps| Method::Nearest { tolerance_steps };
        check(
            &[10, 20, 30],
            &[11, 19, 33],
            within(1),
            (&[0, 1], &[0, 1], &[2], &[2]),
        );
        check(&[10, 20], &[15], within(5), (&[0], &[0], &[1], &[]));
        // 12 is nearer to 11 than 10 is: each point is used once.
        check(
            &[10, 12],
            &[11, 12],
            within(5),
            (&[0, 1], &[0, 1], &[], &[]),
        );
        check(&[10], &[5, 5, 10], within(0), (&[0], &[2], &[], &[0, 1]));
        check(&[10, 11, 12], &[12], within(5), (&[2], &[0], &[0, 1], &[]));
        check(
            &[i64::MIN, 0],
            &[i64::MAX],
            within(3),
            (&[], &[], &[0, 1], &[0]),
        );
    }

    #[test]
    fn by_time_and_by_order() {
        let method = Method::TimeNearest { tolerance_ms: 500 };
        check(
            &[1000, 2000, 3000],
            &[1400, 2600],
            method,
            (&[0, 2], &[0, 1], &[1], &[]),
        );
        check(
            &[5, 6, 7],
            &[90, 91],
            Method::RowOrder,
            (&[0, 1], &[0, 1], &[2], &[]),
        );
        // The clock went back: rows are still told by their own numbers.
        let (steps, times) = ([1, 2, 3], [3000, 1000, 2000]);
        let side = Side {
            iteration: &steps,
            timestamp_ms: &times,
            value: &[0.0; 3],
        };
        let got = align(side, side, method);
        assert_eq!((got.a, got.b), (vec![0, 1, 2], vec![0, 1, 2]));
    }

    #[test]
    fn by_interpolation() {
        let nan = f64::NAN;
        let (x, u) = ([0, 5, 10, 15, 25, 35], [0.0; 6]);
        let (y, v) = ([0, 10, 20, 30], [0.0, 1.0, nan, 3.0]);
        let a = Side {
            iteration: &x,
            timestamp_ms: &x,
            value: &u,
        };
        let b = Side {
            iteration: &y,
            timestamp_ms: &y,
            value: &v,
        };
        let got = align(a, b, Method::Interpolated);
        assert_eq!((&*got.a, &*got.b), (&[0, 1, 2][..], &[0, 0, 1][..]));
        assert_eq!((&*got.only_a, &*got.only_b), (&[3, 4, 5][..], &[2, 3][..]));
        let values: Vec<f64> = got.pairs(a, b).map(|pair| pair.b).collect();
        assert_eq!(values, [0.0, 0.5, 1.0]);
    }
}
