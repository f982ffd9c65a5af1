//! A name and an address that share characters.
//!
//! A label of names is a strong hint, but what reads as an address in free text is one wherever it stands: a column that
//! was cut at a fixed place, or filled in the wrong order, has addresses under the title of names.

use super::Searcher;
use crate::finding::Finding;

/// As many characters before an address are a name of their own (张三北京市…).
const NAME_CHARACTERS: usize = 2;

/// Lets the names of `out[from..]` end where an address begins that goes on behind them. What is left of one without being a
/// name becomes the address's (市 of 市锦江区…).
pub(super) fn settle(searcher: &Searcher<'_>, text: &[u8], from: usize, out: &mut Vec<Finding>) {
    let (Some(name), Some(address)) = (searcher.recognised.name, searcher.recognised.address) else { return };
    let is_address = |nth: &usize| out[*nth].rule == address.rule;
    // In order, so that each name looks at those that begin in it alone: a line may have as many of both as it has room for.
    let mut addresses: Vec<usize> = (from..out.len()).filter(is_address).collect();
    if addresses.is_empty() {
        return;
    }
    addresses.sort_unstable_by_key(|nth| out[*nth].span.start);
    let mut earlier = Vec::new();
    for nth in from..out.len() {
        if out[nth].rule != name.rule {
            continue;
        }
        let own = out[nth].span.clone();
        let first = addresses.partition_point(|address| out[*address].span.start < own.start);
        let begins_inside = addresses[first..].iter().take_while(|address| out[**address].span.start < own.end);
        let Some(longer) = begins_inside.copied().find(|address| out[*address].span.end > own.end) else { continue };
        let left = own.start..out[longer].span.start;
        let is_name = String::from_utf8_lossy(&text[left.clone()]).chars().count() >= NAME_CHARACTERS;
        if !is_name {
            earlier.push((longer, left.start));
        }
        out[nth].span = if is_name { left } else { 0..0 };
    }
    earlier.into_iter().for_each(|(address, start)| out[address].span.start = start);
    out.retain(|found| !found.span.is_empty());
}
