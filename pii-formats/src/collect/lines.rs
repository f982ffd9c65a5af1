//! Text whose lines are records of their own.

use super::{Collector, Known};
use crate::nest::{self, ciphertext};
use crate::sink::{Draft, Sink as _, SyntaxError};
use pii_core::{Evidence, OffsetMap};

impl Collector<'_> {
    /// Reads the lines that may hold something. A line that is a label and nothing else is to the line below it what a
    /// field's name is to its value.
    pub(super) fn lines(&mut self, text: &[u8], map: &OffsetMap, draft: &Draft<'_>) -> Result<(), SyntaxError> {
        let is_spoken_of = self.is_spoken_of(draft);
        let (folded, long): (Vec<_>, Vec<_>) =
            ciphertext::runs(text).into_iter().partition(|run| memchr::memchr(b'\n', &text[run.clone()]).is_some());
        self.tell_unexplained(text, folded, map, draft, draft.record);
        let mut long = long.into_iter().peekable();
        // The first line from here on that may hold something.
        let mut next = if is_spoken_of { None } else { self.engine.next_line(text, 0, &mut self.tools.scratch) };
        let mut lines = nest::Lines::of(text);
        let mut start = 0;
        let mut label = None;
        while start < text.len() {
            let end = memchr::memchr(b'\n', &text[start..]).map_or(text.len(), |n| start + n);
            let written = &text[start..end];
            let may_hold = next.as_ref().is_some_and(|next| next.start == start);
            if may_hold {
                next = self.engine.next_line(text, end + 1, &mut self.tools.scratch);
            }
            let runs: Vec<_> = std::iter::from_fn(|| long.next_if(|run| run.start < end)).collect();
            let above: Option<Evidence> = label.take();
            let known = match above {
                Some(_) => Some(Known::Nothing),
                None if is_spoken_of => Some(Known::Nothing),
                None if may_hold => Some(Known::MayHold),
                None => {
                    let is_searched = lines.may_hide(start..end) || self.tools.holds_original(written);
                    is_searched.then_some(Known::MayHide)
                }
            };
            if known.is_none() {
                self.tell_unexplained(text, runs, map, draft, draft.record);
            }
            if let Some(known) = known.filter(|_| end > start) {
                let line = map.then(&OffsetMap::identity(start));
                let record = self.open_record();
                let is_value = |label: &Evidence| self.engine.is_value_below(*label, written, &mut self.tools.scratch);
                let evidence = above.filter(is_value).unwrap_or(draft.evidence);
                let draft = Draft { source: draft.source.clone(), evidence, ..*draft };
                let (around, span) =
                    if self.frame.is_message { (text, start..end) } else { (written, 0..written.len()) };
                self.read((around, span), &line, &draft, record, known)?;
                self.close_record(record);
            }
            label = self.engine.label_line(written);
            start = end + 1;
        }
        Ok(())
    }

    /// Whether something is known of the lines of `draft` before they are read.
    fn is_spoken_of(&self, draft: &Draft<'_>) -> bool {
        draft.evidence.is_labelled()
            || draft.evidence.tells_aside()
            || self.frame.evidence.is_labelled()
            || self.frame.record.is_some()
            || self.frame.page.is_some()
    }
}
