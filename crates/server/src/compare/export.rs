//! Writes the aligned rows of one pair to a file.

use std::fs;
use std::path::Path;

use parallax_compare::matrix::MatrixRow;
use parallax_compare::report::{to_csv, to_json};

use super::error::CompareError;
use super::table::pair_name;
use super::workload::Compared;

/// Writes the one pair that was compared; CSV or JSON by the file's name.
pub(super) fn write(file: &Path, compared: &[Compared]) -> Result<(), CompareError> {
    let mut with_rows = compared.iter().filter(|one| !one.matrix.rows.is_empty());
    let (Some(only), None) = (with_rows.next(), with_rows.next()) else {
        return Err(CompareError::NotOnePair(names(compared)));
    };
    if only.matrix.rows.len() != 1 {
        return Err(CompareError::NotOnePair(names(compared)));
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

fn names(compared: &[Compared]) -> Vec<String> {
    let rows = compared
        .iter()
        .flat_map(|one| one.matrix.rows.iter().map(move |row| (one, row)));
    let name = |(one, row): (&Compared, &MatrixRow)| {
        let ((a, b), metrics) = (&row.sources, pair_name(&row.pairing));
        format!("{}: {metrics} ({a}, {b})", one.name)
    };
    rows.map(name).collect()
}
