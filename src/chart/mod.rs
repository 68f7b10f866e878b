//! Charts: `draw` (pure, generic over plotters' `DrawingBackend`), `canvas` (that backend for a
//! `<canvas>`), `axes` (ticks of a frame), `geometry` (pointer ⇄ data), `style` (how series look),
//! `theme` (colours from the style sheets), `plot` (the component).

pub mod axes;
#[cfg(target_arch = "wasm32")]
pub mod canvas;
pub mod draw;
pub mod geometry;
#[cfg(target_arch = "wasm32")]
pub mod plot;
pub mod style;
#[cfg(target_arch = "wasm32")]
pub mod theme;
