#!/bin/sh
# Reboots the machine once and reports that it came back. Runs as root through a Systems Manager Command document.
#
# Parameters (environment):
#   SSM_Token   names the attempt: 64 hexadecimal digits, a hyphen, a number. Required.
#
# Exit code 194 makes the agent reboot the machine and then run this same script again. The first run therefore writes a mark
# with the boot id of the kernel under the token; the run that finds the mark with another boot id knows that the reboot has
# happened. A run that finds the mark with its own boot id never asks again, so that nothing can loop; without a mark on disk it
# does not ask at all.
# Safe twice: the same token reboots once. Time limit in all: about 100 s without the reboot itself.
#
# Exit codes:
#   0    the machine has been rebooted for this token     13  packages are being installed or removed, or a program forbids a shutdown for now
#   194  reboot and run again                             14  another restart of the machine is under way
#   10   bad parameter                                    20  the reboot was asked for and did not happen
#   11   the kernel shows no boot id
#   12   the mark cannot be written                       15  nothing would carry the reboot out
set -eu
LC_ALL=C
export LC_ALL SYSTEMD_PAGER='' SYSTEMD_COLORS=0
umask 077

# Not under /run or /tmp, which a reboot may empty; not in a folder in which others than root may write.
marks=/var/lib/self-healing/restarts
boot_id_file=/proc/sys/kernel/random/boot_id
# Longer than Systems Manager keeps a command, so that no mark is missed by a late second run.
keep_marks_days=40
# A shutdown is over within this time or has failed.
shutdown_takes_minutes=15

# shellcheck source=parts/verdicts.sh
. parts/verdicts.sh

# Old agents do not check patterns, and the token becomes a file name.
check_token() {
  digits=${token%-*}
  number=${token##*-}
  if [ -z "$token" ]; then
    refuse 10 'SSM_Token is missing. An SSM Agent older than 3.3.2746.0 hands no parameters over; update it'
  fi
  case $digits in
    *[!0-9a-f]* | '') refuse 10 'SSM_Token is not the token of an attempt' ;;
  esac
  case $number in
    '' | *[!0-9]* | ???*) refuse 10 'SSM_Token is not the token of an attempt' ;;
  esac
  if [ "${#digits}" -ne 64 ] || [ "$token" != "$digits-$number" ]; then
    refuse 10 'SSM_Token is not the token of an attempt'
  fi
}

read_boot_id() {
  boot_id=
  if [ -r "$boot_id_file" ]; then
    boot_id=$(cat "$boot_id_file")
  fi
  if [ -z "$boot_id" ]; then
    refuse 11 "$boot_id_file cannot be read: whether a reboot has happened could not be told"
  fi
}

# The agent asks by `shutdown -r +1`, which systemd has done by logind, over D-Bus, and does not notice a failure: it would have stopped
# its work, and no reboot would come. Then EC2 must reboot the machine.
refuse_without_logind() {
  if [ ! -d /run/systemd/system ] || ! command -v systemctl >/dev/null 2>&1; then
    return 0
  fi
  for bus in dbus.service dbus-broker.service none; do
    if [ "$(timeout 10 systemctl is-active "$bus" 2>/dev/null || true)" = active ]; then
      break
    fi
  done
  if [ "$bus" = none ]; then
    refuse 15 'the message bus (D-Bus) is not active, and without it no reboot comes of what the agent asks for: have EC2 reboot the machine'
  fi
  if [ "$(timeout 10 systemctl is-active systemd-logind.service 2>/dev/null || true)" != active ]; then
    refuse 15 'systemd-logind is not active, and without it no reboot comes of what the agent asks for: have EC2 reboot the machine'
  fi
  for unit in reboot.target systemd-reboot.service; do
    if [ "$(timeout 10 systemctl show --property=LoadState -- "$unit" 2>/dev/null || true)" = LoadState=masked ]; then
      refuse 15 "$unit is masked, and so no reboot comes of what the agent asks for: if it is to be, have EC2 reboot the machine"
    fi
  done
  if command -v busctl >/dev/null 2>&1; then
    blocked=$(ask_logind BlockInhibited) ||
      refuse 15 'systemd-logind does not answer, and without it no reboot comes of what the agent asks for: have EC2 reboot the machine'
    case $blocked in
      *shutdown*) refuse 13 'a program keeps the machine from shutting down for now: see systemd-inhibit --list' ;;
    esac
    # Before systemd 220 logind has no such property: another service kept what is scheduled, in a file.
    scheduled=$(ask_logind ScheduledShutdown) || scheduled=$(cat /run/systemd/shutdown/scheduled 2>/dev/null || printf '(st) "" none')
    case $scheduled in
      '(st) "" '*) ;;
      *) refuse 14 "a shutdown of the machine is scheduled already: $(printf '%s' "$scheduled" | tr '\n' ' ')" ;;
    esac
  fi
}

ask_logind() { # property
  timeout 10 busctl get-property org.freedesktop.login1 /org/freedesktop/login1 org.freedesktop.login1.Manager "$1" 2>/dev/null
}

# By the user who started it: with a set-user-id program anybody can have one that acts as root.
runs_as_root() { # folder of a process
  uid=
  while read -r field real _; do
    if [ "$field" = Uid: ]; then
      uid=$real
      break
    fi
  done <"$1/status" || return 1
  [ "$uid" = 0 ]
}

# Who changes packages of dpkg (apt, unattended-upgrades), rpm (dnf, yum, PackageKit) or apk locks one of these files as long, whatever the
# program is called; one that only waits for its time, as unattended-upgrade-shutdown, does not.
package_locks='/var/lib/dpkg/lock-frontend /var/lib/dpkg/lock /var/lib/rpm/.rpm.lock /usr/lib/sysimage/rpm/.rpm.lock /lib/apk/db/lock'

# The kernel lists locks by the inode of the file, so the holder's own open files tell whether it is this one.
is_locked() { # file
  file=$(stat -L -c %d:%i -- "$1") || return 1
  holders=$(awk -v inode="${file#*:}" '$2 != "->" && $4 == "WRITE" { split($6, at, ":"); if (at[3] == inode) print $5 }' /proc/locks)
  for pid in $holders; do
    if stat -L -c %d:%i -- "/proc/$pid/fd"/* 2>/dev/null | grep -qxF -e "$file"; then
      return 0
    fi
  done
  return 1
}

# A reboot in the middle of a package change can leave a system that does not start.
refuse_while_packages_change() {
  for lock in $package_locks; do
    if [ -e "$lock" ] && is_locked "$lock"; then
      refuse 13 "packages are being installed or removed: $lock is held by $(cat "/proc/$pid/comm" 2>/dev/null || echo "a process")"
    fi
  done
  for comm in /proc/[0-9]*/comm; do
    # The process may end at any moment.
    name=$(cat "$comm" 2>/dev/null) || continue
    case $name in
      # Anybody may call a program so; only root's changes packages.
      dpkg | rpm | zypper | Zypp-main | pacman)
        runs_as_root "${comm%/comm}" || continue
        refuse 13 "packages are being installed or removed by $name" ;;
    esac
  done
}

refuse_during_another_restart() {
  if command -v systemctl >/dev/null 2>&1 && [ "$(timeout 10 systemctl is-system-running 2>/dev/null || true)" = stopping ]; then
    refuse 14 'the machine is shutting down already'
  fi
  recent=$(find "$marks" -type f ! -name '.*' -mmin "-$shutdown_takes_minutes" -exec grep -lxF -e "$boot_id" {} + 2>/dev/null || true)
  if [ -n "$recent" ]; then
    refuse 14 'another attempt has asked for a reboot that has not happened yet'
  fi
}

# Written beside and moved into place, so that a mark is whole or not there; on disk before the reboot.
write_mark() {
  beside=$marks/.new-$$
  if ! { printf '%s\n' "$boot_id" >"$beside" && sync && mv -f "$beside" "$mark" && sync; } 2>/dev/null; then
    rm -f "$beside" 2>/dev/null || true
    refuse 12 "$mark cannot be written; without it the reboot could not be told from the time before"
  fi
  if [ "$(cat "$mark")" != "$boot_id" ]; then
    refuse 12 "$mark does not keep what is written to it"
  fi
}

report_reboot() {
  printf 'REBOOTED: boot %s is over, this is boot %s\n' "$1" "$boot_id"
  if command -v systemctl >/dev/null 2>&1; then
    # The agent may be back before everything else is.
    state=$(timeout 60 systemctl is-system-running --wait 2>/dev/null || true)
    # It cannot wait before systemd 240.
    if [ -z "$state" ]; then
      state=$(timeout 10 systemctl is-system-running 2>/dev/null || true)
    fi
    printf 'the system is %s\n' "${state:-silent: systemd does not answer}"
    timeout 10 systemctl list-units --failed --plain --no-legend 2>/dev/null | head -n 10 | sed 's/^/  /' || true
  fi
}

token=${SSM_Token:-}
check_token
read_boot_id
mark=$marks/$token

if [ -f "$mark" ]; then
  before=$(cat "$mark")
  if [ "$before" != "$boot_id" ]; then
    report_reboot "$before"
    exit 0
  fi
  fail 20 'the reboot was asked for and has not happened; it is not asked for again'
fi

refuse_while_packages_change
if ! mkdir -p "$marks" 2>/dev/null; then
  refuse 12 "$marks cannot be made; without a mark the reboot could not be told from the time before"
fi
refuse_during_another_restart
refuse_without_logind
find "$marks" -type f -mtime "+$keep_marks_days" -delete 2>/dev/null || true
write_mark
printf 'asking for the reboot of boot %s\n' "$boot_id"
exit 194
