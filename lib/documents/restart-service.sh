#!/bin/sh
# Restarts one service and waits until it stays up. Runs as root through a Systems Manager Command document.
#
# Parameters (environment):
#   SSM_Service               unit (".service" may be left out), init script, supervisor program or group, or container. Required.
#   SSM_Manager               systemd, sysv, supervisor or docker. Default auto: the first of them, in this order, that knows the name.
#   SSM_StopTimeoutSeconds    how long the service may take to stop before it is killed. 1..300, default 20.
#   SSM_StartTimeoutSeconds   how long it may take from there until it is active. 1..600, default 60.
#   SSM_StableSeconds         how long it must then stay active without a new start. 1..60, default 5.
#
# `systemctl restart` is used rather than stop and start, because it also brings back the units that depend on this one.
# Safe twice: a second run waits for the first and then restarts once more. Time limit in all: lock (30 s) + stop + start +
# stable + about 60 s for a kill and the diagnostics; with the defaults 175 s.
#
# Exit codes:
#   0   restarted, active and stable            20  did not become active in time
#   10  bad parameter                           21  could not be stopped, not even by SIGKILL
#   11  the manager is not on this machine      22  became active but did not stay so
#   12  the manager does not know the service   23  the manager refused the restart
#   13  unit is masked                          24  another restart of the service did not end in time
#   14  unit file is broken, or init script     25  systemd does not answer
#       cannot tell whether the service runs
#   15  protected service: never restarted
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
  name=${unit%.service}
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
      rc.service | rcS.service | rc.local* | single.service | killall.service | functions.service | skeleton.service | sendsigs.service | \
      mountall* | mountkernfs* | mountdevsubfs* | umount* | checkroot* | checkfs* | bootmisc* | hostname* | hwclock* | udev.service | procps.service | kmod.service | \
      k8s_* | ecs-* | *getty* | user@* | user-runtime-dir@* | emergency.service | rescue.service | initrd-* | dracut-* | plymouth-* | \
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

printable() { tr -c '[:print:]\n' '?' | cut -c1-150; }

# Diagnostics never stop the cure: the journal may be slow or broken exactly when the service is.
print_journal() { # lines
  printf 'last %s journal lines:\n' "$1"
  journal=$(timeout 10 journalctl --unit="$unit" --lines="$1" --output=short-iso --no-pager --quiet 2>&1 | printable) ||
    journal='(the journal could not be read in time)'
  printf '%s\n' "${journal:-(none)}" | tail -n "$1" | sed 's/^/  /'
}

has_systemd() { [ -d /run/systemd/system ] && command -v systemctl >/dev/null; }

check_unit() {
  load_state=$(ask LoadState) || exit 25
  case $load_state in
    loaded) ;;
    not-found) refuse 12 "$unit is unknown to systemd" ;;
    masked) refuse 13 "$unit is masked: someone decided that it must not run" ;;
    *) refuse 14 "$unit cannot be loaded ($load_state): its unit file is broken" ;;
  esac
  names=$(ask Names) || exit 25
  for alias in $names; do
    refuse_protected "$alias"
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

restart_unit() {
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
}

# Every other manager has five functions: <manager>_knows; <manager>_identity prints what changes with every start, and nothing while
# the service is not up; <manager>_show its state; <manager>_log its last lines; <manager>_cycle stops and starts it in bounded time.
restart_by() { # manager
  by=$1
  show before
  printf 'last log lines:\n'
  "${by}_log" | printable | tail -n 12 | sed 's/^/  /'
  "${by}_cycle"
  await_up
  stay_up
  show after
}

show() { # before|after
  printf '%s: %s (%s) is %s\n' "$1" "$name" "$by" "$("${by}_show" | printable | head -n 5)"
}

fail_showing() { # exit code, message
  show after
  printf 'last log lines:\n'
  "${by}_log" | printable | tail -n 10 | sed 's/^/  /'
  fail "$@"
}

await_up() {
  deadline=$(($(now) + start_timeout))
  until steady=$("${by}_identity") && [ -n "$steady" ]; do
    if [ "$(now)" -ge "$deadline" ]; then
      fail_showing 20 "$name did not become active within $start_timeout s"
    fi
    sleep 0.2
  done
}

stay_up() {
  deadline=$(($(now) + stable_seconds))
  while [ "$(now)" -lt "$deadline" ]; do
    sleep 0.5
    if [ "$("${by}_identity")" != "$steady" ]; then
      fail_showing 22 "$name became active but did not stay so for $stable_seconds s"
    fi
  done
}

await_down() { # seconds
  deadline=$(($(now) + $1))
  while [ -n "$("${by}_identity")" ]; do
    if [ "$(now)" -ge "$deadline" ]; then
      return 1
    fi
    sleep 0.2
  done
}

script() { printf '/etc/init.d/%s' "$name"; }

sysv_knows() { [ -f "$(script)" ] && [ -x "$(script)" ]; }

check_sysv() {
  actual=$(readlink -f -- "$(script)") || refuse 14 "$(script) cannot be read"
  refuse_protected "${actual##*/}.service"
  grep -Eq '(^|[^[:alnum:]_-])status([^[:alnum:]_-]|$)' "$(script)" ||
    refuse 14 "$(script) has no status action, so nothing would tell whether the service is up"
}

# As `service` does it: from /, in a clean environment; without our lock and output, which a daemon would keep open. On a machine
# with systemd a daemon started here would belong to the agent's unit and end with it, hence a scope of its own.
init_script() { # seconds action
  limit=$1
  action=$2
  set -- env -i PATH="$PATH" LANG=C TERM=dumb "$(script)" "$action"
  if [ "$action" = start ] && has_systemd && command -v systemd-run >/dev/null; then
    set -- systemd-run --scope --quiet --slice=system.slice -- "$@"
  fi
  (cd / && umask 022 && exec timeout -k 5 "$limit" "$@") </dev/null >"$said" 2>&1 3>&- 9>&-
}

tell_said() { printable <"$said" | tail -n 5 | sed 's/^/  /'; }

pid_files() {
  sed -n 's/^# *pidfile: *\(\/[A-Za-z0-9._/@+-]*\) *$/\1/p' "$(script)" | head -n 1
  printf '%s\n' "/run/$name.pid" "/run/$name/$name.pid" "/var/run/$name.pid" "/var/run/$name/$name.pid"
}

pid_in() { # file
  pid=$(head -c 20 -- "$1" 2>/dev/null | head -n 1 | tr -d ' ') || pid=
  case $pid in
    '' | 0* | 1 | *[!0-9]*) return 1 ;;
  esac
  printf '%s' "$pid"
}

sysv_identity() {
  init_script 10 status || return 0
  for file in $(pid_files); do
    if pid_in "$file"; then
      return 0
    fi
  done
  printf up
}

sysv_show() {
  if init_script 10 status; then
    printf 'up: '
  else
    printf 'not up (status %s): ' "$?"
  fi
  tail -n 3 "$said"
}

# The service's own user may write into its folder and put a link to a secret there, which is not followed.
sysv_log() {
  for file in "/var/log/$name.log" "/var/log/$name/$name.log" "/var/log/$name/error.log"; do
    if [ -f "$file" ] && [ ! -L "$file" ]; then
      size=$(wc -c <"$file")
      dd if="$file" iflag=nofollow,skip_bytes skip="$((size > 8192 ? size - 8192 : 0))" bs=8192 count=1 2>/dev/null || printf '(%s cannot be read)\n' "$file"
      return 0
    fi
  done
  timeout 10 journalctl --identifier="$name" --lines=12 --output=short-iso --no-pager --quiet 2>/dev/null || printf '(no log found)\n'
}

# A pid file that anyone but root can write could name any process of the machine.
root_alone_writes() { # file
  [ -n "$(find -P "$1" -maxdepth 0 -type f -user root ! -perm /022 2>/dev/null)" ] &&
    [ -n "$(find -L "${1%/*}" -maxdepth 0 -type d -user root ! -perm /022 2>/dev/null)" ]
}

sysv_kill() {
  for file in $(pid_files); do
    if pid=$(pid_in "$file") && root_alone_writes "$file"; then
      printf 'did not stop within %s s: sending SIGKILL to process %s of %s\n' "$stop_timeout" "$pid" "$file"
      kill -KILL "$pid" 2>/dev/null || printf 'note: there is no such process\n'
      return 0
    fi
  done
  fail 21 "$name did not stop within $stop_timeout s, and no pid file that only root can write tells what to kill"
}

sysv_cycle() {
  deadline=$(($(now) + stop_timeout))
  init_script "$stop_timeout" stop || printf 'note: stop ended with %s\n' "$?"
  tell_said
  left=$((deadline - $(now)))
  if ! await_down "$left"; then
    sysv_kill
    await_down 10 || fail_showing 21 "$name did not stop within 10 s after SIGKILL"
  fi
  init_script "$start_timeout" start || printf 'note: start ended with %s\n' "$?"
  tell_said
}

# With ":*" the name stands for a program, for all processes of a program, and for a group.
supervisor() { # seconds action
  timeout "$1" supervisorctl "$2" "$name:*" 2>&1 </dev/null 3>&- 9>&-
}

supervisor_show() {
  supervisor 15 status | awk '$2 ~ /^(RUNNING|STOPPED|STARTING|BACKOFF|STOPPING|EXITED|FATAL|UNKNOWN)$/'
}

supervisor_knows() { command -v supervisorctl >/dev/null && [ -n "$(supervisor_show)" ]; }

supervisor_identity() {
  supervisor_show | awk '$2 != "RUNNING" { down = 1 } { id = id $1 " " $4 } END { if (NR > 0 && !down) print id }'
}

supervisor_log() {
  program=$(supervisor_show | awk 'NR == 1 { print $1 }')
  timeout 10 supervisorctl tail -4000 "$program" stderr 2>&1 </dev/null || printf '(no log)\n'
  timeout 10 supervisorctl tail -4000 "$program" 2>&1 </dev/null || printf '(no log)\n'
}

supervisor_is_down() { [ -z "$(supervisor_show | awk '$2 !~ /^(STOPPED|EXITED|FATAL)$/')" ]; }

supervisor_kill() { timeout 15 supervisorctl signal KILL "$name:*" >/dev/null 2>&1 </dev/null; }

supervisor_cycle() {
  supervisor "$stop_timeout" stop | tail -n 5 || true
  if ! supervisor_is_down; then
    printf 'did not stop within %s s: sending SIGKILL\n' "$stop_timeout"
    supervisor_kill || true
    deadline=$(($(now) + 10))
    until supervisor_is_down; do
      if [ "$(now)" -ge "$deadline" ]; then
        fail_showing 21 "$name did not stop within 10 s after SIGKILL"
      fi
      sleep 0.2
    done
  fi
  supervisor "$start_timeout" start | tail -n 5 || true
}

# << and >> stand for double braces, which Systems Manager would take for a parameter.
docker_inspect() { # Go template
  timeout 15 docker inspect --type container --format "$(printf '%s' "$1" | tr '<>' '{}')" "$name" 2>/dev/null </dev/null
}

# The engine also finds a container by the beginning of its id, which nobody means by a service.
docker_knows() { command -v docker >/dev/null && [ "$(docker_inspect '<<.Name>>')" = "/$name" ]; }

docker_show() {
  docker_inspect '<<.State.Status>>, exit code <<.State.ExitCode>>, out of memory <<.State.OOMKilled>>, automatic restarts <<.RestartCount>>'
}

# A container with a health check is up when it is healthy.
docker_identity() {
  docker_inspect '<<.State.Status>> <<if .State.Health>><<.State.Health.Status>><<else>>healthy<<end>> <<.State.StartedAt>> <<.State.Pid>>' |
    awk '$1 == "running" && $2 == "healthy" { print $3, $4 }'
}

docker_log() { timeout 10 docker logs --tail 12 --timestamps "$name" 2>&1 </dev/null || printf '(no log)\n'; }

# The engine itself kills what does not stop in time.
docker_cycle() {
  started_before=$(docker_inspect '<<.State.StartedAt>>') || started_before=
  timeout "$((stop_timeout + start_timeout))" docker restart -t "$stop_timeout" "$name" 2>&1 </dev/null 3>&- 9>&- | printable | tail -n 5 || true
  if [ "$(docker_inspect '<<.State.StartedAt>>')" = "$started_before" ]; then
    fail_showing 23 "the Docker engine did not restart $name"
  fi
}

is_known_to_systemd() {
  has_systemd || return 1
  load_state=$(ask LoadState) || exit 25
  [ "$load_state" != not-found ]
}

choose_manager() {
  if [ "$manager" != auto ]; then
    return 0
  fi
  for manager in systemd sysv supervisor docker; do
    case $manager in
      systemd) if is_known_to_systemd; then return 0; fi ;;
      *) if "${manager}_knows"; then return 0; fi ;;
    esac
  done
  refuse 12 "$name is neither a systemd unit nor an init script, supervisor program or Docker container of this machine"
}

require_manager() {
  present=yes
  case $manager in
    systemd) has_systemd || present=no ;;
    sysv) [ -d /etc/init.d ] || present=no ;;
    supervisor) command -v supervisorctl >/dev/null || present=no ;;
    docker) command -v docker >/dev/null || present=no ;;
    *) refuse 10 'SSM_Manager must be auto, systemd, sysv, supervisor or docker' ;;
  esac
  if [ "$present" = no ]; then
    refuse 11 "no $manager on this machine"
  fi
}

check_known() {
  case $manager in
    systemd) check_unit ;;
    *) "${manager}_knows" || refuse 12 "$name is unknown to $manager, or $manager does not answer" ;;
  esac
  if [ "$manager" = sysv ]; then
    check_sysv
  fi
}

service=${SSM_Service:-}
manager=${SSM_Manager:-auto}
stop_timeout=${SSM_StopTimeoutSeconds:-20}
start_timeout=${SSM_StartTimeoutSeconds:-60}
stable_seconds=${SSM_StableSeconds:-5}

check_service_name
seconds_between SSM_StopTimeoutSeconds "$stop_timeout" 1 300
seconds_between SSM_StartTimeoutSeconds "$start_timeout" 1 600
seconds_between SSM_StableSeconds "$stable_seconds" 1 60
refuse_protected "$unit"
choose_manager
require_manager
check_known
take_lock

if [ "$manager" = systemd ]; then
  label=$unit
  restart_unit
else
  label="$name ($manager)"
  said=$(mktemp /run/self-healing/said.XXXXXX)
  trap 'rm -f "$said"' EXIT
  restart_by "$manager"
fi
printf 'OK: %s was restarted\n' "$label"
