# The hot events: what many write about at the same time.
hot-title = Hot events
hot-sentence = Among the { $letters } letters of the last { $days } days, { $events } matters come up again and again; the hottest are first.
hot-cut = There were too many letters in this time: only the newest { $n } were looked at.
hot-how = Heat is about how many people write: each counts 1; more letters by the same people and neighbours who say “me too” count less. Without a new letter it halves every { $n } days. Matters are ranked, never people, and nobody here knows who wrote.
hot-span = How far back
hot-days = Last { $n } days
hot-until = Up to which day
hot-look = Show
hot-none = No two letters of this time are about the same matter
hot-none-try = Choose another place, or look further back.
hot-words = They say: { $words }
hot-heat = Heat { $heat }
hot-crowd = { $people ->
    [one] One person
   *[other] { $people } people
  } wrote { $letters ->
    [one] one letter
   *[other] { $letters } letters
  }{ $votes ->
    [0] {""}
    [one] , and one neighbour said “me too”
   *[other] , and { $votes } neighbours said “me too”
  }
hot-new = New
hot-rising = rising
hot-even = steady
hot-falling = cooling
hot-than-week = Against a week ago: { $trend }
hot-than-day = Against yesterday: { $trend }
hot-bars-days = Letters a day: { $counts }
hot-bars-weeks = Letters a week: { $counts }
hot-bars-months = Letters in 30 days each: { $counts }
hot-letters = { $n ->
    [one] See the letter
   *[other] See the { $n } letters
  }
hot-rest = { $n ->
    [one] One more is not listed; its number is in the table.
   *[other] { $n } more are not listed; their numbers are in the table.
  }
hot-joined = Merged
hot-merge = Make one matter of it: merge { $this } into { $main }
hot-all = List more
hot-take = Download as a table (CSV)
hot-why-people = { $people ->
    [one] One person wrote: 1
   *[other] { $people } people wrote: { $people }
  }
hot-why-further = { $further ->
    [one] one more letter by the same people: { $further_counts }
   *[other] { $further } more letters by the same people: { $further_counts }
  }
hot-why-votes = { $votes ->
    [one] one neighbour said “me too”: { $votes_count }
   *[other] { $votes } neighbours said “me too”: { $votes_count }
  }
hot-why-plus = {"; "}
hot-why-left = . The last letter came { $days ->
    [0] today
    [one] a day ago
   *[other] { $days } days ago
  }, so { $left } % is left: { $heat }.
hot-col-rank = Rank
hot-col-heat = Heat
hot-col-trend = Trend
hot-col-first = First
hot-col-last = Last
hot-col-place = Place
hot-col-what = Matter
hot-col-people = People
hot-col-count = Letters
hot-col-votes = Me too
hot-col-letters = Numbers
