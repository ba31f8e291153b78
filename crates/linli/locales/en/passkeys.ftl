# Passkeys.
factor-codes = Codes
factor-begun = You are setting them up: the two steps below switch them on.
factor-prove = Show it
factor-prove-first = Show your second factor first, then do this. Nothing was changed.
factor-done-proved = Thank you. You have 5 minutes to change it.
factor-done-off = Codes are off.
factor-done-codes = Codes are on.
factor-done-added = The passkey was added.
factor-done-removed = The passkey was removed.
passkey-title = Passkeys
passkey-what = The fingerprint, face or screen lock of a phone or computer, or a security key: one press, no number to copy. A false site cannot use it.
passkey-name = Its name
passkey-name-hint = Such as “work phone” or “office computer”, to know it by
passkey-add = Add a passkey
passkey-remove = Remove
passkey-since = Added { $at }
passkey-used = used { $at }
passkey-unused = not used yet
passkey-synced = May be on your other devices
passkey-full =
    { $n ->
       *[other] You have { $n }; remove one to add another.
    }
passkey-use = Use my passkey
passkey-asking = Follow what the browser or your phone says.
passkey-or = Or type the number of your app:
passkey-failed = That did not work. Press again, or use another way.
passkey-without = For passkeys, open { $origin } in a browser that knows them.
passkey-no-address = This system has not been told its address yet, so there are no passkeys. Tell your system administrator.
passkey-wrong = This passkey was not taken. Try again, or use another way.
passkey-not-added = The passkey was not added: it took too long, or it is in use already. Please try again.
passkey-nameless = Give the passkey a name.
passkey-none = Nothing waits for a passkey now. Please begin again with the password.
passkey-second-title = One more step
passkey-second-lead = The password was right. Use your passkey within 5 minutes, or one of the other ways below.
security-event-passkey-added = Added a passkey
security-event-passkey-removed = Removed a passkey
security-event-passkey-failed = A passkey was not taken
security-event-passkey-copied = A passkey counted backwards: it may be copied, and was refused
