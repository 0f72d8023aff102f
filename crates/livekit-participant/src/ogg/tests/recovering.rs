use std::io::Seek;

use proptest::prelude::*;

use super::*;
use crate::ogg::recover::{RecoverError, Recovered, close, resume};

fn closed(bytes: Vec<u8>) -> (Result<Recovered, RecoverError>, Vec<u8>) {
    let mut file = Cursor::new(bytes);
    let result = close(&mut file);
    (result, file.into_inner())
}

#[test]
fn a_killed_recording_gets_its_end() {
    let cut = unfinished(120);
    let torn = [cut.as_slice(), &finished(3)[..20]].concat();
    for (bytes, bytes_cut) in [(cut.clone(), 0), (torn, 20), ([cut.as_slice(), &[0; 4096]].concat(), 4096)] {
        let (recovered, bytes) = closed(bytes);
        assert_eq!(recovered.unwrap(), Recovered { duration: 100 * FRAME - 312, bytes_cut, was_complete: false });
        assert_eq!(bytes[..cut.len()], cut);
        assert_eq!(audible(&bytes), 100 * FRAME - 312);
        let (found, position, _) = read_independently(&bytes);
        assert_eq!((found.len(), position), (101, 100 * FRAME));
        let mut reader = Reader::new(bytes.as_slice()).unwrap();
        assert_eq!(reader.by_ref().count(), 100);
        assert!(!reader.is_cut());
    }
}

#[test]
fn closing_again_changes_nothing() {
    let (_, once) = closed(unfinished(120));
    let (recovered, twice) = closed(once.clone());
    assert_eq!(twice, once);
    assert_eq!(recovered.unwrap(), Recovered { duration: 100 * FRAME - 312, bytes_cut: 0, was_complete: true });
}

#[test]
fn a_killed_recording_goes_on_where_it_was() {
    let torn = [unfinished(120).as_slice(), b"OggS\0"].concat();
    let (mut writer, recovered) = resume(Cursor::new(torn), &WriterOptions::default()).unwrap();
    assert_eq!((recovered.bytes_cut, writer.position()), (5, 100 * FRAME));
    for number in 150..160 {
        writer.write(u64::from(number) * FRAME, &numbered(number)).unwrap();
    }
    let bytes = writer.finish(160 * FRAME).unwrap().into_inner();
    assert_eq!(audible(&bytes), 160 * FRAME);
    let expected =
        |place: u16| if (100..150).contains(&place) { crate::opus::SILENCE_20_MS.to_vec() } else { numbered(place) };
    let found = packets(&bytes);
    assert!((0..160).zip(&found).all(|(place, packet)| packet.data == expected(place)));
    assert_eq!(read_independently(&bytes).0.len(), 161);
}

#[test]
fn a_complete_recording_is_not_continued() {
    assert!(matches!(resume(Cursor::new(finished(3)), &WriterOptions::default()), Err(RecoverError::Complete)));
}

#[test]
fn nothing_recorded_is_said_so() {
    for length in [0, 10, 60] {
        let (result, bytes) = closed(unfinished(3)[..length].to_vec());
        assert!(matches!(result, Err(RecoverError::NothingRecorded(_))));
        assert_eq!(bytes.len(), length, "it is left as it is");
    }
}

#[test]
fn a_recording_of_nothing_but_headers_gets_its_end() {
    let (recovered, bytes) = closed(unfinished(3));
    assert_eq!(recovered.unwrap().duration, 0);
    assert_eq!(audible(&bytes), 0);
}

#[test]
fn what_is_damaged_in_the_middle_is_left_alone() {
    let mut bytes = finished(400);
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    let (result, after) = closed(bytes.clone());
    assert!(matches!(result, Err(RecoverError::DamagedInside(_))));
    assert_eq!(after, bytes);
}

#[test]
fn sound_behind_damaged_headers_is_not_taken_for_nothing() {
    for damaged in [0, 40] {
        let mut bytes = unfinished(120);
        bytes[damaged] ^= 1;
        let (result, after) = closed(bytes.clone());
        assert!(matches!(result, Err(RecoverError::DamagedInside(0))), "{result:?}");
        assert_eq!(after, bytes);
    }
}

#[test]
fn a_file_that_cannot_be_read_is_not_taken_for_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let mut not_a_file = std::fs::File::open(folder.path()).unwrap();
    assert!(matches!(close(&mut not_a_file), Err(RecoverError::Io(_))));
}

#[test]
fn a_file_of_several_streams_is_left_alone() {
    let bytes = [finished(3), finished(3)].concat();
    let (result, after) = closed(bytes.clone());
    assert!(matches!(result, Err(RecoverError::ManyStreams)));
    assert_eq!(after, bytes);
}

#[test]
fn files_are_made_shorter() {
    let mut file = tempfile::tempfile().unwrap();
    std::io::Write::write_all(&mut file, &[unfinished(120).as_slice(), &[0; 100]].concat()).unwrap();
    assert_eq!(close(&mut file).unwrap().bytes_cut, 100);
    assert_eq!(file.stream_position().unwrap(), file.metadata().unwrap().len());
    assert!(close(&mut file).unwrap().was_complete);
}

proptest! {
    #[test]
    fn wherever_it_is_cut_what_was_whole_is_kept(length in any::<prop::sample::Index>()) {
        let bytes = unfinished(400);
        let length = length.index(bytes.len());
        let whole = Reader::new(&bytes[..length]).map(|reader| reader.map_while(Result::ok).count());
        match (closed(bytes[..length].to_vec()), whole) {
            ((Ok(_), closed), Ok(whole)) => prop_assert_eq!(packets(&closed).len(), whole),
            ((Err(error), _), Err(_)) => prop_assert!(matches!(error, RecoverError::NothingRecorded(_))),
            ((result, _), whole) => prop_assert!(false, "{result:?} {whole:?}"),
        }
    }
}
