//! Which field a rule means.

/// A field as a rule names it: a path (`$.customer.idNo`, `$.rows[*].idNo`), or a name that stands for every field of
/// that name, in any case and with or without `_`, `-`, `.` and spaces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct FieldName(String);

impl FieldName {
    pub(super) fn new(text: &str) -> Self {
        Self(text.trim().to_owned())
    }

    /// Whether `field`, a path or a name as decoders give it, is the one that is meant. Allocates nothing.
    pub(super) fn means(&self, field: &str) -> bool {
        if self.0.starts_with('$') {
            return same_path(&self.0, field);
        }
        same_name(&self.0, last_name(field)) || same_name(&self.0, field)
    }
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
            ("_", "-", false),
            ("$.customer.idNo", "$.customer.idNo", true),
            ("$.customer.idNo", "$.guarantor.idNo", false),
            ("$.customer.idNo", "$.customer.idno", false),
            ("$.rows[*].idNo", "$.rows[12].idNo", true),
            ("$.rows[*].idNo", "$.rows[].idNo", false),
            ("$.rows[*].idNo", "$.rows.idNo", false),
            ("$.rows[*].cells[*]", "$.rows[1].cells[2]", true),
            ("$.rows[*]", "$.rows[1].idNo", false),
        ] {
            assert_eq!(FieldName::new(rule).means(field), means, "{rule} {field}");
        }
    }
}
