//! The ticks of a frame with their positions and labels.

use parallax_frame::scale::{Mapping, Scale};
use parallax_frame::ticks::{
    Tick, clock_ticks, duration_ticks, integer_ticks, linear_ticks, log_ticks,
};
use parallax_view::{XChoice, YChoice};

use super::draw::{Area, TickMark};
use crate::protocol::ChartReply;

/// Space for a label along each axis, CSS pixels.
const X_ROOM_PX: f64 = 84.0;
const Y_ROOM_PX: f64 = 40.0;

/// The ticks of the x and of the y axis.
pub fn ticks(area: Area, ratio: f64, reply: &ChartReply) -> (Vec<TickMark>, Vec<TickMark>) {
    let fit =
        |device_px: i32, room_px: f64| (f64::from(device_px) / ratio / room_px).max(2.0) as usize;
    let (x_domain, y_domain) = (reply.frame.x_domain, reply.frame.y_domain);
    let many = fit(area.width_px, X_ROOM_PX);
    let x = match reply.spec.x {
        XChoice::Iteration => integer_ticks(x_domain, many),
        XChoice::Relative => duration_ticks(x_domain, many),
        XChoice::Wall => clock_ticks(x_domain, many, 0),
    };
    let many = fit(area.height_px, Y_ROOM_PX);
    let (y, scale) = match reply.spec.y {
        YChoice::Linear => (linear_ticks(y_domain, many), Scale::Linear),
        YChoice::Log => (log_ticks(y_domain, many), Scale::Log),
    };
    let last = |length_px: i32| f64::from(length_px - 1);
    (
        place(
            x,
            Mapping::new(Scale::Linear, x_domain, (0.0, last(area.width_px))),
        ),
        place(
            y,
            Mapping::new(scale, y_domain, (last(area.height_px), 0.0)),
        ),
    )
}

fn place(ticks: Vec<Tick>, mapping: Mapping) -> Vec<TickMark> {
    ticks
        .into_iter()
        .map(|tick| TickMark {
            at_px: mapping.to_grid(tick.at),
            label: tick.label,
        })
        .collect()
}
