//! The chart as a component: a canvas that is drawn when a frame arrives, and a layer above it for
//! the crosshair, so that moving the pointer never redraws the canvas.

use std::sync::Arc;

use leptos::html::{Canvas as CanvasTag, Div};
use leptos::prelude::*;
use parallax_model::format::count;

use super::canvas::paint;
use super::draw::Area;
use super::geometry::Geometry;
use super::style::SeriesStyle;
use super::theme::line_px;
use crate::hooks::size::{Size, use_size};
use crate::protocol::{ChartReply, Reading};
use crate::reactive::{Handler, Read, State, effect, memo, on};

/// What a plot can draw on: its plot area in device pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlotSize {
    /// Width of the plot area, device pixels.
    pub width_px: u32,
    /// Height of the plot area, device pixels.
    pub height_px: u32,
    /// Width of a line, device pixels.
    pub line_width_px: u32,
}

/// What a plot shows.
#[derive(Clone, Copy)]
pub struct PlotData {
    /// The newest frame; `None` until the first one.
    pub reply: State<Option<Arc<ChartReply>>>,
    /// The raw points near the pointer.
    pub readings: State<Option<Vec<Option<Reading>>>>,
    /// The look of each series.
    pub styles: Read<Vec<SeriesStyle>>,
    /// Grows when the colours change.
    pub theme: Read<u32>,
}

/// Lines, grid and crosshair.
#[component]
pub fn Plot(
    /// What is shown.
    data: PlotData,
    /// What the plot is called, for screen readers.
    #[prop(into)]
    label: Read<String>,
    /// The x under the pointer, shared by all charts.
    hover: State<Option<f64>>,
    /// Called when the plot area has a (new) size.
    #[prop(into)]
    on_size: Handler<PlotSize>,
    /// Called with a range of x that the user dragged over, or `None` to show everything again.
    #[prop(into)]
    on_range: Handler<Option<(f64, f64)>>,
) -> impl IntoView {
    let frame_ref = NodeRef::<Div>::new();
    let canvas_ref = NodeRef::<CanvasTag>::new();
    let size = use_size(frame_ref);
    effect(move || {
        if let Some(area) = area_of(size.get()) {
            on_size.run(PlotSize {
                width_px: area.width_px.unsigned_abs(),
                height_px: area.height_px.unsigned_abs(),
                line_width_px: line_px(size.get().ratio),
            });
        }
    });
    let drawn = State::new(0_u32);
    effect(move || {
        data.theme.track();
        let (Some(canvas), Some(reply), size) = (canvas_ref.get(), data.reply.get(), size.get())
        else {
            return;
        };
        let Some(area) = area_of(size) else { return };
        paint(canvas, size, area, &reply, &data.styles.get());
        drawn.update(|n| *n += 1);
    });
    let geometry = memo(move || {
        let reply = data.reply.get()?;
        let size = size.get();
        Some(Geometry::new(area_of(size)?, size.ratio, &reply))
    });
    let points = move || {
        data.reply.with(|r| {
            r.as_ref().map_or(0, |r| {
                r.frame
                    .lines
                    .iter()
                    .filter(|l| !l.ghost)
                    .map(|l| l.points)
                    .sum::<u64>()
            })
        })
    };
    let spoken = move || {
        format!(
            "{}, {} points. Arrow keys move the cursor, Escape shows everything.",
            label.get(),
            count(points())
        )
    };
    view! {
        <div class="plot" node_ref=frame_ref data-testid="plot" data-drawn=move || drawn.get().to_string() data-points=move || points().to_string()>
            <canvas node_ref=canvas_ref></canvas>
            <Pointer geometry hover on_range label=memo(spoken) />
            <Crosshair geometry hover readings=data.readings styles=data.styles />
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

/// Follows pointer and keys: hover, drag to zoom, double-click to show everything.
#[component]
fn Pointer(
    geometry: Read<Option<Geometry>>,
    hover: State<Option<f64>>,
    on_range: Handler<Option<(f64, f64)>>,
    label: Read<String>,
) -> impl IntoView {
    const CLICK_PX: f64 = 4.0;
    let drag = State::<Option<(f64, f64)>>::new(None);
    let x_px = |event: &leptos::ev::PointerEvent| f64::from(event.offset_x());
    let down = move |event: leptos::ev::PointerEvent| {
        if event.button() == 0 {
            drag.set(Some((x_px(&event), x_px(&event))));
        }
    };
    let moved = move |event: leptos::ev::PointerEvent| {
        let at = x_px(&event);
        hover.set(geometry.with(|g| g.as_ref().and_then(|g| g.x_at(at))));
        if let Some((from, _)) = drag.peek() {
            drag.set(Some((from, at)));
        }
    };
    let up = move |_| {
        let Some((from, to)) = drag.peek() else {
            return;
        };
        drag.set(None);
        if (from - to).abs() > CLICK_PX {
            let ends = geometry.peek_with(|g| {
                g.as_ref()
                    .map(|g| (g.x_clamped(from.min(to)), g.x_clamped(from.max(to))))
            });
            on_range.run(ends);
        }
    };
    let leave = move |_| {
        hover.set(None);
        drag.set(None);
    };
    let key = move |event: leptos::ev::KeyboardEvent| {
        let step = match event.key().as_str() {
            "ArrowLeft" => -1.0,
            "ArrowRight" => 1.0,
            "Escape" => {
                hover.set(None);
                on_range.run(None);
                return;
            }
            _ => return,
        };
        event.prevent_default();
        hover.set(geometry.peek_with(|g| g.as_ref().map(|g| g.step(hover.peek(), step))));
    };
    let zoom = move || {
        drag.get().filter(|(from, to)| (from - to).abs() > CLICK_PX).map(|(from, to)| {
            view! { <div class="zoom" style:left=format!("{}px", from.min(to)) style:width=format!("{}px", (from - to).abs())></div> }
        })
    };
    view! {
        <div
            class="over"
            tabindex="0"
            role="application"
            aria-label=move || label.get()
            data-testid="plot-pointer"
            on:pointerdown=on(down)
            on:pointermove=on(moved)
            on:pointerup=on(up)
            on:pointerleave=on(leave)
            on:dblclick=on(move |_| on_range.run(None))
            on:keydown=on(key)
        ></div>
        {move || zoom()}
    }
}

/// A line at the pointer's x and a spot on each series' nearest raw point.
#[component]
fn Crosshair(
    geometry: Read<Option<Geometry>>,
    hover: State<Option<f64>>,
    readings: State<Option<Vec<Option<Reading>>>>,
    styles: Read<Vec<SeriesStyle>>,
) -> impl IntoView {
    let cursor = move || {
        let at = hover.get()?;
        geometry.with(|g| g.as_ref().and_then(|g| g.cursor_px(at)))
    };
    let place = move |index: usize| {
        let of_series = |all: &Vec<Option<Reading>>| all.get(index).copied().flatten();
        let reading = readings.with(|r| r.as_ref().and_then(of_series))?;
        geometry.with(|g| g.as_ref().and_then(|g| g.spot_px(reading.x, reading.value)))
    };
    let spot = move |(index, style): (usize, SeriesStyle)| {
        let colour = format!("var(--series-{})", style.colour);
        view! { <span class="spot" style:background=colour style:transform=move || moved(place(index))></span> }
    };
    view! {
        <div class="cursor" style:transform=move || moved(cursor().map(|x| (x, 0.0)))></div>
        {move || styles.get().into_iter().enumerate().map(spot).collect::<Vec<_>>()}
    }
}

/// Moves an element from its parent's corner, in CSS pixels, or hides it. The elements stay: each
/// move of the pointer sets one property of each, which is what it costs.
fn moved(place: Option<(f64, f64)>) -> String {
    place.map_or("scale(0)".to_owned(), |(x, y)| {
        format!("translate({x}px,{y}px)")
    })
}
