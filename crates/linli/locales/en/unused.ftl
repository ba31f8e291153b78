# Accounts that nobody uses any more.
unused-title = Accounts not used
unused-lead = Open, and for 90 days neither signed in to nor given a password or a seat. Shut those of people who left; those that are needed may stay.
unused-all = All accounts
unused-none = No account is unused
unused-last = Last signed in
unused-month = { $month }/{ $year }
unused-never = Not on record
unused-ended = No seat since { $month }/{ $year }
unused-told = { $n ->
    [one] One account was not used for 90 days
   *[other] { $n } accounts were not used for 90 days
}
unused-many = More than { $n } accounts were not used for 90 days
unused-do = Accounts that nobody uses are the first to be misused. Have a look, and shut what is not needed any more.
