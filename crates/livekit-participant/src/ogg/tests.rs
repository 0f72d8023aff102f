//! The container against itself and against the `ogg` crate, which shares no line with it.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod full_disk;
mod placing;
mod reading;
mod recovering;
mod writing;

use std::io::Cursor;

use super::*;
use crate::opus::FRAME_20_MS;

const FRAME: u64 = FRAME_20_MS as u64;

/// A packet of 20 ms that is told from others by its number.
fn numbered(number: u16) -> Vec<u8> {
    let [high, low] = number.to_be_bytes();
    vec![0x78, high, low]
}

fn writer() -> Writer<Cursor<Vec<u8>>> {
    Writer::new(Cursor::new(Vec::new()), &WriterOptions::default()).unwrap()
}

/// A recording of so many packets, cut as a killed writer cuts it: without an end.
fn unfinished(packets: u16) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut writer = Writer::new(&mut bytes, &WriterOptions::default()).unwrap();
    for number in 0..packets {
        writer.write(u64::from(number) * FRAME, &numbered(number)).unwrap();
    }
    drop(writer);
    bytes
}

fn finished(packets: u16) -> Vec<u8> {
    let mut writer = writer();
    for number in 0..packets {
        writer.write(u64::from(number) * FRAME, &numbered(number)).unwrap();
    }
    writer.finish(u64::from(packets) * FRAME).unwrap().into_inner()
}

fn packets(bytes: &[u8]) -> Vec<Packet> {
    Reader::new(bytes).unwrap().collect::<Result<_, _>>().unwrap()
}

/// How long a player plays it.
fn audible(bytes: &[u8]) -> u64 {
    packets(bytes).iter().map(|packet| u64::from(packet.duration - packet.skip - packet.trim)).sum()
}

/// What an independent reader finds: the packets behind the headers, the last granule position, whether there is an end.
fn read_independently(bytes: &[u8]) -> (Vec<Vec<u8>>, u64, bool) {
    let mut reader = ::ogg::PacketReader::new(Cursor::new(bytes));
    let (mut found, mut position, mut ended) = (Vec::new(), 0, false);
    while let Some(packet) = reader.read_packet().unwrap() {
        position = packet.absgp_page();
        ended = packet.last_in_stream();
        found.push(packet.data);
    }
    (found.split_off(2), position, ended)
}
