//! A throw-away PostgreSQL cluster for tests, from the installed binaries.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;

use tempfile::TempDir;

/// A running cluster in a folder of its own; gone when dropped.
#[derive(Debug)]
pub struct Cluster {
    folder: Option<TempDir>,
    binaries: PathBuf,
    port: u16,
    url: String,
}

/// Set to the URL of a running server (a role that may create databases) to use that instead.
pub const EXISTING: &str = "ANJU_TEST_POSTGRES";

impl Cluster {
    /// Starts a cluster, or takes the one that [`EXISTING`] names.
    ///
    /// # Errors
    /// In plain words what is missing.
    pub fn start() -> Result<Self, String> {
        if let Ok(url) = std::env::var(EXISTING) {
            return Ok(Self { folder: None, binaries: PathBuf::new(), port: 0, url });
        }
        let binaries = binaries()?;
        let folder = tempfile::Builder::new()
            .prefix("anju-pg-")
            .tempdir_in("/tmp")
            .map_err(|error| format!("no folder for PostgreSQL: {error}"))?;
        give_to_postgres(folder.path())?;
        let data = folder.path().join("data");
        let port = 40_000 + u16::try_from(std::process::id() % 20_000).unwrap_or(0);
        run(
            &binaries,
            "initdb",
            &[
                "--pgdata",
                &text(&data),
                "--auth",
                "trust",
                "--encoding",
                "UTF8",
                "--locale",
                "C",
                "--no-sync",
                "--username",
                "postgres",
            ],
        )?;
        let options = format!(
            "-p {port} -k {} -c listen_addresses= -c max_connections=60 -c shared_buffers=64MB",
            folder.path().display()
        );
        run(
            &binaries,
            "pg_ctl",
            &[
                "--pgdata",
                &text(&data),
                "--wait",
                "--timeout",
                "60",
                "--log",
                &text(&folder.path().join("log")),
                "--options",
                &options,
                "start",
            ],
        )?;
        let url = format!("host={} port={port} user=postgres dbname=postgres", folder.path().display());
        Ok(Self { folder: Some(folder), binaries, port, url })
    }

    /// The cluster shared by the tests of one process. It ends with the process: its server watches for that.
    ///
    /// # Errors
    /// As [`Cluster::start`].
    pub fn shared() -> Result<&'static Self, String> {
        static SHARED: OnceLock<Result<Cluster, String>> = OnceLock::new();
        let cluster = SHARED.get_or_init(|| {
            let cluster = Self::start()?;
            cluster.end_with_this_process()?;
            Ok(cluster)
        });
        cluster.as_ref().map_err(Clone::clone)
    }

    /// A new empty database's URL.
    ///
    /// # Errors
    /// If the server refuses.
    pub async fn database(&self, name: &str) -> Result<String, String> {
        let (client, connection) = tokio_postgres::connect(&self.url, tokio_postgres::NoTls)
            .await
            .map_err(|error| format!("PostgreSQL does not answer: {error}"))?;
        let serving = tokio::spawn(connection);
        let quoted = crate::sql::quote(name);
        for sql in [format!("DROP DATABASE IF EXISTS {quoted} WITH (FORCE)"), format!("CREATE DATABASE {quoted}")] {
            client.batch_execute(&sql).await.map_err(|error| format!("{sql}: {error}"))?;
        }
        drop(client);
        let _ = serving.await;
        Ok(match self.url.split_once("dbname=postgres") {
            Some((before, after)) => format!("{before}dbname={name}{after}"),
            None => match self.url.rsplit_once('/') {
                Some((before, _)) => format!("{before}/{name}"),
                None => return Err(format!("{EXISTING} must be a URL")),
            },
        })
    }

    /// A watcher that stops the server and removes its folder once this process is gone, even when killed.
    fn end_with_this_process(&self) -> Result<(), String> {
        let Some(folder) = &self.folder else { return Ok(()) };
        let stop = as_postgres(
            &self.binaries.join("pg_ctl"),
            &["--pgdata", &text(&folder.path().join("data")), "--mode", "immediate", "stop"],
        );
        let words: Vec<String> = std::iter::once(stop.get_program())
            .chain(stop.get_args())
            .map(|word| format!("'{}'", word.to_string_lossy().replace('\'', "'\\''")))
            .collect();
        let script = format!(
            "while kill -0 {} 2>/dev/null; do sleep 0.2; done; {}; rm -rf '{}'",
            std::process::id(),
            words.join(" "),
            folder.path().display()
        );
        let watcher = Command::new("setsid")
            .args(["sh", "-c", &script])
            .current_dir("/tmp")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        watcher.map(|_| ()).map_err(|error| format!("no watcher for PostgreSQL: {error}"))
    }

    /// The port of its socket; 0 for an existing server.
    pub fn port(&self) -> u16 {
        self.port
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if let Some(folder) = &self.folder {
            // Nothing to be done about a server that will not stop.
            let _ = run(
                &self.binaries,
                "pg_ctl",
                &["--pgdata", &text(&folder.path().join("data")), "--mode", "immediate", "stop"],
            );
        }
    }
}

fn text(path: &Path) -> String {
    path.display().to_string()
}

fn binaries() -> Result<PathBuf, String> {
    let mut found: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path().join("bin"))
        .filter(|bin| bin.join("initdb").exists())
        .collect();
    found.sort();
    found.pop().ok_or_else(|| format!("PostgreSQL is not installed: these tests need initdb and pg_ctl in /usr/lib/postgresql/*/bin (apt-get install postgresql), or {EXISTING} with the URL of a server"))
}

fn is_root() -> bool {
    std::fs::metadata("/proc/self").is_ok_and(|own| std::os::unix::fs::MetadataExt::uid(&own) == 0)
}

/// PostgreSQL refuses to run as root.
fn give_to_postgres(folder: &Path) -> Result<(), String> {
    if !is_root() {
        return Ok(());
    }
    let done = Command::new("chown").arg("postgres").arg(folder).status();
    match done {
        Ok(status) if status.success() => Ok(()),
        _ => Err("there is no user `postgres` to run the server as, and root may not".to_owned()),
    }
}

fn as_postgres(program: &Path, args: &[&str]) -> Command {
    if is_root() {
        let mut command = Command::new("runuser");
        command.args(["-u", "postgres", "--"]).arg(program).args(args);
        return command;
    }
    let mut command = Command::new(program);
    command.args(args);
    command
}

fn run(binaries: &Path, program: &str, args: &[&str]) -> Result<(), String> {
    let mut command = as_postgres(&binaries.join(program), args);
    // The server must not hold the pipes of the test open.
    let done: std::io::Result<Output> =
        command.current_dir("/tmp").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).output();
    match done {
        Ok(output) if output.status.success() => Ok(()),
        Ok(output) => Err(format!("{program} failed: {}", output.status)),
        Err(error) => Err(format!("{program} cannot be run: {error}")),
    }
}

impl crate::Store {
    /// Runs SQL past the one door, to see that tampering is found. Only for tests.
    ///
    /// # Errors
    /// If the database refuses.
    pub async fn tamper(&self, sql: &str) -> crate::Result<()> {
        self.run_plain(sql).await
    }

    /// The single text that a query answers. Only for tests.
    ///
    /// # Errors
    /// If the database refuses.
    pub async fn ask(&self, sql: &str) -> crate::Result<String> {
        self.ask_plain(sql).await
    }
}
