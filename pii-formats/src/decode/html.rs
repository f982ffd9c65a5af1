//! HTML: what a reader of the page sees, and what its tags hold.
//!
//! Text is one segment across tags in the line, so `1380013<b>8000</b>` is found; elements that end a line end it, and numbers
//! that a `<br>` cuts are read across it (`line.rs`). Nothing is
//! an error: what a browser repairs is repaired here. The page is one record and each row of a table another.

mod element;
mod fragment;
mod line;
mod page;
mod table;
mod token;

use super::markup::label::{LABEL_LIMIT_BYTES, ends_as_label, first_labelled, label_in};
use super::markup::reference::Dialect;
use super::markup::space::read_shown;
use super::markup::{Attribute, DECLARATIONS, declares_entity, local_name};
use super::mime::media::unread_in_data_uri;
use super::run::Run;
use super::whole::is_whole;
use crate::sink::{Decode, Draft, RecordId, Sink, Skipped, SyntaxError, Text};
use element::{is_block, is_naming_attribute, is_one_of, is_preformatted, is_standard_attribute, is_value_attribute};
pub(crate) use fragment::holds_markup;
use line::Line;
pub(crate) use page::Page;
use pii_core::{Coding, Evidence, Place};
use std::fmt::{self, Write as _};
use std::ops::Range;
use table::Table;
use token::{Token, Tokens};

/// Tables deeper in each other than this are read as text without rows.
const TABLE_DEPTH_LIMIT: usize = 64;

/// How many of a tag's attributes are asked for the name of what it holds.
const NAMES_LIMIT: usize = 4;

/// Reads one HTML document, in UTF-8 and as a whole.
#[derive(Debug, Default)]
pub(crate) struct HtmlDecoder {
    /// It may be no HTML, so that what need not be a tag is text.
    is_fragment: bool,
}

impl HtmlDecoder {
    /// Reads HTML in a text that may be none.
    pub(crate) fn of_fragment() -> Self {
        Self { is_fragment: true }
    }

    /// What shows the text of the document as one.
    pub(crate) fn page(&self) -> Page {
        Page::new(self.is_fragment)
    }
}

impl Decode for HtmlDecoder {
    fn decode<S: Sink>(&mut self, input: &[u8], end: bool, sink: &mut S) -> Result<usize, SyntaxError> {
        if !is_whole(input, end)? {
            return Ok(0);
        }
        let page = sink.open_record();
        let tokens = if self.is_fragment { Tokens::of_fragment(input) } else { Tokens::new(input) };
        Reader::new(input, sink, page).read(tokens)?;
        sink.close_record(page);
        Ok(input.len())
    }
}

struct Reader<'a, S> {
    input: &'a [u8],
    sink: &'a mut S,
    page: RecordId,
    line: Line,
    /// What the names around the first line say that a number may run on from.
    evidence_across: Evidence,
    /// The name in the start tag that was met last, and in the last that ended a line.
    tag: Range<usize>,
    block: Range<usize>,
    /// Values of attributes that name what follows: `<span id="idNo">`.
    hints: Vec<Range<usize>>,
    /// The text that was told last, if it is short enough to be a label.
    last_text: Vec<u8>,
    /// Open tables and the records of their open rows.
    tables: Vec<(Table, Option<RecordId>)>,
    /// How many tables are open beyond the limit.
    tables_beyond: usize,
}

impl<'a, S: Sink> Reader<'a, S> {
    fn new(input: &'a [u8], sink: &'a mut S, page: RecordId) -> Self {
        Self {
            input,
            sink,
            page,
            line: Line::default(),
            evidence_across: Evidence::none(),
            tag: 0..0,
            block: 0..0,
            hints: Vec::new(),
            last_text: Vec::new(),
            tables: Vec::new(),
            tables_beyond: 0,
        }
    }

    fn read(&mut self, mut tokens: Tokens<'_>) -> Result<(), SyntaxError> {
        while let Some(token) = tokens.next()? {
            match token {
                Token::Text(range) => self.line.push(self.input, range),
                Token::Tag { name, is_end: false } => self.start_tag(name, &tokens.attributes)?,
                Token::Tag { name, is_end: true } => self.end_tag(&name)?,
                Token::Comment(range) => {
                    self.unexpanded(range.start.saturating_sub(b"<!".len())..range.end);
                    self.aside(range, "comment", Coding::Markup)?;
                }
                Token::Raw(range) => {
                    let name = &self.input[self.tag.clone()];
                    if is_one_of(&["script"], name) {
                        self.aside(range, "script", None)?;
                    } else if is_one_of(&["style"], name) {
                        self.aside(range, "style", None)?;
                    } else {
                        self.aside(range, "raw", None)?;
                    }
                }
            }
        }
        self.end_text(false)?;
        while !self.tables.is_empty() {
            self.end_table();
        }
        Ok(())
    }

    /// A browser expands no entity that a page declares, but who reads the page as XML does.
    fn unexpanded(&mut self, source: Range<usize>) {
        if declares_entity(&self.input[source.clone()]) {
            let record = self.record();
            self.sink.uninspected(Skipped { source, media_type: DECLARATIONS, path: &"comment", record });
        }
    }

    fn start_tag(&mut self, name: Range<usize>, attributes: &[Attribute]) -> Result<(), SyntaxError> {
        let input = self.input;
        self.tag = name.clone();
        if is_block(&input[name.clone()]) {
            self.end_text(is_one_of(&["br"], &input[name.clone()]))?;
            self.block = name.clone();
            if is_preformatted(&input[name.clone()]) {
                self.line.set_preformatted(true);
            }
            self.start_in_table(&input[name.clone()], attributes);
        }
        self.tell_attributes(&name, attributes)?;
        if self.line.run.is_blank() {
            let naming = naming_values(input, attributes);
            if !naming.is_empty() {
                self.hints = naming;
            }
        }
        Ok(())
    }

    fn end_tag(&mut self, name: &Range<usize>) -> Result<(), SyntaxError> {
        let input = self.input;
        let name = &input[name.clone()];
        if is_block(name) {
            self.end_text(false)?;
            self.block = 0..0;
            if is_preformatted(name) {
                self.line.set_preformatted(false);
            }
            self.end_in_table(name);
        }
        if self.line.run.is_blank() {
            self.hints.clear();
        }
        Ok(())
    }

    fn start_in_table(&mut self, name: &[u8], attributes: &[Attribute]) {
        if is_one_of(&["table"], name) {
            if self.tables.len() == TABLE_DEPTH_LIMIT {
                self.tables_beyond += 1;
            } else {
                self.tables.push((Table::default(), None));
            }
            return;
        }
        if self.tables_beyond > 0 {
            return;
        }
        let Some((table, row)) = self.tables.last_mut() else { return };
        if is_one_of(&["td", "th"], name) {
            table.start_cell(is_one_of(&["th"], name), columns(self.input, attributes));
        } else if is_one_of(&["tr", "thead", "tbody", "tfoot"], name) {
            table.start_row();
            if let Some(row) = row.take() {
                self.sink.close_record(row);
            }
            if is_one_of(&["tr"], name) {
                *row = Some(self.sink.open_record());
            }
        }
    }

    fn end_in_table(&mut self, name: &[u8]) {
        if is_one_of(&["table"], name) {
            if self.tables_beyond > 0 {
                self.tables_beyond -= 1;
            } else {
                self.end_table();
            }
            return;
        }
        let Some((table, row)) = self.tables.last_mut() else { return };
        if self.tables_beyond == 0 && is_one_of(&["td", "th"], name) {
            table.end_cell();
        } else if self.tables_beyond == 0 && is_one_of(&["tr", "thead", "tbody", "tfoot"], name) {
            table.end_row();
            if let Some(row) = row.take() {
                self.sink.close_record(row);
            }
        }
    }

    fn end_table(&mut self) {
        if let Some((_, Some(row))) = self.tables.pop() {
            self.sink.close_record(row);
        }
    }

    fn record(&self) -> RecordId {
        self.tables.iter().rev().find_map(|(_, row)| *row).unwrap_or(self.page)
    }

    /// A line of text ends, at a `<br>` or at another tag: tells it, unless it is blank.
    fn end_text(&mut self, is_break: bool) -> Result<(), SyntaxError> {
        let mut evidence = Evidence::none();
        let record = self.record();
        let path = Path { input: self.input, element: self.block.clone(), last: Last::Text };
        if !self.line.run.is_blank() {
            evidence = self.evidence_of_text();
            self.sink.segment(draft(&self.line.run, evidence, &path, record))?;
            let text = self.line.run.bytes();
            if let Some((table, _)) = self.tables.last_mut() {
                table.add_text(text);
            }
            self.last_text.clear();
            if text.len() <= LABEL_LIMIT_BYTES {
                self.last_text.extend_from_slice(text);
            }
            self.hints.clear();
        }
        if let Some(run) = self.line.across(is_break) {
            self.sink.segment(draft(run, self.evidence_across, &path, record))?;
        }
        if !self.line.joins() {
            self.evidence_across = evidence;
        }
        self.line.end(is_break);
        Ok(())
    }

    /// What the names around a line of text say about it. A line that is itself a known name is a label and no value.
    fn evidence_of_text(&mut self) -> Evidence {
        let hints = self.hints.iter().map(|hint| &self.input[hint.clone()]);
        let table = self.tables.last().filter(|(table, _)| table.is_in_cell());
        let cells = table.into_iter().flat_map(|(table, _)| table.labels().map(label_in));
        let is_after_label = ends_as_label(&self.last_text) || is_one_of(&["dd"], &self.input[self.block.clone()]);
        let before = is_after_label.then(|| label_in(&self.last_text));
        let field = first_labelled(self.sink, hints.chain(cells).chain(before));
        let own = label_in(self.line.run.bytes());
        if field.is_labelled && (own.is_empty() || !self.sink.field(own).is_labelled) {
            field.evidence
        } else {
            Evidence::none()
        }
    }

    fn tell_attributes(&mut self, tag: &Range<usize>, attributes: &[Attribute]) -> Result<(), SyntaxError> {
        let mut run = Run::default();
        let naming = naming_values(self.input, attributes);
        for attribute in attributes {
            run.clear();
            read_shown(&mut run, self.input, attribute.value.clone(), Dialect::HtmlAttribute);
            if run.is_blank() {
                continue;
            }
            let evidence = self.evidence_of_attribute(attribute, &naming);
            let record = self.record();
            let path = Path { input: self.input, element: tag.clone(), last: Last::Attribute(attribute.name.clone()) };
            if let Some(media_type) = unread_in_data_uri(run.bytes()) {
                let skipped = Skipped { source: run.source(), media_type: &media_type, path: &path, record };
                self.sink.uninspected(skipped);
            }
            let place = place(Coding::MarkupAttribute);
            self.sink.segment(Draft { place, ..draft(&run, evidence, &path, record) })?;
        }
        Ok(())
    }

    fn evidence_of_attribute(&mut self, attribute: &Attribute, naming: &[Range<usize>]) -> Evidence {
        let input = self.input;
        let name = &input[attribute.name.clone()];
        let field = if is_value_attribute(name) {
            let names = naming.iter().map(|value| &input[value.clone()]);
            first_labelled(self.sink, names.chain([label_in(&self.last_text)]))
        } else if is_standard_attribute(name) {
            return Evidence::none();
        } else {
            let is_data = name.get(..5).is_some_and(|n| n.eq_ignore_ascii_case(b"data-"));
            self.sink.field(if is_data { &name[5..] } else { local_name(name) })
        };
        if field.is_labelled { field.evidence } else { Evidence::none() }
    }

    /// Text that is not the page's own: a comment, a script.
    fn aside(
        &mut self,
        source: Range<usize>,
        what: &'static str,
        coding: impl Into<Option<Coding>>,
    ) -> Result<(), SyntaxError> {
        if self.input[source.clone()].iter().all(u8::is_ascii_whitespace) {
            return Ok(());
        }
        self.sink.segment(Draft {
            source,
            text: Text::Same,
            place: coding.into().map_or(Place::plain(), place),
            evidence: Evidence::none(),
            path: &what,
            record: self.record(),
            lines_are_records: false,
        })
    }
}

/// A text of the page.
fn draft<'d>(run: &'d Run, evidence: Evidence, path: &'d Path<'_>, record: RecordId) -> Draft<'d> {
    Draft {
        source: run.source(),
        text: run.text(),
        place: place(Coding::Markup),
        evidence,
        path,
        record,
        lines_are_records: false,
    }
}

fn place(coding: Coding) -> Place {
    Place::plain().inside(coding).expect("one coding is within the limit of eight")
}

/// The values of the first few of a tag's attributes that name what it holds.
fn naming_values(input: &[u8], attributes: &[Attribute]) -> Vec<Range<usize>> {
    let naming = attributes.iter().filter(|a| is_naming_attribute(&input[a.name.clone()]));
    let short = naming.map(|a| a.value.clone()).filter(|v| (1..=LABEL_LIMIT_BYTES).contains(&v.len()));
    short.take(NAMES_LIMIT).collect()
}

/// How many columns a cell spans (HTML §4.9.11: at most 1000).
fn columns(input: &[u8], attributes: &[Attribute]) -> usize {
    let span = attributes.iter().find(|a| is_one_of(&["colspan"], &input[a.name.clone()]));
    let number = span.and_then(|a| str::from_utf8(&input[a.value.clone()]).ok()?.trim().parse::<usize>().ok());
    number.map_or(1, |columns| columns.clamp(1, 1000))
}

/// `td`, `input/@value`: the innermost element that ends a line, or the tag.
struct Path<'a> {
    input: &'a [u8],
    element: Range<usize>,
    last: Last,
}

enum Last {
    Text,
    Attribute(Range<usize>),
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = |range: &Range<usize>, f: &mut fmt::Formatter<'_>| {
            let name = String::from_utf8_lossy(&self.input[range.clone()]);
            name.chars().try_for_each(|c| f.write_char(c.to_ascii_lowercase()))
        };
        match (&self.last, self.element.is_empty()) {
            (Last::Text, true) => f.write_str("html"),
            (Last::Text, false) => name(&self.element, f),
            (Last::Attribute(attribute), _) => {
                name(&self.element, f)?;
                f.write_str("/@")?;
                name(attribute, f)
            }
        }
    }
}

#[cfg(test)]
mod tests;
