//! How often memory is asked for: not at all where nothing is found, and so many times a finding where something is.
//!
//! A first round lets buffers grow, and what is counted comes behind it. The bounds only ever go down.

use pii_benches::file::{Kind, kinds};
use pii_benches::peer::masker;
use pii_core::{Engine, Evidence, RuleSet, Scratch, Segment};
use pii_formats::{Charset, Format, Mode, Options, Output};
use pii_tests::negative;

/// What is given to a session at a time, in bytes, as a proxy would.
const CHUNK_BYTES: usize = 16 << 10;

/// So much is searched before it is counted, in bytes.
const WARM_BYTES: usize = 64 << 10;

/// How often memory may be asked for in ten thousand lines about nobody: 2,268 times, and some more where another thread has
/// just taken what a pattern searches with.
const LINES_LIMIT: u64 = 3_000;

/// How often finding asks for memory in `lines`, each a text of its own, once everything is warm.
fn allocations_of_finding<'t>(lines: impl Iterator<Item = &'t str> + Clone) -> u64 {
    let engine = Engine::new(RuleSet::builtin());
    let (mut scratch, mut findings) = (Scratch::default(), Vec::new());
    let mut find_all = || {
        for line in lines.clone() {
            let segment = Segment::new(line.as_bytes(), Evidence::none()).expect("a line is far below the limit");
            engine.find(segment, &mut scratch, &mut findings);
        }
        assert!(findings.is_empty(), "these lines are about nobody");
    };
    // The tables that tell which lines are worth a search are laid out when so much was searched that it pays.
    let rounds = WARM_BYTES / lines.clone().map(str::len).sum::<usize>().max(1) + 1;
    (0..rounds).for_each(|_| find_all());
    allocation_counter::measure(find_all).count_total
}

#[test]
fn finding_nothing_in_a_line_asks_for_no_memory() {
    let lines = [
        "【嘉禾资管】各位投资者，系统将于1月15日7时7分进行升级维护，期间银证转账暂停，咨询400-671-4695。",
        "沪深两市今日高开低走，成交额较前一交易日放大，机构普遍认为市场将维持震荡格局，建议投资者控制仓位。",
        "20260126,600519,贵州茅台,1800.01,1799.98,1801.00,1795.50,12345678,22221111.00",
        "2026-01-26 08:52:07.208 [exec-32] DEBUG uf20-adapter - cache miss quote 002098 ttl 137s size 87289",
        "2026-01-26 08:52:07 INFO gw - orderId=2024104857192031 code=600519 price=1800.01 ts=1700000000000",
        r#"{"ts":1700000000000,"code":"600519","last":1800.01,"volume":200,"bids":[[1799.98,300]]}"#,
    ];
    let counts = lines.map(|line| allocations_of_finding(std::iter::once(line)));
    assert_eq!(counts, [0; 6]);
}

/// Where a line is searched for nothing, a pattern whose value is a group of it asks for the places of its groups
/// (`locate/pattern.rs`), the name of a field for a list that it is merged into (`locate/keys.rs`), and a number inside a
/// word for a list of tokens (`locate/embedded.rs`).
#[test]
fn finding_nothing_in_ten_thousand_lines_asks_for_hardly_any_memory() {
    let text = String::from_utf8(negative::lines(11, 10_000)).expect("sentences are UTF-8");
    let count = allocations_of_finding(text.lines());
    assert!(count <= LINES_LIMIT, "{count} allocations");
}

/// How often a session asks for memory while it reads the second half of a file, and how many findings it has there.
fn allocations_of_masking(kind: &Kind, file: &[u8]) -> (u64, u64) {
    let masker = masker();
    let options = Options { format: Some(kind.format), charset: Some(Charset::Utf8), ..Options::default() };
    let mut session = masker.session(Mode::Mask, options);
    let mut output = Output::default();
    // What has come out is the caller's to keep.
    output.bytes.reserve(2 * file.len());
    output.reports.reserve(file.len() / 16);
    let (warm, counted) = file.split_at(file.len() / 2);
    session.push(warm, &mut output).expect("the file is what it says");
    let before = output.reports.len();
    let info = allocation_counter::measure(|| {
        for chunk in counted.chunks(CHUNK_BYTES) {
            session.push(chunk, &mut output).expect("the file is what it says");
        }
        session.finish(&mut output).expect("the file is what it says");
    });
    (info.count_total, u64::try_from(output.reports.len() - before).expect("fewer than bytes"))
}

/// A row has ten values. Nothing is asked for by row or by value in formats that are read as they come (text, JSON, tables,
/// forms, FIX) but what finding asks for; the others hold a document's names and cells.
#[test]
fn masking_nothing_asks_for_little_memory_a_row() {
    for kind in kinds() {
        let file = kind.harmless(1 << 20);
        let (count, found) = allocations_of_masking(&kind, &file.bytes);
        assert_eq!(found, 0, "{}: the file is about nobody", kind.name);
        let rows = u64::try_from(kind.rows(1 << 20)).expect("fewer than bytes");
        let (rows, limit) = match kind.format {
            Format::Text | Format::Json | Format::Ndjson | Format::Csv | Format::Tsv | Format::Form => (rows / 2, 1),
            Format::Fix => (rows / 2, 2),
            Format::Sql => (rows / 2, 12),
            // These are read when all of the document is there.
            Format::Xml => (rows, 1),
            Format::Multipart => (rows, 5),
            Format::Eml => (rows, 10),
            Format::Html => (rows, 27),
        };
        assert!(count <= limit * rows, "{}: {count} allocations for {rows} rows", kind.name);
    }
}

#[test]
fn masking_asks_for_memory_by_finding() {
    for kind in kinds() {
        let file = kind.planted(256 << 10).bytes;
        let (count, found) = allocations_of_masking(&kind, &file);
        assert!(found > 1_000 && count <= 30 * found, "{}: {count} allocations for {found} findings", kind.name);
    }
}
