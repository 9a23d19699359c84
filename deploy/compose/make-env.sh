#!/bin/sh
# Writes the secrets that compose.yaml needs into .env beside it, once; a file that is there stays as it is.
set -eu
file="$(dirname "$0")/../.env"
if [ -e "$file" ]; then
  echo "$file is there already: nothing is changed" >&2
  exit 0
fi
secret() { od -An -N32 -tx1 /dev/urandom | tr -d ' \n'; }
umask 077
# Written aside and renamed, so that nobody ever reads half of it.
{
  echo "WAYBILL_KEY=$(secret)"
  echo "WAYBILL_ADMIN_KEY=$(secret)"
  echo "MONGO_PASSWORD=$(secret)"
  echo "MONGO_ADMIN_PASSWORD=$(secret)"
  echo "MONGO_REPLICA_KEY=$(secret)"
  echo "REDIS_PASSWORD=$(secret)"
  echo "GRAFANA_PASSWORD=$(secret)"
} >"$file.new"
mv "$file.new" "$file"
echo "$file holds new secrets: keep a copy of WAYBILL_KEY" >&2
