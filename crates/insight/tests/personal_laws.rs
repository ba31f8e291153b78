//! What holds for every letter.

mod common;

use common::{FINDER, found, masked};
use linli_insight::text::personal::{Kind, partial};
use proptest::{collection::vec, prelude::*, sample::select};

/// Everything that the finder looks at, in any order.
fn soup() -> impl Strategy<Value = String> {
    let pieces = vec![
        "我叫",
        "我是",
        "本人",
        "姓名：",
        "投诉人",
        "村民：",
        "此致敬礼",
        "电话",
        "身份证号",
        "账号",
        "微信",
        "QQ",
        "车牌",
        "护照",
        "热线",
        "被举报人",
        "王",
        "欧阳",
        "建国",
        "四",
        "男",
        "家",
        "村",
        "高中",
        "的",
        "在",
        "、",
        "，",
        "。",
        "：",
        " ",
        "\n",
        "-",
        ".",
        "（",
        "@",
        "qq.com",
        "abc_12",
        "沪A",
        "12345",
        "D",
        "E12345678",
        "138",
        "1234",
        "5678",
        "13812345678",
        "0731",
        "2335799",
        "400",
        "11010519491231002X",
        "6222022608001789278",
        "20191126",
        "2019年",
        "一三八",
        "幺",
        "１２",
        "+86",
        "x",
        "［",
        "tel",
        "\u{1f600}",
        "e\u{301}",
    ];
    vec(prop_oneof![8 => select(pieces).prop_map(str::to_owned), 1 => any::<char>().prop_map(String::from)], 0..24)
        .prop_map(|pieces| pieces.concat())
}

/// A letter that says nothing of a number.
fn prose() -> impl Strategy<Value = String> {
    vec(
        select(vec![
            "楼道的灯",
            "坏了",
            "，",
            "。",
            "物业",
            "不管",
            "请尽快",
            "噪音",
            "（夜里）",
            "A区",
            "很吵",
            "小王",
            "\n",
            "ok",
        ]),
        0..12,
    )
    .prop_map(|words| words.concat())
}

fn digits(count: usize) -> impl Strategy<Value = String> {
    vec(0..10_u8, count).prop_map(|d| d.into_iter().map(|d| char::from(b'0' + d)).collect())
}

fn mobile() -> impl Strategy<Value = String> {
    (3..10_u8, digits(9)).prop_map(|(second, rest)| format!("1{second}{rest}"))
}

fn check(first: &str) -> char {
    let weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let sum: usize = first.bytes().zip(weights).map(|(d, w)| usize::from(d - b'0') * w).sum();
    char::from(b"10X98765432"[sum % 11])
}

fn identity() -> impl Strategy<Value = String> {
    let region = select(vec!["110105", "310101", "440305", "650102"]);
    (region, 1900..2030_u32, 1..13_u32, 1..29_u32, digits(3)).prop_map(|(region, year, month, day, order)| {
        let first = format!("{region}{year}{month:02}{day:02}{order}");
        let check = check(&first);
        first + &check.to_string()
    })
}

fn card() -> impl Strategy<Value = String> {
    digits(16).prop_map(|rest| {
        let first = format!("62{rest}");
        let sum: u32 = first
            .bytes()
            .rev()
            .enumerate()
            .map(|(n, d)| {
                let d = u32::from(d - b'0');
                if n % 2 == 0 { d * 2 / 10 + d * 2 % 10 } else { d }
            })
            .sum();
        format!("{first}{}", (10 - sum % 10) % 10)
    })
}

/// How a row of digits is written: in which characters, and with what between which.
fn written(number: String, separators: Vec<&'static str>, style: u8) -> String {
    let numerals: Vec<char> = "零一二三四五六七八九".chars().collect();
    let mut text = String::new();
    for (n, c) in number.chars().enumerate() {
        text.push_str(if n > 0 { separators.get(n).copied().unwrap_or("") } else { "" });
        text.push(match (style, c.to_digit(10)) {
            (1, Some(d)) => char::from_u32('０' as u32 + d).expect("a digit"),
            (2, Some(d)) => numerals[d as usize],
            _ => c,
        });
    }
    text
}

fn separators() -> impl Strategy<Value = Vec<&'static str>> {
    vec(select(vec!["", "", "", " ", "-", "—", "·", " - ", "　", ".", "("]), 20)
}

/// The digits of a text, whatever they are written in; anything else but what may stand between them is `#`.
fn plain(text: &str) -> String {
    text.chars()
        .filter(|c| !" -—·　.()".contains(*c))
        .map(|c| match c {
            '０'..='９' => char::from_u32(c as u32 - '０' as u32 + '0' as u32).expect("a digit"),
            '0'..='9' => c,
            _ => "零一二三四五六七八九".chars().position(|n| n == c).map_or('#', |n| char::from(b'0' + n as u8)),
        })
        .collect()
}

fn nothing_left(text: &str, number: &str) -> Result<(), TestCaseError> {
    let left = plain(&masked(text));
    let digits: Vec<char> = number.chars().collect();
    for part in digits.windows(4).map(|w| w.iter().collect::<String>()) {
        prop_assert!(!left.contains(&part), "{part} of {number} is left of {text}");
    }
    Ok(())
}

fn in_order(text: &str) -> Result<(), TestCaseError> {
    let mut done = 0;
    for one in FINDER.find(text) {
        prop_assert!(done <= one.range.start && one.range.start < one.range.end);
        prop_assert!(text.get(one.range.clone()).is_some(), "{one:?} cuts a character");
        let short = partial(one.kind, &text[one.range.clone()]);
        prop_assert!(short.contains('*') && short != text[one.range.clone()], "{short}");
        done = one.range.end;
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn any_text_is_read(text in any::<String>(), bytes in vec(any::<u8>(), 0..200)) {
        in_order(&text)?;
        in_order(&String::from_utf8_lossy(&bytes))?;
    }

    #[test]
    fn any_mixture_is_read_in_order(text in soup()) {
        in_order(&text)?;
    }

    /// Of an address that is longer than any, no end is left that reads as an account.
    #[test]
    fn a_long_address_is_hidden_whole(before in "(05b.)?(@qq\\.|qq)", long in "[0-9]{5,90}", domain in "[0-9a-z]{1,80}", after in "(c48m)?\n?") {
        let text = format!("{before}{long}@qq.{domain}{after}");
        let once = masked(&text);
        prop_assert_eq!(masked(&once), once, "{}", text);
    }

    #[test]
    fn masking_twice_is_masking_once(text in soup()) {
        let once = masked(&text);
        prop_assert_eq!(masked(&once), once, "{}", text);
    }

    #[test]
    fn an_announced_number_is_hidden_however_it_is_written(
        before in prose(), number in mobile(), between in separators(), style in 0..3_u8, after in prose(),
    ) {
        let text = format!("{before}电话：{}，{after}", written(number.clone(), between, style));
        nothing_left(&text, &number)?;
    }

    #[test]
    fn an_announced_identity_number_is_hidden_however_it_is_written(
        before in prose(), number in identity(), between in separators(), style in 0..3_u8, after in prose(),
    ) {
        let text = format!("{before}身份证号{}，{after}", written(number.clone(), between, style));
        nothing_left(&text, number.trim_end_matches('X'))?;
    }

    #[test]
    fn a_telephone_number_is_found_in_any_text(before in soup(), number in mobile(), style in 0..2_u8, grouped in any::<bool>(), after in soup()) {
        let mut between = vec![""; 11];
        if grouped {
            (between[3], between[7]) = ("-", " ");
        }
        let number = written(number, between, style);
        let text = format!("{before}#{number}#{after}");
        prop_assert!(found(&text).contains(&(Kind::Phone, number.as_str())), "{}", text);
    }

    #[test]
    fn an_identity_number_is_found_in_any_text(before in soup(), number in identity(), after in soup()) {
        let text = format!("{before}#{number}#{after}");
        prop_assert!(found(&text).contains(&(Kind::Identity, number.as_str())), "{}", text);
    }

    #[test]
    fn a_bank_card_is_found_in_any_text(before in soup(), number in card(), after in soup()) {
        let text = format!("{before}#{number}#{after}");
        let kinds: Vec<_> = found(&text).into_iter().filter(|(_, t)| *t == number).map(|(kind, _)| kind).collect();
        prop_assert!(kinds == [Kind::BankCard] || kinds == [Kind::Identity], "{}", text);
    }

    #[test]
    fn a_wrong_check_digit_is_no_identity_number(before in prose(), number in identity(), off in 1..10_u8, after in prose()) {
        let (first, last) = number.split_at(17);
        let wrong = if last == "X" { off } else { (last.as_bytes()[0] - b'0' + off) % 10 };
        let text = format!("{before}#{first}{wrong}#{after}");
        prop_assert!(found(&text).iter().all(|(kind, _)| *kind != Kind::Identity), "{}", text);
    }
}

/// Found by `make fuzz`: of two addresses that run into one another the second was left over, and found the second time.
#[test]
fn addresses_that_run_into_one_another_are_both_hidden() {
    for text in ["投12310021002X-ＪA12%+-.b@qq.X-ＪA12%+-.b@qq.com\n", "a@b.com%c@d.com", "zhang@qq.com-li@163.com"]
    {
        let once = masked(text);
        assert_eq!(masked(&once), once, "{text}");
        assert!(!once.contains("b@qq") && !once.contains("c@d") && !once.contains("li@"), "{once}");
    }
}
