//! The command as a hostile user meets it: files that are not there, folders that collide, inputs that never end, and
//! values in places where nobody looks.

mod support;

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use pii_tests::engine::Run;
use pii_tests::format::Format;

use support::{Folder, engine};

const ID: &str = "440524188001010014";
const MOBILE: &str = "13800138000";
const NAME: &str = "张三";

/// What an input of 240 KB may take, on a slow and busy machine too. Quadratic work takes ten times as long.
const PATIENCE: Duration = Duration::from_secs(5);

fn run<'a>(arguments: impl IntoIterator<Item = &'a str>, input: &[u8]) -> Run {
    engine().run(arguments, input).unwrap_or_else(|error| panic!("{error}"))
}

fn text(path: &Path) -> &str {
    path.to_str().expect("temporary files have plain names")
}

fn holds(bytes: &[u8], value: &str) -> bool {
    bytes.windows(value.len()).any(|window| window == value.as_bytes())
}

fn masked(input: &str, format: &str) -> Vec<u8> {
    let run = run(["mask", "--format", format, "-"], input.as_bytes());
    assert_eq!(run.code, Some(0), "{format}");
    run.stdout
}

/// Every input is masked so that none of the three values is left.
fn assert_hidden(cases: &[(&str, String)]) {
    let left = |(format, input): &&(&str, String)| {
        let output = masked(input, format);
        [ID, MOBILE, NAME].iter().any(|value| holds(&output, value)) || output == input.as_bytes()
    };
    let left: Vec<_> = cases.iter().filter(left).collect();
    assert!(left.is_empty(), "{} inputs keep a value:\n{left:#?}", left.len());
}

#[test]
fn mistakes_have_their_exit_code() {
    let folder = Folder::new();
    let (a, b) = (folder.with("a.txt", "x\n"), folder.with("b.txt", "x\n"));
    let missing = folder.path("none.txt");
    let cases: [(&[&str], i32); 8] = [
        (&["mask", text(&missing)], 3),
        (&["mask", "--format", "bogus", text(&a)], 2),
        (&["mask", text(&a), text(&b)], 2),
        (&["mask", text(folder.root())], 2),
        (&["mask", "--jobs", "0", text(&a)], 2),
        (&["mask", "--report", "/nonexistent/r.json", text(&a)], 2),
        (&["mask", "--format", "json", text(&a)], 3),
        (&["scan", "--fail", text(&a)], 0),
    ];
    for (arguments, code) in cases {
        assert_eq!(run(arguments.iter().copied(), b"").code, Some(code), "{arguments:?}");
    }
}

#[test]
fn empty_inputs_stay_empty() {
    let unframed = |format: &Format| !matches!(format, Format::Xml | Format::Multipart);
    for format in Format::ALL.into_iter().filter(unframed) {
        assert_eq!(masked("", format.name()), b"", "{}", format.name());
    }
}

#[test]
fn a_file_is_replaced_whole_and_never_left_half() {
    let folder = Folder::new();
    let input = folder.with("in.json", &format!("{{\"idNo\":\"{ID}\"}}"));
    let out = folder.with("out.json", "old");
    assert_eq!(run(["mask", "-o", text(&out), text(&input)], b"").code, Some(0));
    let first = fs::read(&out).expect("the output");
    assert!(!holds(&first, ID) && first.starts_with(b"{\"idNo\":"));
    fs::write(&input, format!("{{\"idNo\":\"{ID}\" oops")).expect("a broken input");
    assert_eq!(run(["mask", "-o", text(&out), text(&input)], b"").code, Some(3));
    assert_eq!(fs::read(&out).expect("the output"), first, "a failed run leaves what was there");
    assert_eq!(fs::read_dir(folder.root()).expect("the folder").count(), 2, "and no temporary file");
}

#[test]
fn a_file_may_be_masked_in_its_own_place() {
    let folder = Folder::new();
    let file = folder.with("a.txt", &format!("手机{MOBILE}\n"));
    assert_eq!(run(["mask", "-o", text(&file), text(&file)], b"").code, Some(0));
    assert_eq!(fs::read(&file).expect("the output"), "手机138******00\n".as_bytes());
}

#[test]
fn errors_name_a_place_and_no_value() {
    let broken = [
        ("json", format!("{{\"{ID}\":1,\"{MOBILE}\":{{\"x\":{NAME}}}}}")),
        ("xml", format!("<a><{NAME}>{ID}</{MOBILE}></a>")),
        ("csv", format!("a,b\n\"{ID},{NAME}\n")),
        ("ndjson", format!("{{\"a\":1}}\n{{\"idNo\":\"{ID}\" {NAME}\n")),
        ("multipart", format!("{ID} {NAME}")),
        ("eml", format!("Content-Type: multipart/mixed\r\n\r\n{ID} {NAME}")),
    ];
    for (format, input) in broken {
        let run = run(["mask", "--format", format, "-"], input.as_bytes());
        assert_eq!(run.code, Some(3), "{format}");
        assert!(!run.stderr.is_empty());
        for value in [ID, MOBILE, NAME] {
            assert!(!holds(&run.stderr, value) && !holds(&run.stdout, value), "{format}");
        }
    }
}

#[test]
fn disguised_values_are_masked() {
    let text = |input: String| ("text", input);
    assert_hidden(&[
        text(format!("手机{}", MOBILE.replace("00", "0\u{200b}0"))),
        text("手机138\u{00ad}00138000，身份证440524\u{00a0}188001010014".to_owned()),
        text(format!("手机{}", "幺三八零零幺三八零零零")),
        text("手机138\u{feff}00138000".to_owned()),
        text("%31%33%38%30%30%31%33%38%30%30%30".to_owned()),
        text("&#49;&#51;&#56;&#48;&#48;&#49;&#51;&#56;&#48;&#48;&#48;".to_owned()),
        text(format!("身份证号码:\r\n{ID}")),
        ("html", format!("<p>138<wbr>0013<b>8000</b></p><script>var m=\"{MOBILE}\"</script>")),
        ("xml", "<a>&#49;38<![CDATA[00138000]]></a>".to_owned()),
        ("json", r#"{"a":"{\"b\":\"{\\\"mobile\\\":\\\"13800138000\\\"}\"}"}"#.to_owned()),
        ("csv", format!("mobile,name\n=\"{MOBILE}\",{NAME}\n")),
        ("form", format!("d=m%3D{MOBILE}%26n%3D1")),
    ]);
}

#[test]
fn values_in_coloured_logs_are_masked() {
    assert_hidden(&[
        ("text", format!("\u{1b}[31m{MOBILE}\u{1b}[0m")),
        ("text", format!("idNo=\u{1b}[1m{ID}\u{1b}[0m")),
        ("text", "手机138\u{1b}[1m00138000".to_owned()),
        ("text", format!("\u{1b}]0;settle\u{7}{MOBILE}")),
        ("text", format!("\u{1b}]0;{ID}\u{7}")),
    ]);
}

#[test]
fn values_that_touch_letters_are_masked() {
    let glued = ["mobile", "tel", "MOBILE", "idcard", "phone_"].map(|word| ("text", format!("{word}{MOBILE}")));
    assert_hidden(&glued);
    assert_hidden(&[("text", format!("身份证a{ID}")), ("text", format!("手机{MOBILE}abc"))]);
}

#[test]
fn values_side_by_side_are_masked() {
    assert_hidden(&[
        ("text", format!("身份证{ID}{ID}")),
        ("text", format!("{MOBILE}{MOBILE}")),
        ("text", format!("{ID}{MOBILE}")),
        ("text", MOBILE.repeat(50)),
    ]);
}

#[test]
fn values_written_as_other_numbers_are_masked() {
    assert_hidden(&[
        ("json", "{\"mobile\":1.3800138000e10}".to_owned()),
        ("csv", "name,mobile\n李明,1.3800138E+10\n".to_owned()),
    ]);
}

#[test]
fn labelled_numbers_with_odd_separators_are_masked() {
    let separators = ["_", "/", "\t", "\0", ":", "~", "|", " - ", ", "];
    assert_hidden(&separators.map(|s| ("text", format!("手机138{s}0013{s}8000"))));
}

#[test]
fn numbers_cut_by_markup_are_masked() {
    let cases = [
        ("html", "手机138<br>00138000"),
        ("html", "<p>138<br/>0013<br>8000<br></p>"),
        ("html", "<p>手机138\n0013\n8000</p>"),
        ("html", "<p>138<b>0013</b><!-- x --><i>8000</i></p>"),
        ("xml", "<a>138<b/>00138000</a>"),
        ("xml", "<a>138<b/>0013<c>8000</c></a>"),
        ("xml", "<a>138\n  <b>0013</b>\n  8000</a>"),
    ];
    for (format, input) in cases {
        let output = String::from_utf8(masked(input, format)).expect("UTF-8");
        let digits: String = output.chars().filter(char::is_ascii_digit).collect();
        assert_eq!(digits, "13800", "{input}: {output}");
    }
}

#[test]
fn names_beside_a_telephone_are_masked() {
    assert_hidden(&[("text", format!("{NAME} {MOBILE}")), ("text", format!("{NAME}，手机{MOBILE}"))]);
}

#[test]
fn names_with_a_structure_around_them_are_masked() {
    assert_hidden(&[
        ("csv", format!("客户资料导出\n姓名,手机,备注\n{NAME},{MOBILE},x\n")),
        ("csv", format!("项目,内容\n姓名,{NAME}\n手机,{MOBILE}\n")),
        ("csv", format!("\n姓名;手机\n=\"{NAME}\";'{MOBILE}\n")),
        ("json", format!("[{{\"key\":\"name\",\"value\":\"{NAME}\"}}]")),
        ("json", format!("{{\"field\":\"idNo\",\"val\":{ID}}}")),
    ]);
}

#[test]
fn names_of_mailboxes_are_masked() {
    let field = |field: &str| ("eml", format!("{field}: \"{NAME}\" <zhangsan@qq.com>\r\n\r\nhi"));
    assert_hidden(&["To", "Cc", "Bcc", "From", "Reply-To", "Sender"].map(field));
    assert_hidden(&[
        ("eml", format!("To: {NAME} <zhangsan@qq.com>, b@qq.com ({NAME})\r\n\r\nhi")),
        ("eml", format!("To: '{NAME}' <zhangsan@qq.com>\r\n\r\nhi")),
        ("eml", format!("X-Customer-Name: {NAME}\r\n\r\nhi")),
        ("eml", format!("Content-Disposition: attachment; filename=\"对账单_{NAME}_{MOBILE}.pdf\"\r\n\r\nhi")),
    ]);
}

#[test]
fn mail_parts_that_nothing_explains_are_not_passed() {
    let head = "Content-Type: application/octet-stream\r\nContent-Transfer-Encoding: ";
    // uuencode and base64 of a table with the three values; both are refused or masked, never passed.
    let parts = [
        format!("{head}base64\r\n\r\nbmFtZSxtb2JpbGUK5byg5LiJLDEzODAwMTM4MDAwCg=="),
        format!("{head}x-foo\r\n\r\n手机{MOBILE}"),
        format!("{head}x-uuencode\r\n\r\nbegin 644 a\r\n+,3,X,#`Q,S@P,#`\r\n`\r\nend"),
    ];
    for part in parts {
        let run = run(["mask", "--format", "eml", "-"], part.as_bytes());
        assert!(run.code != Some(0) || run.stdout != part.as_bytes(), "{part}");
    }
}

#[test]
fn parts_that_are_passed_unread_are_told_and_counted_without_their_names() {
    let folder = Folder::new();
    let part = "Content-Transfer-Encoding: base64\r\n\r\nJVBERi0xLjcKJeLjz9MK\r\n";
    let name = format!("Content-Disposition: attachment; filename=\"{NAME}_{MOBILE}.pdf\"\r\n");
    let mail = format!(
        "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: application/pdf\r\n{name}{part}--b--\r\n"
    );
    let (input, report) = (folder.with("in.eml", &mail), folder.path("r.json"));
    let masked = run(["mask", "--verify", "--report", text(&report), text(&input)], b"");
    let scanned = run(["scan", "--output", "json", text(&input)], b"");
    assert_eq!((masked.code, scanned.code), (Some(0), Some(0)));
    let report = fs::read(&report).expect("the report");
    for told in [&masked.stderr, &scanned.stderr, &report] {
        assert!(holds(told, "application/pdf") && !holds(told, NAME) && !holds(told, MOBILE));
    }
    assert!(holds(&report, "not_inspected"));
}

#[test]
fn reports_and_explanations_name_no_value_that_stands_for_a_field() {
    let folder = Folder::new();
    let report = folder.path("r.json");
    let cases = [
        ("csv", format!("{NAME},{MOBILE}\n{NAME},{ID}\n")),
        ("tsv", format!("{NAME}\t{MOBILE}\n{ID}\t{MOBILE}\n")),
        ("form", format!("{NAME}={MOBILE}")),
        ("xml", format!("<m{MOBILE}>{ID}</m{MOBILE}>")),
        ("eml", format!("X-{MOBILE}: {ID}\r\n\r\nx")),
        ("json", format!("{{\"m{MOBILE}\":{{\"{NAME}\":\"{ID}\"}}}}")),
    ];
    let mut leaking = Vec::new();
    for (format, input) in cases {
        let run = run(["mask", "--format", format, "--explain", "--report", text(&report), "-"], input.as_bytes());
        let written = fs::read(&report).expect("the report");
        if [ID, MOBILE, NAME].iter().any(|value| holds(&run.stderr, value) || holds(&written, value)) {
            leaking.push(format);
        }
    }
    assert!(leaking.is_empty(), "{leaking:?}");
}

#[test]
fn tables_are_told_without_a_name_and_with_several_headers() {
    let tables = [
        "姓名,资金账号\n张三,2000100200\n李四,2000100201\n王五,2000100202\n",
        "姓名\t资金账号\n张三\t2000100200\n李四\t2000100201\n王五\t2000100202\n",
        "姓名,资金账号,地址\n张三,2000100200,\"北京市,海淀区学府街18号\"\n李四,2000100201,x\n王五,2000100202,y\n",
        "姓名,资金账号\n张三,2000100200\n姓名,资金账号\n李四,2000100201\n",
        "产品,规模\n甲,1\n乙,2\n\n姓名,资金账号\n张三,2000100200\n李四,2000100201\n",
        "姓名,资金账号\n张三,2000100200\n\n资金账号,姓名\n2000100201,李四\n",
    ];
    for table in tables {
        for format in ["auto", "csv"] {
            let output = masked(table, format);
            let left = ["张三", "李四", "王五", "2000100200", "2000100201"].iter().find(|value| holds(&output, value));
            assert_eq!(left, None, "--format {format}\n{table}");
            assert!(holds(&output, "姓名") && holds(&output, "资金账号"), "titles stay: {table}");
        }
    }
}

#[test]
fn inputs_of_the_same_name_do_not_replace_each_other() {
    let folder = Folder::new();
    let p = folder.with("p/a.txt", &format!("手机{MOBILE}\n"));
    let q = folder.with("q/a.txt", &format!("身份证{ID}\n"));
    let out = folder.root().join("out");
    let (p, q) = (p.parent().expect("a folder"), q.parent().expect("a folder"));
    let run = run(["mask", "-o", text(&out), text(p), text(q)], b"");
    let written = fs::read_dir(&out).map_or(0, Iterator::count);
    assert!(run.code == Some(2) || written == 2, "two inputs and {written} outputs, exit {:?}", run.code);
}

#[test]
fn every_input_that_fails_is_named() {
    let folder = Folder::new();
    for name in ["in/1.json", "in/2.json", "in/3.json"] {
        folder.with(name, "{\"a\":");
    }
    let (input, out) = (folder.root().join("in"), folder.root().join("out"));
    let run = run(["mask", "-o", text(&out), text(&input)], b"");
    assert_eq!(run.code, Some(3));
    for name in ["1.json", "2.json", "3.json"] {
        assert!(holds(&run.stderr, name), "{name} is not named");
    }
}

/// The longest of `inputs` in seconds, all of one line of 240 KB.
fn assert_fast(units: &[&str]) {
    let slow = |unit: &&&str| {
        let input = unit.repeat(240_000 / unit.len());
        let start = Instant::now();
        run(["mask", "--format", "text", "-"], input.as_bytes());
        start.elapsed() > PATIENCE
    };
    let slow: Vec<_> = units.iter().filter(slow).collect();
    assert!(slow.is_empty(), "too slow when repeated: {slow:?}");
}

#[test]
fn long_lines_take_linear_time() {
    assert_fast(&[
        "1",
        "\"",
        "[",
        "{\"a\":",
        "<a>",
        "&#",
        "%31",
        "=?UTF-8?B?",
        "@",
        "a@",
        "地址路号",
        "身份证号",
        "姓名：",
        "\u{200b}",
        "一二三四五",
        "张三",
        "13800138000,",
        "\\u0031",
        "*",
        ",",
        "\0",
    ]);
}

#[test]
fn long_lines_of_short_groups_take_linear_time() {
    assert_fast(&["1 ", "1-", "1.", "1.1.1.", "1890-01-01", "password="]);
}
