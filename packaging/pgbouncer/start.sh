#!/bin/sh
# The one login that may come through the pooler; the file is in memory (compose.yaml).
set -eu
umask 077
printf '"quartet_requests" "%s"\n' "${QUARTET_REQUESTS_PASSWORD:?is not set}" > /tmp/users.txt
unset QUARTET_REQUESTS_PASSWORD
exec pgbouncer -q /etc/pgbouncer/pgbouncer.ini
