//! A client that reads an answer as fast as it comes: HTTP/1.0, so that a body ends with its
//! connection and has nothing in it but itself.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::TcpStream;

/// How much is read at once.
const READ_BYTES: usize = 1 << 20;

/// Gets `path` from a server on this machine and writes the body to `out`; gives its length.
///
/// # Errors
/// If the server does not answer, or with another status than 200.
pub(crate) fn get(
    address: &str,
    path: &str,
    encoding: Option<&str>,
    out: &mut impl Write,
) -> io::Result<u64> {
    let mut stream = TcpStream::connect(address)?;
    let accept = encoding.map_or(String::new(), |name| format!("Accept-Encoding: {name}\r\n"));
    let request = format!("GET {path} HTTP/1.0\r\nHost: {address}\r\n{accept}\r\n");
    stream.write_all(request.as_bytes())?;
    let mut reader = BufReader::with_capacity(READ_BYTES, stream);
    let mut status = String::new();
    reader.read_line(&mut status)?;
    if status.split(' ').nth(1) != Some("200") {
        let said = status.trim_end();
        return Err(io::Error::other(format!(
            "{path}: expected 200, got {said:?}"
        )));
    }
    let mut line = String::new();
    while reader.read_line(&mut line)? > "\r\n".len() {
        line.clear();
    }
    let mut buffer = vec![0; READ_BYTES];
    let mut bytes = 0;
    loop {
        let length = reader.read(&mut buffer)?;
        if length == 0 {
            return Ok(bytes);
        }
        out.write_all(buffer.get(..length).unwrap_or_default())?;
        bytes += length as u64;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::TcpListener;

    #[test]
    fn a_body_is_what_stands_behind_the_header() {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("it listens").to_string();
        let server = std::thread::spawn(move || {
            for answer in [
                "HTTP/1.0 200 OK\r\nA: b\r\n\r\n{}\r\n",
                "HTTP/1.0 404 Not Found\r\n\r\n",
            ] {
                let (mut stream, _) = listener.accept().expect("the client comes");
                let mut lines = BufReader::new(&stream).lines();
                let first = lines.next().expect("a line").expect("it asks");
                assert_eq!(first, "GET /x HTTP/1.0");
                let rest = lines.map_while(Result::ok);
                assert!(rest.take_while(|line| !line.is_empty()).count() >= 1);
                stream.write_all(answer.as_bytes()).expect("it listens");
            }
        });
        let mut body = Vec::new();
        assert_eq!(
            get(&address, "/x", Some("zstd"), &mut body).expect("200"),
            4
        );
        assert_eq!(body, b"{}\r\n");
        let error = get(&address, "/x", None, &mut body).expect_err("404");
        assert_eq!(
            error.to_string(),
            "/x: expected 200, got \"HTTP/1.0 404 Not Found\""
        );
        server.join().expect("it served both");
    }
}
