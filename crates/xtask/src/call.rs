//! One call of another program: run it, keep what it printed, and spell it for the shell.
//!
//! No call gets an input: a program that asks a question reads end-of-file instead of waiting.

use std::env;
use std::fmt;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Why a step could not be done.
#[derive(Debug, Default)]
pub(crate) struct Failure {
    /// What happened and what to do, in one line.
    pub(crate) message: String,
    /// What the failing program printed; may be empty.
    pub(crate) output: String,
    /// The shell line that repeats the failing call.
    pub(crate) repeat: Option<String>,
}

impl Failure {
    /// A failure that one line says all about.
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            ..Self::default()
        }
    }

    /// A file or folder that could not be read or written.
    pub(crate) fn file(path: &Path, error: &io::Error) -> Self {
        Self::new(format!("{}: {error}", path.display()))
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.output.is_empty() {
            writeln!(f, "{}", self.output.trim_end())?;
        }
        write!(f, "failed: {}", self.message)?;
        if let Some(line) = &self.repeat {
            write!(f, "\nto repeat it: {line}")?;
        }
        Ok(())
    }
}

/// A program with its arguments, folder and environment.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    program: String,
    args: Vec<String>,
    dir: PathBuf,
    set: Vec<(String, String)>,
    unset: Vec<String>,
}

impl Call {
    /// A call of `program` in `dir`.
    pub(crate) fn new(program: impl Into<String>, dir: &Path) -> Self {
        Self {
            program: program.into(),
            args: Vec::new(),
            dir: dir.to_owned(),
            set: Vec::new(),
            unset: Vec::new(),
        }
    }

    /// Adds arguments, split at blanks: `words("test --workspace")`.
    pub(crate) fn words(mut self, words: &str) -> Self {
        self.args
            .extend(words.split_whitespace().map(str::to_owned));
        self
    }

    /// Adds one argument as it is.
    pub(crate) fn arg(mut self, arg: impl Into<String>) -> Self {
        self.args.push(arg.into());
        self
    }

    /// Sets an environment variable.
    pub(crate) fn env(mut self, name: &str, value: impl Into<String>) -> Self {
        self.set.push((name.to_owned(), value.into()));
        self
    }

    /// Takes an environment variable away.
    pub(crate) fn without(mut self, name: &str) -> Self {
        self.unset.push(name.to_owned());
        self
    }

    /// The call as a line for a POSIX shell.
    pub(crate) fn line(&self) -> String {
        let mut words = vec![format!("cd {} &&", quote(&self.dir.to_string_lossy()))];
        if !self.set.is_empty() || !self.unset.is_empty() {
            words.push("env".to_owned());
        }
        words.extend(self.unset.iter().map(|name| format!("-u {name}")));
        words.extend(self.set.iter().map(|(name, value)| setting(name, value)));
        words.push(quote(self.name()));
        words.extend(self.args.iter().map(|arg| quote(arg)));
        words.join(" ")
    }

    /// The program as a user would type it.
    fn name(&self) -> &str {
        match env::var("CARGO") {
            Ok(cargo) if cargo == self.program => "cargo",
            _ => &self.program,
        }
    }

    /// The call as the standard library's command, with no input.
    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command.args(&self.args).current_dir(&self.dir);
        command.stdin(Stdio::null());
        for name in &self.unset {
            command.env_remove(name);
        }
        for (name, value) in &self.set {
            command.env(name, value);
        }
        command
    }

    /// Standard output of a quick probe, trimmed; `None` where it can't run or fails.
    pub(crate) fn probe(&self) -> Option<String> {
        let output = self.command().stderr(Stdio::null()).output().ok()?;
        let text = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        output.status.success().then_some(text)
    }

    /// Runs it to its end and returns both outputs in the order of their printing;
    /// `loud` shows them meanwhile too.
    pub(crate) fn run(&self, loud: bool) -> Result<String, Failure> {
        let (text, status) = self.start(loud).map_err(|error| Failure {
            message: format!("{} did not start: {error}", self.name()),
            repeat: Some(self.line()),
            ..Failure::default()
        })?;
        if status.success() {
            return Ok(text);
        }
        Err(Failure {
            message: format!("{} ended with {status}", self.name()),
            output: if loud { String::new() } else { text },
            repeat: Some(self.line()),
        })
    }

    fn start(&self, loud: bool) -> io::Result<(String, std::process::ExitStatus)> {
        let (mut from, into) = io::pipe()?;
        let mut command = self.command();
        command.stdout(into.try_clone()?).stderr(into);
        let mut child = command.spawn()?;
        drop(command); // its ends of the pipe, or the reading would never end
        let mut kept = Vec::new();
        let mut chunk = [0; 8192];
        loop {
            let count = from.read(&mut chunk)?;
            let Some(new) = chunk.get(..count).filter(|new| !new.is_empty()) else {
                break;
            };
            kept.extend_from_slice(new);
            if loud {
                io::stderr().write_all(new)?;
            }
        }
        let status = child.wait()?;
        Ok((String::from_utf8_lossy(&kept).into_owned(), status))
    }
}

/// A variable with its value; PATH with what comes before the present one.
fn setting(name: &str, value: &str) -> String {
    let present = env::var("PATH").unwrap_or_default();
    match value.strip_suffix(&present) {
        Some(first) if name == "PATH" => format!("PATH={}\"$PATH\"", quote(first)),
        _ => format!("{name}={}", quote(value)),
    }
}

/// Quotes a word for a POSIX shell where it needs it.
fn quote(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=,@%+".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spells_a_call_for_the_shell() {
        let call = Call::new("cargo", Path::new("/a b"))
            .words("clippy -- -D warnings")
            .arg("it's")
            .env("RUSTDOCFLAGS", "-D warnings")
            .without("CARGO");
        let path = env::var("PATH").unwrap_or_default();
        assert_eq!(setting("PATH", &format!("/x:{path}")), "PATH=/x:\"$PATH\"");
        assert_eq!(
            call.line(),
            r"cd '/a b' && env -u CARGO RUSTDOCFLAGS='-D warnings' cargo clippy -- -D warnings 'it'\''s'"
        );
    }

    #[cfg(unix)]
    #[test]
    fn keeps_both_outputs_and_the_status() {
        let root = Path::new("/");
        let sh = |script: &str| Call::new("sh", root).arg("-c").arg(script).run(false);
        assert_eq!(sh("echo a; echo b >&2; cat").expect("runs"), "a\nb\n");
        let failure = sh("echo why; exit 3").expect_err("fails");
        assert_eq!(failure.output, "why\n");
        assert!(failure.message.contains('3'), "{}", failure.message);
        let missing = Call::new("no-such-program", root).run(false);
        assert!(
            missing
                .expect_err("fails")
                .message
                .contains("did not start")
        );
    }
}
