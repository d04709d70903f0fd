#!/bin/sh
# Makes the clients on this machine give up their database connections and make new ones, in one of three ways. Runs as root through a
# Systems Manager Command document.
#
# Parameters (environment):
#   SSM_By             pgbouncer, service or hook. Required.
#   SSM_Service        by service: the systemd unit; ".service" may be left out.
#   SSM_Action         by service: reload (default) or restart.
#   SSM_Hook           by hook: absolute path of a program of the team's, which is run without arguments.
#   SSM_SocketFolder   by pgbouncer: folder of its socket. Default /var/run/postgresql.
#   SSM_Port           by pgbouncer: its port, which is part of the socket's name. 1..65535, default 6432.
#
# PgBouncer: RECONNECT closes each server connection as soon as it is released; transactions end in peace, and no client is cut off. The
# user that PgBouncer itself runs under may give it on its socket without a password.
# Hook: it and every folder above it must belong to root and be writable for nobody else, since it is run as root; a link is refused.
# Safe twice: a second run waits for the first, then does the same again. Ends within 140 seconds: 30 for the lock, and the rest for the deed.
#
# Exit codes:
#   0   done                                     20  PgBouncer did not take the command
#   10  bad parameter                            21  the service did not reload, or is not active after it
#   11  the machine lacks what it needs          22  the hook failed or took too long
#   12  unknown unit, or it cannot reload        24  another run did not end in time
#   13  refused hook
#   15  protected unit, or a restart would reach beyond it
#   16  the service is not up, so that it has no connections
set -eu
LC_ALL=C
export LC_ALL SYSTEMD_PAGER='' SYSTEMD_COLORS=0
umask 077
# Patterns are words of a list, not files.
set -f

# The exit code for a systemd that does not answer, and what is done to the unit.
unanswered=11
deed=restart

# shellcheck source=parts/verdicts.sh
. parts/verdicts.sh

require() {
  for program in "$@"; do
    command -v "$program" >/dev/null || refuse 11 "$program is not on this machine"
  done
}

# The last words of a program, without characters that a log or a mail could mistake.
last_words() { tail -c 1500 | tr -c '[:print:]\n' '?'; }

take_lock() {
  mkdir -p /run/self-healing
  exec 9>/run/self-healing/reconnect-sessions.lock
  flock -w 30 9 || fail 24 'another reconnection is at work for more than 30 seconds'
}

# --- PgBouncer

check_pgbouncer() {
  case $socket_folder in
    /*) ;;
    *) refuse 10 'SSM_SocketFolder must be absolute' ;;
  esac
  case $socket_folder in
    *[!A-Za-z0-9/._-]*) refuse 10 'SSM_SocketFolder holds a character that no folder may have here' ;;
  esac
  case $port in
    '' | *[!0-9]* | ??????* | 0*) refuse 10 'SSM_Port must be a number from 1 to 65535' ;;
  esac
  [ "$port" -le 65535 ] || refuse 10 'SSM_Port must be a number from 1 to 65535'
  require psql setpriv
  socket=$socket_folder/.s.PGSQL.$port
  [ -S "$socket" ] || refuse 11 "there is no socket $socket: is PgBouncer running, and is this its port?"
  owner=$(stat -c %u "$socket")
  [ "$owner" -ne 0 ] || refuse 11 "$socket belongs to root, and PgBouncer does not run as root"
}

ask_pgbouncer() { # command
  timeout 20 setpriv --reuid="$owner" --regid="$(stat -c %g "$socket")" --clear-groups \
    env -i PATH=/usr/bin:/bin PGCONNECT_TIMEOUT=10 psql -X -w -A -h "$socket_folder" -p "$port" -U pgbouncer -d pgbouncer -c "$1" 2>&1 9>&-
}

reconnect_pgbouncer() {
  check_pgbouncer
  take_lock
  answer=$(ask_pgbouncer RECONNECT) || fail 20 "PgBouncer did not take RECONNECT: $(printf '%s' "$answer" | last_words | tr '\n' ' ')"
  printf 'PgBouncer closes its server connections as they are released; its pools now:\n'
  ask_pgbouncer 'SHOW POOLS' | head -n 12 | cut -c1-120 | sed 's/^/  /' || printf '(the pools could not be read)\n'
  printf 'OK: PgBouncer on %s reconnects\n' "$socket"
}

# --- Service

# shellcheck source=parts/unit-name.sh
. parts/unit-name.sh

# shellcheck source=parts/unit-reach.sh
. parts/unit-reach.sh

refuse_protected() { # unit
  if is_protected "$1"; then
    refuse 15 "$1 is protected: touching it can cut off or take down the machine"
  fi
}

fail_service() { # message
  down=$(along_down)
  fail 21 "$1${down:+; not up either:$down}"
}

ask_unit() { # property
  answer=$(timeout 15 systemctl show --property="$1" -- "$unit") || return 1
  printf '%s' "${answer#*=}"
}

reconnect_service() {
  require awk sed
  check_service_name
  refuse_protected "$unit"
  [ -d /run/systemd/system ] || refuse 11 'there is no systemd on this machine'
  [ "$(ask_unit LoadState)" = loaded ] || refuse 12 "$unit is unknown, masked or broken"
  names=$(ask_unit Names) || fail 11 'systemd does not answer'
  for name in $names; do
    refuse_protected "$name"
  done
  id=$(ask_unit Id) || fail 11 'systemd does not answer'
  unit=${id:-$unit}
  # How it stands is asked behind the lock: somebody may stop it while another run has its turn.
  take_lock
  # What is down is started by another remedy, which asks whether it is to run at all.
  state=$(ask_unit ActiveState) || fail 11 'systemd does not answer'
  case $state in
    active | reloading) ;;
    *) refuse 16 "$unit is $state, so that it has no connections to renew" ;;
  esac
  along=
  if [ "$action" = restart ]; then
    check_reach
  fi
  if [ "$action" = reload ] && [ "$(ask_unit CanReload)" != yes ]; then
    refuse 12 "$unit cannot reload; use restart"
  fi
  # Neither of the two starts what has gone down since.
  verb=$action
  if [ "$action" = restart ]; then
    verb=try-restart
  fi
  answer=$(timeout 90 systemctl "$verb" -- "$unit" 2>&1 9>&-) ||
    fail_service "systemd could not $action $unit: $(printf '%s' "$answer" | last_words | tr '\n' ' ')"
  # A service that dies of its new connections does so at once; a reload may be on its way still.
  looks=0
  while :; do
    sleep 2
    state=$(ask_unit ActiveState) || fail 11 'systemd does not answer'
    looks=$((looks + 1))
    case $state in
      active) break ;;
      activating | reloading) [ "$looks" -lt 5 ] || fail_service "$unit is $state ten seconds after the $action" ;;
      *) fail_service "$unit is $state $((2 * looks)) seconds after the $action" ;;
    esac
  done
  # It may take longer to start than the service itself.
  down=$(along_down)
  if [ -n "$down" ]; then
    printf 'note: of what was restarted with it, not up yet:%s\n' "$down"
  fi
  printf 'OK: %s was told to %s and is active\n' "$unit" "$action"
}

# --- Hook

# Whoever may write the program or move a folder above it could put another in its place.
check_owned() { # path
  owner_and_mode=$(stat -c '%u %a' -- "$1") || refuse 13 "$1 cannot be looked at"
  case $owner_and_mode in
    '0 '*) ;;
    *) refuse 13 "$1 does not belong to root" ;;
  esac
  mode=$((0${owner_and_mode#* }))
  [ $((mode & 022)) -eq 0 ] || refuse 13 "$1 can be written by others than root"
}

check_hook() {
  case $hook in
    /*) ;;
    *) refuse 10 'SSM_Hook must be an absolute path' ;;
  esac
  case $hook in
    *[!A-Za-z0-9/._-]*) refuse 10 'SSM_Hook holds a character that no path may have here' ;;
  esac
  [ "$(readlink -f -- "$hook" 2>/dev/null)" = "$hook" ] || refuse 13 "$hook does not exist, is a link, or lies behind one"
  [ -f "$hook" ] || refuse 13 "$hook is no file"
  [ -x "$hook" ] || refuse 13 "$hook is not executable"
  part=$hook
  while [ "$part" != / ]; do
    check_owned "$part"
    part=$(dirname -- "$part")
  done
  check_owned /
}

reconnect_hook() {
  check_hook
  take_lock
  # Without a name, so that a killed script leaves nothing behind; a pipe would be held open by what the hook leaves running.
  file=$(mktemp /run/self-healing/said.XXXXXX)
  exec 7>"$file"
  rm -f "$file"
  said=/proc/self/fd/7
  code=0
  # SIGKILL after ten more seconds: a hook may be stuck on the very connection that it is to give up.
  # The agent works in /usr/bin, where a program should not find itself.
  (cd / && exec timeout -k 10 60 env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C "$hook" >"$said" 2>&1 </dev/null 7>&- 9>&-) || code=$?
  # Indented, so that no line of the hook looks like a verdict of this script.
  last_words <"$said" | sed 's/^/  /'
  printf '\n'
  case $code in
    0) printf 'OK: %s ended well\n' "$hook" ;;
    124 | 137) fail 22 "$hook took longer than 60 seconds and was ended" ;;
    *) fail 22 "$hook ended with exit code $code" ;;
  esac
}

by=${SSM_By:-}
service=${SSM_Service:-}
action=${SSM_Action:-reload}
hook=${SSM_Hook:-}
socket_folder=${SSM_SocketFolder:-/var/run/postgresql}
port=${SSM_Port:-6432}

require flock timeout sed
case $action in
  reload | restart) ;;
  *) refuse 10 'SSM_Action must be reload or restart' ;;
esac

case $by in
  pgbouncer) reconnect_pgbouncer ;;
  service) reconnect_service ;;
  hook) reconnect_hook ;;
  '') refuse 10 'SSM_By is missing: name pgbouncer, service or hook. An SSM Agent older than 3.3.2746.0 hands no parameters over; update it' ;;
  *) refuse 10 'SSM_By must be pgbouncer, service or hook' ;;
esac
