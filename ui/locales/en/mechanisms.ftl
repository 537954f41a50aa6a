# The mechanisms' words on the pages of a site and of a household.
fields-empty = { $n } { $n ->
    [one] field
   *[other] fields
 } not filled
record-requirements = Requirements that apply
open-record = Open the record
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
members-former = { $n ->
    [one] 1 no longer a member
   *[other] { $n } no longer members
 }
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
since-day = Since
until-day = Until
since-of = since { $date }
checked-on = Checked { $date }
asked-on = asked { $date }
settled-on = settled { $date }
came = { $n } came
homes = { $n ->
    [one] { $n } household
   *[other] { $n } households
 }
employer = Employer
handler = Responsible
nobody = Nobody
reported-on = Reported

party-group = Party group
party-instructor = Party-work instructor
party-leader = Leader
party-branch = Branch
party-members = Relocated members
party-post = Post
party-life = Organisational life
party-consent = Only members who agreed to be known are shown.
owners = Owners' committee or residents' group
owners-size = Members
owners-members = { $n }, { $party } of them Party members
owners-elected = Elected
owners-term = Term ends
property = Property company
property-staff = Staff
property-staff-of = { $n }, { $relocated } of them relocated
property-fee = Monthly fee per m²
town-lead = Town lead
town-lead-none = The town Party committee should name one of its members.
trinity-meetings = Joint meetings
trinity-never-met = The three have not met yet
side-party = Party side
side-owners = Owners' side
side-property = Property company
present = present
absent = absent
all-three-present = all three present

grid-tree = Grid
grid-head = Grid head
head-vacant = Vacant
head-left = Holder has left
building-unpatrolled = Patrol overdue
equipment = Safety equipment
equipment-none = No equipment on file
equipment-none-next = Enter cameras, fire equipment and the like in the ledger of safety equipment.
working-of = { $n } of { $all } working
broken = To mend: { $what }
moral-review-quarter = Moral review this quarter
moral-review-none = No session this quarter yet
survey = Safety and satisfaction
survey-held = Last survey
survey-responses = Responses
survey-safe = Feel safe
survey-satisfied = Satisfied
incident = Incident
incident-category = Category
incidents-open = Open incidents
incidents-none = No open incident
activities-year = Activities this year
activities-latest = Latest activities
cancelled = cancelled
mediation = Mediation

cadres-paired = Paired cadres
homes-paired = With a cadre
homes-visited = Visited on time
homes-packages = Five packages hold
assets-let = Shops and workshops let
facilities = Facilities
facility-own = Own
facility-shared = Shared
facility-unusable = Out of use
facility-missing = Missing
facility-short = Falls short
facility-not-asked = Not called for
gardens = Gardens
gardens-none = No garden land
gardens-none-next = Put abandoned land to use or take land over; enter it, then divide it into plots.
garden-name = Garden
garden-source = Source of the land
garden-mu = Area (mu)
garden-water = Water
garden-distance = From the homes (m)
garden-plots-of = { $asked ->
    [one] 1 household
   *[other] { $asked } households
 } asked, { $given ->
    [one] 1 has a plot
   *[other] { $given } have a plot
 }
garden-waiting = { $n } waiting
garden-plot = Garden plot
plot-waiting = Waiting for a plot
small-services = Five small services
small-services-none = No small service yet
joint-meeting = Joint meeting of origin and destination
requests = Errands and applications
requests-open = Open errands and applications
requests-none = Nothing open
requests-none-yet = Nothing asked for yet
request-kind = What for
request-home = Household
request-asked = Asked
request-done = Done
cadre = Cadre
cadre-none = No cadre
cadre-none-next = Name a serving cadre for this household.
cadres-before = { $n } earlier { $n ->
    [one] cadre
   *[other] cadres
 }
visits = Visits
visits-none = No visit on file
visits-none-next = After the cadre's visit the next deadline stands here.
visit-at-risk = more often, as the household is at risk
visit-only-calls = Only telephone calls of late
visit-difficulty = Difficulty
packages = Five packages
packages-none = No check of the five packages
packages-none-next = After the cadre's check the five results stand here.
package-stale = Check again

people-with-labour = Able to work
people-working = At work
people-away = Working away
people-seeking = Seeking work
homes-with-work = Households and work
jobs-by-kind = Jobs by kind
jobs-none = No jobs on file
jobs-none-next = Enter them in the ledger of employment.
labour-company = Labour-service company
labour-company-none = No labour-service company
labour-contact = contact at the site:
factories = Community factories
factories-none = No community factory at this site
factory = Factory
factory-trade = Trade
factory-filled = At work / offered
factory-openings = Openings
vacancies = Vacancies
vacancy = Vacancy
openings = Openings
monthly-wage = Monthly wage
wage-open = by agreement
closes-on = Closes
stable-job = At least one stable job
jobs = Jobs
job-kind = Kind
job-since = Since
contract-ends = Contract ends
contract-open = open
home-jobs-none = No member at work
home-jobs-none-next = When somebody seeks work, register them or see the vacancies.
jobs-past = { $n } earlier { $n ->
    [one] job
   *[other] jobs
 }
away = Working away
seeking = Seeking work
wants-training = wants training
businesses = Own business

parks = Parks
parks-none = No park
park = Park
park-kind = Kind
park-mu = Area (mu)
park-jobs = Jobs
park-km = Distance (km)
park-operator = Operator
entities = Leading entities
entities-none = No entity
entity = Entity
entity-kind = Kind
entity-trade = Main trade
entity-brings = What it brings
homes-with-industry = Households and industry
homes-linked = Linked households
homes-holding = Households with shares
dividend-posted = Dividends posted within the period
dividend-unpaid = Posted, not yet paid
linkages-by-mode = Linkages by kind
linkages = Linkages
linkages-none = No linkage
lasting-industry = A lasting industry
industry-none = No industry, shares or land on file
industry-none-next = The industry officer should enter the household's industry and linkages.
home-industries = Industries
home-industries-none = No industry
industry-trade = Trade
industry-term = Term
industry-size = Size
industry-income = Yearly income
shares = Shares and dividends
share-count = shares: { $n }
share-number = Shares
dividends = Dividends
dividends-year = This year
dividends-all = all years
dividends-none = No dividend yet
dividend-entered = Entered
dividend-floor = Floor
dividend-bonus = Bonus
dividend-paid = Paid
dividend-not-paid = not paid
land-title = Land
land = Plot
land-mu = Area (mu)
land-use = Use
land-used = Share in use
land-idle = Idle
