//! The few words of HTTP that tests speak themselves, so that they decide every header.

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

/// An answer.
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// The header lines.
    pub head: String,
    /// What came after them.
    pub body: String,
}

/// Sends a request to a server on loopback (`127.0.0.1:80`) and reads the answer. The headers given replace the
/// usual `Host` where they name it.
pub async fn request(server: &str, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
    let mut request = format!("{method} {path} HTTP/1.1\r\nConnection: close\r\nContent-Length: {}\r\n", body.len());
    if !headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("host")) {
        request.push_str(&format!("Host: {server}\r\n"));
    }
    for (name, value) in headers {
        request.push_str(&format!("{name}: {value}\r\n"));
    }
    request.push_str(&format!("\r\n{body}"));
    let mut stream = TcpStream::connect(server).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut stream = BufReader::new(stream);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        assert!(stream.read_line(&mut head).await.unwrap() > 0, "cut short: {head}");
    }
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    // Some servers leave the connection open all the same: their word on the length is what counts.
    let named = |line: &str| line.to_ascii_lowercase().strip_prefix("content-length:")?.trim().parse().ok();
    let mut body = vec![0; head.lines().find_map(named).unwrap_or(0)];
    stream.read_exact(&mut body).await.unwrap();
    Answer { status, head, body: String::from_utf8(body).unwrap() }
}
