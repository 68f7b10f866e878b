//! The engine without a worker: what it requests, stores, answers and exports.

#[cfg(test)]
mod client;
#[cfg(test)]
mod compare;
#[cfg(test)]
mod held;
#[cfg(test)]
mod model_api;
#[cfg(test)]
mod session;
#[cfg(test)]
mod store;
#[cfg(test)]
mod table;
