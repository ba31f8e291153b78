# Joining a neighbour's matter, merging, messages both ways.
join-closed = That matter is closed already and cannot be joined. If it is not solved for you, please report it on its own.
join-far = That matter is not near by. Please check that it is the same.

join-ask = Neighbours have reported something here. Is it the same?
join-near-hint = If it is, there is no need to fill in everything: say “me too” and it is handled together. You still get a number of your own, and you hear how it goes.
join-people = { $n ->
    [one] reported by one neighbour
   *[other] reported by { $n } neighbours
 }
join-with = { $unit } is working on it
join-with-none = The right unit is being found
join-until = to be done by { $when }
join-same = Me too
join-other = Not the same: go on
join-title = Me too
join-lead = It is handled together with your neighbours’ report. You may leave everything below empty.
join-words = How is it at your place
join-words-hint = Only the people who handle it see this. No need for your name or telephone.
join-send = Me too: report it with them
join-done = Noted: handled together with your neighbours
join-done-lead = {" "}You will hear how it goes and how it ends at the same time; if it is not solved for you, you can say so.
join-along = { $n ->
    [one] Handled together with the same report from a neighbour.
   *[other] Handled together with the same report from { $n } neighbours.
 }
join-followers = { $n ->
    [one] One more neighbour reported this.
   *[other] { $n } more neighbours reported this.
 }
join-state = Handled together
join-wordless = You said “me too” and wrote nothing more.
join-words-none = No words of their own: they joined their neighbours’ report.

# The conversation.
talk-title = Talk with the unit
talk-none = Write here: whoever works on it sees it and answers you here. No need to telephone.
talk-you = You
talk-you-by = You (written down by { $unit })
talk-add = Add pictures or a PDF
talk-send = Send
talk-files = Pictures and files with the message

track-act-separate = Mine is not the same
track-act-solved_too = Solved for me, too
track-act-not_solved = Mine is not solved
track-lead-separate = Say what is different. Yours is then handled on its own; the promise still counts from the day when you reported it.
track-lead-solved_too = One question, a few seconds.
track-lead-not_solved = Say how it is at your place. We go on with yours on its own, with a new promised day.
track-did-separate = Taken apart: it is handled on its own.
track-did-solved_too = Thank you for telling us.
track-did-not_solved = Noted: we go on with yours.

mine-notice-joined = “{ $title }” is handled together with the same matter of your neighbours
mine-notice-news = There is news of “{ $title }”
mine-notice-followed = “{ $title }” is closed: please look whether it is solved for you
mine-notice-again = “{ $title }” is open again
mine-notice-reply = The unit answered you: “{ $title }”

form-reply = Reply
form-reply-hint = The resident sees it on the tracking page.

# The desk: conversation, merging, related cases.
talk-desk-title = Conversation with the resident
talk-desk-none = Nothing yet. What you write here reaches the resident on their tracking page; no telephone is needed.
talk-resident = Resident
talk-resident-by = Resident (written down by { $unit })
talk-reply = Reply to the resident

related-title = Related cases
related-main = Main case
related-along = { $n ->
    [one] Goes along with a main case, with one other neighbour.
   *[other] Goes along with a main case, with { $n } other neighbours.
 }
related-followers = { $n ->
    [one] One neighbour reported this, too:
   *[other] { $n } neighbours reported this, too:
 }
related-all = See all { $n }
related-shared-hint = They are told the progress and the result as well. Please write nothing into a result of where or how the resident lives.
related-also = Belong together
related-part = Not related
related-add = Mark as related
related-number = Number of the other case
related-number-hint = For example: 260301-00012
related-do = Mark as related
related-joined = Neighbours who joined
related-joined-none = No neighbour has joined now.
related-joined-next = See the next

merge-open = Merge into another case
merge-title = Merge into the same matter
merge-this = This case
merge-into = Merge into
merge-none = Give a number, or choose one near by.
merge-number = Number of the main case
merge-look = Look
merge-unknown = No open case has this number, or it goes along with this one. Please check.
merge-leads = { $number } goes along with the case below already: this one is merged into that.
merge-then = After the merge
merge-then-resident = The resident of this case is told that it is handled together with their neighbours’ report, and hears the progress and the result of the main case.
merge-then-unit = All steps of this case are closed and the unit’s clock stops; the main case keeps the promise to the resident.
merge-then-undo = It can be taken apart at any time: it goes to triage again, and the promise counts from the day when it came in. The resident can say so, too.
merge-followers = { $n ->
    [one] The neighbour who goes along with this case moves to the main case with it.
   *[other] The { $n } neighbours who go along with this case move to the main case with it.
 }
merge-do = Merge
