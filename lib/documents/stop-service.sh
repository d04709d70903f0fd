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

# The list stands in restart-service.sh word for word.
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

# The exit code for a systemd that does not answer, and what is done to the unit.
unanswered=25
deed=stop

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
    refuse 15 "$1 is protected: without it the machine can be cut off or go down"
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

service=${SSM_Service:-}
minutes=${SSM_Minutes:-15}

# Old agents neither check patterns nor keep text out of numbers, hence the checks here.
case $service in
  '') refuse 10 'SSM_Service is missing: name the service. An SSM Agent older than 3.3.2746.0 hands no parameters over; update it' ;;
  *[!A-Za-z0-9@._-]* | [!A-Za-z0-9]*) refuse 10 'SSM_Service is not a unit name: only letters, digits, @ . _ - and a letter or digit first' ;;
  *@ | *@.service) refuse 10 "$service is a template: name an instance of it" ;;
esac
if [ "${#service}" -gt 128 ]; then
  refuse 10 'SSM_Service is longer than 128 characters'
fi
case $service in
  *.service) unit=$service ;;
  *.socket | *.target | *.timer | *.mount | *.automount | *.swap | *.slice | *.scope | *.path | *.device) refuse 10 "$service is not a service" ;;
  *) unit=$service.service ;;
esac
case $minutes in
  '' | *[!0-9]* | ???* | 0*) refuse 10 'SSM_Minutes must be a number from 5 to 60' ;;
esac
if [ "$minutes" -lt 5 ] || [ "$minutes" -gt 60 ]; then
  refuse 10 'SSM_Minutes must be a number from 5 to 60'
fi

if ! [ -d /run/systemd/system ] || ! command -v systemd-run >/dev/null; then
  refuse 11 'systemd is not on this machine'
fi
systemctl=$(command -v systemctl) || refuse 11 'systemd is not on this machine'

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

timer=self-healing-drill
if timeout 15 "$systemctl" is-active --quiet -- "$timer.timer"; then
  refuse 24 "another drill is under way on this machine: see systemctl list-timers $timer.timer"
fi
# What an earlier drill left, if its start failed, would keep the timer from being made.
timeout 15 "$systemctl" reset-failed -- "$timer.service" 2>/dev/null || :
# Systemd would not start again what was started too often lately.
# shellcheck disable=SC2016
undo='"$1" reset-failed -- "$2"; exec "$1" start -- "$2"'
timeout 30 systemd-run --quiet --unit="$timer" --on-active="${minutes}min" --timer-property=AccuracySec=1s \
  --description="Starts $unit again after a drill" -- /bin/sh -c "$undo" sh "$systemctl" "$unit" || refuse 24 'the timer that starts it again cannot be armed'
timeout 15 "$systemctl" is-active --quiet -- "$timer.timer" || refuse 24 'the timer that starts it again is not armed'

if ! timeout 90 "$systemctl" stop -- "$unit"; then
  timeout 15 "$systemctl" reset-failed -- "$unit" || :
  timeout 90 "$systemctl" start -- "$unit" || :
  fail 21 "$unit could not be stopped, and was told to start again; the timer does so, too"
fi
printf 'stopped %s for a drill; systemd starts it again in %s minutes at the latest (%s.timer)\n' "$unit" "$minutes" "$timer"
