//! A loudness on its way to another.

/// A loudness that changes a little with every sample, in as many steps as it was given.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ramp {
    now: f32,
    target: f32,
    step: f32,
}

impl Ramp {
    /// Resting.
    pub fn at(loudness: f32) -> Self {
        Self { now: loudness, target: loudness, step: 0.0 }
    }

    /// Sets out; with no samples to take it is there.
    #[expect(clippy::cast_precision_loss, reason = "a fade of so many samples that it matters would take minutes")]
    pub fn go_to(&mut self, target: f32, within: u32) {
        if within == 0 {
            *self = Self::at(target);
            return;
        }
        self.target = target;
        self.step = (target - self.now) / within as f32;
    }

    /// The loudness of one sample.
    pub fn step(&mut self) -> f32 {
        let now = self.now;
        self.now += self.step;
        let is_there = if self.step < 0.0 { self.now <= self.target } else { self.now >= self.target };
        if is_there {
            *self = Self::at(self.target);
        }
        now
    }

    /// Whether it is there, and stays.
    pub fn is_resting_at(&self, loudness: f32) -> bool {
        // What it rests at was set, not computed.
        (self.now - loudness).abs() < f32::EPSILON && (self.target - loudness).abs() < f32::EPSILON
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_arrives_after_as_many_steps_as_it_was_given_and_stays() {
        let mut ramp = Ramp::at(1.0);
        assert!(ramp.is_resting_at(1.0));
        ramp.go_to(0.0, 4);
        let steps: Vec<f32> = (0..4).map(|_| ramp.step()).collect();
        assert_eq!(steps, [1.0, 0.75, 0.5, 0.25]);
        assert!(ramp.is_resting_at(0.0));
        assert!(ramp.step().abs() < f32::EPSILON);
    }

    #[test]
    fn it_turns_where_it_is() {
        let mut ramp = Ramp::at(0.0);
        ramp.go_to(1.0, 4);
        ramp.step();
        ramp.step();
        ramp.go_to(0.0, 2);
        assert_eq!([ramp.step(), ramp.step(), ramp.step()], [0.5, 0.25, 0.0]);
        ramp.go_to(0.5, 0);
        assert!(ramp.is_resting_at(0.5));
    }
}
