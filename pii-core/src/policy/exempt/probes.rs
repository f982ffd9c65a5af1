//! Made-up values, by which a pattern is known that would let a whole sort of values through, and not only the firm's own.
//!
//! Who spells the firm's own values out, or what they begin with, matches at most one of a form by chance; who leaves the form
//! open matches many. Nobody has one of these values: IDs are of people who were born before 1900, or of a sequence (000) that
//! is not given out, and names are of characters that no one is called by together. A pattern that lets through fewer than these
//! can show, such as numbers with six digits in common, is left to whoever answers for the exemption.

use std::sync::LazyLock;

/// What a form is of, and how its values are written once separators are taken out of them, in capitals.
///
/// `*` is a digit, and all of them occur; `#` a digit; `+` one from 1 on; `@` a letter; `&` a letter or a digit; 姓 a surname, and
/// all of those below occur; 名 a character of a name. Everything else stands for itself.
const FORMS: [(&str, &str); 82] = [
    ("resident IDs", "**####188#0+1#####"),
    ("resident IDs", "**####189#0+1####X"),
    ("resident IDs", "**####19##0+1#000#"),
    ("resident IDs", "**####20##0+1#000#"),
    ("resident IDs", "**######0+1#000"),
    ("mobile numbers", "1***#######"),
    ("mobile numbers", "861**########"),
    ("bank cards", "62**############"),
    ("bank cards", "62**###############"),
    ("landline numbers", "0**########"),
    ("landline numbers", "0**#########"),
    ("names", "姓名"),
    ("names", "姓名名"),
    ("names", "欧阳名名"),
    ("names", "名名名名名名名"),
    ("names", "@@@@@@"),
    ("names", "@@@@@@@@@"),
    ("names", "@@@@@@@@@@@@"),
    ("addresses", "北京市名名区名名路##号"),
    ("addresses", "上海市名名区名名路###弄##号###室"),
    ("addresses", "广东省深圳市名名区名名街道名名大厦##楼"),
    ("addresses", "名名省名名市名名县名名镇名名村##号"),
    ("e-mail addresses", "#########QQCOM"),
    ("e-mail addresses", "@@@@@@##163COM"),
    ("e-mail addresses", "@@@@@@@126COM"),
    ("e-mail addresses", "@@@@@@@@GMAILCOM"),
    ("e-mail addresses", "@@@@@@@@@@@@@COMCN"),
    ("dates of birth", "18*#0+1#"),
    ("dates of birth", "19*#0+1#"),
    ("dates of birth", "20*#0+1#"),
    ("dates of birth", "19*#年+月1#日"),
    ("passports", "E*#######"),
    ("passports", "E@#######"),
    ("passports", "G*#######"),
    ("travel permits", "C*#######"),
    ("travel permits", "C@#######"),
    ("travel permits", "H*########"),
    ("travel permits", "T*#######"),
    ("identity documents", "@#######"),
    ("identity documents", "@########"),
    ("identity documents", "@##########"),
    ("identity documents", "@@@############"),
    ("identity documents", "名字第########号"),
    ("securities accounts", "A*########"),
    ("securities accounts", "@#########"),
    ("WeChat IDs", "WXID&&&&&&&&&&&&&&"),
    ("WeChat IDs", "@@@@@####"),
    ("WeChat IDs", "@@&&&&&&&&"),
    ("number plates", "京@#####"),
    ("number plates", "粤@#@###"),
    ("number plates", "苏@@#####"),
    ("vehicle numbers", "L&&&&&&&&&&&&&&&&"),
    ("business codes of single traders", "92&&&&&&&&&&&&&&&&"),
    ("IBANs", "@@##@@@@##############"),
    ("tokens and passwords", "&&&&&&&&"),
    ("tokens and passwords", "&&&&&&&&&&&&"),
    ("tokens and passwords", "&&&&&&&&&&&&&&&&"),
    ("tokens and passwords", "&&&&&&&&&&&&&&&&&&&&"),
    ("tokens and passwords", "&&&&&&&&&&&&&&&&&&&&&&&&&&&&&&&&"),
    ("tokens and passwords", "&&&&&&&&&&&&&&&&&&&&&&&&&&&&&&&&&&&&&&&&"),
    ("codes", "*##"),
    ("codes", "*###"),
    ("customer numbers", "*####"),
    ("customer numbers", "*#####"),
    ("customer numbers", "*######"),
    ("account numbers", "*#######"),
    ("account numbers", "*########"),
    ("account numbers", "*#########"),
    ("account numbers", "**#########"),
    ("account numbers", "**##########"),
    ("account numbers", "**###########"),
    ("account numbers", "**############"),
    ("account numbers", "**#############"),
    ("account numbers", "**##############"),
    ("account numbers", "**###############"),
    ("account numbers", "**################"),
    ("account numbers", "**#################"),
    ("account numbers", "**##################"),
    ("account numbers", "**###################"),
    ("account numbers", "**####################"),
    ("account numbers", "**#######################"),
    ("account numbers", "**############################"),
];

/// The commonest ones.
const SURNAMES: [char; 10] = ['王', '李', '张', '刘', '陈', '杨', '黄', '赵', '吴', '周'];

/// Rare characters among those that patterns for names allow.
const GIVEN: [char; 10] = ['亍', '丌', '乇', '亳', '佧', '侉', '俅', '偾', '儆', '兕'];

/// So many of each combination of what `*` and 姓 stand for.
const ROUNDS: usize = 2;

/// So many rounds of a form that has neither.
const VALUES: usize = 20;

/// The values of a form.
struct Probes {
    what: &'static str,
    values: Vec<String>,
}

/// What a pattern would let through whosesoever it is: two values of one form are as good as all of them.
pub(super) fn let_through_by(matches: impl Fn(&str) -> bool) -> Option<&'static str> {
    static PROBES: LazyLock<Vec<Probes>> = LazyLock::new(|| {
        let probes =
            |(number, (what, form)): (usize, &(&'static str, &str))| Probes { what, values: values(number, form) };
        FORMS.iter().enumerate().map(probes).collect()
    });
    let is_let_through = |probes: &&Probes| probes.values.iter().filter(|value| matches(value)).nth(1).is_some();
    PROBES.iter().find(is_let_through).map(|probes| probes.what)
}

/// The values of the form of this number.
fn values(number: usize, form: &str) -> Vec<String> {
    let open = form.chars().filter(|c| matches!(c, '*' | '姓')).count();
    let combinations = if open == 0 { VALUES } else { (0..open).fold(1, |product, _| product * 10) };
    (0..combinations * ROUNDS).map(|nth| value(number, form, nth % combinations, nth / combinations)).collect()
}

fn value(number: usize, form: &str, combination: usize, round: usize) -> String {
    let mut rest = combination;
    let mut next = || {
        let digit = rest % 10;
        rest /= 10;
        digit
    };
    let character = |(at, letter): (usize, char)| {
        // Another round has another character in each place, so that no two of a combination share any.
        let one_of = |count: usize| (noise([number, combination, at]) + round * 7) % count;
        let digit = |digit: usize| char::from_digit(u32::try_from(digit).unwrap_or_default(), 36);
        match letter {
            '*' => digit(next()).unwrap_or(letter),
            '#' => digit(one_of(10)).unwrap_or(letter),
            '+' => digit(1 + one_of(9)).unwrap_or(letter),
            '@' => digit(10 + one_of(26)).unwrap_or(letter).to_ascii_uppercase(),
            '&' => digit(one_of(36)).unwrap_or(letter).to_ascii_uppercase(),
            '姓' => SURNAMES[next()],
            '名' => GIVEN[one_of(GIVEN.len())],
            other => other,
        }
    };
    form.chars().enumerate().map(character).collect()
}

/// A small number that follows from these and looks like none of them: the finisher of SplitMix64.
fn noise(of: [usize; 3]) -> usize {
    let seed = of.iter().fold(0_u64, |sum, part| sum.wrapping_mul(0x1_0000).wrapping_add(*part as u64 + 1));
    let mixed = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    usize::try_from((mixed ^ (mixed >> 31)) % 0x10_000).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn the_values_of_a_form_are_many_and_different() {
        for (number, (_, form)) in FORMS.iter().enumerate() {
            let all = values(number, form);
            let different: BTreeSet<&String> = all.iter().collect();
            assert!(
                all.len() >= 20 && different.len() * 2 >= all.len(),
                "{form}: {} of {}",
                different.len(),
                all.len()
            );
            assert!(all.iter().all(|value| value.chars().count() == form.chars().count()), "{form}");
            assert!(all.iter().all(|value| !value.contains(['*', '#', '+', '@', '&', '姓', '名'])), "{form}");
        }
    }

    #[test]
    fn nobody_has_one_of_the_ids() {
        for (number, (what, form)) in FORMS.iter().enumerate().filter(|(_, (what, _))| *what == "resident IDs") {
            for id in values(number, form) {
                let (is_old, sequence) = (id.get(6..8) == Some("18"), id.get(id.len().min(17) - 3..id.len().min(17)));
                assert!((id.len() == 18 && is_old) || sequence == Some("000"), "{what}: {form}");
            }
        }
    }
}
