//! Requests of the charts to the engine: at most one under way for each chart; of those made
//! meanwhile the newest is sent next.
//!
//! The points under the pointer are requested once for all pointer positions over what is drawn;
//! pointer moves are then answered without the engine.

use std::collections::BTreeMap;
use std::sync::Arc;

use leptos::prelude::*;

use crate::protocol::{ChartReply, ChartSpec, Probes, Reading, ToEngine};

/// What comes back for one chart.
#[derive(Clone, Copy, Default)]
pub struct Feed {
    /// What it draws.
    pub reply: RwSignal<Option<Arc<ChartReply>>>,
    /// The raw points near the pointer, one for each series of the spec; `None` without a pointer.
    pub readings: RwSignal<Option<Vec<Option<Reading>>>>,
}

/// The requests of one chart.
#[derive(Default)]
struct Slot {
    feed: Feed,
    /// Whether a chart request is under way.
    drawing: bool,
    /// The chart request to send after it.
    next: Option<ChartSpec>,
    /// The pointer's x, while it is over a chart.
    hover: Option<f64>,
    probes: Option<Probes>,
    probing: Probing,
}

/// Which drawing the points under the pointer belong to.
#[derive(Clone, Copy, Default, PartialEq)]
enum Probing {
    /// `probes` belong to what is drawn.
    Current,
    /// They are requested for what is drawn.
    Requested,
    /// They are requested for what was drawn before.
    RequestedBefore,
    /// `probes`, if any, belong to what was drawn before.
    #[default]
    Outdated,
}

impl Slot {
    /// The request for the points under the pointer, if one is needed now.
    fn probe(&mut self, chart: u32) -> Option<ToEngine> {
        if self.hover.is_none() || self.probing != Probing::Outdated {
            return None;
        }
        let reply = self.feed.reply.get_untracked()?;
        self.probing = Probing::Requested;
        Some(ToEngine::Probe {
            chart,
            x_domain: reply.frame.x_domain,
            spec: reply.spec.clone(),
        })
    }

    /// The points under the pointer; `None` while only those of another x domain are here, where
    /// the last readings stay.
    fn readings(&self) -> Option<Option<Vec<Option<Reading>>>> {
        let Some(x) = self.hover else {
            return Some(None);
        };
        let probes = self.probes.as_ref()?;
        let reply = self.feed.reply.get_untracked()?;
        (reply.frame.x_domain == probes.x_domain()).then(|| Some(probes.at(x)))
    }
}

/// The charts on the page by their numbers.
#[derive(Clone, Copy, Default)]
pub struct Charts {
    /// The x under the pointer, shared by all charts.
    pub hover: RwSignal<Option<f64>>,
    slots: StoredValue<BTreeMap<u32, Slot>>,
    next_number: StoredValue<u32>,
}

impl Charts {
    /// A new chart's number and what will come back for it.
    pub(super) fn add(self) -> (u32, Feed) {
        let number = self.next_number.get_value();
        self.next_number.set_value(number + 1);
        let slot = Slot::default();
        let feed = slot.feed;
        self.slots.update_value(|slots| {
            slots.insert(number, slot);
        });
        (number, feed)
    }

    /// Handles a reply; returns the requests to send next.
    pub(super) fn receive_chart(self, chart: u32, reply: ChartReply) -> Vec<ToEngine> {
        let updated = self.with(chart, |slot| {
            let old = slot.feed.reply.get_untracked();
            // Readings are in the order of the spec's series: for other series they are wrong.
            let same_series = old.is_some_and(|old| {
                old.spec.series == reply.spec.series && old.spec.pair == reply.spec.pair
            });
            if !same_series {
                slot.probes = None;
            }
            slot.drawing = slot.next.is_some();
            slot.probing = match slot.probing {
                Probing::Requested | Probing::RequestedBefore => Probing::RequestedBefore,
                Probing::Current | Probing::Outdated => Probing::Outdated,
            };
            (slot.feed, slot.next.take(), same_series)
        });
        let Some((feed, next, same_series)) = updated else {
            return Vec::new();
        };
        if !same_series {
            feed.readings.set(None);
        }
        feed.reply.set(Some(Arc::new(reply)));
        let next = next.map(|spec| ToEngine::Chart { chart, spec });
        let probe = self.with(chart, |slot| slot.probe(chart)).flatten();
        next.into_iter().chain(probe).collect()
    }

    /// Handles the points under the pointer; returns the request to send next.
    pub(super) fn receive_probes(self, chart: u32, probes: Probes) -> Option<ToEngine> {
        let next = self.with(chart, |slot| {
            if slot.probing == Probing::RequestedBefore {
                slot.probing = Probing::Outdated;
            } else {
                slot.probing = Probing::Current;
                slot.probes = Some(probes);
            }
            slot.probe(chart)
        });
        self.update_readings(chart);
        next.flatten()
    }

    /// Moves the pointer; returns the request for the points under it, unless they are here.
    pub(super) fn move_pointer(self, chart: u32, x: Option<f64>) -> Option<ToEngine> {
        let request = self.with(chart, |slot| {
            slot.hover = x;
            slot.probe(chart)
        });
        self.update_readings(chart);
        request.flatten()
    }

    fn update_readings(self, chart: u32) {
        let new = self.with(chart, |slot| Some((slot.feed.readings, slot.readings()?)));
        if let Some((readings, new)) = new.flatten()
            && readings.with_untracked(|old| *old != new)
        {
            readings.set(new);
        }
    }

    /// Takes a chart's new spec; returns the request for it, unless one is under way.
    pub(super) fn request(self, chart: u32, spec: ChartSpec) -> Option<ToEngine> {
        self.with(chart, |slot| {
            if slot.drawing {
                slot.next = Some(spec);
                return None;
            }
            slot.drawing = true;
            Some(ToEngine::Chart { chart, spec })
        })?
    }

    /// Forgets the requests to an engine that has stopped.
    pub(super) fn reset(self) {
        self.slots.update_value(|slots| {
            for slot in slots.values_mut() {
                (slot.drawing, slot.next) = (false, None);
                (slot.probing, slot.probes) = (Probing::Outdated, None);
            }
        });
    }

    /// Removes a chart that left the page.
    pub(super) fn remove(self, chart: u32) {
        self.slots.try_update_value(|slots| slots.remove(&chart));
    }

    fn with<T>(self, chart: u32, act: impl FnOnce(&mut Slot) -> T) -> Option<T> {
        self.slots
            .try_update_value(|slots| slots.get_mut(&chart).map(act))
            .flatten()
    }
}
