//! Titles that stand apart from their rows: `{"columns":["姓名","手机"],"rows":[["张三","13800138000"]]}`, and
//! `[["姓名","手机"],["张三","13800138000"]]`.
//!
//! They are remembered while the container that they belong to is open, so rows that stand before their titles get nothing
//! from them.

use crate::sink::Field;

/// The most titles of one list that are remembered.
const COUNT_LIMIT: usize = 256;

/// A longer text is no title, in bytes as written.
pub(super) const LENGTH_LIMIT_BYTES: usize = 256;

/// So many titles of an array's first row a rule has to know: in `["姓名","张三"]` one names the other.
const KNOWN_AT_LEAST: usize = 2;

/// What lists of titles are called.
const LISTS: [&str; 9] =
    ["columns", "cols", "fields", "headers", "header", "titles", "names", "fieldnames", "columnnames"];

/// Whether `key` says that its value lists titles.
pub(super) fn are_listed_in(key: &[u8]) -> bool {
    let bare = key.iter().filter(|byte| **byte != b'_').map(u8::to_ascii_lowercase);
    LISTS.iter().any(|list| bare.clone().eq(list.bytes()))
}

/// The lists of titles of the containers that are open.
#[derive(Default)]
pub(super) struct Titles {
    /// The innermost last.
    lists: Vec<List>,
}

struct List {
    /// How many containers are open where its owner is the innermost: an object that has a list of titles beside the rows,
    /// or an array whose first row is one.
    depth: usize,
    owner: Owner,
    fields: Vec<Field>,
    /// How many texts were noted.
    noted: u64,
    /// All of it is there.
    is_closed: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Owner {
    Object,
    Array,
}

impl Titles {
    /// The object at `depth` reads a list of titles from here on.
    pub(super) fn begin_in_object(&mut self, depth: usize) {
        self.begin(depth, Owner::Object);
    }

    /// The array at `depth` reads its first row.
    pub(super) fn begin_in_array(&mut self, depth: usize) {
        self.begin(depth, Owner::Array);
    }

    fn begin(&mut self, depth: usize, owner: Owner) {
        self.lists.retain(|list| list.depth < depth);
        self.lists.push(List { depth, owner, fields: Vec::new(), noted: 0, is_closed: false });
    }

    /// Whether a text may be a title that stands `depth` deep: in a list, or in an object that is an element of one.
    pub(super) fn are_read_at(&self, depth: usize) -> bool {
        let within = |list: &List| match list.owner {
            Owner::Object => (1..=2).contains(&(depth - list.depth)),
            Owner::Array => depth == list.depth + 1,
        };
        self.lists.last().is_some_and(|list| !list.is_closed && depth > list.depth && within(list))
    }

    /// Notes the title at `index`. Of several names of one title the first that a rule knows counts.
    pub(super) fn note(&mut self, index: u64, field: Field) {
        let Some(list) = self.lists.last_mut() else { return };
        list.noted += 1;
        let Some(index) = usize::try_from(index).ok().filter(|index| *index < COUNT_LIMIT) else { return };
        if list.fields.len() <= index {
            list.fields.resize(index + 1, Field::default());
        }
        if !list.fields[index].is_labelled {
            list.fields[index] = field;
        }
    }

    /// What was read is no title, so the row is none of titles.
    pub(super) fn refuse(&mut self) {
        if self.lists.last().is_some_and(|list| list.owner == Owner::Array && !list.is_closed) {
            self.lists.pop();
        }
    }

    /// The object at `depth` goes on with another key: what its last one held was no list.
    pub(super) fn forget_unread(&mut self, depth: usize) {
        if self.lists.last().is_some_and(|list| list.depth == depth && !list.is_closed) {
            self.lists.pop();
        }
    }

    /// A container that was `depth` deep has ended, an array with that many elements.
    pub(super) fn end(&mut self, depth: usize, elements: u64) {
        self.lists.retain(|list| list.depth < depth);
        let Some(list) = self.lists.last_mut().filter(|list| list.depth + 1 == depth && !list.is_closed) else {
            return;
        };
        list.is_closed = true;
        let known = list.fields.iter().filter(|field| field.is_labelled).count();
        let stays = match list.owner {
            Owner::Object => known > 0,
            Owner::Array => known >= KNOWN_AT_LEAST && list.noted == elements,
        };
        if !stays {
            self.lists.pop();
        }
    }

    /// Whether an array that is now the innermost, `depth` deep, is a row of titled elements.
    pub(super) fn are_of_row_at(&self, depth: usize) -> bool {
        self.lists.last().is_some_and(|list| {
            list.is_closed
                && depth
                    == match list.owner {
                        Owner::Object => list.depth + 2,
                        Owner::Array => list.depth + 1,
                    }
        })
    }

    /// The field of a row's element at `index`, if a rule knows its title.
    pub(super) fn of_element(&self, index: u64) -> Option<Field> {
        let index = usize::try_from(index).ok()?;
        self.lists.last()?.fields.get(index).copied().filter(|field| field.is_labelled)
    }
}

#[cfg(test)]
mod tests {
    use crate::{Charset, Format, Masker, Mode, Options, Output};
    use pii_core::policy::{Date, Flow, Policy};
    use pii_core::{Engine, RuleSet};

    fn masker() -> Masker {
        let today = Date::new(2026, 11, 23).expect("a day");
        let flow = Flow { channel: Some("log"), recipient: None, purpose: None, today };
        Masker::new(Engine::new(RuleSet::builtin()), &Policy::builtin(), &flow)
            .expect("the built-in policy needs no keys")
    }

    fn masked(masker: &Masker, input: &str, cut: usize) -> String {
        let options = Options { format: Some(Format::Json), charset: Some(Charset::Utf8), ..Options::default() };
        let mut session = masker.session(Mode::Mask, options);
        let mut out = Output::default();
        for chunk in [&input.as_bytes()[..cut], &input.as_bytes()[cut..]] {
            session.push(chunk, &mut out).expect("well-formed");
        }
        session.finish(&mut out).expect("well-formed");
        String::from_utf8(out.bytes).expect("UTF-8 stays UTF-8")
    }

    #[test]
    fn elements_of_rows_are_of_the_title_at_their_place() {
        let masker = masker();
        for (input, expected) in [
            (
                r#"{"columns":["姓名","资金账号","x"],"rows":[["张三","8800123456","8800123456"],["李四","8800123457"]]}"#,
                r#"{"columns":["姓名","资金账号","x"],"rows":[["张**","88****3456","88****3456"],["李**","88****3457"]]}"#,
            ),
            (
                r#"{"field_names":["id","zj\u007ah"],"data":[[1,8800123456]]}"#,
                r#"{"field_names":["id","zj\u007ah"],"data":[[1,"88****3456"]]}"#,
            ),
            (
                r#"{"fields":[{"name":"id"},{"title":"账","key":"zjzh"}],"items":[[],["a","8800123456"]]}"#,
                r#"{"fields":[{"name":"id"},{"title":"账","key":"zjzh"}],"items":[[],["a","88****3456"]]}"#,
            ),
            (r#"[["姓名","资金账号"],["张三","8800123456"]]"#, r#"[["姓名","资金账号"],["张**","88****3456"]]"#),
            (
                r#"{"a":[["id","khxm","zjzh"],[1,"张三","8800123456"]],"b":[["8800123456"]]}"#,
                r#"{"a":[["id","khxm","zjzh"],[1,"张**","88****3456"]],"b":[["8800123456"]]}"#,
            ),
        ] {
            for cut in (0..=input.len()).step_by(3) {
                assert_eq!(masked(&masker, input, cut), expected, "{cut}");
            }
        }
    }

    #[test]
    fn rows_without_titles_that_rules_know_stay() {
        let masker = masker();
        for input in [
            r#"[["2024-01-02","10.5","11.0"],["2024-01-03","8800123456","1"]]"#,
            r#"[["日期","成交量"],["2024-01-02","8800123456"]]"#,
            r#"[["资金账号","备注"],["8800123456","x"]]"#,
            r#"{"rows":[["8800123456"]],"columns":["资金账号"]}"#,
            r#"{"columns":"资金账号","rows":[["8800123456"],["8800123456"]]}"#,
            r#"{"t":{"columns":["资金账号"]},"rows":[["8800123456"]]}"#,
            r#"{"columns":["资金账号"],"rows":["8800123456"]}"#,
            r#"[[[113.26,23.13],[113.27,23.14]],[[8800123456,1]]]"#,
            r#"[["姓名","资金账号",1],["8800123456","8800123457"]]"#,
        ] {
            assert_eq!(masked(&masker, input, input.len() / 2), input);
        }
    }
}
