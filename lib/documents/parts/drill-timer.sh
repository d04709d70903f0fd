# shellcheck shell=sh
# The timer that undoes by itself what is broken for a drill. It has one name, so that there is one drill on a machine at a time.

minutes=${SSM_Minutes:-15}
timer=self-healing-drill

check_timer() {
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
}

refuse_second_drill() {
  if timeout 15 "$systemctl" is-active --quiet -- "$timer.timer"; then
    refuse 24 "another drill is under way on this machine: see systemctl list-timers $timer.timer"
  fi
  # What an earlier drill left, if its undoing failed, would keep the timer from being made.
  timeout 15 "$systemctl" reset-failed -- "$timer.service" 2>/dev/null || :
}

arm_timer() { # description, program, arguments...
  description=$1
  shift
  timeout 30 systemd-run --quiet --unit="$timer" --on-active="${minutes}min" --timer-property=AccuracySec=1s \
    --description="$description" -- "$@" && timeout 15 "$systemctl" is-active --quiet -- "$timer.timer"
}
