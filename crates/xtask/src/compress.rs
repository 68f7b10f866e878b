//! Compresses the dashboard's files once, at build time, as strongly as each format can.
//!
//! `app.js` gets `app.js.br`, `app.js.zst` and `app.js.gz` beside it, where they are smaller.
//! `parallax serve` sends them as they are; nginx (`gzip_static`, `brotli_static`) and others can.

use std::ffi::OsStr;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::Result;
use brotli::enc::BrotliEncoderParams;
use flate2::Compression;
use flate2::write::GzEncoder;

use crate::project::files_below;

/// The file that an operator edits after the build: compressed copies of it would be out of date.
const EDITABLE: &str = "config.json";

/// The extensions of compressed files.
const EXTENSIONS: [&str; 3] = ["br", "zst", "gz"];

/// Writes the compressed forms of all files below `folder`.
pub(crate) fn compress_files(folder: &Path) -> Result<()> {
    for file in originals(folder) {
        if file.file_name() == Some(OsStr::new(EDITABLE)) {
            continue;
        }
        let bytes = fs_err::read(&file)?;
        for (extension, compressed) in EXTENSIONS.iter().zip(compress(&bytes)?) {
            if compressed.len() < bytes.len() {
                fs_err::write(with_extension(&file, extension), compressed)?;
            }
        }
    }
    Ok(())
}

/// The files below `folder` without the compressed forms, sorted.
pub(crate) fn originals(folder: &Path) -> impl Iterator<Item = PathBuf> {
    let is_compressed = |file: &PathBuf| {
        let extension = file.extension().and_then(OsStr::to_str);
        extension.is_some_and(|extension| EXTENSIONS.contains(&extension))
    };
    let files = files_below(folder).into_iter();
    files.filter(move |file| !is_compressed(file))
}

/// The length in bytes of a file as it is sent with this encoding: of its compressed form, or its
/// own where it has none.
pub(crate) fn sent_bytes(file: &Path, extension: &str) -> Result<u64> {
    let compressed = with_extension(file, extension);
    let sent = if compressed.is_file() {
        &compressed
    } else {
        file
    };
    Ok(fs_err::metadata(sent)?.len())
}

fn with_extension(file: &Path, extension: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".");
    name.push(extension);
    name.into()
}

/// The forms in the order of [`EXTENSIONS`].
fn compress(bytes: &[u8]) -> Result<[Vec<u8>; 3]> {
    let mut brotli = Vec::new();
    let parameters = BrotliEncoderParams {
        quality: 11,
        lgwin: 24,
        size_hint: bytes.len(),
        ..BrotliEncoderParams::default()
    };
    brotli::BrotliCompress(&mut &*bytes, &mut brotli, &parameters)?;
    let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
    gzip.write_all(bytes)?;
    Ok([brotli, zstd::encode_all(bytes, 19)?, gzip.finish()?])
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;

    #[test]
    fn compressed_forms_lie_beside_what_they_make_smaller() {
        let folder = tempfile::tempdir().expect("a folder");
        let text = "body { color: inherit } ".repeat(100);
        for (name, text) in [("a.css", text.as_str()), ("b.txt", "b"), (EDITABLE, &text)] {
            fs_err::write(folder.path().join(name), text).expect("written");
        }
        compress_files(folder.path()).expect("compressed");
        let names: Vec<_> = files_below(folder.path())
            .iter()
            .filter_map(|file| Some(file.file_name()?.to_str()?.to_owned()))
            .collect();
        assert_eq!(
            names,
            [
                "a.css",
                "a.css.br",
                "a.css.gz",
                "a.css.zst",
                "b.txt",
                EDITABLE
            ]
        );
        assert_eq!(originals(folder.path()).count(), 3);

        let file = folder.path().join("a.css");
        let read = |extension| fs_err::read(with_extension(&file, extension)).expect("it is there");
        let mut unpacked = String::new();
        let gzip = flate2::read::GzDecoder::new(&*read("gz")).read_to_string(&mut unpacked);
        assert_eq!(gzip.expect("gzip"), text.len());
        assert_eq!(unpacked, text);
        let zstd = zstd::decode_all(&*read("zst")).expect("zstd");
        assert_eq!(zstd, text.as_bytes());
        let mut brotli = Vec::new();
        brotli::BrotliDecompress(&mut &*read("br"), &mut brotli).expect("brotli");
        assert_eq!(brotli, text.as_bytes());

        assert_eq!(
            sent_bytes(&file, "br").expect("a length"),
            read("br").len() as u64
        );
        let plain = folder.path().join("b.txt");
        assert_eq!(sent_bytes(&plain, "br").expect("a length"), 1);
    }
}
