#!/bin/sh
# Installs the executable of tracing-sidecar for this machine from a release, without root. It replaces an older version.
#
#   curl --fail --silent --show-error --location \
#     https://github.com/tracing-sidecar/tracing-sidecar/releases/latest/download/install.sh | sh
#
# It always verifies the checksum. If the GitHub CLI (gh) or cosign is installed, it also verifies that the release workflow
# of the repository built the file.
#
# Environment variables:
#   TRACING_SIDECAR_VERSION      The version to install, such as 0.1.0, or latest. Default: the latest release
#   TRACING_SIDECAR_INSTALL_DIR  The folder to install to. Default: ~/.local/bin
#   TRACING_SIDECAR_BASE_URL     The URL of the releases, for a mirror with the same paths. Default: the repository's
#
# curl and wget use the proxy in https_proxy.
set -eu

repository=tracing-sidecar/tracing-sidecar
workflow=$repository/.github/workflows/release.yml
# The attestation that the release workflow signed, as a Sigstore bundle. It's for every file of the release.
attestation=provenance.sigstore.json
downloads=

say() { printf '%s\n' "$*"; }

fail() {
  printf 'error: %s\n' "$*" >&2
  exit 1
}

has() { command -v "$1" >/dev/null 2>&1; }

clean_up() { [ -z "$downloads" ] || rm -rf "$downloads"; }

# Prints the name of the executable for this machine.
file_for_machine() {
  with_npm="Install it with npm instead, which needs Node 20.12 or later: npm install --global tracing-sidecar"
  system=$(uname -s)
  [ "$system" = Linux ] || fail "the executable needs Linux, and this is $system. $with_npm"
  machine=$(uname -m)
  case $machine in
    x86_64 | amd64) architecture=amd64 loader=/lib64/ld-linux-x86-64.so.2 ;;
    aarch64 | arm64) architecture=arm64 loader=/lib/ld-linux-aarch64.so.1 ;;
    *) fail "the executable needs amd64 or arm64, and this is $machine. $with_npm" ;;
  esac
  # Every program for glibc names this file, which Alpine and other systems with musl don't have.
  [ -e "$loader" ] || fail "the executable needs glibc, which this system doesn't have ($loader). $with_npm"
  say "tracing-sidecar-linux-$architecture"
}

# download URL FILE
download() {
  if has curl; then
    # A download over HTTPS must not be redirected to HTTP.
    case $1 in [Hh][Tt][Tt][Pp][Ss]:*) protocols='=https' ;; *) protocols='=http,https' ;; esac
    curl --fail --silent --show-error --location --proto "$protocols" --output "$2" "$1"
  elif has wget; then
    # By default, wget retries for minutes.
    wget -q -t 2 -O "$2" "$1"
  else
    fail "install curl or wget, which download the executable"
  fi
}

# Prints the SHA-256 checksum of stdin, and a name for stdin. sha256sum escapes the names of some files.
checksum() {
  if has sha256sum; then
    sha256sum
  elif has shasum; then
    shasum -a 256
  elif has openssl; then
    openssl dgst -sha256 -r
  else
    fail "install sha256sum, shasum, or openssl, which verify the download"
  fi
}

# verify_checksum FILE: compares the file with the list of the release, whose lines can end with CRLF.
verify_checksum() {
  carriage_return=$(printf '\r')
  expected=$(sed -n "s/^\([0-9a-f]\{64\}\) [ *]$1$carriage_return*\$/\1/p" "$downloads/SHA256SUMS")
  [ -n "$expected" ] || fail "the release's SHA256SUMS doesn't list $1"
  actual=$(checksum <"$downloads/$1")
  actual=${actual%% *}
  [ "$actual" = "$expected" ] || fail "the checksum of $1 is wrong. Nothing was installed.
  expected: $expected
  actual:   $actual"
  say "Verified the checksum."
}

# offers OPTION COMMAND...: reports whether the help of a program, which may be missing or old, has an option.
offers() {
  option=$1
  shift
  has "$1" && "$@" --help 2>&1 | grep -q -e "$option"
}

# verify_origin FILE URL: verifies with gh or cosign that the release workflow built the file.
verify_origin() {
  verifier=
  if offers --signer-workflow gh attestation verify; then
    verifier=gh
  elif offers --trusted-root cosign verify-blob-attestation; then
    verifier=cosign
  else
    say "Didn't verify who built the file: this needs a current version of gh (GitHub CLI) or cosign."
    return
  fi
  download "$2/$attestation" "$downloads/$attestation" || fail "can't download $2/$attestation. Nothing was installed."
  case $verifier in
    gh)
      gh attestation verify "$downloads/$1" --bundle "$downloads/$attestation" --repo "$repository" \
        --signer-workflow "$workflow"
      ;;
    cosign)
      # Only version 2 needs the option, and has it.
      format=
      ! offers --new-bundle-format cosign verify-blob-attestation || format=--new-bundle-format
      cosign verify-blob-attestation $format --bundle "$downloads/$attestation" --type slsaprovenance1 \
        --certificate-oidc-issuer https://token.actions.githubusercontent.com \
        --certificate-identity-regexp "^https://github\\.com/$workflow@refs/tags/v" "$downloads/$1"
      ;;
  esac >"$downloads/log" 2>&1 || {
    cat "$downloads/log" >&2
    fail "$verifier can't verify that $workflow built $1. Nothing was installed."
  }
  say "Verified with $verifier that the release workflow of $repository built the file."
}

# trim FOLDER: prints the path without slashes at its end, unless it is /.
trim() {
  trimmed=$1
  while [ "${trimmed%/}" != "$trimmed" ] && [ "$trimmed" != / ]; do trimmed=${trimmed%/}; done
  printf '%s' "$trimmed"
}

# quote TEXT: prints the text as a word for a shell.
quote() {
  printf "'%s'" "$(printf '%s' "$1" | sed "s/'/'\\\\''/g")"
}

# is_on_path FOLDER: reports whether PATH contains the folder, which is trimmed.
is_on_path() {
  rest=${PATH-}:
  while [ -n "$rest" ]; do
    [ "$(trim "${rest%%:*}")" != "$1" ] || return 0
    rest=${rest#*:}
  done
  return 1
}

# check_path FOLDER: says how to start the program, if the shell wouldn't find it. The folder is trimmed.
check_path() {
  case $1 in
    *:*)
      say "The folder can't be on your PATH, because its name contains a colon. Start the program with its path."
      return
      ;;
  esac
  if ! is_on_path "$1"; then
    say "The folder isn't on your PATH. To add the folder, run this command, and add the command to the profile of your shell:"
    say "  export PATH=$(quote "$1"):\"\$PATH\""
    return
  fi
  found=$(command -v tracing-sidecar) || found=
  [ "$(trim "${found%/*}/")" = "$1" ] || say "Your shell finds another tracing-sidecar first: $found"
}

main() {
  base=${TRACING_SIDECAR_BASE_URL:-https://github.com/$repository/releases}
  version=${TRACING_SIDECAR_VERSION:-}
  folder=${TRACING_SIDECAR_INSTALL_DIR:-}
  if [ -z "$folder" ]; then
    [ -n "${HOME:-}" ] || fail "set TRACING_SIDECAR_INSTALL_DIR to the folder to install to, because HOME isn't set"
    folder=$HOME/.local/bin
  fi
  case $folder in /*) ;; *) folder=$PWD/$folder ;; esac
  folder=$(trim "$folder")
  case $version in
    '' | latest) version='' url=${base%/}/latest/download ;;
    *) version=${version#v} url=${base%/}/download/v${version#v} ;;
  esac

  file=$(file_for_machine)
  target=${folder%/}/tracing-sidecar
  [ ! -d "$target" ] || fail "$target is a folder"
  # Downloads into the same file system, so that the last step is a rename: an interruption leaves the old or the new
  # program.
  { mkdir -p "$folder" && downloads=$(mktemp -d "${folder%/}/.tracing-sidecar.XXXXXX"); } ||
    fail "can't write to $folder. To install to another folder, set TRACING_SIDECAR_INSTALL_DIR."
  trap clean_up EXIT
  trap 'exit 1' HUP INT TERM

  say "Downloading $url/$file"
  for name in SHA256SUMS "$file"; do
    download "$url/$name" "$downloads/$name" || fail "can't download $url/$name. Nothing was installed."
  done
  verify_checksum "$file"
  verify_origin "$file" "$url"

  chmod 755 "$downloads/$file"
  installed=$("$downloads/$file" version) || fail "the executable doesn't start on this system. Nothing was installed.
  If $folder is on a file system that is mounted with noexec, set TRACING_SIDECAR_INSTALL_DIR to a folder on another one."
  [ -z "$version" ] || [ "$installed" = "$version" ] ||
    fail "the release of version $version contains version $installed. Nothing was installed."
  mv -f "$downloads/$file" "$target"
  say "Installed tracing-sidecar $installed to $target"
  check_path "$folder"
}

# On the last line, so that a download that ends early runs nothing.
main
