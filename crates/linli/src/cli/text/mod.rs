//! `linli text`: what letters tell. Categories are learnt and tried, addresses split, a stream of letters grouped into
//! events. All but learning from a deployment is done on files, without a database and without a network.

use std::{
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::{Args, Subcommand};
use linli_engine::edge::Clock;
use linli_insight::text::{
    address::{self, Rules, Words},
    category::{Letter, Model, Options},
    eval::{Figures, Tried},
};
use linli_worktime::Millis;
use serde::Deserialize;
use serde_json::json;

use super::{Done, Failure, pack_files};

mod events;
mod learn;

#[derive(Args)]
pub struct TextArgs {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Learn categories from letters: JSON Lines with `title`, `text`, `category`
    Train {
        /// The letters
        file: PathBuf,
        /// Where the model goes
        #[arg(long, value_name = "FILE", default_value = "categories.model")]
        out: PathBuf,
    },
    /// Learn categories from some letters, and try them on others
    Eval {
        /// The letters to learn from
        #[arg(long, value_name = "FILE")]
        train: PathBuf,
        /// The letters to try
        #[arg(long, value_name = "FILE")]
        test: PathBuf,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Split an address into its parts
    Address {
        /// The address
        text: String,
        /// A rule pack whose words to go by [default: the pack inside the program]
        #[arg(long, value_name = "PACK")]
        pack: Option<PathBuf>,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Learn from what people decided in a deployment, as the program does every night: what is better is in use at once
    Learn(Box<learn::LearnArgs>),
    /// Group a stream of letters into events, the hottest first, as CSV: JSON Lines with `id`, `user`, `title`, `text`,
    /// `time`, and votes as `likes` and `against`
    Events(events::EventsArgs),
}

/// `linli text`.
pub fn run(args: &TextArgs) -> Done {
    match &args.what {
        What::Learn(args) => super::wait(learn::run(args)),
        What::Train { file, out } => train(file, out),
        What::Eval { train, test, json } => eval(train, test, *json),
        What::Address { text, pack, json } => split(text, pack.as_deref(), *json),
        What::Events(args) => events::run(args),
    }
}

/// A letter whose category is known.
#[derive(Deserialize)]
struct Known {
    #[serde(default)]
    title: String,
    #[serde(default)]
    text: String,
    category: String,
}

impl Known {
    fn letter(&self) -> Letter<'_> {
        Letter { title: &self.title, text: &self.text }
    }
}

/// The rows of a file; those that cannot be read are named on standard error, and the others stay.
fn rows<T: for<'r> Deserialize<'r>>(path: &Path) -> Result<(Vec<T>, usize), Failure> {
    let text = fs::read_to_string(path).map_err(Failure::io(path.display().to_string()))?;
    let (mut all, mut bad) = (Vec::new(), 0);
    for (line, row) in (1..).zip(text.lines()).filter(|(_, row)| !row.trim().is_empty()) {
        match serde_json::from_str(row) {
            Ok(row) => all.push(row),
            Err(error) => {
                bad += 1;
                eprintln!("linli: {}:{line}:{}: {error}", path.display(), error.column());
            }
        }
    }
    Ok((all, bad))
}

/// Done, or done in part where rows could not be read.
fn done(bad: usize) -> Done {
    if bad == 0 { Ok(ExitCode::SUCCESS) } else { Ok(ExitCode::FAILURE) }
}

fn learn(letters: &[Known]) -> Result<Model, Failure> {
    let pairs = letters.iter().map(|known| (known.letter(), known.category.as_str()));
    Model::train(pairs, &Options::default()).map_err(|error| Failure::Input(error.to_string()))
}

fn train(file: &Path, out: &Path) -> Done {
    let (letters, bad) = rows::<Known>(file)?;
    let begun = Clock::System.now();
    let model = learn(&letters)?;
    let bytes = model.to_bytes();
    fs::write(out, &bytes).map_err(Failure::io(out.display().to_string()))?;
    let (labels, seconds) = (model.labels().len(), since(begun));
    println!(
        "{}: {} letters, {labels} categories, {} bytes, {seconds:.1} s",
        out.display(),
        letters.len(),
        bytes.len()
    );
    done(bad)
}

fn eval(train: &Path, test: &Path, as_json: bool) -> Done {
    let (earlier, bad) = rows::<Known>(train)?;
    let (later, worse) = rows::<Known>(test)?;
    let begun = Clock::System.now();
    let model = learn(&earlier)?;
    let train_seconds = since(begun);
    let begun = Clock::System.now();
    let said: Vec<(usize, f32)> =
        later.iter().map(|known| model.read(&known.letter()).first(1).first().copied().unwrap_or_default()).collect();
    let letters_per_second = later.len() as f64 / since(begun);
    // A category that was never learnt is a label like the others, and never said.
    let mut labels = model.labels().to_vec();
    let mut tried = Vec::with_capacity(later.len());
    for (known, (said, probability)) in later.iter().zip(said) {
        let truth = labels.iter().position(|label| *label == known.category).unwrap_or_else(|| {
            labels.push(known.category.clone());
            labels.len() - 1
        });
        tried.push(Tried { truth, said, probability: f64::from(probability) });
    }
    let figures = Figures::of(labels.len(), tried);
    if as_json {
        let each = labels.iter().zip(&figures.labels).map(|(name, label)| {
            let figures =
                json!({ "f1": label.f1, "letters": label.letters, "precision": label.precision, "recall": label.recall });
            (name.clone(), figures)
        });
        let all = json!({
            "accuracy": figures.accuracy, "categories": each.collect::<serde_json::Map<_, _>>(), "ece": figures.ece,
            "letters": figures.letters, "letters_per_second": letters_per_second, "macro_f1": figures.macro_f1,
            "model_bytes": model.to_bytes().len(), "train_letters": earlier.len(), "train_seconds": train_seconds,
        });
        println!("{all:#}");
    } else {
        println!(
            "macro-F1 {:.4}, accuracy {:.4}, calibration error {:.4}",
            figures.macro_f1, figures.accuracy, figures.ece
        );
        println!("{} letters in {train_seconds:.1} s; {letters_per_second:.0} letters/s", earlier.len());
        for (name, label) in labels.iter().zip(&figures.labels) {
            println!("{name}\tF1 {:.4}\t{} letters", label.f1, label.letters);
        }
    }
    done(bad + worse)
}

/// Seconds since then, a millisecond at least.
fn since(begun: Millis) -> f64 {
    Clock::System.now().since(begun).max(1) as f64 / 1e3
}

/// The address words of a pack.
fn words(pack: Option<&Path>) -> Result<Words, Failure> {
    let files = pack_files(pack)?;
    let text = files.get("address.toml").ok_or_else(|| Failure::Input("the pack has no address.toml".into()))?;
    Words::parse("address.toml", text).map_err(|error| Failure::Input(error.to_string()))
}

fn split(text: &str, pack: Option<&Path>, as_json: bool) -> Done {
    let parts = Rules::new(words(pack)?).split(text);
    let said = |part: &address::Part| text.get(part.range.clone()).unwrap_or_default();
    if as_json {
        let all: Vec<_> = parts.iter().map(|part| json!({ "part": part.label.name(), "text": said(part) })).collect();
        println!("{:#}", json!(all));
    } else {
        parts.iter().for_each(|part| println!("{}\t{}", part.label.name(), said(part)));
    }
    Ok(ExitCode::SUCCESS)
}
