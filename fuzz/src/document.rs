//! What holds of a document of any format.

use crate::masker::{exhaustive, masker};
use crate::pieces;
use pii_formats::{Charset, Error, Format, Mode, Options, Output, Report};

/// Numbers shorter than this may stand in a message by chance, as a piece of another number.
const LEAST_DIGITS: usize = 8;

/// Reads `input` as `format` and holds what comes out against every property.
pub(crate) fn check(format: Format, input: &[u8]) {
    // With a charset given, chunks are read as they come and not only when 64 KiB are there.
    let options = Options { format: Some(format), charset: Some(Charset::Utf8), ..Options::default() };
    let output = check_with(&options, input);
    if let Some(output) = output.filter(|_| !is_folded_again(input)) {
        lines_stay(input, &output.bytes);
    }
    if format == Format::Json {
        json_stays_json(&options, input);
    }
    pieces::check(format, &options, input);
    nothing_is_passed_over(&options, input);
}

/// Lines that a quick look passes over hold nothing.
fn nothing_is_passed_over(options: &Options, input: &[u8]) {
    let (quick, full) = (masker().mask(input, options), exhaustive().mask(input, options));
    let same = match (&quick, &full) {
        (Ok(quick), Ok(full)) => quick.bytes == full.bytes && quick.reports == full.reports,
        (quick, full) => quick.is_err() == full.is_err(),
    };
    assert!(same, "{:?} {:?}", quick.map(|output| output.reports), full.map(|output| output.reports));
}

/// What is coded again as a whole and may then take fewer lines: base64, encoded words and parameters of messages.
fn is_folded_again(input: &[u8]) -> bool {
    let holds = |what: &[u8]| input.windows(what.len()).any(|window| window.eq_ignore_ascii_case(what));
    holds(b"base64") || holds(b"=?") || holds(b"*=") || holds(b"*0")
}

/// The properties that hold whatever the options say. Returns what came out of an input that can be read.
pub(crate) fn check_with(options: &Options, input: &[u8]) -> Option<Output> {
    let (whole, outcome) = in_chunks(options, input, input.len().max(1));
    for size in [1, 7] {
        let (parts, again) = in_chunks(options, input, size);
        assert!(again == outcome, "in chunks of {size}: {again:?}, whole: {outcome:?}");
        // What went out before an error is more or less of the same.
        let (bytes, reports) = match &outcome {
            Ok(()) => (parts.bytes.len().max(whole.bytes.len()), parts.reports.len().max(whole.reports.len())),
            Err(_) => (parts.bytes.len().min(whole.bytes.len()), parts.reports.len().min(whole.reports.len())),
        };
        let same = parts.bytes.get(..bytes).is_some_and(|ours| whole.bytes.get(..bytes) == Some(ours));
        assert!(same, "in chunks of {size}: {}", difference(&parts.bytes, &whole.bytes));
        let same = parts.reports.get(..reports).is_some_and(|ours| whole.reports.get(..reports) == Some(ours));
        assert!(same, "in chunks of {size}: {:?} whole: {:?}", parts.reports, whole.reports);
    }
    reports_are_in_bounds(&whole.reports, input.len());
    outcome.ok()?;
    if whole.reports.is_empty() {
        assert!(whole.bytes == input, "nothing was found, and yet: {}", difference(&whole.bytes, input));
    }
    numbers_are_gone(&whole, input);
    let (_, outcome) = in_chunks(options, &whole.bytes, whole.bytes.len().max(1));
    assert!(outcome.is_ok(), "the output cannot be read: {outcome:?}");
    Some(whole)
}

/// Masking twice is masking once. The first byte says which format the rest is read as.
///
/// One thing the second pass may find anew: a value in clear that a mask touches. What a mask shows can make a whole number
/// together with its neighbours (`13800138 138******00`), and a whole number beside stars is in doubt no mask's rest.
pub(crate) fn check_twice(input: &[u8]) {
    let Some((&choice, rest)) = input.split_first() else { return };
    let format = Format::ALL[usize::from(choice) % Format::ALL.len()];
    let options = Options { format: Some(format), charset: Some(Charset::Utf8), ..Options::default() };
    let Ok(once) = masker().mask(rest, &options) else { return };
    let twice =
        masker().mask(&once.bytes, &options).unwrap_or_else(|error| panic!("the output cannot be read: {error}"));
    if twice.bytes != once.bytes {
        let touch_a_mask = twice.reports.iter().filter(|report| report.action != "pass").all(|report| {
            let span = (report.start as usize).saturating_sub(1)..once.bytes.len().min(report.end as usize + 1);
            once.bytes[span].contains(&b'*')
        });
        assert!(touch_a_mask, "{}: {}", format.name(), difference(&twice.bytes, &once.bytes));
    }
}

/// What comes out when the input arrives `size` bytes at a time.
fn in_chunks(options: &Options, input: &[u8], size: usize) -> (Output, Result<(), Error>) {
    let mut output = Output::default();
    let mut session = masker().session(Mode::Mask, options.clone());
    for chunk in input.chunks(size) {
        if let Err(error) = session.push(chunk, &mut output) {
            return (output, Err(error));
        }
    }
    let outcome = session.finish(&mut output);
    (output, outcome)
}

fn reports_are_in_bounds(reports: &[Report], len: usize) {
    for report in reports {
        assert!(report.start < report.end && report.end <= len as u64, "{report:?} in {len} bytes");
        assert!((0.5..=1.0).contains(&report.confidence) && report.line >= 1, "{report:?}");
    }
    assert!(reports.is_sorted_by_key(|report| report.start), "{reports:?}");
}

/// Every number that was found and masked where it stands is there less often than before.
///
/// It may be there still: where it is a piece of a longer number, or stands where nothing says what it is.
fn numbers_are_gone(output: &Output, input: &[u8]) {
    let plain: Vec<&[u8]> = output.reports.iter().filter_map(|report| masked_number(report, input)).collect();
    for value in &plain {
        let masked = plain.iter().filter(|other| *other == value).count();
        let left = count(&output.bytes, value);
        let before = count(input, value);
        assert!(left + masked <= before, "a masked number: {before} times before, {masked} masked, {left} left");
    }
}

/// The bytes of a masked finding that is a long number written without any coding.
fn masked_number<'i>(report: &Report, input: &'i [u8]) -> Option<&'i [u8]> {
    let bytes = &input[report.start as usize..report.end as usize];
    let digits = bytes.iter().filter(|b| b.is_ascii_digit()).count();
    let is_plain = report.parts.is_empty() && bytes == report.dangerously_value().as_bytes();
    let is_hidden = matches!(report.action, "mask" | "drop");
    (is_plain && is_hidden && digits >= LEAST_DIGITS && digits == bytes.len()).then_some(bytes)
}

fn count(text: &[u8], value: &[u8]) -> usize {
    text.windows(value.len()).filter(|window| *window == value).count()
}

/// Lines stay lines.
fn lines_stay(input: &[u8], output: &[u8]) {
    let lines = |bytes: &[u8]| bytes.iter().filter(|&&b| b == b'\n').count();
    assert_eq!(lines(output), lines(input), "lines stay lines: {}", difference(output, input));
}

/// What another reader of JSON takes is taken here, and is JSON afterwards.
fn json_stays_json(options: &Options, input: &[u8]) {
    let parses = |bytes: &[u8]| serde_json::from_slice::<serde_json::Value>(bytes).is_ok();
    if !parses(input) {
        return;
    }
    match masker().mask(input, options) {
        Ok(output) => assert!(parses(&output.bytes), "no JSON any more: {}", difference(&output.bytes, input)),
        Err(error) => assert!(error.is_limit() || error.is_blocked(), "JSON is refused: {error}"),
    }
}

/// Where two byte strings part, with what follows there.
pub(crate) fn difference(ours: &[u8], theirs: &[u8]) -> String {
    let at = ours.iter().zip(theirs).take_while(|(a, b)| a == b).count();
    let show = |bytes: &[u8]| bytes[at..bytes.len().min(at + 60)].escape_ascii().to_string();
    format!("from byte {at} on \"{}\" instead of \"{}\"", show(ours), show(theirs))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_that_is_left_is_told() {
        let input = "身份证440524188001010014".as_bytes();
        let mut output = masker().mask(input, &Options::default()).expect("text");
        numbers_are_gone(&output, input);
        output.bytes = input.to_vec();
        assert!(std::panic::catch_unwind(|| numbers_are_gone(&output, input)).is_err());
    }

    #[test]
    fn values_are_read_in_every_format() {
        let options = Options { format: Some(Format::Json), charset: Some(Charset::Utf8), ..Options::default() };
        let output = check_with(&options, br#"{"idNo":"440524188001010014"}"#).expect("JSON");
        assert_eq!(output.reports.len(), 1);
    }
}
