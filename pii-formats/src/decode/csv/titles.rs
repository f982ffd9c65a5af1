//! Rows of titles, wherever they stand: a file may hold several tables, one below the other, and exports repeat their header
//! on every page.

use crate::sink::Sink;

/// Tells the rows of titles among rows that it is shown one after the other.
#[derive(Clone, Default, PartialEq)]
pub(super) struct Titles {
    /// The titles of the table so far.
    names: Vec<Vec<u8>>,
    /// Whether the last row was empty.
    is_gap: bool,
}

impl Titles {
    /// Whether a row names the columns of what stands below it: rules know most of its cells; or at least half, where
    /// an empty row stands above it; or they know one, and the row repeats titles that have been there.
    ///
    /// Half is not enough elsewhere: in 姓名,张三 the first cell names the second.
    pub(super) fn are<'a, S: Sink>(&mut self, cells: impl Iterator<Item = &'a [u8]> + Clone, sink: &mut S) -> bool {
        let filled = cells.clone().filter(|cell| !cell.is_empty());
        let count = filled.clone().count();
        let below_gap = std::mem::replace(&mut self.is_gap, count == 0);
        if count == 0 || filled.clone().any(is_number) {
            return false;
        }
        let known = filled.clone().filter(|cell| sink.field(cell).is_labelled).count();
        if known == 0 || !filled.clone().all(|cell| sink.is_title(cell)) {
            return false;
        }
        let repeats = self.names.iter().map(Vec::as_slice).eq(cells.clone());
        let enough = count > 1 && (known * 2 > count || (below_gap && known * 2 == count));
        if enough || self.names.is_empty() {
            self.set(cells);
        }
        enough || repeats
    }

    /// Says which titles the table has.
    pub(super) fn set<'a>(&mut self, cells: impl Iterator<Item = &'a [u8]>) {
        self.names = cells.map(<[u8]>::to_vec).collect();
    }
}

/// Whether a cell is a number, which no title is.
pub(super) fn is_number(value: &[u8]) -> bool {
    value.iter().filter(|b| b.is_ascii_digit()).count() >= 4 || value.iter().all(|b| b.is_ascii_digit() || *b == b'.')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sink::recording::RecordingSink;

    #[test]
    fn rows_of_titles_are_told_from_rows_of_values() {
        let mut sink = RecordingSink::default();
        sink.labelled.extend(["姓名", "手机", "客户号"].map(str::as_bytes));
        let is_last = |rows: &str, sink: &mut RecordingSink| {
            let mut titles = Titles::default();
            rows.split('/').map(|row| titles.are(row.split(',').map(str::as_bytes), sink)).last().expect("a row")
        };
        for (rows, expected) in [
            ("姓名,手机", true),
            ("姓名,手机,备注", true),
            ("姓名,张三", false),
            ("姓名,备注/张三,x/姓名,备注", true),
            ("姓名,备注/张三,x/客户号,产品", false),
            ("姓名,备注/张三,x//客户号,产品", true),
            ("姓名/张三/姓名", true),
            ("姓名/张三/手机", false),
            ("姓名,手机/姓名,13800138000", false),
            ("备注,产品/备注,产品", false),
            ("姓名,,备注", false),
            (",", false),
        ] {
            assert_eq!(is_last(rows, &mut sink), expected, "{rows}");
        }
    }
}
