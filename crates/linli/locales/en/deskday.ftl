# The desk's day: views, batches, drafts, ready-made words, shifts, covers, parts, load, paper.
view-saved = My views
view-manage = Manage views
view-narrow = Narrow down
view-words = Words
view-save = Save as a view
view-name = Name
view-share = For all colleagues of my unit
view-keep = Save
view-none = No saved views yet
view-none-what = Choose conditions in the inbox or under “Find cases”, then “Save as a view”: one click from then on.
view-first-what = The desk opens with the view marked “comes first”.
view-first-none = You can choose a view with which the desk opens.
view-shared = Shared in the unit
view-is-first = Comes first
view-first = Begin with it
view-not-first = Do not begin with it
view-up = Up
view-down = Down
view-no-name = Give the view a name of at most 60 characters.
view-full = There are 20 views already. Delete one first.
view-late = Only past the promise
view-mine = Only those that wait for me
view-helping = Only those in which my unit helps
desk-count-more = { $n } cases or more, at least { $today } due today
desk-delete = Delete

batch-pick = Tick
batch-pick-one = Tick: { $title }
batch-picked = {"{n}"} ticked
batch-hint = Tick some to act on them together
batch-go = Act on the ticked ones
batch-title = Act on several
batch-n = { $n ->
    [one] 1 case
   *[other] { $n } cases
  }
batch-cases = The ticked cases
batch-what = What to do
batch-can = possible for { $n }
batch-nothing = None of the ticked cases is yours to act on now.
batch-by-duty = Unit and class may stay empty: each case then goes to the unit that the duty list names, in its own class.
batch-see = See first what would happen
batch-many = At most { $most } cases at once. Tick fewer.
batch-preview = What would happen
batch-sure = { $act }: what would happen
batch-not-yet = Nothing has been done yet.
batch-same-words = The same words would go to { $n } residents. Please check that they fit each case.
batch-will = { $n ->
    [one] 1 case will be done
   *[other] { $n } cases will be done
  }
batch-none-can = None can be done; the reasons are below.
batch-will-not = { $n ->
    [one] 1 case cannot be done
   *[other] { $n } cases cannot be done
  }
batch-cannot = Not possible
batch-not-offered = This case does not have this action now: it may not be yours, or somebody was faster.
batch-again = Done before; not done again
batch-to = Goes to { $unit }
batch-next = Next: { $step } ({ $owner }), by { $due }
batch-outcome = Result: { $outcome }
batch-recorded = Is recorded; the step stays
batch-do = { $act }
batch-back = Back to change it
batch-done = Done
batch-done-n = { $n ->
    [one] 1 case done.
   *[other] { $n } cases done.
  }
batch-refused-n = { " " }{ $n ->
    [one] 1 was refused; the reason is below.
   *[other] { $n } were refused; the reasons are below.
  }
batch-refused = Refused
batch-not-done = Not done
batch-is-done = Done
batch-gone = You cannot see this case any more.

draft-mark = Draft
draft-from = This is the draft that you saved { $at }. It has not been sent.
draft-keep = Save draft
draft-drop = Discard draft
draft-kept = Draft saved
draft-failed = The draft was not saved. Keep the page open; it will be tried again
draft-full = There are 200 drafts already. Finish or discard some first.

phrase-title = Ready-made words
phrase-what = Words to begin an answer with. Change them to fit the case; do not send them as they are.
phrase-own = Of my unit and those above it
phrase-none = None yet. Add one below.
phrase-review-due = Due for review
phrase-kept-by = Kept by { $name }
phrase-review = Review on { $day }
phrase-edit = Change
phrase-change = Change the words
phrase-add = Add words
phrase-name = Name
phrase-field = For which field
phrase-body = Words
phrase-body-hint = These are filled in from the case: { $places }. Write ____ where something is to be filled in by hand. No names or phone numbers of anybody.
phrase-keeper = Who keeps them right
phrase-review-on = Review on
phrase-keep = Save
phrase-pack = In the rule pack
phrase-no-title = Write a name of at most 60 characters.
phrase-no-body = Write the words, at most 2,000 characters.
phrase-no-field = Choose a field.
phrase-full = Your unit has 100 of them already. Delete some first.
phrase-use = Ready-made words: { $field }

shift-title = Hand over
shift-what = Leave what is open to the next shift. It stays on top of their inbox until somebody takes it.
shift-brief = Handed over by { $name } { $at } to { $to }
shift-taken = Taken by { $name } { $at }
shift-waits = Not taken yet
shift-to = To
shift-note = On the whole
shift-note-hint = For example what to watch tonight and who will call. No names or phone numbers of residents.
shift-cases = Cases by name
shift-cases-hint = The next 50 to fall due. Those that you tick or write something about are handed over with it.
shift-case-note = About: { $title }
shift-case-hint = About this case
shift-give = Hand over
shift-past = Earlier hand-overs
shift-past-none = Nothing was handed over yet.
shift-empty = Write something, or tick some cases.
shift-long = Each note has at most { $n } characters.
shift-many = At most { $n } cases can be named.
shift-one = What was handed over
shift-hidden = { $n ->
    [one] 1 further case is not for you to see
   *[other] { $n } further cases are not for you to see
  }
shift-take = I take over
shift-said = Said at the hand-over

cover-title = Leave cover
cover-what = While you are away, a colleague sits on your seat. It ends by itself, and all that is done says that it was done for you.
cover-mark = { " " }(covering)
cover-saved = Saved.
cover-none = There is no seat that you can arrange cover for.
cover-arrange = Arrange cover
cover-standing = { $name } covers from { $from } to { $until }
cover-end = End it early
cover-for = Cover for { $seat }
cover-nobody = Nobody else works at this unit now.
cover-to = Who covers
cover-from = From
cover-until = Until
cover-reason = Reason (optional)
cover-do = Arrange
cover-rules = At most 92 days. A cover cannot be passed on. Administrators’ seats and others stay apart.
cover-no-colleague = Choose a colleague who covers.
cover-times = Say from when to when: the end has to be after the beginning and after now, at most 92 days later.
cover-twice = This colleague covers this seat in that time already.
cover-passed-on = A seat that you cover cannot be passed on.
cover-apart = This seat and another one of this colleague have to stay apart.

part-title = Co-units’ parts
part-own = { " " }(my unit)
part-late = Late
part-open = In progress
part-done = Delivered
part-not-yet = Not begun

load-title = Load of units
load-what = By unit, not by person, and without ranking.
load-sentence = { $open } open with all units, { $late } of them late.
load-unit = Unit
load-open = Open
load-today = Due today
load-late = Late
load-held = Held on average
load-weeks = Last four weeks
load-took = Time to close
load-in = In
load-out = Out
load-none = None
load-says = In each of the last four weeks: in { $came }, out { $closed }
load-how = “Open” counts open steps, “in” goes by when a case was reported, “out” by when it was closed; “time to close” is from report to close, on average over those closed in four weeks.
load-idle = Nothing open, and nothing came in four weeks: { $units }
load-choice = { $unit } (open { $open }, late { $late })

print-list = Print this list
print-one = Print view
print-back = Back
print-now = Print
print-inside = Internal
print-at = Printed { $at }
print-notes = Notes on site
print-found = What was found
print-agreed = What was agreed, and when
print-who = Who was there: names and date
print-privacy = This sheet does not hold the resident’s name or phone; please do not add them by hand.
print-number = Number
print-remark = Remarks
print-first = These are the first { $n }; narrow the conditions to see others.

kept-title = Not done
kept-what = What you wrote is still here
kept-copy = It is gone when this page is closed. Copy what you need.
kept-back = Back to the inbox

keys-up = Back to the list, where you were
keys-inbox = To the inbox
keys-find = To finding cases
keys-close = Close what is open
keys-pick = Tick the row; with Shift tick up to it
keys-form = Open the form
keys-ready = Open the ready-made words, take number so-and-so
keys-off-where = No single-letter keys? Switch them off under “My seats”

own-keys = Keys
own-keys-what = Keys of a single letter get in the way of speech input. They can be switched off.
own-keys-off = Switch single-letter keys off
own-keys-on = Switch single-letter keys on
