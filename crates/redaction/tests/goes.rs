//! What is taken out.

use baton_redaction::{Kind, Kinds, Redacted, Redactor, spoken_numbers};

use crate::redacted;

#[test]
fn card_numbers_go_however_they_are_written() {
    for card in [
        "4111111111111111",
        "4111 1111 1111 1111",
        "4111-1111-1111-1111",
        "4111.1111.1111.1111",
        "4111 - 1111 - 1111 - 1111",
        "4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1",
        "41 11111111111 111",
        "4111\u{200b}1111\u{a0}1111\u{2014}1111",
        "４１１１１１１１１１１１１１１１",
        "٤١١١ ١١١١ ١١١١ ١١١١",
        "378282246310005",
        "5500 0000 0000 0004",
    ] {
        assert_eq!(redacted(&format!("my card is {card}, ok?")), "my card is [card 1], ok?", "{card}");
    }
    assert_eq!(redacted("Visa4111111111111111x"), "Visa[card 1]x");
}

#[test]
fn card_numbers_go_however_they_are_said() {
    for spoken in [
        "four two four two four two four two, four two four two four two four two",
        "Four Two Four Two uh four two four two, um, four two four two then four two four two",
        "forty two forty-two forty two forty two forty two forty two forty two forty two",
        "4242 four two four two 4242 forty two forty two",
        "vier zwo vier zwei vier zwei vier zwei vier zwei vier zwei vier zwei vier zwei",
        "cuatro dos cuatro dos cuatro dos cuatro dos cuatro dos cuatro dos cuatro dos cuatro dos",
        "quatre deux quatre deux quatre deux quatre deux quatre deux quatre deux quatre deux quatre deux",
    ] {
        assert_eq!(redacted(&format!("it is {spoken} thanks")), "it is [card 1] thanks", "{spoken}");
    }
    assert_eq!(redacted("four triple one, double one double one, double one double one, one one one one"), "[card 1]");
}

#[test]
fn digits_around_a_card_number_do_not_save_it() {
    assert_eq!(redacted("€59.90 to 4111 1111 1111 1111"), "€59.90 to [card 1]");
    for before in ["€59.90 ", "0171 ", "7 ", "2026-1187 ", "12 34 ", "01.02.2024 "] {
        for after in ["", " 12/28", " 123", ", 0171"] {
            let redacted = redacted(&format!("{before}4111 1111 1111 1111{after}"));
            assert!(!redacted.contains("1111"), "{redacted}");
        }
    }
}

#[test]
fn ibans_go_in_any_grouping() {
    for iban in [
        "DE89 3704 0044 0532 0130 00",
        "de89370400440532013000",
        "GB82WEST12345698765432",
        "NO93 8601 1117 947",
        "FR14 2004 1010 0505 0001 3M02 606",
        "DE 89 370 400 440 532 013 000",
        "D E eight nine three seven zero four zero zero four four zero five three two zero one three zero zero zero",
        "ES91-2100-0418-4502-0005-1332",
    ] {
        assert_eq!(redacted(&format!("to {iban} please")), "to [iban 1] please", "{iban}");
    }
    assert_eq!(redacted("DE89370400440532013000 4242 4242 4242 4242"), "[iban 1] [card 1]");
}

#[test]
fn numbers_of_persons_go() {
    for number in [
        "536-22-8114",
        "536 22 8114",
        "AB 12 34 56 C",
        "12345678Z",
        "X1234567L",
        "65 170839 J 003",
        "1 85 05 78 006 084 91",
        "756.9217.0769.85",
    ] {
        assert_eq!(redacted(&format!("it is {number}.")), "it is [ssn 1].", "{number}");
    }
    assert_eq!(redacted("my social security number is 536228114"), "my social security number is [ssn 1]");
    assert_eq!(redacted("My social is five three six two two eight one one four"), "My social is [ssn 1]");
    assert_eq!(redacted("meine Steuer-ID lautet 86095742719"), "meine Steuer-ID lautet [ssn 1]");
}

#[test]
fn email_addresses_go_written_and_spoken() {
    assert_eq!(redacted("write to carol.o'neil+x@mail.example.com."), "write to [email 1].");
    assert_eq!(redacted("jörg@müller.de, bob@x.org"), "[email 1], [email 2]");
    assert_eq!(redacted("carol @ example.com"), "[email 1]");
    assert_eq!(redacted("it's carol dot jensen at example dot com"), "it's [email 1]");
    assert_eq!(redacted("Carol Unterstrich Jensen ät example Punkt de"), "[email 1]");
    assert_eq!(redacted("es carol arroba example punto com"), "es [email 1]");
    assert_eq!(redacted("carol point jensen arobase exemple point fr"), "[email 1]");
    assert_eq!(redacted("carol at example.com"), "[email 1]");
}

#[test]
fn phone_numbers_go() {
    for phone in [
        "+49 30 1234567",
        "+1 (212) 555-0134",
        "(212) 555-0134",
        "212-555-0134",
        "0171 2345678",
        "0171/2345678",
        "06 12 34 56 78",
        "612 345 678",
        "0049 171 2345679",
        "2125550134",
        "two one two five five five oh one three four",
        "oh one seven one two three four five six seven eight",
        "plus four nine one seven one two three four five six seven",
    ] {
        assert_eq!(redacted(&format!("it was {phone} today")), "it was [phone 1] today", "{phone}");
    }
    assert_eq!(redacted("call me on 555 0134"), "call me on [phone 1]");
    assert_eq!(redacted("meine Handynummer ist 171 2345678"), "meine Handynummer ist [phone 1]");
    assert_eq!(redacted("48213 and 0171 2345678"), "48213 and [phone 1]");
}

#[test]
fn secrets_go() {
    for secret in [
        concat!("sk_", "live_51Hq3KJ2eZvKYlo2C"),
        concat!("gh", "p_16C7e42F292c6912E7710c838347Ae178B4a"),
        concat!("AKIA", "IOSFODNN7EXAMPLE"),
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.dozjgNryP4J3jVmNHl0w5N",
        "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "wJalrXUtnFEMI7K7MDENGbPxRfiCYEXAMPLEKEY9",
    ] {
        assert_eq!(redacted(&format!("the key {secret} leaked")), "the key [secret 1] leaked", "{secret}");
    }
    assert_eq!(redacted("my password is hunter2!"), "my password is [secret 1]!");
    assert_eq!(redacted("das Passwort lautet Sommer2024."), "das Passwort lautet [secret 1].");
    assert_eq!(redacted("the PIN is four two one nine okay"), "the PIN is [secret 1] okay");
    assert_eq!(
        redacted("CVV 123 and the security code on the back is 9 8 7"),
        "CVV [secret 1] and the security code on the back is [secret 2]"
    );
}

#[test]
fn a_number_said_in_two_breaths_goes() {
    let lines = [
        ("caller", "it's four two four two four two four two"),
        ("agent", "mhm"),
        ("caller", "four two four two four two four two, thanks"),
    ];
    let redacted = Redactor::new(Kinds::ALL).redact_lines(&lines);
    let texts: Vec<&str> = redacted.iter().map(Redacted::as_str).collect();
    assert_eq!(texts, ["it's [card 1]", "mhm", "[card 1 part 2], thanks"]);
    for (line, (_, said)) in redacted.iter().zip(lines) {
        assert_eq!(line.restored(), said);
    }
}

#[test]
fn what_is_not_asked_for_stays() {
    let text = "4111 1111 1111 1111 or carol@example.com";
    let only = |kinds| Redactor::new(kinds).redact(text).as_str().to_owned();
    assert_eq!(only(Kinds::ALL.without(Kind::Card)), "4111 1111 1111 1111 or [email 1]");
    assert_eq!(only(Kinds::NONE.with(Kind::Card)), "[card 1] or carol@example.com");
    assert_eq!(only(Kinds::NONE), text);
    assert_eq!("card, IBAN".parse(), Ok(Kinds::NONE.with(Kind::Card).with(Kind::Iban)));
    assert_eq!((" all ".parse(), "none".parse()), (Ok(Kinds::ALL), Ok(Kinds::NONE)));
    assert!("cards".parse::<Kinds>().is_err());
}

#[test]
fn spoken_digits_are_told_as_digits() {
    let numbers = |text: &str| spoken_numbers(text).into_iter().map(|(_, digits)| digits).collect::<Vec<_>>();
    assert_eq!(numbers("its sp four four nine uh two two one seven"), ["4492217"]);
    assert_eq!(numbers("Yes it's um eight eight three oh one four"), ["883014"]);
    assert_eq!(numbers("null eins sieben eins fünf fünf"), ["017155"]);
    assert_eq!(numbers("two or three, and 48213"), Vec::<String>::new());
}
