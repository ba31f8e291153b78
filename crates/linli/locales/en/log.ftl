# The tamper-evident log and receipts

log-title = The tamper-evident log
log-lead = Each step of each report goes into this log. What is in it cannot be changed or taken out unseen. It holds check codes only, which tell nothing of who said what; whoever keeps a receipt can check for themselves what the office recorded and what it promised.
log-check = Check a receipt
log-size = Entries
log-grew = Last grown
log-key = Public key
log-head = Newest signature
log-stopped = The log has stopped: the database does not agree with what was signed. It is being looked into.
log-ended = This log began anew: { $when }
log-ended-size = The earlier log was signed up to entry { $size }; then an older copy of the data was put back.{ " " }
log-ended-kept = The first { $kept } entries are left, and the new log goes on from there.
log-ended-why = Why: { $why }
log-ended-more = Public key and last signature of the earlier log
log-ended-key = Check receipts that were kept before with this key:
log-ended-head = The last signature that is known:
log-earlier = { $name } (an earlier log, ended)
log-empty = Nothing has been recorded yet.
log-how = How to check
log-how-leaf = Each entry is one salted check code (in the format C2SP tlog-tiles). When personal data is erased by law, the code stays and tells nothing, and the log can still be checked.
log-how-key = Compare the public key with one from elsewhere, such as on the wall of the residents’ committee. A receipt counts only where they are the same.
log-how-tools = With a computer you can fetch the whole log and work it out for yourself:

record-what-log = Tamper-evident log
record-act-renewed = Begun anew

fault-receipt-later = It was recorded a moment ago and the receipt is not ready; please try again shortly.

receipt-erased = The words of this step were erased: { $when }, by right of { $rule }. There is no receipt of them any more.
receipt-erased-still = Their check code is still in the log, and a receipt that was kept before still holds.
receipt-title = Receipts
receipt-lead = Keep a receipt on your phone. Nobody can change the record of that moment afterwards, and anybody can check it.
receipt-report = Your report was received
receipt-promise = The promised time changed
receipt-file = Photo or file: { $name }
receipt-file-too = Keep the file with its receipt: open it, then save it.
receipt-promised = Answer promised by { $when }
receipt-save = Save the receipt
receipt-check = How to check a receipt
receipt-code = Receipt as a QR code
receipt-at = Recorded
receipt-code-lead = Scan it with a phone: the page that opens checks on the spot when it was received and by when an answer was promised, and that nobody changed it since.
receipt-code-picture = QR code of the receipt
receipt-code-without = What you wrote is not in the code, nor who you are. To keep the words too, save the receipt.
receipt-code-open = Check it now
