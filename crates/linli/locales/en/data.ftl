# One's own data
data-title = My data
data-lead = What the office keeps of you as you are signed in, who looked at it, and what you can ask for. Nobody needs to give you leave to see it. What you reported without signing in is not here: open it with its number and code.
data-kept = What is kept
data-phone = Your number
data-cases-name = What you reported
data-cases = { $n ->
    [one] 1 matter
   *[other] { $n } matters
}
data-name = How you want to be called
data-name-hint = May be left empty. Matters that you reported before keep the name that you gave then.
data-name-save = Save the name
data-name-long = The name is too long: 60 characters at most
data-saved = Saved
data-not-done = Not done yet
data-copy = Take a copy along
data-copy-what = A file (JSON) with your name, your number, your matters with all that was said, and who looked. Keep it safe: whoever has it can read it.
data-looked = Who looked at your name and number
data-looked-lead = Staff see neither unless they give a reason. Each time stands here and in the public log.
data-looked-none = Nobody has.
data-looked-why = Reason: { $why }
data-ask = What you can ask for
data-ask-lead = It is answered like any other matter: with a day by which you hear, in writing, and with a second look by somebody else if you disagree.
data-ask-until = Asked today, it is answered by { $when }.
data-ask-which = What do you ask for?
data-ask-words = In your own words
data-ask-words-hint = What it is about, what is wrong and how it should be. May be left empty.
data-erase-what = Erasing takes your name, number, words and pictures out of every closed matter and cannot be undone. That something was reported, and what the office did, stays. Open matters have to be closed or taken back first.
data-ask-do = Ask
data-choose = Choose what you ask for
data-long = That is too long
data-link = My data and who looked at it
data-erased = The words of this matter were erased on { $when } at the wish of whoever reported it ({ $rule }). What the office did still stands.
fault-still-open = This person has open matters: { $numbers }. Close them, or let them be taken back, and then grant the request.
record-what-case = Case
record-act-erased = Erased
