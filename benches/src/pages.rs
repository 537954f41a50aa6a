//! Start-up of `anju demo`, and its pages over loopback at eight connections.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::measure::{quantile, table};

const CONNECTIONS: usize = 8;
const PATIENCE: Duration = Duration::from_secs(60);

struct Server {
    child: Child,
    address: String,
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// One keep-alive connection.
struct Connection {
    reader: BufReader<TcpStream>,
    address: String,
    cookie: String,
}

/// Who looks: the county's office, which sees every page.
const LOGIN: &str = "xianban";

impl Connection {
    fn open(address: &str) -> std::io::Result<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        Ok(Self { reader: BufReader::new(stream), address: address.to_owned(), cookie: String::new() })
    }

    /// A connection of somebody who has signed in.
    fn signed_in(address: &str, cookie: &str) -> std::io::Result<Self> {
        Ok(Self { cookie: cookie.to_owned(), ..Self::open(address)? })
    }

    /// Signs in as one of the demo's people; gives the cookie.
    fn sign_in(&mut self) -> std::io::Result<String> {
        let body = format!("login={LOGIN}&next=%2F");
        write!(
            self.reader.get_mut(),
            "POST /sign-in/demo HTTP/1.1\r\nhost: {}\r\nsec-fetch-site: same-origin\r\ncontent-type: application/x-www-form-urlencoded\r\n\
             content-length: {}\r\n\r\n{body}",
            self.address,
            body.len()
        )?;
        let mut line = String::new();
        while self.reader.read_line(&mut line)? > 0 && line.trim() != "" {
            if let Some(cookie) = line.strip_prefix("set-cookie: ").and_then(|cookie| cookie.split(';').next())
                && cookie.starts_with("anju=")
            {
                return Ok(cookie.to_owned());
            }
            line.clear();
        }
        Err(std::io::Error::other(format!("{LOGIN} cannot sign in")))
    }

    /// Status and body.
    fn get(&mut self, path: &str) -> std::io::Result<(u16, Vec<u8>)> {
        write!(
            self.reader.get_mut(),
            "GET {path} HTTP/1.1\r\nhost: {}\r\naccept: text/html\r\ncookie: {}\r\n\r\n",
            self.address,
            self.cookie
        )?;
        let mut line = String::new();
        self.reader.read_line(&mut line)?;
        let status = line.split_whitespace().nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
        let mut length = None;
        loop {
            line.clear();
            self.reader.read_line(&mut line)?;
            let lower = line.trim().to_ascii_lowercase();
            if lower.is_empty() {
                break;
            }
            if let Some(told) = lower.strip_prefix("content-length:") {
                length = told.trim().parse().ok();
            }
        }
        Ok((status, self.body(length)?))
    }

    fn body(&mut self, length: Option<usize>) -> std::io::Result<Vec<u8>> {
        if let Some(length) = length {
            let mut body = vec![0; length];
            self.reader.read_exact(&mut body)?;
            return Ok(body);
        }
        let mut all = Vec::new();
        loop {
            let mut line = String::new();
            self.reader.read_line(&mut line)?;
            let size = usize::from_str_radix(line.trim(), 16).map_err(std::io::Error::other)?;
            let mut chunk = vec![0; size + 2];
            self.reader.read_exact(&mut chunk)?;
            all.extend_from_slice(&chunk[..size]);
            if size == 0 {
                return Ok(all);
            }
        }
    }
}

/// Starts the demo and waits for its first page.
fn start(binary: &Path, data: &Path) -> std::io::Result<(Server, f64)> {
    let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
    let address = format!("127.0.0.1:{port}");
    let began = Instant::now();
    let child = Command::new(binary)
        .arg("demo")
        .arg("--data")
        .arg(data)
        .args(["--no-limits", "--listen", &address])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?;
    let mut server = Server { child, address };
    loop {
        if let Ok((200, _)) = Connection::open(&server.address).and_then(|mut connection| connection.get("/sign-in")) {
            return Ok((server, began.elapsed().as_secs_f64()));
        }
        if began.elapsed() > PATIENCE || server.child.try_wait()?.is_some() {
            return Err(std::io::Error::other("anju demo did not serve its first page"));
        }
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// The address of some household's file.
fn first_household(address: &str, cookie: &str) -> std::io::Result<String> {
    let (_, page) = Connection::signed_in(address, cookie)?.get("/households")?;
    let page = String::from_utf8_lossy(&page).into_owned();
    let found = page
        .split("href=\"")
        .filter_map(|rest| rest.split('"').next())
        .find(|href| href.strip_prefix("/households/").is_some_and(|id| id.len() >= 36));
    found.map(str::to_owned).ok_or_else(|| std::io::Error::other("/households lists nobody"))
}

fn latencies(address: &str, cookie: &str, path: &str, each: usize) -> std::io::Result<(Vec<f64>, usize)> {
    let one = || -> std::io::Result<(Vec<f64>, usize)> {
        let mut connection = Connection::signed_in(address, cookie)?;
        let mut size = 0;
        let mut times = Vec::with_capacity(each);
        for _ in 0..each {
            let at = Instant::now();
            let (status, body) = connection.get(path)?;
            times.push(at.elapsed().as_secs_f64() * 1e3);
            if status != 200 {
                return Err(std::io::Error::other(format!("{path} answers {status}")));
            }
            size = body.len();
        }
        Ok((times, size))
    };
    std::thread::scope(|scope| {
        let clients: Vec<_> = (0..CONNECTIONS).map(|_| scope.spawn(one)).collect();
        let mut all = (Vec::new(), 0);
        for client in clients {
            let (times, size) = client.join().map_err(|_| std::io::Error::other("a client panicked"))??;
            all.0.extend(times);
            all.1 = size;
        }
        Ok(all)
    })
}

/// Starts twice, then asks for pages.
///
/// # Errors
/// A missing binary, a demo that does not start, or a page that does not answer.
pub fn run(root: &Path, folder: &Path) -> Result<(), String> {
    let told = |fault: std::io::Error| fault.to_string();
    let (binary, data) = (root.join("target/release/anju"), folder.join("data/demo"));
    // Left over from an earlier run, if at all.
    let _ = std::fs::remove_dir_all(&data);
    let (first, fresh) = start(&binary, &data).map_err(told)?;
    drop(first);
    let (server, again) = start(&binary, &data).map_err(told)?;
    table(
        "anju demo, from start to first page",
        &["", "s"],
        &[
            vec!["fresh: county built and served".into(), format!("{fresh:.2}")],
            vec!["second start".into(), format!("{again:.3}")],
        ],
    );
    let cookie = Connection::open(&server.address).and_then(|mut connection| connection.sign_in()).map_err(told)?;
    let household = first_household(&server.address, &cookie).map_err(told)?;
    let paths = [
        "/",
        "/mechanisms",
        "/mechanisms/employment",
        "/requirements/household_stable_job",
        "/sites",
        "/households",
        household.as_str(),
        "/bulletin",
        "/ledgers",
        "/ledgers/person",
    ];
    let mut rows = Vec::new();
    for path in paths {
        latencies(&server.address, &cookie, path, 20).map_err(told)?;
        match latencies(&server.address, &cookie, path, 150) {
            Ok((mut times, size)) => rows.push(vec![
                path.to_owned(),
                format!("{:.2}", quantile(&mut times, 0.5)),
                format!("{:.2}", quantile(&mut times, 0.99)),
                format!("{}", size / 1000),
            ]),
            Err(fault) => rows.push(vec![path.to_owned(), fault.to_string(), String::new(), String::new()]),
        }
    }
    table("pages over loopback, eight connections", &["", "p50 ms", "p99 ms", "KB"], &rows);
    Ok(())
}
