nav-corrections = Corrections
form-new = New: { $ledger }
form-edit = Edit: { $ledger }
form-save = Save
form-cancel = Cancel
form-reason = Reason for the change (optional)
form-choose = Choose
form-unknown = Not known
form-empty = (empty)
form-clear = Empty this field
form-fixed = (cannot be changed here)
form-stands = Now { $value }; leave empty to keep it.
form-unchanged = Unchanged
form-proposed = Now { $now }, reported as { $value }; what stands in the box is saved.
form-proposed-kept = Now { $now }, reported as { $value }; left empty, it becomes what was reported. Write something else to have that instead.
form-as-proposed = Change to what was reported
form-both = Two people changed “{ $field }”: choose which stands
form-mine = Keep what I typed (above)
form-theirs = Take the other's: { $value } ({ $by })
form-disputed = Somebody else changed this record meanwhile. The fields that both of you changed are marked: choose for each, then save again. Everything you typed is still here.
form-merged = Somebody else changed { $fields } meanwhile. Their change stands; what you typed elsewhere is untouched.
form-faulty = Not saved: { $n ->
    [one] one thing to put right
   *[other] { $n } things to put right
 }
form-several = “{ $value }” fits { $n ->
    [one] 1 record
   *[other] { $n } records
 }; choose one below
form-several-more = “{ $value }” fits more than { $n } records; only the first { $n } are listed below. If yours is not among them, type more of its name
form-pick = Choose one; if it is not here, type more in the field and send again
form-unsure = Not saved. Read what follows: mend what is wrong, tick what is right, then press “Save”
form-hint-money = In yuan
form-hint-unit = In { $unit }
form-hint-id = 18 characters; the last may be X
form-hint-told = May be left empty where the ID number is given
form-hint-phone = Mobile or fixed line
form-hint-point = longitude,latitude, for example 108.31,33.31
form-hint-ref = Type a name or number to search
form-hint-photo = JPEG, PNG or WebP, at most 5 MB. Ask the person's consent first; place and time of the picture are removed
form-hint-place = A code of { $n } digits
form-hint-code = Type to search
form-photo-held = The picture was received; it counts once you save
form-done-saved = Saved
form-done-merged = Saved; what somebody else changed meanwhile stands too
form-done-same = Nothing changed; nothing was saved
form-done-restored = Restored
form-done-stands = This record is back already; nothing was done twice
form-done-gone = This record is deleted already; nothing was done twice
form-done-joined = The record that you opened was merged into this one
form-done-told = Sent. Whoever may change this record will answer; see “Corrections”
photo-open = Open the picture
remove-title = Delete this record
remove-note = A deleted record leaves lists and figures, and can be brought back at any time. Who deleted it, when and why stays in the journal.
remove-changed = Somebody has just changed or deleted this record; look at it again first
remove-related = { $n ->
    [one] 1 record still refers to this one
   *[other] { $n } records still refer to this one
 }
remove-referred = Records still refer to it, so it cannot be deleted; settle these first:
remove-referring = { $n ->
    [one] 1 record
   *[other] { $n } records
 }
remove-list = see the list ({ $field })
remove-reason-hint = 2 to 200 characters, without ID or telephone numbers
restore-title = Restore this record
restore-note = This record is deleted: it is in no list and no figure.
restore-when = Deleted by { $who } on { $date }.
restore-why = {" "}Reason: { $why }
gone-title = This record was deleted
gone-says = Not saved: the record was deleted while you filled in its form.
gone-joined = It was merged into
gone-typed = What you typed
gone-typed-note = without pictures; once the record is restored, enter it again from here
reason = Reason
record-edit = Edit
record-delete = Delete
record-wrong = Something wrong?
record-add = Add
denied-write-of = writing “{ $ledger }”
correction-ask = Something is wrong with this record
correction-note = Say what is wrong. Whoever may change the record will see it and answer you.
correction-whole = The record as a whole
correction-wrong = What is wrong
correction-suggested = What it should be
correction-suggested-hint = If you know it. Write ID and telephone numbers here only: it is kept encrypted
correction-send = Send
correction-answer = Answer
correction-open = Open
correction-accepted = Corrected
correction-declined = Not changed
correction-by = Told by { $who } on { $date }
correction-record = See the record
correction-mend = Correct it so
correction-decline = Do not change, and answer
correction-mended = Corrected as told
correction-answered = The correction of “{ $what }” was answered by { $who }: { $answer }
correction-reported = What was reported
correction-here = { $n ->
    [one] One open correction request
   *[other] { $n } open correction requests
 } for this record
corrections-title = Correction requests
corrections-aside = those for me to answer, and my own
corrections-none = No correction requests
corrections-none-next = You can tell of a mistake on any record's page
corrections-to-answer = For me to answer
corrections-own = Told by me
bulk-title = Change many records
bulk-count = { $n } chosen
bulk-none = No records are chosen
bulk-many = At most { $most } records are changed at once; narrow the list
bulk-back = Back to the ledger
bulk-field = Which field
bulk-how = How
bulk-set = The same value for all
bulk-hand-over = Hand over: end these, begin new ones
bulk-hand-over-hint = Hand over by: { $fields }. Each record ends the day before and is kept; a new one begins on the day
bulk-hand-over-by = Records are handed over by: { $fields }. Choose one of these, or “The same value for all”
bulk-no-hand-over = Records of this ledger are not handed over: others refer to them, or they have no last day. Choose “The same value for all”
bulk-next = Next
bulk-from = From which day
bulk-from-hint = The present records end the day before
bulk-empty-hint = To empty the field, tick “Empty this field”; with neither, nothing is changed
bulk-preview = Preview
bulk-unsaid = Choose or write the new value
bulk-both = A new value was given and the field is to be emptied too; leave only one of them
bulk-moved = The records changed since the preview, and nothing was written. This is how it stands now; confirm again
bulk-missing = { $n ->
    [one] 1 is not there, or not yours to see
   *[other] { $n } are not there, or not yours to see
 }
bulk-changes = { $n } will change
bulk-stays = { $n } will not change
bulk-doubtful = { $n } will change but may be slips
bulk-doubts = { $n ->
    [one] One entry may be a slip; it is marked above under “Outcome”
   *[other] { $n } entries may be slips; they are marked above under “Outcome”
 }. Compare them, and go back to correct what is wrong
bulk-uncompared = Nothing was changed yet: compare them, and tick the box if it is so
bulk-before = {" "}now
bulk-outcome = Outcome
bulk-will-change = changes
bulk-ends = until { $date }
bulk-begins = from { $date }
bulk-same = has it already
bulk-denied = not yours to change
bulk-do = Change { $n }
bulk-done = { $n } changed
bulk-changed = What was changed
bulk-undo = Undo this change
bulk-undo-says = Everything stands again as before. What was changed since cannot be undone.
bulk-undone = Undone: everything stands as before
bulk-undone-before = This change was undone already; nothing was done twice
bulk-done-before = This was done just now as previewed; nothing was written twice
thing-correction = correction request
thing-hand-over = hand-over
thing-file = file
thing-records = choice of records
history-restored = Restored
origin-approval = second person
origin-cli = command line
