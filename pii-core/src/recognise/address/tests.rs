use super::*;
use proptest::prelude::*;

fn found(text: &str) -> Vec<&str> {
    let mut out = Vec::new();
    find(text.as_bytes(), &mut out);
    out.into_iter().map(|found| &text[found.span]).collect()
}

fn labelled(text: &str) -> Option<&str> {
    let at = text.find(['：', ':']).map_or(0, |at| at + text[at..].chars().next().map_or(0, char::len_utf8));
    let at = at + usize::from(text[at..].starts_with(' '));
    after_label(text.as_bytes(), at).map(|found| &text[found.span])
}

#[test]
fn finds_addresses_in_free_text() {
    for (before, address, behind) in [
        ("我们将致电，", "广东省深圳市福田区深南大道1000号金色家园3栋2单元501室", "，请"),
        ("已寄至", "广东深圳福田深南大道1000号", "。"),
        ("", "北京市朝阳区建国路88号", ""),
        ("客户住在", "北京市朝阳区建国路88号院3号楼-2-501", "的房屋"),
        ("", "上海市浦东新区世纪大道100号", " 200120"),
        ("寄到", "上海市浦东新区陆家嘴环路1000号", "13800138000"),
        ("寄到", "深南大道1000号金色家园3栋501室", "，"),
        ("", "浙江省杭州市西湖区文三路一百号", "，"),
        ("", "福田区深南大道1000号", "，"),
        ("", "湖南省湘西土家族苗族自治州凤凰县沱江镇建设路12号", "，"),
        ("", "四川省成都市武侯区金花镇红旗村3组12号", "，"),
        ("", "新疆维吾尔自治区伊犁哈萨克自治州伊宁市解放西路200号", "，"),
        ("", "内蒙古自治区呼伦贝尔市鄂温克族自治旗巴彦托海镇索伦大街5号", "，"),
        ("", "西藏自治区拉萨市城关区北京中路30号", "，"),
        ("", "香港九龙弥敦道100号20楼", "，"),
        ("", "香港中环皇后大道中99号15楼", "，"),
        ("", "台湾省台北市大安区忠孝东路四段100号5楼", "，"),
        ("", "廣東省深圳市福田區深南大道1000號", "，"),
        ("", "江苏省昆山市玉山镇人民路8号", "，"),
        ("", "四川省成都市锦江区天府大道1500号翠湖小区12栋3单元1801室", "\n"),
        ("", "浙江杭州西湖翠苑小区3-2-501", "，"),
        ("", "北京市海淀区中关村南大街5号", "，"),
        ("", "重庆市渝中区解放碑街道民权路28号", "，"),
        ("", "唐山市路南区永红桥街道迎宾街737号", "，"),
        ("", "黑龙江省佳木斯市前进区和平里西街726号万科城28号楼-1-591", "，"),
        ("", "安徽省合肥市肥东县御景华府17-5-1151", "，"),
        ("", "湖北省宜昌市伍家岗区恒大名都24栋4梯2422", "，"),
        ("", "南京市溧水区和凤镇李家庄村12社67号", "，"),
        ("联系住所", "甘肃省张掖市甘州区解放大道309号碧桂园30号楼-2-626", " 100022"),
        ("1,", "北京市西城区金融街1200号万科城9栋2单元1802室", ",2.00"),
    ] {
        let text = format!("{before}{address}{behind}");
        assert_eq!(found(&text), [address], "{text}");
    }
}

#[test]
fn finds_nothing_in_what_is_no_address() {
    for text in [
        "广东省",
        "北京市",
        "深圳市福田区",
        "上海证券交易所",
        "北京银行",
        "中国工商银行上海分行",
        "深圳市证券营业部",
        "广东省深圳市***",
        "北京市朝阳区建国路证券营业部",
        "上海张杨路证券营业部",
        "上海市第一中级人民法院",
        "华泰证券南京中山东路营业部",
        "资金账号12345678，股东账号A123456789",
        "请于11月5号前完成",
        "万科A收涨2.00%",
        "金融街（000402）",
        "今日沪深两市震荡上行，北向资金净流入100万元",
        "南京路步行街客流增长",
        "深圳市场成交活跃",
        "您的手机号13800138000于北京登录",
        "上海国际能源交易中心原油期货",
        "中国证监会北京监管局",
        "客户3号产品",
        "2号线",
        "一带一路",
        "通过线上渠道办理",
        "浙江省分行营业部",
        "公司位于北京市",
        "广东省人民政府",
        "北京市朝阳区新增3户",
        "深圳市南山区共5家",
        "北京市朝阳区A股投资者100人",
        "上海市浦东新区3季度增长",
        "沪深两市成交额",
        "区间震荡",
    ] {
        assert_eq!(found(text), [] as [&str; 0], "{text}");
    }
}

#[test]
fn reads_what_stands_behind_a_label() {
    for (text, expected) in [
        ("地址：北京市朝阳区建国路88号，电话", Some("北京市朝阳区建国路88号")),
        ("地址:广东省深圳市福田区 深南大道1000号 3栋501 电话:0755", Some("广东省深圳市福田区 深南大道1000号 3栋501")),
        ("地址：北京市朝阳区建国路88号邮编100022", Some("北京市朝阳区建国路88号")),
        ("地址：北京市朝阳区建国路88号 100022", Some("北京市朝阳区建国路88号")),
        ("地址：北京市朝阳区建国路88号13800138000", Some("北京市朝阳区建国路88号")),
        ("地址：北京市朝阳区建国路88号已变更", Some("北京市朝阳区建国路88号")),
        ("地址：深南大道1000号", Some("深南大道1000号")),
        ("地址：红旗村3组", Some("红旗村3组")),
        ("地址：翠湖小区3-2-501东户", Some("翠湖小区3-2-501东户")),
        ("地址：广东省深圳市福田区", Some("广东省深圳市福田区")),
        (
            "Address: Rm 1203, No. 88 Century Ave, Pudong, Shanghai\nTel",
            Some("Rm 1203, No. 88 Century Ave, Pudong, Shanghai"),
        ),
        ("Address: Flat A, 12/F, Nathan Road, Kowloon Phone: 1234", Some("Flat A, 12/F, Nathan Road, Kowloon")),
        ("地址：无", None),
        ("地址：请登录APP修改", None),
        ("地址：见附件", None),
        ("地址：广东省深圳市***", None),
        ("地址：广东省深圳市", None),
        ("地址：10.0.0.1", None),
        ("地址：a@b.com", None),
        ("地址：https://example.com/road", None),
        ("地址：", None),
    ] {
        assert_eq!(labelled(text), expected, "{text}");
    }
}

#[test]
fn a_field_is_an_address_as_a_whole() {
    for (value, expected) in [
        (" 广东省深圳市福田区深南大道1000号 ", Some("广东省深圳市福田区深南大道1000号")),
        ("深南大道1000号3栋", Some("深南大道1000号3栋")),
        ("Rm 1203, No. 88 Century Ave, Pudong, Shanghai", Some("Rm 1203, No. 88 Century Ave, Pudong, Shanghai")),
        ("广东省", None),
        ("平安银行", None),
        ("买入", None),
        ("张三", None),
        ("", None),
        ("广东省深圳市***", None),
        ("2025-11-23 10:00:00", None),
    ] {
        assert_eq!(whole(value.as_bytes()).map(|found| &value[found.span]), expected, "{value}");
    }
}

#[test]
fn a_mask_keeps_what_its_level_says() {
    for (value, city, county, road) in [
        ("广东省深圳市福田区深南大道1000号3栋", "广东省深圳市", "广东省深圳市福田区", "广东省深圳市福田区深南大道"),
        ("北京市朝阳区建国路88号", "北京市", "北京市朝阳区", "北京市朝阳区建国路"),
        ("广东深圳福田深南大道1000号", "广东深圳", "广东深圳福田", "广东深圳福田深南大道"),
        ("福田区深南大道1000号", "", "福田区", "福田区深南大道"),
        ("深南大道1000号3栋", "", "", "深南大道"),
        ("江苏省昆山市玉山镇人民路8号", "江苏省", "江苏省昆山市", "江苏省昆山市玉山镇人民路"),
        ("吉林省吉林市船营区北京路1号", "吉林省吉林市", "吉林省吉林市船营区", "吉林省吉林市船营区北京路"),
        ("Rm 1203, No. 88 Century Ave", "", "", ""),
    ] {
        let levels = levels(value);
        assert_eq!(&value[..levels.city_end], city, "{value}");
        assert_eq!(&value[..levels.county_end], county, "{value}");
        assert_eq!(&value[..levels.road_end], road, "{value}");
    }
}

proptest! {
    #[test]
    fn arbitrary_bytes_do_no_harm(text in prop::collection::vec(any::<u8>(), 0..300), at in 0usize..320) {
        let mut out = Vec::new();
        find(&text, &mut out);
        for found in out.into_iter().chain(after_label(&text, at)).chain(whole(&text)) {
            prop_assert!(found.span.start < found.span.end && found.span.end <= text.len());
        }
    }

    #[test]
    fn spans_stand_on_characters(parts in prop::collection::vec(prop::sample::select(vec![
        "广东省", "深圳市", "福田区", "深南大道", "1000", "号", "栋", "室", "路", "街", "王", "，", " ", "-", "的", "a", "𬎆", "(", ")", "*", "北京", "村",
    ]), 0..60)) {
        let text = parts.concat();
        let mut out = Vec::new();
        find(text.as_bytes(), &mut out);
        let mut last = 0;
        for found in &out {
            prop_assert!(found.span.start >= last);
            last = found.span.end;
        }
        for found in out.into_iter().chain(after_label(text.as_bytes(), 0)).chain(whole(text.as_bytes())) {
            prop_assert!(text.get(found.span.clone()).is_some());
            let kept = found.kept;
            prop_assert!(kept.city_end <= kept.county_end && kept.county_end <= kept.road_end && kept.road_end <= found.span.len());
        }
    }
}
