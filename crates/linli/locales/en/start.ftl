# From empty to the first report, step by step
start-title = Getting started
start-done = { $n } of 6 steps done
start-lead = Stop at any time: what is done is kept. Each of the three administrators does their own part, and nobody another's.
start-is-done = Done
start-is-yours = Yours to do
start-is-later = Later
start-waits = Waits for: { $who }
start-places = 1. Places: communities, grids, buildings
start-places-help = Bring them in as a table, or add them one by one. There have to be communities at least, so that residents can say where.
start-places-state = { $n ->
    [one] There is { $n } place below the street.
   *[other] There are { $n } places below the street.
 }
start-orgs = 2. Units: offices, residents' committees, property firms
start-orgs-help = Add whoever solves things, with what they do and for which area: dispatch goes by it.
start-orgs-state = { $n ->
    [one] There is { $n } unit besides the street office.
   *[other] There are { $n } units besides the street office.
 }
start-people = 3. People and seats
start-people-help = The system administrator opens accounts and hands over the first passwords; the security administrator grants seats. Without a seat nobody can sign in.
start-people-state = Nobody holds these yet: { $roles }.
start-people-ready = Somebody dispatches, somebody takes calls, somebody solves.
start-duties = 4. See what no unit answers for yet
start-duties-help = What no unit has goes to the street office first. If that is as it should be, say that you have looked.
start-duties-state = { $n } categories have no unit somewhere; communities concerned: { $places }.
start-duties-ready = Every category has a unit in every community.
start-trial = 5. Report something as a trial
start-trial-help = Open the residents' page and report something as a resident would, then let the dispatcher sign in and see that it came. Administrators themselves see no case.
start-trial-state = Nobody has reported anything yet.
start-trial-ready = The first report came in { $at }.
start-open = 6. Take the trial back and open
start-open-help = Withdraw the trial on its own page, then open. Whatever was reported before counts as a trial.
start-door-upload = Bring in as a table
start-door-template = Download the template
start-door-by-hand = Add one by one
start-door-coverage = See who is missing
start-door-report = Open the residents' page
start-door-withdraw = Open the trial report
start-looked-do = I have looked; it is right so
start-open-do = Open the office
admin-done-start-looked = Noted. You can look again in the duty list at any time.
admin-done-start-open = The office is open. From now on every report counts.
