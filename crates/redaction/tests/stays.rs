//! What a summary is made of stays.

use crate::redacted;

#[track_caller]
fn stay(texts: &[&str]) {
    for text in texts {
        assert_eq!(redacted(text), *text);
    }
}

#[test]
fn order_and_customer_numbers_stay() {
    stay(&[
        "order 48213",
        "invoice 2024-001234",
        "ticket INV-20391",
        "my customer number is 482137",
        "order number 612 345 678",
        "contract 0171 2345678 since May",
        "die Kundennummer ist 0456 778 991",
        "le numéro de dossier est 077 310 204",
        "case four eight two one three seven",
        "tracking 4111111111111112",
        "zeros 0000000000000000",
        "the serial is SN-90210443-B",
        "item 550e8400-e29b-41d4-a716-446655440000",
        "DE88WEST12345698765432",
    ]);
}

#[test]
fn dates_times_and_prices_stay() {
    stay(&[
        "it was 1,249.50 euros",
        "€59.90, then $1,200.00, then 0.50, 12.30, 11.00",
        "on 01.02.2024 10.30",
        "since 2024-03-05 at 10:30:15",
        "between 9 and 5, or 08:00-12:00",
        "3 May 2026, 4 May 2026, 5 May 2026",
        "from 12/28 to 01/31",
        "one or two of nine",
        "twenty five minutes, then another ten",
        "I called 3 times in 2 weeks",
    ]);
}

#[test]
fn postcodes_addresses_and_versions_stay() {
    stay(&[
        "SW1A 1AA in London, 10115 Berlin, 28001 Madrid, 75008 Paris",
        "12 Baker Street, flat 3, floor 2",
        "version 1.13.5, build 20240305.1",
        "firmware 10.0.19045.3930",
        "192.168.178.1 does not open",
        "iOS 17.4.1 on an iPhone 15",
    ]);
}

#[test]
fn words_stay() {
    stay(&[
        "meet @ noon, a@b, @handle",
        "we looked at example.com and shopped at shop.example.org",
        "my password is wrong",
        "the PIN does not work",
        "the pin code was never sent",
        "Products/Router-Manual-English-Edition",
        "Donaudampfschifffahrtsgesellschaftskapitän",
        "one more, two more, three more",
        "[no answer] [card] [1] (card 1)",
    ]);
}
