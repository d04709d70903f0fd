#!/bin/sh
# Restarts one systemd service and waits until it stays up. Runs as root through a Systems Manager Command document.
#
# Parameters (environment):
#   SSM_Service               unit name; ".service" may be left out. Required.
#   SSM_StopTimeoutSeconds    how long the service may take to stop before it is killed. 1..300, default 20.
#   SSM_StartTimeoutSeconds   how long it may take from there until it is active. 1..600, default 60.
#   SSM_StableSeconds         how long it must then stay active without a new start. 1..60, default 5.
#
# `systemctl restart` is used rather than stop and start, because it also brings back the units that depend on this one.
# Safe twice: a second run waits for the first and then restarts once more. Time limit in all: lock (30 s) + stop + start +
# stable + about 35 s for a kill and the diagnostics; with the defaults 150 s.
#
# Exit codes:
#   0   restarted, active and stable          20  did not become active in time
#   10  bad parameter                         21  could not be stopped, not even by SIGKILL
#   11  no systemd on this machine            22  became active but did not stay so
#   12  unknown unit                          23  systemd refused the restart
#   13  unit is masked                        24  another restart of the unit did not end in time
#   14  unit file is broken                   25  systemd does not answer
#   15  protected unit: never restarted
set -eu
LC_ALL=C
export LC_ALL SYSTEMD_PAGER='' SYSTEMD_COLORS=0
umask 077
exec 3>&1

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

# Old agents neither check patterns nor keep text out of numbers, hence the check here.
seconds_between() { # name value minimum maximum
  case $2 in
    '' | *[!0-9]* | ?????*) refuse 10 "$1 must be a number of seconds from $3 to $4" ;;
  esac
  if [ "$2" -lt "$3" ] || [ "$2" -gt "$4" ]; then
    refuse 10 "$1 must be a number of seconds from $3 to $4"
  fi
}

check_service_name() {
  case $service in
    '') refuse 10 'SSM_Service is empty' ;;
    *[!A-Za-z0-9@._-]* | [!A-Za-z0-9]*) refuse 10 'SSM_Service is not a unit name: only letters, digits, @ . _ - and a letter or digit first' ;;
  esac
  if [ "${#service}" -gt 128 ]; then
    refuse 10 'SSM_Service is longer than 128 characters'
  fi
  case $service in
    *.service) unit=$service ;;
    *.socket | *.target | *.timer | *.mount | *.automount | *.swap | *.slice | *.scope | *.path | *.device)
      refuse 10 "$service is not a service" ;;
    *) unit=$service.service ;;
  esac
  case $unit in
    *@.service) refuse 10 "$unit is a template: name an instance of it" ;;
  esac
}

# Restarting these can cut the machine off from Systems Manager, the network or its users, or take the whole system down,
# which is worse than any fault of theirs. This also covers the aliases that systemd knows for the unit.
refuse_protected() {
  case $1 in
    systemd-* | init.service | dbus*.service | messagebus.service | polkit*.service | ssh*.service | \
      *amazon-ssm-agent* | cloud-* | network.service | networking.service | NetworkManager* | wicked* | dhc* | ifup* | ifplugd* | \
      *getty* | user@* | user-runtime-dir@* | emergency.service | rescue.service | initrd-* | dracut-* | plymouth-* | \
      lvm2-* | multipathd* | iscsi* | reboot.service | halt.service | poweroff.service | kexec.service | display-manager*)
      refuse 15 "$1 is protected: restarting it can cut off or take down the machine" ;;
  esac
}

# Messages from here go to the real stdout (3), since the function runs inside command substitutions.
ask() { # property -> its value for the unit
  timeout 15 systemctl show --property="$1" --value -- "$unit" || fail 25 'systemd does not answer' >&3
}

read_state() {
  state=$(ask ActiveState) || exit 25
  main_pid=$(ask MainPID) || exit 25
  invocation=$(ask InvocationID) || exit 25
}

has_job() {
  job=$(ask Job) || exit 25
  case $job in
    '' | 0) return 1 ;;
  esac
}

print_state() {
  printf '%s: %s is %s (%s), main process %s, result %s, automatic restarts %s\n' \
    "$1" "$unit" "$(ask ActiveState)" "$(ask SubState)" "$(ask MainPID)" "$(ask Result)" "$(ask NRestarts)"
}

# Diagnostics never stop the cure: the journal may be slow or broken exactly when the service is.
print_journal() { # lines
  printf 'last %s journal lines:\n' "$1"
  journal=$(timeout 10 journalctl --unit="$unit" --lines="$1" --output=short-iso --no-pager --quiet 2>&1 | tr -c '[:print:]\n' '?' | cut -c1-150) ||
    journal='(the journal could not be read in time)'
  printf '%s\n' "${journal:-(none)}" | tail -n "$1" | sed 's/^/  /'
}

# Only systemd is known so far; SysV scripts, supervisor and Docker take their place beside this check.
require_systemd() {
  if [ ! -d /run/systemd/system ] || ! command -v systemctl >/dev/null; then
    refuse 11 'no systemd on this machine'
  fi
}

check_unit() {
  load_state=$(ask LoadState) || exit 25
  case $load_state in
    loaded) ;;
    not-found) refuse 12 "$unit is unknown to systemd" ;;
    masked) refuse 13 "$unit is masked: someone decided that it must not run" ;;
    *) refuse 14 "$unit cannot be loaded ($load_state): its unit file is broken" ;;
  esac
  names=$(ask Names) || exit 25
  for name in $names; do
    refuse_protected "$name"
  done
  manual=$(ask RefuseManualStart)$(ask RefuseManualStop) || exit 25
  if [ "$manual" != nono ]; then
    refuse 15 "$unit refuses manual starts or stops by its unit file"
  fi
}

# /run belongs to root alone, so nobody else can put a link where the lock file goes.
take_lock() {
  mkdir -p /run/self-healing
  exec 9>"/run/self-healing/restart-$unit.lock"
  flock -w 30 9 || fail 24 "another restart of $unit is at work for more than 30 seconds"
}

now() { date +%s; }

is_stopped() {
  read_state
  if [ "$invocation" != "$invocation_before" ]; then
    return 0
  fi
  case $state in
    inactive | failed | activating) return 0 ;;
    *) return 1 ;;
  esac
}

# A hung service ignores SIGTERM, and systemd's own patience is 90 s by default.
await_stop() {
  deadline=$(($(now) + stop_timeout))
  killed=no
  until is_stopped; do
    if [ "$(now)" -ge "$deadline" ]; then
      if [ "$killed" = yes ]; then
        fail 21 "$unit did not stop within 10 s after SIGKILL: a process of it is probably stuck in the kernel"
      fi
      printf 'did not stop within %s s: sending SIGKILL to all its processes\n' "$stop_timeout"
      timeout 15 systemctl kill --signal=SIGKILL -- "$unit" || printf 'note: systemctl kill failed\n'
      killed=yes
      deadline=$(($(now) + 10))
    fi
    sleep 0.2
  done
}

is_started() {
  read_state
  if [ "$invocation" = "$invocation_before" ]; then
    return 1
  fi
  [ "$state" = active ]
}

# Without a job nothing will start the unit any more, so waiting longer is in vain. A unit between two automatic restarts is "activating".
has_given_up() {
  case $state in
    failed | inactive) ! has_job ;;
    *) return 1 ;;
  esac
}

await_start() {
  deadline=$(($(now) + start_timeout))
  until is_started; do
    if has_given_up || [ "$(now)" -ge "$deadline" ]; then
      print_state after
      print_journal 10
      fail 20 "$unit did not become active within $start_timeout s"
    fi
    sleep 0.2
  done
}

stay_active() {
  steady_state=$state
  steady_pid=$main_pid
  steady_invocation=$invocation
  deadline=$(($(now) + stable_seconds))
  while [ "$(now)" -lt "$deadline" ]; do
    sleep 0.5
    read_state
    if [ "$state" != "$steady_state" ] || [ "$main_pid" != "$steady_pid" ] || [ "$invocation" != "$steady_invocation" ]; then
      print_state after
      print_journal 10
      fail 22 "$unit became active but did not stay so for $stable_seconds s"
    fi
  done
}

restart_and_watch() {
  timeout 15 systemctl restart --no-block -- "$unit" 2>&1 || fail 23 "systemd refused to restart $unit"
  await_stop
  await_start
  stay_active
}

# A one-shot unit is meant to end, and systemd may forget it at once; only the job itself tells how it went.
restart_oneshot() {
  timeout "$((stop_timeout + start_timeout))" systemctl restart -- "$unit" 2>&1 && return 0
  print_state after
  print_journal 10
  fail 20 "$unit did not end well within $((stop_timeout + start_timeout)) s"
}

service=${SSM_Service:-}
stop_timeout=${SSM_StopTimeoutSeconds:-20}
start_timeout=${SSM_StartTimeoutSeconds:-60}
stable_seconds=${SSM_StableSeconds:-5}

check_service_name
seconds_between SSM_StopTimeoutSeconds "$stop_timeout" 1 300
seconds_between SSM_StartTimeoutSeconds "$start_timeout" 1 600
seconds_between SSM_StableSeconds "$stable_seconds" 1 60
refuse_protected "$unit"
require_systemd
check_unit
take_lock

print_state before
print_journal 12

read_state
invocation_before=$invocation

# Clears the count of starts, without which systemd refuses to start a unit that has been crash-looping.
timeout 15 systemctl reset-failed -- "$unit" 2>/dev/null || printf 'note: systemctl reset-failed failed\n'

unit_type=$(ask Type) || exit 25
if [ "$unit_type" = oneshot ]; then
  restart_oneshot
else
  restart_and_watch
fi
print_state after
printf 'OK: %s was restarted\n' "$unit"
