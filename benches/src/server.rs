//! The program under test, as its users start it.

use std::{
    path::{Path, PathBuf},
    process::Stdio,
    time::{Duration, Instant},
};

use tempfile::TempDir;
use tokio::process::{Child, Command};

use crate::{Any, http::Client};

pub struct Server {
    child: Child,
    pub address: String,
    pub started_in: Duration,
    folder: Option<TempDir>,
}

/// The built program: beside this one.
pub fn binary() -> Any<PathBuf> {
    let here = std::env::current_exe()?;
    Ok(here.parent().ok_or("no folder")?.join("linli"))
}

impl Server {
    /// The demonstration in a folder of its own.
    pub async fn demo(database: Option<&str>) -> Any<Self> {
        let folder = tempfile::tempdir()?;
        let mut server = Self::start("demo", folder.path(), database).await?;
        server.folder = Some(folder);
        Ok(server)
    }

    /// The program over data that is there.
    pub async fn serve(data: &Path, database: Option<&str>) -> Any<Self> {
        Self::start("serve", data, database).await
    }

    async fn start(command: &str, data: &Path, database: Option<&str>) -> Any<Self> {
        let port = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let address = format!("127.0.0.1:{port}");
        let mut start = Command::new(binary()?);
        start.arg(command).arg("--data").arg(data).args(["--listen", &address, "--connections", "16"]);
        if let Some(url) = database {
            start.args(["--db", url]);
        }
        let begun = Instant::now();
        let child = start.stdout(Stdio::null()).stderr(Stdio::null()).kill_on_drop(true).spawn()?;
        for _ in 0..6000 {
            if let Ok(mut client) = Client::connect(&address).await
                && client.get("/healthz").await.is_ok_and(|(status, _)| status == 200)
            {
                return Ok(Self { child, address, started_in: begun.elapsed(), folder: None });
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        Err("the server does not answer".into())
    }

    pub fn resident_kib(&self) -> Any<u32> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id().ok_or("ended")?))?;
        let line = status.lines().find_map(|l| l.strip_prefix("VmRSS:")).ok_or("no VmRSS")?;
        Ok(line.trim().trim_end_matches(" kB").trim().parse()?)
    }

    pub async fn stop(mut self) -> Any<()> {
        self.child.kill().await?;
        Ok(())
    }

    pub async fn stop_keeping_data(mut self) -> Any<(TempDir, Duration)> {
        self.child.kill().await?;
        let folder = self.folder.take().ok_or("no folder")?;
        Ok((folder, self.started_in))
    }
}
