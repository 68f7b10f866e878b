//! The rows of the data page, as the engine reports them.

use leptos::prelude::*;

use super::lazy::LazyEvent;
use super::run::{Run, use_run};
use crate::hooks::download::Download;
use crate::protocol::data::{FromData, TableRow, TableSpec, ToData};
use crate::protocol::{Part, decode};

/// A page of the table.
#[derive(Clone, Debug, PartialEq)]
pub struct TablePage {
    /// The request.
    pub spec: TableSpec,
    /// The rows.
    pub rows: Vec<TableRow>,
    /// The number of rows of all pages.
    pub total: u64,
}

/// The state of the data page.
#[derive(Clone, Copy)]
pub struct Points {
    run: Run,
    /// The page of the table that is shown.
    pub table: RwSignal<Option<TablePage>>,
    /// Whether the browser refused to save the last CSV.
    pub csv_failed: RwSignal<bool>,
    /// The CSV that is arriving and the number of its parts that are here.
    csv: StoredValue<Option<(Download, u32)>, LocalStorage>,
}

impl Points {
    fn new() -> Self {
        Self {
            run: use_run(),
            table: RwSignal::default(),
            csv_failed: RwSignal::default(),
            csv: StoredValue::new_local(None),
        }
    }

    /// Sends a message to the engine.
    pub fn send(self, message: &ToData) {
        self.run.send_lazy(Part::Data, message);
    }

    fn on_event(self, event: LazyEvent<'_>) {
        match event {
            LazyEvent::Opened => {
                self.table.set(None);
                self.csv.set_value(None);
            }
            LazyEvent::Message(bytes) => match decode(bytes) {
                Some(FromData::Table { spec, rows, total }) => {
                    self.table.set(Some(TablePage { spec, rows, total }));
                }
                Some(FromData::CsvPart {
                    number,
                    text,
                    is_last,
                }) => self.receive_csv(number, &text, is_last),
                None => {}
            },
        }
    }

    /// Appends a part; after the last one the file is saved. Parts of a CSV whose beginning is
    /// missing belong to a workload that is no longer open and are dropped.
    fn receive_csv(self, number: u32, text: &str, is_last: bool) {
        let (csv, expected) = match self.csv.try_update_value(Option::take).flatten() {
            Some(csv) if number > 0 => csv,
            _ => (Download::default(), 0),
        };
        if number != expected {
            return;
        }
        csv.push(text.as_bytes());
        if is_last {
            let uid = self.run.uid.get_untracked().unwrap_or_default();
            let saved = csv.save(&format!("{uid}.csv"), "text/csv");
            self.csv_failed.set(saved.is_err());
        } else {
            self.csv.set_value(Some((csv, number + 1)));
        }
    }
}

/// The state of the data page, made when it is first used.
pub fn use_points() -> Points {
    use_context::<Points>().unwrap_or_else(|| {
        let states = use_run().lazy;
        states.register(Part::Data, Points::new, Points::on_event)
    })
}
