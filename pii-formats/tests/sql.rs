//! SQL: dumps of a data base, scripts, statements.

use pii_core::policy::{Date, Flow, Policy};
use pii_core::{Engine, RuleSet};
use pii_formats::{Charset, Format, Masker, Mode, Options, Output};

fn masker() -> Masker {
    let today = Date::new(2026, 11, 23).expect("a day");
    let flow = Flow { channel: Some("sms"), recipient: None, purpose: None, today };
    Masker::new(Engine::new(RuleSet::builtin()), &Policy::builtin(), &flow).expect("it needs no keys")
}

fn options() -> Options {
    Options { format: Some(Format::Sql), ..Options::default() }
}

fn in_chunks(masker: &Masker, input: &[u8], size: usize, options: &Options) -> Output {
    let mut output = Output::default();
    let mut session = masker.session(Mode::Mask, options.clone());
    for chunk in input.chunks(size) {
        session.push(chunk, &mut output).expect("well-formed");
    }
    session.finish(&mut output).expect("well-formed");
    output
}

/// Every case, whole and in chunks; what comes out is masked no further.
fn assert_masked(cases: &[(&str, &str)]) {
    let masker = masker();
    for (input, expected) in cases {
        for size in [1, 7, input.len()] {
            let options = Options { charset: Some(Charset::Utf8), ..options() };
            let output = in_chunks(&masker, input.as_bytes(), size, &options);
            assert_eq!(String::from_utf8_lossy(&output.bytes), *expected, "in chunks of {size}");
        }
        let again = masker.mask(expected.as_bytes(), &options()).expect("it is SQL still");
        assert_eq!(String::from_utf8_lossy(&again.bytes), *expected);
    }
}

#[test]
fn columns_speak_for_their_values() {
    assert_masked(&[
        (
            "INSERT INTO khxx (khxm, zjzh, amount) VALUES ('张三', '8800123456', 8800123455.50), ('李四', 8800123457, 12);",
            "INSERT INTO khxx (khxm, zjzh, amount) VALUES ('张**', '****3456', 8800123455.50), ('李**', '****3457', 12);",
        ),
        (
            "CREATE TABLE `a` (`f1` text COMMENT '客户姓名', `f2` text COMMENT '委托编号');\nINSERT INTO `a` VALUES ('张三','8800123456');\n",
            "CREATE TABLE `a` (`f1` text COMMENT '客户姓名', `f2` text COMMENT '委托编号');\nINSERT INTO `a` VALUES ('张**','8800123456');\n",
        ),
        (
            "UPDATE t SET sj=13800138000, khxm = N'张三' WHERE zjzh IN ('8800123456', '8800123457') AND je > 8800123458;",
            "UPDATE t SET sj='138******00', khxm = N'张**' WHERE zjzh IN ('****3456', '****3457') AND je > 8800123458;",
        ),
        (
            "CREATE TABLE a (f1 text COMMENT '资金账号');\nUPDATE crm.a x SET x.f1 = '8800123456' WHERE f1 = 8800123457;\n\
             DELETE FROM `a` WHERE f1 = '8800123458';\nUPDATE b SET f1 = '8800123459';\n",
            "CREATE TABLE a (f1 text COMMENT '资金账号');\nUPDATE crm.a x SET x.f1 = '****3456' WHERE f1 = '****3457';\n\
             DELETE FROM `a` WHERE f1 = '****3458';\nUPDATE b SET f1 = '8800123459';\n",
        ),
        (
            "COPY public.t (khxm, zjzh, note) FROM stdin;\n张三\t8800123456\tline\\none\n\\N\t8800123457\t8800123458\n\\.\n",
            "COPY public.t (khxm, zjzh, note) FROM stdin;\n张**\t****3456\tline\\none\n\\N\t****3457\t8800123458\n\\.\n",
        ),
        (
            "INSERT INTO t (khxm, zjzh) VALUES (E'\\u5f20\\u4e09', q'[8800123456]');",
            "INSERT INTO t (khxm, zjzh) VALUES (E'张**', q'[****3456]');",
        ),
    ]);
}

#[test]
fn values_of_a_row_without_columns_speak_for_each_other() {
    assert_masked(&[(
        "INSERT INTO t VALUES (7, '张三', '13800138000', 'x');",
        "INSERT INTO t VALUES (7, '张**', '138******00', 'x');",
    )]);
}

#[test]
fn what_is_no_value_is_searched_as_text() {
    assert_masked(&[
        ("-- 手机13800138000\nSELECT 1;\n", "-- 手机138******00\nSELECT 1;\n"),
        ("/* 客户张三/李四 */ SELECT 1;", "/* 客户张** /李四 */ SELECT 1;"),
        ("SELECT '手机13800138000', 13800138000;", "SELECT '手机138******00', '138******00';"),
        ("SELECT a13800138000 FROM t;", "SELECT a13800138000 FROM t;"),
        ("SELECT 手机13800138000 FROM t;", "SELECT 手机138______00 FROM t;"),
        ("/13800138000\n", "/138******00\n"),
        ("PROMPT it's 客户张三, 手机 13800138000\n", "PROMPT it's 客户张**, 手机 138******00\n"),
        (
            "INSERT INTO t (a) VALUES ('{\"idNo\":440524188001010014}');",
            "INSERT INTO t (a) VALUES ('{\"idNo\":\"4****************4\"}');",
        ),
        (
            "INSERT INTO `t` (`a`) VALUES ('{\\\"khxm\\\":\\\"张三\\\"}');",
            "INSERT INTO `t` (`a`) VALUES ('{\\\"khxm\\\":\\\"张**\\\"}');",
        ),
    ]);
}

#[test]
fn what_holds_nothing_leaves_as_it_came() {
    let masker = masker();
    for input in [
        "-- Dump completed on 2026-11-23 10:00:00\n",
        "INSERT INTO t (amount, order_no, created_at) VALUES (1380013800.00, '8800123456', '2026-11-23 10:00:00');\r\n",
        "INSERT INTO t (a) VALUES ('it''s'), ('C:\\'), (NULL), (0xAB);",
        "COPY t (a, amount) FROM stdin;\n\\N\t8800123456\n\\.\n\n\\connect crm\n",
        "SELECT count(*) FROM t WHERE amount > 8800123456 LIMIT 100000;",
        "",
    ] {
        let output = masker.mask(input.as_bytes(), &options()).expect("well-formed");
        assert_eq!(String::from_utf8_lossy(&output.bytes), input);
        assert!(output.reports.is_empty(), "{:?}", output.reports);
    }
}

#[test]
fn a_dump_in_gbk_stays_gbk() {
    let gb = |text: &str| encoding_rs::GB18030.encode(text).0.into_owned();
    // The second byte of 乗 is a backslash, and that of 俓 a grave accent's neighbour: neither is one.
    let input = gb("INSERT INTO khxx (khxm, bz, zjzh) VALUES ('张三', '乗', '8800123456');\n");
    let expected = gb("INSERT INTO khxx (khxm, bz, zjzh) VALUES ('张**', '乗', '****3456');\n");
    let output = masker().mask(&input, &Options { name: Some("a.sql".to_owned()), ..Options::default() });
    assert_eq!(output.expect("well-formed").bytes.escape_ascii().to_string(), expected.escape_ascii().to_string());
}

#[test]
fn paths_name_table_and_column() {
    let output = masker().mask("INSERT INTO crm.khxx (khxm, zjzh) VALUES ('张三', 8800123456)".as_bytes(), &options());
    let output = output.expect("well-formed");
    let paths: Vec<&str> = output.reports.iter().map(|report| report.path.as_str()).collect();
    assert_eq!(paths, ["khxx.khxm", "khxx.zjzh"]);
}

#[test]
fn an_error_says_where() {
    for (input, line) in [("SELECT 1;\nINSERT INTO t VALUES ('x\n", 2), ("INSERT INTO t VALUES (\n1;", 2)] {
        let error = masker().mask(input.as_bytes(), &options()).map(|_| ()).expect_err("it is broken");
        assert_eq!(error.line(), line);
        assert!(error.to_string().contains("this is not valid sql"), "{error}");
    }
}

#[test]
fn statements_in_other_formats_are_read_in_place() {
    let masker = masker();
    for (format, input, expected) in [
        (
            Format::Text,
            "10:00 DEBUG Executing: INSERT INTO khxx (khxm, zjzh) VALUES ('张三', 8800123456), took 3 ms\n",
            "10:00 DEBUG Executing: INSERT INTO khxx (khxm, zjzh) VALUES ('张**', '****3456'), took 3 ms\n",
        ),
        (
            Format::Text,
            "SQL [update khxx set khxm = '张三', je=8800123455 where zjzh = '8800123456'] can't run\n",
            "SQL [update khxx set khxm = '张**', je=8800123455 where zjzh = '****3456'] can't run\n",
        ),
        (
            Format::Json,
            r#"{"sql":"insert into t(khxm,bz)\nvalues ('张三','{\"khxm\":\"王五\"}')","ms":3}"#,
            r#"{"sql":"insert into t(khxm,bz)\nvalues ('张**','{\"khxm\":\"王**\"}')","ms":3}"#,
        ),
        // What only begins like one, and what nothing speaks for.
        (
            Format::Text,
            "please insert the card, update your settings and set a = 8800123456\n",
            "please insert the card, update your settings and set a = 8800123456\n",
        ),
        (
            Format::Text,
            "insert into t (a, b) values ('x', 8800123456)\n",
            "insert into t (a, b) values ('x', 8800123456)\n",
        ),
        (
            Format::Text,
            "INSERT INTO t (order_no) VALUES ('8800123456'\n",
            "INSERT INTO t (order_no) VALUES ('8800123456'\n",
        ),
    ] {
        let options = Options { format: Some(format), ..Options::default() };
        let output = masker.mask(input.as_bytes(), &options).expect("well-formed");
        assert_eq!(String::from_utf8_lossy(&output.bytes), expected);
    }
}

/// Rows go out as they come, however long their statement is.
#[test]
fn a_long_statement_passes_in_bounded_memory() {
    let row = "(1,'张三','8800123456',12.50,'2026-11-23 10:00:00','今日沪深两市震荡上行')";
    let rows = vec![row; 40_000].join(",\n");
    let input = format!("INSERT INTO khxx (id, khxm, zjzh, je, rq, bz) VALUES {rows};\n");
    let masker = masker();
    let (mut output, mut most_held, mut at) = (Output::default(), 0, 0);
    let mut session = masker.session(Mode::Mask, Options { charset: Some(Charset::Utf8), ..options() });
    for chunk in input.as_bytes().chunks(10_007) {
        session.push(chunk, &mut output).expect("well-formed");
        at += chunk.len();
        most_held = most_held.max(at.saturating_sub(output.bytes.len()));
    }
    session.finish(&mut output).expect("well-formed");
    assert_eq!(output.reports.len(), 80_000);
    // Masks are shorter than what they hide: that is not held.
    let shorter = input.len() - output.bytes.len();
    assert!(most_held < shorter + 64 * 1024, "{most_held} bytes were held");
    assert!(!String::from_utf8_lossy(&output.bytes).contains("8800123456"));
}
