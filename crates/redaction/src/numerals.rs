//! Digits, as any script writes them and as people say them.

/// Runs of digits that rise by one: the first character, its value, how many. From Unicode's `Numeric_Type` Decimal and Digit.
#[rustfmt::skip]
const DIGITS: [(u32, u8, u8); 98] = [
    (0x30, 0, 10), (0xb2, 2, 2), (0xb9, 1, 1), (0x660, 0, 10), (0x6f0, 0, 10), (0x7c0, 0, 10), (0x966, 0, 10),
    (0x9e6, 0, 10), (0xa66, 0, 10), (0xae6, 0, 10), (0xb66, 0, 10), (0xbe6, 0, 10), (0xc66, 0, 10), (0xce6, 0, 10),
    (0xd66, 0, 10), (0xde6, 0, 10), (0xe50, 0, 10), (0xed0, 0, 10), (0xf20, 0, 10), (0x1040, 0, 10), (0x1090, 0, 10),
    (0x1369, 1, 9), (0x17e0, 0, 10), (0x1810, 0, 10), (0x1946, 0, 10), (0x19d0, 0, 10), (0x19da, 1, 1),
    (0x1a80, 0, 10), (0x1a90, 0, 10), (0x1b50, 0, 10), (0x1bb0, 0, 10), (0x1c40, 0, 10), (0x1c50, 0, 10),
    (0x2070, 0, 1), (0x2074, 4, 6), (0x2080, 0, 10), (0x2460, 1, 9), (0x2474, 1, 9), (0x2488, 1, 9), (0x24ea, 0, 1),
    (0x24f5, 1, 9), (0x24ff, 0, 1), (0x2776, 1, 9), (0x2780, 1, 9), (0x278a, 1, 9), (0xa620, 0, 10), (0xa8d0, 0, 10),
    (0xa900, 0, 10), (0xa9d0, 0, 10), (0xa9f0, 0, 10), (0xaa50, 0, 10), (0xabf0, 0, 10), (0xff10, 0, 10),
    (0x104a0, 0, 10), (0x10a40, 1, 4), (0x10d30, 0, 10), (0x10d40, 0, 10), (0x10e60, 1, 9), (0x11052, 1, 9),
    (0x11066, 0, 10), (0x110f0, 0, 10), (0x11136, 0, 10), (0x111d0, 0, 10), (0x112f0, 0, 10), (0x11450, 0, 10),
    (0x114d0, 0, 10), (0x11650, 0, 10), (0x116c0, 0, 10), (0x116d0, 0, 10), (0x116da, 0, 10), (0x11730, 0, 10),
    (0x118e0, 0, 10), (0x11950, 0, 10), (0x11bf0, 0, 10), (0x11c50, 0, 10), (0x11d50, 0, 10), (0x11da0, 0, 10),
    (0x11de0, 0, 10), (0x11f50, 0, 10), (0x16130, 0, 10), (0x16a60, 0, 10), (0x16ac0, 0, 10), (0x16b50, 0, 10),
    (0x16d70, 0, 10), (0x1ccf0, 0, 10), (0x1d7ce, 0, 10), (0x1d7d8, 0, 10), (0x1d7e2, 0, 10), (0x1d7ec, 0, 10),
    (0x1d7f6, 0, 10), (0x1e140, 0, 10), (0x1e2f0, 0, 10), (0x1e4f0, 0, 10), (0x1e5f1, 0, 10), (0x1e950, 0, 10),
    (0x1f100, 0, 1), (0x1f101, 0, 10), (0x1fbf0, 0, 10),
];

/// The value of a digit of any script, superscripts and circled digits included.
pub fn digit(c: char) -> Option<u8> {
    if c.is_ascii() {
        return c.to_digit(10).and_then(|value| u8::try_from(value).ok());
    }
    let code = u32::from(c);
    let (first, value, count) = *DIGITS.get(DIGITS.partition_point(|&(first, ..)| first <= code).checked_sub(1)?)?;
    let offset = u8::try_from(code - first).ok().filter(|&offset| offset < count)?;
    Some(value + offset)
}

/// What a word adds to a number that is being said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Numeral {
    /// "four", "vier", "oh".
    Digit(u8),
    /// "fourteen": both its digits.
    Teen(u8),
    /// "forty", which a digit may follow.
    Tens(u8),
    /// "double", "triple": how often the next digit counts.
    Times(usize),
    /// "plus", before the country's code.
    Plus,
}

const ENGLISH: [&str; 10] = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"];
const GERMAN: [&str; 10] = ["null", "eins", "zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun"];
const SPANISH: [&str; 10] = ["cero", "uno", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve"];
const FRENCH: [&str; 10] = ["zéro", "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf"];
const ITALIAN: [&str; 10] = ["zero", "uno", "due", "tre", "quattro", "cinque", "sei", "sette", "otto", "nove"];
const DUTCH: [&str; 10] = ["nul", "een", "twee", "drie", "vier", "vijf", "zes", "zeven", "acht", "negen"];
/// "Um" is left to those who hesitate in English.
const PORTUGUESE: [&str; 10] = ["zero", "uma", "dois", "três", "quatro", "cinco", "seis", "sete", "oito", "nove"];
/// Other names of the same digits, and what recognition makes of them without accents.
const OTHERS: [(&str, u8); 11] = [
    ("oh", 0),
    ("o", 0),
    ("naught", 0),
    ("nought", 0),
    ("niner", 9),
    ("zwo", 2),
    ("fuenf", 5),
    ("ein", 1),
    ("zero", 0),
    ("tres", 3),
    ("één", 1),
];
const TEENS: [&str; 10] =
    ["ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"];
const TENS: [&str; 8] = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];
/// What people say between the digits of one number.
const FILLERS: [&str; 16] =
    ["uh", "um", "uhm", "er", "erm", "eh", "äh", "ähm", "öh", "euh", "ehm", "hm", "dash", "hyphen", "space", "strich"];
/// What may stand between two numbers as well.
const LINKS: [&str; 4] = ["then", "dann", "luego", "puis"];

/// `word` in small letters.
pub fn numeral(word: &str) -> Option<Numeral> {
    let at = |names: &[&str], first: u8| {
        let place = names.iter().position(|&name| name == word)?;
        u8::try_from(place).ok().map(|place| first + place)
    };
    let digit = || {
        let languages = [ENGLISH, GERMAN, SPANISH, FRENCH, ITALIAN, DUTCH, PORTUGUESE];
        let named = languages.iter().find_map(|names| at(names, 0));
        named.or_else(|| OTHERS.iter().find(|(name, _)| *name == word).map(|&(_, value)| value))
    };
    match word {
        "double" | "doppel" | "doble" => Some(Numeral::Times(2)),
        "triple" | "treble" | "dreifach" => Some(Numeral::Times(3)),
        "plus" | "más" => Some(Numeral::Plus),
        _ => digit()
            .map(Numeral::Digit)
            .or_else(|| at(&TEENS, 10).map(Numeral::Teen))
            .or_else(|| at(&TENS, 2).map(Numeral::Tens)),
    }
}

/// Whether `word`, in small letters, may stand between the digits of one number.
pub fn is_filler(word: &str) -> bool {
    FILLERS.contains(&word)
}

/// Whether `word`, in small letters, may part the groups of one number, or two numbers.
pub fn is_link(word: &str) -> bool {
    LINKS.contains(&word)
}

#[cfg(test)]
mod tests {
    use regex::Regex;

    use super::*;

    #[test]
    fn every_decimal_digit_of_unicode_has_its_value() {
        let decimal = Regex::new(r"^\p{Nd}$").expect("a valid pattern");
        let digits: Vec<char> = ('\0'..=char::MAX).filter(|c| decimal.is_match(c.encode_utf8(&mut [0; 4]))).collect();
        assert!(digits.len() >= 600, "{}", digits.len());
        for ten in digits.chunks(10) {
            let values: Vec<Option<u8>> = ten.iter().map(|&c| digit(c)).collect();
            assert_eq!(values, (0..10).map(Some).collect::<Vec<_>>(), "{ten:?}");
        }
    }

    #[test]
    fn other_signs_are_no_digits() {
        for c in ['a', '½', 'Ⅳ', '四', ' ', '\u{10ffff}', '⑩'] {
            assert_eq!(digit(c), None, "{c}");
        }
        assert_eq!((digit('²'), digit('④'), digit('७'), digit('９')), (Some(2), Some(4), Some(7), Some(9)));
    }

    #[test]
    fn numbers_are_said_in_several_languages() {
        for (word, value) in
            [("four", 4), ("oh", 0), ("zwo", 2), ("cinco", 5), ("sept", 7), ("quattro", 4), ("twee", 2)]
        {
            assert_eq!(numeral(word), Some(Numeral::Digit(value)), "{word}");
        }
        assert_eq!(numeral("fourteen"), Some(Numeral::Teen(14)));
        assert_eq!(numeral("ninety"), Some(Numeral::Tens(9)));
        assert_eq!(numeral("router"), None);
    }
}
