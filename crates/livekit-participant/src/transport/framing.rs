//! Datagrams on a stream: two bytes of length, then the datagram (RFC 4571 §2, as RFC 6544 §3 uses it for ICE).

/// The length of the length.
const HEADER: usize = 2;

/// Cuts a stream of bytes into the frames it consists of.
///
/// It holds at most one frame that is not complete and the frames that arrived with it. An empty frame is legal and skipped:
/// some stacks send one to keep a connection open.
#[derive(Debug, Default)]
pub struct FrameReader {
    buffer: Vec<u8>,
    start: usize,
}

impl FrameReader {
    /// Adds bytes that arrived.
    pub fn push(&mut self, bytes: &[u8]) {
        if self.start > 0 {
            self.buffer.drain(..self.start);
            self.start = 0;
        }
        self.buffer.extend_from_slice(bytes);
    }

    /// The next frame that is complete.
    pub fn next_frame(&mut self) -> Option<&[u8]> {
        loop {
            let rest = self.buffer.get(self.start..)?;
            let (header, rest) = rest.split_first_chunk::<HEADER>()?;
            let length = usize::from(u16::from_be_bytes(*header));
            if rest.len() < length {
                return None;
            }
            let begin = self.start + HEADER;
            self.start = begin + length;
            if length > 0 {
                return self.buffer.get(begin..begin + length);
            }
        }
    }
}

/// Appends one datagram as a frame. One that is longer than a frame can be (65 535 bytes) is left out.
pub fn write_frame(out: &mut Vec<u8>, datagram: &[u8]) {
    if let Ok(length) = u16::try_from(datagram.len()) {
        out.extend_from_slice(&length.to_be_bytes());
        out.extend_from_slice(datagram);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_come_out_however_the_stream_is_cut() {
        let datagrams: [&[u8]; 4] = [b"one", b"", &[7; 1200], b"x"];
        let mut stream = Vec::new();
        for datagram in datagrams {
            write_frame(&mut stream, datagram);
        }
        for piece in [1, 2, 3, 100, 5000] {
            let mut reader = FrameReader::default();
            let mut frames = Vec::new();
            for bytes in stream.chunks(piece) {
                reader.push(bytes);
                while let Some(frame) = reader.next_frame() {
                    frames.push(frame.to_vec());
                }
            }
            assert_eq!(frames, [b"one".to_vec(), vec![7; 1200], b"x".to_vec()], "pieces of {piece}");
        }
    }

    #[test]
    fn too_long_a_datagram_is_left_out() {
        let mut stream = Vec::new();
        write_frame(&mut stream, &vec![0; 65_536]);
        assert_eq!(stream, Vec::<u8>::new());
    }
}
