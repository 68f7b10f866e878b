//! The thread that looks at the folder again and again.

use std::any::Any;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use crate::store::snapshot::Shared;
use crate::terminal::printable;

/// Calls `pass` every so often until the sender is dropped; one that takes long is followed by a
/// pause of at least its own length.
///
/// A pass that fails or panics leaves the catalog as it was. The reason is logged once and kept in
/// the catalog until a later pass succeeds.
///
/// # Errors
/// If the system gives no thread.
pub fn repeat(
    mut pass: impl FnMut() -> io::Result<()> + Send + 'static,
    shared: Arc<Shared>,
    every: Duration,
) -> io::Result<mpsc::Sender<()>> {
    let (stop, is_stopped) = mpsc::channel();
    let work = move || {
        let mut pause = every;
        let mut failed: Option<String> = None;
        while is_stopped.recv_timeout(pause) == Err(mpsc::RecvTimeoutError::Timeout) {
            let began = Instant::now();
            let outcome = guarded(&mut pass).err();
            tracing::debug!(took = ?began.elapsed(), "looked at the folder");
            if failed != outcome {
                match outcome.as_ref().map(printable) {
                    Some(why) => tracing::error!("{why}; serving what was read before"),
                    None => tracing::warn!("the folder is read again"),
                }
                shared.set_reload_error(outcome.clone());
                failed = outcome;
            }
            pause = every.max(began.elapsed());
        }
    };
    thread::Builder::new()
        .name("reload".to_owned())
        .spawn(work)?;
    Ok(stop)
}

/// Runs a pass; a panic is an error like any other. What a pass leaves half done is made anew by
/// the next: files that it took are read again, workloads are assembled again.
fn guarded(pass: &mut impl FnMut() -> io::Result<()>) -> Result<(), String> {
    match catch_unwind(AssertUnwindSafe(pass)) {
        Ok(outcome) => outcome.map_err(|error| format!("the folder can't be read: {error}")),
        Err(panic) => Err(format!(
            "a fault in the server ended the look at the folder: {}",
            message(panic.as_ref())
        )),
    }
}

fn message(panic: &(dyn Any + Send)) -> &str {
    let literal = panic.downcast_ref::<&str>().copied();
    let text = panic.downcast_ref::<String>().map(String::as_str);
    literal.or(text).unwrap_or("no message")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_thread_outlives_a_panic_and_an_error() {
        let shared = Arc::new(Shared::default());
        let seen = Arc::clone(&shared);
        let (passes, errors) = mpsc::channel();
        let mut number = 0;
        let pass = move || {
            passes.send(seen.read().reload_error.clone()).unwrap();
            number += 1;
            match number {
                1 => panic!("pass {number}"),
                2 => Err(io::Error::other("gone")),
                _ => Ok(()),
            }
        };
        let stop = repeat(pass, shared, Duration::from_millis(1)).unwrap();
        // What is published when each pass begins; every wait ends with a pass.
        assert_eq!(errors.recv().unwrap(), None);
        assert!(errors.recv().unwrap().unwrap().ends_with(": pass 1"));
        assert!(errors.recv().unwrap().unwrap().ends_with(": gone"));
        assert_eq!(errors.recv().unwrap(), None);
        drop(stop);
        while errors.recv().is_ok() {} // the thread ends
    }
}
