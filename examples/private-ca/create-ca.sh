#!/bin/sh
# Creates a private CA: FOLDER/ca.key, which is secret, and FOLDER/ca.crt, which is public.
# FOLDER must not exist, so that no key is overwritten.
set -eu

if [ $# -gt 2 ]; then
  echo "usage: sh create-ca.sh [SUBJECT [FOLDER]]" >&2
  exit 2
fi
subject=${1:-/CN=My Private CA}
folder=${2:-private-ca}

# openssl drops parts of a subject that it doesn't recognize: //CN=x and /xCN=x would produce an empty subject.
has_name=no
case $subject in
//*) ;;
/CN=?* | /*/CN=?*) has_name=yes ;;
esac
if [ "$has_name" = no ]; then
  echo "create-ca.sh: the subject must have the format that openssl accepts, and contain a common name, such as /CN=My Private CA" >&2
  exit 2
fi
if [ -e "$folder" ]; then
  echo "create-ca.sh: $folder already exists, and its key may be in use. Specify another folder." >&2
  exit 1
fi

umask 077
mkdir -- "$folder"
trap 'rm -rf "$folder"' EXIT
trap 'exit 1' HUP INT TERM
# Excludes the folder from Git.
echo '*' >"$folder/.gitignore"
openssl req -new -x509 \
  -config "$(dirname "$0")/openssl.cnf" \
  -utf8 \
  -subj "$subject" \
  -days 3650 \
  -newkey rsa:4096 \
  -nodes \
  -keyout "$folder/ca.key" \
  -out "$folder/ca.crt"
trap - EXIT
echo "$folder/ca.crt is the certificate, and $folder/ca.key is its key. Anyone who has the key can create client certificates."
