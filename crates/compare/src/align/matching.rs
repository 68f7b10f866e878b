//! Which point of A is which point of B: by equal step, nearest step, interpolation, nearest time
//! or row order.
//!
//! Input is sorted by iteration ([`crate::Points`]); output is row numbers, ascending in A. Every
//! row of A is in exactly one pair or in `only_a`; every row of B is used or in `only_b`. Time and
//! memory are O(n + m) (matching by time sorts first where the clock went back).

use super::alignment::Alignment;
use super::interpolate::interpolated;
use super::method::Method;
use crate::side::Side;

/// Matches sorted points.
pub fn align(a: Side<'_>, b: Side<'_>, method: Method) -> Alignment {
    let mut out = match method {
        Method::Exact => exact(a, b),
        Method::Nearest { tolerance_steps } => {
            mutual_nearest(a.steps(), b.steps(), tolerance_steps)
        }
        Method::Interpolated => interpolated(a, b),
        Method::TimeNearest { tolerance_ms } => by_time(a, b, tolerance_ms),
        Method::RowOrder => row_order(a.len() as u32, b.len() as u32),
    };
    out.method = method;
    out
}

fn exact(a: Side<'_>, b: Side<'_>) -> Alignment {
    let (x, y) = (a.steps(), b.steps());
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
/// Gives the rows after it.
fn repeated(
    out: &mut Alignment,
    (x, i): (&[i64], usize),
    (y, j): (&[i64], usize),
    key: i64,
) -> (usize, usize) {
    let end = |keys: &[i64], from: usize| {
        let same = keys.iter().skip(from).take_while(|&&other| other == key);
        from + same.count()
    };
    let (end_a, end_b) = (end(x, i), end(y, j));
    let both = (end_a - i).min(end_b - j);
    out.only_a.extend(i as u32..(end_a - both) as u32);
    out.only_b.extend(j as u32..(end_b - both) as u32);
    out.a.extend((end_a - both) as u32..end_a as u32);
    out.b.extend((end_b - both) as u32..end_b as u32);
    (end_a, end_b)
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
        let rows = order.iter().map(|&row| row as usize);
        rows.map(|row| side.time_ms(row)).collect()
    };
    let ranked = mutual_nearest(&times(a, &order_a), &times(b, &order_b), tolerance_ms);
    let rows = |ranks: &[u32], order: &[u32]| -> Vec<u32> {
        let row = |&rank: &u32| order.get(rank as usize).copied();
        ranks.iter().filter_map(row).collect()
    };
    let lone = |side: Side<'_>, ranks: &[u32], order: &[u32]| {
        let mut out = rows(ranks, order);
        out.extend(untimed(side));
        out.sort_unstable();
        out
    };
    let partners = rows(&ranked.b, &order_b);
    let mut pairs: Vec<_> = rows(&ranked.a, &order_a)
        .into_iter()
        .zip(partners)
        .collect();
    pairs.sort_unstable();
    let (rows_a, rows_b) = pairs.into_iter().unzip();
    Alignment {
        a: rows_a,
        b: rows_b,
        only_a: lone(a, &ranked.only_a, &order_a),
        only_b: lone(b, &ranked.only_b, &order_b),
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
    order.sort_by_key(|&row| side.time_ms(row as usize));
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
        let a = Side::new(x, x, &u);
        let b = Side::new(y, y, &v);
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
        let side = Side::new(&steps, &times, &[0.0; 3]);
        let got = align(side, side, method);
        assert_eq!((got.a, got.b), (vec![0, 1, 2], vec![0, 1, 2]));
    }

    #[test]
    fn by_interpolation() {
        let nan = f64::NAN;
        let (x, u) = ([0, 5, 10, 15, 25, 35], [0.0; 6]);
        let (y, v) = ([0, 10, 20, 30], [0.0, 1.0, nan, 3.0]);
        let a = Side::new(&x, &x, &u);
        let b = Side::new(&y, &y, &v);
        let got = align(a, b, Method::Interpolated);
        assert_eq!((&*got.a, &*got.b), (&[0, 1, 2][..], &[0, 0, 1][..]));
        assert_eq!((&*got.only_a, &*got.only_b), (&[3, 4, 5][..], &[2, 3][..]));
        let values: Vec<f64> = got.pairs(a, b).map(|pair| pair.b).collect();
        assert_eq!(values, [0.0, 0.5, 1.0]);
    }
}
