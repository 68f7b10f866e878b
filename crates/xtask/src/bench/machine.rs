//! Describes the machine that was measured on.

use std::thread::available_parallelism;

use crate::project::Project;

/// Processor, cores, system, compiler, and how busy it is.
pub(crate) fn describe(project: &Project) -> String {
    let cores = available_parallelism().map_or(1, usize::from);
    let system = project.command("uname").words("-sr").probe();
    let system = system.unwrap_or_else(|| std::env::consts::OS.to_owned());
    let compiler = project
        .command("rustc")
        .words("--version")
        .probe()
        .unwrap_or_default();
    let load = fs_err::read_to_string("/proc/loadavg").unwrap_or_default();
    let busy = load.split(' ').next().map_or(String::new(), |load| {
        format!(" Load average at the start: {load}.")
    });
    format!(
        "Machine: {}, {cores} cores, {system}; {compiler}.{busy}",
        processor()
    )
}

/// The processor's name, from Linux' `/proc/cpuinfo`.
fn processor() -> String {
    let cpus = fs_err::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let line = cpus.lines().find(|line| line.starts_with("model name"));
    let name = line.and_then(|line| Some(line.split_once(':')?.1.trim().to_owned()));
    name.unwrap_or_else(|| std::env::consts::ARCH.to_owned())
}
