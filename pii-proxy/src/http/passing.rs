//! An answer's body on its way back. It is waited for piece by piece, and so is whoever takes it; what was held for its message is
//! held until it has ended.
//!
//! A task hands it over piece by piece. The server asks for a piece only when it could write one, which over HTTP/2 may be never, and
//! what is not asked cannot tell that its time is over.

use bytes::Bytes;
use http_body_util::BodyExt as _;
use hyper::body::{Body, Frame, SizeHint};
use std::convert::Infallible;
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::sync::mpsc;

/// No piece is longer, in bytes: a body that is there at once is not taken at once.
const PIECE_BYTES: usize = 64 << 10;

/// A body on its way.
pub(super) struct Passing {
    pieces: mpsc::Receiver<Piece>,
    left: Option<u64>,
    is_over: bool,
    /// What is yet to be told.
    broken: Option<Broken>,
}

/// How long it may take.
#[derive(Clone, Copy, Debug)]
pub(super) struct Times {
    /// Until the next piece is there.
    pub(super) next: Duration,
    /// Until a piece is taken.
    pub(super) taken: Duration,
}

/// A body that does not come, or is not taken.
#[derive(Debug)]
pub(super) enum Broken {
    Late,
    Unread,
    Upstream(hyper::Error),
}

enum Piece {
    Frame(Frame<Bytes>),
    /// Said, so that one that broke off is not taken for a whole one.
    End,
    Broken(Broken),
}

impl Passing {
    /// Has a body pass, and holds `kept` until it has ended, or nobody takes it any more.
    pub(super) fn new<B, K>(body: B, times: Times, kept: K) -> Self
    where
        B: Body<Data = Bytes, Error: Into<Broken>> + Send + Unpin + 'static,
        K: Send + 'static,
    {
        let (sender, pieces) = mpsc::channel(1);
        let (left, is_over) = (body.size_hint().exact(), body.is_end_stream());
        if !is_over {
            tokio::spawn(async move {
                pass(body, &sender, times).await;
                drop(kept);
            });
        }
        Self { pieces, left, is_over, broken: None }
    }
}

/// Hands a body over. Returns when it has ended, does not come, or is not taken.
async fn pass<B>(mut body: B, to: &mpsc::Sender<Piece>, times: Times)
where
    B: Body<Data = Bytes, Error: Into<Broken>> + Unpin,
{
    loop {
        let (frame, last) = tokio::select! {
            () = to.closed() => return,
            frame = tokio::time::timeout(times.next, body.frame()) => match frame {
                Ok(Some(Ok(frame))) => (Some(frame), None),
                Ok(Some(Err(error))) => (None, Some(Piece::Broken(error.into()))),
                Ok(None) => (None, Some(Piece::End)),
                Err(_) => (None, Some(Piece::Broken(Broken::Late))),
            },
        };
        let is_last = last.is_some();
        for piece in frame.into_iter().flat_map(pieces_of).chain(last) {
            let taken = tokio::time::timeout(times.taken, to.send(piece)).await;
            if !matches!(taken, Ok(Ok(()))) {
                return;
            }
        }
        if is_last {
            return;
        }
    }
}

fn pieces_of(frame: Frame<Bytes>) -> impl Iterator<Item = Piece> {
    let (mut data, other) = match frame.into_data() {
        Ok(data) => (data, None),
        Err(other) => (Bytes::new(), Some(other)),
    };
    let cut = std::iter::from_fn(move || {
        let length = data.len().min(PIECE_BYTES);
        (length > 0).then(|| Frame::data(data.split_to(length)))
    });
    cut.chain(other).map(Piece::Frame)
}

impl Body for Passing {
    type Data = Bytes;
    type Error = Broken;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Broken>>> {
        if self.is_over {
            return Poll::Ready(None);
        }
        if let Some(broken) = self.broken.take() {
            self.is_over = true;
            return Poll::Ready(Some(Err(broken)));
        }
        let piece = ready!(self.pieces.poll_recv(context)).unwrap_or(Piece::Broken(Broken::Unread));
        match piece {
            Piece::Frame(frame) => {
                let bytes = frame.data_ref().map_or(0, |data| data.len() as u64);
                self.left = self.left.map(|left| left.saturating_sub(bytes));
                Poll::Ready(Some(Ok(frame)))
            }
            Piece::End => {
                self.is_over = true;
                Poll::Ready(None)
            }
            Piece::Broken(broken) => {
                // At an error the server drops what it has not written yet, the head too, which says whether the message left. It writes
                // when there is nothing more for now.
                self.broken = Some(broken);
                context.waker().wake_by_ref();
                Poll::Pending
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.is_over
    }

    fn size_hint(&self) -> SizeHint {
        self.left.map_or_else(SizeHint::default, SizeHint::with_exact)
    }
}

impl From<hyper::Error> for Broken {
    fn from(error: hyper::Error) -> Self {
        Self::Upstream(error)
    }
}

impl From<Infallible> for Broken {
    fn from(never: Infallible) -> Self {
        match never {}
    }
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Late => f.write_str("the upstream's answer stopped coming"),
            Self::Unread => f.write_str("the client does not take its answer"),
            Self::Upstream(error) => write!(f, "the upstream's answer broke off: {error}"),
        }
    }
}

impl std::error::Error for Broken {}

#[cfg(test)]
mod tests {
    use super::*;
    use http_body_util::Full;
    use std::sync::Arc;

    const TIMES: Times = Times { next: Duration::from_secs(5), taken: Duration::from_millis(50) };

    fn body() -> Full<Bytes> {
        Full::new(Bytes::from(vec![b'a'; 5 * PIECE_BYTES / 2]))
    }

    #[tokio::test]
    async fn a_body_passes_whole_and_says_how_long_it_is() {
        let kept = Arc::new(());
        let passing = Passing::new(body(), TIMES, Arc::clone(&kept));
        assert_eq!(passing.size_hint().exact(), Some(5 * PIECE_BYTES as u64 / 2));
        let whole = passing.collect().await.expect("it comes").to_bytes();
        assert_eq!(whole.len(), 5 * PIECE_BYTES / 2);
        tokio::time::sleep(TIMES.taken).await;
        assert_eq!(Arc::strong_count(&kept), 1);
        assert!(Passing::new(Full::<Bytes>::default(), TIMES, ()).is_end_stream());
    }

    #[tokio::test]
    async fn what_nobody_takes_holds_nothing_and_is_not_taken_for_whole() {
        let kept = Arc::new(());
        let mut passing = Passing::new(body(), TIMES, Arc::clone(&kept));
        assert!(passing.frame().await.is_some_and(|frame| frame.is_ok()));
        assert_eq!(Arc::strong_count(&kept), 2, "it is held as long as it may be taken");
        tokio::time::sleep(4 * TIMES.taken).await;
        assert_eq!(Arc::strong_count(&kept), 1);
        let left: Vec<_> = [passing.frame().await, passing.frame().await].into_iter().flatten().collect();
        assert!(left.len() == 2 && left[0].is_ok() && matches!(left[1], Err(Broken::Unread)));
    }

    /// A body that breaks off behind its first piece.
    struct Half(Option<Bytes>);

    impl Body for Half {
        type Data = Bytes;
        type Error = Broken;

        fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Broken>>> {
            Poll::Ready(Some(self.0.take().map(Frame::data).ok_or(Broken::Late)))
        }
    }

    #[tokio::test]
    async fn what_came_is_written_before_it_is_told_that_the_rest_does_not() {
        let mut passing = Passing::new(Half(Some(Bytes::from_static(b"half"))), TIMES, ());
        assert!(passing.frame().await.is_some_and(|frame| frame.is_ok()));
        tokio::time::sleep(TIMES.taken / 2).await;
        let mut context = Context::from_waker(std::task::Waker::noop());
        let mut poll = || Pin::new(&mut passing).poll_frame(&mut context);
        assert!(poll().is_pending(), "that it broke is known, and the server has not written yet");
        assert!(matches!(poll(), Poll::Ready(Some(Err(Broken::Late)))));
    }

    #[tokio::test]
    async fn whoever_goes_away_ends_it() {
        let kept = Arc::new(());
        let times = Times { taken: Duration::from_secs(60), ..TIMES };
        let mut passing = Passing::new(body(), times, Arc::clone(&kept));
        assert!(passing.frame().await.is_some_and(|frame| frame.is_ok()));
        drop(passing);
        tokio::time::sleep(TIMES.taken).await;
        assert_eq!(Arc::strong_count(&kept), 1);
    }
}
