//! A running total over days: a weight for each weekday, other weights on exceptional days, summed in O(log n).

/// Totals grow without end, so the weekly sum has to be above zero (`file` sees to that).
#[derive(Debug)]
pub(crate) struct Tally {
    /// `week[i]`: the weight of the weekdays before the i-th, Monday first; `week[7]`: of a whole week.
    week: [i64; 8],
    marks: Vec<Mark>,
}

/// An exceptional day, and by how much all exceptions up to it change the weekly total.
#[derive(Debug)]
struct Mark {
    day: i64,
    change: i64,
}

/// Monday is 0. Days count from 1970-01-01, a Thursday.
pub(crate) fn weekday(day: i64) -> usize {
    (day + 3).rem_euclid(7) as usize
}

impl Tally {
    /// `exceptions`: days in rising order with the weight each has instead of its weekday's.
    pub(crate) fn new(weekdays: [i64; 7], exceptions: impl Iterator<Item = (i64, i64)>) -> Self {
        let mut week = [0; 8];
        for (i, weight) in weekdays.iter().enumerate() {
            week[i + 1] = week[i] + weight;
        }
        let mut change = 0;
        let marks = exceptions
            .map(|(day, weight)| {
                change += weight - weekdays[weekday(day)];
                Mark { day, change }
            })
            .collect();
        Self { week, marks }
    }

    /// The total of all days before `day`, from an origin that is the same for every call.
    pub(crate) fn before(&self, day: i64) -> i64 {
        let weekly = (day + 3).div_euclid(7) * self.week[7] + self.week[weekday(day)];
        let passed = self.marks.partition_point(|mark| mark.day < day);
        weekly + passed.checked_sub(1).map_or(0, |last| self.marks[last].change)
    }

    /// The weight of one day.
    pub(crate) fn of(&self, day: i64) -> i64 {
        self.before(day + 1) - self.before(day)
    }

    /// The first day by whose end the total is at least `target`.
    pub(crate) fn reach(&self, target: i64) -> i64 {
        let guess = target.div_euclid(self.week[7]) * 7;
        let (mut low, mut high, mut step) = (guess, guess, 16);
        while self.before(low) >= target {
            low -= step;
            step *= 2;
        }
        step = 16;
        while self.before(high) < target {
            high += step;
            step *= 2;
        }
        while high - low > 1 {
            let middle = low + (high - low) / 2;
            if self.before(middle) < target { low = middle } else { high = middle }
        }
        low
    }
}
