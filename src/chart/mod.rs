//! Charts: `draw` (generic over plotters' `DrawingBackend`: pure), `canvas` (that on a canvas),
//! `axes` (ticks of a frame), `geometry` (pointer ⇄ data), `theme` (colours from the style sheet), `plot` (the component).

#[cfg(target_arch = "wasm32")]
pub mod canvas;
pub mod axes;
pub mod draw;
pub mod geometry;
#[cfg(target_arch = "wasm32")]
pub mod plot;
pub mod style;
#[cfg(target_arch = "wasm32")]
pub mod theme;
