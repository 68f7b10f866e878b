//! The engine without a worker: what it asks for, holds, answers and exports.

#[cfg(test)]
mod compare;
#[cfg(test)]
mod held;
#[cfg(test)]
mod session;
#[cfg(test)]
mod table;
