//! Which delimiter cuts lines into cells, and whether a text is a table at all: one answer, for files that are called tables
//! and for texts that may be one.

/// Delimiters that are looked for, the likeliest first.
const DELIMITERS: [u8; 4] = [b',', b'\t', b';', b'|'];

/// Rows that are looked at.
const ROWS: usize = 20;

/// No more than this is looked at, in bytes.
const WINDOW_BYTES: usize = 64 << 10;

/// A row that runs over more lines than this has a quote in it that opens nothing.
const LINES_OF_A_ROW: usize = 16;

/// Lines above a table that may be none of its rows.
const LINES_ABOVE: usize = 3;

/// Columns that make a table of rows that agree, where no title is known.
const COLUMNS: usize = 3;

/// Rows that have to agree for a text to be a table.
const ROWS_ALIKE: usize = 2;

/// Known titles that make a table of a text inside another.
const TITLES_OF_A_TABLE: usize = 2;

/// The longest title, in bytes.
const TITLE_BYTES: usize = 64;

/// A title has fewer digits than this.
const TITLE_DIGITS: usize = 4;

/// The delimiter of a text that is a table. `knows` says whether a name is one that rules have for a field.
///
/// Commas alone make no table: prose and logs have them too. A first row of known titles does, with rows of as many cells
/// below it; and so do three columns or more in which all rows agree.
pub(crate) fn of_table(text: &[u8], knows: impl FnMut(&[u8]) -> bool) -> Option<u8> {
    let rows = rows(text);
    // The last row may be cut off.
    let whole = if rows.len() > ROWS_ALIKE { &rows[..rows.len() - 1] } else { &rows[..] };
    titled(whole, knows)
        .or_else(|| [b'\t', b',', b';', b'|'].into_iter().find(|&delimiter| are_alike(whole, delimiter)))
}

/// The delimiter of what is called a table: the one that known titles stand between, or else the one that cuts most of the
/// first rows into the same number of cells, and into the most of them.
pub(super) fn likeliest(sample: &[u8], knows: impl FnMut(&[u8]) -> bool) -> u8 {
    let rows = rows(sample);
    let score = |delimiter: u8| {
        let mut counts: Vec<usize> = rows.iter().map(|row| cells(row, delimiter).count()).collect();
        counts.sort_unstable();
        let alike = counts.chunk_by(|a, b| a == b).filter(|alike| alike[0] > 1);
        alike.map(|alike| (alike.len(), alike[0])).max().unwrap_or_default()
    };
    titled(&rows, knows).unwrap_or_else(|| {
        let best = DELIMITERS.into_iter().rev().max_by_key(|&delimiter| score(delimiter));
        best.filter(|&delimiter| score(delimiter).0 > 0).unwrap_or(b',')
    })
}

/// Whether a text that nobody calls a table, and that may be a message of several lines, has the titles of one.
pub(crate) fn has_titles(text: &[u8], knows: impl FnMut(&[u8]) -> bool) -> bool {
    text.contains(&b'\n') && most_known(&rows(text), knows).0 >= TITLES_OF_A_TABLE
}

/// The delimiter between the most titles that are known.
fn titled(rows: &[&[u8]], knows: impl FnMut(&[u8]) -> bool) -> Option<u8> {
    let (known, delimiter) = most_known(rows, knows);
    (known > 0).then_some(delimiter)
}

fn most_known(rows: &[&[u8]], mut knows: impl FnMut(&[u8]) -> bool) -> (usize, u8) {
    let known = DELIMITERS.map(|delimiter| (known_titles(rows, delimiter, &mut knows), delimiter));
    known.into_iter().rev().max_by_key(|(known, _)| *known).unwrap_or_default()
}

/// How many titles are known in the first row that names the columns. Rows of another table may stand above it.
fn known_titles(rows: &[&[u8]], delimiter: u8, knows: &mut impl FnMut(&[u8]) -> bool) -> usize {
    let rows = below_title(rows, delimiter);
    let other_table = rows.iter().take_while(|row| cells(row, delimiter).count() > 1).count();
    (0..=other_table).map(|from| known_in_first(&rows[from..], delimiter, knows)).find(|known| *known > 0).unwrap_or(0)
}

/// How many titles are known in the first row. None, if it names too few of them, or if most rows below it have another
/// number of cells.
fn known_in_first(rows: &[&[u8]], delimiter: u8, knows: &mut impl FnMut(&[u8]) -> bool) -> usize {
    let Some((first, below)) = rows.split_first() else { return 0 };
    let titles: Vec<&[u8]> = cells(first, delimiter).map(unquoted).filter(|title| !title.is_empty()).collect();
    if titles.len() < 2 || !titles.iter().all(|title| may_be_title(title)) {
        return 0;
    }
    let known = titles.iter().filter(|title| knows(title)).count();
    let width = cells(first, delimiter).count();
    let alike = below.iter().filter(|row| cells(row, delimiter).count() == width).count();
    if known * 2 >= titles.len() && alike * 2 > below.len() { known } else { 0 }
}

/// Whether all rows have the same number of cells, and enough of them.
fn are_alike(rows: &[&[u8]], delimiter: u8) -> bool {
    let count = |row: &&[u8]| cells(row, delimiter).count();
    let table = below_title(rows, delimiter);
    let above = rows.len() - table.len();
    let width = table.first().map_or(0, count);
    let is_text = table.iter().all(|row| is_stamped(row, delimiter) || is_bracketed(row, delimiter));
    table.len() >= ROWS_ALIKE + above && width >= COLUMNS && !is_text && table.iter().all(|row| count(row) == width)
}

/// Whether what cuts off the first cell belongs to a time of day: `10:00:00,123 INFO`.
fn is_stamped(row: &[u8], delimiter: u8) -> bool {
    let mut cells = cells(row, delimiter);
    let (time, rest) = (cells.next().unwrap_or_default(), cells.next().unwrap_or_default());
    let ends_in_seconds = matches!(time, [.., b':', tens, ones] if tens.is_ascii_digit() && ones.is_ascii_digit());
    let fraction = rest.iter().take_while(|b| b.is_ascii_digit()).count();
    ends_in_seconds && fraction == 3 && rest.get(fraction).is_some_and(|b| b.is_ascii_whitespace() || *b == b']')
}

/// The rows without those on top that are one cell: the title of the table.
fn below_title<'r, 'a>(rows: &'r [&'a [u8]], delimiter: u8) -> &'r [&'a [u8]] {
    let above = rows.iter().take(LINES_ABOVE).take_while(|row| cells(row, delimiter).count() == 1).count();
    &rows[above..]
}

/// Whether what stands between brackets is cut, as in code: `VALUES ('a', 'b')`.
fn is_bracketed(row: &[u8], delimiter: u8) -> bool {
    let count = |cell: &[u8], bracket: u8| memchr::memchr_iter(bracket, cell).count();
    cells(row, delimiter).any(|cell| count(cell, b'(') != count(cell, b')'))
}

/// Short, without a number, and without what only code and messages have.
fn may_be_title(text: &[u8]) -> bool {
    text.len() <= TITLE_BYTES
        && text.iter().filter(|b| b.is_ascii_digit()).count() < TITLE_DIGITS
        && !text.iter().any(|b| b"=;{}<>\"".contains(b))
}

fn unquoted(cell: &[u8]) -> &[u8] {
    let cell = cell.trim_ascii();
    cell.strip_prefix(b"\"").and_then(|cell| cell.strip_suffix(b"\"")).unwrap_or(cell).trim_ascii()
}

/// A row's cells, as they are written.
fn cells(row: &[u8], delimiter: u8) -> impl Iterator<Item = &[u8]> {
    let mut is_quoted = false;
    row.split(move |&byte| {
        is_quoted ^= byte == b'"';
        byte == delimiter && !is_quoted
    })
}

/// The first rows, without their ends and without those that are blank.
fn rows(text: &[u8]) -> Vec<&[u8]> {
    let mut rest = &text[..text.len().min(WINDOW_BYTES)];
    let mut rows = Vec::new();
    while !rest.is_empty() && rows.len() < ROWS {
        let (row, behind) = rest.split_at(row_len(rest));
        rest = behind;
        let row = row.strip_suffix(b"\n").unwrap_or(row);
        if !row.trim_ascii().is_empty() {
            rows.push(row.strip_suffix(b"\r").unwrap_or(row));
        }
    }
    rows
}

/// The length of the first row, its end included: a line, or several where line breaks stand between quotes.
fn row_len(text: &[u8]) -> usize {
    let (mut len, mut quotes, mut first) = (0, 0, None);
    for line in text.split_inclusive(|&b| b == b'\n').take(LINES_OF_A_ROW) {
        len += line.len();
        quotes += memchr::memchr_iter(b'"', line).count();
        if quotes % 2 == 0 {
            return len;
        }
        first.get_or_insert(len);
    }
    first.unwrap_or(len)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn knows(name: &[u8]) -> bool {
        ["姓名", "资金账号", "地址", "name", "phone"].iter().any(|known| known.as_bytes() == name)
    }

    #[test]
    fn tables_are_told_by_their_titles_or_by_rows_that_agree() {
        for (text, expected) in [
            ("姓名,资金账号\n张三,2000100200\n", b','),
            ("姓名\t资金账号\r\n张三\t2000100200\r\n李四\t2000100201\r\n", b'\t'),
            ("姓名;资金账号\n张三;2000100200", b';'),
            ("姓名|备注\n张三|a\n李四|b\n", b'|'),
            ("\"姓名\",\"备注\"\n\"张三\",\"a\"\n", b','),
            ("客户资料\n\n姓名,备注\n张三,a\n李四,b\n", b','),
            ("姓名,备注\n张三,a\n李四,b\n共2条\n", b','),
            ("产品,规模\n甲,1\n乙,2\n\n姓名,资金账号\n张三,2000100200\n李四,1\n", b','),
            ("姓名,资金账号,地址\n张三,2000100200,\"北京市,海淀区\"\n李四,1,x\n", b','),
            ("姓名;地址\n张三;北京,海淀\n李四;上海,浦东\n王五;a,b\n", b';'),
            ("a,b,c\n1,\"2,3\",4\n5,\"6\n7\",8\n9,10,11\n", b','),
            ("a,b,c\n1,2,\"3\n4,5,6\n", b','),
        ] {
            assert_eq!(of_table(text.as_bytes(), knows), Some(expected), "{text}");
            assert_eq!(likeliest(text.as_bytes(), knows), expected, "{text}");
        }
    }

    #[test]
    fn text_with_commas_is_no_table() {
        for text in [
            "",
            "姓名,资金账号",
            "hello, world\ngood bye, world\n",
            "市场今日收涨, 成交放量\n银行, 券商, 保险领涨\n分析人士认为, 后市仍有空间\n",
            "2026-11-23 10:00:00,123 INFO a, b\n2026-11-23 10:00:01,456 INFO c, d\n",
            "INSERT INTO t (name, phone) VALUES ('x', 'y');\nINSERT INTO t (name, phone) VALUES ('z', 'w');\n",
            "SELECT name, phone\nFROM customers\nWHERE id = 1\n",
            "name, phone = row\nother, rest = row\n",
            "    name,\n    phone,\n    id,\n",
            "姓名, 请填写\n您的资料我们已经收到。\n谢谢。\n",
            "姓名：x, 电话：y\n姓名：z, 电话：w\n",
        ] {
            assert_eq!(of_table(text.as_bytes(), knows), None, "{text}");
        }
    }

    #[test]
    fn tables_inside_a_text_have_two_known_titles() {
        for (text, expected) in [
            ("姓名,资金账号\n张三,2000100200", true),
            ("客户资料\n姓名|资金账号|x\n张三|2000100200|1", true),
            ("姓名,备注\n张三,a", false),
            ("a,b,c\n1,2,3\n4,5,6\n", false),
            ("姓名,资金账号", false),
            ("姓名,资金账号\n请填写您的资料\n谢谢\n", false),
        ] {
            assert_eq!(has_titles(text.as_bytes(), knows), expected, "{text}");
        }
    }

    #[test]
    fn what_is_called_a_table_has_a_delimiter() {
        for (text, expected) in [("", b','), ("a\nb\n", b','), ("1\t2\n3\t4\n", b'\t'), ("1;2\n3;4,5\n", b';')] {
            assert_eq!(likeliest(text.as_bytes(), knows), expected, "{text}");
        }
    }
}
