#!/usr/bin/env bash
# Everything that must hold. Runs every step even after one fails, prints the time of each, ends with 1 if any failed.
#   scripts/test.sh            all steps
#   scripts/test.sh tidy e2e   only these
set -uo pipefail
cd "$(dirname "$0")/.."
export PATH="${XDG_CACHE_HOME:-$HOME/.cache}/anju-tools/bin:$PATH"
anju=target/release/anju xtask=target/release/xtask
# A machine that builds once and for nobody to look into needs neither what speeds the next build nor line tables.
[ -z "${CI:-}" ] || export CARGO_INCREMENTAL=0 CARGO_PROFILE_RELEASE_CODEGEN_UNITS=1 CARGO_PROFILE_RELEASE_DEBUG=none

need() { scripts/need.sh rust node postgres; }
assets() { make --no-print-directory assets; }
format() { cargo fmt --all -- --check -l; } # names the files; `cargo fmt --all` mends them
lint() { cargo clippy --release --locked --workspace --all-targets -- -D warnings -D clippy::too_many_lines; }
build() { cargo build --release --locked --workspace --all-targets; } # all at once: a part alone has other features, and is built twice
tidy() { build && "$xtask" tidy; }
unit() { # unit, property, conformance on both databases, HTTP in process
  if scripts/need.sh nextest 2>/dev/null; then
    cargo nextest run --release --locked --workspace --no-fail-fast
  else
    cargo test --release --locked --workspace --no-fail-fast --lib --bins --tests
  fi
}
doctest() { cargo test --release --locked --workspace --doc --quiet; }
deny() { # advisories live on the network; licences, bans and sources do not
  scripts/need.sh deny || return
  cargo deny --log-level error check bans licenses sources || return
  if cargo deny --log-level off fetch db >/dev/null 2>&1; then
    cargo deny --log-level error check advisories
  else
    echo "advisories not checked: the advisory database cannot be reached"
  fi
}
packs() { # the five mechanisms' packs are sound, their stories hold, the reference is fresh
  build && "$anju" pack check && "$anju" pack test && "$xtask" docs
}
outside() { # coverage and figures once more, from exported CSVs, with code of its own
  node e2e/recompute.mjs
}
e2e() { # a browser over the demo county
  scripts/need.sh node browser || return
  (cd e2e && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error && node run.mjs)
}

steps=("$@")
[ "${#steps[@]}" -gt 0 ] || steps=(need assets format lint build tidy unit doctest deny packs outside e2e)
lines=() failed=0 began=$SECONDS
for step in "${steps[@]}"; do
  if [ "$(type -t "$step")" != function ]; then
    echo "no step is called $step" >&2
    exit 2
  fi
  printf '\n\033[1m== %s\033[0m\n' "$step"
  start=$SECONDS
  if "$step"; then state=ok; else
    state=FAILED failed=1
    [ "$step" != need ] || { echo "stopped: what is missing stands above" && exit 3; }
  fi
  lines+=("$(printf '%-8s %-7s %4d s' "$step" "$state" $((SECONDS - start)))")
done

printf '\n%s\n' "${lines[@]}"
printf '%-8s %-7s %4d s\n' all "$([ $failed = 0 ] && echo ok || echo FAILED)" $((SECONDS - began))
exit $failed
