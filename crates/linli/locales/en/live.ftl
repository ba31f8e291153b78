# Live updates, two people on one case, notices
live-label = What just changed
live-new = { "{n}" } new cases
live-new-one = 1 new case
live-update = Show them
live-many = A lot has just changed
live-moment = { $who }: { $what }
live-case = Something just happened to this case
live-look = Show what is new
live-kept = What you typed is untouched. What can be done may have changed: look at what is new before you send it.
live-done-by = Dealt with by { "{who}" }
live-moved = Just changed
live-name = { $name } ({ $role })
live-names = { $first } and { $last }
live-here = { $n ->
    [one] { $names } is here too
   *[other] { $names } are here too
 }
live-writing = { $name } is here too and is writing
live-by-itself = The program
live-off = Live updates have stopped. Reload the page to see the latest.
notices-tool = Notices
notices-title = Notices
notices-mine-title = My notices
notices-unread = Unread
notices-urgent = Urgent
notices-in-daily = with the day’s others
notices-read = Mark as read
notices-read-all = Mark all as read
notices-count = { $n ->
    [0] Nothing unread
    [one] 1 unread
   *[other] { $n } unread
 }
notices-many = More than 99 unread
notices-none = No notices yet
notices-none-what = You are told here when a case is about to fall due or is late, when somebody urges it or leaves a message.
notices-mine-none-what = You are told here when something happens to what you reported.
notices-no-older = There are no older notices
notices-newest = Back to the newest
notices-older = Older
notices-choose = How you are told
notices-saved = Saved as you chose.
notices-not-saved = This is not saved yet
notices-no-time = Write a time of day, such as 21:00
notices-save = Save
notices-kind-escalate = Late and escalated to you
notices-kind-remind = Due soon or overdue
notices-kind-urge = Urged
notices-kind-message = Messages from residents
notices-kind-arrive = New cases for my unit
notices-kind-news = Anything else
notices-hint-escalate = Somebody has to look into these. They cannot be switched off.
notices-hint-arrive = The inbox always shows them. Most people need no notice as well.
notices-way-now = At once
notices-way-daily = Once a day
notices-way-off = Not at all
notices-what-escalate = it is late. Please look into it
notices-what-remind = it is due soon or overdue. Please see to it
notices-what-urge = somebody urges it
notices-what-message = whoever reported it left a message
notices-what-arrive = new for your unit. Please accept it
notices-what-news = there is news
notices-line = “{ $title }”: { $what }
notices-quiet = Quiet hours
notices-quiet-hint = You are left alone in these hours and told afterwards. Nothing gets lost. Urgent cases come through. The same time twice means no quiet hours.
notices-from = From
notices-until = Until
notices-daily-at = When the once-a-day notices come
notices-sound = Make a sound when a notice comes
notices-by-sms = By text message
notices-by-mail = By email
notices-mine-also = Tell me as well
notices-mine-always = News is shown here at once.
notices-mine-no-way = The street office does not send text messages yet. When it does, it will leave you alone at night.
notices-times = { $n } times
notices-mine-link = My notices and how I am told
