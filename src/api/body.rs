//! Reads the body of a response piece by piece into one buffer.
//!
//! A default reader allocates an array for each piece, which browsers free late: at the end of a
//! body of 130 MB some 70 MB of them are still allocated. A BYOB reader needs 24 MB in all. The
//! default reader is used where the browser has no byte stream for the body.

use js_sys::{Object, Promise, Reflect, Uint8Array};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{ReadableStream, ReadableStreamDefaultReader, ReadableStreamReadResult};

/// Larger than most pieces that a browser has ready at once.
const BUFFER_BYTES: u32 = 256 << 10;

// Of what web-sys has for this in four types, the two calls that are needed.
#[wasm_bindgen]
extern "C" {
    /// A stream that may be a byte stream.
    pub(super) type ByteStream;
    /// `ReadableStreamBYOBReader`.
    pub(super) type ByteReader;

    #[wasm_bindgen(method, catch, js_name = getReader)]
    pub(super) fn get_reader(this: &ByteStream, options: &Object) -> Result<ByteReader, JsValue>;

    #[wasm_bindgen(method)]
    pub(super) fn read(this: &ByteReader, into: &Uint8Array) -> Promise;
}

/// A body that is being read.
pub(super) enum Body {
    /// A BYOB reader, and its buffer while no read is under way.
    Bytes(ByteReader, Uint8Array),
    /// A default reader.
    Default(ReadableStreamDefaultReader),
}

impl Body {
    /// Reads a stream that has no reader yet.
    pub(super) fn new(body: ReadableStream) -> Self {
        let options = Object::new();
        // Fails only for what is no object.
        let _ = Reflect::set(&options, &"mode".into(), &"byob".into());
        match body.unchecked_ref::<ByteStream>().get_reader(&options) {
            Ok(reader) => Self::Bytes(reader, Uint8Array::new_with_length(BUFFER_BYTES)),
            Err(_) => Self::Default(body.get_reader().unchecked_into()),
        }
    }

    /// The next piece, valid until the next call; `None` at the end of the body.
    pub(super) async fn next(&mut self) -> Result<Option<Uint8Array>, JsValue> {
        let promise = match self {
            Self::Bytes(reader, buffer) => reader.read(buffer),
            Self::Default(reader) => reader.read(),
        };
        let read: ReadableStreamReadResult = JsFuture::from(promise).await?.unchecked_into();
        if read.get_done().unwrap_or(false) {
            return Ok(None);
        }
        let piece: Uint8Array = read.get_value().dyn_into()?;
        if let Self::Bytes(_, buffer) = self {
            *buffer = Uint8Array::new(&piece.buffer());
        }
        Ok(Some(piece))
    }
}
