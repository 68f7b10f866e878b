//! The comparison that a user most likely wants, before anything was chosen.

use parallax_core::catalog::{Catalog, is_bookkeeping};
use parallax_core::compare::Side as Columns;
use parallax_core::compare::pairing::{Named, pair};
use parallax_core::view::{Pair, Side};
use parallax_core::wire::Source;

/// Of the first two sources that share a quantity (log and wandb, where both exist) the pair whose
/// names are most alike; loss and accuracy before everything else. Names only: values are looked at
/// when the pair is.
pub fn first_pair(catalog: &Catalog) -> Option<Pair> {
    let sources = || catalog.sources.iter().enumerate();
    let pairs = sources().flat_map(|(i, a)| sources().skip(i + 1).map(move |(_, b)| (a, b)));
    let mut found = pairs.filter_map(|(a, b)| best(catalog, a, b));
    found.next()
}

fn best(catalog: &Catalog, a: &Source, b: &Source) -> Option<Pair> {
    let (left, right) = (metrics_of(catalog, a), metrics_of(catalog, b));
    let wanted = catalog.preselected();
    let mut pairings = pair(&left, &right);
    pairings.retain(|p| p.chosen);
    let place = |name: &String| {
        wanted
            .iter()
            .position(|w| w == name)
            .unwrap_or(wanted.len())
    };
    pairings.sort_by_key(|p| {
        (
            is_validation(&p.metric_a),
            place(&p.metric_a).min(place(&p.metric_b)),
        )
    });
    let first = pairings.into_iter().next()?;
    let side = |metric: String, source: &Source| Side {
        metric,
        source: source.0.clone(),
    };
    Some(Pair {
        a: side(first.metric_a, a),
        b: side(first.metric_b, b),
    })
}

/// Validation is logged rarely; a comparison of the training loss says more.
fn is_validation(name: &str) -> bool {
    const WORDS: [&str; 5] = ["eval", "val", "valid", "validation", "test"];
    name.split(|c: char| !c.is_alphanumeric())
        .any(|word| WORDS.contains(&word))
}

fn metrics_of<'a>(catalog: &'a Catalog, source: &'a Source) -> Vec<Named<'a>> {
    const NOTHING: Columns<'static> = Columns {
        iteration: &[],
        timestamp_ms: &[],
        value: &[],
    };
    let recorded = catalog
        .metrics
        .iter()
        .filter(|m| m.sources.contains(source) && !is_bookkeeping(&m.name));
    recorded
        .map(|m| Named {
            metric: &m.name,
            source: source.as_str(),
            side: NOTHING,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use parallax_core::wire::MetricInfo;

    fn catalog(metrics: &[(&str, &[&str])]) -> Catalog {
        let info = |(name, sources): &(&str, &[&str])| MetricInfo {
            name: (*name).into(),
            data_source: sources.iter().map(|s| Source::from(*s)).collect(),
            count: 1,
        };
        Catalog::new(metrics.iter().map(info).collect())
    }

    #[test]
    fn loss_of_log_and_wandb_under_two_names() {
        let pair = first_pair(&catalog(&[
            ("grad_norm", &["log"]),
            ("eval_loss", &["log"]),
            ("eval/loss", &["wandb"]),
            ("lm_loss", &["log"]),
            ("train/grad_norm", &["tensorflow", "wandb"]),
            ("train/lm_loss", &["tensorflow", "wandb"]),
            ("valid/lm_loss", &["tensorflow", "wandb"]),
            ("validation/lm_loss", &["log"]),
        ]));
        let side = |metric: &str, source: &str| Side {
            metric: metric.into(),
            source: source.into(),
        };
        assert_eq!(
            pair,
            Some(Pair {
                a: side("lm_loss", "log"),
                b: side("train/lm_loss", "wandb")
            })
        );
    }

    #[test]
    fn one_source_has_no_pair() {
        assert_eq!(
            first_pair(&catalog(&[("loss", &["log"]), ("val_loss", &["log"])])),
            None
        );
        assert_eq!(first_pair(&Catalog::default()), None);
    }
}
