# Tables in and out: the tables, their columns, the words in them
sheet-places = Places
sheet-places-also = Place|Grids|Buildings|Areas
sheet-places-code = Code
sheet-places-code-also = Place code|Area code
sheet-places-code-help = Digits only: district 6, street 9, community 12, grid 15, building 18, unit 20; a code begins with the one above it
sheet-places-code-sample = 990101001001
sheet-places-zh = Name
sheet-places-zh-also = Place name|Chinese name|Place
sheet-places-zh-help = As people say it, 60 characters at most
sheet-places-zh-sample = Heyuan
sheet-places-en = English name
sheet-places-en-help = May be left empty; then the name above stands for it
sheet-places-en-sample = Heyuan Community
sheet-places-aliases = Other names
sheet-places-aliases-also = Aliases|Alias|Also known as
sheet-places-aliases-help = May be left empty; several with commas between, or one a line
sheet-places-aliases-sample = Heyuan, Heyuan Court
sheet-places-lon = Longitude
sheet-places-lon-also = Lon|Lng
sheet-places-lon-help = May be left empty; WGS-84. Both longitude and latitude, or neither
sheet-places-lon-sample = 119.3065
sheet-places-lat = Latitude
sheet-places-lat-also = Lat
sheet-places-lat-help = May be left empty; WGS-84
sheet-places-lat-sample = 33.8465
sheet-places-state = State
sheet-places-state-also = Status
sheet-places-state-help = May be left empty; "Retired" retires the row, "In use" restores it
sheet-places-state-sample = In use

sheet-orgs = Units
sheet-orgs-also = Unit|Orgs|Departments|Organisations
sheet-orgs-id = Short name
sheet-orgs-id-also = Id|Unit id|Unit code
sheet-orgs-id-help = Your own choice: small letters, digits and hyphens, one for each unit; it never changes
sheet-orgs-id-sample = yunxi-urban
sheet-orgs-zh = Unit name
sheet-orgs-zh-also = Name|Unit|Full name
sheet-orgs-zh-help = The full name that residents read, 60 characters at most
sheet-orgs-zh-sample = Yunxi Urban Management Office
sheet-orgs-en = English name
sheet-orgs-en-help = May be left empty
sheet-orgs-en-sample = Yunxi Urban Management Office
sheet-orgs-kind = Kind
sheet-orgs-kind-also = Type|Unit type
sheet-orgs-kind-help = Choose from the list
sheet-orgs-kind-sample = Government office
sheet-orgs-function = What it does
sheet-orgs-function-also = Function
sheet-orgs-function-help = Choose from the list: dispatch matches it with the duty list. If it is not there, write a word in small letters
sheet-orgs-function-sample = urban-management
sheet-orgs-place = Area
sheet-orgs-place-also = Serves|Place|Area code
sheet-orgs-place-help = The code or name of a place; it serves all below too
sheet-orgs-place-sample = 990101001
sheet-orgs-place-name = Area name
sheet-orgs-place-name-also = Place name
sheet-orgs-place-name-help = For the reader; not read back
sheet-orgs-place-name-sample = Yunxi Subdistrict
sheet-orgs-parent = Unit above
sheet-orgs-parent-also = Parent|Parent unit|Reports to
sheet-orgs-parent-help = May be left empty; short name or name. It may come later in the table
sheet-orgs-parent-sample = yunxi-office
sheet-orgs-phone = Public telephone
sheet-orgs-phone-also = Phone|Telephone
sheet-orgs-phone-help = May be left empty; residents see it
sheet-orgs-phone-sample = 0512-88881234
sheet-orgs-state = State
sheet-orgs-state-also = Status
sheet-orgs-state-help = May be left empty; "Retired" retires the unit, "In use" restores it
sheet-orgs-state-sample = In use

sheet-accounts = Accounts
sheet-accounts-also = Account|People|Staff|Users
sheet-accounts-login = Login
sheet-accounts-login-also = User|Username|User name|Account
sheet-accounts-login-help = 2 to 32 small letters, digits, dots, hyphens or underscores
sheet-accounts-login-sample = wang.jianguo
sheet-accounts-name = Name
sheet-accounts-name-also = Full name
sheet-accounts-name-help = The name that colleagues read. The first password is made by the program and shown once after the import
sheet-accounts-name-sample = Wang Jianguo
sheet-accounts-state = State
sheet-accounts-state-also = Status
sheet-accounts-state-help = May be left empty; "Retired" shuts the account for good
sheet-accounts-state-sample = In use

sheet-seats = Seats
sheet-seats-also = Seat|Roles|Permissions
sheet-seats-login = Login
sheet-seats-login-also = User|Username|User name|Account
sheet-seats-login-help = An account that is there. Seats are brought in by the security administrator
sheet-seats-login-sample = wang.jianguo
sheet-seats-name = Name
sheet-seats-name-help = For the reader; not read back
sheet-seats-name-sample = Wang Jianguo
sheet-seats-org = Unit
sheet-seats-org-also = Unit id|Org|Unit short name
sheet-seats-org-help = The short name or name of a unit
sheet-seats-org-sample = yunxi-urban
sheet-seats-org-name = Unit name
sheet-seats-org-name-help = For the reader; not read back
sheet-seats-org-name-sample = Yunxi Urban Management Office
sheet-seats-role = Role
sheet-seats-role-also = Seat
sheet-seats-role-help = Choose from the list. No account holds an administrator's seat beside another kind of seat
sheet-seats-role-sample = Handler
sheet-seats-place = Area
sheet-seats-place-also = Place|Scope|Area code
sheet-seats-place-help = The code or name of a place; the seat reaches what lies in it
sheet-seats-place-sample = 990101001
sheet-seats-place-name = Area name
sheet-seats-place-name-also = Place name
sheet-seats-place-name-help = For the reader; not read back
sheet-seats-place-name-sample = Yunxi Subdistrict
sheet-seats-state = State
sheet-seats-state-also = Status
sheet-seats-state-help = May be left empty; "Retired" ends the seat
sheet-seats-state-sample = In use

sheet-duties = Duty list
sheet-duties-also = Duties|Duty
sheet-duties-category = Category
sheet-duties-category-also = Category code|Matter
sheet-duties-category-help = The code or title of a category; all of them stand at the end of this page
sheet-duties-category-sample = utility.lighting
sheet-duties-below = With all below
sheet-duties-below-also = Below|Includes below
sheet-duties-below-help = May be left empty; "Yes" takes the categories below it too
sheet-duties-below-sample = No
sheet-duties-place = Place
sheet-duties-place-also = Area|Place code
sheet-duties-place-help = The code or name of a place
sheet-duties-place-sample = 990101001001
sheet-duties-place-name = Place name
sheet-duties-place-name-also = Area name
sheet-duties-place-name-help = For the reader; not read back
sheet-duties-place-name-sample = Heyuan Community
sheet-duties-org = Unit
sheet-duties-org-also = Unit id|Org|Responsible unit
sheet-duties-org-help = The short name or name of a unit
sheet-duties-org-sample = yunxi-urban
sheet-duties-org-name = Unit name
sheet-duties-org-name-help = For the reader; not read back
sheet-duties-org-name-sample = Yunxi Urban Management Office
sheet-duties-part = Part
sheet-duties-part-also = Share|Lead or assist
sheet-duties-part-help = Choose from the list: leads, or only assists
sheet-duties-part-sample = Leads
sheet-duties-basis = Basis
sheet-duties-basis-also = Rule
sheet-duties-basis-help = Why it is theirs: the document and its article
sheet-duties-basis-sample = Duty list of the street, no. 12
sheet-duties-state = State
sheet-duties-state-also = Status
sheet-duties-state-help = May be left empty; "Retired" ends the row
sheet-duties-state-sample = In use

sheet-state-live = In use
sheet-state-live-also = live|active|open|current|enabled
sheet-state-ended = Retired
sheet-state-ended-also = ended|closed|disabled|inactive|removed
sheet-yes = Yes
sheet-yes-also = y|true|1|x
sheet-no = No
sheet-no-also = n|false|0
sheet-nothing = (empty)
sheet-problem = Problem
sheet-problem-also = Problems|What is wrong
sheet-help = Help
sheet-lists = Lists
sheet-choose = Choose from the list
sheet-choose-help = This word is not in the list. Choose Yes if you mean it.
sheet-no-problems = There are no problems.
sheet-password = First password

# Help inside the template
sheet-help-title = How to fill it in
sheet-help-lines = 1. Each sheet is a table and its first row names the columns. They may stand in any order; columns that you do not use may go.
    2. Columns marked * are needed. Keep codes as text, so that Excel does not make 9.9E+14 of them.
    3. Do not merge cells. Formulas are fine: their results are read.
    4. Tables that you do not need may stay empty or go.
    5. An upload is checked first: it says row by row what would change and what is wrong. Nothing changes until you say so.
    6. Accounts, places, units and the duty list are brought in by the system administrator, seats by the security administrator; the same file will do for both.
sheet-help-table = Table
sheet-help-column = Column
sheet-help-need = Needed
sheet-help-what = What to write
sheet-help-sample = Example
sheet-help-categories = All categories

# Pages
admin-nav-sheets = Tables in and out
sheets-title = Tables in and out
admin-sheets = Tables in and out
admin-sheets-lead = Add and change many rows with Excel, or take all of them out
sheets-lead = Checked first, put in only when you have seen what would change
sheets-bring = Bring in
sheets-bring-lead = Every row is checked first and nothing changes. Only when you have seen the report and say so are the rows put in.
sheets-file = The file
sheets-file-hint = XLSX or CSV, 10 MB at most. One file may hold several tables
sheets-check = Upload and check
sheets-take = Take out
sheets-template = Download an empty template
sheets-template-help = With help, lists to choose from and examples
sheets-all = Download all that is there
sheets-all-help = In the same layout: change it and upload it again
sheets-tables = The tables
sheets-table = Table
sheets-columns = Columns
sheets-columns-help = Columns in bold are needed. Other usual names are understood, in Chinese and English, in any order.
sheets-csv = Download CSV
sheets-only-see = To be read only; another administrator brings it in
sheets-recent = Uploaded lately
sheet-is-in = Put in
sheet-is-checked = Checked, not put in
sheet-report = What the check found
sheet-moved = What is here has changed since the check, so nothing was put in.
sheet-moved-help = It was checked again just now, and this is what was found. Please look again before you put it in.
sheet-is-in-help = The good rows of this file are in. This is what the check found then.
sheet-all-same = It is all the same as what is here. There is nothing to change.
sheet-all-good = Every row is right. Nothing has been changed yet.
sheet-some-wrong = { $n ->
    [one] { $n } row is wrong.
   *[other] { $n } rows are wrong.
 } The good rows can go in now; mend the others and upload again. What is in already is not put in twice.
sheet-none-good = { $n ->
    [one] { $n } row is wrong and none can be put in.
   *[other] { $n } rows are wrong and none can be put in.
 } Please mend them and upload again.
sheet-put-in = { $n ->
    [one] Put { $n } row in
   *[other] Put { $n } rows in
 }
sheet-problems = Download the rows with problems (XLSX)
sheet-another = Upload another file
sheet-new = new
sheet-changed = changed
sheet-same = the same
sheet-wrong = wrong
sheet-mistakes = Rows that are wrong
sheet-row = Row
sheet-column = Column
sheet-which = Which
sheet-what = What is wrong, and what to do
sheet-changes = What would change
sheet-fact = Fact
sheet-was-is = Was → becomes
sheet-was = was
sheet-becomes = becomes
sheet-see-new = { $n ->
    [one] See { $n } new row
   *[other] See { $n } new rows
 }
sheet-more = { $n ->
    [one] { $n } more row is not listed here.
   *[other] { $n } more rows are not listed here.
 } The download holds all rows with problems.
admin-done-sheet-applied = Put in. It holds from now on.
sheet-passwords = First passwords
sheet-passwords-once = These passwords are shown this once.
sheet-passwords-help = Write them down or download them now and hand them to their owners. At the first sign-in each has to choose a password of their own; after 14 days without use a first password is void.
sheet-passwords-take = Download as a table
sheet-passwords-done = I have them
sheet-passwords-file = first-passwords
sheet-problems-file = rows-with-problems
sheet-template-file = template
sheet-all-file = all-tables

# What a check says
admin-wrong-file-none = Choose a file first.
admin-wrong-file-empty = The file is empty. Fill it in and upload it again, or begin with the template.
admin-wrong-file-old = This is the old XLS format, or it has a password. Take the password off in Excel and save it as XLSX.
admin-wrong-file-other = "{ $name }" is neither XLSX nor CSV and cannot be read. Save it as XLSX in Excel.
admin-wrong-file-broken = The file is broken, or only half of it came through. Open it in Excel, save it and upload it again.
admin-wrong-file-heavy = Unpacked, the file is too large, so it was not read. Split it, or take the pictures out.
admin-wrong-file-no-table = There is no table that we know in it (found: { $found }). Use the column names of the template, in one of the first rows.
admin-wrong-sheet-broken = The sheet "{ $sheet }" cannot be read. Save it again in Excel and upload it.
admin-wrong-sheet-too-long = "{ $sheet }" has more than { $n } rows. Please split it.
admin-wrong-sheet-columns-missing = Row { $row } of "{ $sheet }" lacks these columns: { $columns }. It has: { $there }.
admin-wrong-sheet-column-twice = "{ $sheet }" has the column "{ $column }" twice. Keep one.
admin-wrong-sheet-columns-unread = These columns of "{ $sheet }" were not read: { $columns }.
admin-wrong-sheet-hidden = "{ $sheet }" is hidden and was not read. Unhide it in Excel to bring it in.
admin-wrong-sheet-twice = "{ $sheet }" is the same sort of table as "{ $first }"; only the first was read. Put them on one sheet.
admin-wrong-sheets-unread = These sheets are no tables that we know and were not read: { $sheets }.
admin-wrong-sheet-not-yours = "{ $sheet }" is brought in by another administrator and was not read here. Let them upload the same file.
admin-wrong-cell-date = Excel made a date of this cell ({ $shown }). Set its format to Text and type it again.
admin-wrong-cell-error = The formula in this cell failed ({ $shown }). Mend it, or type the result.
admin-wrong-cell-uncounted = The formula in this cell has no result. Open the file in Excel, save it and upload it again.
admin-wrong-cell-merged = This cell is merged with { $at }. Unmerge it and fill in every row.
admin-wrong-cell-rounded = Excel made a number of the code ({ $shown }) and its last digits are lost. Set the column's format to Text and type it again.
admin-wrong-state = "{ $words }" is not understood. Write "In use" or "Retired", or leave it empty.
admin-wrong-yes-no = "{ $words }" is not understood. Write "Yes" or "No", or leave it empty.
admin-wrong-row-twice = It is the same as row { $line }. Keep one of them.
admin-wrong-row-parent-wrong = The place above it is in row { $line }, which is wrong. Mend that row first.
admin-wrong-new-ended = It is not here yet, so it cannot be retired. Take the row out, or leave the state empty.
admin-wrong-unknown-category = There is no category "{ $words }". Write a category's code; the template's help has all of them.
admin-wrong-account-shut = An account that was shut stays shut. Open another login.
admin-wrong-own-account = You cannot shut your own account. Let another system administrator do it.
admin-wrong-own-seat = You cannot grant a seat to yourself or end your own.
admin-wrong-account-later = The account "{ $login }" is not open yet. Let the system administrator bring in the accounts first, then bring in the seats.
admin-wrong-account-unknown = There is no account "{ $login }", or it was disabled. Let the system administrator open it first.
admin-wrong-choice = "{ $words }" is none of the choices for "{ $field }". Choose from the list in the template.
