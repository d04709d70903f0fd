#!/bin/sh
# Says what time it is on the machine, and how its services stand. Runs as root through a Systems Manager Command document, and changes
# nothing.
#
# Parameter (environment):
#   SSM_Services   names of services as remedies have them, with spaces between; "-" for none. Required.
#
# Prints "clock <seconds since 1970>", then for each service "service <name> <state>": active, another word of its manager, or missing
# where neither systemd, /etc/init.d, supervisor nor Docker knows the name.
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
  if command -v systemctl >/dev/null 2>&1; then
    unit=$1
    case $unit in *.service) ;; *) unit=$unit.service ;; esac
    load=$(property LoadState "$unit" || true)
    case $load in
      '' | not-found) ;;
      loaded) property ActiveState "$unit" || echo unknown; return ;;
      *) echo "$load"; return ;;
    esac
  fi
  if [ -x "/etc/init.d/$1" ]; then
    if ask "/etc/init.d/$1" status >/dev/null; then echo active; else echo inactive; fi
    return
  fi
  if command -v supervisorctl >/dev/null 2>&1; then
    said=$(ask supervisorctl status "$1" || true)
    case $said in
      *RUNNING*) echo active; return ;;
      *STOPPED* | *STARTING* | *BACKOFF* | *STOPPING* | *EXITED* | *FATAL*) echo inactive; return ;;
    esac
  fi
  if command -v docker >/dev/null 2>&1; then
    # Braces stand for parameters of the document in Systems Manager.
    format=$(printf '<<.State.Status>>' | tr '<>' '{}')
    said=$(ask docker inspect --type container --format "$format" "$1" || true)
    case $said in
      running) echo active; return ;;
      '') ;;
      *) echo "$said"; return ;;
    esac
  fi
  echo missing
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
