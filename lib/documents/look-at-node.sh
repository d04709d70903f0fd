#!/bin/sh
# Says what time it is on the machine, and how its services stand. Runs as root through a Systems Manager Command document, and changes
# nothing.
#
# Parameter (environment):
#   SSM_Services   names of services as remedies have them, with spaces between; "-" for none. Required.
#
# Prints "clock <seconds since 1970>", then for each service "service <name> <state>": active, another word of its manager, or missing
# where neither systemd, /etc/init.d, supervisor nor Docker knows the name; unanswered where one of these is there and gave no answer.
# Services are known and up here by the rules of restart-service.sh.
# Exit codes: 0 said; 10 bad parameter. Safe twice. Time limit: 5 seconds for each question to a manager.
set -eu
LC_ALL=C
export LC_ALL SYSTEMD_PAGER='' SYSTEMD_COLORS=0

refuse() {
  printf 'REFUSED: %s\n' "$1"
  exit 10
}

# A manager that hangs must not hide what the others know.
ask() {
  if command -v timeout >/dev/null 2>&1; then timeout 5 "$@" 2>/dev/null; else "$@" 2>/dev/null; fi
}

property() { # property unit
  ask systemctl show --property="$1" -- "$2" | sed -n "s/^$1=//p"
}

state_of() { # name
  silent=
  if command -v systemctl >/dev/null 2>&1; then
    unit=$1
    case $unit in *.service) ;; *) unit=$unit.service ;; esac
    load=$(property LoadState "$unit" || true)
    case $load in
      '') [ ! -d /run/systemd/system ] || silent=yes ;;
      not-found) ;;
      loaded) property ActiveState "$unit" || echo unknown; return ;;
      *) echo "$load"; return ;;
    esac
  fi
  name=${1%.service}
  if [ -f "/etc/init.d/$name" ] && [ -x "/etc/init.d/$name" ]; then
    if ask "/etc/init.d/$name" status >/dev/null; then echo active; else echo inactive; fi
    return
  fi
  if command -v supervisorctl >/dev/null 2>&1; then
    # With ":*" the name stands for a program, for all processes of a program, and for a group.
    words=$(ask supervisorctl status "$name:*" | awk '$2 ~ /^(RUNNING|STOPPED|STARTING|BACKOFF|STOPPING|EXITED|FATAL|UNKNOWN)$/ { print $2 }' | sort -u)
    case $words in
      '') case $(ask supervisorctl pid) in '' | *[!0-9]*) silent=yes ;; esac ;;
      RUNNING) echo active; return ;;
      *) echo inactive; return ;;
    esac
  fi
  if command -v docker >/dev/null 2>&1; then
    # Braces stand for parameters of the document in Systems Manager. The engine also finds a container by the beginning of its id.
    format=$(printf '<<.Name>> <<.State.Status>> <<if .State.Health>><<.State.Health.Status>><<else>>healthy<<end>>' | tr '<>' '{}')
    said=$(ask docker inspect --type container --format "$format" "$name" || true)
    case $said in
      "/$name running healthy") echo active; return ;;
      "/$name running "*) echo "${said##* }"; return ;;
      "/$name "*) said=${said#* }; echo "${said%% *}"; return ;;
    esac
    ask docker version >/dev/null || silent=yes
  fi
  if [ -n "$silent" ]; then echo unanswered; else echo missing; fi
}

[ -n "${SSM_Services:-}" ] || refuse 'SSM_Services is missing: name the services. An SSM Agent older than 3.3.2746.0 hands no parameters over; update it'
case $SSM_Services in
  *[!A-Za-z0-9@._\ -]*) refuse 'SSM_Services may have letters, digits, @ . _ - and spaces only' ;;
esac

printf 'clock %s\n' "$(date +%s)"
for name in $SSM_Services; do
  case $name in
    -*) ;;
    *) printf 'service %s %s\n' "$name" "$(state_of "$name")" ;;
  esac
done
