//! XML, SOAP included: elements, attributes, comments and instructions as segments.
//!
//! An element's character data is one segment, with references decoded and joined across comments, instructions and CDATA
//! sections, so that nothing hides in two halves of a number. Child elements end it, and where text stands beside them all
//! of it is one more segment (`flow.rs`). Entities that a document declares are
//! not expanded: references to them stay text, the declarations themselves are searched, and the caller is told.
//!
//! An element that has child elements is a record, and so is an empty one with several attributes (a row written as
//! attributes). Everything else belongs to the record around it.

mod flow;
mod naming;
mod token;

use super::markup::label::{LABEL_LIMIT_BYTES, first_labelled};
use super::markup::reference::{Dialect, read_into};
use super::markup::space::read_shown;
use super::markup::{Attribute, DECLARATIONS, declares_entity, local_name};
use super::run::Run;
use super::whole::{broken, is_whole, over};
use crate::sink::{Decode, Draft, Field, RecordId, Sink, Skipped, SyntaxError, Text};
use flow::Flow;
use naming::{is_namespace, is_naming, is_pair, is_value, naming_attribute};
use pii_core::{Coding, Evidence, Place};
use std::fmt;
use std::ops::Range;
use token::{Token, Tokens};

/// How deep elements may stand in each other.
const DEPTH_LIMIT: usize = 128;

/// Reads one XML document, in UTF-8 and as a whole.
#[derive(Debug, Default)]
pub(crate) struct XmlDecoder;

impl Decode for XmlDecoder {
    fn decode<S: Sink>(&mut self, input: &[u8], end: bool, sink: &mut S) -> Result<usize, SyntaxError> {
        if !is_whole(input, end)? {
            return Ok(0);
        }
        let document = sink.open_record();
        let flow = Flow::default();
        let mut reader = Reader { input, sink, frames: Vec::new(), depth: 0, flow, document, had_root: false };
        reader.read()?;
        sink.close_record(document);
        Ok(input.len())
    }
}

/// An element whose end tag has not been met.
#[derive(Default)]
struct Frame {
    name: Range<usize>,
    attributes: Vec<Attribute>,
    run: Run,
    /// Whether all of `run` so far stood in CDATA sections.
    is_cdata: bool,
    /// Whether any of its own text so far is more than white space.
    has_text: bool,
    /// Its record, once it has one of its own.
    record: Option<RecordId>,
    /// The text of the last child that names its neighbour: `idNo` after `<name>idNo</name>`.
    label: Vec<u8>,
}

struct Reader<'a, S> {
    input: &'a [u8],
    sink: &'a mut S,
    /// The open elements are the first `depth`; the rest is kept for its memory.
    frames: Vec<Frame>,
    depth: usize,
    flow: Flow,
    document: RecordId,
    had_root: bool,
}

impl<S: Sink> Reader<'_, S> {
    fn read(&mut self) -> Result<(), SyntaxError> {
        let mut tokens = Tokens::new(self.input);
        loop {
            let at = tokens.position();
            let Some(token) = tokens.next()? else { break };
            match token {
                Token::Start { name, is_empty } => {
                    self.start(at, name, &mut tokens.attributes)?;
                    if is_empty {
                        self.leave()?;
                    }
                }
                Token::End { name } => {
                    let open = self.frames[..self.depth].last().map(|f| f.name.clone());
                    if open.is_none_or(|open| self.input[open] != self.input[name.clone()]) {
                        return Err(broken(at, "end tag does not match the start tag"));
                    }
                    self.leave()?;
                }
                Token::Text(range) => self.text(range)?,
                Token::CData(range) => self.cdata(at, range)?,
                Token::Comment(range) => self.aside(range, "comment()")?,
                Token::Instruction(range) => self.aside(range, "processing-instruction()")?,
                Token::DocumentType(_) if self.had_root => {
                    return Err(broken(at, "document type declaration after the root element"));
                }
                Token::DocumentType(range) => {
                    self.unexpanded(range.clone());
                    self.aside(range, "doctype()")?;
                }
            }
        }
        self.end_flow()?;
        if self.depth > 0 || !self.had_root {
            return Err(broken(self.input.len(), "document ends before its root element does"));
        }
        Ok(())
    }

    fn start(&mut self, at: usize, name: Range<usize>, attributes: &mut Vec<Attribute>) -> Result<(), SyntaxError> {
        if self.depth == 0 && self.had_root {
            return Err(broken(at, "second root element"));
        }
        if self.depth == DEPTH_LIMIT {
            return Err(over(at, "elements are nested more than 128 deep"));
        }
        self.had_root = true;
        if self.frames[..self.depth].last().is_some_and(|parent| parent.has_text) {
            self.flow.pass_tag();
        } else {
            self.end_flow()?;
        }
        if let Some(parent) = self.frames[..self.depth].last_mut() {
            let is_first_child = parent.record.is_none();
            if is_first_child {
                parent.record = Some(self.sink.open_record());
                self.tell_attributes()?;
            }
            self.tell_text()?;
        }
        if self.frames.len() == self.depth {
            self.frames.push(Frame::default());
        }
        let frame = &mut self.frames[self.depth];
        frame.name = name;
        frame.run.clear();
        frame.is_cdata = true;
        frame.has_text = false;
        frame.record = None;
        frame.label.clear();
        std::mem::swap(&mut frame.attributes, attributes);
        self.depth += 1;
        Ok(())
    }

    /// The innermost element ends.
    fn leave(&mut self) -> Result<(), SyntaxError> {
        let frame = &mut self.frames[self.depth - 1];
        if frame.record.is_some() {
            self.tell_text()?;
            // Its texts are judged with its record, and so is what they are together.
            self.end_flow()?;
        } else {
            if frame.run.is_blank() && is_row(self.input, &frame.attributes) {
                frame.record = Some(self.sink.open_record());
            }
            self.tell_attributes()?;
            self.tell_text()?;
            self.keep_label();
        }
        if let Some(record) = self.frames[self.depth - 1].record {
            self.sink.close_record(record);
        }
        self.depth -= 1;
        self.flow.pass_tag();
        Ok(())
    }

    /// Remembers the text of a leaf such as `<name>idNo</name>` for its neighbours; called before its run is cleared.
    fn keep_label(&mut self) {
        let [.., parent, leaf] = &mut self.frames[..self.depth] else { return };
        let text = leaf.run.bytes().trim_ascii();
        let parent_name = &self.input[parent.name.clone()];
        let names_neighbour = is_naming(&self.input[leaf.name.clone()]) || is_pair(parent_name);
        if text.len() <= LABEL_LIMIT_BYTES && names_neighbour {
            parent.label.clear();
            parent.label.extend_from_slice(text);
        }
    }

    fn text(&mut self, range: Range<usize>) -> Result<(), SyntaxError> {
        let Some(frame) = self.frames[..self.depth].last_mut() else {
            let stray = self.input[range.clone()].iter().position(|b| !b.is_ascii_whitespace());
            return stray.map_or(Ok(()), |n| Err(broken(range.start + n, "text outside the root element")));
        };
        frame.is_cdata = false;
        frame.has_text |= !self.input[range.clone()].trim_ascii().is_empty();
        if frame.has_text {
            self.flow.text(self.input, range.clone());
        }
        match read_into(&mut frame.run, self.input, range, Dialect::Xml) {
            Some(at) => Err(broken(at, "ampersand begins no reference")),
            None => Ok(()),
        }
    }

    fn cdata(&mut self, at: usize, range: Range<usize>) -> Result<(), SyntaxError> {
        let frame = self.frames[..self.depth].last_mut();
        let frame = frame.ok_or_else(|| broken(at, "CDATA section outside the root element"))?;
        frame.has_text |= !self.input[range.clone()].trim_ascii().is_empty();
        if frame.has_text {
            self.flow.cdata(self.input, range.clone());
        }
        frame.run.push_same(self.input, range);
        Ok(())
    }

    /// Text runs on no further: tells what has been joined.
    fn end_flow(&mut self) -> Result<(), SyntaxError> {
        if self.flow.is_worth_telling() {
            let frames = &self.frames[..self.depth];
            self.sink.segment(Draft {
                source: self.flow.run.source(),
                text: self.flow.run.text(),
                place: place(Coding::Markup),
                evidence: Evidence::none(),
                path: &Path { input: self.input, frames, last: Last::What("text()") },
                record: record_of(frames, self.document),
                lines_are_records: false,
            })?;
        }
        self.flow.clear();
        Ok(())
    }

    /// Who reads the document after us may put entities that it declares in the place of references to them, and join a number
    /// of which each half is nothing. Such declarations are told to the caller.
    fn unexpanded(&mut self, source: Range<usize>) {
        if declares_entity(&self.input[source.clone()]) {
            let frames = &self.frames[..self.depth];
            let path = &Path { input: self.input, frames, last: Last::What("doctype()") };
            let record = record_of(frames, self.document);
            self.sink.uninspected(Skipped { source, media_type: DECLARATIONS, path, record });
        }
    }

    /// A comment, an instruction, the declarations of a document type: text that is no element's.
    fn aside(&mut self, source: Range<usize>, what: &'static str) -> Result<(), SyntaxError> {
        if self.input[source.clone()].iter().all(u8::is_ascii_whitespace) {
            return Ok(());
        }
        self.sink.segment(Draft {
            source,
            text: Text::Same,
            place: place(Coding::Markup),
            evidence: Evidence::none(),
            path: &Path { input: self.input, frames: &self.frames[..self.depth], last: Last::What(what) },
            record: record_of(&self.frames[..self.depth], self.document),
            lines_are_records: false,
        })
    }

    /// Tells the innermost element's text so far, which stays in its run until it is used again.
    fn tell_text(&mut self) -> Result<(), SyntaxError> {
        let frames = &self.frames[..self.depth];
        let Some(frame) = frames.last() else { return Ok(()) };
        if !frame.run.is_blank() {
            let coding = if frame.is_cdata { Coding::CData } else { Coding::Markup };
            let field = field_of_text(self.sink, self.input, frames);
            self.sink.segment(Draft {
                source: frame.run.source(),
                text: frame.run.text(),
                place: place(coding),
                evidence: field.evidence,
                path: &Path { input: self.input, frames, last: Last::Text },
                record: record_of(frames, self.document),
                lines_are_records: false,
            })?;
        }
        let frame = &mut self.frames[self.depth - 1];
        if frame.record.is_some() {
            // More text may follow behind a child.
            frame.run.clear();
            frame.is_cdata = true;
        }
        Ok(())
    }

    /// Tells the innermost element's attributes.
    fn tell_attributes(&mut self) -> Result<(), SyntaxError> {
        let frames = &self.frames[..self.depth];
        let Some(frame) = frames.last() else { return Ok(()) };
        let mut run = Run::default();
        for attribute in &frame.attributes {
            run.clear();
            if let Some(at) = read_shown(&mut run, self.input, attribute.value.clone(), Dialect::Xml) {
                return Err(broken(at, "ampersand begins no reference"));
            }
            if run.is_blank() {
                continue;
            }
            let field = field_of_attribute(self.sink, self.input, frame, attribute);
            self.sink.segment(Draft {
                source: run.source(),
                text: run.text(),
                place: place(Coding::MarkupAttribute),
                evidence: field.evidence,
                path: &Path { input: self.input, frames, last: Last::Attribute(attribute.name.clone()) },
                record: record_of(frames, self.document),
                lines_are_records: false,
            })?;
        }
        Ok(())
    }
}

fn place(coding: Coding) -> Place {
    Place::plain().inside(coding).expect("one coding is within the limit of eight")
}

/// The record of the innermost of `frames`: its own, or that of its parent, which has one because it has a child.
fn record_of(frames: &[Frame], document: RecordId) -> RecordId {
    frames.iter().rev().find_map(|frame| frame.record).unwrap_or(document)
}

/// Whether an element without children is a row: it has several attributes, and they are not one field's name and value.
fn is_row(input: &[u8], attributes: &[Attribute]) -> bool {
    let values = attributes.iter().filter(|a| !is_namespace(&input[a.name.clone()]));
    let is_pair =
        naming_attribute(input, attributes).is_some() && attributes.iter().any(|a| is_value(&input[a.name.clone()]));
    values.count() > 1 && !is_pair
}

/// Whether the value of `<name>` or `name=""` is a field's name (`idNo`) and so not a person's.
fn is_label<S: Sink>(sink: &mut S, name: &[u8], value: &[u8]) -> bool {
    is_naming(name) && value.len() <= LABEL_LIMIT_BYTES && sink.field(value.trim_ascii()).is_labelled
}

/// The field that the text of the innermost element is.
fn field_of_text<S: Sink>(sink: &mut S, input: &[u8], frames: &[Frame]) -> Field {
    if frames.last().is_some_and(|leaf| is_label(sink, &input[leaf.name.clone()], leaf.run.bytes())) {
        return Field::default();
    }
    let local = |frame: &Frame| local_name(&input[frame.name.clone()]);
    let values = frames.iter().rev().take_while(|frame| is_value(local(frame))).count();
    // Up to the first element from inside whose name is more than `<value>`.
    let asked = frames.len().saturating_sub(values + 1)..frames.len();
    let names = asked.rev().flat_map(|nth| {
        let frame = &frames[nth];
        let naming = naming_attribute(input, &frame.attributes).map(|value| &input[value]);
        // `<value>` is what its neighbour `<name>` says, or else its parent's.
        let parent_label = || nth.checked_sub(1).map_or(&[][..], |parent| &frames[parent].label);
        let own = if is_value(local(frame)) { parent_label() } else { local(frame) };
        naming.into_iter().chain([own])
    });
    first_labelled(sink, names)
}

/// The field that an attribute's value is.
fn field_of_attribute<S: Sink>(sink: &mut S, input: &[u8], frame: &Frame, attribute: &Attribute) -> Field {
    let name = &input[attribute.name.clone()];
    if is_namespace(name) {
        return Field::default();
    }
    if is_label(sink, name, &input[attribute.value.clone()]) {
        return Field::default();
    }
    if !is_value(name) {
        return sink.field(local_name(name));
    }
    let naming = naming_attribute(input, &frame.attributes).map(|value| &input[value]);
    first_labelled(sink, naming.into_iter().chain([local_name(&input[frame.name.clone()])]))
}

/// `/customer/idNo`, `/customer/@id`, `/customer/comment()`: names as written, with their prefixes.
struct Path<'a> {
    input: &'a [u8],
    frames: &'a [Frame],
    last: Last,
}

enum Last {
    Text,
    Attribute(Range<usize>),
    What(&'static str),
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = |range: &Range<usize>| String::from_utf8_lossy(&self.input[range.clone()]);
        for frame in self.frames {
            write!(f, "/{}", name(&frame.name))?;
        }
        match &self.last {
            Last::Text => Ok(()),
            Last::Attribute(range) => write!(f, "/@{}", name(range)),
            Last::What(what) => write!(f, "/{what}"),
        }
    }
}

#[cfg(test)]
mod tests;
