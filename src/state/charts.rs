//! What each chart draws: requests to the engine, at most one under way for each chart, the newest
//! one kept for when it is back.
//!
//! The points under the pointer are asked for once for all places of the pointer on what is drawn;
//! its moves are then answered here.

use std::sync::Arc;

use leptos::prelude::*;
use parallax_model::sorted::Sorted;

use crate::protocol::{ChartReply, ChartSpec, Probes, Reading, ToEngine};
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
    drawing: bool,
    next: Option<ChartSpec>,
    /// The pointer's x, while it is over a chart.
    hover: Option<f64>,
    probes: Option<Probes>,
    probing: Probing,
}

/// How the points under the pointer stand to what is drawn.
#[derive(Clone, Copy, PartialEq)]
enum Probing {
    /// They are of what is drawn.
    Done,
    /// They are asked for; `true`: of what was drawn before.
    Asked(bool),
    /// They are of what was drawn before, if of anything.
    Old,
}

impl Slot {
    /// The message that asks for the points under the pointer, if they are needed now.
    fn probe(&mut self, chart: u32) -> Option<ToEngine> {
        if self.hover.is_none() || self.probing != Probing::Old {
            return None;
        }
        let reply = self.feed.reply.peek()?;
        self.probing = Probing::Asked(false);
        Some(ToEngine::Probe {
            chart,
            x_domain: reply.frame.x_domain,
            spec: reply.spec.clone(),
        })
    }

    /// The points under the pointer. While those of another domain are awaited, what is said stays.
    fn readings(&self) -> Option<Option<Vec<Option<Reading>>>> {
        let Some(at) = self.hover else {
            return Some(None);
        };
        let probes = self.probes.as_ref()?;
        let drawn = |reply: &Option<Arc<ChartReply>>| {
            reply
                .as_ref()
                .is_some_and(|r| r.frame.x_domain == probes.x_domain())
        };
        let is_of_domain = self.feed.reply.peek_with(drawn);
        is_of_domain.then(|| Some(probes.at(at)))
    }
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
            drawing: false,
            next: None,
            hover: None,
            probes: None,
            probing: Probing::Old,
        };
        self.slots.update_value(|slots| {
            slots.insert(number, slot);
        });
        (number, feed)
    }

    /// Takes an answer; gives what is to be asked next.
    pub(super) fn replied(self, chart: u32, reply: ChartReply) -> Vec<ToEngine> {
        // Points are told by the numbers of the series: those of other series mean nothing here.
        let draws =
            |old: &ChartSpec| old.series == reply.spec.series && old.pair == reply.spec.pair;
        let Some((feed, next, is_other)) = self.with(chart, |slot| {
            let old = slot.feed.reply.peek();
            let is_other = !old.is_some_and(|old| draws(&old.spec));
            if is_other {
                slot.probes = None;
            }
            slot.drawing = slot.next.is_some();
            slot.probing = match slot.probing {
                Probing::Asked(_) => Probing::Asked(true),
                _ => Probing::Old,
            };
            (slot.feed, slot.next.take(), is_other)
        }) else {
            return Vec::new();
        };
        if is_other {
            feed.readings.set(None);
        }
        feed.reply.set(Some(Arc::new(reply)));
        let next = next.map(|spec| ToEngine::Chart { chart, spec });
        let probe = self.with(chart, |slot| slot.probe(chart)).flatten();
        next.into_iter().chain(probe).collect()
    }

    /// Takes the points under the pointer; gives what is to be asked next.
    pub(super) fn probed(self, chart: u32, probes: Probes) -> Option<ToEngine> {
        let next = self.with(chart, |slot| {
            if slot.probing == Probing::Asked(true) {
                slot.probing = Probing::Old;
            } else {
                slot.probing = Probing::Done;
                slot.probes = Some(probes);
            }
            slot.probe(chart)
        });
        self.say(chart);
        next.flatten()
    }

    /// Takes the pointer's new place; gives the message that asks for the points under it, unless
    /// they are here.
    pub(super) fn hover(self, chart: u32, at: Option<f64>) -> Option<ToEngine> {
        let message = self.with(chart, |slot| {
            slot.hover = at;
            slot.probe(chart)
        });
        self.say(chart);
        message.flatten()
    }

    /// Says what is under the pointer now.
    fn say(self, chart: u32) {
        let said = self.with(chart, |slot| Some((slot.feed.readings, slot.readings()?)));
        if let Some((readings, new)) = said.flatten()
            && readings.peek_with(|old| *old != new)
        {
            readings.set(new);
        }
    }

    /// Takes a chart's new spec; gives the message that asks for it, unless one is under way.
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
