//! Tables of places, units, accounts, seats and duties through the real router, on both databases: what is read, what is
//! refused and how, that nothing changes before it is said so, and that what goes out comes back the same.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up must stop")]

mod admin_common;

use std::io::Write as _;

use admin_common::{COMMUNITY, GRID, Office, key};
use calamine::Reader as _;
use linli_engine::{db::Tx, record, seats::keep};
use linli_testbed::{Bed, on_both};
use rust_xlsxwriter::{Format, Formula, Workbook, Worksheet};

on_both! {
    a_table_is_checked_shown_and_put_in_once => put_in_once;
    what_goes_out_comes_back_the_same => round_trip;
    all_mistakes_are_listed_and_the_good_rows_go_in_alone => mistakes;
    files_that_cannot_be_read_say_why => unreadable;
    cells_that_excel_spoiled_say_so => spoiled;
    a_change_in_between_is_noticed => moved;
    accounts_and_seats_are_two_administrators => people;
    a_hundred_thousand_rows_are_checked => many;
}

fn book(fill: impl FnOnce(&mut Workbook)) -> Vec<u8> {
    let mut book = Workbook::new();
    fill(&mut book);
    book.save_to_buffer().unwrap()
}

fn rows(sheet: &mut Worksheet, rows: &[&[&str]]) {
    for (r, row) in (0_u32..).zip(rows) {
        for (c, cell) in (0_u16..).zip(*row) {
            sheet.write_string(r, c, *cell).unwrap();
        }
    }
}

fn sheet(name: &str, cells: &[&[&str]]) -> Vec<u8> {
    book(|b| rows(b.add_worksheet().set_name(name).unwrap(), cells))
}

/// Uploads and gives the address of the report.
async fn checked(office: &Office, who: &str, name: &str, bytes: &[u8]) -> (String, String) {
    let answer = office.upload(who, "/admin/sheets", &key(), name, bytes).await;
    assert_eq!(answer.status, 303, "{}", answer.body);
    let page = office.get(who, &answer.location).await;
    assert_eq!(page.status, 200);
    assert!(!page.body.contains('\u{27e8}'), "a text is missing");
    (answer.location, page.body)
}

async fn apply(office: &Office, who: &str, at: &str) -> admin_common::Answer {
    office.post(who, &format!("{at}/apply"), &[("key", &key())]).await
}

fn counts(page: &str) -> Vec<String> {
    let parts = page.split("<ul class=\"counts\">").skip(1).map(|p| p.split("</ul>").next().unwrap());
    let numbers = |part: &str| {
        let all: Vec<&str> = part.split("<b>").skip(1).map(|n| n.split("</b>").next().unwrap()).collect();
        all.join(" ")
    };
    parts.map(numbers).collect()
}

async fn changes(office: &Office) -> Vec<record::Change> {
    let home = office.engine.home;
    let read = move |tx: &mut Tx<'_>| record::changes(tx, home, &record::Asked::default(), 500);
    office.engine.db.read(read).await.unwrap()
}

/// A title above the header, columns in another order under other names, children before parents, full-width digits.
async fn put_in_once(bed: Bed) {
    let office = Office::open(&bed).await;
    let before = changes(&office).await.len();
    let bytes = book(|b| {
        let s = b.add_worksheet().set_name("我们的区划").unwrap();
        s.merge_range(0, 0, 0, 3, "云溪街道区划一览表", &Format::new()).unwrap();
        let cells: [&[&str]; 4] = [
            &["区划名称", "区划代码（必填）", "别名", "备注"],
            &["春风里1号楼", "990101001009001001", "春风里1栋、春风1号", "x"],
            &["春风社区第一网格", " ９９０１０１００１００９００１ ", "", ""],
            &["春风社区\u{3000}", "990101001009", "春风", "\u{a0}"],
        ];
        for (r, row) in (2_u32..).zip(cells) {
            for (c, cell) in (0_u16..).zip(row) {
                s.write_string(r, c, *cell).unwrap();
            }
        }
    });
    let (at, page) = checked(&office, "system", "places.xlsx", &bytes).await;
    assert_eq!(counts(&page), ["3 0 0 0"], "{page}");
    assert!(page.contains("备注"), "columns that are not read are named");
    assert!(office.engine.directory().place(&"990101001009".parse().unwrap()).is_none(), "nothing changes yet");
    assert_eq!(apply(&office, "system", &at).await.status, 303);
    let directory = office.engine.directory();
    let building = directory.place(&"990101001009001001".parse().unwrap()).unwrap();
    assert_eq!(building.aliases, ["春风里1栋", "春风1号"]);
    assert_eq!(directory.place(&"990101001009".parse().unwrap()).unwrap().name.zh, "春风社区");
    let recorded = changes(&office).await;
    assert_eq!(recorded.len(), before + 3, "each row is recorded");
    assert!(recorded[..3].iter().all(|c| c.login == "system"));
    // Once more: the same answer, nothing done.
    assert_eq!(apply(&office, "system", &at).await.status, 303);
    assert_eq!(changes(&office).await.len(), before + 3);
    // The same file again changes nothing; another account does not see it.
    let (_, page) = checked(&office, "system", "places.xlsx", &bytes).await;
    assert_eq!(counts(&page), ["0 0 3 0"]);
    assert_eq!(office.get("security", &at).await.status, 404);
    // A file without the column of aliases leaves them as they are.
    let name = sheet("区划", &[&["代码", "名称"], &["990101001009001001", "春风里一号楼"]]);
    let (at, page) = checked(&office, "system", "name.xlsx", &name).await;
    assert_eq!(counts(&page), ["0 1 0 0"]);
    assert!(page.contains("春风里1号楼") && page.contains("春风里一号楼"), "what it was and what it becomes");
    apply(&office, "system", &at).await;
    let directory = office.engine.directory();
    assert_eq!(directory.place(&"990101001009001001".parse().unwrap()).unwrap().aliases.len(), 2);
}

/// No cell of a CSV is one that a spreadsheet would work out; numbers are numbers.
fn no_formula(csv: &[u8]) {
    for row in csv::Reader::from_reader(csv).records().map(Result::unwrap) {
        for cell in row.iter().filter(|cell| cell.parse::<f64>().is_err()) {
            assert!(
                !cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '\u{ff1d}', '\u{ff0b}', '\u{ff20}']),
                "{row:?}"
            );
        }
    }
}

/// No cell of a workbook is one either, and none looks like one when the workbook is saved as CSV.
fn no_formula_in_book(bytes: &[u8]) {
    let mut book: calamine::Xlsx<_> = calamine::Xlsx::new(std::io::Cursor::new(bytes)).unwrap();
    for name in book.sheet_names() {
        assert!(book.worksheet_formula(&name).unwrap().is_empty(), "{name} has formulas");
        let cells = book.worksheet_range(&name).unwrap();
        for (.., cell) in cells.used_cells() {
            if let calamine::Data::String(text) = cell {
                assert!(!text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '\u{ff1d}']), "{name}: {text}");
            }
        }
    }
}

async fn round_trip(bed: Bed) {
    let office = Office::open(&bed).await;
    // Names that a spreadsheet would take for formulas, and what is no more.
    let odd = sheet(
        "Places",
        &[
            &["Code", "Name", "Other names"],
            &["990101001008", "'=1+1", "'@home;'+86"],
            &["990101001007", "-7", "a|b"],
            &["990101001006", "+7", "\u{ff1d}1"],
            &["990101001005", "@SUM(A1)", ""],
        ],
    );
    let (at, _) = checked(&office, "system", "odd.xlsx", &odd).await;
    apply(&office, "system", &at).await;
    let odd = office.engine.directory().place(&"990101001008".parse().unwrap()).cloned().unwrap();
    assert_eq!((odd.name.zh.as_str(), odd.aliases[0].as_str()), ("=1+1", "@home"));
    let duty = [
        ("key", &*key()),
        ("category", "neighbour"),
        ("below", "on"),
        ("place", COMMUNITY),
        ("org", "heyuan"),
        ("part", "lead"),
        ("basis", "=Ours"),
    ];
    assert_eq!(office.post("system", "/admin/duties", &duty).await.status, 303);
    assert_eq!(office.post("system", "/admin/places/990101001007/retire", &[("key", &key())]).await.status, 303);
    assert_eq!(office.post("system", "/admin/orgs/yinling-care/retire", &[("key", &key())]).await.status, 303);
    let before = changes(&office).await.len();
    for (who, tables) in [("system", 4), ("security", 4)] {
        let all = office.get(who, "/admin/sheets/all.xlsx").await;
        no_formula_in_book(&all.bytes);
        let (_, page) = checked(&office, who, "all.xlsx", &all.bytes).await;
        let found = counts(&page);
        assert!(found.iter().all(|c| c.starts_with("0 0 ") && c.ends_with(" 0")), "{who}: {found:?}\n{page}");
        let mine = if who == "system" { tables } else { 1 };
        assert_eq!(found.len(), mine, "{who}");
    }
    no_formula(&office.get("audit", "/admin/record.csv").await.bytes);
    for kind in ["places", "orgs", "accounts", "duties"] {
        let csv = office.get("system", &format!("/admin/sheets/csv/{kind}")).await;
        no_formula(&csv.bytes);
        let (_, page) = checked(&office, "system", "all.csv", &csv.bytes).await;
        let found = counts(&page);
        assert!(
            found.len() == 1 && found[0].starts_with("0 0 ") && found[0].ends_with(" 0"),
            "{kind}: {found:?}\n{page}"
        );
    }
    // Excel in China saves CSV in GB18030.
    let csv = office.get("system", "/admin/sheets/csv/orgs").await;
    let (gb, ..) = encoding_rs::GB18030.encode(csv.body.trim_start_matches('\u{feff}'));
    let (_, page) = checked(&office, "system", "units.csv", &gb).await;
    assert!(counts(&page)[0].starts_with("0 0 ") && counts(&page)[0].ends_with(" 0"), "{page}");
    assert_eq!(changes(&office).await.len(), before);
    // The template holds no row that would go in.
    let template = office.get("system", "/admin/sheets/template.xlsx").await;
    let (_, page) = checked(&office, "system", "template.xlsx", &template.bytes).await;
    assert_eq!(counts(&page), vec!["0 0 0 0"; 4], "{page}");
}

/// 37 mistakes among 60 rows: each is listed with row and column; the 23 others go in.
async fn mistakes(bed: Bed) {
    let office = Office::open(&bed).await;
    let mut cells: Vec<Vec<String>> = vec![["代码", "名称", "经度", "纬度"].map(str::to_owned).into()];
    let row = |code: &str, zh: &str, lon: &str, lat: &str| [code, zh, lon, lat].map(str::to_owned).to_vec();
    for n in 0..23 {
        cells.push(row(&format!("{GRID}{:03}", 500 + n), &format!("好楼{n}"), "", ""));
    }
    for n in 0..37 {
        let code = format!("{GRID}{:03}", 600 + n);
        cells.push(match n % 6 {
            0 => row(&code, "", "", ""),
            1 => row(&code, "名", "119.1", ""),
            2 => row(&format!("{code}7"), "名", "", ""),
            3 => row(&format!("88010100100100{n}"), "名", "", ""),
            4 => row(&format!("{GRID}500"), "重复", "", ""),
            _ => row(&code, "名", "两百", "33"),
        });
    }
    let cells: Vec<Vec<&str>> = cells.iter().map(|r| r.iter().map(String::as_str).collect()).collect();
    let cells: Vec<&[&str]> = cells.iter().map(Vec::as_slice).collect();
    let (at, page) = checked(&office, "system", "m.xlsx", &sheet("区划", &cells)).await;
    assert_eq!(counts(&page), ["23 0 0 37"]);
    let lines = page.split("<th scope=\"row\" class=\"fit\">").skip(1).map(|p| p.split('<').next().unwrap());
    let mut lines: Vec<u32> = lines.map(|l| l.parse().unwrap()).collect();
    lines.dedup();
    assert_eq!(lines, (25..=61).collect::<Vec<u32>>(), "every wrong row is there, in order");
    let before = office.engine.directory().places().count();
    assert_eq!(apply(&office, "system", &at).await.status, 303);
    assert_eq!(office.engine.directory().places().count(), before + 23);
    // The table of problems: mended, it goes in; its column of problems is no hindrance.
    let problems = office.get("system", &format!("{at}/problems.xlsx")).await;
    assert_eq!(problems.status, 200);
    let (_, page) = checked(&office, "system", "problems.xlsx", &problems.bytes).await;
    // Alone, the first of the rows that were there twice is a change of the one that went in.
    assert_eq!(counts(&page), ["0 1 0 36"], "{page}");
}

async fn unreadable(bed: Bed) {
    let office = Office::open(&bed).await;
    let bomb = {
        let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        let how = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Deflated);
        zip.start_file("xl/worksheets/sheet1.xml", how).unwrap();
        let zeros = vec![b' '; 1 << 20];
        (0..130).for_each(|_| zip.write_all(&zeros).unwrap());
        zip.finish().unwrap().into_inner()
    };
    assert!(bomb.len() < 1_000_000);
    let good = sheet("区划", &[&["代码", "名称"], &["990101001005", "x"]]);
    let empty = book(|b| {
        b.add_worksheet();
    });
    let hidden = book(|b| {
        let s = b.add_worksheet().set_name("区划").unwrap();
        rows(s, &[&["代码", "名称"], &["990101001005", "x"]]);
        b.add_worksheet().set_name("封面").unwrap();
        b.worksheet_from_index(1).unwrap().set_active(true);
        b.worksheet_from_index(0).unwrap().set_hidden(true);
    });
    let other = sheet("食堂菜单", &[&["周一", "周二"], &["面", "饭"]]);
    let half = sheet("单位", &[&["短名", "单位名称", "种类"], &["a", "b", "c"]]);
    let twice = sheet("区划", &[&["代码", "名称", "区划代码"], &["990101001005", "x", "990101001006"]]);
    let cases: [(&str, &[u8], &str); 10] = [
        ("nothing.xlsx", b"", "is empty"),
        ("empty.xlsx", &empty, "is empty"),
        ("photo.xlsx", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "neither XLSX nor CSV"),
        ("old.xls", &[0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1], "old XLS format"),
        ("cut.xlsx", &good[..good.len() / 2], "only half of it"),
        ("bomb.xlsx", &bomb, "too large"),
        ("hidden.xlsx", &hidden, "is hidden and was not read"),
        ("menu.xlsx", &other, "食堂菜单"),
        ("half.xlsx", &half, "What it does"),
        ("twice.xlsx", &twice, "twice"),
    ];
    for (name, bytes, words) in cases {
        let answer = office.upload("system", "/admin/sheets", &key(), name, bytes).await;
        // A file without a byte in it is no file.
        let words = if bytes.is_empty() { "is empty" } else { words };
        assert_eq!(answer.status, 422, "{name}");
        assert!(answer.body.contains(words), "{name}: {}", answer.body.split("<main").nth(1).unwrap());
    }
    // A body that breaks off.
    let cut = format!(
        "--cut\r\nContent-Disposition: form-data; name=\"key\"\r\n\r\n{}\r\n--cut\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.xlsx\"\r\n\r\nPK",
        key()
    );
    let answer = office.raw("system", "/admin/sheets", cut.into_bytes()).await;
    assert!(answer.status == 422 || answer.status == 400, "{}", answer.status);
    let none = office
        .raw(
            "system",
            "/admin/sheets",
            format!("--cut\r\nContent-Disposition: form-data; name=\"key\"\r\n\r\n{}\r\n--cut--\r\n", key())
                .into_bytes(),
        )
        .await;
    assert!(none.status == 422 && none.body.contains("Choose a file"));
}

async fn spoiled(bed: Bed) {
    let office = Office::open(&bed).await;
    let bytes = book(|b| {
        let s = b.add_worksheet().set_name("区划").unwrap();
        rows(s, &[&["代码", "名称", "别的叫法"]]);
        // A short code as a number is exact; a long one is not.
        s.write_number(1, 0, 990_101_001_011.0).unwrap();
        s.write_string(1, 1, "数字社区").unwrap();
        s.write_number(2, 0, 990_101_001_011_001_002.0).unwrap();
        s.write_string(2, 1, "丢了尾巴").unwrap();
        s.write_string(3, 0, "9.90101E+17").unwrap();
        s.write_string(3, 1, "也丢了").unwrap();
        // A formula gives its result; one that failed says so.
        s.write_formula(4, 0, Formula::new("=\"9901010010\"&\"12\"").set_result("990101001012")).unwrap();
        s.write_string(4, 1, "公式社区").unwrap();
        s.write_formula(5, 0, Formula::new("=VLOOKUP(1,A:A,9)").set_result("#REF!")).unwrap();
        s.write_string(5, 1, "坏公式").unwrap();
        s.write_string(6, 0, "990101001013").unwrap();
        s.write_string(6, 1, "日期别名").unwrap();
        let day = Format::new().set_num_format("yyyy-mm-dd");
        s.write_number_with_format(6, 2, 46_000.0, &day).unwrap();
        // Names merged over two rows: the second has none.
        s.write_string(7, 0, "990101001014").unwrap();
        s.write_string(8, 0, "990101001015").unwrap();
        s.merge_range(7, 1, 8, 1, "合并", &Format::new()).unwrap();
    });
    let (_, page) = checked(&office, "system", "s.xlsx", &bytes).await;
    assert_eq!(counts(&page), ["3 0 0 5"], "{page}");
    for words in [
        "last digits are lost",
        "The formula in this cell failed",
        "made a date of this cell (2025-12-09)",
        "merged with B8",
    ] {
        assert!(page.contains(words), "{words}: {page}");
    }
    assert!(page.contains("<td class=\"fit\"><span class=\"id\">A</span>"), "the letter of the column");
}

async fn moved(bed: Bed) {
    let office = Office::open(&bed).await;
    let file = sheet(
        "Units",
        &[
            &["Short name", "Unit name", "Kind", "What it does", "Area", "Telephone"],
            &["heyuan", "Heyuan Committee", "community", "community", COMMUNITY, "0512"],
        ],
    );
    let (at, page) = checked(&office, "system", "u.xlsx", &file).await;
    assert_eq!(counts(&page), ["0 1 0 0"], "{page}");
    let form = [
        ("key", &*key()),
        ("zh", "和苑居委会"),
        ("kind", "community"),
        ("function", "community"),
        ("place", COMMUNITY),
    ];
    assert_eq!(office.post("system", "/admin/orgs/heyuan", &form).await.status, 303);
    let answer = apply(&office, "system", &at).await;
    assert_eq!(answer.status, 409);
    assert!(
        answer.body.contains("has changed since the check") && answer.body.contains("和苑居委会"),
        "{}",
        answer.body
    );
    assert_eq!(office.engine.directory().org("heyuan").unwrap().name.zh, "和苑居委会", "nothing was done");
    // Seen again, it goes in.
    assert_eq!(apply(&office, "system", &at).await.status, 303);
    assert_eq!(office.engine.directory().org("heyuan").unwrap().name.zh, "Heyuan Committee");
}

async fn people(bed: Bed) {
    let office = Office::open(&bed).await;
    let file = book(|b| {
        rows(
            b.add_worksheet().set_name("账号").unwrap(),
            &[&["登录名", "姓名"], &["Li.Min", "李敏"], &["wang", "王五"], &["x", "短"]],
        );
        let seats: [&[&str]; 6] = [
            &["登录名", "单位", "角色", "管哪里"],
            &["li.min", "heyuan", "承办人员", COMMUNITY],
            &["wang", "云溪街道办事处", "dispatcher", "990101001"],
            &["security", "yunxi-office", "desk", "990101001"],
            &["system", "yunxi-office", "安全管理员", "990101001"],
            &["nobody", "heyuan", "承办人员", COMMUNITY],
        ];
        rows(b.add_worksheet().set_name("岗位").unwrap(), &seats);
    });
    let (_, page) = checked(&office, "security", "p.xlsx", &file).await;
    assert_eq!(counts(&page), ["0 0 0 5"], "the accounts are not there yet: {page}");
    assert!(
        page.contains("is brought in by another administrator")
            && page.contains("Let the system administrator bring in")
    );
    assert!(page.contains("You cannot grant a seat to yourself") && page.contains("There is no account"));
    let (at, page) = checked(&office, "system", "p.xlsx", &file).await;
    assert_eq!(counts(&page), ["2 0 0 1"], "{page}");
    let told = apply(&office, "system", &at).await;
    assert_eq!(told.status, 200);
    let passwords: Vec<&str> =
        told.body.split("<code class=\"secret\">").skip(1).map(|p| p.split('<').next().unwrap()).collect();
    assert_eq!(passwords.len(), 2);
    assert!(!apply(&office, "system", &at).await.body.contains(passwords[0]), "told once");
    let row = format!("li.min\t{}\t李敏", passwords[0]);
    let table = office.post("system", "/admin/passwords", &[("row", &row)]).await;
    assert!(table.status == 200 && table.bytes.starts_with(b"PK"));
    for change in changes(&office).await {
        let text = format!("{:?}", change.deed);
        assert!(!passwords.iter().any(|p| text.contains(p)) && !text.contains("argon2"), "{text}");
    }
    let (at, page) = checked(&office, "security", "p.xlsx", &file).await;
    assert_eq!(counts(&page), ["2 0 0 3"], "{page}");
    assert_eq!(apply(&office, "security", &at).await.status, 303);
    let (home, now) = (office.engine.home, office.engine.clock.now());
    let read = move |tx: &mut Tx<'_>| {
        let account = keep::by_login(tx, home, &"li.min".parse().unwrap())?.unwrap();
        Ok::<_, linli_engine::db::DbError>((
            account.must_change,
            linli_engine::seats::seats_of(tx, home, account.id, now)?,
        ))
    };
    let (must_change, seats) = office.engine.db.read(read).await.unwrap();
    assert!(must_change && seats.len() == 1 && seats[0].org.as_str() == "heyuan");
}

/// 100,000 rows: checked, and what is wrong among them is found.
async fn many(bed: Bed) {
    let office = Office::open(&bed).await;
    let mut csv = String::from("code,name\n");
    for community in 20..30 {
        csv.push_str(&format!("9901010010{community},C{community}\n"));
        for grid in 1..=20 {
            csv.push_str(&format!("9901010010{community}{grid:03},G{grid}\n"));
            for building in 1..=499 {
                csv.push_str(&format!("9901010010{community}{grid:03}{building:03},B{building}\n"));
            }
        }
    }
    let total = csv.lines().count() - 1;
    assert!(total >= 100_000, "{total}");
    csv.push_str("990101001029020499,again\n");
    let (_, page) = checked(&office, "system", "many.csv", csv.as_bytes()).await;
    assert_eq!(counts(&page), [format!("{total} 0 0 1")]);
    assert!(page.contains("are not listed here"));
    let long = "code,name\n".to_owned() + &"990101001029020499,x\n".repeat(200_001);
    let answer = office.upload("system", "/admin/sheets", &key(), "long.csv", long.as_bytes()).await;
    assert!(
        answer.status == 422 && answer.body.contains("more than 200000 rows") || answer.body.contains("200,000"),
        "{}",
        answer.status
    );
}
