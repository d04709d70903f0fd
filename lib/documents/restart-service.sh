#!/bin/sh
# Restarts one service and waits until it stays up. Runs as root through a Systems Manager Command document.
#
# Parameters (environment):
#   SSM_Service  unit (".service" may be left out), init script, supervisor program or group, or container. Required.
#   SSM_Manager  systemd, sysv, supervisor or docker. Default auto: the first of them, in this order, that knows the name.
#   SSM_StopTimeoutSeconds  how long the service may take to stop before it is killed. 1..300, default 20. A longer TimeoutStopSec= of
#     its unit is not waited for, but SendSIGKILL=no, KillMode=none and KillMode=process are obeyed.
#   SSM_StartTimeoutSeconds  how long it may take from there until it is active. 1..900, or own, the default: what its manager allows it,
#     at most 300. systemd tells by the unit file, supervisor by its states, Docker by the health check; an init script gets 60.
#   SSM_StableSeconds  how long it must then stay active without a new start. 1..60, default 5.
#   SSM_WhenActive  what to do with a service that is up: restart, the default, or refuse, for whom no process was seen. So it is
#     with one that is starting, within its own time or 900 s where it has none, ended well, or was put aside: a program that was
#     stopped by hand, or a container that is paused.
#
# `systemctl restart` is used rather than stop and start, because it also brings back the units that depend on this one.
# Safe twice: a second run waits for the first, looks how the service stands only then, and restarts it once more unless it is to be left
# alone. Time limit in all: lock (30 s) + twice the stop + start + stable + about 60 s for kills and the diagnostics.
#
# Exit codes:
#   0   restarted, active and stable
#   10  bad parameter
#   11  the manager, or a program that this script needs, is not on this machine
#   12  the manager does not know the service
#   13  unit is masked, or disabled and down
#   14  unit file is broken, or init script cannot tell whether the service runs
#   15  protected service, or a restart would reach beyond the service: never done
#   16  is up or starting, ended well, was put aside, or is disabled and down, and was to be left alone then
#   20  did not become active
#   21  could not be stopped, not even by SIGKILL, or its unit file forbids that
#   22  became active but did not stay so
#   23  the manager refused or dropped the restart, or it was ended from outside
#   24  another restart of the service did not end in time
#   25  systemd does not answer
#   26  is up again, but not all that was restarted with it
set -eu
LC_ALL=C
export LC_ALL SYSTEMD_PAGER='' SYSTEMD_COLORS=0
umask 077

# shellcheck source=parts/verdicts.sh
. parts/verdicts.sh

newline='
'

# The exit code for a systemd that does not answer, and what is done to the unit.
unanswered=25
deed=restart

require() {
  for program in "$@"; do
    command -v "$program" >/dev/null || refuse 11 "$program is not on this machine"
  done
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

# shellcheck source=parts/unit-name.sh
. parts/unit-name.sh

# shellcheck source=parts/unit-reach.sh
. parts/unit-reach.sh

refuse_protected() { # unit
  if is_protected "$1"; then
    refuse 15 "$1 is protected: restarting it can cut off or take down the machine"
  fi
}

# Words of others stand indented in the output, so that none of their lines looks like a verdict of this script.
printable() { tr -c '[:print:]\n' '?' | cut -c1-150; }

has_systemd() { [ -d /run/systemd/system ] && command -v systemctl >/dev/null; }

# --- systemd

# One call for one moment: of two calls the first may tell of the time before a change and the second of the time after it.
look() {
  facts=$newline$(timeout 15 systemctl show --property="$properties" -- "$unit" 2>/dev/null) || fail 25 'systemd does not answer'
  fact ActiveState && state=$value
  fact SubState && sub_state=$value
  fact MainPID && main_pid=$value
  fact Job && job=$value
  # What changes with every start. systemd before 232 has no InvocationID.
  fact InvocationID && run=$value
  if [ -z "$run" ]; then
    fact InactiveExitTimestampMonotonic && run=${value#0}
  fi
}

properties=Id,Names,LoadState,ActiveState,SubState,Type,MainPID,ControlGroup,InvocationID,InactiveExitTimestampMonotonic,Job,Result
properties=$properties,RemainAfterExit,KillMode,SendSIGKILL,NRestarts,ExecMainCode,ExecMainStatus,TimeoutStartUSec,RefuseManualStart,RefuseManualStop
properties=$properties,ActiveExitTimestampMonotonic,UnitFileState,TriggeredBy,WantedBy,RequiredBy,BoundBy,UpheldBy,OnFailureOf,OnSuccessOf
properties=$properties,ConditionResult,ConditionTimestampMonotonic,AssertResult,AssertTimestampMonotonic

# The property as the last look had it; empty where this systemd does not know it.
fact() { # property -> value
  case $facts in
    *"$newline$1="*)
      value=${facts#*"$newline$1="}
      value=${value%%"$newline"*}
      ;;
    *) value= ;;
  esac
}

has_job() {
  case $job in
    '' | 0) return 1 ;;
  esac
}

is_up() {
  case $state in
    active | reloading) return 0 ;;
    *) return 1 ;;
  esac
}

print_state() { # before|after
  look
  fact Result && result=$value
  fact NRestarts && restarts=$value
  printf '%s: %s is %s (%s), main process %s, result %s, automatic restarts %s\n' \
    "$1" "$unit" "$state" "$sub_state" "$main_pid" "$result" "${restarts:-unknown}"
}

# Diagnostics never stop the cure: the journal may be slow or broken exactly when the service is.
print_journal() { # lines
  printf 'last %s journal lines:\n' "$1"
  journal=$(timeout 10 journalctl --unit="$unit" --lines="$1" --output=short-iso --no-pager --quiet 2>&1 | printable) ||
    journal='(the journal could not be read in time)'
  printf '%s\n' "${journal:-(none)}" | tail -n "$1" | sed 's/^/  /'
}

# Monotonic, since the clock of a machine in trouble may be set at any time.
now() {
  read -r uptime _ </proc/uptime
  printf '%s' "${uptime%%.*}"
}

# What does not depend on how the unit stands. The journal and the lock know it by its Id alone.
check_unit() {
  look
  fact LoadState
  case $value in
    loaded) ;;
    not-found) refuse 12 "$unit is unknown to systemd" ;;
    masked) refuse 13 "$unit is masked: someone decided that it must not run" ;;
    *) refuse 14 "$unit cannot be loaded ($value): its unit file is broken" ;;
  esac
  fact Names
  for alias in $value; do
    refuse_protected "$alias"
  done
  fact Id && unit=$value
  fact RefuseManualStart && manual=$value
  fact RefuseManualStop && manual=$manual$value
  case $manual in
    *yes*) refuse 15 "$unit refuses manual starts or stops by its unit file" ;;
  esac
}

# Asked behind the lock: another restart may just have brought the unit back.
check_unit_state() {
  look
  refuse_unwanted
  check_reach
  if [ "$when_active" = refuse ]; then
    leave_alone
  fi
}

# A restart forgets the failure before it starts the unit: one that did not get so far leaves this behind, until the next boot.
begun_mark=/run/self-healing/restarting-

# One that was stopped by hand, or never started. One that was started by hand and ended without a failure looks the same.
refuse_unwanted() {
  fact UnitFileState && file_state=$value
  fact Result && result=$value
  fact Type && type=$value
  if [ "$file_state $state $result" != 'disabled inactive success' ] || [ "$type" = dbus ] || has_job || [ -e "$begun_mark$unit" ]; then
    return 0
  fi
  for starter in TriggeredBy WantedBy RequiredBy BoundBy UpheldBy OnFailureOf OnSuccessOf; do
    fact "$starter"
    if [ -n "$value" ]; then
      return 0
    fi
  done
  # Where it is looked for because it is down, that is why, and no reboot or replacement is right either.
  if [ "$when_active" = refuse ]; then
    refuse 16 "$unit is disabled and down without a failure, and nothing else starts it: it is not to run here"
  fi
  refuse 13 "$unit is disabled and down without a failure, and nothing else starts it: it is not to run here"
}

leave_alone() {
  fact RemainAfterExit && remains=$value
  process="main process $(process_named "$main_pid")"
  if is_up && ! has_failed_part; then
    refuse 16 "$unit is $state ($sub_state), $process: whoever saw no process looked for another name, or it is back by itself"
  fi
  if is_starting; then
    refuse 16 "$unit is $state ($sub_state) for $starting_for s, $process: it is starting still"
  fi
  if [ "$state $type $remains $result" = 'inactive oneshot no success' ]; then
    refuse 16 "$unit is a one-shot that is not to be up, and its last run did not fail"
  fi
}

# systemd itself ends a start that takes longer than the unit may; one without a limit is none any more after the longest time that a
# policy can give. A one-shot is starting for as long as it works.
is_starting() {
  [ "$state" = activating ] || return 1
  case $sub_state in
    auto-restart*) return 1 ;;
  esac
  fact InactiveExitTimestampMonotonic && starting_for=$(($(now) - ${value%??????}))
  fact NRestarts && restarts=$value
  fact ActiveExitTimestampMonotonic && down_since=${value%??????}
  fact TimeoutStartUSec
  # A start that systemd repeats, of a unit that was not up for longer than one start may take, is none that is waited for.
  if [ "${restarts:-0}" -gt 1 ] && [ "$(($(now) - ${down_since:-0}))" -gt "$(seconds_of "$value" "$longest_start")" ]; then
    return 1
  fi
  case $value in
    '' | 0 | infinity) [ "$type" = oneshot ] || [ "$starting_for" -lt "$longest_start" ] ;;
  esac
}

process_named() { # pid
  if [ -r "/proc/$1/comm" ]; then
    printf '%s, %s' "$1" "$(printable <"/proc/$1/comm")"
  else
    printf 'none'
  fi
}

# A unit that only holds others together is up without a process of its own, whatever has become of them.
has_failed_part() {
  [ "$main_pid" = 0 ] && [ "$sub_state" = exited ] || return 1
  parts=$(related "$unit" 'ConsistsOf Wants Requires BindsTo') || fail 25 'systemd does not answer'
  for part in $parts; do
    case $part in
      *.service) ;;
      *) continue ;;
    esac
    if [ "$(timeout 15 systemctl show --property=ActiveState -- "$part")" = ActiveState=failed ]; then
      printf 'part: %s has failed\n' "$part"
      return 0
    fi
  done
  return 1
}

# /run belongs to root alone, so nobody else can put a link where the lock file goes.
take_lock() { # name
  mkdir -p /run/self-healing
  exec 9>"/run/self-healing/restart-$1.lock"
  flock -w 30 9 || fail 24 "another restart of $1 is at work for more than 30 seconds"
}

# What programs say goes to a file without a name, which a killed script cannot leave behind. A pipe would be held open by daemons.
keep_said() {
  mkdir -p /run/self-healing
  file=$(mktemp /run/self-healing/said.XXXXXX)
  exec 7>"$file"
  rm -f "$file"
  said=/proc/self/fd/7
}

# The seconds in systemd's words for a span, such as "1min 30s"; as many as are asked about at most where it has none.
seconds_of() { # words, most
  total=0
  for part in $1; do
    number=${part%%[!0-9]*}
    case $part in
      '' | infinity) number=$2 ;;
      *ms | *us) number=1 ;;
      *min) number=$((number * 60)) ;;
      *s) case $part in *.*) number=$((number + 1)) ;; esac ;;
      *h) number=$((number * 3600)) ;;
      *) number=$2 ;;
    esac
    total=$((total + number))
  done
  if [ "$total" -gt "$2" ] || [ "$total" -eq 0 ]; then
    total=$2
  fi
  printf '%s' "$total"
}

# From the moment of the restart: the unit has its own limit for each part of its start, and none while it waits for others, but
# never more than all of the patience.
set_patience() {
  if [ "$start_timeout" = own ]; then
    patience=$own_at_most
    fact TimeoutStartUSec && own=$(seconds_of "$value" "$own_at_most")
  else
    patience=$start_timeout
    own=$start_timeout
  fi
}

is_stopped() {
  if [ "$run" != "$run_before" ] && [ -n "$run" ]; then
    return 0
  fi
  case $state in
    inactive | failed) return 0 ;;
    activating) case $sub_state in auto-restart*) return 0 ;; esac ;;
  esac
  return 1
}

# A hung service ignores SIGTERM, and systemd's own patience is 90 s by default. Its ExecStopPost, which comes after it, may hang as well
# and has the same time of its own.
await_stop() {
  deadline=$(($(now) + stop_timeout))
  kills=0
  after_end=no
  lost=0
  while :; do
    at=$(now)
    look
    if is_stopped || { [ "$queued" = no ] && grep -q '^code=' "$said"; }; then
      return 0
    fi
    case $sub_state in
      stop-post | final-*)
        if [ "$after_end" = no ]; then
          after_end=yes
          deadline=$((at + stop_timeout))
          kills=0
        fi
        ;;
    esac
    if [ "$queued" = yes ] && [ "$state" != deactivating ] && ! has_job; then
      lost=$((lost + 1))
      if [ "$lost" -ge 3 ]; then
        fail_telling 23 "systemd dropped the restart of $unit: another job took its place"
      fi
    else
      lost=0
    fi
    if [ "$at" -ge "$deadline" ]; then
      if [ "$kills" -ge 2 ]; then
        fail_telling 21 "$unit did not stop after $kills times SIGKILL and is in $sub_state$(processes_left)"
      fi
      kill_hard
      kills=$((kills + 1))
      deadline=$((at + 5))
    fi
    sleep 0.2
  done
}

# Like systemd itself, and no harder than the unit file lets it be.
kill_hard() {
  fact KillMode && mode=$value
  fact SendSIGKILL
  case $mode,$value in
    none,*) forbidden=KillMode=none ;;
    *,no) forbidden=SendSIGKILL=no ;;
    *) forbidden= ;;
  esac
  if [ -n "$forbidden" ]; then
    fail_telling 21 "$unit did not stop within $stop_timeout s and is in $sub_state; its unit file forbids SIGKILL ($forbidden), and systemd starts it again when it has stopped"
  fi
  case $mode in
    process) whom='main control' ;;
    *) whom=all ;;
  esac
  printf 'did not stop within %s s (%s): sending SIGKILL to its processes (%s)\n' "$stop_timeout" "$sub_state" "$whom"
  killed=no
  for who in $whom; do
    # Of the two there is often one alone.
    if timeout 15 systemctl kill --kill-who="$who" --signal=SIGKILL -- "$unit" 2>/dev/null; then
      killed=yes
    fi
  done
  if [ "$killed" = no ]; then
    printf 'note: systemctl kill failed\n'
  fi
}

processes_left() {
  fact ControlGroup && group=$value
  for list in "/sys/fs/cgroup$group/cgroup.procs" "/sys/fs/cgroup/systemd$group/cgroup.procs"; do
    if [ -n "$group" ] && [ -r "$list" ]; then
      for pid in $(head -n 5 "$list"); do
        kernel_state=$(sed -n 's/^State:[[:space:]]*//p' "/proc/$pid/status" 2>/dev/null) || kernel_state=gone
        printf '; process %s, %s' "$(process_named "$pid")" "${kernel_state:-gone}"
      done
      return 0
    fi
  done
}

is_started() {
  [ -n "$run" ] && [ "$run" != "$run_before" ] && is_up
}

# Without a job nothing will start the unit any more, so waiting longer is in vain. A unit between two automatic restarts is "activating".
has_given_up() {
  case $state in
    failed | inactive) ! has_job ;;
    *) return 1 ;;
  esac
}

# Whether the time that the unit has for its start has not begun, or is systemd's own to end.
is_on_the_way() {
  if [ -n "$run" ] && [ "$run" != "$run_before" ]; then
    first_run=${first_run:-$run}
  fi
  case $state in
    inactive | failed) [ -z "$first_run" ] && has_job ;;
    activating) case $sub_state in auto-restart*) return 1 ;; *) [ "$run" = "$first_run" ] ;; esac ;;
    *) return 1 ;;
  esac
}

await_start() {
  begun=$(now)
  deadline=$((begun + own))
  first_run=
  given_up=0
  while :; do
    at=$(now)
    look
    if is_started; then
      return 0
    fi
    if has_given_up; then
      # Once more: between the end of one job and the beginning of another there is a moment without any.
      given_up=$((given_up + 1))
      if [ "$given_up" -ge 2 ]; then
        fail_telling 20 "$(why_not_started)"
      fi
      sleep 1
      continue
    fi
    given_up=0
    if [ "$start_timeout" = own ] && is_on_the_way; then
      deadline=$((at + own))
    fi
    if [ "$at" -ge "$deadline" ] || [ "$at" -ge "$((begun + patience))" ]; then
      fail_telling 20 "$unit did not become active within $(waited) s and is $state ($sub_state)$(own_limit)"
    fi
    sleep 0.2
  done
}

waited() {
  if [ "$start_timeout" = own ]; then
    printf '%s' "$((at - begun))"
  else
    printf '%s' "$start_timeout"
  fi
}

own_limit() {
  fact TimeoutStartUSec
  if [ "$start_timeout" = own ] && [ "$state" = activating ]; then
    printf '; its own limit is %s, and a longer wait must be asked for' "$value"
  fi
}

fail_telling() { # exit code, message
  print_state after
  print_journal 10
  down=$(along_down)
  fail "$1" "$2${down:+; not up either:$down}"
}

# Not those of a unit that systemd has forgotten and read anew: they were never looked at, and are said to be unmet.
is_unmet() { # Condition|Assert, when it was looked at before
  fact "$1TimestampMonotonic"
  case $value in
    '' | 0 | "$2") return 1 ;;
  esac
  fact "$1Result"
  [ "$value" = no ]
}

why_not_started() {
  if is_unmet Condition "$condition_before"; then
    printf '%s was not started: a condition of its unit file is not met (ConditionResult=no)%s' "$unit" "$(systemd_said)"
    return 0
  fi
  if is_unmet Assert "$assert_before"; then
    printf '%s was not started: an assertion of its unit file does not hold (AssertResult=no)%s' "$unit" "$(systemd_said)"
    return 0
  fi
  failed=$(failed_needs)
  fact Result
  if [ -n "$failed" ]; then
    printf '%s was not started: it needs%s, which failed%s' "$unit" "$failed" "$(systemd_said)"
  elif [ "$state" = failed ]; then
    printf '%s failed at its start (result %s)%s%s' "$unit" "$value" "$(how_it_ended)" "$(systemd_said)"
  else
    printf '%s is down again (result %s)%s%s' "$unit" "$value" "$(how_it_ended)" "$(systemd_said)"
  fi
}

how_it_ended() {
  fact ExecMainCode && ended=$value
  fact ExecMainStatus
  case $ended in
    1) printf ', its main process ended with exit code %s' "$value" ;;
    2 | 3) printf ', its main process was ended by signal %s' "$value" ;;
  esac
}

# systemd forgets a unit that never began as soon as its job is over, and with it the results of its conditions; the journal keeps them.
systemd_said() {
  words=$(timeout 10 journalctl --unit="$unit" _PID=1 --since="@$since" --lines=1 --output=cat --no-pager --quiet 2>/dev/null | printable) || words=
  if [ -n "$words" ]; then
    printf '; systemd says: %s' "$words"
  fi
}

# Of what the unit needs, what failed, or what failed of that.
failed_needs() {
  seen=" $unit "
  next=$unit
  depth=0
  while [ -n "$next" ] && [ "$depth" -lt 4 ]; do
    depth=$((depth + 1))
    now_asked=$next
    next=
    for needs in $now_asked; do
      for need in $(related "$needs" 'Requires Requisite BindsTo'); do
        case $seen in
          *" $need "*) continue ;;
        esac
        seen="$seen$need "
        case $(timeout 15 systemctl show --property=ActiveState -- "$need" 2>/dev/null) in
          ActiveState=failed) printf ' %s' "$need" ;;
          ActiveState=inactive) next="$next $need" ;;
        esac
      done
    done
  done
}

stay_active() {
  steady_pid=$main_pid
  steady_run=$run
  deadline=$(($(now) + stable_seconds))
  while :; do
    at=$(now)
    look
    if ! is_up || [ "$run" != "$steady_run" ] || { [ "$main_pid" = 0 ] && [ "$steady_pid" != 0 ]; }; then
      fail_telling 22 "$unit became active but did not stay so for $stable_seconds s$(how_it_ended)"
    fi
    if [ "$at" -ge "$deadline" ]; then
      return 0
    fi
    sleep 0.5
  done
}

# What was up before and was stopped with the unit is to be up again.
await_along() {
  deadline=$(($(now) + 10))
  if [ "$deadline" -lt "$((begun + own))" ]; then
    deadline=$((begun + own))
  fi
  for other in $along; do
    while :; do
      at=$(now)
      facts=$newline$(timeout 15 systemctl show --property=ActiveState,Job -- "$other" 2>/dev/null) || fail 25 'systemd does not answer'
      fact Job && job=$value
      fact ActiveState
      case $value in
        active | reloading) break ;;
        inactive | failed) if ! has_job; then break; fi ;;
      esac
      if [ "$at" -ge "$deadline" ]; then
        break
      fi
      sleep 0.2
    done
  done
  down=$(along_down)
  if [ -n "$down" ]; then
    print_state after
    fail 26 "$unit is up again, but not what was restarted with it:$down"
  fi
}

restart_and_watch() {
  timeout 15 systemctl restart --no-block -- "$unit" 2>&1 || fail 23 "systemd refused to restart $unit"
  queued=yes
  await_stop
  await_start
  stay_active
}

# A one-shot unit is meant to end, and systemd may forget it at once; only the job itself tells how it went.
restart_oneshot() {
  queued=no
  # The words are the shell's that `timeout` starts; it passes a signal on to what that runs.
  # shellcheck disable=SC2016
  timeout "$((2 * stop_timeout + 30 + patience))" sh -c 'code=0; systemctl restart -- "$1" || code=$?; echo "code=$code"' sh "$unit" \
    >"$said" 2>&1 7>&- 9>&- &
  waiting=$!
  await_stop
  begun=$(now)
  until grep -q '^code=' "$said"; do
    at=$(now)
    if [ "$at" -ge "$((begun + patience))" ]; then
      kill "$waiting" 2>/dev/null || true
      look
      fail_telling 20 "$unit did not end within $patience s and is $state ($sub_state)"
    fi
    sleep 0.2
  done
  code=$(sed -n 's/^code=//p' "$said")
  look
  if [ "$code" = 0 ] && [ -z "$(skipped)" ]; then
    return 0
  fi
  grep -v '^code=' "$said" | printable | tail -n 3 | sed 's/^/  /' || true
  fail_telling 20 "$(why_not_started)"
}

# A start that systemd skipped counts as a job well done.
skipped() {
  if is_unmet Condition "$condition_before"; then
    printf skipped
  else
    systemd_said | grep -Eo 'was skipped because|resulted in .* being skipped' || true
  fi
}

restart_unit() {
  print_state before
  print_journal 12
  since=$(date +%s)
  look
  run_before=$run
  fact ConditionTimestampMonotonic && condition_before=$value
  fact AssertTimestampMonotonic && assert_before=$value
  set_patience
  : >"$begun_mark$unit"
  # Clears the count of starts, without which systemd refuses to start a unit that has been crash-looping.
  timeout 15 systemctl reset-failed -- "$unit" 2>/dev/null || printf 'note: systemctl reset-failed failed\n'
  fact Type
  if [ "$value" = oneshot ]; then
    restart_oneshot
  else
    restart_and_watch
  fi
  rm -f "$begun_mark$unit"
  await_along
  print_state after
}

# --- other managers

# Every other manager has eight functions: <manager>_knows; <manager>_identity prints what changes with every start, and nothing while
# the service is not up; <manager>_show its state; <manager>_log its last lines; <manager>_cycle stops and starts it in bounded time;
# <manager>_gave_up whether nothing will start it any more, as far as the manager tells; <manager>_is_starting whether it is on its way up,
# which the manager itself ends in time; <manager>_is_done whether it is down because somebody put it aside, or its work is done.
restart_by() { # manager
  by=$1
  show before
  printf 'last log lines:\n'
  "${by}_log" | printable | tail -n 12 | sed 's/^/  /'
  : >"$begun_mark$name.$by"
  "${by}_cycle"
  await_up
  stay_up
  rm -f "$begun_mark$name.$by"
  show after
}

show() { # before|after
  printf '%s: %s (%s) is %s\n' "$1" "$name" "$manager" "$("${manager}_show" | printable | head -n 5 | sed '2,$s/^/  /')"
}

fail_showing() { # exit code, message
  show after
  printf 'last log lines:\n'
  "${by}_log" | printable | tail -n 10 | sed 's/^/  /'
  fail "$@"
}

await_up() {
  given_up=0
  while :; do
    at=$(now)
    if steady=$("${by}_identity") && [ -n "$steady" ]; then
      return 0
    fi
    if [ "$at" -ge "$start_by" ]; then
      fail_showing 20 "$name did not become active within $patience s"
    fi
    if [ "$start_timeout" = own ] && "${by}_gave_up"; then
      given_up=$((given_up + 1))
      if [ "$given_up" -ge 2 ]; then
        fail_showing 20 "$name did not become active, and $by has given it up"
      fi
      sleep 1
    else
      given_up=0
      sleep 0.2
    fi
  done
}

# The time to start counts from here, whatever of it the manager's own command takes.
begin_start() { start_by=$(($(now) + patience)); }

stay_up() {
  deadline=$(($(now) + stable_seconds))
  while [ "$(now)" -lt "$deadline" ]; do
    sleep 0.5
    if [ "$("${by}_identity")" != "$steady" ]; then
      fail_showing 22 "$name became active but did not stay so for $stable_seconds s"
    fi
  done
}

# Told to end between stop and start, the script starts the service first. A signal that it ignored, so would the service.
start_at_end() {
  trap 'trap : TERM HUP INT; await_down 10 || true; "${by}_start"; fail 23 "the restart was ended from outside, and $name was started again"' TERM HUP INT
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
  (cd / && umask 022 && exec timeout -k 5 "$limit" "$@") </dev/null >"$said" 2>&1 7>&- 9>&-
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

# An init script says nothing of what it is about to do.
sysv_gave_up() { return 1; }
sysv_is_starting() { return 1; }
# Nor who ended it.
sysv_is_done() { return 1; }

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

sysv_start() {
  init_script "$patience" start || printf 'note: start ended with %s\n' "$?"
  tell_said
}

sysv_cycle() {
  start_at_end
  deadline=$(($(now) + stop_timeout))
  init_script "$stop_timeout" stop || printf 'note: stop ended with %s\n' "$?"
  tell_said
  left=$((deadline - $(now)))
  if ! await_down "$left"; then
    sysv_kill
    await_down 10 || fail_showing 21 "$name did not stop within 10 s after SIGKILL"
  fi
  begin_start
  sysv_start
  trap - TERM HUP INT
}

ask_supervisor() { timeout 15 supervisorctl "$@" 2>/dev/null </dev/null; }

# Names of processes hold no blanks.
supervisor() { # seconds action
  # shellcheck disable=SC2086
  timeout "$1" supervisorctl "$2" $processes 2>&1 </dev/null 7>&- 9>&-
}

supervisor_show() {
  supervisor 15 status | awk '$2 ~ /^(RUNNING|STOPPED|STARTING|BACKOFF|STOPPING|EXITED|FATAL|UNKNOWN)$/'
}

supervisor_knows() { command -v supervisorctl >/dev/null && [ -n "$(supervisor_show)" ]; }

supervisor_is_silent() {
  command -v supervisorctl >/dev/null || return 1
  case $(ask_supervisor pid) in
    '' | *[!0-9]*) return 0 ;;
    *) return 1 ;;
  esac
}

supervisor_identity() {
  supervisor_show | awk '$2 != "RUNNING" { down = 1 } { id = id $1 " " $4 } END { if (NR > 0 && !down) print id }'
}

supervisor_gave_up() { [ -z "$(supervisor_show | awk '$2 !~ /^(STOPPED|EXITED|FATAL|RUNNING)$/')" ]; }

# Of several processes none is down.
supervisor_is_starting() {
  supervisor_show | awk '$2 == "STARTING" { starting = 1 } $2 !~ /^(STARTING|RUNNING)$/ { down = 1 } END { exit !starting || down }'
}

supervisor_log() {
  program=$(supervisor_show | awk 'NR == 1 { print $1 }')
  timeout 10 supervisorctl tail -4000 "$program" stderr 2>&1 </dev/null || printf '(no log)\n'
  timeout 10 supervisorctl tail -4000 "$program" 2>&1 </dev/null || printf '(no log)\n'
}

supervisor_is_down() { [ -z "$(supervisor_show | awk '$2 !~ /^(STOPPED|EXITED|FATAL)$/')" ]; }

# shellcheck disable=SC2086
supervisor_kill() { ask_supervisor signal KILL $processes >/dev/null; }

# Of the processes of a group, what runs, was stopped by hand or ended as it may stays as it is.
supervisor_is_done() {
  shown=$(supervisor_show | awk '{ print $2 "=" $1 }')
  [ -n "$shown" ] || return 1
  ill=
  for process in $shown; do
    case $process in
      RUNNING=* | STARTING=*) continue ;;
      STOPPED=* | STOPPING=*) [ -e "$begun_mark$name.supervisor" ] || continue ;;
      EXITED=*) if supervisor_ended_well "${process#*=}"; then continue; fi ;;
    esac
    ill="$ill ${process#*=}"
  done
  [ -n "$ill" ] || return 0
  processes=$ill
  return 1
}

# Supervisor's own log tells whether it expected the end of a process, by its name without the group. Where it does not, or two groups have
# the name, the process counts as died.
supervisor_ended_well() { # process
  [ "$(ask_supervisor status | awk -v name="${1#*:}" '{ sub(/^.*:/, "", $1) } $1 == name' | wc -l)" -eq 1 ] || return 1
  ask_supervisor maintail -100000 |
    awk -v start="exited: ${1#*:} (" 'index($0, start) { last = $0 } END { exit last !~ /; expected\)/ }'
}

supervisor_start() { supervisor "$patience" start | printable | tail -n 5 | sed 's/^/  /' || true; }

supervisor_cycle() {
  start_at_end
  supervisor "$stop_timeout" stop | printable | tail -n 5 | sed 's/^/  /' || true
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
  begin_start
  supervisor_start
  trap - TERM HUP INT
  ! supervisor_show | awk '$2 ~ /^STOP/ { held = 1 } END { exit !NR || held }' || rm -f "$begun_mark$name.$by"
}

# << and >> stand for double braces, which Systems Manager would take for a parameter.
docker_inspect() { # Go template
  timeout 15 docker inspect --type container --format "$(printf '%s' "$1" | tr '<>' '{}')" "$name" 2>/dev/null </dev/null
}

# The engine also finds a container by the beginning of its id, which nobody means by a service.
docker_knows() { command -v docker >/dev/null && [ "$(docker_inspect '<<.Name>>')" = "/$name" ]; }

docker_is_silent() { command -v docker >/dev/null && ! timeout 15 docker version >/dev/null 2>&1 </dev/null; }

docker_show() {
  docker_inspect '<<.State.Status>>, exit code <<.State.ExitCode>>, out of memory <<.State.OOMKilled>>, automatic restarts <<.RestartCount>>'
}

# A container with a health check is up when it is healthy.
docker_identity() {
  docker_inspect '<<.State.Status>> <<if .State.Health>><<.State.Health.Status>><<else>>healthy<<end>> <<.State.StartedAt>> <<.State.Pid>>' |
    awk '$1 == "running" && $2 == "healthy" { print $3, $4 }'
}

# One that the engine is to start again is "restarting".
docker_gave_up() {
  case $(docker_inspect '<<.State.Status>>') in
    exited | dead | created) return 0 ;;
    *) return 1 ;;
  esac
}

docker_is_starting() {
  [ "$(docker_inspect '<<.State.Status>> <<if .State.Health>><<.State.Health.Status>><<else>>healthy<<end>>')" = 'running starting' ]
}

docker_is_done() {
  case $(docker_inspect '<<.State.Status>> <<.State.ExitCode>> <<.HostConfig.RestartPolicy.Name>>') in
    paused*) return 0 ;;
    'exited 0 ' | 'exited 0 no' | 'exited 0 on-failure') [ ! -e "$begun_mark$name.docker" ] ;;
    *) return 1 ;;
  esac
}

docker_log() { timeout 10 docker logs --tail 12 --timestamps "$name" 2>&1 </dev/null || printf '(no log)\n'; }

# The engine itself kills what does not stop in time.
docker_cycle() {
  started_before=$(docker_inspect '<<.State.StartedAt>>') || started_before=
  begin_start
  timeout "$((stop_timeout + 20))" docker restart -t "$stop_timeout" "$name" 2>&1 </dev/null 7>&- 9>&- | printable | tail -n 5 | sed 's/^/  /' || true
  if [ "$(docker_inspect '<<.State.StartedAt>>')" = "$started_before" ]; then
    fail_showing 23 "the Docker engine did not restart $name"
  fi
}

is_known_to_systemd() {
  has_systemd || return 1
  look
  fact LoadState
  [ "$value" != not-found ]
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
  silent=
  for manager in supervisor docker; do
    if "${manager}_is_silent"; then
      silent="$silent${silent:+, }$manager"
    fi
  done
  refuse 12 "$name is neither a systemd unit nor an init script, supervisor program or Docker container of this machine${silent:+; without an answer: $silent}"
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
  if [ "$manager" = systemd ]; then
    check_unit
    return 0
  fi
  "${manager}_knows" || refuse 12 "$name is unknown to $manager, or $manager does not answer"
  if [ "$manager" = sysv ]; then
    check_sysv
  fi
  if [ "$start_timeout" != own ]; then
    patience=$start_timeout
  elif [ "$manager" = sysv ]; then
    patience=60
  else
    patience=$own_at_most
  fi
}

check_state() {
  if [ "$manager" = systemd ]; then
    check_unit_state
    return 0
  fi
  [ "$when_active" = refuse ] || return 0
  if [ -n "$("${manager}_identity")" ]; then
    refuse 16 "$name ($manager) is up: whoever saw no process looked for another name, or it is back by itself"
  fi
  if "${manager}_is_starting"; then
    refuse 16 "$name ($manager) is starting still"
  fi
  if "${manager}_is_done"; then
    show before
    refuse 16 "$name ($manager) was stopped by hand, or ended well, and is not to be up"
  fi
}

service=${SSM_Service:-}
manager=${SSM_Manager:-auto}
stop_timeout=${SSM_StopTimeoutSeconds:-20}
start_timeout=${SSM_StartTimeoutSeconds:-own}
stable_seconds=${SSM_StableSeconds:-5}
when_active=${SSM_WhenActive:-restart}
# Bounds what a unit or container may ask for by itself, since the command's own limit is set before that is known.
own_at_most=300
longest_start=900

require flock timeout awk sed grep tail mktemp
check_service_name
name=${unit%.service}
# Of supervisor: with ":*" the name stands for a program, its processes, or a group.
processes="$name:*"
seconds_between SSM_StopTimeoutSeconds "$stop_timeout" 1 300
if [ "$start_timeout" != own ]; then
  seconds_between SSM_StartTimeoutSeconds "$start_timeout" 1 900
fi
seconds_between SSM_StableSeconds "$stable_seconds" 1 60
case $when_active in
  restart | refuse) ;;
  *) refuse 10 'SSM_WhenActive must be restart or refuse' ;;
esac
refuse_protected "$unit"
choose_manager
require_manager
check_known

if [ "$manager" = systemd ]; then
  label=$unit
  locked=$unit
else
  label="$name ($manager)"
  locked=$name.service
fi
take_lock "$locked"
keep_said
check_state
if [ "$manager" = systemd ]; then
  restart_unit
else
  restart_by "$manager"
fi
printf 'OK: %s was restarted\n' "$label"
