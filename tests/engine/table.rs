//! Rows and CSV: pages, parts, spans, attempts, quoting, and values that are not finite.

use parallax_model::columns::Columns;
use parallax_model::row::Row;
use parallax_model::value::MISSING;
use parallax_view::Span;
use parallax_web::engine::session::Session;
use parallax_web::engine::table;
use parallax_web::protocol::data::{TableRow, TableSpec};

use crate::held::{key, rows, session, table as table_spec};

const HEAD: &str = "metric,source,attempt,iteration,timestamp_ms,value\r\n";

/// Two attempts of `log` (step 2 again after a pause), one of `wandb`.
fn restarted() -> Session {
    let log = [
        (1, 10_000, 0.5),
        (2, 20_000, 0.25),
        (3, 30_000, 0.125),
        (2, 90_000, 0.2),
        (3, 99_000, 0.1),
    ];
    let wandb = [(1, 10_500, 0.5), (3, 30_500, 0.125)];
    session(vec![
        (key("loss", "log"), rows(&log)),
        (key("loss", "wandb"), rows(&wandb)),
    ])
}

fn row(series: u32, attempt: u32, step: i64, time_ms: i64, value: f64) -> TableRow {
    TableRow {
        series,
        attempt,
        step,
        time_ms: Some(time_ms),
        value,
    }
}

#[test]
fn rows_are_in_order_of_series_attempt_and_step() {
    let session = restarted();
    let series = [key("loss", "wandb"), key("gone", "log"), key("loss", "log")];
    let all = [
        row(0, 1, 1, 10_500, 0.5),
        row(0, 1, 3, 30_500, 0.125),
        row(2, 1, 1, 10_000, 0.5),
        row(2, 1, 2, 20_000, 0.25),
        row(2, 1, 3, 30_000, 0.125),
        row(2, 2, 2, 90_000, 0.2),
        row(2, 2, 3, 99_000, 0.1),
    ];
    for (offset, limit) in [
        (0, 100),
        (0, 2),
        (1, 3),
        (6, 5),
        (7, 5),
        (u64::MAX, u64::MAX),
        (2, u64::MAX),
    ] {
        let (found, total) =
            table::rows(&session, &table_spec(&series, Span::All, (offset, limit)));
        let expected: Vec<_> = all
            .iter()
            .skip(usize::try_from(offset).unwrap())
            .take(usize::try_from(limit).unwrap())
            .cloned()
            .collect();
        assert_eq!((found, total), (expected, 7), "{offset} {limit}");
    }
    let span = Span::Range {
        from: Some(3.0),
        to: None,
    };
    let (found, total) = table::rows(&session, &table_spec(&series, span, (0, 100)));
    assert_eq!(found, [all[1].clone(), all[4].clone(), all[6].clone()]);
    assert_eq!(total, 3);
}

/// The whole CSV.
fn csv(session: &Session, spec: &TableSpec) -> String {
    csv_parts(session, spec, usize::MAX).concat()
}

fn csv_parts(session: &Session, spec: &TableSpec, part_bytes: usize) -> Vec<String> {
    let (mut parts, mut ends) = (Vec::new(), Vec::new());
    table::csv(session, spec, part_bytes, |text, is_last| {
        parts.push(text);
        ends.push(is_last);
    });
    let ended: Vec<_> = (1..=parts.len()).map(|n| n == parts.len()).collect();
    assert_eq!(ends, ended, "only the last part is marked");
    parts
}

#[test]
fn csv_has_every_row_whatever_page_the_table_shows() {
    let session = restarted();
    let span = Span::Range {
        from: None,
        to: Some(2.0),
    };
    let spec = table_spec(&[key("loss", "log")], span, (1, 1));
    let lines = "loss,log,1,1,10000,0.5\r\nloss,log,1,2,20000,0.25\r\nloss,log,2,2,90000,0.2\r\n";
    assert_eq!(csv(&session, &spec), format!("{HEAD}{lines}"));
    let spec = table_spec(&[key("gone", "log")], Span::All, (0, 9));
    assert_eq!(csv(&session, &spec), HEAD);
}

#[test]
fn a_row_without_a_time_has_an_empty_cell() {
    let mut columns = Columns::new();
    columns.push(Row {
        step: 7,
        time_ms: None,
        value: 0.5,
    });
    let session = session(vec![(key("m", "log"), columns)]);
    let spec = table_spec(&[key("m", "log")], Span::All, (0, 9));
    assert_eq!(csv(&session, &spec), format!("{HEAD}m,log,1,7,,0.5\r\n"));
    assert_eq!(table::rows(&session, &spec).0[0].time_ms, None);
}

#[test]
fn csv_comes_in_parts_of_about_the_size_that_is_asked_for() {
    let many: Vec<_> = (0..1_000).map(|i| (i, i * 1_000, 0.5)).collect();
    let session = session(vec![(key("loss", "log"), rows(&many))]);
    let spec = table_spec(&[key("loss", "log")], Span::All, (0, 9));
    let whole = csv(&session, &spec);
    assert_eq!(whole.lines().count(), 1_001);
    for part_bytes in [1, 500, 4_096] {
        let parts = csv_parts(&session, &spec, part_bytes);
        let longest = parts.iter().map(String::len).max().unwrap();
        assert!(longest < part_bytes + 100, "{longest} for {part_bytes}");
        assert!(parts.len() >= whole.len() / (part_bytes + 100));
        assert_eq!(parts.concat(), whole);
    }
}

#[test]
fn names_are_cells_of_text_and_values_are_numbers() {
    let spec = table_spec(&[key("=1+1", "-log, too")], Span::All, (0, 9));
    let session = session(vec![(key("=1+1", "-log, too"), rows(&[(1, 2, -1.5)]))]);
    let line = "'=1+1,\"'-log, too\",1,1,2,-1.5\r\n";
    assert_eq!(csv(&session, &spec), format!("{HEAD}{line}"));
}

#[test]
fn values_have_all_their_digits_and_a_missing_one_is_an_empty_cell() {
    let cases = [
        (0.1 + 0.2, "0.30000000000000004"),
        (-1.25e-7, "-1.25e-7"),
        (f64::NAN, "NaN"),
        (f64::NEG_INFINITY, "-Infinity"),
        (MISSING, ""),
    ];
    for (value, cell) in cases {
        let session = session(vec![(key("m", "log"), rows(&[(1, 2, value)]))]);
        let spec = table_spec(&[key("m", "log")], Span::All, (0, 9));
        let line = format!("m,log,1,1,2,{cell}\r\n");
        assert_eq!(csv(&session, &spec), format!("{HEAD}{line}"), "{value}");
    }
}
