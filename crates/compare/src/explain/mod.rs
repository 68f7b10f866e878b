//! What explains a difference: what one side has and the other lacks, and changes of B that would
//! make it meet A.

mod clock;
mod findings;
mod gaps;
mod side_id;
mod step_changes;
mod suggest;
mod suggestion;
mod trial;
mod value_changes;

pub use clock::{Clock, clock, time_zone_ms};
pub use findings::{Finding, RowKind, findings};
pub use gaps::{GapReport, SideGaps, gaps};
pub use side_id::SideId;
pub use suggest::suggest;
pub use suggestion::{Evidence, Kind, Suggestion};
