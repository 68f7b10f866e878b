//! The components of the pages: props in, callbacks out; no access to the state.

pub mod agreement;
pub mod baseline_picker;
pub mod choice;
pub mod compare_form;
pub mod error_notice;
pub mod gap_report;
pub mod legend;
pub mod load_bar;
pub mod matrix_table;
pub mod metric_picker;
pub mod offers;
pub mod side_picker;
pub mod source_list;
pub mod span_picker;
pub mod status;
pub mod verdict;
pub mod workload_table;
