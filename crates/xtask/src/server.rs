//! A server for one folder on this machine, with the page's policy as a header.
//!
//! It is here because Trunk's own puts an inline script into the page, which the policy forbids,
//! and because a page that works under its header here works where a site sends one.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;
use std::thread::{self, JoinHandle};

use anyhow::{Context, Result};

use crate::page::policy;

/// A request with more header lines than this is not a browser's.
const MAX_LINES: usize = 200;

pub(crate) struct Server {
    address: SocketAddr,
    accepting: JoinHandle<()>,
}

struct Site {
    folder: PathBuf,
    policy: String,
}

impl Server {
    /// Serves a folder; the answers come from other threads.
    pub(crate) fn start(folder: &Path, port: u16) -> Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))
            .with_context(|| format!("port {port} cannot be used; --port 0 takes a free one"))?;
        let address = listener.local_addr()?;
        let site = Arc::new(Site { folder: folder.to_path_buf(), policy: policy(folder)? });
        let accepting = thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let site = Arc::clone(&site);
                // A browser that hangs up is no concern of ours.
                thread::spawn(move || drop(converse(&stream, &site)));
            }
        });
        Ok(Self { address, accepting })
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Serves until the process ends.
    pub(crate) fn wait(self) {
        // It only ends by a panic, which has been printed by then.
        let _ = self.accepting.join();
    }
}

/// Answers one request after the other until the browser hangs up.
fn converse(stream: &TcpStream, site: &Site) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    while reader.read_line(&mut line)? > 0 {
        let answer = site.answer(line.trim_end());
        let mut header = String::new();
        for _ in 0..MAX_LINES {
            header.clear();
            if reader.read_line(&mut header)? == 0 || header.trim_end().is_empty() {
                break;
            }
        }
        answer.write(stream, &site.policy, line.starts_with("HEAD "))?;
        line.clear();
    }
    Ok(())
}

struct Answer {
    status: &'static str,
    kind: &'static str,
    body: Vec<u8>,
}

impl Answer {
    fn text(status: &'static str, text: &str) -> Self {
        let body = format!("{text}\n").into_bytes();
        let kind = "text/plain; charset=utf-8";
        Self { status, kind, body }
    }

    fn write(&self, mut stream: &TcpStream, policy: &str, head: bool) -> std::io::Result<()> {
        let header = format!(
            "HTTP/1.1 {}\r\nContent-Type: {}\r\nContent-Length: {}\r\nCache-Control: no-store\r\n\
             Content-Security-Policy: {policy}\r\nX-Content-Type-Options: nosniff\r\n\r\n",
            self.status,
            self.kind,
            self.body.len()
        );
        let mut bytes = header.into_bytes();
        if !head {
            bytes.extend_from_slice(&self.body);
        }
        stream.write_all(&bytes)
    }
}

impl Site {
    /// Answers the first line of a request.
    fn answer(&self, request: &str) -> Answer {
        let mut words = request.split(' ');
        let (Some("GET" | "HEAD"), Some(target)) = (words.next(), words.next()) else {
            return Answer::text("405 Method Not Allowed", "only GET and HEAD");
        };
        let Some(file) = self.file(target) else {
            return Answer::text("400 Bad Request", "not a path of this site");
        };
        match fs::read(&file) {
            Ok(body) => Answer { status: "200 OK", kind: media_type(&file), body },
            Err(_) => Answer::text("404 Not Found", "there is no such file"),
        }
    }

    /// The file that a request asks for; `None` if it would lie outside the folder.
    fn file(&self, target: &str) -> Option<PathBuf> {
        let path = target.split(['?', '#']).next()?.strip_prefix('/')?;
        let plain = |part: Component<'_>| matches!(part, Component::Normal(_));
        if path.contains('%') || !Path::new(path).components().all(plain) {
            return None;
        }
        let file = self.folder.join(path);
        Some(if file.is_dir() { file.join("index.html") } else { file })
    }
}

fn media_type(file: &Path) -> &'static str {
    match file.extension().and_then(|it| it.to_str()) {
        Some("html") => "text/html; charset=utf-8",
        Some("js" | "mjs") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("json") => "application/json",
        Some("wasm") => "application/wasm",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_files_of_the_folder_are_served() {
        let site = Site { folder: PathBuf::from("site"), policy: String::new() };
        let at = |target| site.file(target);
        assert_eq!(at("/a/b.js?v=1"), Some(PathBuf::from("site/a/b.js")));
        assert_eq!(at("/../secret"), None);
        assert_eq!(at("/a/../../secret"), None);
        assert_eq!(at("//etc/passwd"), None);
        assert_eq!(at("/%2e%2e/secret"), None);
        assert_eq!(at("no-slash"), None);
        assert!(site.answer("POST / HTTP/1.1").status.starts_with("405"));
        assert!(site.answer("").status.starts_with("405"));
    }

    #[test]
    fn a_module_is_served_as_one() {
        assert_eq!(media_type(Path::new("x_bg.wasm")), "application/wasm");
        assert_eq!(media_type(Path::new("x")), "application/octet-stream");
    }
}
