//! Lists of mailboxes: `"张三" <a@b>, c@d (李四)` (RFC 5322 §3.4), read so that no part of them is passed over.

use super::fields::trimmed;
use std::ops::Range;

/// What a stretch of an address list is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// `a@b`.
    Address,
    /// A display name, or a group's name, with the quotes around it when it has any.
    Name,
    /// What stands in parentheses.
    Comment,
}

/// The stretches of the list at `range`, in order.
pub(crate) fn read(input: &[u8], range: Range<usize>) -> Vec<(Role, Range<usize>)> {
    let mut list = List { input, start: range.start, found: Vec::new() };
    let mut at = range.start;
    while at < range.end {
        let next = match input[at] {
            b'"' => closing(input, at + 1..range.end, b'"') + 1,
            b'(' => {
                list.take(at, Role::Name);
                let end = closing(input, at + 1..range.end, b')');
                list.start = at + 1;
                list.take(end, Role::Comment);
                list.start = (end + 1).min(range.end);
                end + 1
            }
            b'<' => {
                list.take(at, Role::Name);
                let end = closing(input, at + 1..range.end, b'>');
                list.start = at + 1;
                list.take(end, Role::Address);
                list.start = (end + 1).min(range.end);
                end + 1
            }
            b',' | b';' => {
                list.take(at, Role::Address);
                list.start = at + 1;
                at + 1
            }
            b':' => {
                list.take(at, Role::Name);
                list.start = at + 1;
                at + 1
            }
            _ => at + 1,
        };
        at = next.min(range.end);
    }
    list.take(range.end, Role::Address);
    list.found
}

struct List<'a> {
    input: &'a [u8],
    start: usize,
    found: Vec<(Role, Range<usize>)>,
}

impl List<'_> {
    /// What stood since `start` ends before `end`. What would be an address is a name when there is no `@` in it, or an
    /// encoded word, of which no address has one (RFC 2047 §5) and which may hide another `@`.
    fn take(&mut self, end: usize, role: Role) {
        let text = without_apostrophes(self.input, trimmed(self.input, self.start..end.max(self.start)));
        if text.is_empty() {
            return;
        }
        let written = &self.input[text.clone()];
        let is_address = written.contains(&b'@') && memchr::memmem::find(written, b"=?").is_none();
        let role = match role {
            Role::Comment => Role::Comment,
            _ if self.input[text.clone()].starts_with(b"\"") && !is_address => Role::Name,
            Role::Address if !is_address => Role::Name,
            // A mailbox with a comment behind it: `a@b (李四)`.
            Role::Name if is_address && !self.input[text.clone()].contains(&b'"') => Role::Address,
            role => role,
        };
        self.found.push((role, text));
    }
}

/// `张三` of `'张三'`: some programs put apostrophes around a name, which mean nothing.
fn without_apostrophes(input: &[u8], text: Range<usize>) -> Range<usize> {
    match &input[text.clone()] {
        [b'\'', _, .., b'\''] => text.start + 1..text.end - 1,
        _ => text,
    }
}

/// Where `sign` stands that closes what has begun, past escaped characters; the end of the range when it is not there.
/// Comments in comments are not told apart, because all of their text is searched in any case.
fn closing(input: &[u8], range: Range<usize>, sign: u8) -> usize {
    let mut at = range.start;
    while at < range.end {
        match input[at] {
            b'\\' => at += 2,
            found if found == sign => return at,
            _ => at += 1,
        }
    }
    range.end
}

#[cfg(test)]
mod tests {
    use super::*;
    use Role::{Address, Comment, Name};

    #[test]
    fn mailboxes_names_and_comments() {
        let table: &[(&str, &[(Role, &str)])] = &[
            ("", &[]),
            ("a@b", &[(Address, "a@b")]),
            ("<a@b>", &[(Address, "a@b")]),
            (
                "张三 <a@b>, \"李, 四\" <c@d>",
                &[(Name, "张三"), (Address, "a@b"), (Name, "\"李, 四\""), (Address, "c@d")],
            ),
            ("a@b (李\\) 四), c@d", &[(Address, "a@b"), (Comment, "李\\) 四"), (Address, "c@d")]),
            ("投资者: a@b, c@d;", &[(Name, "投资者"), (Address, "a@b"), (Address, "c@d")]),
            ("undisclosed-recipients:;", &[(Name, "undisclosed-recipients")]),
            ("\"a@b\" <c@d>", &[(Name, "\"a@b\""), (Address, "c@d")]),
            ("\"a b\"@c", &[(Address, "\"a b\"@c")]),
            ("=?utf-8?Q?a?= =?utf-8?Q?b?=\r\n <a@b>", &[(Name, "=?utf-8?Q?a?= =?utf-8?Q?b?="), (Address, "a@b")]),
            ("<a@b =?utf-8?Q?c?=>", &[(Name, "a@b =?utf-8?Q?c?=")]),
            ("张三", &[(Name, "张三")]),
            ("'张三' <a@b>", &[(Name, "张三"), (Address, "a@b")]),
            ("'' <a@b>", &[(Name, "''"), (Address, "a@b")]),
            ("\"张三", &[(Name, "\"张三")]),
            ("<a@b", &[(Address, "a@b")]),
            ("(x", &[(Comment, "x")]),
            ("\"\\", &[(Name, "\"\\")]),
            ("a@b<c@d>e", &[(Address, "a@b"), (Address, "c@d"), (Name, "e")]),
        ];
        for (input, expected) in table {
            let seen = read(input.as_bytes(), 0..input.len());
            let seen: Vec<_> = seen.iter().map(|(role, range)| (*role, &input[range.clone()])).collect();
            assert_eq!(seen, *expected, "{input:?}");
        }
    }
}
