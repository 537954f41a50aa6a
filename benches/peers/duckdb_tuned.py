#!/usr/bin/env python3
"""Ten rules in DuckDB, tuned: duckdb_tuned.py SCALE. Answers one JSON line per line of input: {ms, cpu_ms, rss_mb, rules: [[den, num, uncovered, sum of ids]]}.
Five household rules in one pass, semi-join flags for the rest, uncovered ids into flat tables."""
import json, os, resource, sys, time
import duckdb
from rules import RULES, DATES
scale = sys.argv[1]; path = f"data/{scale}.duckdb"
TABLES = ["site","building","household","person","employment","industry","cadre","pairing","visit","party_group","camera","moral_review","grid_head","building_head"]
if not os.path.exists(path):
    c = duckdb.connect(path)
    for t in TABLES: c.execute(f"CREATE TABLE {t} AS FROM 'data/{scale}/{t}.parquet'")
    c.execute("CHECKPOINT"); c.close()
d = {k: f"DATE '{v}'" for k, v in DATES.items()}
c = duckdb.connect(path, read_only=True); c.execute("SET threads = 2")
cpu = lambda: sum(resource.getrusage(resource.RUSAGE_SELF)[:2])
def mark(r):
    frm, key, where, rec, n = RULES[r]
    ok = f"{key} IN (SELECT k FROM ({rec}) z WHERE n >= {n})" if n > 1 else f"{key} IN ({rec.replace(', count(*) n','').replace(' GROUP BY 1','')})"
    c.execute(f"CREATE OR REPLACE TEMP TABLE q AS SELECT s.county county, {key} id, {ok} ok FROM {frm} WHERE {where}".format(**d))
    c.execute(f"CREATE OR REPLACE TEMP TABLE res_{r} AS SELECT county, count(*) den, count(*) FILTER (WHERE ok) num FROM q GROUP BY 1")
    c.execute(f"CREATE OR REPLACE TEMP TABLE unc_{r} AS SELECT id FROM q WHERE NOT ok")
FUSED = """CREATE OR REPLACE TEMP TABLE hh AS SELECT s.county, x.id, x.labour_count > 0 lab,
  x.id IN (SELECT p.household_id FROM employment e JOIN person p ON p.id = e.person_id WHERE e.stable AND (e.ended IS NULL OR e.ended > {d0})) r1,
  x.id IN (SELECT household_id FROM pairing WHERE ended IS NULL OR ended > {d0}) r2,
  coalesce(v.m > {d30}, false) r3, coalesce(v.m > {d90}, false) r4,
  x.id IN (SELECT household_id FROM industry WHERE term IN ('medium','long') AND (ended IS NULL OR ended > {d0})) r5
  FROM household x JOIN site s ON s.id = x.site_id LEFT JOIN (SELECT household_id, max(visited_on) m FROM visit WHERE visited_on > {d90} GROUP BY 1) v ON v.household_id = x.id""".format(**d)
AGG = """CREATE OR REPLACE TEMP TABLE res AS SELECT county, count(*) den, count(*) FILTER (WHERE lab) denl, count(*) FILTER (WHERE lab AND r1) n1, count(*) FILTER (WHERE r2) n2,
  count(*) FILTER (WHERE r3) n3, count(*) FILTER (WHERE r4) n4, count(*) FILTER (WHERE lab AND r5) n5 FROM hh GROUP BY 1"""
NOT = ("lab AND NOT r1", "NOT r2", "NOT r3", "NOT r4", "lab AND NOT r5")
def fused():
    c.execute(FUSED); c.execute(AGG)
    for i, w in enumerate(NOT): c.execute(f"CREATE OR REPLACE TEMP TABLE unc{i} AS SELECT id FROM hh WHERE {w}")
    for r in list(RULES)[5:]: mark(r)
def told():
    rules = []
    for i, den in enumerate(("denl", "den", "den", "den", "denl")):
        rules.append(list(c.execute(f"SELECT sum({den}), sum(n{i+1}), (SELECT count(*) FROM unc{i}), (SELECT sum(id) FROM unc{i}) FROM res").fetchone()))
    for r in list(RULES)[5:]:
        rules.append(list(c.execute(f"SELECT sum(den), sum(num), (SELECT count(*) FROM unc_{r}), (SELECT sum(id) FROM unc_{r}) FROM res_{r}").fetchone()))
    return [[int(x or 0) for x in r] for r in rules]
for _ in sys.stdin:
    t, c0 = time.perf_counter(), cpu(); fused(); ms, cs = (time.perf_counter() - t) * 1e3, (cpu() - c0) * 1e3
    print(json.dumps(dict(ms=ms, cpu_ms=cs, rss_mb=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, rules=told())), flush=True)
