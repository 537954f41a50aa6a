double-title = Possible double entries
double-one = One
double-other = The other
double-none = No entries are alike
double-pair = Is it the same person?
double-apart = Two people
double-merge = One person: make one entry
double-stays = The entry that stays
double-goes = The entry that goes
double-found = { $n ->
    [one] 1 pair
   *[other] { $n } pairs
 }
double-files = Possible double files of one household
double-file-one = One household
double-file-other = The other
double-files-people = People in common
double-files-one = Is it the same household?
double-files-too = Merge the two files
double-turn = Keep the other instead
double-files-turn = Keep the other instead
double-files-stays = “{ $keep }” stays, “{ $drop }” goes
double-files-says = Everything that refers to the file that goes refers to the one that stays. Both stay in the history, and it can be undone. The building goes with the dwelling that is chosen.
double-files-same = Who of the file that stays this is (if nobody is chosen, they join as a member)
double-files-kin = If they join: relation to the head
double-way = Double entries
double-masked = What shows **** is protected and not told here: two that look the same may differ. Open both records and look before you choose:
double-alike = The same in: { $fields }
double-sounding = Sounds alike: { $name }. The same in: { $fields }
double-head-stays = the head stays the head
