# The interface's own words. Names of ledgers, requirements and figures come from the pack.
product = Anju
skip-to-content = Skip to content
main-navigation = Main
nav-more = More
search-label = Find
search-submit = Find
large-text-on = Large text
large-text-off = Normal text
assets-missing = The styles are not built in: run “make assets” in the source folder and build again. What the pages say is not affected.
breadcrumbs = You are here
area = Area
apply = Show
print = Print
download = Export { $name }
tone-met = Met
tone-lapsing = Lapses within 30 days
tone-gap = Gap
tone-exempt = Exempt
tone-na = Not applicable
gaps = { $n ->
    [one] { $n } gap
   *[other] { $n } gaps
}
no-gaps = No gaps
nobody-applies = Nobody it applies to
trend-says = Last { $n } readings: from { $first } to { $last }
delta-up = up { $points } points in four weeks
delta-down = down { $points } points in four weeks
delta-same = unchanged
due-overdue = { $n ->
    [one] { $n } day overdue
   *[other] { $n } days overdue
}
due-overdue-years = over { $n } years overdue
due-today = Due today
due-within = { $n ->
    [one] within { $n } day
   *[other] within { $n } days
}
due-in = { $n ->
    [one] { $n } day left
   *[other] { $n } days left
}
lapsing-title = Lapsing if nobody acts
lapsing-what = Matter
lapsing-owner = Owner
lapsing-days = { $n } days
lapsing-none = Nothing lapses within 90 days
matrix-title = Sites × requirements
matrix-hint = One cell for one requirement at one site; open it to see the names
matrix-region = Matrix of sites and requirements, scrolls sideways
matrix-requirement = Requirement
matrix-gaps = Gaps
matrix-cell-count = { $n ->
    [one] { $site } · { $requirement }: { $state }, { $n } subject
   *[other] { $site } · { $requirement }: { $state }, { $n } subjects
}
matrix-says = Point at a cell, or choose one with the arrow keys, to read it here in words.
legend = Legend
table-region = { $name }, scrolls sideways
table-empty = No records
sort-ascending = ascending
sort-descending = descending
pager = Pages
pager-range = { $from }–{ $to } of { $total }
pager-previous = Previous
pager-next = Next
pager-page = Page { $n }
filters = Filters
sections = Sections
rule-source = File of the rule
rule-owner = Owner: { $owner }
rule-due = { $n ->
    [one] Due in { $n } day
   *[other] Due in { $n } days
}
chart-numbers = The numbers of this chart
chart-when = Date
trinity = Trinity
not-set = not recorded
error-status = Error { $code }
error-value = The value concerned
error-mend = What to do
bulletin-follow = Open any number to see the names behind it.
own-account = My account
sign-out = Sign out
