//! The lines of `docs/api.md`, run as they stand against a real server.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up must stop")]

mod api_common;

use std::{
    path::Path,
    process::{Command, Stdio},
};

use api_common::{Api, PIXEL};
use linli::{serve, web::ctx::Config};
use linli_testbed::{Bed, on_both};
use serde_json::Value as Js;
use tokio::{net::TcpListener, sync::watch};

/// The shell lines of a page: the content of its `sh` fences, a command each.
fn commands(text: &str) -> Vec<String> {
    let mut commands = Vec::new();
    for fence in text.split("```sh\n").skip(1) {
        let lines = fence.split("```").next().unwrap().replace("\\\n", " ");
        commands.extend(lines.lines().filter(|line| !line.trim().is_empty()).map(str::to_owned));
    }
    commands
}

async fn the_lines_do_what_they_say(bed: Bed) {
    if Command::new("curl").arg("--version").stdout(Stdio::null()).status().is_err() {
        eprintln!("curl is not here");
        return;
    }
    let api = Api::open(&bed).await;
    let token = api.full("desk").await;
    let (stop, stopped) = watch::channel(false);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let server = tokio::spawn(serve::serve(serve::app(api.engine().clone(), Config::default()), listener, stopped));
    let picture = bed.folder.path().join("lamp.png");
    std::fs::write(&picture, PIXEL).unwrap();
    let page = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/api.md")).unwrap();
    let commands = commands(&page);
    assert!(commands.len() >= 10, "{commands:?}");
    let (mut number, mut code) = (String::new(), String::new());
    for command in &commands {
        let mut shell = Command::new("sh");
        shell.args(["-c", &command.replacen("curl ", "curl -sS --fail-with-body ", 1)]).env("PICTURE", &picture);
        shell.envs([("LINLI", &url), ("TOKEN", &token), ("NUMBER", &number), ("CODE", &code)]);
        let run = tokio::task::spawn_blocking(move || shell.output()).await.unwrap().unwrap();
        let said = String::from_utf8_lossy(&run.stdout).into_owned();
        assert!(run.status.success(), "{command}\n{said}\n{}", String::from_utf8_lossy(&run.stderr));
        let answer: Js = serde_json::from_str(&said).unwrap_or_else(|e| panic!("{e}: {command}\n{said}"));
        if let Some(tracking) = answer["tracking"].as_str() {
            (number, code) = (answer["number"].as_str().unwrap().to_owned(), tracking.to_owned());
        }
    }
    stop.send_replace(true);
    server.await.unwrap();
}

on_both! {
    documented => the_lines_do_what_they_say;
}
