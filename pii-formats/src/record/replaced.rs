//! Where something keyed stands in an output, for whoever reads it again.

use super::{Closed, Found, Layer, LayerId};
use std::iter;
use std::ops::Range;

/// A stretch of an output in which something stands by a key: a pseudonym, a token, a sealed value, a digest. Such a thing
/// may itself be a value of some kind, and only its place tells it from one that was missed.
///
/// Positions count from where the session began that wrote it: from 0, or from the position that it went on from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replaced {
    pub(crate) span: Range<u64>,
    /// Where the stretch is a carrier (base64, an encoded word): what of its content stands there by a key, in positions in
    /// the content. Empty: all of the stretch does.
    pub(crate) within: Vec<Replaced>,
}

impl Closed {
    /// Forgets what was found where nothing of the original is left to find: each of its bytes is of something in `replaced`,
    /// which is in order of position. One byte beside that, and it stays, but for [`reads_on`]
    /// and [`is_sign_left`].
    pub(crate) fn forget(&mut self, replaced: &[Replaced]) {
        let Self { founds, layers, .. } = self;
        if !replaced.is_empty() {
            founds.retain(|found| !is_replaced(layers, found, replaced));
        }
    }
}

/// Whether all that was found was put there.
fn is_replaced(layers: &[Layer], found: &Found, mut replaced: &[Replaced]) -> bool {
    let carrier = |layer: &LayerId| layers.get(layer.0.checked_sub(1)? as usize);
    let inside = iter::successors(Some(found.layer), |layer| carrier(layer).map(|carrier| carrier.parent));
    let carriers: Vec<&Layer> = inside.filter_map(|layer| carrier(&layer)).collect();
    // From the outside in.
    for carrier in carriers.into_iter().rev() {
        if bare_bytes(&carrier.pieces, replaced) == 0 {
            return true;
        }
        // Content that is decoded from another place on is not what was coded, and its positions mean something else.
        let start = carrier.pieces.first().map_or(0, |piece| piece.start);
        match replaced.binary_search_by_key(&start, |place| place.span.start) {
            Ok(nth) => replaced = &replaced[nth].within,
            Err(_) => return false,
        }
    }
    let bare = bare_bytes(&found.pieces, replaced);
    bare == 0 || reads_on(found, bare) || is_sign_left(found, bare, replaced)
}

/// So many signs beside what was put there, or between two such things, are nothing of a value.
const SIGNS_LIMIT: u64 = 2;

/// Whether what was not put there is a sign or two: the forms of credentials allow most signs, so that in `pit_…: pit_…` the
/// colon is read with the token before it.
fn is_sign_left(found: &Found, bare: u64, replaced: &[Replaced]) -> bool {
    let value = found.value().as_bytes();
    // Otherwise it is not known which byte stands for which.
    if bare > SIGNS_LIMIT || found.is_joint || found.width() != value.len() {
        return false;
    }
    let positions = found.pieces.iter().flat_map(Range::clone);
    let is_put = |at: u64| bare_bytes(std::slice::from_ref(&(at..at + 1)), replaced) == 0;
    positions.zip(value).all(|(at, byte)| byte.is_ascii_punctuation() || is_put(at))
}

/// Whether a pseudonym in Chinese was read together with a single character beside it, which has `bare` bytes.
///
/// Nothing sets a name off from what follows it. So the first reading may have ended one character early (贾娟 of 贾娟新), or a
/// pseudonym is held to be more than it is (慧已 where 由慧 stands before 已授权): once in some thousand lines of text. One
/// character is no name, and no more than a mask shows of one; two are left over.
fn reads_on(found: &Found, bare: u64) -> bool {
    let value = found.value();
    let is_han = |c: char| matches!(c, '\u{4E00}'..='\u{9FFF}');
    // Its characters all take as many bytes.
    let characters = value.chars().count() as u64;
    !found.is_joint && characters > 1 && value.chars().all(is_han) && bare * characters <= found.width() as u64
}

/// How many bytes of `pieces` were not put there. Where one replacement touches the next there are none between them.
fn bare_bytes(pieces: &[Range<u64>], replaced: &[Replaced]) -> u64 {
    let bare = |piece: &Range<u64>| {
        let first = replaced.partition_point(|place| place.span.end <= piece.start);
        let reaching = replaced[first..].iter().take_while(|place| place.span.start < piece.end);
        let covering = reaching.filter(|place| place.within.is_empty()).map(|place| &place.span);
        let covered: u64 = covering.map(|span| span.end.min(piece.end) - span.start.max(piece.start)).sum();
        piece.end - piece.start - covered
    };
    pieces.iter().map(bare).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whole(span: Range<u64>) -> Replaced {
        Replaced { span, within: Vec::new() }
    }

    #[test]
    fn each_byte_counts() {
        let carrier = Replaced { span: 30..40, within: vec![whole(2..4)] };
        let replaced = [whole(10..15), whole(15..18), whole(20..25), carrier];
        for (piece, bare) in [
            (10..15, 0),
            (11..14, 0),
            (12..18, 0),
            (20..25, 0),
            (9..15, 1),
            (20..26, 1),
            (15..21, 2),
            (18..20, 2),
            (5..28, 10),
            (30..40, 10),
            (32..34, 2),
            (40..41, 1),
        ] {
            assert_eq!(bare_bytes(std::slice::from_ref(&piece), &replaced), bare, "{piece:?}");
        }
        assert_eq!(bare_bytes(&[10..12, 21..22], &replaced), 0);
        assert_eq!(bare_bytes(&[10..12, 18..19], &replaced), 1);
    }
}
