//! The page's parts: props in, callbacks out. None of them knows the state.

pub mod agreement;
pub mod choice;
pub mod error_notice;
pub mod flow;
pub mod legend;
pub mod load_bar;
pub mod metric_picker;
pub mod side_picker;
pub mod source_list;
pub mod span_picker;
pub mod status;
pub mod workload_table;
