use super::*;
use proptest::prelude::*;

/// Reads at the `|` in `text`, which stands where the engine has skipped a cue and its separators.
fn after(text: &str, cue: Cue) -> Option<String> {
    let (before, behind) = text.split_once('|').unwrap();
    let text = format!("{before}{behind}");
    after_cue(text.as_bytes(), before.len(), cue).map(|found| text[found.span].to_owned())
}

fn before(text: &str) -> Option<String> {
    let (before, behind) = text.split_once('|').unwrap();
    let text = format!("{before}{behind}");
    before_cue(text.as_bytes(), before.len(), 0).map(|found| text[found.span].to_owned())
}

fn of(value: &str, found: Option<NameMatch>) -> Option<&str> {
    found.map(|found| &value[found.span])
}

#[test]
fn a_phrase_is_followed_by_a_name_that_ends_where_it_should() {
    for (text, name) in [
        ("客户|王小明于11月", "王小明"),
        ("客户|张海已", "张海"),
        ("尊敬的|王伟客户，您", "王伟"),
        ("尊敬的|李明您好", "李明"),
        ("尊敬的|欧阳明月先生", "欧阳明月"),
        ("客户|李明申请办理", "李明"),
        ("请|张三于11月5日前", "张三"),
        ("客户|张三身份证号", "张三"),
        ("尊敬的|张三，您", "张三"),
        ("（男，|陈思远）来电", "陈思远"),
        ("经办人|司马懿，护照", "司马懿"),
        ("尊敬的投资者|王国强，税收", "王国强"),
        ("客户经理|刘洋（执业编号", "刘洋"),
        ("尊敬的|阿依古丽·买买提您好", "阿依古丽·买买提"),
        ("客户|迪丽热巴·艾力于今日", "迪丽热巴·艾力"),
        ("客户|張偉明於今日", "張偉明"),
        ("尊敬的|陈𬎆，您好", "陈𬎆"),
        ("客户|王劭，资金", "王劭"),
        ("客户|李明证券账户", "李明"),
        ("尊敬的|黄海先生", "黄海"),
    ] {
        assert_eq!(after(text, Cue::Phrase).as_deref(), Some(name), "{text}");
    }
}

#[test]
fn a_phrase_is_not_always_followed_by_a_name() {
    for text in [
        "尊敬的|客户，",
        "尊敬的|投资者，",
        "尊敬的|用户您好",
        "尊敬的|会员",
        "尊敬的|股东",
        "尊敬的|您",
        "尊敬的|先生/女士",
        "尊敬的|女士",
        "尊敬的|各位领导",
        "尊敬的|平安银行客户",
        "尊敬的|万科股东",
        "尊敬的|黄金会员",
        "尊敬的|白金卡客户",
        "尊敬的|张先生",
        "尊敬的|欧阳女士",
        "尊敬的|张**先生",
        "尊敬的|张*明",
        "尊敬的|欧阳**",
        "尊敬的|马经理",
        "尊敬的|王总",
        "尊敬的|李某",
        "客户|金龙汽车",
        "客户|白云山成交",
        "客户|康美药业",
        "客户|方正证券",
        "客户|华夏银行",
        "客户|王府井",
        "客户|金融街（",
        "客户|高安营业部",
        "客户|安康营业部",
        "客户|常宁",
        "请|马上登录",
        "客户|黄金账户",
        "客户|高开",
        "客户|安全第一",
        "客户|平安",
        "客户|方式",
        "客户|于是申请",
        "客户|关于",
        "客户|万元",
        "客户|申请办理",
        "客户|权益",
        "客户|成交",
        "请|于11月5日前",
        "请|单击链接",
        "请|向客服咨询",
        "投资者|于期货交易所",
        "客户|",
        "请|A股",
        "客户|Zhang San",
        "客户|，",
        "客户|·",
        "客户|张·",
        "客户|·张",
    ] {
        assert_eq!(after(text, Cue::Phrase), None, "{text}");
    }
}

#[test]
fn a_label_is_followed_by_nearly_anything() {
    for (text, name) in [
        ("姓名：|张三，", "张三"),
        ("姓名：|王小明 身份证", "王小明"),
        ("姓名：|王小明身份证号：", "王小明"),
        ("姓名：|欧阳明性别", "欧阳明"),
        ("姓名=|平安 身份证", "平安"),
        ("户名：|扎西，", "扎西"),
        ("户名：|阿依古丽；", "阿依古丽"),
        ("姓名：|卓玛才让\n", "卓玛才让"),
        ("姓名：|阿卜杜拉·吾买尔,", "阿卜杜拉·吾买尔"),
        ("\"name\":\"|陈𬎆\"", "陈𬎆"),
        ("姓名：|劭劭，", "劭劭"),
        ("姓名：|张三在某某银行开户", "张三"),
        ("姓名：|张 三，", "张 三"),
        ("姓名：|张三先生，", "张三"),
        ("姓名：|陈李美玲，", "陈李美玲"),
        ("Name: |ZHANG San, account", "ZHANG San"),
        ("Name: |Zhang Xiaoming has", "Zhang Xiaoming"),
        ("Name: |Li Wei Phone: 138", "Li Wei"),
        ("Name: |O'Neil\n", "O'Neil"),
        ("Name: |Jean-Luc Picard.", "Jean-Luc Picard"),
        ("Name: |Li, Wei\n", "Li, Wei"),
        ("Name: |J. Smith,", "J. Smith"),
    ] {
        assert_eq!(after(text, Cue::Label).as_deref(), Some(name), "{text}");
    }
}

#[test]
fn a_label_is_not_always_followed_by_a_name() {
    for text in [
        "姓名：|",
        "姓名|不能为空",
        "姓名|与证件号码不一致",
        "姓名：|无",
        "姓名：|未知",
        "姓名：|测试",
        "姓名：|张**",
        "姓名：|张*明",
        "姓名：|**三",
        "姓名：|张某",
        "姓名：|李某某",
        "姓名：|张先生",
        "姓名：|王女士",
        "户名：|深圳市某某科技有限公司",
        "户名：|华夏银行股份有限公司",
        "户名：|国泰君安证券",
        "户名|不符",
        "姓名=|null",
        "姓名=|undefined",
        "姓名=|N/A",
        "姓名=|admin",
        "姓名|校验失败",
        "姓名|格式错误",
        "姓名：|客户",
        "姓名：|，",
        "姓名：|·",
        "户名：|某某基金管理中心",
        "Name: |ABC Securities Co., Ltd",
        "Name: |z***",
        "姓名：|138",
    ] {
        assert_eq!(after(text, Cue::Label), None, "{text}");
    }
}

#[test]
fn a_name_ends_before_its_title() {
    for (text, name) in [
        ("【华信证券】李明|您好，", "李明"),
        ("【华信证券】王小明|先生，您", "王小明"),
        ("欧阳明月|女士", "欧阳明月"),
        ("感谢王伟|先生的信任", "王伟"),
        ("尊敬的投资者陈思远|先生", "陈思远"),
        ("\\r\\n\\r\\n张三|您好", "张三"),
        (">张三|先生", "张三"),
        ("阿依古丽·买买提|女士", "阿依古丽·买买提"),
        ("客户阿依古丽·买买提|女士", "阿依古丽·买买提"),
        ("王小明先生|您好", "王小明"),
    ] {
        assert_eq!(before(text).as_deref(), Some(name), "{text}");
    }
    for text in [
        "|您好",
        "【华信证券】张|先生",
        "尊敬的客户|您好",
        "尊敬的投资者|您好",
        "亲爱的会员|您好",
        "张**|先生",
        "张*明|先生",
        "各位|女士",
        "王总|您好",
        "马经理|您好",
        "王老师|您好",
        "黄金会员|您好",
        "贵公司|您好",
        "您的|先生",
        "前台|小姐",
        "平安银行|您好",
        "客服|您好",
        "，|您好",
        "·|先生",
    ] {
        assert_eq!(before(text), None, "{text}");
    }
    assert_eq!(before_cue("王李明先生".as_bytes(), 9, 3).map(|found| found.span), Some(3..9));
    assert_eq!(before_cue("王小明先生".as_bytes(), 9, 3), None);
}

#[test]
fn a_field_for_names_holds_one() {
    for value in [
        "张三",
        "王小明",
        "欧阳明月",
        "阿依古丽·买买提",
        "扎西",
        "平安",
        "張偉",
        "陈𬎆",
        "ZHANG San",
        "Zhang Xiaoming",
        "O'Neil",
        "Li, Wei",
        "张 三",
        "阿卜杜热西提",
    ] {
        assert_eq!(of(value, whole(value.as_bytes(), true)), Some(value));
    }
    for value in [
        "",
        " ",
        "无",
        "N/A",
        "null",
        "未知",
        "匿名",
        "先生",
        "测试",
        "张**",
        "**三",
        "张*明",
        "张某",
        "张先生",
        "张女士",
        "平安银行",
        "某某公司",
        "华夏基金",
        "方正证券",
        "深圳市某某有限公司",
        "集团",
        "数据中心",
        "业主委员会",
        "138",
        "买入价格",
        "王",
        "a@b.com",
        "user_1",
    ] {
        assert_eq!(of(value, whole(value.as_bytes(), true)), None, "{value}");
    }
    assert_eq!(of(" 张三\u{3000}", whole(" 张三\u{3000}".as_bytes(), true)), Some("张三"));
    assert_eq!(of("张三先生", whole("张三先生".as_bytes(), true)), Some("张三"));
}

#[test]
fn a_cell_alone_must_look_like_a_name() {
    for value in ["张三", "王小明", "欧阳明月", "陈思远", "李娜"] {
        assert_eq!(of(value, whole(value.as_bytes(), false)), Some(value));
        assert_eq!(of(value, in_row(value.as_bytes())), Some(value));
    }
    for value in [
        "平安银行",
        "万科",
        "金融街",
        "王府井",
        "白云山",
        "贵州茅台",
        "宁德时代",
        "比亚迪",
        "螺纹钢",
        "买入",
        "成交",
        "高风险",
        "金额",
        "余额",
        "单位",
        "黄金",
        "安全",
        "方式",
        "马上",
        "高安",
        "常宁",
        "安康",
        "广东省",
        "成功",
        "Zhang San",
        "张**",
        "张先生",
        "于是",
        "时间",
        "权限",
        "全部",
    ] {
        assert_eq!(of(value, in_row(value.as_bytes())), None, "{value}");
        assert_eq!(of(value, whole(value.as_bytes(), false)), None, "{value}");
    }
}

#[test]
fn a_mask_keeps_the_surname() {
    for (value, shown) in [
        ("张三", "张"),
        ("欧阳明", "欧阳"),
        ("歐陽明", "歐陽"),
        ("司马懿", "司马"),
        ("阿依古丽·买买提", "阿"),
        ("Zhang San", "Z"),
        ("扎西", "扎"),
        ("陈李美玲", "陈"),
        ("𠮷三", "𠮷"),
        ("", ""),
        ("欧阳", "欧"),
        ("王", "王"),
    ] {
        assert_eq!(&value[..surname_len(value)], shown, "{value}");
    }
}

#[test]
fn forms_are_told_apart() {
    for (value, form) in [
        ("张三", Form::Han),
        ("欧阳明月", Form::Compound),
        ("阿依古丽·买买提", Form::Minority),
        ("阿卜杜热西提", Form::Minority),
        ("Li Wei", Form::Latin),
    ] {
        assert_eq!(whole(value.as_bytes(), true).map(|found| found.form), Some(form), "{value}");
    }
}

/// Common surnames with given names of many kinds, in the sentences of the trade: 98 in 100 come out exactly.
#[test]
fn most_names_are_found_exactly() {
    let surnames = [
        "王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴", "徐", "孙", "高", "于", "方", "金", "欧阳", "司马",
        "上官",
    ];
    let given = [
        "伟", "芳", "娜", "敏", "静", "强", "磊", "洋", "艳", "杰", "建国", "国庆", "思远", "子轩", "雨欣", "梓涵",
        "浩然", "志强", "秀英", "桂兰", "晓东", "海燕", "俊熙", "一诺", "欣妍", "淑华", "卫东", "爱民", "文博", "婉清",
        "劭", "翀", "玥", "赟", "翯然", "昳丽", "小红", "大勇", "明", "天佑",
    ];
    let phrases = [
        "尊敬的|，您的开户申请",
        "尊敬的|您好",
        "尊敬的|先生",
        "尊敬的|客户，您",
        "客户|请于11月前追加",
        "客户|（身份证号",
        "投资者|，证件",
        "客户经理|（执业编号",
        "操作人| 110",
        "请|于11月前备款",
        "客户|已完成签约",
        "客户|申请销户",
        "经办人|，护照号",
        "客户|向我司反映",
        "客户|来电咨询",
    ];
    let (mut all, mut exact) = (0, 0);
    for phrase in phrases {
        let (before, behind) = phrase.split_once('|').unwrap();
        for name in surnames.iter().flat_map(|surname| given.iter().map(move |given| format!("{surname}{given}"))) {
            let text = format!("{before}{name}{behind}");
            let found = after_cue(text.as_bytes(), before.len(), Cue::Phrase);
            all += 1;
            exact += usize::from(found.is_some_and(|found| text[found.span] == name));
        }
    }
    assert!(exact * 100 >= all * 98, "{exact} of {all}");
}

proptest! {
    #[test]
    fn arbitrary_bytes_do_no_harm(text in prop::collection::vec(any::<u8>(), 0..80), at in 0usize..90, floor in 0usize..90) {
        let found = [
            after_cue(&text, at, Cue::Label), after_cue(&text, at, Cue::Phrase), before_cue(&text, at, floor), whole(&text, true),
            whole(&text, false), in_row(&text),
        ];
        for found in found.into_iter().flatten() {
            prop_assert!(found.span.start < found.span.end && found.span.end <= text.len());
        }
    }

    #[test]
    fn spans_stand_on_characters(parts in prop::collection::vec(prop::sample::select(vec![
        "王", "小", "明", "欧", "阳", "·", "𬎆", "先生", "您好", "客户", "，", " ", "a", "Li", "*", "某", "的", "于", "阿", "银行",
    ]), 0..20), pick in any::<prop::sample::Index>(), floor in any::<prop::sample::Index>()) {
        let text = parts.concat();
        let places: Vec<usize> = (0..=text.len()).filter(|&at| text.is_char_boundary(at)).collect();
        let (at, floor) = (*pick.get(&places), *floor.get(&places));
        let bytes = text.as_bytes();
        if let Some(found) = before_cue(bytes, at, floor) {
            prop_assert!(found.span.start >= floor && found.span.end <= at);
        }
        let found = [
            after_cue(bytes, at, Cue::Label), after_cue(bytes, at, Cue::Phrase), before_cue(bytes, at, floor), whole(bytes, true),
            whole(bytes, false), in_row(bytes),
        ];
        for found in found.into_iter().flatten() {
            let name = text.get(found.span.clone());
            prop_assert!(name.is_some_and(|name| surname_len(name) > 0 && name.is_char_boundary(surname_len(name))));
        }
    }
}
