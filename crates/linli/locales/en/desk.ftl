# The desk: inbox, case, search, filing for a caller, one's own page.
desk-inbox = Inbox
desk-views = Views
desk-by-step = By step
desk-more = More
desk-view-all = Everything
desk-view-today = Due today
desk-view-late = Overdue
desk-new = Take a call
desk-search-all = Find cases
desk-count = { $n ->
    [one] 1 case
   *[other] { $n } cases
  }, { $today } due today
desk-count-late = , { $n } overdue
desk-area = Area
desk-all = All
desk-filter = Filter
desk-table = Work to do, soonest due first
desk-pages = Pages
desk-page-first = The first { $n } to fall due
desk-page-newest = The newest { $n }
desk-page-next = Show more
desk-page-older = Show older ones
desk-preview = Preview
desk-open = Open
desk-empty = Nothing to do now
desk-empty-what = Work that falls to you appears here, soonest due first.
desk-empty-view = There is nothing here
desk-empty-view-all = See all work

desk-due = Due
desk-matter = Matter
desk-place = Place
desk-step = Step
desk-category = Category
desk-kind = Kind
desk-class = Class
desk-address = Exact place
desk-came-by = Came by
desk-unit = Lead unit
desk-co-units = Co-units
desk-contact = Reaching the resident
desk-contact-yes = Left a contact; the hotline puts you through and the number is not shown
desk-contact-no = Left no contact; write a progress note to them instead
desk-and = ,{ " " }
desk-files = Photos and files
desk-crumbs = You are here

desk-came = Report received
desk-came-phone = Reported by phone
desk-came-web = Reported on the web
desk-came-letter = Reported by letter
desk-came-visit = Reported in person
desk-came-grid = Found by a grid worker
desk-came-import = Came from another system
desk-channel = Other
desk-channel-phone = Phone
desk-channel-web = Web
desk-channel-letter = Letter
desk-channel-visit = In person
desk-channel-grid = Grid worker
desk-channel-import = Another system
desk-late-part = { $level }% of the time for “{ $title }” is used; a reminder was sent
desk-late-over = “{ $title }” is late and was reported upwards
desk-shape-done = Done:
desk-shape-now = Now:
desk-shape-late = Late:
desk-due-at = Due
desk-by-rule = Rule: { $rule }
desk-system = the system

desk-words = In their own words (without name and phone)
desk-story = What happened
desk-earlier = { $n } earlier
desk-aside = Time limits and actions
desk-clocks = Time limits
desk-clock-step = { $step } ({ $owner })
desk-clock-left = { $span } left
desk-clock-until = To be solved by { $time }
desk-clock-due = Due { $time }
desk-clock-paused = On hold
desk-clock-waits = Stands still during “{ $step }”; this time does not count
desk-clock-stood = Stood still for { $span } during “{ $step }”
desk-clock-longer = { $n ->
    [one] Extended by 1 day
   *[other] Extended by { $n } days
  }
desk-clock-used = Took { $span }
desk-clock-stopped-at = Stopped { $time }
desk-clock-share = { $n }% of the time so far
desk-clock-says = { $clock }: { $n }% used
desk-next = Next step
desk-no-step = Nothing here is yours to do now.
desk-any-time = At any time
desk-near = same kind, nearby
desk-merge = Merge into it
desk-add-files = Photos or files (optional)
desk-add-files-hint = JPEG, PNG, WebP or PDF, up to 10 MB each, 6 at most
desk-not-done = This was not done
desk-typed = What you wrote is copied below:
desk-done = Done: { $act }
desk-redone = { $n ->
    [one] Done again once
   *[other] Done again { $n } times
  }
desk-reopened = { $n ->
    [one] Reopened once
   *[other] Reopened { $n } times
  }
desk-returned = { $n ->
    [one] Returned once
   *[other] Returned { $n } times
  }
desk-basis = The unit comes from the duty list: { $basis }. You can change it.
desk-basis-none = The duty list does not name this category, so the street office is filled in. Please check.

desk-search-for = Results for “{ $words }”
desk-number-or-words = Number or words
desk-state = State
desk-state-open = In progress
desk-state-settled = Closed, in after-care
desk-state-ended = Over
desk-state-late = In progress, overdue
desk-state-step = Now at: { $step }
desk-from = From
desk-until = To
desk-found = { $n ->
    [one] 1 case found
   *[other] { $n } cases found
  }
desk-found-more = The newest { $n }
desk-newest = All cases, newest first
desk-found-none = Nothing found
desk-found-none-try = Try another word, or fewer conditions. A case that was filed just now can be found after a second or two.
desk-search-clear = Clear all conditions
desk-search-empty = There are no cases yet
desk-search-empty-what = Once there are, find them here by number, words, place, unit and time.

desk-files-again = Photos and files have to be chosen again.

desk-me = My seats
desk-me-aside = Seats
desk-seats = My seats
desk-seats-one = This is your only seat. The security administrator grants others.
desk-sit = Sit here
desk-no-seat = You do not hold this seat. Choose one of the list.
desk-programs-what = Programs of your office can read and act as your seat.
desk-programs-see = See the tokens
desk-account = Account
desk-reported = First reported

# ---------------------------------------------------------------- seeing who reported it

reveal-title = Who reported it
reveal-warns = Name and number are shown for one minute with your name across them. The resident can see who looked, when and why, and it stands in the tamper-evident log. If a message will do, send a message.
reveal-do = Show
reveal-not = Do not look
reveal-shown = Who reported it
reveal-name = Name
reveal-contact = Number
reveal-words = In their own words
reveal-none = Not given
reveal-goes = It goes by itself after a minute. Do not pass it on to another unit, least of all to whom it is about.
reveal-back = Put it away and go back
reveal-ring = Call through the exchange, without the number
reveal-ring-what = The exchange rings your telephone and then the resident; neither sees a number. The call stands in the story, where the resident reads it.
reveal-ring-do = Call
reveal-before = Who looked before
reveal-never = Nobody has looked so far.
