//! The bytes of an input, chunk by chunk, without waiting for them where others could go on.

use crate::exit::Failure;
use crate::input::Input;
use crate::work::PIECE_BYTES;
use std::io::{self, Read};
use std::sync::mpsc::{self, Receiver, SyncSender, TryRecvError};
use std::thread;

/// Chunks that are read before they are asked for.
const AHEAD_LIMIT: usize = 4;

/// Where bytes come from.
pub(crate) enum Source {
    /// Read when they are asked for.
    Direct(Box<dyn Read + Send>),
    /// Read ahead: they may be long in coming, and what came before must not wait for them.
    Ahead(Receiver<io::Result<Vec<u8>>>),
}

/// What there is to read now.
pub(crate) enum Chunk {
    Bytes(Vec<u8>),
    /// Nothing yet.
    Later,
    End,
}

impl Source {
    /// Opens `input`. Where `is_direct` is not asked for, only regular files are read directly.
    pub(crate) fn open(input: &Input, is_direct: bool) -> Result<Self, Failure> {
        let source = input.open()?;
        if is_direct || input.size().is_some() {
            return Ok(Self::Direct(source));
        }
        let (sender, receiver) = mpsc::sync_channel(AHEAD_LIMIT);
        // Nobody waits for the end of this thread: it may be waiting for an input that never comes.
        thread::Builder::new()
            .spawn(move || read_ahead(source, &sender))
            .map_err(|error| Failure::system(&input.name, &error))?;
        Ok(Self::Ahead(receiver))
    }

    /// The next chunk, or the news that there is none yet.
    pub(crate) fn poll(&mut self) -> io::Result<Chunk> {
        match self {
            Self::Direct(_) => self.wait(),
            Self::Ahead(chunks) => match chunks.try_recv() {
                Ok(chunk) => chunk.map(Chunk::Bytes),
                Err(TryRecvError::Empty) => Ok(Chunk::Later),
                Err(TryRecvError::Disconnected) => Ok(Chunk::End),
            },
        }
    }

    /// The next chunk, however long it takes.
    pub(crate) fn wait(&mut self) -> io::Result<Chunk> {
        match self {
            Self::Direct(source) => Ok(chunk(source)?.map_or(Chunk::End, Chunk::Bytes)),
            Self::Ahead(chunks) => match chunks.recv() {
                Ok(chunk) => chunk.map(Chunk::Bytes),
                Err(_) => Ok(Chunk::End),
            },
        }
    }
}

fn read_ahead(mut source: Box<dyn Read + Send>, chunks: &SyncSender<io::Result<Vec<u8>>>) {
    while let Some(chunk) = chunk(&mut source).transpose() {
        let is_last = chunk.is_err();
        // Nobody listens any more: something that came before was wrong.
        if chunks.send(chunk).is_err() || is_last {
            return;
        }
    }
}

/// What a read gives. `None` at the end.
fn chunk(source: &mut Box<dyn Read + Send>) -> io::Result<Option<Vec<u8>>> {
    let mut bytes = vec![0; PIECE_BYTES];
    loop {
        match source.read(&mut bytes) {
            Ok(read) => {
                bytes.truncate(read);
                return Ok((read > 0).then_some(bytes));
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}
