//! Writes the aligned rows of one pair to a file.

use std::fs;
use std::path::Path;

use parallax_compare::export::{to_csv, to_json};
use parallax_compare::matrix::MatrixRow;

use super::error::CompareError;
use super::table::pair_name;
use super::workload::Compared;

/// Writes the one pair that was compared; CSV or JSON by the file's name.
pub(super) fn write(file: &Path, compared: &[Compared]) -> Result<(), CompareError> {
    let with_rows: Vec<&Compared> = compared
        .iter()
        .filter(|c| !c.matrix.rows.is_empty())
        .collect();
    let rows = |one: &Compared| one.matrix.rows.len();
    let [only] = with_rows.as_slice() else {
        return Err(CompareError::NotOnePair(names(&with_rows)));
    };
    if rows(only) != 1 {
        return Err(CompareError::NotOnePair(names(&with_rows)));
    }
    let is_json = file
        .extension()
        .is_some_and(|extension| extension == "json");
    let text = if is_json {
        to_json(&only.export)
    } else {
        to_csv(&only.export)
    };
    fs::write(file, text).map_err(|error| CompareError::Export(file.to_owned(), error))
}

fn names(compared: &[&Compared]) -> Vec<String> {
    let name = |one: &Compared, row: &MatrixRow| {
        let (a, b) = &row.sources;
        format!("{}: {} ({a}, {b})", one.name, pair_name(row))
    };
    let all = compared.iter();
    all.flat_map(|one| one.matrix.rows.iter().map(|row| name(one, row)))
        .collect()
}
