// Requirements of many shapes, written out by hand from their sentences: who is meant, whom it concerns, and when it is met.
// Nothing of the packs or the engine is read. `exempt: false` marks those that nobody can be exempted from.
const any = (rows, holds) => rows.some(holds);
const filled = (text) => text !== '';
const yes = (text) => text === 'true';
const ERRANDS = ['medical_insurance', 'pension_insurance', 'water', 'electricity', 'network'];
const APPLICATIONS = ['subsistence', 'extreme_poverty', 'temporary_relief', 'disability', 'foster_care', 'custody', 'certificate', 'other'];

/** What the sentences below are said in. */
function words(ledgers, calendar) {
  const { holds } = calendar;
  const of = (ledger, field, row) => ledgers.where(ledger, field, row.id);
  const current = (ledger, from, to) => ledgers.all(ledger).filter((row) => holds(row[from], row[to]));
  const households = current('household', 'moved_in_on', 'ended_on');
  const persons = current('person', 'joined_on', 'left_on');
  const sites = current('site', 'opened_on', 'closed_on');
  const siteOfBuilding = new Map(ledgers.all('building').map((building) => [building.id, building.site]));
  const grouped = (rows, key) => {
    const groups = new Map();
    for (const row of rows) {
      const at = key(row);
      if (!groups.has(at)) groups.set(at, []);
      groups.get(at).push(row);
    }
    return (id) => groups.get(id) ?? [];
  };
  const siteOfHousehold = new Map(ledgers.all('household').map((row) => [row.id, siteOfBuilding.get(row.building)]));
  return {
    of, households, persons, sites, siteOfBuilding,
    livesAt: grouped(households, (row) => siteOfHousehold.get(row.id)),
    peopleAt: grouped(persons, (row) => siteOfHousehold.get(row.household)),
    membersOf: grouped(persons, (row) => row.household),
    jobsOf: grouped(ledgers.all('employment'), (row) => ledgers.row('person', row.person)?.household),
    able: (row) => ['skilled', 'ordinary'].includes(row.work_ability),
    isMember: (row) => ['01', '02'].includes(row.political_status),
    resident: (row) => ledgers.row('household', row.household)?.status === 'resident',
    stable: (job) => Number(job.contract_months || -1) >= 6 || calendar.months(job.started_on, job.ended_on) >= 6,
  };
}

const always = () => true;

function assistance(ledgers, calendar, say) {
  const { holds, lately, begun } = calendar;
  const { of, households, sites, livesAt, peopleAt } = say;
  const here = (row) => row.status !== 'moved_on';
  const checked = (flag) => ({ each: households, concerns: here, met: (row) => any(of('package_check', 'household', row), (check) => yes(check[flag]) && lately(check.checked_on, 183)) });
  const visited = (row, days) => any(of('visit', 'household', row), (visit) => visit.way !== 'phone' && lately(visit.visited_on, days));
  const has = (kind, more = always) => (site) => any(of('facility', 'site', site), (it) => it.kind === kind && yes(it.usable) && more(it) && holds(it.opened_on, it.closed_on));
  const large = (kind, from, more) => ({ each: sites, concerns: (site) => livesAt(site.id).length >= from, met: has(kind, more) });
  const aged = (kind, from, age) => ({ each: sites, concerns: (site) => peopleAt(site.id).filter((one) => age(calendar.age(one.born_on))).length >= from, met: has(kind) });
  const settled = (row) => filled(row.done_on) || !calendar.before(row.due_on) || row.state === 'withdrawn';
  const asked = (kinds) => ledgers.all('service_request').filter((row) => holds(row.asked_on, row.closed_on)).map((row) => ({ ...row, mine: kinds.includes(row.kind) }));
  return {
    household_paired: {
      each: households, concerns: always, exempt: false,
      met: (row) => any(of('pairing', 'household', row), (it) => {
        const until = ledgers.row('cadre', it.cadre).serving_to;
        return holds(it.started_on, it.ended_on) && (until === '' || !calendar.before(until));
      }),
    },
    package_information: checked('information'),
    package_policy: checked('policy'),
    package_stability: checked('stability'),
    package_awareness: checked('awareness'),
    package_approval: checked('approval'),
    household_visited: { each: households, concerns: here, met: (row) => visited(row, 90) },
    household_at_risk_visited: {
      each: households, exempt: false,
      concerns: (row) => here(row) && any(of('risk_warning', 'household', row), (it) => holds(it.raised_on, it.lifted_on)),
      met: (row) => visited(row, 30),
    },
    site_joint_meeting: {
      each: sites, concerns: (site) => ['cross_town', 'cross_village'].includes(site.kind),
      met: (site) => any(of('joint_meeting', 'site', site), (it) => lately(it.held_on, 183)),
    },
    asset_let: {
      each: ledgers.all('asset').filter((row) => holds(row.registered_on, row.withdrawn_on)), concerns: (row) => yes(row.lettable),
      met: (row) => any(of('tenancy', 'asset', row), (it) => holds(it.started_on, it.ended_on)),
    },
    errand_done: { each: asked(ERRANDS), concerns: (row) => row.mine, met: settled },
    errand_confirmed: { each: asked(ERRANDS), concerns: (row) => row.mine && filled(row.done_on), met: (row) => filled(row.receipt_no) && filled(row.confirmed_on) },
    application_done: { each: asked(APPLICATIONS), concerns: (row) => row.mine, met: settled },
    site_small_services: { each: sites, concerns: always, met: (site) => of('small_service', 'site', site).filter((it) => holds(it.started_on, it.ended_on)).length >= 3 },
    site_garden: { each: sites, concerns: always, met: (site) => any(of('garden', 'site', site), (it) => Number(it.area_mu) > 0 && holds(it.opened_on, it.closed_on)) },
    household_plot: {
      each: households, concerns: (row) => any(of('garden_request', 'household', row), (it) => holds(it.asked_on, it.withdrawn_on)),
      met: (row) => any(of('garden_allotment', 'household', row), (it) => holds(it.started_on, it.ended_on)),
    },
    site_activity_centre: large('activity_centre', 50),
    site_service_station: large('service_station', 30),
    site_culture_sport: large('culture_sport', 30),
    site_reading_room: large('reading_room', 100),
    site_elder_day_care: aged('elder_day_care', 40, (age) => age >= 60),
    site_child_centre: aged('child_centre', 20, (age) => age < 3),
    site_parking_charging: large('parking_charging', 50, (it) => Number(it.chargers) > 0),
    site_sewage_refuse: large('sewage_refuse', 1),
    site_toilet: large('toilet', 30),
    site_cemetery: large('cemetery', 100),
    site_ceremony_hall: large('ceremony_hall', 50),
    site_tool_store: large('tool_store', 20),
    risk_measured: {
      each: ledgers.all('risk_warning').filter((row) => holds(row.raised_on, row.lifted_on)), concerns: always, exempt: false,
      met: (row) => any(of('risk_measure', 'risk_warning', row), (it) => begun(it.started_on)),
    },
  };
}

function party(ledgers, calendar, say) {
  const { holds, lately } = calendar;
  const { of, sites, persons, peopleAt, isMember, resident } = say;
  const members = (site) => peopleAt(site.id).filter((one) => isMember(one) && resident(one)).length;
  const current = (ledger, from, to) => (site) => any(of(ledger, 'site', site), (it) => holds(it[from], it[to]));
  const inOffice = new Set(ledgers.all('party_office').filter((it) => holds(it.elected_on, it.ended_on)).map((it) => ledgers.row('cadre', it.cadre)?.person));
  return {
    site_town_lead: { each: sites, concerns: always, exempt: false, met: current('town_lead', 'started_on', 'ended_on') },
    site_party_group: { each: sites, concerns: (site) => members(site) >= 3, met: current('party_group', 'founded_on', 'dissolved_on') },
    site_party_instructor: { each: sites, concerns: (site) => members(site) <= 2, met: current('party_instructor', 'started_on', 'ended_on') },
    site_self_governance: { each: sites, concerns: always, met: current('owners_committee', 'elected_on', 'term_ends_on') },
    site_property_service: { each: sites, concerns: always, met: current('property_contract', 'started_on', 'ended_on') },
    group_leader_on_branch: {
      each: ledgers.all('party_group').filter((it) => holds(it.founded_on, it.dissolved_on)), concerns: always,
      met: (group) => any(ledgers.where('party_office', 'cadre', group.leader), (it) => group.leader !== '' && it.party_branch === group.party_branch && holds(it.elected_on, it.ended_on)),
    },
    member_affiliated: {
      each: persons, concerns: isMember,
      met: (one) => any(of('party_membership', 'person', one), (it) => holds(it.since, it.until) && yes(ledgers.row('party_branch', it.party_branch).receives_relocated)),
    },
    member_takes_part: {
      each: persons, concerns: (one) => isMember(one) && resident(one),
      met: (one) => any(of('party_life_attendance', 'person', one), (it) => ['present', 'online'].includes(it.state) && lately(it.attended_on, 90)),
    },
    member_holds_post: {
      each: persons, concerns: (one) => isMember(one) && resident(one) && !inOffice.has(one.id),
      met: (one) => any(of('party_post', 'person', one), (it) => holds(it.started_on, it.ended_on)),
    },
    site_trinity_met: {
      each: sites, concerns: always,
      met: (site) => any(of('trinity_meeting', 'site', site), (it) => yes(it.party_present) && yes(it.owners_present) && yes(it.property_present) && lately(it.held_on, 92)),
    },
  };
}

function employment(ledgers, calendar, say) {
  const { holds, lately, begun } = calendar;
  const { of, households, persons, membersOf, jobsOf, able, stable } = say;
  const can = (row) => ['resident', 'away'].includes(row.status) && any(membersOf(row.id), able);
  const works = (job) => holds(job.started_on, job.ended_on);
  const free = (schooling) => ['', 'not', 'dropped_out'].includes(schooling);
  return {
    household_stable_job: { each: households, concerns: can, met: (row) => any(jobsOf(row.id), (job) => works(job) && stable(job)) },
    household_any_job: { each: households, concerns: can, met: (row) => any(jobsOf(row.id), works) },
    factory_employs_relocated: {
      each: ledgers.all('factory').filter((it) => holds(it.opened_on, it.closed_on)), concerns: always,
      met: (factory) => any(of('employment', 'factory', factory), works),
    },
    vacancy_matched: {
      each: ledgers.all('vacancy').filter((it) => holds(it.published_on, it.closes_on)), concerns: always,
      met: (vacancy) => any(of('job_match', 'vacancy', vacancy), (it) => begun(it.proposed_on)),
    },
    startup_guided: {
      each: ledgers.all('startup').filter((it) => holds(it.started_on, it.closed_on)), concerns: always,
      met: (startup) => any(ledgers.where('startup_support', 'person', startup.person), (it) => it.kind === 'guidance' && lately(it.granted_on, 180)),
    },
    seeker_registered: {
      each: persons,
      concerns: (one) => able(one) && calendar.age(one.born_on) >= 16 && calendar.age(one.born_on) < 60 && free(one.schooling)
        && !any(of('employment', 'person', one), works) && !any(of('dispatch', 'person', one), (it) => holds(it.departed_on, it.returned_on)),
      met: (one) => any(of('job_seeker', 'person', one), (it) => holds(it.registered_on, it.closed_on)),
    },
    seeker_trained: {
      each: ledgers.all('job_seeker').filter((it) => holds(it.registered_on, it.closed_on)), concerns: (it) => yes(it.wants_training),
      met: (seeker) => any(ledgers.where('training_attendance', 'person', seeker.person), (it) => lately(it.attended_on, 366)),
    },
    dispatch_contacted: {
      each: ledgers.all('dispatch').filter((it) => holds(it.departed_on, it.returned_on)), concerns: (it) => yes(it.organised),
      met: (away) => any(of('dispatch_contact', 'dispatch', away), (it) => lately(it.contacted_on, 31)),
    },
  };
}

function industry(ledgers, calendar, say) {
  const { holds, lately } = calendar;
  const { of, households, membersOf, able } = say;
  const here = (row) => row.status !== 'moved_on';
  const open = (id) => ledgers.row('entity', id)?.closed_on === '';
  const aYearOld = (from) => calendar.before(from, calendar.today - 364);
  const uses = ledgers.all('land_use').filter((it) => holds(it.started_on, it.ended_on));
  return {
    household_linked: {
      each: households, concerns: (row) => here(row) && yes(row.registered_poor) && any(membersOf(row.id), able),
      met: (row) => any(of('linkage', 'household', row), (it) => open(it.entity) && holds(it.started_on, it.ended_on)),
    },
    linkage_paid: {
      each: ledgers.all('linkage').filter((it) => holds(it.started_on, it.ended_on)), concerns: (it) => aYearOld(it.started_on),
      met: (link) => any(of('linkage_payment', 'linkage', link), (it) => Number(it.amount) > 0 && lately(it.paid_on, 366)),
    },
    land_asset_in_use: {
      each: ledgers.all('land_asset').filter((it) => holds(it.registered_on, it.withdrawn_on)), concerns: (it) => Number(it.area_mu) > 0,
      met: (land) => any(uses, (it) => it.land_asset === land.id && it.used_as !== 'idle'),
    },
    land_use_contracted: {
      each: uses, concerns: (it) => ['leased', 'share_held', 'custody'].includes(it.used_as), met: (it) => filled(it.contract_no) && filled(it.entity),
    },
    shareholding_paid: {
      each: ledgers.all('shareholding').filter((it) => holds(it.started_on, it.ended_on)), concerns: (it) => aYearOld(it.started_on), exempt: false,
      met: (share) => any(of('dividend_entry', 'shareholding', share), (it) => ledgers.row('dividend_run', it.run).state === 'posted'
        && Number(it.amount) >= Number(it.floor_amount) && filled(it.paid_on) && lately(it.entered_on, 400)),
    },
    household_lasting_industry: {
      each: households, concerns: (row) => here(row) && any(membersOf(row.id), able),
      met: (row) => any(of('household_industry', 'household', row), (it) => ['medium', 'long'].includes(it.term) && holds(it.started_on, it.ended_on)),
    },
  };
}

function governance(ledgers, calendar, say) {
  const { holds, lately } = calendar;
  const { of, sites, siteOfBuilding } = say;
  const buildings = ledgers.all('building').filter((it) => holds(it.opened_on, it.closed_on));
  const equipment = ledgers.all('equipment').filter((it) => holds(it.installed_on, it.removed_on));
  const serves = (id) => ledgers.row('grid_member', id)?.ended_on === '';
  const head = (ledger, field) => (row) => any(of(ledger, field, row), (it) => serves(it.member) && holds(it.started_on, it.ended_on));
  const room = (ledger) => ({ each: sites, concerns: always, met: (site) => any(of(ledger, 'site', site), (it) => holds(it.opened_on, it.closed_on)) });
  const brought = (kind, days) => ({ each: sites, concerns: always, met: (site) => any(of('activity', 'site', site), (it) => it.kind === kind && !yes(it.cancelled) && lately(it.held_on, days)) });
  const walked = new Set(ledgers.all('patrol').filter((it) => lately(it.patrolled_on, 2)).map((it) => siteOfBuilding.get(it.building)));
  const incidents = ledgers.all('incident').filter((it) => holds(it.reported_on, it.closed_on));
  return {
    site_grid_head: { each: sites, concerns: always, exempt: false, met: head('grid_head', 'site') },
    building_has_head: { each: buildings, concerns: always, met: head('building_head', 'building') },
    building_patrolled: { each: buildings, concerns: always, met: (it) => any(of('patrol', 'building', it), (patrol) => lately(patrol.patrolled_on, 7)) },
    site_patrolled: { each: sites, concerns: always, met: (site) => walked.has(site.id) },
    incident_on_time: { each: incidents, concerns: always, met: (it) => filled(it.resolved_on) || !calendar.before(it.due_on) },
    incident_supervised: {
      each: incidents, concerns: (it) => ['resolved', 'supervised'].includes(it.state), exempt: false,
      met: (it) => any(of('incident_check', 'incident', it), (check) => calendar.begun(check.checked_on)),
    },
    site_video: { each: sites, concerns: always, met: (site) => any(equipment, (it) => it.site === site.id && it.kind === 'camera' && yes(it.working)) },
    site_video_upkeep: {
      each: sites, concerns: always,
      met: (site) => any(ledgers.all('equipment_check'), (it) => {
        const checked = ledgers.row('equipment', it.equipment);
        return checked.site === site.id && checked.kind === 'camera' && lately(it.checked_on, 90);
      }),
    },
    equipment_in_order: { each: equipment, concerns: always, met: (it) => yes(it.working) },
    site_police_room: room('police_room'),
    site_mediation_room: room('mediation_room'),
    site_surveyed: { each: sites, concerns: always, met: (site) => any(of('survey', 'site', site), (it) => Number(it.responses) >= 10 && lately(it.held_on, 100)) },
    site_moral_review: { each: sites, concerns: always, met: (site) => any(of('moral_review', 'site', site), (it) => calendar.since(it.held_on, calendar.quarter)) },
    site_opera: brought('opera', 366),
    site_film: brought('film', 92),
    site_science: brought('science', 183),
  };
}

function base(ledgers, calendar, say) {
  const { holds, lately, begun } = calendar;
  const { of, sites, households, persons, membersOf } = say;
  const counted = (row) => of('household_income', 'household', row).filter((it) => lately(it.counted_on, 366));
  return {
    site_located: { each: sites, concerns: always, met: (site) => filled(site.location) && filled(site.origin_village) },
    household_head: { each: households, concerns: always, exempt: false, met: (row) => any(membersOf(row.id), (one) => one.kinship === '02') },
    household_dwelling: { each: households, concerns: always, met: (row) => filled(row.dwelling) },
    household_origin: { each: households, concerns: always, met: (row) => filled(row.origin_village) },
    person_identity: { each: persons, concerns: always, met: (one) => filled(one.id_number) },
    person_in_school: {
      each: persons, concerns: (one) => calendar.age(one.born_on) >= 7 && calendar.age(one.born_on) <= 15,
      met: (one) => ['primary', 'junior', 'senior', 'vocational'].includes(one.schooling),
    },
    household_income_counted: { each: households, concerns: (row) => ['resident', 'away', 'returned'].includes(row.status), met: (row) => counted(row).length > 0 },
    household_low_income_watched: {
      each: households, exempt: false, concerns: (row) => any(counted(row), (it) => Number(it.per_head) < 500_000),
      met: (row) => any(of('risk_warning', 'household', row), (it) => begun(it.raised_on) && (it.lifted_on === '' || !calendar.before(it.lifted_on, calendar.today - 365))),
    },
    risk_followed_up: {
      each: ledgers.all('risk_warning').filter((it) => holds(it.raised_on, it.lifted_on)), concerns: always,
      met: (risk) => any(of('risk_follow_up', 'risk_warning', risk), (it) => lately(it.visited_on, 30)),
    },
  };
}

/** Requirements that others make up. A part that does not concern somebody is left out; if none does, neither does the whole. */
const WHOLES = {
  site_party_body: { parts: ['site_party_group', 'site_party_instructor'], enough: 'some', exempt: false },
  site_party_covered: { parts: ['site_town_lead', 'site_party_body'], exempt: false },
  site_trinity: { parts: ['site_party_body', 'site_self_governance', 'site_property_service'] },
  household_five_packages: { parts: ['package_information', 'package_policy', 'package_stability', 'package_awareness', 'package_approval'] },
  household_cared_for: { parts: ['household_paired', 'household_visited', 'household_at_risk_visited'] },
  household_file_complete: { parts: ['household_head', 'household_dwelling', 'household_origin'] },
  site_culture: { parts: ['site_opera', 'site_film', 'site_science'] },
  site_governed: { parts: ['site_grid_head', 'site_patrolled', 'site_video', 'site_police_room', 'site_mediation_room', 'site_moral_review'] },
  site_facilities: {
    parts: ['site_activity_centre', 'site_service_station', 'site_culture_sport', 'site_reading_room', 'site_elder_day_care', 'site_child_centre',
      'site_parking_charging', 'site_sewage_refuse', 'site_toilet', 'site_cemetery', 'site_ceremony_hall', 'site_tool_store'],
  },
};

function whole(singles, { parts, enough = 'every', exempt }) {
  const concerned = (row) => parts.map((id) => singles[id]).filter((part) => part.concerns(row));
  return { each: singles[parts[0]].each, exempt, concerns: (row) => concerned(row).length > 0, met: (row) => concerned(row)[enough]((part) => part.met(row)) };
}

/** Every requirement known here, by its id. */
export function requirements(ledgers, calendar) {
  const say = words(ledgers, calendar);
  const all = {};
  for (const chapter of [assistance, party, employment, industry, governance, base]) Object.assign(all, chapter(ledgers, calendar, say));
  for (const [id, of] of Object.entries(WHOLES)) all[id] = whole(all, of);
  return all;
}

/** How many subjects of a place stand how. */
export function counts(ledgers, calendar, id, requirement, area) {
  const excused = new Set(ledgers.where('exemption', 'requirement', id)
    .filter((it) => requirement.exempt !== false && calendar.holds(it.starts_on, it.ends_on)).map((it) => it.subject));
  const found = { met: 0, gap: 0, exempt: 0, not_applicable: 0 };
  for (const row of requirement.each) {
    if (!row.area.startsWith(area)) continue;
    if (!requirement.concerns(row)) found.not_applicable += 1;
    else if (requirement.met(row)) found.met += 1;
    else if (excused.has(row.id)) found.exempt += 1;
    else found.gap += 1;
  }
  return found;
}
