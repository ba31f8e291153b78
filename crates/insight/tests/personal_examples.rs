//! What is found in plain sentences, and what is not.

mod common;

use common::{FINDER, found, masked};
use linli_insight::text::personal::{Kind, Marks, partial};

use Kind::{Account, BankCard, Email, Identity, Landline, Name, Passport, Phone, Plate};

#[test]
fn personal_data_is_found() {
    let table: &[(&str, &[(Kind, &str)])] = &[
        (
            "我叫王建国，电话138 1234 5678，身份证11010519491231002X，车牌沪A12345，住在3号楼502",
            &[(Name, "王建国"), (Phone, "138 1234 5678"), (Identity, "11010519491231002X"), (Plate, "沪A12345")],
        ),
        ("我是李四，我要反映噪音", &[(Name, "李四")]),
        ("本人欧阳潇玥，于2005年购房", &[(Name, "欧阳潇玥")]),
        ("姓名：\n王小二\n手机：\n１３８１２３４５６７８", &[(Name, "王小二"), (Phone, "１３８１２３４５６７８")]),
        ("投诉人：宁平根、伍琼娟2015年4月", &[(Name, "宁平根"), (Name, "伍琼娟")]),
        ("我叫石永家住城东", &[(Name, "石永家")]),
        ("请回电。周灵芝 139-1506-1729", &[(Name, "周灵芝"), (Phone, "139-1506-1729")]),
        ("谢谢！村民：吴飞刚（电话：13912345678）", &[(Name, "吴飞刚"), (Phone, "13912345678")]),
        ("打一三八一二三四五六七八找我", &[(Phone, "一三八一二三四五六七八")]),
        ("幺三八 幺二三四 五六七八", &[(Phone, "幺三八 幺二三四 五六七八")]),
        ("周一13812345678都行", &[(Phone, "13812345678")]),
        ("请打+86 138-1234-5678", &[(Phone, "+86 138-1234-5678")]),
        ("联系电话138123456782014年5月30日", &[(Phone, "13812345678")]),
        ("敬上138123456782014年5月30日", &[(Phone, "13812345678")]),
        ("家里电话021-6888 1234", &[(Landline, "021-6888 1234")]),
        ("(0731)88881234", &[(Landline, "0731)88881234")]),
        ("电话 2335799、2317722", &[(Landline, "2335799"), (Landline, "2317722")]),
        ("身份证号110105194912310021", &[(Identity, "110105194912310021")]),
        ("老证130503670401001", &[(Identity, "130503670401001")]),
        ("身份证 11010519491231002 X", &[(Identity, "11010519491231002 X")]),
        ("110105 19491231 002x", &[(Identity, "110105 19491231 002x")]),
        ("退到6222 0226 0800 1789 278", &[(BankCard, "6222 0226 0800 1789 278")]),
        ("账号：4392250012345", &[(BankCard, "4392250012345")]),
        ("新能源车沪AD12345和粤B·12345D", &[(Plate, "沪AD12345"), (Plate, "粤B·12345D")]),
        ("在新沪A12345的车", &[(Plate, "沪A12345")]),
        ("车牌：苏E2G81C", &[(Plate, "苏E2G81C")]),
        ("豫a1234警的车", &[(Plate, "豫a1234警")]),
        ("车牌号：A3F52P", &[(Plate, "A3F52P")]),
        ("邮箱ｗang.j@163.com。", &[(Email, "ｗang.j@163.com")]),
        ("qq邮箱12345678@qq.com", &[(Email, "12345678@qq.com")]),
        ("加我微信wang_jg88", &[(Account, "wang_jg88")]),
        ("微信号：wangjianguo", &[(Account, "wangjianguo")]),
        ("QQ:30748522", &[(Account, "30748522")]),
        ("微信同号13812345678", &[(Phone, "13812345678")]),
        ("护照号E12345678", &[(Passport, "E12345678")]),
        ("My name is 王芳, call me at 13812345678", &[(Name, "王芳"), (Phone, "13812345678")]),
    ];
    for (text, expected) in table {
        assert_eq!(&found(text), expected, "{text}");
    }
}

#[test]
fn what_is_not_personal_is_left_alone() {
    let table = [
        "我是业主",
        "我是三号楼的",
        "我是高三学生",
        "我是金茂府业主",
        "我是张家村的村民",
        "我是常德人，在外打工",
        "本人和小区众多业主",
        "本人于2019年4月买房",
        "业主高度重视，业主应有的权利",
        "联系人民群众",
        "我叫护士把盒子给我看",
        "被举报人：王小二",
        "村民王小二占道堆放",
        "工单20261126-000123",
        "2019-11-26 10:20:30 办理",
        "打了12345、110和95598，都说不归他们管",
        "服务热线400-820-8820",
        "电话400-820-8820",
        "咨询电话：0914-2335799，2317722",
        "咨询电话：0914-2313322/0914-2320061",
        "补偿13800000元，面积1380.12平方米",
        "GB14886-2016，新GB50500-2013",
        "许可证C6110002010126120101007",
        "信用代码91611024L1520589600",
        "统一编号201506010-2，批号2015122",
        "二〇一八年三月一日，一九四七七零五",
        "通过微信公众号、微信小程序APP和QQ群反映",
        "微信公众号（jybzzzx）",
        "A3区火炬路12号3栋502室",
        "15 20 35 40 18 22 19 31 13 81 23",
        "hotel 2335799",
    ];
    for text in table {
        assert_eq!(found(text), [], "{text}");
    }
}

#[test]
fn a_masked_letter_keeps_everything_else() {
    assert_eq!(
        masked("我叫王建国，电话138 1234 5678，住3号楼502，楼道灯坏了。"),
        "我叫［姓名已隐去］，电话［电话已隐去］，住3号楼502，楼道灯坏了。"
    );
}

#[test]
fn the_short_form_is_the_usual_one() {
    let table = [
        (Phone, "138 1234 5678", "138****5678"),
        (Phone, "+86１３８１２３４５６７８", "138****5678"),
        (Phone, "一三八一二三四五六七八", "一三八****五六七八"),
        (Landline, "021-6888 1234", "021****1234"),
        (Landline, "2335799", "***5799"),
        (Identity, "11010519491231002X", "1101**********002X"),
        (BankCard, "6222 0226 0800 1789 278", "***************9278"),
        (Plate, "沪A·12345", "沪A***45"),
        (Name, "王建国", "王**"),
        (Email, "wang@163.com", "w***@163.com"),
        (Account, "wang_jg88", "w*****88"),
        (Passport, "E12345678", "E******78"),
        (Phone, "12", "**"),
        (Name, "", ""),
    ];
    for (kind, value, short) in table {
        assert_eq!(partial(kind, value), short, "{value}");
    }
}

#[test]
fn unsound_marks_are_refused_with_their_line() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../packs/cn/personal.toml");
    let text = std::fs::read_to_string(file).expect("the pack's marks");
    let line_of = |what: &str| text.lines().position(|l| l.starts_with(what)).expect("a line") + 1;
    let refuse = |from: &str, to: &str| Marks::parse("m.toml", &text.replacen(from, to, 1)).expect_err("refused");

    let long = refuse("欧阳 ", "欧阳修文 ");
    assert_eq!(
        (long.line, long.reason.as_str()),
        (line_of("surnames"), "a surname has 1 to 2 characters, `欧阳修文` has not")
    );
    assert_eq!(refuse("separators", "seperators").file, "m.toml");
    assert_eq!(refuse("[\"零〇○\", ", "[").line, line_of("digits"));
    assert!(refuse("\"电话\"", "\"\"").to_string().contains("an empty word"));
    assert!(!FINDER.find("电话13812345678").is_empty());
}
