//! Postal addresses in the forms that customers' records have.

use super::{Generator, NameList};

/// Province (empty for the municipalities), cities, districts.
type Province = (&'static str, &'static [&'static str], &'static [&'static str]);

const PROVINCES: [Province; 12] = [
    ("广东省", &["深圳市", "广州市", "珠海市"], &["福田区", "南山区", "天河区", "越秀区"]),
    ("浙江省", &["杭州市", "宁波市"], &["西湖区", "滨江区", "鄞州区"]),
    ("江苏省", &["南京市", "苏州市"], &["鼓楼区", "姑苏区", "玄武区"]),
    ("", &["北京市"], &["朝阳区", "海淀区", "西城区"]),
    ("", &["上海市"], &["浦东新区", "黄浦区", "徐汇区"]),
    ("四川省", &["成都市"], &["武侯区", "锦江区"]),
    ("湖北省", &["武汉市"], &["江汉区", "武昌区"]),
    ("福建省", &["厦门市", "福州市"], &["思明区", "鼓楼区"]),
    ("山东省", &["济南市", "青岛市"], &["历下区", "市南区"]),
    ("陕西省", &["西安市"], &["雁塔区", "碑林区"]),
    ("广西壮族自治区", &["南宁市"], &["青秀区", "西乡塘区"]),
    ("新疆维吾尔自治区", &["乌鲁木齐市"], &["天山区", "水磨沟区"]),
];
const HELD_PROVINCES: [Province; 6] = [
    ("湖南省", &["长沙市"], &["岳麓区", "芙蓉区"]),
    ("辽宁省", &["大连市", "沈阳市"], &["中山区", "和平区"]),
    ("云南省", &["昆明市"], &["五华区", "盘龙区"]),
    ("", &["天津市"], &["和平区", "河西区"]),
    ("", &["重庆市"], &["渝中区", "江北区"]),
    ("内蒙古自治区", &["呼和浩特市"], &["新城区", "赛罕区"]),
];
const ROADS: [&str; 12] = [
    "人民路",
    "解放大道",
    "中山北路",
    "深南大道",
    "世纪大道",
    "金融街",
    "建国路",
    "天府大道",
    "文三路",
    "滨海大道",
    "环城西路",
    "学府街",
];
const HELD_ROADS: [&str; 8] = ["芙蓉中路", "青年大街", "翠微巷", "柳荫街", "麓谷大道", "观前街", "石鼓东路", "凤起路"];
const ESTATES: [&str; 8] =
    ["金色家园", "阳光花园", "翠湖小区", "国际金融中心", "御景华府", "东方明珠苑", "紫薇花园", "工人新村"];
const HELD_ESTATES: [&str; 5] = ["桂花城", "听涛雅苑", "湘江壹号", "水岸人家", "梧桐里"];

/// A full address with a house number at least.
pub(super) fn address(g: &mut Generator) -> String {
    let (provinces, roads, estates): (&[Province], &[&str], &[&str]) = match g.names {
        NameList::Common => (&PROVINCES, &ROADS, &ESTATES),
        NameList::HeldOut => (&HELD_PROVINCES, &HELD_ROADS, &HELD_ESTATES),
    };
    let (province, cities, districts) = g.random.pick(provinces);
    let place = format!("{province}{}{}", g.random.pick(cities), g.random.pick(districts));
    let (road, estate) = (g.random.pick(roads), g.random.pick(estates));
    let number = g.random.between(1, 1999);
    let (building, entrance) = (g.random.between(1, 30), g.random.between(1, 6));
    let room = g.random.between(1, 32) * 100 + g.random.between(1, 8);
    match g.random.below(8) {
        0 | 1 => format!("{place}{road}{number}号"),
        2 | 3 => format!("{place}{road}{number}号{estate}{building}栋{entrance}单元{room}室"),
        4 => format!("{place}{road}{number}号院{building}号楼{room}室"),
        5 => format!("{place}{road}{number}弄{building}号{room}室"),
        6 => format!("{place}{estate}{building}幢{room}"),
        _ => format!("{place}{road}{number}号{estate}{building}层{room}室"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_names_city_district_and_number() {
        for list in [NameList::Common, NameList::HeldOut] {
            let mut g = Generator::new(2).names(list);
            for _ in 0..200 {
                let text = address(&mut g);
                assert!(text.contains('市') && text.contains('区'), "{text}");
                assert!(text.contains(|c: char| c.is_ascii_digit()), "{text}");
            }
        }
    }
}
