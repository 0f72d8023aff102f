use proptest::prelude::*;

use crate::briefing::redact::{find, redact};

#[test]
fn card_numbers_go_however_they_are_written() {
    for card in
        ["4111111111111111", "4111 1111 1111 1111", "4111-1111-1111-1111", "378282246310005", "5500 0000 0000 0004"]
    {
        assert_eq!(redact(&format!("my card is {card}, ok?")), "my card is [card number], ok?");
    }
}

#[test]
fn a_card_number_spoken_digit_by_digit_goes() {
    let spoken = "it is four two four two four two four two, four two four two four two four two thanks";
    assert_eq!(redact(spoken), "it is [card number] thanks");
}

#[test]
fn a_number_that_fails_the_card_check_stays() {
    assert_eq!(redact("tracking 4111111111111112"), "tracking 4111111111111112");
    assert_eq!(redact("zeros 0000000000000000"), "zeros 0000000000000000");
}

#[test]
fn digits_earlier_in_the_line_do_not_save_a_card_number() {
    assert_eq!(redact("€59.90 to 4111 1111 1111 1111"), "€59.90 to [card number]");
    assert_eq!(redact("01.02.2024 4111 1111 1111 1111"), "01.02.2024 [card number]");
    for before in ["€59.90 ", "0171 ", "7 ", "2026-1187 ", "12 34 "] {
        let redacted = redact(&format!("{before}4111 1111 1111 1111"));
        assert!(!redacted.contains("1111"), "{redacted}");
    }
}

#[test]
fn ibans_go_and_wrong_ones_stay() {
    assert_eq!(redact("to DE89 3704 0044 0532 0130 00 please"), "to [IBAN] please");
    assert_eq!(redact("GB82WEST12345698765432."), "[IBAN].");
    assert_eq!(redact("no9386011117947"), "[IBAN]");
    assert_eq!(redact("DE88WEST12345698765432"), "DE88WEST12345698765432");
}

#[test]
fn email_addresses_go() {
    assert_eq!(redact("write to carol.o'neil+x@mail.example.com."), "write to [e-mail].");
    assert_eq!(redact("jörg@müller.de, bob@x.org"), "[e-mail], [e-mail]");
    assert_eq!(redact("meet @ noon, a@b, @handle"), "meet @ noon, a@b, @handle");
}

#[test]
fn phone_numbers_go() {
    for phone in [
        "+49 30 1234567",
        "+1 (212) 555-0134",
        "(212) 555-0134",
        "212-555-0134",
        "0171 2345678",
        "555-0134",
        "2125550134",
    ] {
        assert_eq!(redact(&format!("call {phone} today")), "call [phone number] today", "{phone}");
    }
    assert_eq!(redact("two one two five five five oh one three four"), "[phone number]");
}

#[test]
fn order_numbers_amounts_and_dates_stay() {
    for text in [
        "order 48213",
        "invoice 2024-001234",
        "ticket INV-20391",
        "it was 1,249.50 euros",
        "on 01.02.2024 10.30",
        "since 2024-03-05",
        "one or two of nine",
    ] {
        assert_eq!(redact(text), text);
    }
}

#[test]
fn an_order_number_before_a_phone_number_stays() {
    assert_eq!(redact("48213 and 0171 2345678"), "48213 and [phone number]");
}

proptest! {
    #[test]
    fn no_digits_around_a_card_number_save_it(before in "[0-9]{0,6}[ .-]", after in "[ .-][0-9]{0,6}") {
        let redacted = redact(&format!("{before}4242 4242 4242 4242{after}"));
        prop_assert!(!redacted.contains("4242 4242"), "{}", redacted);
    }

    #[test]
    fn any_text_is_redacted_once_and_for_all(text in any::<String>()) {
        let redacted = redact(&text);
        prop_assert_eq!(redact(&redacted), redacted);
    }

    #[test]
    fn findings_are_in_order_and_apart(text in "[0-9 +().@a-zA-Z-]{0,80}") {
        let findings = find(&text);
        for pair in findings.windows(2) {
            prop_assert!(pair[0].range.end <= pair[1].range.start);
        }
        for finding in findings {
            prop_assert!(text.get(finding.range).is_some());
        }
    }
}
