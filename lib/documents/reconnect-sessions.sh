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

refuse() {
  code=$1
  shift
  printf 'REFUSED: %s\n' "$*"
  exit "$code"
}

fail() {
  code=$1
  shift
  printf 'FAILED: %s\n' "$*"
  exit "$code"
}

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

check_unit_name() {
  case $service in
    '') refuse 10 'SSM_Service is empty' ;;
    *[!A-Za-z0-9@._-]* | [!A-Za-z0-9]*) refuse 10 'SSM_Service is not a unit name: only letters, digits, @ . _ - and a letter or digit first' ;;
  esac
  [ "${#service}" -le 128 ] || refuse 10 'SSM_Service is longer than 128 characters'
  unit=${service%.service}.service
}

# Touching these can cut the machine off from Systems Manager, the network or its users, or take the whole system down. The list is that
# of restart-service.sh, word for word.
protected_units='
  systemd-* init.service dbus*.service messagebus.service polkit*.service ssh*.service
  *amazon-ssm-agent* cloud-* network.service networking.service NetworkManager* wicked* dhc* ifup* ifplugd*
  rc.service rcS.service rc.local* single.service killall.service functions.service skeleton.service sendsigs.service
  mountall* mountkernfs* mountdevsubfs* umount* checkroot* checkfs* bootmisc* hostname* hwclock* udev.service procps.service kmod.service
  k8s_* ecs-* *getty* user@* user-runtime-dir@* emergency.service rescue.service initrd-* dracut-* plymouth-*
  lvm2-* multipathd* iscsi* reboot.service halt.service poweroff.service kexec.service display-manager*
'

# Patterns are words of the list, not files.
set -f

is_protected() { # unit
  for pattern in $protected_units; do
    # shellcheck disable=SC2254
    case $1 in
      $pattern) return 0 ;;
    esac
  done
  return 1
}

refuse_protected() { # unit
  if is_protected "$1"; then
    refuse 15 "$1 is protected: touching it can cut off or take down the machine"
  fi
}

# --- what a restart reaches beyond its unit; reconnect-sessions.sh and stop-service.sh, for a stop, have it word for word

related() { # unit, properties -> units
  shown=$(timeout 15 systemctl show --property="$(printf '%s' "$2" | tr ' ' ,)" -- "$1" 2>/dev/null) || return 1
  printf '%s\n' "$shown" | sed 's/^[A-Za-z]*=//' | tr '\n' ' '
}

# Words about each unit of a `systemctl show` that a restart of the service reaches: "at=" its names, "on=" what it stops in turn, "with="
# the unit itself, "under=" one that is taken away under what uses it, and "effect=" for what would go beyond units. What is down is not
# touched, unless it is the service itself. A restart brings back what is on its way up, a stop does not. Of units that would be started,
# only those that are down are: "on=" is what they start in turn, "against=" what their start stops.
# shellcheck disable=SC2016
REACH='
function tell(  words, count, i, down) {
  down = p["ActiveState"] ~ /^(inactive|failed)$/
  if (p["Id"] == "" || (started ? !down : down && p["Id"] != service)) return
  count = split("FailureAction SuccessAction StartLimitAction JobTimeoutAction", words, " ")
  for (i = 1; i <= count; i++) if (p[words[i]] !~ /^(none)?$/) print "effect=" p["Id"] ":" words[i] "=" p[words[i]]
  if (p["OnFailure"] != "" && p["OnFailureJobMode"] == "isolate") print "effect=" p["Id"] ":OnFailureJobMode=isolate"
  if (p["OnSuccess"] != "" && p["OnSuccessJobMode"] == "isolate") print "effect=" p["Id"] ":OnSuccessJobMode=isolate"
  count = split(p["OnFailure"] " " p["OnSuccess"], words, " ")
  for (i = 1; i <= count; i++) if (words[i] ~ last) print "effect=" p["Id"] ":OnFailure=" words[i]
  if (started) {
    each("on=", p["Requires"] " " p["Wants"] " " p["BindsTo"] " " p["Upholds"])
    each("against=", p["Conflicts"] " " p["ConflictedBy"])
    return
  }
  each("at=", p["Names"])
  if (p["Id"] ~ /[.](mount|automount|swap|slice|scope)$/) print "under=" p["Id"]
  each("on=", p["RequiredBy"] " " p["RequisiteOf"] " " p["BoundBy"] " " p["ConsistsOf"] " " p["PropagatesStopTo"])
  if (p["ActiveState"] ~ /^(active|reloading)$/ || deed == "stop" && !down) print "with=" p["Id"]
}
function each(label, names,  words, count, i) {
  count = split(names, words, " ")
  for (i = 1; i <= count; i++) print label words[i]
}
BEGIN {
  last = "^((soft-)?reboot|poweroff|halt|kexec|exit|shutdown|umount|final|suspend|hibernate|suspend-then-hibernate|hybrid-sleep|sleep|ctrl-alt-del)[.]target$"
  last = last "|^(emergency|rescue)[.](target|service)$|^systemd-((soft-)?reboot|poweroff|halt|kexec|exit|suspend|hibernate)[.]service$"
}
$0 == "" { tell(); split("", p); next }
{ at = index($0, "="); p[substr($0, 1, at - 1)] = substr($0, at + 1) }
END { tell() }
'

# A restart stops what needs the unit, and what needs that, and starts it again; and what is to be done to the machine when a unit fails
# or ends may be done now. So it is with a stop, whose unit is started again later.
check_reach() {
  asked=Id,Names,ActiveState,FailureAction,SuccessAction,StartLimitAction,JobTimeoutAction,OnFailure,OnSuccess,OnFailureJobMode,OnSuccessJobMode
  effects=$asked
  asked=$asked,RequiredBy,RequisiteOf,BoundBy,ConsistsOf,PropagatesStopTo
  known=" $unit "
  along=
  set -- "$unit"
  while [ "$#" -gt 0 ]; do
    reach=$(timeout 15 systemctl show --property="$asked" -- "$@" 2>/dev/null) || fail "$unanswered" 'systemd does not answer'
    set --
    for word in $(printf '%s\n' "$reach" | awk -v service="$unit" -v deed="$deed" "$REACH"); do
      name_in_word=${word#*=}
      case $word in
        effect=*) refuse 15 "$name_in_word: a $deed of $unit could take down the machine" ;;
        at=*)
          if is_protected "$name_in_word"; then
            refuse 15 "$name_in_word is protected, and a $deed of $unit ${deed}s it, too"
          fi
          ;;
        under=*) refuse 15 "$name_in_word stops with $unit, and is no service that could simply be started again" ;;
        with="$unit") ;;
        with=*) along="$along $name_in_word" ;;
        on=*)
          case $known in
            *" $name_in_word "*) ;;
            *)
              known="$known$name_in_word "
              set -- "$@" "$name_in_word"
              ;;
          esac
          ;;
      esac
    done
  done
  if [ -n "$along" ]; then
    printf '%ss with it:%s\n' "$deed" "$along"
  fi
  against=$(related "$unit" 'Conflicts ConflictedBy') || fail "$unanswered" 'systemd does not answer'
  check_conflicts "$unit" '' "$against"
  needs=
  ends=
  for restarted in "$unit" $along; do
    needs="$needs $(related "$restarted" 'Requires Wants BindsTo Upholds')" || fail "$unanswered" 'systemd does not answer'
    ends="$ends $(related "$restarted" 'OnFailure OnSuccess')" || fail "$unanswered" 'systemd does not answer'
  done
  known=" $unit$along "
  check_started "what $unit needs" '' "$needs"
  # What takes over at the end of a unit may stop it.
  check_started "what the end of $unit starts" "$along" "$ends"
}

# The start of a unit starts what it needs or wants and is down; its end starts what it names for that.
check_started() { # whose, units that may be stopped besides the unit itself, units
  whose=$1
  spared=$2
  # Names of units hold no blanks.
  # shellcheck disable=SC2086
  set -- $3
  while [ "$#" -gt 0 ]; do
    reach=$(timeout 15 systemctl show --property="$effects,Requires,Wants,BindsTo,Upholds,Conflicts,ConflictedBy" -- "$@" 2>/dev/null) ||
      fail "$unanswered" 'systemd does not answer'
    set --
    for word in $(printf '%s\n' "$reach" | awk -v service="$unit" -v started=1 "$REACH"); do
      name_in_word=${word#*=}
      case $word in
        effect=*) refuse 15 "$name_in_word: a $deed of $unit could take down the machine" ;;
        against=*) check_conflicts "$whose" "$spared" "$name_in_word" ;;
        on=*)
          case $known in
            *" $name_in_word "*) ;;
            *)
              known="$known$name_in_word "
              set -- "$@" "$name_in_word"
              ;;
          esac
          ;;
      esac
    done
  done
}

# Whatever is up and conflicts with a unit is stopped by the start of that.
check_conflicts() { # whose, units that may be stopped besides the unit itself, units
  for other in $3; do
    case " shutdown.target $unit $2 " in
      *" $other "*) continue ;;
    esac
    case $(timeout 15 systemctl show --property=ActiveState -- "$other" 2>/dev/null) in
      ActiveState=active | ActiveState=activating | ActiveState=reloading)
        refuse 15 "$other conflicts with $1 and is up: the start would stop it" ;;
      '') fail "$unanswered" 'systemd does not answer' ;;
    esac
  done
}

# --- end of what a restart reaches

# Of what is restarted with the unit, what is not up.
along_down() {
  for other in $along; do
    other_state=$(timeout 15 systemctl show --property=ActiveState -- "$other" 2>/dev/null) || other_state='=unknown'
    case $other_state in
      *=active | *=reloading) ;;
      *) printf ' %s (%s)' "$other" "${other_state#*=}" ;;
    esac
  done
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
  check_unit_name
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
