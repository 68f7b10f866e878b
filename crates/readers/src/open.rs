//! The reader of each format.

use crate::Reader;
use crate::columns::Columns;
use crate::csv::Csv;
use crate::detect::Format;
use crate::golden::MegatronGolden;
use crate::json_lines::JsonLines;
use crate::text::TextLog;
use crate::trainer_state::TrainerState;

/// A reader of the text formats at the start of a file; `None` for the binary ones and for the
/// summary, which have constructors of their own.
pub fn open_text(format: Format) -> Option<Box<dyn Reader>> {
    match format {
        Format::TextLog => Some(Box::new(TextLog::new())),
        Format::Columns => Some(Box::new(Columns::new())),
        Format::Csv | Format::WandbCsv => Some(Box::new(Csv::new())),
        Format::JsonLines => Some(Box::new(JsonLines::new())),
        Format::LlamaFactory => Some(Box::new(JsonLines::llama_factory())),
        Format::MegatronGolden => Some(Box::new(MegatronGolden::new())),
        Format::TrainerState => Some(Box::new(TrainerState::new())),
        Format::Wandb | Format::WandbSummary | Format::TfEvents => None,
    }
}
