//! The matrix: what was paired and why, and how many pairs agree.

use parallax_compare::matrix::{Basis, Matrix, Pairing};
use parallax_model::format::count;

use super::numbers::counted;

/// What a sentence calls the workload that another one is compared with.
pub const BASELINE: &str = "the baseline";
/// What a sentence calls the open workload beside its baseline.
pub const THIS_RUN: &str = "this run";

/// Why two metrics were paired.
pub fn pairing(pairing: &Pairing) -> String {
    let (agreeing, probed) = (pairing.agreeing, pairing.probed);
    let names = if pairing.metrics.0 == pairing.metrics.1 {
        "same name"
    } else {
        "similar names"
    };
    match pairing.basis {
        Basis::NamesAndValues => format!("{names}; values agree at {agreeing} of {probed} steps"),
        Basis::Names if probed == 0 => format!("{names}; no shared step to confirm it"),
        Basis::Names => format!("{names}; values are constant or too few to confirm it"),
        Basis::NamesAgainstValues => {
            let rival = pairing.rival.as_ref().map_or_else(String::new, |rival| {
                format!("; those of {} are in {rival}: swapped?", pairing.metrics.0)
            });
            format!("{names}, but values agree at only {agreeing} of {probed} steps{rival}")
        }
        Basis::Values => format!("names differ, but values agree at {agreeing} of {probed} steps"),
        Basis::Asked => "as asked for".to_owned(),
    }
}

/// `39 pairs: 36 agree, 2 differ, 1 share no step`.
pub fn matrix_summary(matrix: &Matrix) -> String {
    let rows = matrix.rows.iter();
    let unshared = rows.filter(|row| row.agreement.matched == 0).count();
    let (all, differing) = (matrix.rows.len(), matrix.differing());
    let agreeing = all - differing - unshared;
    let mut text = format!(
        "{}: {} agree, {} differ",
        counted(all as u64, "pair"),
        count(agreeing as u64),
        count(differing as u64)
    );
    if unshared > 0 {
        text += &format!(", {} share no step", count(unshared as u64));
    }
    text
}

/// Series that nothing was compared with.
pub fn no_partner(unpaired: usize, series: usize) -> String {
    format!(
        "{} of {} series have no partner in another source.",
        count(unpaired as u64),
        count(series as u64)
    )
}
