#!/usr/bin/env bash
# need.sh THING…   makes sure that each thing is there: installs it where that is possible, else says plainly what is missing.
# Things: rust node postgres browser nextest deny
# Exit: 0 all there · 3 something is missing.
set -u

tools="${XDG_CACHE_HOME:-$HOME/.cache}/anju-tools"
deny_version=0.20.2

missing() { # what, how to mend
  echo "missing: $1" >&2
  echo "   mend: $2" >&2
  return 1
}

has() { command -v "$1" >/dev/null 2>&1; }

need_rust() {
  has cargo || missing "Rust 1.95 or newer" "https://rustup.rs, then: rustup component add clippy rustfmt"
}

need_node() {
  has npm && node -e 'process.exit(Number(process.versions.node.split(".")[0]) >= 20 ? 0 : 1)' 2>/dev/null ||
    missing "Node 20 or newer with npm" "https://nodejs.org, or your system's package"
}

need_postgres() {
  has initdb || compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null ||
    missing "the binaries of PostgreSQL 15 or newer" "apt-get install postgresql (no server has to run)"
}

need_browser() {
  if ! has chromium && ! [ -x "${CHROMIUM:-}" ]; then
    install_packages chromium || missing "Chromium" "apt-get install chromium, or CHROMIUM=/path/to/chrome" || return 1
  fi
  if has fc-list && [ -z "$(fc-list :lang=zh-cn 2>/dev/null | head -n 1)" ]; then
    install_packages fonts-noto-cjk || missing "a Chinese font" "apt-get install fonts-noto-cjk"
  fi
}

install_packages() {
  has apt-get && [ "$(id -u)" = 0 ] || return 1
  echo "installing $*" >&2
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq >&2 && apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}

need_nextest() {
  has cargo-nextest || missing "cargo-nextest" "cargo install --locked cargo-nextest (until then the tests run under cargo test)"
}

need_deny() { # built once, about two minutes on two cores
  [ -x "$tools/bin/cargo-deny" ] || has cargo-deny && return 0
  echo "building cargo-deny $deny_version into $tools (once)" >&2
  cargo install --quiet --locked --version "$deny_version" --root "$tools" cargo-deny ||
    missing "cargo-deny $deny_version" "cargo install --locked cargo-deny"
}

state=0
for thing in "$@"; do
  case "$thing" in
    rust | node | postgres | browser | nextest | deny) "need_$thing" || state=3 ;;
    *) echo "need.sh knows rust, node, postgres, browser, nextest, deny; not $thing" >&2 && exit 2 ;;
  esac
done
exit "$state"
