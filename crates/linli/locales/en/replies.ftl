# A look before a reply goes, solved cases like this one, drafts.
doubt-title = Before it goes, please look again
doubt-kept = It has not been sent, and what you wrote is kept. Change it and send it, or press “Send it all the same”.
doubt-anyway = Send it all the same
doubt-elsewhere = “{ $field }” seems to be about something else than what was reported. Read the letter again and name the matter.
doubt-empty = “{ $field }” says nothing beyond courtesies. Write what was found and what was done.
doubt-no-act = “{ $field }” does not say what was done or will be. Please add it.
doubt-no-date = “{ $field }” names no day. Write when it was done, or when it will be.
doubt-no-day = “{ $field }” promises something without saying when. Give the day; if it is not certain, the latest day.
doubt-copied = “{ $field }” is nearly the same as the reply to { $number } ({ $percent }% alike). Please write what is true of this case.

advice-title = Help with the reply
advice-lead = By the duty list, { $unit } leads.
advice-lead-none = The duty list does not name this sort of matter; { $unit } takes it first.
advice-by-duties = Duty list
advice-rules = Rules ({ $n })
advice-near = Similar cases that were solved ({ $n })
advice-near-none = No similar case has been solved yet.
advice-satisfied = Resident satisfied
advice-use = Use its words
advice-blanks = When the words are used, days, numbers and places become “____”, to be filled in for this case.
advice-draft = Put in a draft
advice-filled = It is in the form above. Please check every sentence and fill in the blanks.

assistant-ask = Ask the writing assistant for a draft
assistant-what = The writing assistant is a large language model. It is sent the letter without personal data and house numbers, and that it was asked stands in the story. What it writes is a draft and is never sent by itself.
assistant-wrote = What was added below is a draft by the writing assistant. Nothing has been sent. Check every sentence, fill in each “____”, and delete what is wrong.
assistant-none = The writing assistant cannot be asked at this step now.
assistant-busy = The writing assistant is busy. Please try again in a while. What you wrote is kept.
assistant-silent = The writing assistant did not answer, so there is no draft. What you wrote is kept: write it yourself, or try again later.
assistant-unreadable = The answer of the writing assistant could not be read, so there is no draft. What you wrote is kept.
