// Every published figure, counted by hand from the rows.
const sum = (rows, field) => rows.reduce((all, row) => all + Number(row[field]), 0);
const distinct = (rows, field) => new Set(rows.map((row) => row[field])).size;
const MU = 100; // land is kept in hundredths of a mu
const FEN = 100; // money in fen

/** id of the published figure → its value on that day. */
export function figures(ledgers, calendar) {
  const { holds, since, touches, newYear } = calendar;
  const current = (ledger, from, to) => ledgers.all(ledger).filter((row) => holds(row[from], row[to]));
  const profile = current('county_profile', 'valid_from', 'valid_to');
  const sites = current('site', 'opened_on', 'closed_on');
  const factories = current('factory', 'opened_on', 'closed_on');
  const households = current('household', 'moved_in_on', 'ended_on');
  const persons = current('person', 'joined_on', 'left_on');
  const lines = current('production_line', 'commissioned_on', 'stopped_on').filter((row) => ['fresh_corn', 'waxy_corn_kernels'].includes(row.product));
  const gardens = current('garden', 'opened_on', 'closed_on');
  const pairings = current('pairing', 'started_on', 'ended_on');
  const serving = (id) => !calendar.before(ledgers.row('cadre', id).serving_to);
  const course = (row) => ledgers.row('training_course', ledgers.row('training_session', row.training_session).training_course);
  const thisYear = (ledger, field) => ledgers.all(ledger).filter((row) => since(row[field], newYear));
  const at = (rows) => new Set(rows.map((row) => row.site));
  const homeOf = new Map(ledgers.all('person').map((row) => [row.id, row.household]));
  const able = new Set(persons.filter((row) => ['skilled', 'ordinary'].includes(row.work_ability)).map((row) => row.household));
  const near = new Set(current('employment', 'started_on', 'ended_on')
    .filter((job) => ['factory', 'welfare_post', 'local_firm', 'park'].includes(job.kind))
    .filter((job) => Number(job.contract_months || -1) >= 6 || calendar.months(job.started_on, job.ended_on) >= 6)
    .map((job) => homeOf.get(job.person)));
  const elders = new Set(persons.filter((row) => calendar.age(row.born_on) >= 60).map((row) => row.household));
  const plots = new Set(current('garden_allotment', 'started_on', 'ended_on').map((row) => row.household));
  const reviews = sites.map((site) => ledgers.where('moral_review', 'site', site.id).filter((row) => since(row.held_on, calendar.quarter)).length);
  const members = membersBySite(ledgers, persons);
  const groups = at(current('party_group', 'founded_on', 'dissolved_on'));
  const leads = at(current('town_lead', 'started_on', 'ended_on'));
  const cameras = at(current('equipment', 'installed_on', 'removed_on').filter((row) => row.kind === 'camera' && row.working === 'true'));
  const corn = ledgers.all('planting').filter((row) => row.crop === 'fresh_corn' && touches(row.sown_on, row.harvested_on, newYear));
  const sent = ledgers.all('dispatch').filter((row) => row.organised === 'true' && touches(row.departed_on, row.returned_on, newYear));
  const paired = new Set(pairings.filter((row) => serving(row.cadre)).map((row) => row.household));
  return {
    'county.area-km2': sum(profile, 'area_km2'),
    'county.population': sum(profile, 'population'),
    'county.poor-share-percent': sum(profile, 'poor_share_percent'),
    'site.count': sites.length,
    'site.cross-town': sites.filter((row) => row.kind === 'cross_town').length,
    'site.cross-village': sites.filter((row) => row.kind === 'cross_village').length,
    'site.in-village': sites.filter((row) => row.kind === 'in_village').length,
    'household.count': households.length,
    'person.count': persons.length,
    'party.town-lead.sites': sites.filter((row) => leads.has(row.id)).length,
    'party.group.sites': sites.filter((row) => (members.get(row.id) ?? 0) >= 3 && groups.has(row.id)).length,
    'party.instructor.count': distinct(current('party_instructor', 'started_on', 'ended_on'), 'cadre'),
    'factory.count': factories.length,
    'factory.plush-toy': factories.filter((row) => row.trade === 'plush_toy').length,
    'factory.garment': factories.filter((row) => row.trade === 'garment').length,
    'factory.shoe': factories.filter((row) => row.trade === 'shoe').length,
    'startup.training-attendance': thisYear('training_attendance', 'attended_on').filter((row) => course(row).kind === 'startup').length,
    'startup.loan-yuan': sum(thisYear('loan_payout', 'paid_on'), 'amount') / FEN,
    'startup.supported': distinct(thisYear('startup_support', 'granted_on'), 'person'),
    'training-base.count': current('training_base', 'named_on', 'ended_on').length,
    'dispatch.organised': distinct(sent, 'person'),
    'employment.stable-households': households.filter((row) => able.has(row.id) && near.has(row.id)).length,
    'corn.line.fresh-per-day': sum(lines.filter((row) => row.product === 'fresh_corn' && row.capacity_unit === 'ears_per_day'), 'capacity'),
    'corn.line.waxy-per-year': sum(lines.filter((row) => row.product === 'waxy_corn_kernels' && row.capacity_unit === 'tonnes_per_year'), 'capacity'),
    'corn.line.count': lines.length,
    'corn.planted-mu': sum(corn, 'area_mu') / MU,
    'grid.site-head.count': distinct(current('grid_head', 'started_on', 'ended_on'), 'member'),
    'grid.building-head.count': distinct(current('building_head', 'started_on', 'ended_on'), 'member'),
    'safety.camera.sites': sites.filter((row) => cameras.has(row.id)).length,
    'moral-review.per-quarter': Math.min(...reviews),
    'pairing.households': households.filter((row) => paired.has(row.id)).length,
    'pairing.cadres': distinct(pairings, 'cadre'),
    'garden.reclaimed-mu': sum(gardens.filter((row) => row.source === 'reclaimed'), 'area_mu') / MU,
    'garden.transferred-mu': sum(gardens.filter((row) => row.source === 'transferred'), 'area_mu') / MU,
    'garden.total-mu': sum(gardens, 'area_mu') / MU,
    'garden.elder-households': households.filter((row) => plots.has(row.id) && elders.has(row.id)).length,
  };
}

/** Resident Party members of each site. */
function membersBySite(ledgers, persons) {
  const found = new Map();
  for (const one of persons.filter((row) => ['01', '02'].includes(row.political_status))) {
    const household = ledgers.row('household', one.household);
    if (household.status !== 'resident') continue;
    const { site } = ledgers.row('building', household.building);
    found.set(site, (found.get(site) ?? 0) + 1);
  }
  return found;
}
