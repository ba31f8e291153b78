//! `linli pack`: check a rule pack, draw a flow of it.

use std::{path::PathBuf, process::ExitCode};

use clap::{Args, Subcommand};
use linli_engine::{EngineError, pack::Pack};
use linli_flow::Problem;

use super::{Done, Failure, pack_files};

#[derive(Args)]
pub struct PackArgs {
    #[command(subcommand)]
    command: PackCommand,
}

#[derive(Subcommand)]
enum PackCommand {
    /// Prove that a pack is sound; say what is wrong with file, line and reason
    Check {
        /// The pack's folder
        dir: PathBuf,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Draw a flow as a Mermaid flowchart
    Show {
        /// The pack's folder
        dir: PathBuf,
        /// The flow's id
        flow: String,
        /// The language of its words
        #[arg(long, default_value = "zh", value_parser = ["zh", "en"])]
        lang: String,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

pub fn run(args: &PackArgs) -> Done {
    match &args.command {
        PackCommand::Check { dir, json } => check(dir, *json),
        PackCommand::Show { dir, flow, lang, json } => show(dir, flow, lang, *json),
    }
}

fn check(dir: &std::path::Path, json: bool) -> Done {
    let files = pack_files(Some(dir))?;
    match Pack::load(&files) {
        Ok(pack) => {
            let flows: Vec<&str> = pack.flows().iter().map(|f| f.id()).collect();
            if json {
                println!(
                    "{}",
                    serde_json::json!({ "id": pack.id, "version": pack.version, "flows": flows, "problems": [] })
                );
            } else {
                println!("{} {}: {} files, flows {}: sound", pack.id, pack.version, files.len(), flows.join(", "));
            }
            Ok(ExitCode::SUCCESS)
        }
        Err(problems) => {
            if json {
                let list: Vec<_> = problems.iter().map(as_json).collect();
                println!("{}", serde_json::json!({ "problems": list }));
            } else {
                problems.iter().for_each(|p| println!("{p}"));
                println!("{} problems", problems.len());
            }
            Ok(ExitCode::from(1))
        }
    }
}

fn as_json(p: &Problem) -> serde_json::Value {
    serde_json::json!({ "file": p.file, "line": p.line, "reason": p.reason, "trace": p.trace })
}

fn show(dir: &std::path::Path, flow: &str, lang: &str, json: bool) -> Done {
    let pack = Pack::load(&pack_files(Some(dir))?).map_err(EngineError::Pack)?;
    let known = || pack.flows().iter().map(|f| f.id()).collect::<Vec<_>>().join(", ");
    let flow = pack
        .flow(flow)
        .ok_or_else(|| Failure::Input(format!("there is no flow `{flow}`; the pack has {}", known())))?;
    let drawn = linli_flow::draw(flow, lang);
    if json {
        println!("{}", serde_json::json!({ "flow": flow.id(), "mermaid": drawn }));
    } else {
        println!("{drawn}");
    }
    Ok(ExitCode::SUCCESS)
}
