//! Text that runs on across tags: `<p>手机138<b>0013</b>8000</p>` is read as a reader of the document sees it.
//!
//! Most XML is data, in which neighbours have nothing to do with each other, so text runs on only where an element holds
//! text of its own *and* elements (mixed content, XML 1.0 §3.2.2). What every element says by itself is told beside this.

use crate::decode::markup::reference::Dialect;
use crate::decode::markup::space::read_shown;
use crate::decode::run::Run;
use std::ops::Range;

/// What has been read since the last tag at which text does not run on.
#[derive(Default)]
pub(super) struct Flow {
    pub(super) run: Run,
    /// How many texts with a tag between them have been joined. One alone has been told by its element.
    joined: usize,
    is_after_tag: bool,
}

impl Flow {
    /// Character data at `range`, of an element that has text of its own.
    pub(super) fn text(&mut self, input: &[u8], range: Range<usize>) {
        self.arrive();
        // Whether every ampersand begins a reference is checked where the element reads it.
        read_shown(&mut self.run, input, range, Dialect::Xml);
    }

    /// As [`text`](Self::text), without references.
    pub(super) fn cdata(&mut self, input: &[u8], range: Range<usize>) {
        self.arrive();
        self.run.push_same(input, range);
    }

    fn arrive(&mut self) {
        self.joined += usize::from(std::mem::take(&mut self.is_after_tag) || self.joined == 0);
    }

    /// A tag stands here at which text may run on.
    pub(super) fn pass_tag(&mut self) {
        self.is_after_tag = true;
    }

    /// Whether it says more than its elements do by themselves.
    pub(super) fn is_worth_telling(&self) -> bool {
        self.joined > 1 && !self.run.is_blank()
    }

    /// Forgets the text but keeps the memory.
    pub(super) fn clear(&mut self) {
        self.run.clear();
        self.joined = 0;
        self.is_after_tag = false;
    }
}
