//! What the program takes a letter to be about, in words: how sure it is, and why.

use linli_engine::{
    cases::Head,
    reading::{Because, Guess, Like, Likeness},
};

use super::{Ctx, Page, i18n::text};

/// Cases that are named as a reason; more are counted.
const NAMED: usize = 2;
/// From here on it is "very sure".
const VERY: f32 = 0.9;

/// How sure it is, in words.
pub fn sure(page: &Page, guess: &Guess) -> String {
    match guess.likely {
        Some(likely) => {
            let key = if !guess.sure {
                "guess-unsure"
            } else if likely >= VERY {
                "guess-very-sure"
            } else {
                "guess-sure"
            };
            page.t1(key, "n", hundredths(likely))
        }
        None => page.t(if guess.because == Because::Nothing { "guess-nothing" } else { "guess-by-words" }),
    }
}

/// Why it is taken for that; empty where there is no reason.
pub fn why(ctx: &Ctx, page: &Page, guess: &Guess) -> String {
    let joined = |words: &[String]| words.join(&ctx.t("guess-and"));
    match &guess.because {
        Because::Words(words) | Because::Keywords(words) if !words.is_empty() => {
            page.t1("guess-because", "words", joined(words))
        }
        Because::Cases(cases) => {
            let n = i64::try_from(cases.len()).unwrap_or(i64::MAX);
            text(page.lang(), "guess-because-cases", &[("n", n.into())])
        }
        _ => String::new(),
    }
}

/// A share of one as a whole number of hundredths; never a hundred, for nothing is certain.
pub fn hundredths(share: f32) -> String {
    format!("{:.0}", (share * 100.0).min(99.0))
}

/// What another case is to this one, in words. Whether the same person wrote both is said to those only who sort letters.
pub fn likeness(page: &Page, like: &Like, sorts: bool) -> String {
    page.t(match like.kind {
        Likeness::SamePerson if sorts => "guess-same-person",
        Likeness::SamePerson | Likeness::SameMatter => "guess-same-matter",
        Likeness::SameEvent => "guess-same-event",
    })
}

/// The cases that people decided alike, as far as a reader may see them.
pub fn named(cases: &[(Like, Head)], sees: impl Fn(&Head) -> bool) -> Vec<&Head> {
    cases.iter().map(|(_, head)| head).filter(|head| sees(head)).take(NAMED).collect()
}
