#!/bin/sh
# Fills a file system for a drill, by one file of its own, and has that taken away again some minutes later, whatever happens meanwhile.
# Runs as root through a Systems Manager Command document, only where drills for real were deployed.
#
# Parameters (environment):
#   SSM_Folders   absolute folders, separated by ":"; the first that lies on the file system gets the file. Required.
#   SSM_Path      mount point of the file system. Required.
#   SSM_Percent   how much of it is used then, as df and the CloudWatch agent count. 1..90. Required.
#   SSM_Minutes   when the file is taken away at the latest. 5..60, default 15.
#
# The room is reserved and not written, so that the disk has nothing to do. The file is self-healing-drill/fill in the folder, which a
# remedy that clears the folder deletes however young it is. The folder and all above it must be root's alone, or sticky: then nobody else
# can put a link in the way, now or when the file is taken away. What is there already is never touched; only what an earlier drill left.
# The timer that takes it away is armed before there is anything, and belongs to systemd: it outlives this script, the agent and the
# pipeline. A reboot takes the timer away; a line of tmpfiles.d takes the file away then. At least 512 MiB stay free, which is more than
# logs and a download need in that time, and at most 100 GiB are taken. Safe twice: the timer has one name, so that there is one drill on a
# machine at a time. Time limit in all: about two minutes.
#
# Exit codes:
#   0   filled, and the timer is armed           16  is as full already, so that there is nothing to fill
#   10  bad parameter                            17  could not be filled so far within the limits
#   11  something is missing on this machine     21  could not be filled; what was begun was taken away
#   12  no folder lies on the file system        24  another drill is under way, or the timer cannot be armed
#   15  not a place for it: never done           25  the file system does not answer
set -eu
cd /
set -f
LC_ALL=C
export LC_ALL SYSTEMD_PAGER='' SYSTEMD_COLORS=0
umask 077
unset CDPATH

most_percent=90
least_left=536870912
most_bytes=107374182400

# shellcheck source=parts/verdicts.sh
. parts/verdicts.sh

# shellcheck source=parts/drill-timer.sh
. parts/drill-timer.sh

# Blocks to take so that not more than so many percent of what users can have are used. Reserved blocks count as neither, as for df. The
# file system takes some for its own lists of a large file, for which a thousandth and 256 blocks are left.
blocks_to_take() { # percent, blocks in all, free, available
  wanted=$((($2 - $3 + $4) * $1 / 100 - ($2 - $3)))
  printf '%s\n' "$((wanted - wanted / 1000 - 256))"
}

check_path() { # name path
  case $2 in
    '') refuse 10 "$1 is missing. An SSM Agent older than 3.3.2746.0 hands no parameters over; update it" ;;
    *[!A-Za-z0-9._/@+-]*) refuse 10 "$1 holds a character that no path may have here" ;;
    /*) ;;
    *) refuse 10 "$1 is not an absolute path" ;;
  esac
  case $2/ in
    //) ;;
    *//* | */./* | */../*) refuse 10 "$1 is not a plain path: no //, /./ or /../" ;;
  esac
}

# Whoever may rename a folder in which the file lies could have another file taken away in its place.
check_owners() { # folder
  above=$1
  while :; do
    attributes=$(timeout 15 stat -c '%u %a' -- "${above:-/}") || refuse 25 "${above:-/} cannot be looked at"
    mode=${attributes#* }
    if [ "${attributes% *}" -ne 0 ]; then
      refuse 15 "${above:-/} is not root's, whose owner could put another folder in the place of one of a drill"
    fi
    if [ "$((0$mode & 022))" -ne 0 ] && [ "$((0$mode & 01000))" -eq 0 ]; then
      refuse 15 "others than root may write to ${above:-/}, and so put another folder in the place of one of a drill"
    fi
    [ -n "$above" ] || break
    above=${above%/*}
  done
}

folders=${SSM_Folders:-}
path=${SSM_Path:-}
percent=${SSM_Percent:-}

# Old agents neither check patterns nor keep text out of numbers, hence the checks here.
if [ -z "$folders" ]; then
  refuse 10 'SSM_Folders is missing: name the folders. An SSM Agent older than 3.3.2746.0 hands no parameters over; update it'
fi
check_path SSM_Path "$path"
case $percent in
  '' | *[!0-9]* | ???* | 0*) refuse 10 "SSM_Percent must be a number from 1 to $most_percent" ;;
esac
if [ "$percent" -gt "$most_percent" ]; then
  refuse 10 "SSM_Percent must be a number from 1 to $most_percent: more is never filled"
fi
check_timer
for program in fallocate stat timeout systemd-tmpfiles; do
  command -v "$program" >/dev/null || refuse 11 "$program is missing on this machine"
done

if [ "$(timeout 15 stat -c %m -- "$path" 2>/dev/null)" != "$path" ]; then
  refuse 12 "no file system is mounted at $path"
fi
device=$(timeout 15 stat -c %d -- "$path") || refuse 25 "$path cannot be looked at"

place=
IFS=:
for folder in $folders; do
  check_path SSM_Folders "$folder"
  if [ -z "$place" ] && [ -d "$folder" ] && [ "$(timeout 15 stat -c %d -- "$folder")" = "$device" ]; then
    place=$folder
  fi
done
unset IFS
[ -n "$place" ] || refuse 12 "none of the folders lies on the file system at $path, so that the remedy would find nothing there"
[ "$(cd -P -- "$place" && pwd -P)" = "$place" ] || refuse 15 "$place leads through a symbolic link"
check_owners "$place"
kind=$(timeout 15 stat -f -c %T -- "$place") || refuse 25 "$place cannot be looked at"
case $kind in
  ext2/ext3 | xfs) ;;
  tmpfs) refuse 15 "$path is memory: filled, it would take that from the machine" ;;
  *) refuse 15 "$path is $kind; only ext4 and xfs are filled" ;;
esac

refuse_second_drill

own=$place/self-healing-drill
file=$own/fill
at_boot=/etc/tmpfiles.d/self-healing-drill.conf

take_away() {
  rm -f -- "$file" "$at_boot"
  if [ -e "$own" ]; then
    rmdir -- "$own"
  fi
}

# What an earlier drill left is taken away; it is one only where root alone could have made it, and where nothing else lies there.
if [ -e "$own" ] || [ -L "$own" ]; then
  if [ -L "$own" ] || ! [ -d "$own" ] || [ "$(stat -c '%u %a' -- "$own")" != '0 700' ] || [ -L "$file" ]; then
    refuse 15 "$own is there already, and is not of a drill"
  fi
  take_away 2>/dev/null || refuse 15 "$own holds what is not of a drill"
fi

facts=$(timeout 15 stat -f -c '%S %b %f %a' -- "$place") || refuse 25 "$place cannot be looked at"
# Four numbers.
# shellcheck disable=SC2086
set -- $facts
block=$1
available=$4
take=$(blocks_to_take "$percent" "$2" "$3" "$4")
if [ "$take" -lt 1 ]; then
  refuse 16 "$path is used to $percent % already, so that there is nothing to fill"
fi
left=$(((available - take) * block))
bytes=$((take * block))
if [ "$left" -lt "$least_left" ]; then
  refuse 17 "$path would have $((left / 1048576)) MiB left, and a drill leaves $((least_left / 1048576)) MiB at least"
fi
if [ "$bytes" -gt "$most_bytes" ]; then
  refuse 17 "it takes $((bytes / 1073741824)) GiB to fill $path, and a drill takes $((most_bytes / 1073741824)) GiB at most"
fi

# Fails where anything is there by now, and follows no link.
mkdir -m 0700 -- "$own" || refuse 15 "$own cannot be made"
mkdir -p /etc/tmpfiles.d
rm -f -- "$at_boot"
if ! (set -C && printf 'r! %s\nr! %s\nr! %s\n' "$file" "$own" "$at_boot" >"$at_boot"); then
  take_away || :
  refuse 24 "$at_boot cannot be written, by which a reboot takes the file away"
fi
# shellcheck disable=SC2016
undo='rm -f -- "$1" "$3"; [ ! -e "$2" ] || exec rmdir -- "$2"'
if ! arm_timer "Takes $file away after a drill" /bin/sh -c "$undo" sh "$file" "$own" "$at_boot"; then
  timeout 15 "$systemctl" stop -- "$timer.timer" 2>/dev/null || :
  take_away || :
  refuse 24 'the timer that takes the file away is not armed'
fi

give_up() { # why
  take_away || :
  timeout 15 "$systemctl" stop -- "$timer.timer" || :
  printf 'FAILED: %s; what was begun was taken away\n' "$1"
  exit 21
}

timeout 60 fallocate --length "$bytes" -- "$file" || give_up "$bytes bytes could not be reserved on $path"
facts=$(timeout 15 stat -f -c '%S %b %f %a' -- "$place") || give_up "$place cannot be looked at"
# shellcheck disable=SC2086
set -- $facts
used=$((($2 - $3) * 100 / ($2 - $3 + $4)))
# Others write meanwhile.
if [ $((($2 - $3) * 100)) -gt $((most_percent * ($2 - $3 + $4))) ]; then
  give_up "$path came to be used to more than $most_percent %"
fi
printf 'filled %s for a drill: %s bytes in %s, %s %% are used; systemd takes it away in %s minutes at the latest (%s.timer)\n' \
  "$path" "$bytes" "$file" "$used" "$minutes" "$timer"
