//! Rows and CSV: parts, spans, attempts, quoting, and values that are no numbers.

use parallax_model::value::MISSING;
use parallax_view::Span;
use parallax_web::engine::session::Session;
use parallax_web::engine::table::{csv, rows as table_rows};
use parallax_web::protocol::data::TableRow;

use crate::held::{key, rows, session, table};

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

fn row(series: u32, attempt: u32, iteration: i64, timestamp_ms: i64, value: f64) -> TableRow {
    TableRow {
        series,
        attempt,
        iteration,
        timestamp_ms,
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
        let (found, total) = table_rows(&session, &table(&series, Span::All, (offset, limit)));
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
    let (found, total) = table_rows(&session, &table(&series, span, (0, 100)));
    assert_eq!(found, [all[1].clone(), all[4].clone(), all[6].clone()]);
    assert_eq!(total, 3);
}

#[test]
fn csv_has_every_row_whatever_part_the_table_shows() {
    let session = restarted();
    let text = csv(
        &session,
        &table(
            &[key("loss", "log")],
            Span::Range {
                from: None,
                to: Some(2.0),
            },
            (1, 1),
        ),
    );
    let lines = "loss,log,1,1,10000,0.5\r\nloss,log,1,2,20000,0.25\r\nloss,log,2,2,90000,0.2\r\n";
    assert_eq!(text, format!("{HEAD}{lines}"));
    assert_eq!(
        csv(&session, &table(&[key("gone", "log")], Span::All, (0, 9))),
        HEAD
    );
}

#[test]
fn names_are_quoted_as_rfc_4180_says() {
    let cases = [
        ("train/lm_loss", "train/lm_loss"),
        ("a,b", "\"a,b\""),
        ("say \"hi\"", "\"say \"\"hi\"\"\""),
        ("two\nlines", "\"two\nlines\""),
        ("cr\r", "\"cr\r\""),
        ("ä ö", "ä ö"),
        ("", ""),
    ];
    for (name, cell) in cases {
        let session = session(vec![(key(name, "log, too"), rows(&[(1, 2, 3.0)]))]);
        let text = csv(
            &session,
            &table(&[key(name, "log, too")], Span::All, (0, 9)),
        );
        assert_eq!(
            text,
            format!("{HEAD}{cell},\"log, too\",1,1,2,3\r\n"),
            "{name:?}"
        );
    }
}

#[test]
fn values_have_all_their_digits_and_a_missing_one_is_an_empty_cell() {
    let cases = [
        (0.1 + 0.2, "0.30000000000000004"),
        (-0.0, "-0"),
        (1e300, "1e300"),
        (-1.25e-7, "-1.25e-7"),
        (123_456_789.5, "123456789.5"),
        (5e-324, "5e-324"),
        (f64::NAN, "NaN"),
        (f64::INFINITY, "Infinity"),
        (f64::NEG_INFINITY, "-Infinity"),
        (MISSING, ""),
    ];
    for (value, cell) in cases {
        let session = session(vec![(key("m", "log"), rows(&[(1, 2, value)]))]);
        let text = csv(&session, &table(&[key("m", "log")], Span::All, (0, 9)));
        let found = text
            .strip_prefix(HEAD)
            .and_then(|line| line.strip_prefix("m,log,1,1,2,"));
        let found = found.and_then(|line| line.strip_suffix("\r\n")).unwrap();
        assert_eq!(found, cell, "{value}");
    }
}
