//! Tells in one quick pass which lines of a text may hold anything at all.
//!
//! Most of what a firm writes holds nothing personal. A line is searched in full only where a number in it passes as one
//! without a word beside it, a pattern's value may begin, or a word that speaks of a kind leads to something. All of that
//! is read off the rules: which lengths and first characters numbers have, what the values of patterns begin with, how
//! words and names of fields end. A line may be searched for nothing; it is never passed over with something in it, and
//! `tests/sieve.rs` holds that against the search.

mod block;
mod character;
mod name;
mod number;
mod patterns;
mod spoken;
mod token;
mod trigger;

use crate::fold;
use crate::locate::{Buffers, Searcher};
use crate::plan::FormId;
use crate::recognise::{address, biometric};
use crate::rule::{LabelKind, PatternShape, Script, Shape, WordHit};
use block::{BLOCK, Block};
use character::{Characters, Sign};
use name::Names;
use number::{Chain, Numbers};
use patterns::{InLine, Marks};
use spoken::Spoken;
use std::ops::Range;
use token::{Begun, Token};
use trigger::Triggers;

/// What to look for in a text, laid out for looking.
pub(crate) struct Sieve {
    characters: Characters,
    names: Names,
    numbers: Numbers,
    triggers: Triggers,
    marks: Marks,
}

impl Sieve {
    /// `None` where there is a pattern that any text may match.
    pub(crate) fn new(searcher: &Searcher<'_>) -> Option<Self> {
        let spoken = Spoken { searcher };
        (!searcher.plan.has_open_patterns()).then(|| Self {
            characters: Characters::new(&spoken),
            names: Names::new(&spoken),
            numbers: Numbers::new(searcher.plan),
            triggers: Triggers::new(searcher),
            marks: Marks::new(searcher),
        })
    }

    /// The first line of `text`, from `from` on, that may hold something, without its end. Nothing is known of the lines
    /// but what they say. `from` is where a line begins.
    pub(crate) fn next_line(
        &self,
        searcher: &Searcher<'_>,
        text: &[u8],
        from: usize,
        buffers: &mut Buffers,
    ) -> Option<Range<usize>> {
        let look = Look { sieve: self, spoken: Spoken { searcher }, text };
        let (begun, line) = (Begun::default(), Line { span: from..from, ..Line::default() });
        let pass = Pass {
            look,
            buffers,
            begun,
            chain: Chain::default(),
            before: 0,
            reached: from,
            traditional_until: from,
            code: 0,
            line,
            trigger: None,
            opened: 0,
            opened_until: from,
        };
        pass.run(from)
    }
}

/// A text that is gone over.
#[derive(Clone, Copy)]
struct Look<'l> {
    sieve: &'l Sieve,
    spoken: Spoken<'l>,
    text: &'l [u8],
}

/// Where a pass has got to.
struct Pass<'p> {
    look: Look<'p>,
    buffers: &'p mut Buffers,
    begun: Begun,
    chain: Chain,
    /// The character right before `reached`, if it is above 127; else 0.
    before: u32,
    /// Where the characters above 127 were read up to.
    reached: usize,
    /// Where the last one ends that has a simplified form.
    traditional_until: usize,
    /// Characters of base64 without a break, up to the block.
    code: usize,
    line: Line,
    trigger: Option<trigger::Next>,
    /// The patterns that may have a value in the line that ends at `opened_until`, one bit each.
    opened: u64,
    opened_until: usize,
}

/// The line that was looked at last, and what was found out about all of it.
#[derive(Default)]
struct Line {
    span: Range<usize>,
    patterns: InLine,
    is_document: Option<bool>,
    /// Addresses were looked for, and there are none.
    has_no_address: bool,
    /// How many words and names of fields were asked about.
    asked: usize,
}

/// So many words of a line are asked about where they lead, and one more for each [`BYTES_A_WORD`]. To search a line that
/// holds more takes less time.
const WORDS_ASKED: usize = 8;
const BYTES_A_WORD: usize = 64;

impl Line {
    /// Notes that a word at `place` is asked about. Whether these are too many.
    fn asks_too_often(&mut self, place: usize) -> bool {
        self.asked += 1;
        self.asked > WORDS_ASKED + place / BYTES_A_WORD
    }
}

impl Pass<'_> {
    fn run(self, from: usize) -> Option<Range<usize>> {
        #[cfg(target_arch = "x86_64")]
        if block::avx2::is_there() {
            // SAFETY: the machine has been asked.
            #[expect(unsafe_code, reason = "a function that takes AVX2 is called where there is AVX2")]
            return unsafe { self.run_by_avx2(from) };
        }
        self.run_by(from, block::classes)
    }

    /// The same, compiled for a machine with AVX2 as a whole: the bits of blocks are counted and taken one by one.
    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt")]
    fn run_by_avx2(self, from: usize) -> Option<Range<usize>> {
        self.run_by(from, |bytes| block::avx2::classes(bytes))
    }

    #[inline(always)]
    fn run_by(mut self, from: usize, classes: impl Fn(&[u8; BLOCK]) -> Block) -> Option<Range<usize>> {
        let mut base = from;
        // A token that reaches to the text's end ends in an empty block behind it.
        while base < self.look.text.len() || self.begun.is_some() {
            let block = Block::at(self.look.text, base, &classes);
            if let Some(at) = self.first_in(base, &block) {
                return Some(self.line_at(at));
            }
            base += BLOCK;
        }
        None
    }

    /// The first place in a block, or before it in a token that ends there, for which its line is kept; or another one in
    /// the same line.
    #[inline(always)]
    fn first_in(&mut self, base: usize, block: &Block) -> Option<usize> {
        // What was found may not be in the first line that something is found in, so the lines before it are asked about.
        let first = self.token_in(base, block);
        let limit = self.line_start(first).unwrap_or(base + BLOCK);
        let first = self.mark_in(base, block, limit).or(first);
        let limit = self.line_start(first).unwrap_or(base + BLOCK);
        self.character_in(base, block, limit).or(first)
    }

    fn line_start(&mut self, at: Option<usize>) -> Option<usize> {
        at.map(|at| self.line_at(at).start)
    }

    #[inline]
    fn line_at(&mut self, at: usize) -> Range<usize> {
        if !self.line.span.contains(&at) {
            self.begin_line(at);
        }
        self.line.span.clone()
    }

    fn begin_line(&mut self, at: usize) {
        let text = self.look.text;
        let start = memchr::memrchr(b'\n', &text[..at]).map_or(0, |end| end + 1);
        let end = memchr::memchr(b'\n', &text[at..]).map_or(text.len(), |len| at + len);
        self.line = Line { span: start..end, ..Line::default() };
    }

    /// Whether the line that was asked for last may be a document or hold one, in which a field's name says more.
    fn is_document(&mut self) -> bool {
        let shown = &self.look.text[self.line.span.clone()];
        let is_one = || memchr::memchr3(b'"', b'<', b'&', shown).or_else(|| memchr::memchr(b'?', shown)).is_some();
        *self.line.is_document.get_or_insert_with(is_one)
    }

    #[inline(always)]
    fn token_in(&mut self, base: usize, block: &Block) -> Option<usize> {
        let mut begun = std::mem::take(&mut self.begun);
        let mut found = None;
        begun.tokens(base, block, |token| {
            let is_kept = self.is_kept_for(&token);
            if is_kept {
                found = Some(token.start);
            }
            is_kept
        });
        self.begun = begun;
        found
    }

    #[inline(always)]
    fn is_kept_for(&mut self, token: &Token) -> bool {
        let Look { sieve, spoken, text } = self.look;
        let Searcher { rules, plan, .. } = *spoken.searcher;
        if sieve.numbers.may_end(rules, plan, text, token, &mut self.chain) {
            return true;
        }
        let opened = plan.opened_in_document(text, token.start, token.end);
        if opened != 0 && self.may_match(token, opened) {
            return true;
        }
        biometric::is_uri_at(text, token.start, token.end)
            || (sieve.names.may_begin_word(text, token) && self.is_word_at(token))
            || (sieve.names.may_end_field(text, token) && self.is_field_at(token))
    }

    /// Whether a control byte, a long run of base64 or a list of numbers stands before `limit`.
    #[inline(always)]
    fn mark_in(&mut self, base: usize, block: &Block, limit: usize) -> Option<usize> {
        let text = self.look.text;
        let first_bits = block.code.trailing_ones() as usize;
        if self.code + first_bits >= biometric::RUN_CHARACTERS {
            let last = base + first_bits - usize::from(first_bits > 0 || self.code > 0);
            return Some(last).filter(|at| *at < limit);
        }
        self.code = if block.code == u64::MAX { self.code + BLOCK } else { block.code.leading_ones() as usize };
        let mut marks = block.control | block.bracket;
        while marks != 0 {
            let at = base + marks.trailing_zeros() as usize;
            marks &= marks - 1;
            if at >= limit {
                break;
            }
            if text[at] != b'[' || biometric::is_list_at(text, at) {
                return Some(at);
            }
        }
        None
    }

    #[inline(always)]
    fn character_in(&mut self, base: usize, block: &Block, limit: usize) -> Option<usize> {
        let text = self.look.text;
        let limit = limit.min(text.len());
        loop {
            // A character that began in the block before may reach into this one.
            let passed = self.reached.saturating_sub(base);
            let bits = if passed < BLOCK { block.beyond_ascii >> passed << passed } else { 0 };
            let mut at = base + bits.trailing_zeros() as usize;
            if bits == 0 || at >= limit {
                return None;
            }
            let mut before = if at == self.reached { self.before } else { 0 };
            while at < limit && text[at] >= 0x80 {
                let Some(character) = self.look.sieve.characters.read(&text[at..], before) else { return Some(at) };
                if character.is_traditional {
                    self.traditional_until = at + character.len;
                }
                if !character.sign.is_none() && self.is_kept_for_character(at, before, &character) {
                    return Some(at);
                }
                before = character.code;
                at += character.len;
            }
            (self.before, self.reached) = (before, at);
        }
    }

    fn is_kept_for_character(&mut self, at: usize, before: u32, character: &character::Character) -> bool {
        let Look { spoken, text, .. } = self.look;
        let sign = character.sign;
        let line = self.line_at(at);
        let (shown, place) = (&text[line.clone()], at - line.start);
        if sign.has(Sign::DISGUISE) && fold::needs_folding_at(shown, place) {
            return true;
        }
        if sign.has(Sign::ADDRESS) && !self.line.has_no_address && address::is_detail(shown, place) {
            if address::is_in(shown) {
                return true;
            }
            self.line.has_no_address = true;
        }
        if sign.has(Sign::FIELD)
            && text.get(at + character.len).is_none_or(|next| !matches!(next, 0xE4..=0xE9))
            && self.is_document()
        {
            return true;
        }
        if !sign.has(Sign::WORD) {
            return false;
        }
        if self.line.asks_too_often(place) {
            return true;
        }
        let mut leads = false;
        let buffers = &mut *self.buffers;
        let script = if self.traditional_until > line.start { Script::Mixed } else { Script::Simplified };
        spoken.searcher.rules.labels().words_ending_at(shown, place, (before, character.code), script, |hit| {
            leads = leads || spoken.leads(shown, hit, buffers);
        });
        leads
    }

    /// Whether a word in ASCII stands at the token, or the marks before it, that leads to something.
    fn is_word_at(&mut self, token: &Token) -> bool {
        let spoken = self.look.spoken;
        let line = self.line_at(token.start);
        let (shown, place) = (&self.look.text[line.clone()], token.start - line.start);
        if self.line.asks_too_often(place) {
            return true;
        }
        let marks = shown[..place].iter().rev().take(MARKS_LIMIT).take_while(|b| b.is_ascii_punctuation()).count();
        let buffers = &mut *self.buffers;
        (place - marks..=place).any(|at| {
            let mut leads = false;
            spoken.searcher.rules.labels().words_beginning_at(shown, at, |hit| {
                leads = leads || spoken.leads(shown, hit, buffers);
            });
            leads
        })
    }

    /// Whether the name of a field ends with the token that leads to something. In a document more is known of what stands
    /// in a field than the line shows.
    fn is_field_at(&mut self, token: &Token) -> bool {
        let spoken = self.look.spoken;
        let line = self.line_at(token.start);
        let shown = &self.look.text[line.clone()];
        if self.is_document() {
            return true;
        }
        let (start, end) = (token.start - line.start, token.end - line.start);
        if self.line.asks_too_often(start) {
            return true;
        }
        let letters = shown[start..end].iter().take_while(|b| b.is_ascii_alphabetic()).count();
        // The letters before a number that touches them may be a name too.
        let names = [chain_start(shown, start)..end, start..start + letters];
        names.into_iter().any(|name| {
            let Some(id) = spoken.searcher.rules.labels().of_field(&shown[name.clone()]) else { return false };
            let label = LabelKind { before: Some(id), after: None };
            let hit = WordHit { start: name.start, end: name.end, label, is_field: true };
            spoken.leads(shown, hit, self.buffers)
        })
    }

    /// Whether one of the patterns may have a value that begins with a token.
    #[inline]
    fn may_match(&mut self, token: &Token, mut opened: u64) -> bool {
        if token.start >= self.opened_until {
            self.open_line(token.start);
        }
        opened &= self.opened;
        opened != 0 && self.may_match_in_line(token, opened)
    }

    /// Finds out which patterns may have a value in the line of a place.
    fn open_line(&mut self, at: usize) {
        let line = self.line_at(at);
        let Look { sieve, text, .. } = self.look;
        let marked = sieve.marks.patterns_in(&text[line.clone()]);
        self.opened = sieve.triggers.patterns_in(text, line.start, line.end, &mut self.trigger) & marked;
        self.opened_until = line.end;
    }

    fn may_match_in_line(&mut self, token: &Token, opened: u64) -> bool {
        let line = self.line_at(token.start);
        let Look { spoken, text, .. } = self.look;
        self.line.patterns.may_match(spoken.searcher, &text[line.clone()], token.start - line.start, opened)
    }
}

/// The most marks that a word begins with.
const MARKS_LIMIT: usize = 4;

/// Where the tokens begin that `_`, `-` and `.` join to the one at `start`.
fn chain_start(line: &[u8], mut start: usize) -> usize {
    loop {
        let is_joined = start > 1 && matches!(line[start - 1], b'_' | b'-' | b'.');
        if !is_joined || !line[start - 2].is_ascii_alphanumeric() {
            return start;
        }
        start -= 1;
        start -= line[..start].iter().rev().take_while(|b| b.is_ascii_alphanumeric()).count();
    }
}

fn pattern<'s>(searcher: &Searcher<'s>, id: FormId) -> Option<&'s PatternShape> {
    match &searcher.rules.at(id.rule).forms[usize::from(id.form)].shape {
        Shape::Pattern(shape) => Some(shape),
        _ => None,
    }
}
