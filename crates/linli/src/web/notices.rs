//! Lists of what somebody was told and the times of day in their choices: the same for staff and residents.

use linli_engine::{
    ids::NoticeId,
    limits,
    notices::{Choice, Quiet, Told},
};
use linli_worktime::Millis;

use super::{Page, forms::Sent, times::Spoken};

/// What was told of one case, newest first.
pub struct Group {
    /// The title of the case.
    pub title: String,
    /// Its number.
    pub number: String,
    /// Where it is.
    pub url: String,
    /// The case (or the answer at hand), as a form sends it.
    pub case: String,
    /// Whether something of it is unread.
    pub unread: bool,
    /// What was told.
    pub lines: Vec<Line>,
}

/// One thing that was told.
pub struct Line {
    /// In words.
    pub words: String,
    /// How often, and when last.
    pub times: u32,
    /// When it happened last.
    pub at: Spoken,
    /// Whether it is unread.
    pub unread: bool,
    /// Whether the case is urgent.
    pub urgent: bool,
    /// Whether it came with the day's others.
    pub daily: bool,
}

impl Line {
    /// How often, in words.
    pub fn often(&self, page: &Page) -> String {
        page.n("notices-times", self.times)
    }
}

/// A page of what was told, by case; the case with the newest first.
pub fn groups(
    page: &Page,
    told: &[Told],
    words: impl Fn(&Page, &Told) -> String,
    url: impl Fn(&Told) -> String,
) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for one in told {
        let case = match &one.answer {
            Some(answer) => format!("answer/{answer}"),
            None => format!("{}/{}", one.case.jurisdiction, one.case.id),
        };
        let at = groups.iter().position(|group| group.case == case).unwrap_or_else(|| {
            let (title, number) = (one.title.clone(), one.number.clone());
            groups.push(Group { title, number, url: url(one), case, unread: false, lines: Vec::new() });
            groups.len() - 1
        });
        let unread = one.read_at.is_none();
        let group = &mut groups[at];
        group.unread |= unread;
        let (urgent, daily, words) = (one.urgent, one.daily, words(page, one));
        // The same again is one line.
        if let Some(line) = group.lines.iter_mut().find(|line| line.words == words && line.unread == unread) {
            line.times += 1;
            continue;
        }
        group.lines.push(Line { words, times: 1, at: page.time(&one.at), unread, urgent, daily });
    }
    groups
}

/// Where the next page begins, as it stands in an address; none on the last one.
pub fn next(told: &[Told]) -> Option<String> {
    let last = told.last().filter(|_| told.len() == limits::PAGE)?;
    Some(format!("{}.{}", last.show_at.0, last.id))
}

/// Reads it.
pub fn before(text: &str) -> Option<(Millis, NoticeId)> {
    let (at, id) = text.split_once('.')?;
    Some((Millis(at.parse().ok()?), id.parse().ok()?))
}

/// How much is unread, in words.
pub fn count(page: &Page, unread: usize) -> String {
    match unread {
        limits::UNREAD.. => page.t("notices-many"),
        _ => page.n("notices-count", i64::try_from(unread).unwrap_or(i64::MAX)),
    }
}

/// A minute of the day as a clock shows it.
pub fn clock(minute: u16) -> String {
    format!("{:02}:{:02}", minute / 60, minute % 60)
}

/// Reads it; `21:00` or `21:00:00`, with a narrow or a wide colon.
pub fn minute(text: &str) -> Option<u16> {
    let text = text.replace('\u{ff1a}', ":");
    let mut parts = text.split(':').map(|part| part.trim().parse::<u16>().ok());
    let (hours, minutes) = (parts.next()??, parts.next()??);
    (hours < 24 && minutes < 60).then_some(hours * 60 + minutes)
}

/// Takes the quiet hours of a form over into a choice; the name of the first field that is no time of day.
///
/// # Errors
/// That name.
pub fn take_quiet(sent: &Sent, choice: &mut Choice) -> Result<(), &'static str> {
    let read = |name: &'static str| minute(sent.text(name)).ok_or(name);
    choice.quiet = Quiet { from: read("quiet_from")?, until: read("quiet_until")? };
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_minute_reads_as_it_is_shown(of_day in 0..1440_u16) {
            prop_assert_eq!(minute(&clock(of_day)), Some(of_day));
            prop_assert_eq!(minute(&clock(of_day).replace(':', "\u{ff1a}")), Some(of_day));
        }

        #[test]
        fn no_other_text_is_a_time(text in ".{0,8}") {
            prop_assert!(minute(&text).is_none_or(|m| m < 1440));
        }
    }
}
