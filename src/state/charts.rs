//! What each chart draws: requests to the engine, at most one under way for each chart, the newest
//! one kept for when it is back.

use std::sync::Arc;

use leptos::prelude::*;
use parallax_core::sorted::Sorted;

use crate::protocol::{ChartReply, ChartSpec, Reading, ToEngine};
use crate::reactive::State;

/// What comes back for one chart.
#[derive(Clone, Copy)]
pub struct Feed {
    /// What it draws.
    pub reply: State<Option<Arc<ChartReply>>>,
    /// The raw points near the pointer, one for each series of the spec.
    pub readings: State<Option<Vec<Option<Reading>>>>,
}

struct Slot {
    feed: Feed,
    spec: Option<ChartSpec>,
    drawing: bool,
    next: Option<ChartSpec>,
    probing: bool,
    next_probe: Option<f64>,
}

/// The charts on the page by their numbers.
#[derive(Clone, Copy, Default)]
pub struct Charts {
    slots: StoredValue<Sorted<u32, Slot>>,
    numbers: StoredValue<u32>,
}

impl Charts {
    /// A new chart's number and what will come back for it.
    pub(super) fn add(self) -> (u32, Feed) {
        let number = self.numbers.get_value();
        self.numbers.set_value(number + 1);
        let feed = Feed {
            reply: State::default(),
            readings: State::default(),
        };
        let slot = Slot {
            feed,
            spec: None,
            drawing: false,
            next: None,
            probing: false,
            next_probe: None,
        };
        self.slots.update_value(|slots| {
            slots.insert(number, slot);
        });
        (number, feed)
    }

    /// Takes an answer; gives the spec that is to be asked for next.
    pub(super) fn replied(self, chart: u32, reply: ChartReply) -> Option<ChartSpec> {
        let (feed, next) = self.with(chart, |slot| {
            slot.drawing = slot.next.is_some();
            (slot.feed, slot.next.take())
        })?;
        feed.reply.set(Some(Arc::new(reply)));
        next
    }

    /// Takes the points near the pointer; gives the probe that is to be sent next.
    pub(super) fn probed(self, chart: u32, readings: Vec<Option<Reading>>) -> Option<ToEngine> {
        let (feed, next) = self.with(chart, |slot| {
            slot.probing = false;
            (slot.feed, slot.next_probe.take())
        })?;
        feed.readings.set(Some(readings));
        self.probe(chart, next?)
    }

    /// Takes a chart's new spec; gives the message that asks for it, unless one is under way.
    pub(super) fn request(self, chart: u32, spec: ChartSpec) -> Option<ToEngine> {
        self.with(chart, |slot| {
            slot.spec = Some(spec.clone());
            if slot.drawing {
                slot.next = Some(spec);
                return None;
            }
            slot.drawing = true;
            Some(ToEngine::Chart { chart, spec })
        })?
    }

    /// Takes the pointer's new place; gives the message that asks for the points there.
    pub(super) fn probe(self, chart: u32, at: f64) -> Option<ToEngine> {
        self.with(chart, |slot| {
            let spec = slot.spec.as_ref()?;
            if slot.probing {
                slot.next_probe = Some(at);
                return None;
            }
            slot.probing = true;
            let spec = spec.clone();
            Some(ToEngine::Probe { chart, at, spec })
        })?
    }

    /// Forgets a chart that left the page.
    pub(super) fn remove(self, chart: u32) {
        self.slots.try_update_value(|slots| slots.remove(&chart));
    }

    fn with<T>(self, chart: u32, act: impl FnOnce(&mut Slot) -> T) -> Option<T> {
        self.slots
            .try_update_value(|slots| slots.get_mut(&chart).map(act))
            .flatten()
    }
}
