//! The formats that the readers know, as the server sees them: the one place where the two meet.

use std::sync::Arc;

use parallax_readers::detect::{self, LooksLikeLog, detect, looks_like_log};
use parallax_readers::open::open;

use crate::discovery::formats::{Format, Formats, Kind, Verdict};

pub use parallax_readers::wandb_summary::fill_from_summary;

struct Known;

impl Formats for Known {
    fn detect(&self, file_name: &str, head: &[u8]) -> Verdict {
        match detect(file_name, head) {
            None => Verdict::No,
            Some(detect::Format::TextLog) => match looks_like_log(head) {
                LooksLikeLog::Yes => Verdict::Known(format(detect::Format::TextLog)),
                LooksLikeLog::No => Verdict::No,
                LooksLikeLog::NotYet => Verdict::NotYet,
            },
            Some(known) => Verdict::Known(format(known)),
        }
    }
}

fn format(known: detect::Format) -> Format {
    Format {
        name: known.name().to_owned(),
        source: known.source().to_owned(),
        kind: kind(known),
        is_whole_document: known.is_whole_document(),
        open: Arc::new(move || open(known)),
    }
}

fn kind(format: detect::Format) -> Kind {
    match format {
        detect::Format::TfEvents => Kind::Events,
        detect::Format::Wandb => Kind::Wandb,
        detect::Format::WandbSummary => Kind::WandbSummary,
        detect::Format::TextLog | detect::Format::Columns | detect::Format::LlamaFactory => {
            Kind::TextLog
        }
        detect::Format::TrainerState
        | detect::Format::MegatronGolden
        | detect::Format::JsonLines
        | detect::Format::Csv
        | detect::Format::WandbCsv => Kind::Table,
    }
}

/// The readers' formats.
pub fn formats() -> Arc<dyn Formats> {
    Arc::new(Known)
}
