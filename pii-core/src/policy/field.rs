//! Which field is meant.

mod near_top;

use super::read::shortened;
use near_top::NearTop;
use std::fmt;

/// A field as a rule or a route names it: a path (`$.customer.idNo`, `$.rows[*].idNo`), or a name that stands for every field
/// of that name, in any case and with or without `_`, `-`, `.` and spaces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field(String);

/// Why no field can be meant, and what to write instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldError(String);

/// What a path may look like, for those whose path does not.
const WRITE: &str =
    "write \"$.customer.idNo\", \"$.rows[*].idNo\", \"$[\\\"ID no\\\"]\", or \"idNo\" for every field of that name";

impl Field {
    /// Reads what somebody wrote.
    ///
    /// # Errors
    /// No field can be meant: a rule with a path that is never met would never apply.
    pub fn parse(text: &str) -> Result<Self, FieldError> {
        let text = text.trim();
        let fault = match text.strip_prefix('$') {
            Some(path) => fault_in_path(path),
            None => plain(text).next().is_none().then_some("it has no letter and no digit"),
        };
        match fault {
            Some(fault) => Err(FieldError(format!("{text:?} names no field: {fault}; {WRITE}"))),
            None => Ok(Self(text.to_owned())),
        }
    }

    /// What is odd about a name that a path of JSON was hardly meant by: no object has a field of that name.
    pub(super) fn doubt(&self) -> Option<String> {
        let is_dotted = !self.0.starts_with('$') && self.0.contains('.');
        is_dotted.then(|| {
            let (whole, last) = (shortened(&self.0), shortened(last_name(&self.0)));
            let path = format!("$.{whole}");
            format!(
                "the field {whole:?} is one whose whole name that is, such as a column's, and none inside an object: for that write \
                 {path:?}, its path from the top, or {last:?} for every field of that name"
            )
        })
    }

    /// Whether every field that `other` means is meant here.
    pub(super) fn covers(&self, other: &Self) -> bool {
        match (self.0.starts_with('$'), other.0.starts_with('$')) {
            (true, true) => self.0 == other.0 || same_path(&self.0, &other.0),
            (true, false) => false,
            (false, true) => same_name(&self.0, last_name(&other.0)),
            (false, false) => same_name(&self.0, &other.0),
        }
    }

    /// Whether `field`, a path or a name as decoders give it, is the one that is meant. Allocates nothing.
    #[must_use]
    pub fn means(&self, field: &str) -> bool {
        if self.0.starts_with('$') {
            return same_path(&self.0, field);
        }
        same_name(&self.0, last_name(field)) || same_name(&self.0, field)
    }

    /// The same for what is met near the top of a document only: a name means a field of the outermost object, of an object in
    /// an array that is the document, or of one in an array of the outermost object whose key is one of `lists` (`$.mobile`,
    /// `$[3].mobile`, `$.messages[3].mobile`), or the elements of an array under that name. Of XML it means an element right
    /// below the root. Others are meant by their paths. Allocates nothing.
    #[must_use]
    pub fn means_near_top(&self, field: &str, lists: &[Self]) -> bool {
        if self.0.starts_with('$') {
            return same_path(&self.0, field);
        }
        let is_listed = |key: &str| lists.iter().any(|list| same_name(&list.0, key));
        let is_it = |near: NearTop<'_>| same_name(&self.0, near.name) && near.list.is_none_or(is_listed);
        same_name(&self.0, field) || NearTop::of(field).is_some_and(is_it)
    }
}

impl fmt::Display for FieldError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for FieldError {}

/// Why no document has a field at this path, which follows the `$`. It goes from key to key as decoders of JSON write it.
fn fault_in_path(path: &str) -> Option<&'static str> {
    let mut rest = path;
    while !rest.is_empty() {
        rest = if let Some(key) = rest.strip_prefix("[\"") {
            let Some((_, after)) = key.split_once("\"]") else { return Some("a name in quotes ends with \"]") };
            after
        } else if let Some(index) = rest.strip_prefix('[') {
            let Some((index, after)) = index.split_once(']') else { return Some("its [ has no ]") };
            if index != "*" && (index.is_empty() || !index.bytes().all(|b| b.is_ascii_digit())) {
                return Some("between [ and ] stands a number, * or a name in double quotes");
            }
            after
        } else if let Some(key) = rest.strip_prefix('.') {
            let end = key.find(['.', '[']).unwrap_or(key.len());
            if !is_identifier(&key[..end]) {
                return Some("between dots stands a name of letters, digits and _; others stand in [\"…\"]");
            }
            &key[end..]
        } else {
            return Some("behind $ and ] comes a dot or a bracket");
        };
    }
    None
}

fn is_identifier(name: &str) -> bool {
    let starts_well = name.starts_with(|c: char| c.is_alphabetic() || matches!(c, '_' | '$'));
    starts_well && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '$'))
}

/// Paths are compared letter by letter, since another letter is another field; `[*]` stands for any index.
fn same_path(rule: &str, field: &str) -> bool {
    let (mut rule, mut field) = (rule, field);
    while let Some((before, after)) = rule.split_once("[*]") {
        let Some(rest) = field.strip_prefix(before).and_then(|rest| rest.strip_prefix('[')) else {
            return false;
        };
        let Some((index, rest)) = rest.split_once(']') else {
            return false;
        };
        if index.is_empty() || !index.bytes().all(|b| b.is_ascii_digit()) {
            return false;
        }
        (rule, field) = (after, rest);
    }
    rule == field
}

/// The last name of a path: `idNo` of `$.customer.idNo[3]`.
fn last_name(field: &str) -> &str {
    let mut field = field;
    while let Some((before, index)) = field.strip_suffix(']').and_then(|inner| inner.rsplit_once('[')) {
        let is_index = index.bytes().all(|b| b.is_ascii_digit());
        if !is_index {
            return index.trim_matches(['\'', '"']);
        }
        field = before;
    }
    field.rsplit(['.', '/']).next().unwrap_or(field)
}

fn same_name(one: &str, other: &str) -> bool {
    plain(one).eq(plain(other)) && plain(one).next().is_some()
}

fn plain(name: &str) -> impl Iterator<Item = char> + '_ {
    name.chars().filter(|c| !matches!(c, '_' | '-' | '.' | ' ')).flat_map(char::to_lowercase)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_paths() {
        for (rule, field, means) in [
            ("idNo", "$.customer.idNo", true),
            ("id_no", "$.customer.IDNO", true),
            ("idNo", "$.rows[12].idNo[3]", true),
            ("证件号码", "$['证件号码']", true),
            ("idNo", "/customer/idNo", true),
            ("cust.idNo", "cust.idNo", true),
            ("X-Id-No", "x-id-no", true),
            ("idNo", "$.customer.guarantorIdNo", false),
            ("idNo", "$.idNo.value", false),
            ("$.customer.idNo", "$.customer.idNo", true),
            ("$.customer.idNo", "$.guarantor.idNo", false),
            ("$.customer.idNo", "$.customer.idno", false),
            ("$.rows[*].idNo", "$.rows[12].idNo", true),
            ("$.rows[*].idNo", "$.rows[].idNo", false),
            ("$.rows[*].idNo", "$.rows.idNo", false),
            ("$.rows[*].cells[*]", "$.rows[1].cells[2]", true),
            ("$.rows[*]", "$.rows[1].idNo", false),
        ] {
            assert_eq!(Field::parse(rule).expect(rule).means(field), means, "{rule} {field}");
        }
    }

    #[test]
    fn a_field_covers_those_that_it_means() {
        for (later, earlier, covers) in [
            ("idNo", "id_no", true),
            ("ID-NO", "idNo", true),
            ("idNo", "$.customer.idNo", true),
            ("idNo", "$.rows[*].id_no", true),
            ("$.rows[*].idNo", "$.rows[*].idNo", true),
            ("$.rows[*].idNo", "$.rows[3].idNo", true),
            ("$.rows[3].idNo", "$.rows[*].idNo", false),
            ("$.customer.idNo", "idNo", false),
            ("$.customer.idNo", "$.customer.id_no", false),
            ("idNo", "cardNo", false),
            // Without its dot it is another name, which the one behind it does not mean.
            ("idNo", "customer.idNo", false),
        ] {
            let read = |text| Field::parse(text).expect(text);
            assert_eq!(read(later).covers(&read(earlier)), covers, "{later} {earlier}");
        }
    }

    #[test]
    fn a_name_means_what_stands_near_the_top() {
        let lists = ["messages", "textMessages"].map(|name| Field::parse(name).expect(name));
        for (listed, field, means) in [
            ("mobile", "mobile", true),
            ("mobile", "mobile[]", true),
            ("mobiles", "mobiles[2]", true),
            ("mobile", "user[mobile]", false),
            ("user[mobile]", "user[mobile]", true),
            ("to[0].email", "to[0].email", true),
            ("email", "to[0].email", false),
            ("mobile", "Mobile", true),
            ("phone_number", "$.phoneNumber", true),
            ("phone number", "$[\"phone number\"]", true),
            ("mobile", "$.mobile", true),
            ("mobile", "$.mobile[2]", true),
            ("mobile", "$[3].mobile", true),
            ("mobile", "$.messages[3].mobile", true),
            ("mobile", "$.messages[3].mobile[1]", true),
            ("mobile", "$.customer.mobile", false),
            ("mobile", "$.messages[3].customer.mobile", false),
            ("mobile", "$[3][1].mobile", false),
            ("mobile", "$.messages[3][1].mobile", false),
            ("mobile", "$.mobile[1][2]", false),
            ("mobile", "$.mobile.text", false),
            ("mobile", "$[\"a.mobile\"]", false),
            ("mobile", "$[\"a\"].mobile", false),
            ("mobile", "$[\"text messages\"][0].mobile", true),
            ("mobile", "$[\"a\"][0].mobile", false),
            ("mobile", "$.rows[3].mobile", false),
            ("mobile", "$.rows[3].mobile[1]", false),
            ("$.rows[*].mobile", "$.rows[3].mobile", true),
            ("mobile", "$.Text_Messages[3].mobile", true),
            ("mobile", "$[\"a[0]\"].mobile", false),
            ("mobile", "$[\"a\"][0][\"b\"].mobile", false),
            ("mobile", "$", false),
            ("mobile", "$[2]", false),
            ("mobile", "", false),
            ("mobile", "/request/mobile", true),
            ("mobile", "/request/mobile/text", false),
            ("mobile", "/request/customer/mobile", false),
            ("mobile", "/request/@mobile", false),
            ("mobile", "/mobile", false),
            ("/request/customer/mobile", "/request/customer/mobile", true),
            ("$.to[*].email", "$.to[3].email", true),
            ("$.customer.mobile", "$.customer.mobile", true),
            ("$.mobile", "$.customer.mobile", false),
            ("name", "idNo/name", false),
            ("body", "part 1/body", false),
        ] {
            assert_eq!(Field::parse(listed).expect(listed).means_near_top(field, &lists), means, "{listed} {field}");
        }
    }

    #[test]
    fn a_dotted_name_is_doubted() {
        let doubt = |text| Field::parse(text).expect(text).doubt();
        let told = doubt("customer.idNo").expect("it has a dot");
        assert!(told.contains("\"$.customer.idNo\"") && told.contains("or \"idNo\" for every field"), "{told}");
        assert!(
            ["idNo", "$.customer.idNo", "$", "/customer/idNo", "$[\"a.b\"]"].map(doubt).iter().all(Option::is_none)
        );
    }

    #[test]
    fn what_names_no_field_is_refused() {
        for (wrong, fault) in [
            ("$.a[", "its [ has no ]"),
            ("$.a[3", "its [ has no ]"),
            ("$.a[]", "between [ and ] stands a number"),
            ("$.rows[**].idNo", "between [ and ] stands a number"),
            ("$['idNo']", "between [ and ] stands a number"),
            ("$[\"idNo]", "a name in quotes ends"),
            ("$..idNo", "between dots stands a name"),
            ("$.a.", "between dots stands a name"),
            ("$.a-b", "between dots stands a name"),
            ("$.3", "between dots stands a name"),
            ("$.*", "between dots stands a name"),
            ("$idNo", "behind $ and ] comes"),
            ("$.a[0]b", "behind $ and ] comes"),
            ("_", "it has no letter"),
        ] {
            let error = Field::parse(wrong).expect_err(wrong).to_string();
            let begins = format!("{wrong:?} names no field: {fault}");
            assert!(error.starts_with(&begins) && error.ends_with(WRITE), "{error}");
        }
        for right in [
            "$",
            "$.a",
            "$[0]",
            "$.a[*][2].b_1",
            "$[\"a b\"].c",
            "$[\"#2\"]",
            "$.客户.证件号码",
            "a[0",
            "证件 号码",
            "$.$ref",
        ] {
            assert!(Field::parse(right).is_ok(), "{right}");
        }
    }
}
