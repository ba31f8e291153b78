# Administration: places, units, accounts and seats, the duty list, the rule pack.
admin-nav = Administration
admin-nav-home = To see to
admin-nav-places = Places
admin-nav-orgs = Units
admin-nav-accounts = Accounts and seats
admin-nav-duties = Duty list
admin-nav-pack = Rule pack
admin-crumbs = Where you are
admin-pager = Pages
admin-pager-first = Back to the start
admin-pager-next = More
admin-choose = Choose
admin-all = All
admin-none = Not given
admin-filter = Filter
admin-edit = Change
admin-edit-one = Change: { $name }
admin-retire = Retire
admin-restore = Restore
admin-retired = Retired
admin-retired-since = Retired
admin-comma = , {""}
admin-col-name = Name
admin-col-code = Code
admin-col-level = Level
admin-col-below = Below it
admin-col-state = State

admin-done-place-added = The place is added and can be used now.
admin-done-place-saved = Saved. It holds from now on.
admin-done-place-retired = Retired. Nothing new can be reported here; older cases are not affected.
admin-done-place-restored = Restored. It can be used now.
admin-done-org-added = The unit is added. Cases go by the duty list: check what it should be in charge of.
admin-done-org-saved = Saved. It holds from now on.
admin-done-org-retired = Retired. Nothing new will be sent to it.
admin-done-org-restored = Restored. Cases can be sent to it now.
admin-done-account-added = The account is open. Ask the security administrator for a seat: nobody signs in without one.
admin-done-account-disabled = The account is disabled and cannot sign in any more.
admin-done-seat-granted = The seat is granted and can be used from the next page on.
admin-done-seat-ended = The seat has ended, at once.
admin-done-duty-added = Added. From now on cases go by this row.
admin-done-duty-ended = Ended. From now on cases go by the list of the rule pack.
admin-done-warning-ended = The warning is cleared.

# The first page
admin-home = To see to
admin-home-calm = There is nothing to see to at the moment.
admin-home-nothing = Nothing to see to
admin-home-doors = Where to go
admin-warning-calendar = There is no calendar for { $year } yet. Limits that reach into it count weekends only and may be wrong.
admin-warning-calendar-do = The State Council usually announces it in November { $before }. Then write the days off and the make-up days into calendar.toml of the rule pack, give the pack a new version, and start the program again.
admin-warning-log = The tamper-evident log has stopped: { $why }
admin-warning-log-do = Let the audit administrator run linli log audit to see which entry was changed; where an old copy was put back, bring the newer one back. Nothing is signed until then; work on cases goes on.
admin-warning-other = Warning: { $name }
admin-warning-other-do = Look at the log for the reason, then clear it.
admin-warning-over = It is there now. You can clear this warning.
admin-warning-since = Since
admin-warning-end = Clear the warning
admin-missing = { $n ->
    [one] One kind of duty has no unit:
   *[other] { $n } kinds of duty have no unit:
}
admin-missing-do = These matters fall to the street office for now. Add the units, or say in the duty list who does them.
admin-lost = Notices that were not delivered
admin-lost-do = These were tried several times. Check the settings of text messages, mail or the interface; where it matters, ask the unit to call.
admin-lost-to = To whom
admin-lost-channel = How
admin-lost-at = When
admin-lost-reason = Reason
admin-lost-tries = { $n ->
    [one] tried once
   *[other] tried { $n } times
}
admin-channel-screen = Page
admin-channel-sms = Text message
admin-channel-mail = Mail
admin-channel-webhook = Interface

# Places
admin-places = Places
admin-places-find = Find by name or code
admin-places-empty = There are no places yet
admin-places-empty-help = Begin with a street: a code of 9 digits. Then residents can say where something is.
admin-places-none = Nothing found for “{ $q }”
admin-places-none-help = Try another name, or the first digits of the code.
admin-places-all = See all places
admin-count-street = { $n ->
    [one] 1 street
   *[other] { $n } streets
}
admin-count-community = { $n ->
    [one] 1 community
   *[other] { $n } communities
}
admin-count-grid = { $n ->
    [one] 1 grid
   *[other] { $n } grids
}
admin-count-building = { $n ->
    [one] 1 building
   *[other] { $n } buildings
}
admin-count-unit = { $n ->
    [one] 1 entrance
   *[other] { $n } entrances
}
admin-level-province = Province
admin-level-city = City
admin-level-district = District
admin-level-street = Street
admin-level-community = Community
admin-level-grid = Grid
admin-level-building = Building
admin-level-unit = Entrance
admin-place-new = Add a place
admin-place-new-below = Add one below
admin-place-under = Under { $name }
admin-place-inside = One level below
admin-place-nothing-inside = There is nothing below it yet.
admin-place-orgs = Units here
admin-place-point = Longitude, latitude
admin-place-code = Code
admin-place-code-hint = Digits only: province 2, city 4, district 6, street 9, community 12, grid 15, building 18, entrance 20
admin-place-code-below = It begins with the code above it, { $parent }; the next level has { $n } digits
admin-place-zh = Chinese name
admin-place-en = English name
admin-place-en-hint = Optional. Without one, the Chinese name stands for it
admin-place-aliases = Other names
admin-place-aliases-hint = One a line, optional. Write what residents say
admin-place-lon = Longitude
admin-place-lon-hint = Optional, WGS-84, such as 119.30395
admin-place-lat = Latitude
admin-place-lat-hint = Optional, WGS-84, such as 33.84630
admin-place-parent = Above it
admin-place-retire = Retire

# Units
admin-orgs = Units
admin-orgs-count = { $n ->
    [one] 1 unit in use
   *[other] { $n } units in use
}
admin-orgs-empty = There is no such unit
admin-orgs-empty-help = Try another filter. A place can be given by its name or its code.
admin-orgs-all = See all units
admin-org-new = Add a unit
admin-org-id = Short name
admin-org-id-hint = Lower-case letters, digits and hyphens, such as yunxi-urban. It cannot be changed later
admin-org-zh = Chinese name
admin-org-en = English name
admin-org-en-hint = Optional. Without one, the Chinese name stands for it
admin-org-kind = Kind
admin-org-function = What it does
admin-org-function-hint = Choose from the list: the duty list finds units by it. Or write a new one in lower-case letters, digits and hyphens
admin-org-place = Where it serves
admin-org-place-hint = A name or a code. It serves everything below it as well
admin-org-parent = Unit above it
admin-org-parent-hint = Optional. Its name or short name
admin-org-phone = Public telephone
admin-org-phone-hint = Optional. Residents see it
admin-org-below = Units below it
admin-org-duties = In the local duty list
admin-org-retire = Retire
admin-org-retire-hint = Nothing new goes to a retired unit. What it holds does not move by itself: finish it or send it elsewhere first.
admin-kind-party = Party organisation
admin-kind-government = Government office
admin-kind-community = Residents committee
admin-kind-property = Property firm
admin-kind-social = Social organisation
admin-kind-utility = Utility
admin-function-civil-affairs = Civil affairs
admin-function-community = Community matters
admin-function-culture = Culture and sport
admin-function-district = District government
admin-function-education = Education
admin-function-elder-care = Elder care
admin-function-emergency = Emergencies
admin-function-environment = Environment
admin-function-fire = Fire and rescue
admin-function-gas = Gas
admin-function-greening = Parks and greening
admin-function-health = Health
admin-function-heat = Heating
admin-function-hotline = Hotline
admin-function-housing = Housing
admin-function-justice = Justice
admin-function-labour = Labour
admin-function-market = Market regulation
admin-function-mediation = Mediation
admin-function-medical-insurance = Medical insurance
admin-function-municipal = Municipal works
admin-function-oversight = Oversight
admin-function-party = Party work
admin-function-planning = Planning
admin-function-police = Police
admin-function-power = Power
admin-function-property = Property management
admin-function-sanitation = Sanitation
admin-function-street-office = Street office
admin-function-tax = Tax
admin-function-telecom = Telecom
admin-function-tourism = Tourism
admin-function-traffic-police = Traffic police
admin-function-transport = Transport
admin-function-urban-management = Urban management
admin-function-water = Water

# Accounts and seats
admin-accounts = Accounts and seats
admin-accounts-lead = The system administrator opens accounts, the security administrator grants seats
admin-accounts-empty = There are no accounts yet
admin-account-new = Open an account
admin-account-new-lead = It needs a seat before anyone can sign in with it
admin-account-login = Login
admin-account-login-hint = 2 to 32 lower-case letters, digits, dots, hyphens or underscores
admin-account-name = Name
admin-account-name-hint = Colleagues see it, residents do not
admin-account-password = First password
admin-account-password-hint = May be left empty: then the program makes one and shows it once. Otherwise at least 10 characters; give it in person or by phone. Its owner has to change it at the first sign-in
admin-account-open = In use
admin-account-no-seat = No seat
admin-account-disabled = Disabled
admin-account-disabled-help = A disabled account cannot be opened again: open a new one. What it did stays on record.
admin-account-disable = Disable the account
admin-account-disable-sure = Disable { $login }? It cannot be opened again.
admin-account-disable-yes = Yes, disable { $login }
admin-account-disable-title = Disable the account
admin-account-disable-help = It cannot sign in from then on, and cannot be opened again. What it did stays on record.
admin-account-own = This is your own account: another administrator changes it.
admin-seats = Seats
admin-seats-none = No seat now, so nobody can sign in with it.
admin-seat = Unit and role
admin-seat-since = Since
admin-seat-end = End
admin-seat-new = Grant a seat
admin-seat-grant = Grant the seat
admin-seat-role = Role
admin-seat-org = Unit
admin-seat-org-hint = Its name or short name
admin-seat-place = Where
admin-seat-place-hint = A name or a code. It lies within what the unit serves, or holds it

# The duty list
admin-duties = Duty list
admin-duties-lead = Local rows first, then those of the rule pack, then the street office
admin-duties-own-count = { $n ->
    [one] 1 local row
   *[other] { $n } local rows
}
admin-duties-fallback = What no list names, or no unit here does, is taken by: { $function }.
admin-look = Who does what here?
admin-look-go = Find the unit
admin-look-no-place = Give a place.
admin-look-nobody = There is no unit to send it to
admin-look-assist = Assisting:
admin-look-community = A community in such matters:
admin-look-change = Have another unit do it here
admin-why-own = The local duty list: { $basis }
admin-why-listed = The duty list of the rule pack: { $basis }
admin-why-no-unit = The list says “{ $function }”, but no such unit can lead here. The street office takes it for now.
admin-why-unlisted = The list does not name this. The street office takes it for now.
admin-own = The local duty list
admin-own-empty = No rows yet. Cases go by the list of the rule pack.
admin-duty-new = Add a row
admin-duty-new-lead = Local rows come before those of the rule pack
admin-duty-category = Category
admin-duty-below = With all categories below it
admin-duty-place = Place
admin-duty-place-hint = A name or a code; what lies below it counts as well
admin-duty-org = Unit
admin-duty-org-hint = Its name or short name
admin-duty-part = Part
admin-duty-basis = Rule
admin-duty-basis-hint = Which document and which article
admin-duty-end = End
admin-share-lead = Leads
admin-share-assist = Assists only
admin-entry-all = All categories
admin-entry-below = { $category } (with all below it)
admin-listed = The duty list of the rule pack
admin-listed-community = What may be sent to a community:
admin-listed-lead = Which kind of unit
admin-listed-part = Community
admin-carrier-street = Street
admin-carrier-district = District department
admin-carrier-community = Community
admin-carrier-property = Property firm
admin-part-leads = may lead
admin-part-assists = may only assist
admin-part-never = may not be given any part
admin-part-unlisted = not listed: counts as assisting

# The rule pack
admin-pack = Rule pack
admin-pack-lead = Changed in its files, under a new version; here it is only read
admin-pack-about = Sources
admin-pack-limits = Limits
admin-pack-categories = Categories
admin-pack-fields = Fields
admin-pack-calendar = Calendar
admin-pack-version = Version
admin-pack-in-force = In force from
admin-pack-digest = Fingerprint
admin-pack-sources = Where the numbers come from
admin-pack-source = Law, standard, notice
admin-pack-article = Articles
admin-pack-mark = How well known
admin-pack-marks = “Checked” was compared with the full text, “Excerpt” was seen on a public page, “Unconfirmed” is a default: replace it by your own rule.
admin-pack-roles = Roles
admin-mark-law = Checked
admin-mark-excerpt = Excerpt
admin-mark-unconfirmed = Unconfirmed
admin-limits-lead = The class that is given at dispatch sets the limits.
admin-limits-what = For what
admin-limits-rule = Rule
admin-limit-minutes = { $n } min
admin-limit-hours = { $n } h
admin-limit-days = { $n ->
    [one] 1 day
   *[other] { $n } days
}
admin-limit-work-hours = { $n ->
    [one] 1 working hour
   *[other] { $n } working hours
}
admin-limit-work-days = { $n ->
    [one] 1 working day
   *[other] { $n } working days
}
admin-categories-count = { $n ->
    [one] 1 category
   *[other] { $n } categories
}
admin-category-class = Class
admin-category-kind = Kind of demand
admin-fields-lead = Each is typed once; every form takes it from here. Minutes are what it costs to fill in.
admin-field-kind = What it takes
admin-field-hint = How to fill it in
admin-field-minutes = Minutes
admin-field-text = One line
admin-field-longtext = Several lines
admin-field-number = Whole number
admin-field-date = Date
admin-field-time = Date and time
admin-field-choice = One of a list
admin-field-category = One of the categories
admin-field-place = One of the places
admin-field-org = Unit
admin-field-orgs = Several units
admin-field-case = Number of another case
admin-field-bool = Yes or no
admin-calendar-uncovered = There is no calendar for { $year } yet.
admin-calendar-year = Year
admin-calendar-days = Working days
admin-calendar-holidays = Holidays (first day)
admin-calendar-source = Source
admin-calendar-notice = Notice
admin-flow-steps = Steps
admin-flow-step = Step
admin-flow-owner = Who
admin-flow-within = Limit
admin-flow-acts = Where it goes
admin-flow-clocks = Clocks of the whole case
admin-flow-clock = Clock
admin-flow-others = At any time
admin-flow-act = Act
admin-flow-by = Who may
admin-flow-to = Then
admin-flow-measures = Only measures
admin-flow-stays = The steps stay as they are
admin-flow-ends = The end
admin-flow-ends-as = The end: { $outcome }
admin-flow-or = {" "}or {""}
admin-flow-system = The program
admin-flow-until = Until the day in “{ $field }”
admin-flow-minutes = { $n } min to fill in
admin-flow-remind = remind: { $who }
admin-flow-remind-owner = remind whoever holds it
admin-flow-escalate = bring before: { $who }
admin-flow-do = “{ $act }” by itself
admin-flow-drawing = The flow as a drawing (Mermaid text)
admin-flow-drawing-hint = Paste it into a document that draws Mermaid.

# What is wrong
admin-wrong-missing = Fill in “{ $field }”.
admin-wrong-choose = Choose “{ $field }”.
admin-wrong-long = “{ $field }” is too long; { $most } characters at most.
admin-wrong-unknown = Nothing found for “{ $words }”. Give the full name or the code, or choose from the list; what is retired cannot be chosen.
admin-wrong-several = More than one has this name: { $found }. Give the code.
admin-wrong-taken = This is in use already, by “{ $name }”. Choose another.
admin-wrong-slug = Lower-case letters, digits and hyphens only, 48 at most.
admin-wrong-digits = A code has digits only, no spaces or letters.
admin-wrong-length = The code has { $n } digits; it needs 2, 4, 6, 9, 12, 15, 18 or 20.
admin-wrong-prefix = The code has to begin with the code above it, { $parent }, and go on from there.
admin-wrong-no-parent = There is no place above it with the code { $parent }.
admin-wrong-under-retired = “{ $name }” above it is retired. Restore that first.
admin-wrong-aliases = At most { $n } other names, each of { $most } characters at most.
admin-wrong-degrees = “{ $field }” has to be a number between -{ $most } and { $most }, such as 119.30395.
admin-wrong-both = Give both longitude and latitude, or neither.
admin-wrong-phone = A telephone number has digits, plus, hyphens, spaces and brackets only.
admin-wrong-circle = The unit above it can be neither itself nor one below it.
admin-wrong-moves = A unit cannot move to another street or level. Add one there, then retire this one.
admin-wrong-leaves-duty = The local duty list still has it at “{ $place }”. End that row first.
admin-wrong-has-places = “{ $name }” below it is still in use. Retire what is below it first.
admin-wrong-has-orgs = “{ $name }” is still here. Retire it first, or give it another place.
admin-wrong-has-duties = It is still in the local duty list. End those rows first.
admin-wrong-elsewhere = “{ $unit }” does not serve this place. Choose another unit or place.
admin-wrong-duty-twice = This unit has this row here already.
admin-wrong-led-already = “{ $unit }” leads here already. End that row first.
admin-wrong-community-assists = “{ $unit }” may only assist with “{ $category }” and cannot lead ({ $basis }). Choose the unit in charge.
admin-wrong-community-never = “{ $category }” is not on the duty list of “{ $unit }” and may not be sent to it ({ $basis }). Choose the unit in charge.
admin-wrong-login = A login has 2 to 32 lower-case letters, digits, dots, hyphens or underscores.
admin-wrong-login-taken = The login “{ $login }” is taken. Choose another.
admin-wrong-password-short = A password has at least { $n } characters.
admin-wrong-password-is-login = The password cannot be the login.
admin-wrong-no-account = There is no such account, or it was disabled.
admin-wrong-separated = This account is already: { $role }. No administrator does the work of another; end that seat first.
admin-wrong-seat-apart = Administrators never handle cases, and whoever does is no administrator. End the other seat first, or open another account.
admin-wrong-seat-second = An administrator's seat takes two people, so no table grants it. Grant it on the page of the account.
admin-wrong-seat-twice = This account holds this seat already.

# Changes for two
admin-nav-second = Second person
second-title = Changes that wait for a second person
second-lead = The password and second factor of whoever holds a seat, an administrator's seats, and asking less at sign-in: one person proposes it, another confirms it. Neither who proposed it nor whom it is about can confirm it; it lapses after 7 days.
second-empty = Nothing waits
second-seat = An administrator's seat for { $who }
second-password = A new first password for { $who }
second-factor = Take the second factor off { $who }
second-doors = Ask less at sign-in:
second-by = Proposed by { $who }
second-confirm = Confirm
second-decline = Turn down
second-take-back = Take back
second-other = Another administrator has to confirm this
second-involved = Neither who proposed this nor whom it is about can confirm it. Ask another administrator.
second-decided = This was decided already, or it lapsed.
second-not-now = This cannot be done now: the account is shut, or the person holds another seat.
admin-done-proposed = Proposed. It holds when another administrator confirms it under "Second person"
admin-done-confirmed = Confirmed: the change holds
admin-done-declined = The change is not made
admin-second-waits = { $n ->
    [one] One change waits for a second person
   *[other] { $n } changes wait for a second person
  }
record-act-proposed = Proposed, to be confirmed
record-act-declined = Not confirmed
record-fact-proposed_by = Proposed by
record-fact-proposal = What was proposed
