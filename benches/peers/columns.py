"""Columns grouped by county for loading shards: columns.py SCALE -> data/SCALE.shards/TABLE.COLUMN and TABLE.rows (rows per county)."""
import sys, os
import numpy as np, pyarrow as pa, pyarrow.parquet as pq

scale = sys.argv[1]; src = f"data/{scale}"; out = f"data/{scale}.shards"; os.makedirs(out, exist_ok=True)
NULL = 65535
def col(table, name):
    a = pq.read_table(f"{src}/{table}.parquet", columns=[name])[name].combine_chunks()
    if pa.types.is_date32(a.type): a = a.cast(pa.int32())
    if pa.types.is_boolean(a.type): a = a.cast(pa.int8())
    if pa.types.is_string(a.type): a = pa.array([{"short": 0, "medium": 1, "long": 2}[x] for x in a.to_pylist()], pa.int8())
    if a.null_count: a = a.fill_null(NULL)
    return a.to_numpy()
s_county = col("site", "county")
COUNTIES = int(s_county.max())
b_county = s_county[col("building", "site_id") - 1]
h_county = b_county[col("household", "building_id") - 1]
p_county = h_county[col("person", "household_id") - 1]
owner = {"site": ("id", None), "building": ("site_id", s_county), "household": ("building_id", b_county), "person": ("household_id", h_county),
    "employment": ("person_id", p_county), "industry": ("household_id", h_county), "pairing": ("household_id", h_county), "visit": ("household_id", h_county),
    "party_group": ("site_id", s_county), "camera": ("site_id", s_county), "moral_review": ("site_id", s_county), "grid_head": ("site_id", s_county),
    "building_head": ("building_id", b_county)}
u8, u16, u32 = np.uint8, np.uint16, np.uint32
more = {"building": [("id", u32)], "household": [("id", u32), ("labour_count", u8)], "person": [("id", u32), ("party_member", u8)],
    "employment": [("stable", u8), ("started", u16), ("ended", u16)], "industry": [("term", u8), ("ended", u16)],
    "pairing": [("started", u16), ("ended", u16)], "visit": [("visited_on", u16)], "moral_review": [("held_on", u16)]}
for table, (ref, counties) in owner.items():
    refs = col(table, ref)
    county = s_county if counties is None else counties[refs - 1]
    order = np.argsort(county, kind="stable")
    np.bincount(county, minlength=COUNTIES + 1)[1:].astype(u32).tofile(f"{out}/{table}.rows")
    refs[order].astype(u32).tofile(f"{out}/{table}.ref")
    for name, kind in more.get(table, []):
        col(table, name)[order].astype(kind).tofile(f"{out}/{table}.{name}")
