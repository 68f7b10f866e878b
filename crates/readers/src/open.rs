//! The reader of each format.

use crate::Reader;
use crate::csv::Csv;
use crate::detect::Format;
use crate::event_file::EventFile;
use crate::golden::MegatronGolden;
use crate::json_lines::JsonLines;
use crate::text::TextLog;
use crate::trainer_state::TrainerState;
use crate::two_columns::Columns;
use crate::wandb_file::WandbFile;
use crate::wandb_summary::WandbSummary;

/// A reader at the start of a file. A W&B run file's console is read as a text log.
pub fn open(format: Format) -> Box<dyn Reader> {
    match format {
        Format::TextLog => Box::new(TextLog::new()),
        Format::Columns => Box::new(Columns::new()),
        Format::Csv | Format::WandbCsv => Box::new(Csv::new()),
        Format::JsonLines => Box::new(JsonLines::new()),
        Format::LlamaFactory => Box::new(JsonLines::llama_factory()),
        Format::MegatronGolden => Box::new(MegatronGolden::new()),
        Format::TrainerState => Box::new(TrainerState::new()),
        Format::Wandb => Box::new(WandbFile::new(Some(Box::new(TextLog::new())))),
        Format::WandbSummary => Box::new(WandbSummary::default()),
        Format::TfEvents => Box::new(EventFile::default()),
    }
}
