use std::cell::RefCell;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::rc::Rc;

use super::*;
use crate::ogg::recover::{self, Recording};

/// A file on a disk that has room up to a length, and takes part of what goes beyond it.
#[derive(Debug, Clone)]
struct Disk(Rc<RefCell<State>>);

#[derive(Debug)]
struct State {
    file: Cursor<Vec<u8>>,
    room: u64,
    /// Files cannot be made shorter, either.
    is_stuck: bool,
}

impl Read for Disk {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        self.0.borrow_mut().file.read(bytes)
    }
}

impl Seek for Disk {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.0.borrow_mut().file.seek(to)
    }
}

impl Write for Disk {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut disk = self.0.borrow_mut();
        let room = usize::try_from(disk.room.saturating_sub(disk.file.position())).unwrap();
        if room == 0 {
            Err(io::ErrorKind::StorageFull.into())
        } else {
            disk.file.write(&bytes[..room.min(bytes.len())])
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Recording for Disk {
    fn truncate(&mut self, length: u64) -> io::Result<()> {
        let mut disk = self.0.borrow_mut();
        if disk.is_stuck { Err(io::ErrorKind::StorageFull.into()) } else { disk.file.truncate(length) }
    }
}

/// A writer on a disk, which others fill.
struct Recorder {
    writer: Writer<AllOrNothing<Disk>>,
    disk: Disk,
    failed: usize,
}

impl Recorder {
    fn new() -> Self {
        let state = State { file: Cursor::default(), room: u64::MAX, is_stuck: false };
        let disk = Disk(Rc::new(RefCell::new(state)));
        let file = AllOrNothing::new(disk.clone()).unwrap();
        Self { writer: Writer::new(file, &WriterOptions::default()).unwrap(), disk, failed: 0 }
    }

    /// Records frames; on a full disk some of them fail, and are counted.
    fn record(&mut self, frames: std::ops::Range<u16>) {
        for number in frames {
            self.failed += usize::from(self.writer.write(u64::from(number) * FRAME, &numbered(number)).is_err());
        }
    }

    /// The disk has room for part of the next page and no more.
    fn fill(&mut self, is_stuck: bool) {
        let mut disk = self.disk.0.borrow_mut();
        disk.room = disk.file.get_ref().len() as u64 + 100;
        disk.is_stuck = is_stuck;
    }

    fn make_room(&mut self) {
        let mut disk = self.disk.0.borrow_mut();
        (disk.room, disk.is_stuck) = (u64::MAX, false);
    }

    fn bytes(&self) -> Vec<u8> {
        self.disk.0.borrow().file.get_ref().clone()
    }

    fn finish(self, frames: u16) -> Vec<u8> {
        self.writer.finish(u64::from(frames) * FRAME).unwrap();
        self.disk.0.borrow().file.get_ref().clone()
    }
}

/// Which of the frames are there; the others are silence.
fn heard(bytes: &[u8]) -> Vec<u16> {
    let places = (0..).zip(packets(bytes));
    places.filter(|(place, packet)| packet.data == numbered(*place)).map(|(place, _)| place).collect()
}

#[test]
fn a_disk_that_was_full_for_two_seconds_costs_nothing() {
    for is_stuck in [false, true] {
        let mut recorder = Recorder::new();
        recorder.record(0..100);
        recorder.fill(is_stuck);
        recorder.record(100..200);
        assert_eq!(recorder.failed, 2, "each second is tried once");
        recorder.make_room();
        recorder.record(200..400);
        let bytes = recorder.finish(400);
        assert_eq!(heard(&bytes), (0..400).collect::<Vec<_>>());
        assert_eq!(audible(&bytes), 400 * FRAME);
        assert_eq!(read_independently(&bytes).0.len(), 401);
    }
}

#[test]
fn a_disk_that_was_full_for_long_costs_what_came_meanwhile() {
    let mut recorder = Recorder::new();
    recorder.record(0..100);
    recorder.fill(false);
    recorder.record(100..1_000);
    recorder.make_room();
    recorder.record(1_000..1_500);
    let bytes = recorder.finish(1_500);
    // One page holds 255 frames, behind those that were written before; the last five still waited for an earlier one.
    assert_eq!(heard(&bytes), (0..355).chain(995..1_500).collect::<Vec<_>>());
    assert_eq!(audible(&bytes), 1_500 * FRAME);
    assert_eq!(read_independently(&bytes).0.len(), 1_501);
}

#[test]
fn a_writer_that_is_killed_on_a_full_disk_leaves_what_was_written_before() {
    for is_stuck in [false, true] {
        let mut recorder = Recorder::new();
        recorder.record(0..100);
        recorder.fill(is_stuck);
        recorder.record(100..300);
        let mut file = Cursor::new(recorder.bytes());
        let recovered = recover::close(&mut file).unwrap();
        assert_eq!(recovered.duration, 100 * FRAME - 312);
        // Only what could not be cut off at once is left for the next start.
        assert_eq!(recovered.bytes_cut > 0, is_stuck);
        assert_eq!(heard(&file.into_inner()), (0..100).collect::<Vec<_>>());
    }
}
