# Answers at hand: as residents see them, and the pages of those who keep them.
answer-kept = { $region } · kept by { $owner }, good until { $day }
answer-kept-stale = { $region } · { $owner } was to review this by { $day } and has not. Ask before you answer.
answer-keeper-none = the street office
answers-title = Common questions
answers-lead = Perhaps the answer is here already.
answers-ask = What would you like to know?
answers-topics = By topic
answers-all = { $n ->
    [one] One answer
   *[other] All { $n } answers
  }
answers-found = { $n ->
    [one] One answer found
   *[other] { $n } answers found
  }
answers-see-all = See all of them
answers-none = No answer found
answers-none-try = Try other words, or tell us and somebody will answer.
answers-report = Tell us
answers-source = Source: { $source }
answers-perhaps = { $n ->
    [one] Perhaps this answers it:
   *[other] Perhaps one of these answers it:
  }
answers-said = Possible answers below: { "{" }n{ "}" }.
answers-solved = That solves it, nothing to send
answers-go-on = It does not, go on writing
helped-title = Glad it helped
helped-lead = Nothing was sent, and nobody will contact you.
helped-nothing = We have kept nothing of what you wrote, and it is no longer kept on this phone.
helped-still = I still want to report it
say-door-answers = See whether there is an answer already

answer-list-title = Answers at hand
answer-list-what = What people often ask, with answers. Residents see them while they write, the hotline beside the call.
answer-find = Find an answer
answer-new = Write a new one
answer-from-case = Make it an answer at hand
answer-tabs = Which ones
answer-tab-all = All
answer-tab-mine = For me to review
answer-tab-stale = Past review
answer-tab-draft = With a draft
answer-tab-withdrawn = Withdrawn
answer-list-n = { $n ->
    [one] One answer
   *[other] { $n } answers
  }
answer-none = There are none here
answer-none-try = Try other words, or look at all of them.
answer-more = More
answer-kept-by = kept by { $owner }
answer-review-by = review by { $day }
answer-helped = { $n ->
    [one] Helped once in 30 days
   *[other] Helped { $n } times in 30 days
  }
answer-overdue = { $n ->
    [one] One answer is past its review and hidden from residents. Please see whether it is still right
   *[other] { $n } answers are past their review and hidden from residents. Please see whether they are still right
  }
answer-state-new = Not published yet
answer-state-published = In use
answer-state-withdrawn = Withdrawn
answer-state-drafted = Has a draft
answer-stage-soon = Review soon
answer-stage-today = Review today
answer-stage-stale = Past its review
answer-unconfirmed = Source not checked
answer-unconfirmed-what = This comes with the rule pack as general practice and was not checked against local rules. Check it, then change it or press “Still right”.
answer-other-language = In the other language
answer-draft-waits = A draft waits to be published
answer-publish-draft = Publish this draft
answer-drop = Discard this draft
answer-of-pack = As the rule pack has it
answer-history = What was changed
answer-history-none = Nobody has changed it yet.
answer-acts = What you can do
answer-edit = Change it
answer-restore = Change it and put it back in use
answer-checked-title = Looked at, still right
answer-checked-what = The words stay as they are; only the day of the next review changes.
answer-checked-on = Review again by
answer-checked = Still right
answer-withdraw = Withdraw
answer-withdraw-what = Neither residents nor the hotline see it any more. It can be put back in use later.
answer-withdraw-go = Withdraw this answer
answer-read-only = Another unit keeps this answer. If something is wrong with it, tell them or the head of the desk.
answer-new-title = Write a new answer
answer-edit-title = Change an answer
answer-edit-what = Residents see it as soon as it is published.
answer-edit-draft-what = Once saved, the unit that keeps it or the head of the desk publishes it.
answer-edit-from-draft = Below is the draft that is not published yet.
answer-hint-question = As people ask it: “Who repairs a street light?”
answer-hint-answer = First what to do, then whom to turn to. No person’s name or mobile number.
answer-hint-words = One a line. The more there are, the easier it is found.
answer-hint-source = Which article of which law, or which document.
answer-hint-owner = It reviews the answer and is reminded when the day comes.
answer-hint-review = If nobody has reviewed it by then, residents no longer see it. Two years at most.
answer-english = English (may be left empty; then the Chinese is shown)
answer-publish = Publish
answer-draft = Save as a draft
answer-back = Leave it
answer-gone = an answer that is no more
answer-done-draft = The draft is saved. The unit that keeps it or the head of the desk publishes it.
answer-done-publish = Published. Residents see it now.
answer-done-publish-draft = Published. Residents see it now.
answer-done-drop = The draft is discarded.
answer-done-withdraw = Withdrawn. Neither residents nor the hotline see it any more.
answer-done-checked = Noted: still right.
answer-act-added = Published
answer-act-changed = Changed
answer-act-retired = Withdrawn
answer-act-restored = Put back in use
answer-act-proposed = Draft saved
answer-act-declined = Draft discarded
answer-act-checked = Looked at, still right
answer-err-empty = Fill in “{ $field }”
answer-err-long = “{ $field }” has { $most } characters at most
answer-err-unknown = Choose “{ $field }”
answer-err-day = The day of review is from tomorrow on and within two years
answer-err-personal = “{ $field }” seems to hold somebody’s phone, document or plate number. Take it out
answer-err-full = There is no more room. Withdraw answers that nobody needs first
answer-err-not-yours = You cannot publish for this unit. Save it as a draft and the unit publishes it
fault-answer-not-yours = Another unit keeps this answer. Nothing was changed.
fault-answer-stale = Somebody changed this answer while you looked at it. Nothing was changed; go back, see what it says now, then change it.

notices-what-review-soon = to be reviewed within two weeks. Is it still right?
notices-what-review-due = its day of review is here. From tomorrow residents no longer see it. Is it still right?
notices-what-review-late = nobody has reviewed it for two weeks and residents no longer see it. Please look into it

record-what-answer = Answer at hand
record-act-checked = Looked at, left as it is
record-fact-question = Question
record-fact-question_en = Question (English)
record-fact-answer = Answer
record-fact-answer_en = Answer (English)
record-fact-category = Category
record-fact-owner = Kept by
record-fact-said = What people say
record-fact-source = Source
record-fact-region = Where it holds
record-fact-region_en = Where it holds (English)
record-fact-review = Day of review
