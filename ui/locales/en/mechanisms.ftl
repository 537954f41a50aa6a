# The mechanisms' words on the pages of a site and of a household.
fields-empty = { $n } { $n ->
    [one] field
   *[other] fields
 } not filled
record-requirements = Requirements that apply
open-record = Open the record
open-ledger = Open the ledger
none-of = No records: { $what }
more-events = { $n } earlier
people = { $n ->
    [one] { $n } person
   *[other] { $n } people
 }
amount = Amount
yuan = { " " }yuan
share-bar = Share
state-yes = Holds
state-no = Does not hold
next-by = next by { $date }
member-name = Name
member-kinship = Relation to the head
member-age = Age
member-ability = Ability to work
member-school = At school
member-job = Work now
members-none = No member on file
members-none-next = Enter the head and the members in the ledger of members.
members-former = { $n } no longer members
dwelling = Dwelling
dwelling-none = No dwelling on file
dwelling-none-next = Choose the dwelling in the household's record.
income = Income
income-of = in { $year }
income-per-head = Net income per head
income-below-line = Under the line
income-source = Source
income-net = Net income of the household
income-none = Income not reckoned yet
income-none-next = After the year's reckoning its parts and trend stand here.
risk = Watch for falling back
risk-checked = Checked { $date }
risk-unchecked = Not checked yet
risk-found = Risk found
risk-not-found = No risk found
risk-none = No warnings on file.
risk-warnings = Warnings
risk-open = open
risk-lifted = lifted
risk-no-measure = No measure yet
risk-last-call = Last follow-up
