//! The formats that the readers know, as the server sees them: the one place where the two meet.

use std::sync::Arc;

use parallax_core::wire::Source;
use parallax_readers::event_file::EventFile;
use parallax_readers::text::TextLog;
use parallax_readers::wandb_file::WandbFile;
use parallax_readers::wandb_summary::WandbSummary;

use crate::formats::{Format, Formats, Kind, Open, Verdict};

pub use parallax_readers::wandb_summary::fill_from_summary;

struct Known;

impl Formats for Known {
    fn detect(&self, file_name: &str, _head: &[u8]) -> Verdict {
        binary(file_name).map_or(Verdict::No, Verdict::Known)
    }
}

/// The formats that are told by their file names alone.
fn binary(file_name: &str) -> Option<Format> {
    if file_name.contains("tfevents") {
        let open: Open = Arc::new(|| Box::new(EventFile::default()));
        let name = "TensorBoard event file";
        return Some(format(name, Source::TENSORFLOW, Kind::Events, open));
    }
    if file_name.ends_with(".wandb") {
        let open: Open = Arc::new(|| Box::new(WandbFile::new(Some(Box::new(TextLog::new())))));
        return Some(format("W&B run file", Source::WANDB, Kind::Wandb, open));
    }
    if file_name == "wandb-summary.json" {
        let open: Open = Arc::new(|| Box::new(WandbSummary::default()));
        let mut summary = format("W&B summary", Source::WANDB, Kind::WandbSummary, open);
        summary.is_whole_document = true;
        return Some(summary);
    }
    if file_name.ends_with(".log") {
        let open: Open = Arc::new(|| Box::new(TextLog::new()));
        return Some(format("text log", Source::LOG, Kind::TextLog, open));
    }
    None
}

fn format(name: &str, source: &str, kind: Kind, open: Open) -> Format {
    Format {
        name: name.to_owned(),
        source: source.to_owned(),
        kind,
        is_whole_document: false,
        open,
    }
}

/// The readers' formats.
pub fn formats() -> Arc<dyn Formats> {
    Arc::new(Known)
}
