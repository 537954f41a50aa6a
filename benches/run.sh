#!/usr/bin/env bash
# Makes the data and the peers if they are not there, then runs the benches: run.sh [county|nation|shard|commit|pages|rights|roll|sheets|all] [--times N]
set -euo pipefail
cd "$(dirname "$0")"
what=${1:-all}
if [ "$what" = all ] || [ "$what" = nation ]; then
  mkdir -p data
  [ -x .venv/bin/python ] || python3 -m venv .venv
  .venv/bin/python -c "import numpy, pyarrow, duckdb" 2>/dev/null || .venv/bin/pip install --quiet -r peers/requirements.txt
  [ -f data/national/counts.json ] || .venv/bin/python peers/gen.py national data/national
  [ -f data/national.raw/building_head.building_id ] || .venv/bin/python peers/floor_export.py national
  [ -f data/national.shards/building_head.ref ] || .venv/bin/python peers/columns.py national
  [ data/floor -nt peers/floor.c ] || "${CC:-cc}" -O3 -march=native -o data/floor peers/floor.c
fi
if [ "$what" = all ] || [ "$what" = sheets ]; then
  [ -x .venv/bin/python ] || python3 -m venv .venv
  # Without them the bench says so and measures the project alone.
  .venv/bin/python -c "import polars, fastexcel, openpyxl, xlsxwriter" 2>/dev/null || .venv/bin/pip install --quiet -r peers/requirements.txt || true
fi
cargo build --quiet --release --manifest-path ../Cargo.toml --package anju-benches
exec ../target/release/anju-bench "$@"
