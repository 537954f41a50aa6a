alike-found = { $n ->
    [one] 1 record is alike. Compare it first; if it is the same, open that record instead of entering it again:
   *[other] { $n } records are alike. Compare them first; if it is one of them, open that record instead of entering it again:
 }
alike-ended = { $n ->
    [one] 1 record is alike and is recorded as having left. Compare it first; if that is wrong, open that record and correct it instead of entering it again:
   *[other] { $n } records are alike and are recorded as having left. Compare them first; if that is wrong, open that record and correct it instead of entering it again:
 }
alike-holds = A record holds it already, and it cannot be entered again:
alike-elsewhere = One that is alike lies beyond what you may see; ask somebody who may see it
alike-held-elsewhere = It is registered beyond what you may see; ask somebody who sees the whole county
alike-born = born { $day }
alike-apart = I have compared them: it is another, save it
alike-back = I have compared them: it is another, or has come back; save it
alike-doubtful = { $n ->
    [one] 1 entry may be a slip. Compare it first, and correct it if it is wrong:
   *[other] { $n } entries may be slips. Compare them first, and correct what is wrong:
 }
alike-compared = I have compared them: it is so, save it
