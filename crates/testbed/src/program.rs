//! The program as its users start it: a process that can be measured, and killed.

use std::{path::Path, process::Stdio, time::Duration};

use linli_engine::edge::Stopwatch;
use tokio::process::{Child, Command};

use crate::{Any, http::Client};

/// A running program.
pub struct Program {
    child: Child,
    /// Where it listens.
    pub address: String,
    /// From the start of the process to its first answer.
    pub started_in: Duration,
}

impl Program {
    /// Starts `linli demo` (which writes the demonstration into an empty database) or `linli serve` over a folder, and
    /// waits for the first answer.
    ///
    /// # Errors
    /// When it does not start.
    pub async fn start(binary: &Path, command: &str, data: &Path, database: Option<&str>) -> Any<Self> {
        let port = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let address = format!("127.0.0.1:{port}");
        let mut start = Command::new(binary);
        start.arg(command).args((command == "demo").then_some("--small")).arg("--data").arg(data).args([
            "--listen",
            &address,
            "--connections",
            "16",
        ]);
        if let Some(url) = database {
            start.args(["--db", url]);
        }
        let begun = Stopwatch::start();
        let mut child = start.stdout(Stdio::null()).stderr(Stdio::null()).kill_on_drop(true).spawn()?;
        while begun.elapsed() < Duration::from_secs(60) {
            if let Ok(mut client) = Client::connect(&address).await
                && client.get("/healthz").await.is_ok_and(|answer| answer.status == 200)
            {
                return Ok(Self { child, address, started_in: begun.elapsed() });
            }
            if let Some(status) = child.try_wait()? {
                return Err(format!("the program ended: {status}").into());
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        Err("the program does not answer".into())
    }

    /// Resident memory in KiB.
    ///
    /// # Errors
    /// When the process has ended.
    pub fn resident_kib(&self) -> Any<u32> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id().ok_or("ended")?))?;
        let line = status.lines().find_map(|l| l.strip_prefix("VmRSS:")).ok_or("no VmRSS")?;
        Ok(line.trim().trim_end_matches(" kB").trim().parse()?)
    }

    /// Kills it (`kill -9`).
    ///
    /// # Errors
    /// When it cannot be killed.
    pub async fn kill(mut self) -> Any<()> {
        Ok(self.child.kill().await?)
    }
}
