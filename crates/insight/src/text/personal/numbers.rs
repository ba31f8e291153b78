//! Numbers of people: telephones, identity numbers, bank cards.

use super::{
    Kind,
    letter::{Announced, Guess, Letter},
    marks::Mark,
    shapes,
};

/// The longest number with everything before it.
const LONGEST: usize = 21;

/// Digits that stand together, all in figures or all in numerals.
struct Group {
    from: usize,
    to: usize,
    /// What announces it, itself or over the numbers before it.
    mark: Option<Mark>,
    /// Whether it may go on with the number before it.
    linked: bool,
}

/// Groups read as one number.
struct Number<'n> {
    digits: &'n [u8],
    groups: &'n [Group],
    /// No digits stand so near that they could belong to it as well.
    whole: bool,
    /// Where the letter ends that stands for a check digit of ten, if it follows.
    x: Option<usize>,
    /// Divided by points, as figures are.
    points: bool,
}

/// All digits of a letter.
pub(super) struct Numbers {
    groups: Vec<Group>,
    /// The value of each character that is a digit.
    values: Vec<u8>,
}

impl Numbers {
    pub fn read(letter: &Letter) -> Self {
        let (groups, values) = groups(letter);
        Self { groups, values }
    }

    /// Every number that may be personal. An unusual division of one is believed only of a `whole` row of digits.
    pub fn find(&self, letter: &Letter, whole: bool, guesses: &mut Vec<Guess>) {
        let mut digits = Vec::with_capacity(LONGEST);
        for (first, begin) in self.groups.iter().enumerate() {
            digits.clear();
            let mut points = false;
            for (last, group) in self.groups.iter().enumerate().skip(first) {
                if last > first && !group.linked || digits.len() + group.len() > LONGEST {
                    break;
                }
                if last > first {
                    points |= letter.chars[self.groups[last - 1].to..group.from].contains(&'.');
                }
                digits.extend_from_slice(&self.values[group.from..group.to]);
                let alone = || !begin.linked && self.groups.get(last + 1).is_none_or(|next| !next.linked);
                let groups = &self.groups[first..=last];
                let x = letter.x_after(group.to);
                let number = Number { digits: &digits, groups, whole: whole && alone(), x, points };
                guesses.extend(number.judge().map(|(kind, sure)| number.guess(letter, kind, sure)));
            }
        }
    }

    /// Takes out what belongs to something else; what stood beside it stands alone now.
    pub fn without(&mut self, found: &[Guess]) {
        let mut cut = false;
        self.groups.retain_mut(|group| {
            let next = found.partition_point(|f| f.to <= group.from);
            let taken = found.get(next).is_some_and(|f| f.from < group.to);
            group.linked &= !cut;
            cut = taken;
            !taken
        });
    }
}

/// What follows a number of an office in a list is one too.
pub(super) fn join_offices(letter: &Letter, guesses: &mut [Guess]) {
    for at in 1..guesses.len() {
        let (before, this) = (guesses[at - 1], &mut guesses[at]);
        if before.kind.is_none() && this.kind == Some(Kind::Landline) && letter.reaches(before.to, this.from) {
            this.kind = None;
        }
    }
}

/// All groups of digits, and the value of each character that is a digit.
fn groups(letter: &Letter) -> (Vec<Group>, Vec<u8>) {
    let mut groups: Vec<Group> = Vec::new();
    let mut values = vec![0; letter.chars.len()];
    let mut announced = letter.announced.iter().peekable();
    let mut nearest: Option<&Announced> = None;
    let mut from = 0;
    while let Some(c) = letter.at(from) {
        let figures = c.is_ascii_digit();
        let mut to = from;
        while let Some(value) =
            letter.at(to).filter(|c| c.is_ascii_digit() == figures).and_then(|c| letter.table.digit(c))
        {
            values[to] = value;
            to += 1;
        }
        if to == from {
            from += 1;
            continue;
        }
        while let Some(next) = announced.next_if(|a| a.to <= from) {
            nearest = Some(next);
        }
        let own = nearest.filter(|a| letter.reaches(a.to, from)).map(|a| a.mark);
        let before = groups.last();
        let listed = before.filter(|b| b.mark != Some(Mark::Public) && letter.reaches(b.to, from));
        let mark = own.or_else(|| listed.and_then(|b| b.mark));
        let linked = before.is_some_and(|b| letter.linked(b.to, from));
        let cut = from + glued(&values[from..to], mark);
        groups.push(Group { from, to: cut, mark, linked });
        from = cut;
    }
    (groups, values)
}

/// Where a row of digits is really two, written without a space between: a number and a date, or two numbers.
fn glued(digits: &[u8], mark: Option<Mark>) -> usize {
    if digits.len() > 18 && shapes::is_identity(&digits[..18]) && !shapes::is_bank_card(digits) {
        return 18;
    }
    if digits.len() > 11 && shapes::is_mobile(&digits[..11]) {
        let rest = &digits[11..];
        let follows = matches!(rest, [1, 9, _, _, ..] | [2, 0, _, _, ..]) && rest.len() <= 8
            || rest.len() >= 11 && shapes::is_mobile(&rest[..11]);
        if mark.is_some() || follows {
            return 11;
        }
    }
    if let Some(rest) = digits.len().checked_sub(11)
        && mark == Some(Mark::Phone)
        && shapes::is_local(&digits[..rest])
        && shapes::is_mobile(&digits[rest..])
    {
        return rest;
    }
    digits.len()
}

impl Number<'_> {
    /// What the number is, and how sure that is.
    fn judge(&self) -> Option<(Option<Kind>, u8)> {
        let n = self.digits;
        let mark = self.groups[0].mark;
        if shapes::is_service(n) && self.groups.len() <= 4 {
            return Some((None, 7));
        }
        if self.is_identity(mark) {
            return Some((Some(Kind::Identity), 9));
        }
        if self.is_mobile() {
            return Some((Some(Kind::Phone), 8));
        }
        if self.is_card(mark) {
            return Some((Some(Kind::BankCard), 7));
        }
        if let Some(code) = shapes::area_code(n)
            && (mark.is_some() || self.plain(4) && (self.groups.len() == 1 || self.groups[0].len() == code))
        {
            return Some(((mark != Some(Mark::Public)).then_some(Kind::Landline), 6));
        }
        match mark? {
            Mark::Phone if shapes::is_local(n) => Some((Some(Kind::Landline), 4)),
            Mark::Account if (6..=11).contains(&n.len()) => Some((Some(Kind::Account), 5)),
            _ => None,
        }
    }

    /// Written in few pieces, or each digit for itself.
    fn plain(&self, most: usize) -> bool {
        let apart = || self.whole && self.groups.iter().all(|g| g.len() == 1);
        !self.points && self.groups.len() <= most || apart()
    }

    /// A number that is announced may have a slip of the pen in it and still not be shown.
    fn is_identity(&self, mark: Option<Mark>) -> bool {
        let announced = mark == Some(Mark::Identity);
        match self.digits.len() {
            17 if self.x.is_some() => {
                let mut all = [10; 18];
                all[..17].copy_from_slice(self.digits);
                announced || self.plain(6) && shapes::is_identity(&all)
            }
            18 => announced || self.plain(6) && shapes::is_identity(self.digits),
            15 => announced || self.groups.len() == 1 && shapes::is_old_identity(self.digits),
            _ => false,
        }
    }

    fn is_mobile(&self) -> bool {
        let own = match self.digits {
            [0, 0, 8, 6, own @ ..] | [8, 6, own @ ..] | [0, own @ ..] => own,
            own => own,
        };
        if !shapes::is_mobile(own) {
            return false;
        }
        let pieces: Vec<usize> = self.groups.iter().map(Group::len).collect();
        let usual = matches!(pieces.as_slice(), [.., 3, 4, 4] | [.., 3, 8] | [.., 7, 4] | [_]);
        self.groups[0].mark.is_some() || usual || self.whole && self.plain(4)
    }

    fn is_card(&self, mark: Option<Mark>) -> bool {
        if mark == Some(Mark::Bank) && (12..=19).contains(&self.digits.len()) {
            return true;
        }
        let fours = self.groups.iter().rev().skip(1).all(|g| g.len() == 4);
        (fours && !self.points || self.plain(1)) && shapes::is_bank_card(self.digits)
    }

    fn guess(&self, letter: &Letter, kind: Option<Kind>, sure: u8) -> Guess {
        let (from, to) = (self.groups[0].from, self.groups[self.groups.len() - 1].to);
        let x = self.x.filter(|_| kind == Some(Kind::Identity) && self.digits.len() == 17);
        let plus = kind == Some(Kind::Phone) && letter.before(from) == Some('+');
        Guess { kind, sure, from: from - usize::from(plus), to: x.unwrap_or(to) }
    }
}

impl Group {
    fn len(&self) -> usize {
        self.to - self.from
    }
}
