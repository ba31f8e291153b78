# Who changed what
admin-nav-record = Who changed what
admin-record = Who changed what
admin-record-door = Every change is written down: who, when, what it was and what it became
record-title = Who changed what
record-lead = Every change of places, units, accounts, seats, duties, rules and settings, newest first. It cannot be deleted or altered
record-lead-own = What you changed yourself, newest first
record-all = All
record-subject = Which one (code, short name, login)
record-who = Who (login)
record-from = From
record-until = Until
record-empty = There are no such changes
record-empty-help = Try other conditions.
record-none = Nothing has been changed yet
record-take = Download CSV
record-file = changes
record-no-facts = passwords are not recorded
record-col-at = When
record-col-who = Who
record-col-seat = On which seat
record-col-what = What
record-col-subject = Which one
record-col-act = What was done
record-col-was = Was
record-col-became = Became
record-col-change = Was → became
record-what-place = Place
record-what-org = Unit
record-what-account = Account
record-what-seat = Seat
record-what-duty = Duty
record-what-pack = Rule pack
record-what-setting = Setting
record-what-warning = Warning
record-act-added = Added
record-act-changed = Changed
record-act-retired = Retired
record-act-restored = Restored
record-act-ended = Ended
record-act-first-password = First password given
record-act-own-password = Own password chosen
record-fact-version = Version
record-fact-digest = Fingerprint
record-fact-value = Content
record-fact-args = Content
record-setting-start-looked = What no unit answers for was looked at
record-setting-start-open = Going live
record-setting-log-key = Fingerprint of the key of the log
admin-seats-past = { $n ->
    [one] { $n } seat that has ended
   *[other] { $n } seats that have ended
 }
admin-account-record = See what was changed about this account
admin-password-anew = Give a new first password
admin-password-anew-help = For somebody who forgot theirs. The old password is void at once; the new one is shown once and has to be changed at the next sign-in. If they hold a seat, another administrator confirms it first, and is the one who is shown the password.
admin-password-unused = The password is still the first one; its owner has not changed it.
admin-done-password-anew = The old password is void. This is the new one.

# Who answers for what, and who is missing
coverage-title = What no unit answers for yet
coverage-lead = Community by community. What no unit has goes first to: { $office }
coverage-empty = There are no communities yet
coverage-all = All { $n } categories have a unit.
coverage-covered = { $n } categories have a unit,
coverage-open = { $n } have none yet:
coverage-add = Add this unit

# Passwords
password-title = Change your password
password-lead = Afterwards you have to sign in again on other devices
password-first = You came in with a password that somebody else gave you. Choose one that only you know before anything else
password-old = Password now
password-new = New password
password-new-hint = At least 10 characters; a sentence that you remember and nobody guesses is best
password-again = New password once more
password-save = Change the password
password-short = The new password needs at least { $n } characters.
password-same = The new password has to differ from the one now.
password-again-other = The two do not match. Type them again.
password-is-login = The password cannot be the login.
password-wrong = The password now is not right.
me-done-password = Your password is changed.
signin-first-too-old = This password was given out too long ago and is void. Ask your system administrator for another.
fault-password-first = First change the password that somebody gave you, then do this. Nothing of it was saved.
