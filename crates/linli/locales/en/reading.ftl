# What the program reads out of letters: category, place, unit, repeats, and how sure it is
guess-very-sure = very sure, { $n }%
guess-sure = sure, { $n }%
guess-unsure = not sure, { $n }%
guess-by-words = guessed by key words
guess-nothing = cannot tell
guess-because = Because it says: { $words }
guess-because-cases = { $n ->
    [one] One case very like it was sorted so by people:
   *[other] { $n } cases very like it were sorted so by people:
  }
guess-and = , 
guess-same-person = the same person again
guess-same-matter = seems the same matter
guess-same-event = nearby at the same time

suggest-title = What the program proposes
suggest-danger = The letter tells of: { $what }
suggest-danger-line = The class is filled in as urgent. Where people are in danger, hand it to { $line } at once.
suggest-filed = It was filed as “{ $category }”.
suggest-keep = Keep that
suggest-others = It may also be:
suggest-elsewhere = The place in the letter ({ $words }) seems to be this one. Choose it to put the place right:
suggest-units = Letters like this one also went to:
suggest-confirm = Send it to { $unit } as “{ $category }”
suggest-only = Only a proposal; you decide. Put it right, and the program learns from it.

desk-like = May be the same matter
desk-like-hint = Merge what is the same: everybody who reported it hears how it goes. It can be undone.

admin-nav-reading = Reading letters
reading-title = How the program reads letters
reading-lead = Every night at three it learns from the categories and units that people decided. What it learnt is put to use only if it reads later letters better; otherwise what is there stays.
reading-none = Nothing was learnt yet
reading-none-what = Once people have sorted 20 letters it begins to learn at night. Until then the key words of the rules make the proposals.
reading-category = What a letter is about
reading-unit = Which unit a letter is for
reading-made = In use, learnt from what was decided up to { $at }.
reading-not-made = Not learnt yet: the key words of the rules and the duty list make the proposals.
reading-tried = Last attempt: { $at }. 
reading-outcome-few = People sorted { $lessons } letters only: too few to learn from.
reading-outcome-nothing-new = Too few were sorted since to compare with.
reading-outcome-kept = Learnt from { $lessons }; on { $trial } later ones no better, or not good enough; what is there stays.
reading-outcome-replaced = Learnt from { $lessons }; on { $trial } later ones better, and in use now.
reading-measure = On the same letters
reading-new = newly learnt
reading-in-use = in use
reading-before = before
reading-accuracy = right
reading-f1 = mean of all labels (F1)
reading-sure-title = How sure is sure
reading-sure = From how many per cent on a proposal is filled in
reading-sure-hint = A whole number from 30 to 99. Below it a proposal says “not sure” and nothing is filled in.
reading-sure-wrong = Write a whole number from 30 to 99.
reading-sure-is = From { $n }% on a proposal is filled in.
reading-learn-hint = No need to wait for the night. Work goes on meanwhile; look again in a few minutes.
reading-learn = Learn now
admin-done-learning = It has begun to learn; reload this page in a few minutes.
admin-done-reading = Saved.

# Where a resident writes of danger, the telephone comes first
danger-ring = : first ring 
