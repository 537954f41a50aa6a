//! Reading ahead: a part is inflated by one thread while another understands what came out.

use std::io::{self, Read};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::Scope;

/// Bytes handed over at once.
const PIECE: usize = 128 << 10;
/// Pieces that may wait.
const WAITING: usize = 2;

/// What another thread has read of a source.
pub(crate) struct Ahead {
    pieces: Receiver<io::Result<Vec<u8>>>,
    piece: Vec<u8>,
    at: usize,
}

impl Ahead {
    /// Begins to read; ends with the source, its first error, or when nobody takes what it reads any more.
    pub fn of<'scope>(scope: &'scope Scope<'scope, '_>, source: impl Read + Send + 'scope) -> Self {
        let (sender, pieces) = sync_channel(WAITING);
        scope.spawn(move || send_all(source, &sender));
        Self { pieces, piece: Vec::new(), at: 0 }
    }
}

fn send_all(mut source: impl Read, sender: &SyncSender<io::Result<Vec<u8>>>) {
    loop {
        let mut piece = Vec::with_capacity(PIECE);
        let read = source.by_ref().take(PIECE as u64).read_to_end(&mut piece).map(|_| piece);
        let last = read.as_ref().map_or(true, |piece| piece.len() < PIECE);
        if sender.send(read).is_err() || last {
            return;
        }
    }
}

impl Read for Ahead {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.at == self.piece.len() {
            // Nothing more is sent behind the last piece.
            self.piece = self.pieces.recv().unwrap_or_else(|_| Ok(Vec::new()))?;
            self.at = 0;
        }
        let count = into.len().min(self.piece.len() - self.at);
        into[..count].copy_from_slice(&self.piece[self.at..self.at + count]);
        self.at += count;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives its bytes, then an error.
    struct Breaks<'a>(&'a [u8]);

    impl Read for Breaks<'_> {
        fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
            match self.0.read(into)? {
                0 => Err(io::Error::other("checksum")),
                count => Ok(count),
            }
        }
    }

    #[test]
    fn all_bytes_come_in_order_whatever_their_number() {
        for length in [0, 1, PIECE - 1, PIECE, PIECE + 1, 5 * PIECE + 7] {
            let bytes: Vec<u8> = (0..length).map(|at| (at % 251) as u8).collect();
            let mut read = Vec::new();
            std::thread::scope(|scope| Ahead::of(scope, &*bytes).read_to_end(&mut read)).unwrap();
            assert!(read == bytes, "{length}");
        }
    }

    #[test]
    fn an_error_is_told_and_who_stops_reading_waits_for_nobody() {
        let bytes = vec![7; 4 * PIECE];
        let told = std::thread::scope(|scope| Ahead::of(scope, Breaks(&bytes)).read_to_end(&mut Vec::new()));
        assert_eq!(told.unwrap_err().to_string(), "checksum");
        let one = std::thread::scope(|scope| Ahead::of(scope, io::repeat(1)).read(&mut [0; 3]));
        assert_eq!(one.unwrap(), 3);
    }
}
