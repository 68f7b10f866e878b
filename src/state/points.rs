//! The rows of the data page, as the engine reports them.

use leptos::prelude::use_context;

use super::parts::Told;
use super::run::use_run;
use crate::protocol::data::{FromData, TableRow, TableSpec};
use crate::protocol::{Part, decode};
use crate::reactive::State;

/// A part of the table, as asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct TablePart {
    /// What was asked.
    pub spec: TableSpec,
    /// The rows.
    pub rows: Vec<TableRow>,
    /// How many there are in all.
    pub total: u64,
}

/// See the module.
#[derive(Clone, Copy)]
pub struct Points {
    /// The part of the table that is shown.
    pub table: State<Option<TablePart>>,
    /// The last CSV, until it is saved.
    pub csv: State<Option<String>>,
}

impl Points {
    fn new() -> Self {
        Self {
            table: State::default(),
            csv: State::default(),
        }
    }

    fn listen(self, told: Told<'_>) {
        match told {
            Told::Opened => self.table.set(None),
            Told::Said(bytes) => match decode(bytes) {
                Some(FromData::Table { spec, rows, total }) => {
                    self.table.set(Some(TablePart { spec, rows, total }));
                }
                Some(FromData::Csv(text)) => self.csv.set(Some(text)),
                None => {}
            },
        }
    }
}

/// The rows, from the first time that they are looked at.
pub fn use_points() -> Points {
    use_context::<Points>().unwrap_or_else(|| {
        let parts = use_run().parts;
        parts.join(Part::Data, Points::new, Points::listen)
    })
}
