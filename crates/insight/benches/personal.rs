//! How long one letter takes: `cargo bench -p linli-insight --bench personal`.
#![expect(clippy::disallowed_methods, reason = "a benchmark measures real time")]

use std::{error::Error, hint::black_box, time::Instant};

use linli_insight::text::personal::{Finder, Marks, mask};

const ROUNDS: u32 = 20_000;

fn main() -> Result<(), Box<dyn Error>> {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../packs/cn/personal.toml");
    let text = std::fs::read_to_string(file)?;
    let finder = Finder::new(&Marks::parse(file, &text)?)?;
    // The pack's own words: nothing but what announces, surnames and numerals, which no letter outdoes.
    let dense: String = text.chars().filter(|c| !c.is_ascii()).take(300).collect();
    let plain = "\u{697c}\u{9053}\u{91cc}\u{7684}\u{706f}\u{574f}\u{4e86}\u{4e24}\u{5468}\u{ff0c}".repeat(30);
    let digits = "1 3 8 1 2 3 4 5 6 7 ".repeat(15);
    let number = " 138-1234-5678, 0731-88881234, 11010519491231002X ";
    let usual = format!("{}{number}{}", &plain[..450], &plain[..300]);

    for (name, letter) in [("usual", &usual), ("plain", &plain), ("dense", &dense), ("digits only", &digits)] {
        measure(&format!("find, {name}"), letter, |letter| finder.find(letter).len());
    }
    let found = finder.find(&usual);
    measure("mask, usual", &usual, |letter| mask(letter, &found, |_| "***").len());
    let long = usual.repeat(1_000);
    let begun = Instant::now();
    black_box(finder.find(black_box(&long)));
    println!("{:<24} {:>9.2} us", "find, of 1,000 together", begun.elapsed().as_secs_f64() * 1e3);
    Ok(())
}

fn measure(name: &str, letter: &str, work: impl Fn(&str) -> usize) {
    let begun = Instant::now();
    for _ in 0..ROUNDS {
        black_box(work(black_box(letter)));
    }
    println!("{name:<24} {:>9.2} us", begun.elapsed().as_secs_f64() * 1e6 / f64::from(ROUNDS));
}
