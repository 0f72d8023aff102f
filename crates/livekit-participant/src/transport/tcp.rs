//! One TCP connection for media, dialled by us (ICE-TCP, active; RFC 6544).

use std::collections::VecDeque;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

use super::framing::{FrameReader, write_frame};

/// How long dialling may take.
const DIAL_LIMIT: Duration = Duration::from_secs(5);

/// How much may wait to be written: about four seconds of speech. Beyond that, sound is late and better lost.
const BACKLOG_LIMIT: usize = 32 * 1024;

/// How much is read at once.
const READ_SIZE: usize = 16 * 1024;

type Dialling = Pin<Box<dyn Future<Output = io::Result<TcpStream>> + Send>>;

/// A connection that is being made, or stands.
pub(crate) struct TcpLink {
    remote: SocketAddr,
    state: State,
}

enum State {
    Dialling(Dialling),
    Open(Open),
}

struct Open {
    stream: TcpStream,
    local: SocketAddr,
    frames: FrameReader,
    backlog: VecDeque<u8>,
}

/// What happened on the connection.
#[derive(Debug)]
pub(crate) enum TcpEvent {
    /// It stands.
    Connected { local: SocketAddr, remote: SocketAddr },
    /// A frame lies in the buffer.
    Frame { local: SocketAddr, remote: SocketAddr, length: usize },
}

impl TcpLink {
    /// Begins to connect.
    pub(crate) fn dial(remote: SocketAddr) -> Self {
        let dial = async move {
            let stream = tokio::time::timeout(DIAL_LIMIT, TcpStream::connect(remote)).await??;
            stream.set_nodelay(true)?;
            Ok(stream)
        };
        Self { remote, state: State::Dialling(Box::pin(dial)) }
    }

    /// Queues one datagram; it is written while events are polled.
    pub(crate) fn send(&mut self, destination: SocketAddr, datagram: &[u8]) {
        let State::Open(open) = &mut self.state else { return };
        if destination != self.remote || open.backlog.len() > BACKLOG_LIMIT {
            return;
        }
        let mut frame = Vec::with_capacity(datagram.len() + 2);
        write_frame(&mut frame, datagram);
        open.backlog.extend(frame);
    }

    /// Writes what waits, and reads the next frame into `buffer`. An error ends the connection.
    pub(crate) fn poll_event(&mut self, context: &mut Context<'_>, buffer: &mut [u8]) -> Poll<io::Result<TcpEvent>> {
        match &mut self.state {
            State::Dialling(dialling) => {
                let stream = ready!(dialling.as_mut().poll(context))?;
                let local = stream.local_addr()?;
                let (frames, backlog) = (FrameReader::default(), VecDeque::new());
                self.state = State::Open(Open { stream, local, frames, backlog });
                Poll::Ready(Ok(TcpEvent::Connected { local, remote: self.remote }))
            }
            State::Open(open) => {
                open.poll_write(context)?;
                let length = ready!(open.poll_frame(context, buffer))?;
                Poll::Ready(Ok(TcpEvent::Frame { local: open.local, remote: self.remote, length }))
            }
        }
    }
}

impl Open {
    fn poll_write(&mut self, context: &mut Context<'_>) -> io::Result<()> {
        while !self.backlog.is_empty() {
            let (front, _) = self.backlog.as_slices();
            match Pin::new(&mut self.stream).poll_write(context, front) {
                Poll::Ready(Ok(0)) => return Err(io::ErrorKind::WriteZero.into()),
                Poll::Ready(Ok(written)) => drop(self.backlog.drain(..written)),
                Poll::Ready(Err(error)) => return Err(error),
                Poll::Pending => break,
            }
        }
        Ok(())
    }

    fn poll_frame(&mut self, context: &mut Context<'_>, buffer: &mut [u8]) -> Poll<io::Result<usize>> {
        loop {
            if let Some(frame) = self.frames.next_frame() {
                let Some(target) = buffer.get_mut(..frame.len()) else { continue };
                target.copy_from_slice(frame);
                return Poll::Ready(Ok(frame.len()));
            }
            let mut bytes = [0; READ_SIZE];
            let mut read = ReadBuf::new(&mut bytes);
            ready!(Pin::new(&mut self.stream).poll_read(context, &mut read))?;
            if read.filled().is_empty() {
                return Poll::Ready(Err(io::ErrorKind::UnexpectedEof.into()));
            }
            self.frames.push(read.filled());
        }
    }
}

impl std::fmt::Debug for TcpLink {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TcpLink").field("remote", &self.remote).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;

    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    use super::*;

    #[tokio::test]
    async fn frames_go_both_ways_and_the_end_is_told() {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let remote = listener.local_addr().expect("it is bound");
        let mut link = TcpLink::dial(remote);
        let mut buffer = [0; 100];
        let event = poll_fn(|context| link.poll_event(context, &mut buffer)).await.expect("it connects");
        assert!(matches!(event, TcpEvent::Connected { .. }));
        let (mut peer, _) = listener.accept().await.expect("we dialled");

        link.send(remote, b"to them");
        peer.write_all(b"\0\x05to us").await.expect("the link reads");
        let event = poll_fn(|context| link.poll_event(context, &mut buffer)).await.expect("it lives");
        assert!(matches!(event, TcpEvent::Frame { length: 5, .. }));
        assert_eq!(&buffer[..5], b"to us");
        let mut heard = [0; 9];
        peer.read_exact(&mut heard).await.expect("the link wrote");
        assert_eq!(&heard, b"\0\x07to them");

        drop(peer);
        let end = poll_fn(|context| link.poll_event(context, &mut buffer)).await;
        assert_eq!(end.map_err(|error| error.kind()).expect_err("it ended"), io::ErrorKind::UnexpectedEof);
    }
}
