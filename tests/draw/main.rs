//! What a frame looks like on any surface: shapes, dashes, clip and labels, written down and
//! compared with what the geometry says by hand.

#[cfg(test)]
mod axes;
#[cfg(test)]
mod golden;
#[cfg(test)]
mod lines;
#[cfg(test)]
mod recorder;
#[cfg(test)]
mod scene;
