//! As small an HTTP/1.1 client as measures a server and not itself: one connection, kept alive.

use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::TcpStream,
};

use crate::Any;

/// A connection to the program.
pub struct Client {
    stream: BufReader<TcpStream>,
    host: String,
    /// Sent with every request; taken from the answers.
    pub cookie: String,
    /// Further lines sent with every request, each ended by `\r\n`.
    pub headers: String,
    /// Whether the server ends the connection after an answer: the next request makes a new one.
    ended: bool,
}

/// An answer.
#[derive(Debug)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The body.
    pub body: String,
    /// Where it sends on to.
    pub location: String,
}

impl Client {
    /// Connects to `host:port`.
    ///
    /// # Errors
    /// When nobody listens.
    pub async fn connect(address: &str) -> Any<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self {
            stream: BufReader::new(stream),
            host: address.to_owned(),
            cookie: String::new(),
            headers: String::new(),
            ended: false,
        })
    }

    /// Posts a body.
    ///
    /// # Errors
    /// When the connection breaks.
    pub async fn post(&mut self, path: &str, kind: &str, body: &[u8]) -> Any<Answer> {
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: {}\r\nCookie: {}\r\n{}Content-Type: {kind}\r\nContent-Length: {}\r\n\r\n",
            self.host,
            self.cookie,
            self.headers,
            body.len()
        );
        let mut request = head.into_bytes();
        request.extend_from_slice(body);
        self.send(&request).await
    }

    /// Posts JSON.
    ///
    /// # Errors
    /// When the connection breaks.
    pub async fn post_json(&mut self, path: &str, body: &str) -> Any<Answer> {
        self.post(path, "application/json", body.as_bytes()).await
    }

    /// Fetches a page.
    ///
    /// # Errors
    /// When the connection breaks.
    pub async fn get(&mut self, path: &str) -> Any<Answer> {
        let Self { host, cookie, headers, .. } = self;
        let request = format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nCookie: {cookie}\r\n{headers}\r\n");
        self.send(request.as_bytes()).await
    }

    async fn send(&mut self, request: &[u8]) -> Any<Answer> {
        if std::mem::take(&mut self.ended) {
            let stream = TcpStream::connect(&self.host).await?;
            stream.set_nodelay(true)?;
            self.stream = BufReader::new(stream);
        }
        self.stream.get_mut().write_all(request).await?;
        self.answer().await
    }

    async fn answer(&mut self) -> Any<Answer> {
        let mut line = String::new();
        self.stream.read_line(&mut line).await?;
        let status = line.split(' ').nth(1).ok_or("no answer")?.parse()?;
        let (mut length, mut location) = (0, String::new());
        loop {
            line.clear();
            if self.stream.read_line(&mut line).await? == 0 {
                return Err("the answer broke off".into());
            }
            let Some((name, value)) = line.trim().split_once(':') else { break };
            match name.to_ascii_lowercase().as_str() {
                "content-length" => length = value.trim().parse()?,
                "connection" => self.ended = value.trim().eq_ignore_ascii_case("close"),
                "location" => value.trim().clone_into(&mut location),
                "set-cookie" => {
                    let pair = value.trim().split(';').next().unwrap_or_default();
                    if !self.cookie.is_empty() {
                        self.cookie.push_str("; ");
                    }
                    self.cookie.push_str(pair);
                }
                _ => {}
            }
        }
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body).await?;
        Ok(Answer { status, body: String::from_utf8_lossy(&body).into_owned(), location })
    }
}
