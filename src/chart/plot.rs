//! The chart as a component: a canvas that is drawn when a frame arrives, and elements above it for
//! the crosshair, so that moving the pointer never redraws the canvas.

use std::sync::Arc;

use leptos::ev::{KeyboardEvent, PointerEvent};
use leptos::html::{Canvas as CanvasTag, Div};
use leptos::prelude::*;
use parallax_model::format::count;

use super::canvas::paint;
use super::draw::Area;
use super::geometry::Geometry;
use super::style::SeriesStyle;
use super::theme::line_px;
use crate::hooks::pointer::capture_pointer;
use crate::hooks::size::{Size, use_size};
use crate::protocol::{ChartReply, Reading};

/// Drags over less than this are clicks.
const CLICK_PX: f64 = 4.0;

/// The size of a plot area, and of the lines on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlotSize {
    /// Width of the plot area, device pixels.
    pub width_px: u32,
    /// Height of the plot area, device pixels.
    pub height_px: u32,
    /// Width of a line, device pixels.
    pub line_width_px: u32,
}

/// Lines, grid and crosshair.
#[component]
pub fn Plot(
    /// The newest frame; `None` until the first one.
    #[prop(into)]
    reply: Signal<Option<Arc<ChartReply>>>,
    /// The raw points near the pointer, one for each series.
    #[prop(into)]
    readings: Signal<Option<Vec<Option<Reading>>>>,
    /// The style of each series.
    #[prop(into)]
    styles: Signal<Vec<SeriesStyle>>,
    /// Changes when the colours change.
    #[prop(into)]
    theme: Signal<u32>,
    /// The plot's name for screen readers.
    #[prop(into)]
    label: Signal<String>,
    /// The x under the pointer, shared by all charts.
    hover: RwSignal<Option<f64>>,
    /// Called when the plot area has a (new) size.
    #[prop(into)]
    on_size: Callback<PlotSize>,
    /// Called with a range of x that the user dragged over, or `None` to show everything again.
    #[prop(into)]
    on_range: Callback<Option<(f64, f64)>>,
) -> impl IntoView {
    let frame_ref = NodeRef::<Div>::new();
    let canvas_ref = NodeRef::<CanvasTag>::new();
    let size = use_size(frame_ref);
    Effect::new(move || {
        if let Some(area) = area_of(size.get()) {
            on_size.run(PlotSize {
                width_px: area.width_px.unsigned_abs(),
                height_px: area.height_px.unsigned_abs(),
                line_width_px: line_px(size.get().ratio),
            });
        }
    });
    let drawn = RwSignal::new(0_u32);
    Effect::new(move || {
        theme.track();
        let (Some(canvas), Some(reply), size) = (canvas_ref.get(), reply.get(), size.get()) else {
            return;
        };
        let Some(area) = area_of(size) else { return };
        paint(canvas, size, area, &reply, &styles.read());
        drawn.update(|n| *n += 1);
    });
    let geometry = Memo::new(move |_| {
        let (reply, size) = (reply.get()?, size.get());
        Some(Geometry::new(area_of(size)?, size.ratio, &reply))
    });
    let points = Memo::new(move |_| {
        let reply = reply.get();
        let lines = reply.iter().flat_map(|reply| &reply.frame.lines);
        let points = lines.filter(|line| !line.ghost).map(|line| line.points);
        points.sum::<u64>()
    });
    let description = move || {
        format!(
            "{}, {} points. Arrow keys move the cursor, Escape shows everything.",
            label.get(),
            count(points.get())
        )
    };
    view! {
        <div class="plot" node_ref=frame_ref data-testid="plot" data-drawn=move || drawn.get().to_string() data-points=move || points.get().to_string()>
            <canvas node_ref=canvas_ref></canvas>
            <Pointer geometry hover on_range label=description />
            <Crosshair geometry hover readings styles />
        </div>
    }
}

/// The plot area on a canvas of a size; `None` while there is no room.
pub fn area_of(size: Size) -> Option<Area> {
    const MARGINS: (f64, f64, f64, f64) = (56.0, 8.0, 20.0, 24.0); // left, top, right, bottom in CSS pixels
    let device = |css_px: f64| (css_px * size.ratio).round() as i32;
    let (left, top, right, bottom) = MARGINS;
    let area = Area {
        left_px: device(left),
        top_px: device(top),
        width_px: device(size.width_px) - device(left) - device(right),
        height_px: device(size.height_px) - device(top) - device(bottom),
    };
    (area.width_px > 8 && area.height_px > 8).then_some(area)
}

/// Pointer and keyboard: hover, drag to zoom, double-click to show everything.
///
/// A drag captures the pointer, so that it goes on outside of the plot, where its end is the plot's
/// nearest edge. Escape and a cancelled pointer end it without a zoom.
#[component]
fn Pointer(
    geometry: Memo<Option<Geometry>>,
    hover: RwSignal<Option<f64>>,
    on_range: Callback<Option<(f64, f64)>>,
    #[prop(into)] label: Signal<String>,
) -> impl IntoView {
    // Start and end in CSS pixels, inside the plot area.
    let drag = RwSignal::new(None::<(f64, f64)>);
    let zoom = move || drag.get().filter(|(from, to)| (from - to).abs() > CLICK_PX);
    let clamped_px = move |event: &PointerEvent| {
        let geometry = geometry.get_untracked()?;
        Some(geometry.clamp_px(event.offset_x().into()))
    };
    let down = move |event: PointerEvent| {
        if event.is_primary() && event.button() == 0 {
            capture_pointer(&event);
            drag.set(clamped_px(&event).map(|at_px| (at_px, at_px)));
        }
    };
    let moved = move |event: PointerEvent| {
        if !event.is_primary() {
            return;
        }
        let at_px = event.offset_x().into();
        hover.set(geometry.with_untracked(|g| g.as_ref().and_then(|g| g.x_at(at_px))));
        if let Some((from, _)) = drag.get_untracked() {
            drag.set(clamped_px(&event).map(|to| (from, to)));
        }
    };
    let up = move |event: PointerEvent| {
        if !event.is_primary() {
            return;
        }
        if let (Some((from, to)), Some(geometry)) = (untrack(zoom), geometry.get_untracked()) {
            let (low, high) = (from.min(to), from.max(to));
            on_range.run(Some((geometry.x_clamped(low), geometry.x_clamped(high))));
        }
        drag.set(None);
    };
    let key = move |event: KeyboardEvent| {
        let direction = match event.key().as_str() {
            "ArrowLeft" => -1.0,
            "ArrowRight" => 1.0,
            "Escape" if drag.get_untracked().is_some() => return drag.set(None),
            "Escape" => {
                hover.set(None);
                return on_range.run(None);
            }
            _ => return,
        };
        event.prevent_default();
        let x = hover.get_untracked();
        hover.set(geometry.with_untracked(|g| g.as_ref().map(|g| g.step(x, direction))));
    };
    let selection = move || {
        let (from, to) = zoom()?;
        let (left, width) = (from.min(to), (from - to).abs());
        Some(view! {
            <div class="zoom" data-testid="zoom" style:left=format!("{left}px") style:width=format!("{width}px")></div>
        })
    };
    view! {
        <div
            class="over"
            tabindex="0"
            role="application"
            aria-label=label
            data-testid="plot-pointer"
            on:pointerdown=down
            on:pointermove=moved
            on:pointerup=up
            on:pointercancel=move |_| drag.set(None)
            on:pointerleave=move |_| hover.set(None)
            on:dblclick=move |_| on_range.run(None)
            on:keydown=key
        ></div>
        {selection}
    }
}

/// A line at the pointer's x and a spot on each series' nearest raw point.
#[component]
fn Crosshair(
    geometry: Memo<Option<Geometry>>,
    hover: RwSignal<Option<f64>>,
    readings: Signal<Option<Vec<Option<Reading>>>>,
    styles: Signal<Vec<SeriesStyle>>,
) -> impl IntoView {
    let cursor = move || {
        let x_px = geometry.get()?.cursor_px(hover.get()?)?;
        Some((x_px, 0.0))
    };
    let spot = move |(index, style): (usize, SeriesStyle)| {
        let place = move || {
            let reading = readings.with(|r| r.as_ref()?.get(index).copied()?)?;
            geometry.get()?.spot_px(reading.x, reading.value)
        };
        let colour = format!("var(--series-{})", style.colour);
        view! { <span class="spot" style:background=colour style:transform=move || transform(place())></span> }
    };
    view! {
        <div class="cursor" style:transform=move || transform(cursor())></div>
        {move || styles.get().into_iter().enumerate().map(spot).collect_view()}
    }
}

/// The CSS transform that moves an element from its parent's corner, in CSS pixels, or hides it.
/// Elements are hidden this way because a pointer move then costs one property each.
fn transform(place: Option<(f64, f64)>) -> String {
    place.map_or("scale(0)".to_owned(), |(x, y)| {
        format!("translate({x}px,{y}px)")
    })
}
