//! Taking out what was found.

use super::{Found, Kind, table::fold};

/// The text with everything that was found replaced by what `with` says for its kind. `found` is what
/// [`Finder::find`](super::Finder::find) gave for this text.
#[must_use]
pub fn mask<'w>(text: &str, found: &[Found], mut with: impl FnMut(Kind) -> &'w str) -> String {
    let mut masked = String::with_capacity(text.len());
    let mut done = 0;
    for Found { kind, range } in found {
        masked.push_str(text.get(done..range.start).unwrap_or_default());
        masked.push_str(with(*kind));
        done = range.end;
    }
    masked.push_str(text.get(done..).unwrap_or_default());
    masked
}

/// The usual short form of something found, for the person whose it is: `138****5678`. What stands between the
/// characters of a number falls away; what is too short to be half hidden is hidden.
#[must_use]
pub fn partial(kind: Kind, value: &str) -> String {
    if kind == Kind::Email {
        let (name, domain) = value.split_once('@').unwrap_or((value, ""));
        return format!("{}***@{domain}", name.chars().next().unwrap_or('*'));
    }
    let all: Vec<char> = value.chars().map(fold).filter(|c| c.is_alphanumeric()).collect();
    match kind {
        Kind::Phone => keep(&all[all.len().saturating_sub(11)..], 3, 4),
        Kind::Landline if all.len() > 8 => keep(&all, if matches!(all[1], '1' | '2') { 3 } else { 4 }, 4),
        Kind::Identity => keep(&all, 4, 4),
        Kind::Landline | Kind::BankCard => keep(&all, 0, 4),
        Kind::Plate => keep(&all, 2, 2),
        Kind::Name => keep(&all, 1, 0),
        Kind::Account | Kind::Passport => keep(&all, 1, 2),
        Kind::Email => String::new(),
    }
}

fn keep(all: &[char], head: usize, tail: usize) -> String {
    let (head, tail) = if all.len() > head + tail { (head, all.len() - tail) } else { (0, all.len()) };
    all.iter().enumerate().map(|(at, c)| if (head..tail).contains(&at) { '*' } else { *c }).collect()
}
