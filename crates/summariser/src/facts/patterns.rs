//! What facts look like in a text. Every function gives where in the text a fact stands, and how it is written there.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

/// Fewer digits are a quantity: "order 20 more" names no order.
const MIN_NUMBER_DIGITS: usize = 3;
const CURRENCY: &str = r"(?:euros?|dollars?|pounds?|cents?|francs?|eur|usd|gbp|chf|zł)\b|[€$£¥]";
const MONTH: &str = r"(?:january|february|march|april|may|june|july|august|september|october|november|december|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)";
const GERMAN_MONTH: &str = r"(?:januar|februar|märz|april|mai|juni|juli|august|september|oktober|november|dezember)";
const SPANISH_MONTH: &str =
    r"(?:enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre)";
const FRENCH_MONTH: &str = r"(?:janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre)";
const LABEL: &str = r"order|invoice|account|customer|client|ticket|case|reference|ref|contract|booking|tracking|serial|policy|claim|confirmation|membership|member|parcel|meter|licen[cs]e|bill|phone|repair";
/// Labels that are named as they are said: a briefing of a German call speaks of a "Kundennummer".
const OTHER_LABEL: &str = r"(?:kunden|bestell|auftrags|rechnungs|vertrags|vorgangs|buchungs|sendungs|serien|ticket|zähler|mitglieds|versicherungs|schaden)[- ]?(?:nummer|nr\.?|id)|fallnummer|aktenzeichen
    |(?:número|n[º°]|código) de (?:pedido|cliente|contrato|factura|referencia|reserva|póliza|expediente|contador)|pedido|expediente|póliza
    |numéro (?:de |d['’])(?:client|commande|contrat|facture|dossier|abonné|référence|réservation|compte|suivi)|référence|dossier
    |numero (?:di |d['’])(?:contratto|cliente|ordine|pratica)|(?:klant|bestel|order|contract)nummer";
/// A number as it is written for people: letters before it, and groups.
const VALUE: &str = r"(?:(?-i:[A-Z]{1,5})[ -]?|[a-z]{0,5}[-/]?)\d[\da-z]*(?:[-/][\da-z]+|\s\d{2,})*";

static LABELLED: LazyLock<Regex> = LazyLock::new(|| {
    regex(&format!(
        r"(?i)\b({LABEL})(?:\s+(?:number|no\.?|nr\.?|id|code|reference))*(?:\s+(?:is|was))?\s*[:\#]?\s*({VALUE})(\s?(?:{CURRENCY}|[.,]\d))?"
    ))
});
static OTHER_LABELLED: LazyLock<Regex> = LazyLock::new(|| {
    regex(&format!(
        r"(?i)\b({OTHER_LABEL})(?:\s+(?:ist|lautet|war|es|est|è|is|el|la|die|le|:))*\s*[:\#]?\s*({VALUE})(\s?(?:{CURRENCY}|[.,]\d))?"
    ))
});
static AMOUNT: LazyLock<Regex> = LazyLock::new(|| {
    regex(&format!(r"(?i)[€$£¥]\s?\d(?:[\d.,]*\d)?|\b\d(?:[\d.,]*\d)?\s?(?:{CURRENCY})(?:\s\d{{2}}\b)?"))
});
static DATE: LazyLock<Regex> = LazyLock::new(|| {
    regex(&format!(
        r"(?i)\b(?:(?:since|before|by|until|till|on|from|after|next|last|this|every)\s+){{0,2}}(?:mon|tues|wednes|thurs|fri|satur|sun)day(?:\s+(?:morning|afternoon|evening|night))?\b
        |\b\d{{1,2}}(?:st|nd|rd|th)?(?:\s+of)?\s+{MONTH}\b(?:\s+\d{{4}}\b)?
        |\b{MONTH}\s+\d{{1,2}}(?:st|nd|rd|th)?\b(?:,?\s+\d{{4}}\b)?
        |\b\d{{4}}-\d{{2}}-\d{{2}}\b
        |\b\d{{1,2}}[./]\d{{1,2}}[./](?:\d{{4}}|\d{{2}})\b
        |\b\d{{1,2}}:\d{{2}}(?:\s?[ap]\.?m\b)?|\b\d{{1,2}}\s?[ap]m\b
        |\b(?:tomorrow|yesterday)\b
        |\b(?:(?:am|bis|vor|seit|ab|nächsten|letzten|jeden|diesen)\s+){{0,2}}(?:montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonntag)(?:\s?(?:früh|morgen|vormittag|nachmittag|abend))?\b
        |\b\d{{1,2}}\.\s+{GERMAN_MONTH}\b(?:\s+\d{{4}}\b)?|\b(?:gestern|übermorgen|monatsende)\b|\b\d{{1,2}}(?::\d{{2}})?\s+uhr\b
        |\b(?:(?:el|antes del|desde el|hasta el|este|próximo)\s+){{0,2}}(?:lunes|martes|miércoles|jueves|viernes|sábado|domingo)\b
        |\b\d{{1,2}}\s+de\s+{SPANISH_MONTH}\b(?:\s+de\s+\d{{4}}\b)?|\b(?:mañana por la mañana|ayer)\b
        |\b(?:(?:avant|depuis|jusqu'à|dès|ce|le)\s+){{0,2}}(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche)(?:\s+(?:matin|après-midi|soir))?\b
        |\b(?:1er|\d{{1,2}})\s+{FRENCH_MONTH}\b(?:\s+\d{{4}}\b)?|\bdemain\b|\b\d{{1,2}}\s?h(?:\s?\d{{2}})?\b"
    ))
});
/// Streets with their house numbers, as four languages write them.
static ADDRESS: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"\b\d{1,4}[a-z]?,?\s+(?:\p{Lu}[\p{L}'’]+\s+){1,3}(?:Street|Road|Avenue|Lane|Court|Drive|Way|Close|Place|Square|Terrace|Gardens|Boulevard|Crescent|St|Rd|Ave)\b(?:,\s+(?:[Ff]lat|[Ff]loor|[Aa]partment|\p{Lu}\p{L}+)(?:\s+\d+[a-z]?)?)?
        |\b\p{Lu}[\p{L}-]*(?:straße|strasse|weg|platz|allee|gasse|ring|damm|ufer)\s+\d{1,4}\s?[a-z]?\b
        |\b(?:[Cc]alle|[Aa]venida|[Pp]laza|[Pp]aseo|[Cc]amino)\s+(?:[\p{L}]+\s+){1,4}\d{1,4}\b
        |\b\d{1,4}(?:\s?bis)?,?\s+(?:rue|avenue|boulevard|place|chemin|impasse|allée|quai)\s+(?:[\p{L}'’-]+\s?){1,4}",
    )
});
static BARE_NUMBER: LazyLock<Regex> = LazyLock::new(|| regex(r"\b[A-Z]{0,5}-?\d[\dA-Z]*(?:-[\dA-Z]+)*\b"));
/// What answers a question for a number, in groups as people read it out.
static ANSWERED_NUMBER: LazyLock<Regex> =
    LazyLock::new(|| regex(r"\b(?:[A-Z]{1,5}[ -]?)?\d[\dA-Z]*(?:[ -][A-Z]{0,3}\d[\dA-Z]*)*\b"));
static ASKED_FOR: LazyLock<Regex> = LazyLock::new(|| {
    regex(&format!(
        r"(?i)\b({LABEL})\s+(?:number|id|code|reference)\b[^.!]*(?:\?|$)|\b(reference)\s+(?:on|for|of)\b[^.!]*\?"
    ))
});
static OTHER_ASKED_FOR: LazyLock<Regex> =
    LazyLock::new(|| regex(&format!(r"(?i)\b({OTHER_LABEL}|numéro d['’]abonné)\b[^.!]*(?:\?|$)")));
/// Who says their name, or names somebody. A capital alone is not enough: "I am German" is no name.
static NAME: LazyLock<Regex> = LazyLock::new(|| {
    let word = r"\p{Lu}[\p{L}'’-]*\p{Ll}";
    let name = format!(r"({word}(?:\s+(?:(?:van|de|von|der|di|la)\s+)*{word}){{0,2}})");
    regex(&format!(
        r"(?:[Mm]y\s+name(?:['’]s|\s+is)|name\s+is|[Ss]poke\s+(?:to|with)|[Tt]alked\s+(?:to|with)|[Cc]olleague|Mr\.?|Mrs\.?|Ms\.?|Dr\.?)\s+{name}
        |(?:[Tt]his\s+is|\bI['’]m|\bI\s+am)\s+{name}(?:\s+(?:from|calling|speaking|here|again|at)\b)
        |(?:[Mm]ein\s+Name\s+ist|[Hh]ier\s+(?:ist|spricht)|Herrn?|Frau|[Mm]e\s+llamo|[Mm]i\s+nombre\s+es|[Jj]e\s+m['’]appelle|[Mm]adame|[Mm]onsieur|[Mm]i\s+chiamo)\s+{name}"
    ))
});

/// Compiles every pattern now instead of at its first use.
pub fn compile() {
    for pattern in [
        &LABELLED,
        &OTHER_LABELLED,
        &AMOUNT,
        &DATE,
        &ADDRESS,
        &BARE_NUMBER,
        &ANSWERED_NUMBER,
        &ASKED_FOR,
        &OTHER_ASKED_FOR,
        &NAME,
    ] {
        LazyLock::force(pattern);
    }
}

/// Line breaks, and what the lines begin with, are for the reader of the pattern.
fn regex(pattern: &str) -> Regex {
    Regex::new(&pattern.lines().map(str::trim_start).collect::<String>()).expect("the patterns are tested")
}

/// "invoice 2026-1187": where, and "Invoice number 2026-1187".
pub fn labelled_numbers(text: &str) -> Vec<(Range<usize>, String)> {
    let english = LABELLED.captures_iter(text).map(|found| (found, true));
    let others = OTHER_LABELLED.captures_iter(text).map(|found| (found, false));
    let found = english.chain(others).filter_map(|(found, is_english)| {
        let (label, value) = (found.get(1)?, found.get(2)?);
        let is_amount = found.get(3).is_some();
        let enough = digits(value.as_str()) >= MIN_NUMBER_DIGITS;
        let named = if is_english { label_of(label.as_str()) } else { as_said(label.as_str()) };
        (enough && !is_amount).then(|| (label.start()..value.end(), format!("{named} {}", value.as_str())))
    });
    found.collect()
}

/// What number a question asks for: "Invoice number".
pub fn asked_for(text: &str) -> Option<String> {
    let english = ASKED_FOR.captures(text).and_then(|found| found.get(1).or(found.get(2)));
    let other = || OTHER_ASKED_FOR.captures(text).and_then(|found| found.get(1));
    english.map(|label| label_of(label.as_str())).or_else(|| other().map(|label| as_said(label.as_str())))
}

pub fn amounts(text: &str) -> impl Iterator<Item = (Range<usize>, &str)> {
    AMOUNT.find_iter(text).map(|found| (found.range(), found.as_str()))
}

pub fn dates(text: &str) -> impl Iterator<Item = (Range<usize>, &str)> {
    DATE.find_iter(text).map(|found| (found.range(), found.as_str()))
}

pub fn addresses(text: &str) -> impl Iterator<Item = (Range<usize>, &str)> {
    ADDRESS.find_iter(text).map(|found| (found.range(), found.as_str().trim_end()))
}

/// Numbers long enough to be somebody's: five digits, or four with letters.
pub fn bare_numbers(text: &str) -> impl Iterator<Item = (Range<usize>, &str)> {
    BARE_NUMBER.find_iter(text).map(|found| (found.range(), found.as_str())).filter(|(_, number)| {
        let digits = digits(number);
        digits >= 5 || (digits >= 4 && number.len() > digits)
    })
}

/// The number in an answer to a question for one.
pub fn answered_numbers(text: &str) -> impl Iterator<Item = (Range<usize>, &str)> {
    ANSWERED_NUMBER
        .find_iter(text)
        .map(|found| (found.range(), found.as_str()))
        .filter(|(_, number)| digits(number) >= 4)
}

pub fn names(text: &str) -> impl Iterator<Item = &str> {
    NAME.captures_iter(text).filter_map(|found| found.iter().skip(1).flatten().next()).map(|name| name.as_str())
}

fn digits(text: &str) -> usize {
    text.bytes().filter(u8::is_ascii_digit).count()
}

/// "kundennummer" is "Kundennummer".
fn as_said(label: &str) -> String {
    let mut chars = label.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

fn label_of(word: &str) -> String {
    let label = match word.to_ascii_lowercase().as_str() {
        "order" => "Order",
        "invoice" => "Invoice",
        "account" => "Account",
        "customer" | "client" => "Customer",
        "ticket" => "Ticket",
        "case" => "Case",
        "contract" => "Contract",
        "booking" => "Booking",
        "tracking" => "Tracking",
        "serial" => "Serial",
        "policy" => "Policy",
        "claim" => "Claim",
        "confirmation" => "Confirmation",
        "membership" | "member" => "Membership",
        "parcel" => "Parcel",
        "meter" => "Meter",
        "license" | "licence" => "Licence",
        "bill" => "Bill",
        "phone" => "Phone",
        "repair" => "Repair",
        _ => "Reference",
    };
    format!("{label} number")
}
