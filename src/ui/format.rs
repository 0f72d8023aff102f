//! Durations, numbers and times for people.

use baton_domain::time::{Span, Timestamp};

/// A length of time as a timer shows it: `0:34`, `12:05`, `1:02:09`.
pub fn duration(span: Span) -> String {
    let seconds = span.0.max(0) / 1000;
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if hours > 0 { format!("{hours}:{minutes:02}:{seconds:02}") } else { format!("{minutes}:{seconds:02}") }
}

/// A count-down, which must not show 0:00 while there is still time.
pub fn countdown(span: Span) -> String {
    duration(Span((span.0.max(0) + 999) / 1000 * 1000))
}

/// A length of time as the attribute `datetime` wants it: `PT94S`.
pub fn machine_duration(span: Span) -> String {
    format!("PT{}S", span.0.max(0) / 1000)
}

/// A place in line: `1st`, `2nd`, `13th`.
pub fn ordinal(number: u32) -> String {
    let ending = match (number % 10, number % 100) {
        (_, 11..=13) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    };
    format!("{number}{ending}")
}

/// Names in a row: `Alice`, `Alice and Bob`, `Alice, Bob and Carla`.
pub fn names(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [one] => one.clone(),
        [all @ .., last] => [&all.join(", "), " and ", last].concat(),
    }
}

/// A moment as a clock shows it, for a given distance from UTC: `10:02:11`. Browsers say the distance as minutes that
/// must be added to local time to get UTC.
pub fn time_of_day(moment: Timestamp, minutes_to_utc: i64) -> String {
    let seconds = (moment.0.div_euclid(1000) - minutes_to_utc * 60).rem_euclid(86_400);
    format!("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

/// The first letter of a name, for a face without a picture.
pub fn initial(name: &str) -> String {
    name.trim().chars().next().map(|letter| letter.to_uppercase().collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_read_like_a_timer() {
        for (milliseconds, text) in
            [(-5, "0:00"), (0, "0:00"), (999, "0:00"), (34_000, "0:34"), (725_400, "12:05"), (3_729_000, "1:02:09")]
        {
            assert_eq!(duration(Span(milliseconds)), text);
        }
    }

    #[test]
    fn a_countdown_reaches_zero_only_at_the_end() {
        assert_eq!(countdown(Span(60_000)), "1:00");
        assert_eq!(countdown(Span(59_001)), "1:00");
        assert_eq!(countdown(Span(1)), "0:01");
        assert_eq!(countdown(Span(0)), "0:00");
    }

    #[test]
    fn places_in_line_are_said_as_people_say_them() {
        for (number, text) in [
            (1, "1st"),
            (2, "2nd"),
            (3, "3rd"),
            (4, "4th"),
            (11, "11th"),
            (12, "12th"),
            (13, "13th"),
            (21, "21st"),
            (112, "112th"),
        ] {
            assert_eq!(ordinal(number), text);
        }
    }

    #[test]
    fn names_stand_in_a_row() {
        let all: Vec<String> = ["Alice", "Bob", "Carla"].map(str::to_owned).into();
        assert_eq!(names(&all[..0]), "");
        assert_eq!(names(&all[..1]), "Alice");
        assert_eq!(names(&all[..2]), "Alice and Bob");
        assert_eq!(names(&all), "Alice, Bob and Carla");
    }

    #[test]
    fn a_clock_shows_local_time() {
        let moment = Timestamp(1_700_000_000_000);
        assert_eq!(time_of_day(moment, 0), "22:13:20");
        assert_eq!(time_of_day(moment, -60), "23:13:20");
        assert_eq!(time_of_day(moment, 480), "14:13:20");
        assert_eq!(time_of_day(moment, -120), "00:13:20");
    }

    #[test]
    fn an_initial_is_one_letter() {
        assert_eq!(initial(" élodie"), "É");
        assert_eq!(initial(""), "");
    }
}
