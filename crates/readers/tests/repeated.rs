//! Lines that are like earlier ones are read by what is known of those. A log in one piece has to
//! give what its steps give one by one, each to a reader that knows nothing yet.

use parallax_fixtures::logs;
use parallax_model::source::Source;
use parallax_readers::text::TextLog;
use parallax_readers::{ParsedFile, Reader};

fn read(text: &str, chunk_bytes: usize) -> ParsedFile {
    let (mut reader, mut parsed) = (TextLog::new(), ParsedFile::default());
    for bytes in text.as_bytes().chunks(chunk_bytes) {
        reader.feed(bytes, &mut parsed);
    }
    reader.finish_idle(&mut parsed);
    parsed
}

/// Metric, step, time and the bits of the value, in file order.
fn points(parsed: &ParsedFile) -> Vec<(String, i64, Option<i64>, u64)> {
    let metrics = parsed.columns.get(&Source::from(Source::LOG));
    let metrics = metrics.into_iter().flatten();
    let rows = metrics.flat_map(|(name, rows)| rows.rows().map(move |row| (name, row)));
    rows.map(|(name, row)| (name.clone(), row.step, row.time_ms, row.value.to_bits()))
        .collect()
}

fn check(kind: &str, steps: &[String]) {
    let alone = steps.iter().flat_map(|step| points(&read(step, 1 << 20)));
    let mut expected: Vec<_> = alone.collect();
    // By metric, each in file order.
    expected.sort_by(|one, other| one.0.cmp(&other.0));
    assert!(expected.len() >= steps.len(), "{kind}");
    let text = steps.concat();
    for chunk_bytes in [7, 64, 1000, 1 << 20] {
        assert_eq!(
            points(&read(&text, chunk_bytes)),
            expected,
            "{kind} by {chunk_bytes}"
        );
    }
}

#[test]
fn a_log_gives_what_its_steps_give_alone() {
    for kind in logs::KINDS {
        // Steps of one digit to seven, so that lines become wider.
        let numbers = (1..=120).chain(9990..10_010).chain(999_990..1_000_000);
        let steps: Vec<String> = numbers
            .map(|number| {
                let mut text = String::new();
                (kind.write)(&mut text, number);
                text
            })
            .collect();
        check(kind.name, &steps);
    }
}

/// Numbers of every shape behind one another, in the places where a logger prints them.
#[test]
fn numbers_may_take_any_shape() {
    let numbers = [
        "1.25",
        "0.5",
        "-0.5",
        "12.75",
        "1.25e-05",
        "nan",
        "3",
        "-3",
        "1.0",
        "1.00",
        "100.125",
        "0.000389",
        "0.36070946607342436",
        "12345678.5",
        "1e5",
        "inf",
        "123456789012345678901.5",
        "1.",
        "7",
        "0.0",
        "-0.0",
        "5e-324",
        "2.5",
        "2.5",
        "9007199254740993",
        "1,234",
        "0.1",
    ];
    let lines = [
        "iter {step}: loss {a}, time {b}ms, mfu 8.73%\n",
        "s:{step} trl:{a} lr:{b} norm:0.62\n",
        "step:{step}/9999 train_loss:{a} train_time:{b}ms step_avg:1.5ms\n",
        "{\"step\": {step}, \"loss\": {a}, \"lr\": {b}}\n",
        "{'loss': '{a}', 'lr': {b}, 'step': {step}}\n",
        "\rEpoch 0:  1%|# | {step}/1000 [00:01<00:09, 8.9it/s, v_num=1, train_loss={a}, acc={b}]\n",
        "Epoch {step}/999\n45/45 [===] - 0s 3ms/step - loss: {a} - accuracy: {b}\n",
    ];
    for line in lines {
        let mut steps = Vec::new();
        for a in numbers {
            for b in numbers {
                let step = (steps.len() + 1).to_string();
                let text = line.replace("{step}", &step).replace("{a}", a);
                steps.push(text.replace("{b}", b));
            }
        }
        // Some of them are no numbers to some loggers: a step may give one point or none.
        let text = steps.concat();
        let alone = steps.iter().flat_map(|step| points(&read(step, 1 << 20)));
        let mut expected: Vec<_> = alone.collect();
        expected.sort_by(|one, other| one.0.cmp(&other.0));
        for chunk_bytes in [61, 1 << 20] {
            assert_eq!(
                points(&read(&text, chunk_bytes)),
                expected,
                "{line} by {chunk_bytes}"
            );
        }
    }
}
