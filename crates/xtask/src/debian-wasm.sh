#!/usr/bin/env bash
# A wasm32 toolchain from Debian's packages alone: debian-wasm.sh check|build FOLDER
#
# Debian packages rustc and the source of the standard library with its vendored dependencies, but
# no current wasm32 build of it. `build` installs the packages, compiles the standard library once,
# offline, with the profile of the Rust project's own releases, and lays the result out as a
# toolchain folder (about 90 MB) whose compilers are Debian's, called with their sysroot.
# `check` succeeds where FOLDER holds the result of this recipe with the packages of today.
set -euo pipefail
verb=$1 folder=$2
recipe=1 # raise it when what `build` makes changes
target=wasm32-unknown-unknown
packages=(rustc-web cargo-web rust-web-src rust-web-clippy rustfmt-web)

stamp() {
  echo "recipe $recipe"
  /usr/bin/rustc -vV
  dpkg-query -W "${packages[@]}"
}

check() {
  [ -x /usr/bin/rustc ] && [ -f "$folder/stamp" ] && stamp 2>/dev/null | cmp -s - "$folder/stamp" || return 1
  local libraries
  libraries=$("$folder/bin/rustc" --print target-libdir --target $target) || return 1
  compgen -G "$libraries/libstd-*.rlib" >/dev/null
}

about_rustc() { /usr/bin/rustc -vV | sed -n "s/^$1: //p"; }

apt_install() {
  DEBIAN_FRONTEND=noninteractive apt-get -o Dpkg::Use-Pty=0 -o DPkg::Lock::Timeout=300 \
    install -y -q --no-install-recommends "$@"
}

install_packages() {
  if ! dpkg-query -W -f='${db:Status-Abbrev}\n' "${packages[@]}" 2>/dev/null |
    awk '$1 != "ii" { bad = 1 } END { exit bad || NR < '${#packages[@]}' }'; then
    apt-get -o DPkg::Lock::Timeout=300 update -q
    apt_install "${packages[@]}"
  fi
  llvm=$(about_rustc 'LLVM version')
  llvm=${llvm%%.*}
  [ -x "/usr/lib/llvm-$llvm/bin/lld" ] || apt_install "lld-$llvm"
}

# A package of its own that depends on the standard library; the profiles are upstream's.
write_manifest() {
  mkdir "$work/src"
  echo '#![no_std]' >"$work/src/lib.rs"
  cp "$source/library/Cargo.lock" "$work/"
  cat >"$work/Cargo.toml" <<TOML
cargo-features = ["profile-rustflags"]
[package]
name = "wasm-sysroot"
version = "0.0.0"
edition = "2021"
[workspace]
[dependencies]
sysroot = { path = "$source/library/sysroot", features = ["panic-unwind", "backtrace"] }
[patch.crates-io]
rustc-std-workspace-core = { path = "$source/library/rustc-std-workspace-core" }
rustc-std-workspace-alloc = { path = "$source/library/rustc-std-workspace-alloc" }
rustc-std-workspace-std = { path = "$source/library/rustc-std-workspace-std" }
TOML
  sed -n '/^\[profile\./,/^\[patch/p' "$source/library/Cargo.toml" | sed '/^\[patch/d' >>"$work/Cargo.toml"
}

# In a clean environment: no RUSTFLAGS, wrapper or cargo configuration of the caller's reaches it.
compile() {
  cd "$work"
  env -i PATH=/usr/bin:/bin HOME="$work" CARGO_HOME="$work/cargo-home" RUSTUP_AUTO_INSTALL=0 \
    RUSTC=/usr/bin/rustc RUSTC_BOOTSTRAP=1 __CARGO_DEFAULT_LIB_METADATA="stablestd$release" \
    RUSTFLAGS="-Zforce-unstable-if-unmarked --remap-path-prefix=$source=/rustc/$(about_rustc commit-hash)" \
    /usr/bin/cargo build -q -p sysroot --profile dist --target $target --offline \
    --config 'source.crates-io.replace-with="vendored"' \
    --config "source.vendored.directory='$source/library/vendor'"
}

wrap() { # wrap NAME LINE: a program of one line
  printf '#!/bin/sh\n%s\n' "$2" >"$new/bin/$1"
  chmod +x "$new/bin/$1"
}

lay_out() {
  local host program
  host=$(about_rustc host)
  new=$folder.new.$$
  rm -rf "$new"
  mkdir -p "$new/bin" "$new/lib/rustlib/$host/bin" "$new/lib/rustlib/$target/lib" "$new/lib/rustlib/src"
  cp "$work/target/$target"/dist/deps/*.rlib "$new/lib/rustlib/$target/lib/"
  ln -s "/usr/lib/rustlib/$host/lib" "$new/lib/rustlib/$host/lib"
  ln -s "/usr/lib/llvm-$llvm/bin/lld" "$new/lib/rustlib/$host/bin/rust-lld"
  ln -s "$source" "$new/lib/rustlib/src/rust"
  for program in cargo rustfmt cargo-fmt; do ln -s "/usr/bin/$program" "$new/bin/"; done
  cp /usr/bin/cargo-clippy "$new/bin/" # a copy: it looks for clippy-driver beside itself
  for program in rustc rustdoc; do
    wrap $program "exec /usr/bin/$program --sysroot '$folder' \"\$@\""
  done
  wrap clippy-driver "SYSROOT='$folder' exec /usr/bin/clippy-driver \"\$@\""
  stamp >"$new/stamp"
  rm -rf "$folder"
  mv "$new" "$folder"
}

build() {
  install_packages
  release=$(about_rustc release)
  source=/usr/src/rustc-$release
  [ -d "$source/library/vendor" ] || { echo "rust-web-src $release has no library/vendor"; exit 1; }
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  write_manifest
  (compile)
  lay_out
  check || { echo "the finished toolchain in $folder does not check out"; exit 1; }
}

"$verb"
