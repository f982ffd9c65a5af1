//! Finds all words of a long list in a text, in one look at every character.
//!
//! Chinese has no spaces, so a word may begin at any character. But the words of the rules end in few characters (号, 户,
//! 码), and in fewer pairs of them, so a text is read character by character and only where a word's last two
//! characters stand is anything compared. Words in ASCII begin where a token begins. Nothing is built that grows with
//! more than the list: an automaton of all words takes megabytes, and most of the time of a short run.
//!
//! Letters of ASCII match in either case, and a traditional character matches its simplified form.

use crate::number_map::NumberMap;
use crate::recognise::han::Forms;

/// A list of words, laid out for searching.
#[derive(Default)]
pub(super) struct Words {
    words: Vec<Word>,
    /// Of each word the byte at [`telling`]: many words have the same key. 0 where it has none there.
    tells: Vec<u8>,
    /// By the last two characters above 127 of a word; the earlier one is 0 where a word has one such character or
    /// something of ASCII before it. Ranges of `words`.
    by_characters: NumberMap<Bucket>,
    /// Of the basic plane: a word's last character above 127. One bit each.
    last: Vec<u64>,
    /// The keys of both maps, by their hash. One bit each.
    marks: Vec<u64>,
    /// A word's last character is beyond the basic plane, so the bits do not tell.
    beyond_plane: bool,
    /// By the first two bytes of a word all in ASCII, in small letters; the second is 0 in a word of one byte.
    by_bytes: NumberMap<Bucket>,
    /// Bytes that begin a word all in ASCII, in either case. One bit each.
    first: u128,
}

type Bucket = std::ops::Range<u32>;

struct Word {
    /// In small letters and simplified characters.
    text: Box<[u8]>,
    /// Where in it the bytes stand that it is looked up by.
    anchor: usize,
    /// The number that it has in the list.
    id: usize,
}

/// How the words of a text are written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Script {
    /// In the characters of the list.
    Simplified,
    /// In some that have another form.
    Mixed,
}

/// A word that stands in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Standing {
    pub(super) end: usize,
    pub(super) start: usize,
    /// The word's number in the list.
    pub(super) id: usize,
}

impl Words {
    /// Lays out a list. Empty words never stand anywhere.
    pub(super) fn new<'w>(list: impl Iterator<Item = &'w str>) -> Self {
        let mut keyed: Vec<(bool, u64, Word)> = Vec::new();
        let forms = Forms::get();
        for (id, word) in list.enumerate().filter(|(_, word)| !word.is_empty()) {
            let word = forms.simplified_word(word);
            let text: Box<[u8]> = word.to_ascii_lowercase().into_bytes().into();
            let (is_ascii, key, anchor) = match last_pair(&word) {
                Some((key, anchor)) => (false, key, anchor),
                None => (true, byte_key(text[0], text.get(1).copied()), 0),
            };
            keyed.push((is_ascii, key, Word { text, anchor, id }));
        }
        keyed.sort_by_key(|(is_ascii, key, _)| (*is_ascii, *key));
        let mut built = Self { last: vec![0; 1 << 10], marks: vec![0; MARKS / 64], ..Self::default() };
        for (place, (is_ascii, key, word)) in (0u32..).zip(keyed) {
            built.mark(is_ascii, key);
            let index = if is_ascii { &mut built.by_bytes } else { &mut built.by_characters };
            index.entry(key).or_insert(place..place).end = place + 1;
            built.tells.push(telling(is_ascii, word.anchor).and_then(|at| word.text.get(at)).copied().unwrap_or(0));
            built.words.push(word);
        }
        built
    }

    fn mark(&mut self, is_ascii: bool, key: u64) {
        let (word, bit) = mark_of(key);
        self.marks[word] |= bit;
        if is_ascii {
            let byte = (key >> 8) as u8;
            self.first |= 1 << byte | 1 << byte.to_ascii_uppercase();
            return;
        }
        let last = key as u32;
        match self.last.get_mut(last as usize >> 6) {
            Some(bits) => *bits |= 1 << (last & 63),
            None => self.beyond_plane = true,
        }
    }

    /// The words, in small letters and simplified characters, and the number of each in the list.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&[u8], usize)> {
        self.words.iter().map(|word| (&*word.text, word.id))
    }

    /// How many words there are.
    pub(super) fn len(&self) -> usize {
        self.words.len()
    }

    /// Calls `found` for every place at which a word stands, in no particular order. A word that begins with a letter or
    /// digit does not begin within a token.
    pub(super) fn find(&self, text: &[u8], mut found: impl FnMut(Standing)) {
        let mut at = 0;
        let forms = Forms::get();
        // The character right before, if it is above 127.
        let mut before = 0;
        // Until a character comes by that has a simplified form, words stand as the list has them.
        let mut script = Script::Simplified;
        while let Some(&byte) = text.get(at) {
            if byte < 0x80 {
                before = 0;
                if self.first >> byte & 1 == 1 {
                    self.beginning_at(text, at, &mut found);
                }
                at += token_len(&text[at..]);
                continue;
            }
            let (written, len) = character_at(&text[at..]);
            let character = forms.simplified_code(written);
            if character != written {
                script = Script::Mixed;
            }
            if self.may_end(character) {
                self.ending_at(text, at, (before, character), script, &mut found);
            }
            before = character;
            at += len;
        }
    }

    fn may_end(&self, character: u32) -> bool {
        self.last.get(character as usize >> 6).map_or(self.beyond_plane, |bits| bits >> (character & 63) & 1 == 1)
    }

    /// Calls `found` for every word all in ASCII that begins at `at`.
    pub(super) fn beginning_at(&self, text: &[u8], at: usize, found: &mut impl FnMut(Standing)) {
        // A zero stands for no second byte, and no word has one.
        let second = text.get(at + 1).filter(|b| b.is_ascii() && **b != 0).map(u8::to_ascii_lowercase);
        let first = text[at].to_ascii_lowercase();
        for key in [byte_key(first, None), byte_key(first, second)].into_iter().take(1 + usize::from(second.is_some()))
        {
            if self.is_marked(key) {
                self.compare(self.by_bytes.get(&key), (text, at), telling(true, at), Script::Simplified, found);
            }
        }
    }

    /// Calls `found` for every word whose last character above 127 stands at `at`. `characters`: the one before, if it is
    /// above 127, and the one there, both in their simplified form. `script`: that of the text up to there.
    pub(super) fn ending_at(
        &self,
        text: &[u8],
        at: usize,
        (before, character): (u32, u32),
        script: Script,
        found: &mut impl FnMut(Standing),
    ) {
        let keys = [u64::from(character), pair_key(before, character)];
        for key in keys.into_iter().take(1 + usize::from(before != 0)) {
            if self.is_marked(key) {
                self.compare(self.by_characters.get(&key), (text, at), telling(false, at), script, found);
            }
        }
    }

    /// Whether words may have a key: most have none.
    fn is_marked(&self, key: u64) -> bool {
        let (word, bit) = mark_of(key);
        self.marks.get(word).is_some_and(|marks| marks & bit != 0)
    }

    /// The words of a bucket that stand where their anchor is at `anchor`. `telling`: where the byte stands that is compared
    /// first.
    fn compare(
        &self,
        bucket: Option<&Bucket>,
        (text, anchor): (&[u8], usize),
        telling: Option<usize>,
        script: Script,
        found: &mut impl FnMut(Standing),
    ) {
        let Some(bucket) = bucket else { return };
        let there = telling.and_then(|at| text.get(at)).map_or(0, u8::to_ascii_lowercase);
        let places = bucket.start as usize..bucket.end as usize;
        for (place, tell) in places.clone().zip(&self.tells[places]) {
            if *tell != 0 && *tell != there && script == Script::Simplified {
                continue;
            }
            let word = &self.words[place];
            let Some(start) = anchor.checked_sub(word.anchor) else { continue };
            let end = start + word.text.len();
            let stands = |there: &[u8]| {
                there.eq_ignore_ascii_case(&word.text) || (script == Script::Mixed && is_written(there, &word.text))
            };
            if text.get(start..end).is_some_and(stands) && !is_within_token(text, start) {
                found(Standing { end, start, id: word.id });
            }
        }
    }
}

/// Where the byte stands that tells most of the words with the same key, in a word or a text whose key stands at `anchor`:
/// the one before the last two characters, or the one behind the first two bytes.
fn telling(is_ascii: bool, anchor: usize) -> Option<usize> {
    if is_ascii { Some(anchor + 2) } else { anchor.checked_sub(FORM_BYTES + 1) }
}

/// Whether `there`, which is as long, is `word` in letters of either case and characters of either form.
fn is_written(there: &[u8], word: &[u8]) -> bool {
    let mut at = 0;
    while at < word.len() {
        if there[at].eq_ignore_ascii_case(&word[at]) {
            at += 1;
            continue;
        }
        // The forms of a character may share their first bytes: back to where it begins.
        let start = (0..=at).rev().find(|&start| word[start] & 0xC0 != 0x80).unwrap_or(at);
        if !is_form_of(&there[start..], &word[start..]) {
            return false;
        }
        at = start + FORM_BYTES;
    }
    true
}

/// The bytes of a character that has another form.
const FORM_BYTES: usize = 3;

fn is_form_of(there: &[u8], word: &[u8]) -> bool {
    if there[0] < 0x80 || word[0] < 0x80 {
        return false;
    }
    let (written, len) = character_at(there);
    len == FORM_BYTES && character_at(word) == (Forms::get().simplified_code(written), FORM_BYTES)
}

/// The key of a word by its last two characters above 127, and where the last one stands. `None`: all of it is ASCII.
fn last_pair(word: &str) -> Option<(u64, usize)> {
    let mut found = None;
    let mut before = 0;
    for (at, c) in word.char_indices() {
        if c.is_ascii() {
            before = 0;
        } else {
            found = Some((pair_key(before, u32::from(c)), at));
            before = u32::from(c);
        }
    }
    found
}

fn pair_key(before: u32, character: u32) -> u64 {
    u64::from(before) << 32 | u64::from(character)
}

/// Bits of the table of keys.
const MARKS: usize = 1 << 16;

/// Where the bit of a key stands in that table: a word of it, and the bit.
fn mark_of(key: u64) -> (usize, u64) {
    let place = (key.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 48) as usize;
    (place / 64, 1 << (place % 64))
}

fn byte_key(first: u8, second: Option<u8>) -> u64 {
    u64::from(first) << 8 | u64::from(second.unwrap_or(0))
}

/// Whether a letter or digit stands at `at` and another one before it.
fn is_within_token(text: &[u8], at: usize) -> bool {
    at > 0 && text[at - 1].is_ascii_alphanumeric() && text[at].is_ascii_alphanumeric()
}

/// How far to go on from a byte of ASCII: past the letters and digits of a token, past anything else by itself.
fn token_len(text: &[u8]) -> usize {
    text.iter().take_while(|b| b.is_ascii_alphanumeric()).count().max(1)
}

/// The character that a text begins with, which is above 127, and its length. Bytes that are no UTF-8 are 0, one by one.
fn character_at(text: &[u8]) -> (u32, usize) {
    let tail = |nth: usize| text.get(nth).filter(|b| *b & 0xC0 == 0x80).map(|b| u32::from(b & 0x3F));
    let lead = u32::from(text[0]);
    let decoded = match lead {
        0xC2..=0xDF => tail(1).map(|a| ((lead & 0x1F) << 6 | a, 2)),
        0xE0..=0xEF => tail(1).zip(tail(2)).map(|(a, b)| ((lead & 0xF) << 12 | a << 6 | b, 3)),
        0xF0..=0xF4 => {
            tail(1).zip(tail(2)).zip(tail(3)).map(|((a, b), c)| ((lead & 7) << 18 | a << 12 | b << 6 | c, 4))
        }
        _ => None,
    };
    decoded.unwrap_or((0, 1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use aho_corasick::AhoCorasick;
    use proptest::prelude::*;

    const LIST: [&str; 22] = [
        "客户",
        "客户号",
        "号",
        "户号码",
        "资金账号",
        "账号",
        "TA账号",
        "证件ID",
        "微信号ID",
        "id",
        "ID no",
        "no",
        "bank account",
        "account no",
        ":25:",
        "/NAME/",
        "%",
        "¥",
        "𠮷野",
        "元",
        "D.O.B.",
        "sha256",
    ];

    fn standing(text: &[u8]) -> Vec<(usize, usize, usize)> {
        let mut all = Vec::new();
        Words::new(LIST.into_iter()).find(text, |w| all.push((w.start, w.end, w.id)));
        all.sort_unstable();
        all
    }

    /// What an automaton finds, without words that begin within a token.
    fn expected(text: &[u8]) -> Vec<(usize, usize, usize)> {
        let automaton = AhoCorasick::builder().ascii_case_insensitive(true).build(LIST).expect("a small automaton");
        let hits = automaton.find_overlapping_iter(text).map(|m| (m.start(), m.end(), m.pattern().as_usize()));
        let mut all: Vec<_> = hits.filter(|(start, ..)| !is_within_token(text, *start)).collect();
        all.sort_unstable();
        all
    }

    #[test]
    fn traditional_characters_are_their_simplified_forms() {
        for text in ["資金賬號：", "资金账號：", "資金账号："] {
            assert!(standing(text.as_bytes()).contains(&(0, 12, 4)), "{text}");
        }
        let traditional: Vec<_> = ["資金賬號", "TA賬號"].into_iter().collect();
        let mut found = Vec::new();
        Words::new(traditional.into_iter()).find("资金账号，ta账号".as_bytes(), |w| found.push((w.start, w.id)));
        assert_eq!(found, [(0, 0), (15, 1)]);
    }

    #[test]
    fn words_stand_where_they_stand() {
        let text = "客户号码 id NO, 微信号id:25:/name/ 100%¥5元𠮷野TA账号 sha256 SHA2567 bid d.o.b.";
        assert_eq!(standing(text.as_bytes()), expected(text.as_bytes()));
        assert!(standing(text.as_bytes()).len() > 15);
        assert_eq!(standing(b""), []);
        assert_eq!(standing(b"%\0"), expected(b"%\0"));
        assert_eq!(standing(b"\xE5\xAE\xE5\x8F"), []);
    }

    proptest! {
        #[test]
        fn an_automaton_finds_the_same(pieces in prop::collection::vec(0usize..30, 0..14)) {
            let between = ["", " ", "号", "a", "9", "户", "\u{fffd}", "I"];
            let text: String = pieces.iter().map(|&n| LIST.get(n).copied().unwrap_or_else(|| between[n - LIST.len()])).collect();
            prop_assert_eq!(standing(text.as_bytes()), expected(text.as_bytes()));
        }

        #[test]
        fn any_bytes_are_read(text in prop::collection::vec(any::<u8>(), 0..60)) {
            prop_assert_eq!(standing(&text), expected(&text));
        }
    }
}
