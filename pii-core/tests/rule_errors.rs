//! A wrong rule file is refused with file, line and what to write instead.

use pii_core::{Rule, RuleSet};

/// A rule file with nothing wrong in it, its lines counted by the cases below.
const GOOD: &str = r#"kind     = "wealth_card_no"
class    = 3
name     = { en = "Wealth club card number", zh = "财富卡号" }
source   = "our card handbook, 4.2"
priority = 440
[[form]]
name       = "V and 9 digits"
alphabet   = "0-9V"
length     = [10]
first      = "V"
matches    = "V[0-9]{9}"
check      = "luhn"
confidence = { likely = 0.6, labelled = 0.97 }
[context]
words  = ["财富卡号", "wealth card no"]
vague  = ["财富卡号"]
fields = ["wealth_card_no", "cfkh"]
[mask]
strict  = { last = 4 }
usual   = { first = 2, last = 4, stars = 4 }
lenient = { first = 4, last = 4, stars = 4 }
[fpe]
method     = "digits"
[[example]]
text  = "您的财富卡V000000001已生效"
value = "V000000001"
[[counter]]
text = "V00000001"
why  = "a digit is missing"
"#;

/// What is changed in the good file (line, and what stands there instead), and how that is told: line and words in it.
const WRONG: [(usize, &str, usize, &str); 64] = [
    (1, "kind = \"Wealth Card\"", 1, "begins with a letter; write \"wealth_card_no\""),
    (1, "kind = 3", 1, "write a text in quotes"),
    (1, "", 1, "`kind` is missing here; write kind = "),
    (1, "kind = wealth_card_no", 1, "this is no TOML"),
    (2, "class = 5", 2, "there is no class 5; write 1 (least sensitive), 2, 3 or 4"),
    (2, "class = 0", 2, "there is no class 0"),
    (2, "class = \"3\"", 2, "write a whole number from 0 to 255"),
    (2, "klass = 3", 2, "there is no key `klass` here; write \"class\""),
    (2, "", 1, "`class` is missing here; write class = 3"),
    (3, "name = \"Wealth club card number\"", 3, "write a table: name = { en"),
    (3, "name = { en = \"Wealth club card number\" }", 3, "`zh` is missing here; write zh = "),
    (4, "", 1, "`source` is missing here; write source = "),
    (5, "priority = 1001", 5, "a priority is 0 to 1000; write 500"),
    (5, "class = 2", 5, "this key is here twice; take one of them out"),
    (6, "[[forms]]", 6, "there is no key `forms` here; write \"form\""),
    (7, "", 6, "`name` is missing here; write name = "),
    (8, "alphabet = \"\"", 8, "the set is empty; write single characters and ranges"),
    (8, "alphabet = \"9-0\"", 8, "runs backwards; write single characters and ranges"),
    (8, "alphabet = \"０-９\"", 8, "only ASCII characters can stand here"),
    (9, "length = []", 9, "one at least; write [15, 18] or \"6..14\""),
    (9, "length = [0]", 9, "lengths are 1 to 40 characters"),
    (9, "length = [41]", 9, "lengths are 1 to 40 characters"),
    (9, "length = \"14..6\"", 9, "a range runs upwards, from 1 at least to 40 at most; write [15, 18] or \"6..14\""),
    (9, "length = \"6..4000000000\"", 9, "to 40 at most"),
    (9, "length = \"6-14\"", 9, "a range with both its ends; write [15, 18] or \"6..14\""),
    (9, "lenght = [10]", 9, "there is no key `lenght` here; write \"length\""),
    (9, "pattern = \"V[0-9]{9}\"", 8, "`alphabet` is read only in a form with `length`; take it out"),
    (9, "", 6, "exactly one of `length`, `pattern`, `after_label` and `recogniser`"),
    (10, "first = \"W\"", 10, "not in the form's `alphabet`; add it there"),
    (11, "matches = \"V[0-9\"", 11, "no regular expression that can be used: "),
    (11, "matches = '(?=V)V'", 11, "no look-around"),
    (11, "trigger = [\"V\"]", 11, "`trigger` is read only in a form with `pattern`"),
    (11, "separators = \"－\"", 11, "write full-width forms as ASCII"),
    (11, "pattern = \"V\"", 6, "exactly one of"),
    (11, "prefix = [\"\"]", 11, "an empty word would stand everywhere; take it out"),
    (12, "check = \"lunh\"", 12, "there is no check \"lunh\"; write \"luhn\""),
    (12, "check = \"nothing like it\"", 12, "write one of bank_card, cnaps"),
    (12, "recogniser = \"person_nam\"", 6, "exactly one of"),
    (12, "class = 9", 12, "there is no class 9"),
    (13, "confidence = { labelled = 1.5 }", 13, "a number from 0 to 1; write 0.97"),
    (13, "confidence = { labelled = nan }", 13, "a number from 0 to 1"),
    (13, "confidence = { labelled = 0.4 }", 13, "the form finds nothing; write labelled = 0.9"),
    (13, "confidence = { labeled = 0.9 }", 13, "there is no key `labeled` here; write \"labelled\""),
    (13, "confidence = 0.9", 13, "write a table: confidence = "),
    (15, "words = [\"财富卡号\", \"\"]", 15, "an empty word would stand everywhere"),
    (15, "words = \"财富卡号\"", 15, "write a list in square brackets"),
    (16, "vague = [\"财富\"]", 16, "neither a word nor a field of the rule; add it to `words` or `fields`"),
    (17, "fields = [\"wealth_card_no\", \"_\"]", 17, "a field's name has 1 to 64 bytes"),
    (19, "strikt = { last = 4 }", 19, "there is no profile \"strikt\"; write \"strict\""),
    (20, "", 18, "the mask for the profile `usual` is missing; write usual = "),
    (20, "usual = { method = \"kep\" }", 20, "write \"keep\""),
    (23, "method = \"digit\"", 23, "there is no method \"digit\"; write \"digits\""),
    (23, "method = \"alphabet\"", 23, "write method = \"alphabet\" and alphabet = "),
    (23, "method = \"luhn\"", 23, "there is no method \"luhn\"; write one of digits, alphabet, resident_id"),
    (23, "method = \"digits\"\nalphabet = \"0-9\"", 23, "and it alone, has a key `alphabet`"),
    (23, "method = \"alphabet\"\nalphabet = \"-_\"", 24, "nothing can be enciphered"),
    (23, "method = \"alphabet\"\nalphabet = \"9-0\"", 24, "runs backwards; write single characters and ranges"),
    (23, "method = \"digits\"\nkeep_first = 9", 24, "no value is longer than 10 characters"),
    (23, "method = \"digits\"\nkeep_first = 40", 24, "no value is longer than 40 characters"),
    (
        23,
        "method = \"digits\"\nkeep_first = 4\nkeep_behind = 4",
        25,
        "are left between `keep_first` and `keep_behind`; write 6",
    ),
    (23, "method = \"digits\"\nkeep_behind = 8\ncheck = \"luhn\"", 24, "do not go together; take one of them out"),
    (23, "method = \"digits\"\ncheck = \"lunh\"", 24, "there is no check character \"lunh\"; write \"luhn\""),
    (23, "method = \"digits\"\ncheck = \"uscc\"", 24, "no form of the rule has as many characters"),
    (23, "method = \"email\"\nkeep_first = 1", 24, "`keep_first` belongs to the methods \"digits\" and \"alphabet\""),
];

/// The good file with another text in one of its lines.
fn changed(line: usize, instead: &str) -> String {
    let mut lines: Vec<&str> = GOOD.lines().collect();
    lines[line - 1] = instead;
    lines.join("\n")
}

/// The good file without the lines from the one that begins with `from` to the one that begins with `to`.
fn without(from: &str, to: &str) -> String {
    let start = GOOD.find(from).expect("it is in the file");
    let end = start + GOOD[start..].find(to).expect("it is behind");
    [&GOOD[..start], &GOOD[end..]].concat()
}

fn told(text: &str) -> String {
    match Rule::parse("card.toml", text) {
        Ok(_) => "nothing is wrong".to_owned(),
        Err(error) => {
            assert_eq!(error.file(), "card.toml");
            error.to_string()
        }
    }
}

#[test]
fn a_good_file_is_read_and_its_examples_hold() {
    let rule = Rule::parse("card.toml", GOOD).expect("nothing is wrong with it");
    assert_eq!(rule.examples().len(), 1);
    let rules = RuleSet::with(&[("card.toml".to_owned(), GOOD.to_owned())]).expect("beside the others too");
    assert_eq!(rules.rules().len(), RuleSet::builtin().rules().len() + 1);
}

#[test]
fn every_mistake_is_told_with_its_line_and_what_to_write() {
    let missed = |(line, instead, at, words): &(usize, &str, usize, &str)| {
        let told = told(&changed(*line, instead));
        let is_well_told = told.starts_with(&format!("card.toml:{at}:")) && told.contains(words);
        (!is_well_told).then(|| format!("{instead:?} in line {line} (should say :{at}: … {words}):\n  {told}"))
    };
    let missed: Vec<String> = WRONG.iter().filter_map(missed).collect();
    assert!(missed.is_empty(), "{}", missed.join("\n"));
}

#[test]
fn what_is_not_there_is_told_where_the_kind_is_named() {
    for (from, to, words) in [
        ("[[form]]", "[context]", "the rule finds nothing: it has no form; write [[form]] with"),
        ("[[example]]", "[[counter]]", "the rule has no example, and examples are its tests; write [[example]] with"),
        ("[mask]", "[fpe]", "`mask` is missing here; write [mask] with"),
    ] {
        let told = told(&without(from, to));
        assert!(told.starts_with("card.toml:1:") && told.contains(words), "{from}: {told}");
    }
}

#[test]
fn recognisers_patterns_and_labels_are_told_too() {
    let form = |key: &str| {
        let head = GOOD.split("[[form]]").next().expect("there is a head");
        let rest = &GOOD[GOOD.find("[context]").expect("there is a context")..];
        told(&format!("{head}[[form]]\nname = \"x\"\n{key}\nconfidence = {{ labelled = 0.9 }}\n{rest}"))
    };
    for (key, words) in [
        ("recogniser = \"person_nam\"", "there is no recogniser \"person_nam\"; write \"person_name\""),
        ("recogniser = \"something else\"", "write one of person_name, address"),
        ("pattern = \"[0-9]*\"", "also finds nothing at all, everywhere; write + for *"),
        ("pattern = \"(\"", "no regular expression that can be used"),
        ("pattern = \"[0-9]{1000000}\"", "no regular expression that can be used"),
        ("pattern = \"V\"\ntrigger = [\"\"]", "an empty word would stand everywhere"),
        ("after_label = \"\\\\d{0,3}\"", "also finds nothing at all"),
    ] {
        let told = form(key);
        assert!(told.starts_with("card.toml:8:") || told.starts_with("card.toml:9:"), "{key}: {told}");
        assert!(told.contains(words), "{key}: {told}");
    }
}

#[test]
fn files_that_do_not_go_together_are_told() {
    let with = |files: &[(&str, &str)]| {
        let files: Vec<(String, String)> = files.iter().map(|(n, t)| ((*n).to_owned(), (*t).to_owned())).collect();
        RuleSet::with(&files).map(|_| ()).map_err(|error| error.to_string())
    };
    let twice = with(&[("a.toml", GOOD), ("b.toml", GOOD)]).expect_err("the same kind twice");
    assert_eq!(
        twice,
        "b.toml:1:12: the kind wealth_card_no has a rule in a.toml already; take one of the two files out"
    );
    let mobile = &GOOD.replace("wealth_card_no\"\nclass", "mobile_phone\"\nclass");
    assert_eq!(with(&[("a.toml", mobile)]), Ok(()), "an embedded rule is replaced");
    for (text, words) in [
        ("words = [\"\"]", "harmless.toml:1:10: an empty word would stand everywhere"),
        ("word = [\"x\"]", "harmless.toml:1:1: there is no key `word` here; write \"words\""),
        ("fields = [\"-\"]", "harmless.toml:1:11: a field's name has 1 to 64 bytes"),
        (
            "[[pattern]]\nname = \"a\"\npattern = \"a\"\n[[pattern]]\nname = \"b\"\npattern = \"(\"",
            "harmless.toml:6:11: ",
        ),
    ] {
        let told = with(&[("x/harmless.toml", text), ("a.toml", GOOD)]).expect_err(text);
        assert!(told.starts_with("x/") && told[2..].starts_with(words), "{told}");
    }
}
