//! Runs other programs: quietly or with their output shown, with errors that say how to repeat the
//! command.

use std::env;
use std::ffi::OsString;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, mpsc};
use std::thread;

use anyhow::{Context, Result, anyhow, bail};
use duct::{Expression, Handle, ReaderHandle};

/// A program with its arguments, folder and environment.
///
/// It gets no input: a program that asks a question reads end-of-file instead of waiting.
#[derive(Clone, Debug)]
pub(crate) struct Command {
    program: OsString,
    args: Vec<OsString>,
    dir: PathBuf,
    /// Variables to set; `None` removes one.
    env: Vec<(String, Option<OsString>)>,
    /// Folders in front of those of PATH.
    path: Vec<PathBuf>,
}

impl Command {
    /// Calls `program` in `dir`.
    pub(crate) fn new(program: impl Into<OsString>, dir: &Path) -> Self {
        Self {
            program: program.into(),
            args: Vec::new(),
            dir: dir.to_owned(),
            env: Vec::new(),
            path: Vec::new(),
        }
    }

    /// Adds arguments, split at blanks: `words("test --workspace")`.
    pub(crate) fn words(self, words: &str) -> Self {
        words.split_whitespace().fold(self, Self::arg)
    }

    /// Adds one argument as it is.
    pub(crate) fn arg(mut self, arg: impl Into<OsString>) -> Self {
        self.args.push(arg.into());
        self
    }

    /// Sets an environment variable.
    pub(crate) fn env(mut self, name: &str, value: impl Into<OsString>) -> Self {
        self.env.push((name.to_owned(), Some(value.into())));
        self
    }

    /// Removes an environment variable.
    pub(crate) fn env_remove(mut self, name: &str) -> Self {
        self.env.push((name.to_owned(), None));
        self
    }

    /// Finds programs in `folder` before those of PATH.
    pub(crate) fn path(mut self, folder: PathBuf) -> Self {
        self.path.push(folder);
        self
    }

    /// The command as a line for a POSIX shell.
    pub(crate) fn line(&self) -> String {
        let quote = |word: &str| shell_words::quote(word).into_owned();
        let mut words = vec!["cd".to_owned(), quote(&self.dir.to_string_lossy())];
        words.push("&&".to_owned());
        if !self.env.is_empty() || !self.path.is_empty() {
            words.push("env".to_owned());
        }
        let removed = self.env.iter().filter(|(_, value)| value.is_none());
        words.extend(removed.map(|(name, _)| format!("-u {name}")));
        let set = self
            .env
            .iter()
            .filter_map(|(name, value)| Some((name, value.as_ref()?)));
        words
            .extend(set.map(|(name, value)| quote(&format!("{name}={}", value.to_string_lossy()))));
        if !self.path.is_empty() {
            let folders = self.path.iter();
            let folders = folders.map(|folder| quote(&folder.to_string_lossy()) + ":");
            words.push(format!("PATH={}\"$PATH\"", folders.collect::<String>()));
        }
        words.push(quote(&self.name()));
        words.extend(self.args.iter().map(|arg| quote(&arg.to_string_lossy())));
        words.join(" ")
    }

    /// The program as a user would type it.
    fn name(&self) -> String {
        match env::var_os("CARGO") {
            Some(cargo) if cargo == self.program => "cargo".to_owned(),
            _ => self.program.to_string_lossy().into_owned(),
        }
    }

    /// The environment of the program where it differs from this one's.
    fn environment(&self) -> impl Iterator<Item = (&str, Option<OsString>)> {
        let present = env::var_os("PATH").unwrap_or_default();
        let folders = self.path.iter().cloned().chain(env::split_paths(&present));
        // a folder whose name holds the separator can't be on PATH
        let path = env::join_paths(folders).unwrap_or(present);
        let set = self.env.iter();
        set.map(|(name, value)| (name.as_str(), value.clone()))
            .chain((!self.path.is_empty()).then_some(("PATH", Some(path))))
    }

    fn expression(&self) -> Expression {
        let start = duct::cmd(&self.program, &self.args).dir(&self.dir);
        self.environment().fold(
            start.stdin_null(),
            |expression, (name, value)| match value {
                Some(value) => expression.env(name, value),
                None => expression.env_remove(name),
            },
        )
    }

    /// Standard output of a short command, trimmed; `None` where it can't run or fails.
    pub(crate) fn probe(&self) -> Option<String> {
        let output = self.expression().stderr_null().read().ok()?;
        Some(output.trim().to_owned())
    }

    /// Runs it to its end and returns both outputs in the order of printing; `verbose` shows them
    /// meanwhile too.
    pub(crate) fn run(&self, verbose: bool) -> Result<String> {
        let reader = self.reader()?;
        let (mut output, mut chunk) = (Vec::new(), [0; 8192]);
        loop {
            let count = (&reader).read(&mut chunk)?;
            let Some(new) = chunk.get(..count).filter(|new| !new.is_empty()) else {
                break;
            };
            output.extend_from_slice(new);
            if verbose {
                io::stderr().write_all(new)?;
            }
        }
        let output = String::from_utf8_lossy(&output).into_owned();
        match reader.try_wait()? {
            Some(end) if end.status.success() => Ok(output),
            end => {
                let end = end.map_or("no status".to_owned(), |end| end.status.to_string());
                let shown = if verbose { "" } else { &output };
                let (name, line) = (self.name(), self.line());
                bail!("{shown}{name} ended with {end}\nto repeat it: {line}")
            }
        }
    }

    /// Starts it and returns both outputs as they come.
    pub(crate) fn reader(&self) -> Result<ReaderHandle> {
        let started = self.expression().unchecked().stderr_to_stdout().reader();
        started.with_context(|| self.no_start())
    }

    /// Replaces this process where the system can, so that signals and the exit code are the
    /// program's own; else waits for it and ends with its exit code.
    pub(crate) fn exec(&self) -> Result<()> {
        let mut command = std::process::Command::new(&self.program);
        command.args(&self.args).current_dir(&self.dir);
        for (name, value) in self.environment() {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        #[cfg(unix)]
        let error = std::os::unix::process::CommandExt::exec(&mut command);
        #[cfg(not(unix))]
        let error = match command.status() {
            Ok(status) => std::process::exit(status.code().unwrap_or(1)),
            Err(error) => error,
        };
        Err(anyhow!(error).context(self.no_start()))
    }

    fn no_start(&self) -> String {
        let (name, line) = (self.name(), self.line());
        format!("{name} did not start\nto repeat it: {line}")
    }
}

/// Programs that are killed when this is dropped.
#[derive(Default)]
struct Running(Vec<Arc<Handle>>);

impl Drop for Running {
    fn drop(&mut self) {
        for program in &self.0 {
            let _ = program.kill().and_then(|()| program.wait().map(|_| ()));
        }
    }
}

/// Runs programs side by side until this process is told to stop (Ctrl-C, SIGTERM) or one of them
/// ends, which is an error; the others are ended with it.
pub(crate) fn run_together(commands: &[Command]) -> Result<()> {
    let (send, receive) = mpsc::channel();
    let stop = send.clone();
    ctrlc::set_handler(move || {
        let _ = stop.send(Ok(()));
    })?;
    let mut running = Running::default();
    for command in commands {
        let started = command.expression().unchecked().start();
        let program = Arc::new(started.with_context(|| command.no_start())?);
        running.0.push(Arc::clone(&program));
        let (send, name) = (send.clone(), command.name());
        thread::spawn(move || {
            let end = program.wait().map(|output| output.status);
            let end = end.map_or_else(|error| error.to_string(), |status| status.to_string());
            send.send(Err(anyhow!("{name} ended: {end}")))
        });
    }
    receive.recv()?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_quoted_for_the_shell() {
        let command = Command::new("cargo", Path::new("/a b"))
            .words("clippy -- -D warnings")
            .arg("it's")
            .env("RUSTDOCFLAGS", "-D warnings")
            .env_remove("CARGO")
            .path(PathBuf::from("/x"));
        assert_eq!(
            command.line(),
            r#"cd '/a b' && env -u CARGO 'RUSTDOCFLAGS=-D warnings' PATH=/x:"$PATH" cargo clippy -- -D warnings 'it'\''s'"#
        );
    }

    #[cfg(unix)]
    #[test]
    fn both_outputs_and_the_status_are_kept() {
        let root = Path::new("/");
        let sh = |script: &str| Command::new("sh", root).arg("-c").arg(script);
        assert_eq!(
            sh("echo a; echo b >&2; cat").run(false).expect("runs"),
            "a\nb\n"
        );
        let error = sh("echo why; exit 3").run(false).expect_err("fails");
        let error = error.to_string();
        assert!(
            error.starts_with("why\n") && error.contains("status: 3"),
            "{error}"
        );
        let error = Command::new("no-such-program", root).run(false);
        let error = format!("{:#}", error.expect_err("fails"));
        assert!(error.contains("did not start"), "{error}");
        assert_eq!(
            sh("echo \" $A \"").env("A", "b").probe().as_deref(),
            Some("b")
        );
        assert_eq!(sh("exit 1").probe(), None);
    }

    #[cfg(unix)]
    #[test]
    fn programs_that_run_together_end_together() {
        let sh = |script: &str| Command::new("sh", Path::new("/")).arg("-c").arg(script);
        let folder = tempfile::tempdir().expect("a folder");
        let pid = folder.path().join("pid");
        let long = sh("echo $$ > \"$PID\"; exec sleep 600").env("PID", &pid);
        let short = sh("until [ -s \"$PID\" ]; do sleep 0.1; done; exit 7").env("PID", &pid);
        let error = run_together(&[long, short]).expect_err("one ended");
        assert_eq!(error.to_string(), "sh ended: exit status: 7");
        let pid = fs_err::read_to_string(&pid).expect("it started");
        assert_eq!(sh(&format!("kill -0 {}", pid.trim())).probe(), None);
    }
}
