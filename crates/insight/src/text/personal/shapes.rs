//! What numbers look like: pure questions about a row of digits.

/// A mobile number of eleven digits.
pub(super) fn is_mobile(digits: &[u8]) -> bool {
    matches!(digits, [1, 3..=9, ..]) && digits.len() == 11
}

/// How many digits of a landline number are its area code, if it is one.
pub(super) fn area_code(digits: &[u8]) -> Option<usize> {
    let (code, local) = match digits {
        [0, 1, 0, ..] | [0, 2, ..] => (3, 8..=8),
        [0, 3..=9, 1..=9, ..] => (4, 7..=8),
        _ => return None,
    };
    let rest = digits.get(code..)?;
    (local.contains(&rest.len()) && is_local(rest)).then_some(code)
}

/// A landline number without its area code.
pub(super) fn is_local(digits: &[u8]) -> bool {
    matches!(digits, [2..=8, ..]) && (7..=8).contains(&digits.len()) && !is_day(digits)
}

/// A number that everybody may call: 400 and 800.
pub(super) fn is_service(digits: &[u8]) -> bool {
    matches!(digits, [4 | 8, 0, 0, ..]) && digits.len() == 10
}

/// A day written as eight digits, of 1900 to 2099.
pub(super) fn is_day(digits: &[u8]) -> bool {
    digits.len() == 8 && is_date(value(&digits[..4]), value(&digits[4..6]), value(&digits[6..]))
}

/// An identity number of eighteen digits, the last of which may be 10 (GB 11643): place, birthday, check digit.
pub(super) fn is_identity(digits: &[u8]) -> bool {
    // ISO 7064, MOD 11-2.
    let check = || {
        digits
            .iter()
            .rev()
            .fold((0_u32, 1_u32), |(sum, weight), d| ((sum + u32::from(*d) * weight) % 11, weight * 2 % 11))
    };
    digits.len() == 18
        && is_region(digits)
        && is_day(&digits[6..14])
        && digits[..17].iter().all(|d| *d < 10)
        && check().0 == 1
}

/// An identity number of fifteen digits, as given out until 1999.
pub(super) fn is_old_identity(digits: &[u8]) -> bool {
    digits.len() == 15
        && is_region(digits)
        && is_date(1900 + value(&digits[6..8]), value(&digits[8..10]), value(&digits[10..12]))
}

/// The check digit of bank cards (Luhn) over the usual beginnings and lengths.
pub(super) fn is_bank_card(digits: &[u8]) -> bool {
    let issuer = match digits {
        [6, 2, ..] => (16..=19).contains(&digits.len()),
        [4, ..] | [5, 1..=5, ..] | [3, 5, ..] | [6, 0, ..] | [9, ..] => digits.len() == 16 || digits.len() == 19,
        _ => false,
    };
    let sum = || -> u32 {
        let doubled = |d: u8| u32::from(d) * 2 / 10 + u32::from(d) * 2 % 10;
        digits.iter().rev().enumerate().map(|(n, d)| if n % 2 == 0 { u32::from(*d) } else { doubled(*d) }).sum()
    };
    issuer && sum().is_multiple_of(10)
}

/// The first two digits name a province.
fn is_region(digits: &[u8]) -> bool {
    matches!(value(&digits[..2]), 11..=15 | 21..=23 | 31..=37 | 41..=46 | 50..=54 | 61..=65 | 71 | 81..=83)
}

fn is_date(year: u32, month: u32, day: u32) -> bool {
    let days = match month {
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => 0,
    };
    (1900..2100).contains(&year) && (1..=days).contains(&day)
}

fn value(digits: &[u8]) -> u32 {
    digits.iter().fold(0, |value, d| value * 10 + u32::from(*d))
}
