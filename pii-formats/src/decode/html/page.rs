//! The text of a page as one: what stands around a piece of it, in other blocks.

use super::element::is_block;
use super::token::{Token, Tokens};
use crate::decode::markup::reference::Dialect;
use crate::decode::markup::space::read_shown;
use crate::decode::run::Run;
use std::cell::OnceCell;
use std::ops::Range;

/// A page's text, which is put together when it is asked for: few pages hold anything that asks.
pub(crate) struct Page {
    is_fragment: bool,
    text: OnceCell<Visible>,
}

#[derive(Default)]
struct Visible {
    text: Vec<u8>,
    /// Where stretches of character data stand in the page, and where each begins in `text`. In order.
    stretches: Vec<(Range<usize>, usize)>,
}

impl Page {
    /// A page that is read as one, or a text that has HTML in it.
    pub(crate) fn new(is_fragment: bool) -> Self {
        Self { is_fragment, text: OnceCell::new() }
    }

    /// The text of the page `input`, a block a line, and where in it the piece stands that begins at `source`. `None` where
    /// no text of the page's begins: in a tag, in a script.
    pub(crate) fn around(&self, input: &[u8], source: usize) -> Option<(&[u8], usize)> {
        let Visible { text, stretches } = self.text.get_or_init(|| self.read(input));
        let (from, at) = stretches.get(stretches.partition_point(|(from, _)| from.end <= source))?;
        // References make the text shorter than they are.
        from.contains(&source).then(|| (text.as_slice(), (at + source - from.start).min(text.len())))
    }

    fn read(&self, input: &[u8]) -> Visible {
        let mut visible = Visible::default();
        let mut run = Run::default();
        let mut tokens = if self.is_fragment { Tokens::of_fragment(input) } else { Tokens::new(input) };
        // What cannot be read has stopped the decoder too.
        while let Ok(Some(token)) = tokens.next() {
            match token {
                Token::Text(range) => {
                    visible.stretches.push((range.clone(), visible.text.len() + run.bytes().len()));
                    read_shown(&mut run, input, range, Dialect::HtmlText);
                }
                Token::Tag { name, .. } if is_block(&input[name.clone()]) => visible.end_line(&mut run),
                Token::Tag { .. } | Token::Comment(_) | Token::Raw(_) => {}
            }
        }
        visible.end_line(&mut run);
        visible
    }
}

impl Visible {
    fn end_line(&mut self, run: &mut Run) {
        self.text.extend_from_slice(run.bytes());
        self.text.push(b'\n');
        run.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_piece_stands_in_the_text_of_its_page() {
        let input = "<title>a</title><p id=b>c&nbsp;<b>d</b>\n e<!-- f --><script>g</script><br>h";
        let page = Page::new(false);
        for (piece, before) in
            [("a", "\n"), ("c", "\na\n\n"), ("d", "\na\n\nc\u{A0}"), ("h", "\na\n\nc\u{A0}d e\n\n\n")]
        {
            let source = input.find(&format!(">{piece}")).expect("it is there") + 1;
            let (text, at) = page.around(input.as_bytes(), source).expect("it is text");
            let text = String::from_utf8_lossy(text);
            assert_eq!((&text[..at], &text[at..=at]), (before, piece));
        }
        for hidden in ["b>", " f ", "g"] {
            assert!(page.around(input.as_bytes(), input.find(hidden).expect("it is there")).is_none(), "{hidden}");
        }
        assert!(page.around(input.as_bytes(), input.len()).is_none());
    }

    #[test]
    fn what_is_no_tag_in_a_fragment_is_text() {
        let (text, at) = (Page::new(true), 5);
        assert_eq!(text.around(b"<idNo>1<p>2", at), Some((&b"<idNo>1\n2\n"[..], 5)));
    }
}
