//! Whatever an API's series do, the store holds exactly their rows after the next good poll.

use parallax_api::error::ApiError;
use parallax_api::query::{ChunksQuery, DataQuery};
use parallax_fixtures::random::Random;
use parallax_model::columns::Columns;
use parallax_model::row::Row;
use parallax_series::Series;
use parallax_web::engine::store::{Store, Target};
use parallax_web::protocol::{MetricState, SeriesKey};

use crate::client::Client;
use crate::held::{key, rows};
use crate::model_api::{Face, ModelApi};

/// The bundled server, and APIs in the field.
const FACES: [Face; 3] = [Face::Chunks, Face::A, Face::B];

/// 2023-11-14 22:13:20 UTC.
const T0: i64 = 1_700_000_000_000;

fn bits(columns: &Columns) -> Vec<(i64, Option<i64>, u64)> {
    let bits = |row: Row| (row.step, row.time_ms, row.value.to_bits());
    columns.rows().map(bits).collect()
}

fn held(store: &Store, key: &SeriesKey) -> Columns {
    store
        .series(key)
        .map_or_else(Columns::new, Series::recorded_rows)
}

#[track_caller]
fn assert_equal(client: &Client, api: &ModelApi, metrics: &[&str], what: &str) {
    let listed = api.keys();
    for metric in metrics {
        assert_eq!(
            client.store.state(metric),
            Some(&MetricState::Ready),
            "{what}: {metric}"
        );
        for key in client.store.keys_of(metric) {
            let (held, listed) = (held(&client.store, &key), api.rows(&key));
            assert_eq!(bits(&held), bits(&listed), "{what}: {key:?}");
        }
        for key in listed.iter().filter(|key| key.metric == *metric) {
            assert!(client.store.series(key).is_some(), "{what}: {key:?}");
        }
    }
}

#[test]
fn after_a_good_poll_the_rows_are_the_apis() {
    let metrics = ["loss", "lr", "val/loss", "a,b", " blank ", ""];
    let sources = ["log", "wandb", "tensorflow"];
    for case in 0..40 {
        let mut random = Random::new(case);
        let mut api = ModelApi::default();
        let mut client = Client::new(FACES[case as usize % 3]);
        let mut shown: Vec<&str> = Vec::new();
        for step in 0..25 {
            for _ in 0..random.below(4) {
                let metric = metrics[random.below(metrics.len())];
                let source = sources[random.below(sources.len())];
                let count = match random.below(6) {
                    0 => 700,
                    _ => random.below(12),
                };
                api.grow(&key(metric, source), count, &mut random);
            }
            if random.below(3) == 0 {
                let metric = metrics[random.below(metrics.len())];
                match shown.iter().position(|name| *name == metric) {
                    Some(at) => _ = shown.remove(at),
                    None => shown.push(metric),
                }
                let names = shown.iter().map(|name| (*name).to_owned());
                client.store.want(names.collect());
                let failing = 3 * random.below(2);
                client.run(&api, &mut random, failing);
            }
            let any = api.keys().get(random.below(9)).cloned();
            client.now_ms += 61_000;
            match (random.below(6), any) {
                (0 | 1, _) => client.poll(&api, &mut random, 2),
                // Rows come between the catalog and the rows.
                (2, Some(key)) => {
                    client.store.poll(&api.catalog(), client.now_ms);
                    api.grow(&key, random.below(9), &mut random);
                    client.run(&api, &mut random, 0);
                }
                // Rows are taken back. By an API without cursors one poll takes rows that are too
                // many for such as came after the catalog.
                (3, Some(key)) => {
                    let keep = match random.below(4) {
                        0 => 0,
                        _ => random.below(api.rows(&key).len()),
                    };
                    api.cut(&key, keep);
                    if client.face == Face::Chunks {
                        api.grow(&key, random.below(20), &mut random);
                    } else {
                        client.poll(&api, &mut random, 0);
                        client.now_ms += 61_000;
                    }
                    client.poll(&api, &mut random, 0);
                    assert_equal(&client, &api, &shown, &format!("case {case} step {step}"));
                }
                _ => {
                    client.poll(&api, &mut random, 0);
                    assert_equal(&client, &api, &shown, &format!("case {case} step {step}"));
                }
            }
        }
    }
}

/// Ten rows a second apart from a time on.
fn ten(from_s: i64) -> Columns {
    let row = |n: i64| (n, T0 + 1_000 * n, n as f64);
    rows(&(from_s..from_s + 10).map(row).collect::<Vec<_>>())
}

fn starts(sent: &[Target]) -> Vec<(Option<&str>, Vec<&str>, Option<i64>)> {
    let starts = sent.iter().map(|target| match target {
        Target::Data(DataQuery {
            source,
            metrics,
            start_ms,
        }) => {
            let metrics = metrics.iter().flatten().map(String::as_str);
            (
                source.as_deref(),
                metrics.collect(),
                start_ms.map(|ms| ms - T0),
            )
        }
        Target::Chunks(_) => panic!("{target:?}"),
    });
    starts.collect()
}

/// Issue 9, row 1.
#[test]
fn a_metric_that_is_ticked_while_the_run_goes_on_hides_no_rows_of_another() {
    for face in FACES {
        let (mut api, mut client) = (ModelApi::default(), Client::new(face));
        let mut random = Random::new(1);
        let (a, b) = (key("a", "log"), key("b", "log"));
        for key in [&a, &b] {
            api.push(key, ten(1).rows());
        }
        client.poll(&api, &mut random, 0);
        client.want(&api, &["a"], &mut random);
        for key in [&a, &b] {
            api.push(key, ten(11).rows());
        }
        client.want(&api, &["a", "b"], &mut random);
        assert_eq!(held(&client.store, &a).len(), 10, "not asked for yet");
        client.poll(&api, &mut random, 0);
        assert_equal(&client, &api, &["a", "b"], &format!("{face:?}"));
        assert_eq!(held(&client.store, &a).len(), 20);
    }
}

#[test]
fn each_series_is_asked_from_its_own_end_on() {
    let (mut api, mut client) = (ModelApi::default(), Client::new(Face::A));
    let mut random = Random::new(2);
    for (metric, source, from) in [
        ("loss", "log", 91),
        ("lr", "log", 91),
        ("loss", "wandb", 41),
        ("unwanted", "log", 1),
    ] {
        api.push(&key(metric, source), ten(from).rows());
    }
    client.poll(&api, &mut random, 0);
    client.want(&api, &["loss", "lr"], &mut random);
    assert_eq!(starts(&client.sent), [(None, vec!["loss", "lr"], None)]);
    client.sent.clear();
    client.poll(&api, &mut random, 0);
    let log = (Some("log"), vec!["loss", "lr"], Some(99_001));
    let wandb = (Some("wandb"), vec!["loss"], Some(49_001));
    assert_eq!(starts(&client.sent), [log.clone(), wandb.clone()]);
    // TensorBoard appears with the same metric: all its rows are new.
    api.push(&key("loss", "tensorflow"), ten(1).rows());
    client.sent.clear();
    client.poll(&api, &mut random, 0);
    let new = (Some("tensorflow"), vec!["loss"], None);
    assert_eq!(starts(&client.sent), [log, new, wandb]);
    assert_equal(&client, &api, &["loss", "lr"], "");
}

#[test]
fn a_poll_with_nothing_new_changes_nothing() {
    for face in FACES {
        let (mut api, mut client) = (ModelApi::default(), Client::new(face));
        let mut random = Random::new(3);
        api.push(&key("a", "log"), ten(1).rows());
        client.poll(&api, &mut random, 0);
        client.want(&api, &["a"], &mut random);
        assert_eq!(client.store.take_grown().len(), 1);
        let version = |client: &Client| client.store.series(&key("a", "log")).unwrap().version();
        let before = version(&client);
        client.poll(&api, &mut random, 0);
        assert_eq!(
            (client.store.take_grown().len(), version(&client)),
            (0, before),
            "{face:?}"
        );
    }
}

#[test]
fn a_late_row_is_found_by_the_number_of_rows_once_a_minute() {
    let (mut api, mut client) = (ModelApi::default(), Client::new(Face::B));
    let mut random = Random::new(4);
    let a = key("a", "log");
    api.push(&a, ten(100).rows());
    client.poll(&api, &mut random, 0);
    client.want(&api, &["a"], &mut random);
    let late = |api: &mut ModelApi| api.push(&a, rows(&[(7, T0, 7.0)]).rows());
    let mut poll = |client: &mut Client, api: &ModelApi, after_ms: i64| {
        client.now_ms += after_ms;
        client.sent.clear();
        client.poll(api, &mut random, 0);
        (client.sent.len(), held(&client.store, &a).len())
    };
    late(&mut api);
    assert_eq!(poll(&mut client, &api, 5_000), (1, 10), "loaded just now");
    assert_eq!(poll(&mut client, &api, 60_000), (2, 11));
    // It comes last, and no time is before it: what is new can't be told by time any more.
    late(&mut api);
    assert_eq!(poll(&mut client, &api, 5_000).1, 12);
    assert_eq!(poll(&mut client, &api, 5_000), (0, 12));
    assert_equal(&client, &api, &["a"], "");
}

#[test]
fn an_api_that_counts_otherwise_is_not_asked_in_full_again_and_again() {
    let (mut api, mut client) = (ModelApi::default(), Client::new(Face::A));
    let mut random = Random::new(5);
    api.push(&key("a", "log"), ten(1).rows());
    let mut catalog = api.catalog();
    catalog.metrics[0].count += 3;
    client.store.poll(&catalog, client.now_ms);
    client.want(&api, &["a"], &mut random);
    for _ in 0..5 {
        client.now_ms += 60_000;
        client.sent.clear();
        client.store.poll(&catalog, client.now_ms);
        client.run(&api, &mut random, 0);
        assert_eq!(
            starts(&client.sent),
            [(Some("log"), vec!["a"], Some(9_001))]
        );
    }
    // One of the ten is gone: that is another difference.
    api.cut(&key("a", "log"), 0);
    api.push(&key("a", "log"), ten(1).rows().skip(1));
    catalog.metrics[0].count -= 1;
    client.store.poll(&catalog, client.now_ms + 60_000);
    client.run(&api, &mut random, 0);
    assert_eq!(held(&client.store, &key("a", "log")).len(), 9);
}

/// Issue 9, row 12.
#[test]
fn many_metrics_are_asked_for_in_few_short_requests() {
    let names: Vec<String> = (0..2_261).map(|n| format!("train/layer{n}/norm")).collect();
    let all: Vec<&str> = names.iter().map(String::as_str).collect();
    for face in FACES {
        let (mut api, mut client) = (ModelApi::default(), Client::new(face));
        let mut random = Random::new(6);
        for name in &names {
            api.push(&key(name, "log"), ten(1).rows());
        }
        client.poll(&api, &mut random, 0);
        client.want(&api, &all[..500], &mut random);
        assert!(
            (2..=6).contains(&client.sent.len()),
            "{}",
            client.sent.len()
        );
        client.sent.clear();
        client.want(&api, &all, &mut random);
        client.poll(&api, &mut random, 0);
        for target in &client.sent {
            let query = match target {
                Target::Data(query) => query.to_query(),
                Target::Chunks(query) => query.to_query(),
            };
            assert!(query.len() < 3_900, "{}", query.len());
        }
        assert!(client.sent.len() < 60, "{}", client.sent.len());
        assert_equal(&client, &api, &all, &format!("{face:?}"));
    }
}

#[test]
fn a_load_that_fails_keeps_what_came_and_is_repeated_by_polls_and_on_request() {
    for face in FACES {
        let (mut api, mut client) = (ModelApi::default(), Client::new(face));
        let mut random = Random::new(7);
        api.push(&key("a", "log"), ten(1).rows());
        client.store.set_catalog(&api.catalog());
        client.fail = Some(ApiError::Truncated { bytes: 9, rows: 1 });
        client.want(&api, &["a"], &mut random);
        let partial = MetricState::Partial(ApiError::Truncated { bytes: 9, rows: 1 });
        assert_eq!(client.store.state("a"), Some(&partial));
        client.poll(&api, &mut random, 0);
        assert_eq!(client.store.state("a"), Some(&partial), "too early");
        client.now_ms += 60_000;
        client.poll(&api, &mut random, 0);
        assert_equal(&client, &api, &["a"], "by a poll");

        client.fail = Some(ApiError::Cancelled { rows: 0 });
        api.push(&key("b", "log"), ten(1).rows());
        client.want(&api, &["a", "b"], &mut random);
        client.now_ms += 60_000;
        client.poll(&api, &mut random, 0);
        let cancelled = MetricState::Partial(ApiError::Cancelled { rows: 0 });
        assert_eq!(
            client.store.state("b"),
            Some(&cancelled),
            "as the user wants"
        );
        assert_eq!(
            client.store.retry(),
            [("b".to_owned(), MetricState::Loading)]
        );
        client.run(&api, &mut random, 0);
        assert_equal(&client, &api, &["a", "b"], "on request");
        assert_eq!(client.store.retry(), []);
    }
}

#[test]
fn a_poll_that_fails_changes_no_series() {
    for face in [Face::A, Face::B] {
        let (mut api, mut client) = (ModelApi::default(), Client::new(face));
        let mut random = Random::new(8);
        api.push(&key("a", "log"), ten(1).rows());
        client.poll(&api, &mut random, 0);
        client.want(&api, &["a"], &mut random);
        client.store.take_grown();
        api.push(&key("a", "log"), ten(11).rows());
        for _ in 0..20 {
            client.poll(&api, &mut random, 1);
            assert_eq!(client.store.state("a"), Some(&MetricState::Ready));
            assert_eq!(held(&client.store, &key("a", "log")), ten(1));
            assert!(client.store.take_grown().is_empty());
        }
    }
}

#[test]
fn what_is_not_shown_is_not_polled_and_is_brought_up_to_date_when_it_is_shown_again() {
    for face in FACES {
        let (mut api, mut client) = (ModelApi::default(), Client::new(face));
        let mut random = Random::new(9);
        for metric in ["a", "b"] {
            api.push(&key(metric, "log"), ten(1).rows());
        }
        client.poll(&api, &mut random, 0);
        client.want(&api, &["a", "b"], &mut random);
        client.want(&api, &["a"], &mut random);
        for metric in ["a", "b"] {
            api.push(&key(metric, "log"), ten(11).rows());
        }
        client.poll(&api, &mut random, 0);
        let len = |client: &Client, metric| held(&client.store, &key(metric, "log")).len();
        assert_eq!((len(&client, "a"), len(&client, "b")), (20, 10));
        client.sent.clear();
        client.want(&api, &["a"], &mut random);
        assert!(client.sent.is_empty(), "it is up to date");
        client.want(&api, &["b"], &mut random);
        assert_equal(&client, &api, &["a", "b"], &format!("{face:?}"));
    }
}

#[test]
fn attempts_are_those_that_the_server_gives() {
    let (mut api, mut client) = (ModelApi::default(), Client::new(Face::Chunks));
    let mut random = Random::new(10);
    api.push(
        &key("a", "log"),
        [ten(1), ten(1)].iter().flat_map(Columns::rows),
    );
    client.poll(&api, &mut random, 0);
    client.want(&api, &["a"], &mut random);
    let starts = client
        .store
        .series(&key("a", "log"))
        .unwrap()
        .attempt_starts();
    let first_rows: Vec<u64> = starts.iter().map(|start| start.first_row).collect();
    assert_eq!(first_rows, [0, 10]);
}

#[test]
fn a_server_without_chunks_is_asked_for_json() {
    let (mut api, mut client) = (ModelApi::default(), Client::new(Face::A));
    let mut random = Random::new(11);
    api.push(&key("a", "log"), ten(1).rows());
    client.store.set_catalog(&api.catalog());
    client.store.want(vec!["a".into()]);
    let request = client.store.plan(true).remove(0);
    let query = ChunksQuery {
        metrics: Some(vec!["a".into()]),
        after: vec![],
    };
    assert_eq!(request.target, Target::Chunks(query));
    client.store.withdraw(&request);
    client.run(&api, &mut random, 0);
    assert_equal(&client, &api, &["a"], "");
}
