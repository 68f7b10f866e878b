//! The chunks of a response's body, one after the other, into a buffer that is used again.
//!
//! A plain reader makes an array for each chunk, which browsers collect late: at the end of a body
//! of 130 MB some 70 MB of them are still there. A reader that is given its buffer needs 24 MB in
//! all. Where the body is no stream of bytes (that is for the browser to say), the plain one reads.

use js_sys::{Object, Promise, Reflect, Uint8Array};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{ReadableStream, ReadableStreamDefaultReader, ReadableStreamReadResult};

/// Larger than what a browser has ready at once, most times.
const BUFFER_BYTES: u32 = 256 << 10;

// The two calls that are needed of what web-sys has for this in four types.
#[wasm_bindgen]
extern "C" {
    /// A stream that may be of bytes.
    pub(super) type ByteStream;
    /// A reader that is given its buffer.
    pub(super) type ByteReader;

    #[wasm_bindgen(method, catch, js_name = getReader)]
    pub(super) fn get_reader(this: &ByteStream, options: &Object) -> Result<ByteReader, JsValue>;

    #[wasm_bindgen(method)]
    pub(super) fn read(this: &ByteReader, into: &Uint8Array) -> Promise;
}

/// See the module.
pub(super) enum Chunks {
    /// The reader, and the buffer while it is here.
    Bytes(ByteReader, Uint8Array),
    /// A reader that makes its buffers.
    Plain(ReadableStreamDefaultReader),
}

impl Chunks {
    /// Reads a stream that nothing reads yet.
    pub(super) fn of(body: ReadableStream) -> Self {
        let options = Object::new();
        // Refused only for what is no object.
        let _ = Reflect::set(&options, &"mode".into(), &"byob".into());
        match body.unchecked_ref::<ByteStream>().get_reader(&options) {
            Ok(reader) => Self::Bytes(reader, Uint8Array::new_with_length(BUFFER_BYTES)),
            Err(_) => Self::Plain(body.get_reader().unchecked_into()),
        }
    }

    /// The next chunk; `None` at the end of the body. It is good until the next call.
    pub(super) async fn next(&mut self) -> Result<Option<Uint8Array>, JsValue> {
        let promise = match self {
            Self::Bytes(reader, buffer) => reader.read(buffer),
            Self::Plain(reader) => reader.read(),
        };
        let read: ReadableStreamReadResult = JsFuture::from(promise).await?.unchecked_into();
        if read.get_done().unwrap_or(false) {
            return Ok(None);
        }
        let chunk: Uint8Array = read.get_value().dyn_into()?;
        if let Self::Bytes(_, buffer) = self {
            *buffer = Uint8Array::new(&chunk.buffer());
        }
        Ok(Some(chunk))
    }
}
