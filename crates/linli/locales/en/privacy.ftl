# The notice, and what goes by itself
privacy-title = What we keep of you, and why
privacy-link = Your data
privacy-say = What happens to what you write, and who sees it
privacy-signin = What is kept when you sign in, and how long
privacy-lead = What is kept of you, why, by what right, who sees it and how long. The program keeps to these times by itself every day, and writes into its record what went.
privacy-who = Who keeps it
privacy-who-words = { $street } answers for it. Questions:
privacy-outside = It lies in the office's own system. It is not sold, not used for advertising and given to nobody else, unless a law asks for it.
privacy-outside-but = It lies in the office's own system. It is not sold and not used for advertising. Nobody else is given it, but for what is said below and what a law asks for.
privacy-relay = When staff call you back, an exchange connects both; they do not see your number.
privacy-assistant = When they write an answer, staff may ask a writing assistant for a draft: a large language model ({ $model }) run by { $who }. It receives the words of the matter without names, telephones, figures and places below the community; it does not learn who reported it, and no pictures or papers are sent. Each asking stands in the story of the matter; a person reads and mends the draft before it is used.
privacy-machine = No machine decides alone: the program suggests the kind of matter and the unit, a person decides.
privacy-rights = What you can do
privacy-rights-words = Signed in, you see all that is kept of you under that sign-in and who looked, take a copy along, take back a consent, and ask to have it corrected, erased or explained, or complain; what you reported without signing in is opened with its number and code. Close relatives can ask for somebody who died.
privacy-mine = My data
privacy-complain = If you disagree with an answer, somebody else looks at it again. You can also call 12345, complain to the cyberspace administration, or go to court.
privacy-residents = What is kept of residents
privacy-staff = What is kept of staff
privacy-laws = Laws
privacy-short = In short
privacy-what = What
privacy-article = art. { $n }
privacy-then-kept = , it stays all the same.
privacy-version = Printed from the rule pack { $version }.
privacy-purpose = What for
privacy-basis = By what right
privacy-sensitive = Sensitive
privacy-from = From whom
privacy-seen = Who sees it
privacy-kept = How long
privacy-back = Taking it back
privacy-back-how = Signed in, under “My data”, with one button, at once and without anybody's leave.
privacy-years = { $n ->
    [one] 1 year
   *[other] { $n } years
}
privacy-days = { $n ->
    [one] 1 day
   *[other] { $n } days
}
privacy-closed = { $span } after the matter is over for good
privacy-used = { $span } after signing in last
privacy-made = After { $span }
privacy-saved = { $span } after it was saved last
privacy-ended = { $span } after it ends
privacy-ended-now = Within a day of its end
privacy-then-forgotten = , what leads to the person is taken out; the rest stays.
privacy-then-removed = , it is removed.
data-given = What you gave freely
data-given-lead = It is kept by your consent. Take it back when you like: it goes at once, and your matters go on as before.
data-given-none = Nothing.
data-given-name = Your name: { $name }
data-given-name-only = The name that you gave with a matter
data-given-name-then = { $n ->
    [one] Taken back, it is gone from here and from 1 matter of yours.
   *[other] Taken back, it is gone from here and from { $n } matters of yours.
}
data-given-behalf = Your name and number in a matter that somebody reported for you ({ $number })
data-given-behalf-then = Taken back, the matter holds neither, and you do not see it any more; only whoever reported it is told how it goes.
data-given-back = Take it back
data-given-gone = Taken back; it is gone
record-what-data = Personal data
record-act-removed = Removed in time
record-fact-caller = Who reported
record-fact-words = Words with personal data
record-fact-files = Pictures and papers of reporters
record-fact-person = People who signed in
record-fact-codes = One-time codes
record-fact-sessions = Sessions
record-fact-tries = Counts of tries
record-fact-security = Security log
record-fact-drafts = Drafts
record-fact-told = News on screens
record-fact-notices = Messages
record-fact-tables = Uploaded tables
record-fact-calls = Lengths of calls
record-fact-uploads = Pictures never sent
