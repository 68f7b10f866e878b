//! Reads a file from beginning to end and says how long that took:
//!
//! ```text
//! cargo run --release -p parallax-readers --example read -- FILE
//! ```
//!
//! Prints points, bytes and milliseconds, with a tab between them. Opening, reading and the
//! format's detection are in the time; the process' own start is not.

use std::error::Error;
use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::time::Instant;

use parallax_readers::detect::detect;
use parallax_readers::{ParsedFile, open};

/// The first bytes, which tell the format.
const HEAD_BYTES: usize = 64 << 10;

/// How much is read at once.
const READ_BYTES: usize = 1 << 20;

fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::args_os().nth(1).ok_or("expected a file")?;
    let start = Instant::now();
    let (points, bytes) = read(Path::new(&path))?;
    let took_ms = start.elapsed().as_secs_f64() * 1e3;
    println!("{points}\t{bytes}\t{took_ms:.3}");
    Ok(())
}

fn read(path: &Path) -> Result<(u64, u64), Box<dyn Error>> {
    let mut file = File::open(path)?;
    let mut buffer = vec![0; READ_BYTES];
    let mut parsed = ParsedFile::default();
    let mut reader = None;
    let mut bytes = 0;
    loop {
        let length = file.read(&mut buffer)?;
        let part = buffer.get(..length).unwrap_or_default();
        if length == 0 {
            break;
        }
        if reader.is_none() {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            let head = part.get(..HEAD_BYTES).unwrap_or(part);
            let format = detect(&name, head).ok_or("no format that is read")?;
            reader = Some(open::open(format));
        }
        if let Some(reader) = &mut reader {
            reader.feed(part, &mut parsed);
        }
        bytes += length as u64;
    }
    if let Some(reader) = &mut reader {
        reader.finish_idle(&mut parsed);
    }
    Ok((parsed.row_count(), bytes))
}
