# shellcheck shell=sh
# What a restart of a unit, or a stop after which it is started again, reaches beyond the unit: what must not be touched is refused, and what
# goes down with it is named. The script says in `deed` what it does (restart, stop), and in `unanswered` its exit code for a systemd that does
# not answer.

# Restarting these can cut the machine off from Systems Manager, the network or its users, or take the whole system down,
# which is worse than any fault of theirs. The list is read at synth, too.
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

# Each unit once, in the order in which it is reached.
look_at_next() { # unit
  case $known in
    *" $1 "*) return 0 ;;
  esac
  known="$known$1 "
  next="$next $1"
}

# A restart stops what needs the unit, and what needs that, and starts it again; and what is to be done to the machine when a unit fails
# or ends may be done now. So it is with a stop, whose unit is started again later.
check_reach() {
  asked=Id,Names,ActiveState,FailureAction,SuccessAction,StartLimitAction,JobTimeoutAction,OnFailure,OnSuccess,OnFailureJobMode,OnSuccessJobMode
  effects=$asked
  asked=$asked,RequiredBy,RequisiteOf,BoundBy,ConsistsOf,PropagatesStopTo
  known=" $unit "
  along=
  next=$unit
  while [ -n "$next" ]; do
    # Names of units hold no blanks.
    # shellcheck disable=SC2086
    reach=$(timeout 15 systemctl show --property="$asked" -- $next 2>/dev/null) || fail "$unanswered" 'systemd does not answer'
    next=
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
        on=*) look_at_next "$name_in_word" ;;
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
  # Without the blanks of an empty list, for which systemd would show itself.
  # shellcheck disable=SC2086
  set -- $3
  next=$*
  while [ -n "$next" ]; do
    # shellcheck disable=SC2086
    reach=$(timeout 15 systemctl show --property="$effects,Requires,Wants,BindsTo,Upholds,Conflicts,ConflictedBy" -- $next 2>/dev/null) ||
      fail "$unanswered" 'systemd does not answer'
    next=
    for word in $(printf '%s\n' "$reach" | awk -v service="$unit" -v started=1 "$REACH"); do
      name_in_word=${word#*=}
      case $word in
        effect=*) refuse 15 "$name_in_word: a $deed of $unit could take down the machine" ;;
        against=*) check_conflicts "$whose" "$spared" "$name_in_word" ;;
        on=*) look_at_next "$name_in_word" ;;
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
