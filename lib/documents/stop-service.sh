#!/bin/sh
# Stops one service for a drill, and has it started again some minutes later, whatever happens meanwhile. Runs as root through a Systems
# Manager Command document, only where drills for real were deployed.
#
# Parameters (environment):
#   SSM_Service   unit (".service" may be left out). Required.
#   SSM_Minutes   when it is started again at the latest. 5..60, default 15.
#
# The timer that starts it again is armed before it is stopped, and belongs to systemd: it outlives this script, the agent and the pipeline.
# A reboot takes the timer away, and starts the service, which must be enabled for that. Safe twice: the timer has one name, so that there
# is one drill on a machine at a time. Time limit in all: about four minutes.
#
# Exit codes:
#   0   stopped, and the timer is armed          15  protected, not enabled, or more than it would stop: never done
#   10  bad parameter                            16  is not up, so that there is nothing to stop
#   11  systemd is not on this machine           21  could not be stopped; it was started again
#   12  systemd does not know the service        24  another drill is under way, or the timer cannot be armed
#                                                25  systemd does not answer
set -eu
LC_ALL=C
export LC_ALL SYSTEMD_PAGER='' SYSTEMD_COLORS=0
umask 077

# shellcheck source=parts/verdicts.sh
. parts/verdicts.sh

# shellcheck source=parts/unit-name.sh
. parts/unit-name.sh

# shellcheck source=parts/unit-reach.sh
. parts/unit-reach.sh

# shellcheck source=parts/drill-timer.sh
. parts/drill-timer.sh

# The exit code for a systemd that does not answer, and what is done to the unit.
unanswered=25
deed=stop

refuse_protected() { # unit
  if is_protected "$1"; then
    refuse 15 "$1 is protected: without it the machine can be cut off or go down"
  fi
}

service=${SSM_Service:-}
check_service_name
check_timer

refuse_protected "$unit"

properties=LoadState,ActiveState,Id,Names,UnitFileState,RefuseManualStart,RefuseManualStop,RequiredBy,TriggeredBy,UpheldBy

# One call for one moment.
facts=$(timeout 15 "$systemctl" show --property="$properties" -- "$unit" 2>/dev/null) || fail 25 'systemd does not answer'

fact() { # name
  printf '%s\n' "$facts" | sed -n "s/^$1=//p"
}

if [ "$(fact LoadState)" != loaded ]; then
  refuse 12 "systemd does not know $unit"
fi
for name in "$unit" $(fact Id) $(fact Names); do
  refuse_protected "$name"
done
unit=$(fact Id)
if [ "$(fact ActiveState)" != active ]; then
  refuse 16 "$unit is $(fact ActiveState), so that there is nothing to stop"
fi
if [ "$(fact RefuseManualStart)$(fact RefuseManualStop)" != nono ]; then
  refuse 15 "$unit refuses manual starts or stops by its unit file"
fi
case $(fact UnitFileState) in
  enabled | generated | alias) ;;
  *) refuse 15 "$unit is not enabled: after a reboot in the middle of the drill it would stay down" ;;
esac
for other in $(fact RequiredBy); do
  case $other in
    *.target) refuse 15 "$other needs $unit" ;;
  esac
done
check_reach
if [ -n "$along" ]; then
  refuse 15 "${along# } would be stopped with $unit, and not be started again"
fi
for other in $(fact TriggeredBy) $(fact UpheldBy); do
  if timeout 15 "$systemctl" is-active --quiet -- "$other"; then
    refuse 15 "$other would start $unit again by itself"
  fi
done

refuse_second_drill
# Systemd would not start again what was started too often lately.
# shellcheck disable=SC2016
undo='"$1" reset-failed -- "$2"; exec "$1" start -- "$2"'
arm_timer "Starts $unit again after a drill" /bin/sh -c "$undo" sh "$systemctl" "$unit" ||
  refuse 24 'the timer that starts it again is not armed'

if ! timeout 90 "$systemctl" stop -- "$unit"; then
  timeout 15 "$systemctl" reset-failed -- "$unit" || :
  timeout 90 "$systemctl" start -- "$unit" || :
  fail 21 "$unit could not be stopped, and was told to start again; the timer does so, too"
fi
printf 'stopped %s for a drill; systemd starts it again in %s minutes at the latest (%s.timer)\n' "$unit" "$minutes" "$timer"
