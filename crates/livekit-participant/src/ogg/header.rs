//! The two packets with which every Ogg-Opus stream begins (RFC 7845 §5).

const HEAD_MAGIC: &[u8; 8] = b"OpusHead";
const TAGS_MAGIC: &[u8; 8] = b"OpusTags";

/// Why the beginning of a stream is not that of an Ogg-Opus stream that can be sent as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum HeaderError {
    /// The first packet is not an identification header: another codec, or no beginning.
    #[error("the stream does not begin with an Opus header")]
    NotOpus,
    /// The second packet is not a comment header.
    #[error("the stream has no Opus comments after its header")]
    NoTags,
    /// A header ends too early, or a length in it points beyond its end.
    #[error("a header of the stream is cut short")]
    CutShort,
    /// The major version is not 0 (RFC 7845 §5.1, 2).
    #[error("version {0} of the header is unknown")]
    UnknownVersion(u8),
    /// Other than one or two channels in one stream: RTP cannot carry it (RFC 7587 §7).
    #[error("{channels} channels in mapping family {family} cannot be sent as one stream")]
    Channels {
        /// How many.
        channels: u8,
        /// RFC 7845 §5.1.1.
        family: u8,
    },
}

/// How many channels a decoder should make. Packets may hold the other number all the same (RFC 7845 §5.1, 3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Channels {
    /// One.
    #[default]
    Mono,
    /// Two.
    Stereo,
}

/// The identification header (RFC 7845 §5.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// How many channels a decoder should make.
    pub channels: Channels,
    /// Samples a player throws away at the beginning, while the decoder finds its feet.
    pub pre_skip: u16,
    /// What the encoder was fed with, in samples a second; 0 when nobody knows. It says nothing about positions.
    pub input_sample_rate: u32,
    /// What a player adds, in 1/256 dB. It cannot be sent along with the packets.
    pub output_gain: i16,
}

impl Head {
    pub(super) fn parse(packet: &[u8]) -> Result<Self, HeaderError> {
        let mut fields = Fields(packet.strip_prefix(HEAD_MAGIC).ok_or(HeaderError::NotOpus)?);
        let [version, channels] = fields.take()?;
        if version & 0xF0 != 0 {
            return Err(HeaderError::UnknownVersion(version));
        }
        let pre_skip = u16::from_le_bytes(fields.take()?);
        let input_sample_rate = u32::from_le_bytes(fields.take()?);
        let output_gain = i16::from_le_bytes(fields.take()?);
        let [family] = fields.take()?;
        let channels = match (channels, family) {
            (1, 0 | 1) => Channels::Mono,
            (2, 0 | 1) => Channels::Stereo,
            _ => return Err(HeaderError::Channels { channels, family }),
        };
        Ok(Self { channels, pre_skip, input_sample_rate, output_gain })
    }

    pub(super) fn to_bytes(self) -> Vec<u8> {
        let mut bytes = HEAD_MAGIC.to_vec();
        bytes.push(1);
        bytes.push(match self.channels {
            Channels::Mono => 1,
            Channels::Stereo => 2,
        });
        bytes.extend(self.pre_skip.to_le_bytes());
        bytes.extend(self.input_sample_rate.to_le_bytes());
        bytes.extend(self.output_gain.to_le_bytes());
        bytes.push(0);
        bytes
    }
}

/// What the file says about itself (RFC 7845 §5.2).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tags {
    /// Who wrote the file. Empty in what is to be written: this crate then names itself.
    pub vendor: String,
    /// `TITLE`
    pub title: Option<String>,
    /// `ARTIST`
    pub artist: Option<String>,
    /// `COMMENT`
    pub comment: Option<String>,
    /// All others, in the file's order. A name is ASCII without `=`.
    pub others: Vec<(String, String)>,
}

impl Tags {
    pub(super) fn parse(packet: &[u8]) -> Result<Self, HeaderError> {
        let mut fields = Fields(packet.strip_prefix(TAGS_MAGIC).ok_or(HeaderError::NoTags)?);
        let mut tags = Self { vendor: fields.text()?, ..Self::default() };
        let count = u32::from_le_bytes(fields.take()?);
        for _ in 0..count {
            tags.add(&fields.text()?);
        }
        Ok(tags)
    }

    fn add(&mut self, comment: &str) {
        // A comment without a name says nothing that could be kept.
        let Some((name, value)) = comment.split_once('=') else { return };
        let place = match name.to_ascii_uppercase().as_str() {
            "TITLE" => &mut self.title,
            "ARTIST" => &mut self.artist,
            "COMMENT" => &mut self.comment,
            _ => return self.others.push((name.to_owned(), value.to_owned())),
        };
        if place.is_some() {
            return self.others.push((name.to_owned(), value.to_owned()));
        }
        *place = Some(value.to_owned());
    }

    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let known = [("TITLE", &self.title), ("ARTIST", &self.artist), ("COMMENT", &self.comment)];
        let known = known.into_iter().filter_map(|(name, value)| Some((name, value.as_ref()?)));
        let others = self.others.iter().map(|(name, value)| (name.as_str(), value));
        let comments: Vec<_> = known.chain(others).map(|(name, value)| format!("{name}={value}")).collect();
        let mut bytes = TAGS_MAGIC.to_vec();
        put_text(&mut bytes, if self.vendor.is_empty() { VENDOR } else { &self.vendor });
        bytes.extend(u32::try_from(comments.len()).unwrap_or(u32::MAX).to_le_bytes());
        for comment in &comments {
            put_text(&mut bytes, comment);
        }
        bytes
    }
}

const VENDOR: &str = concat!(env!("CARGO_PKG_NAME"), " ", env!("CARGO_PKG_VERSION"));

fn put_text(bytes: &mut Vec<u8>, text: &str) {
    bytes.extend(u32::try_from(text.len()).unwrap_or(u32::MAX).to_le_bytes());
    bytes.extend(text.as_bytes());
}

/// Little-endian fields, one after the other.
struct Fields<'a>(&'a [u8]);

impl Fields<'_> {
    fn take<const N: usize>(&mut self) -> Result<[u8; N], HeaderError> {
        let (field, rest) = self.0.split_first_chunk().ok_or(HeaderError::CutShort)?;
        self.0 = rest;
        Ok(*field)
    }

    fn text(&mut self) -> Result<String, HeaderError> {
        let length = u32::from_le_bytes(self.take()?);
        let length = usize::try_from(length).map_err(|_| HeaderError::CutShort)?;
        let (text, rest) = self.0.split_at_checked(length).ok_or(HeaderError::CutShort)?;
        self.0 = rest;
        Ok(String::from_utf8_lossy(text).into_owned())
    }
}
