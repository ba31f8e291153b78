# Forms drawn from the rule pack. `form-FIELD` and `form-FIELD-hint` are what residents read instead of the pack's words for staff.
form-choose = Choose
form-optional = { " " }(optional)
form-count = {"{n}"} characters left
form-most = { $n } characters at most
form-several = “{ $field }” takes one value only.
form-not-a-number = “{ $field }” needs a whole number.
form-out-of-range = “{ $field }” needs a number from { $least } to { $most }.
form-too-many = “{ $field }”: choose { $most } at most.

form-message = What you want to say
form-message-hint = To the people who are working on it.
form-reason = Reason
form-reason-hint = A sentence or two is enough.
form-contacted = Did anyone get in touch with you?
form-solved = Is it solved?
form-satisfied = Are you satisfied with how it was handled?
form-words = Anything else you want to say

fault-file-pixels = “{ $name }” has too many pixels. Take the picture again with a lower resolution.
fault-files = Files cannot be stored at the moment and nothing was sent. Try again in a while, or send it without files for now.
