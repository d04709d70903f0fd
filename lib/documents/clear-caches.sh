#!/bin/sh
# Deletes old, unused files from temporary and cache folders. Runs as root through a Systems Manager Command document.
#
# Parameters (environment):
#   SSM_Paths                    folders, separated by ":" or newline. Required.
#   SSM_OlderThanMinutes         only files neither made here, changed nor read for so long. 1..525600, default 1440.
#   SSM_Protect                  never deleted: names (with * and ?) of files or folders, or absolute paths; separated like SSM_Paths.
#   SSM_DryRun                   true: report what would be freed, delete nothing. Default false.
#   SSM_MaxFiles                 at most so many files per folder and run. 1..1000000, default 100000.
#   SSM_VacuumJournalMegabytes   shrink archived journals to this size. 0..100000, default 0: leave the journal alone.
#   SSM_PackageCaches            true: also clear the package manager's downloads. Default false.
#   SSM_PageCache                true: also give back the memory of the kernel's page cache. Default false.
#   SSM_DockerLeftovers          true: also remove containers that ended and unnamed images, both older than SSM_OlderThanMinutes. Default false.
#   SSM_FlushService             redis or memcached: also empty the one on this machine. Default none.
#   SSM_FlushPort                its port. 1..65535, default 0: 6379 or 11211.
#
# Why a hostile user of /tmp cannot make it delete anything else: the folder is entered once and compared with what was asked for, so
# a link anywhere in the path is noticed. Each directory below is entered in the same way before anything in it is deleted by its plain
# name, so swapping a directory for a link between look and deletion changes nothing. Who may rename the folder itself, as the owner of
# one above it, loses only files of his own.
# Only regular files of local disks and memory go: never directories, links, sockets, pipes, devices, other file systems or mounts. What is in use stays: open or
# mapped by a process, mounted at another place in any mount namespace, behind a loop device, or swapped to. An old time that an archive
# or `touch` gave a file makes it no older than its arrival here. A file opened after the look at open files can still lose its name.
# Of any age goes the one file that root alone can have made for a drill: self-healing-drill/fill in the folder (fill-folder.sh).
# Ends within 290 seconds: up to 20 for the lock, 130 for the folders, 20 each for the journal and a package cache, 65 for Docker, and
# 17 each for the flush and the page cache. The work grows with the files, and with those in use, but not with one times the other.
# Safe twice and when killed halfway: there is no state but the files; a second run waits for the first.
#
# Exit codes:
#   0   done, also when there was nothing to delete
#   10  bad parameter                           13  nothing was freed: something could not be deleted or looked at
#   11  refused folder                          14  nothing was freed within the time limit
#   12  another run did not end in time         15  something that this script needs is missing on the machine
# What was freed in part ends with 0 and a line that begins with "PARTLY:"; 13 and 14 say why on a line that begins with "FAILED:".
set -eu
cd /
set -f
LC_ALL=C
export LC_ALL
umask 077
unset CDPATH
IFS='
'

# shellcheck source=parts/verdicts.sh
. parts/verdicts.sh

# Old agents do not check patterns, hence the checks here.
number_between() { # name value minimum maximum
  case $2 in
    '' | *[!0-9]* | ????????*) refuse 10 "$1 must be a whole number from $3 to $4" ;;
  esac
  if [ "$2" -lt "$3" ] || [ "$2" -gt "$4" ]; then
    refuse 10 "$1 must be a whole number from $3 to $4"
  fi
}

true_or_false() { # name value
  case $2 in
    true | false) ;;
    *) refuse 10 "$1 must be true or false" ;;
  esac
}

one_per_line() { printf '%s\n' "$1" | tr ':' '\n'; }

has_cache_word() { # path
  for word in $(printf '%s' "$1" | tr -c 'A-Za-z0-9' '\n'); do
    case $word in
      tmp | temp | temporary | cache | caches | scratch | Cache | Caches) return 0 ;;
    esac
  done
  return 1
}

# Closed by default: besides /tmp, /var/tmp and what lies in /var/cache, a folder must lie at least three levels deep, outside the system's
# own trees, and be called a temporary or cache folder somewhere in its path.
check_place() { # folder
  case $1/ in
    /tmp/* | /var/tmp/* | /var/cache/?*/*) return 0 ;;
    /bin/* | /boot/* | /dev/* | /etc/* | /lib/* | /lib32/* | /lib64/* | /libx32/* | /proc/* | /root/* | /run/* | /sbin/* | /snap/* | /sys/* | /usr/*)
      refuse 11 "$1 belongs to the system" ;;
    /var/lib/apt/* | /var/lib/dpkg/* | /var/lib/rpm/* | /var/lib/systemd/* | /var/lib/amazon/* | /var/lib/cloud/* | /var/lib/snapd/* | \
      /var/lib/docker/* | /var/lib/containerd/* | /var/lib/containers/* | /var/lib/kubelet/* | /var/lib/etcd/* | /var/lib/mysql/* | /var/lib/postgresql/*)
      refuse 11 "$1 belongs to an engine that looks after its own files" ;;
    /var/run/* | /var/lock/*) refuse 11 "$1 belongs to the system" ;;
    */.ssh/* | */.aws/* | */.gnupg/* | */.kube/*) refuse 11 "$1 holds credentials" ;;
  esac
  case $1 in
    /*/*/*) ;;
    *) refuse 11 "$1 is too close to the root: at least three levels are needed" ;;
  esac
  has_cache_word "$1" || refuse 11 "$1 is not called a temporary or cache folder (tmp, temp, cache, scratch)"
}

check_folder() { # folder
  case $1 in
    /) refuse 11 '/ is never cleared' ;;
    *[!A-Za-z0-9/._@+-]*) refuse 10 'SSM_Paths holds a character that no folder may have here' ;;
    /*) ;;
    *) refuse 11 "$1 is not an absolute path" ;;
  esac
  case $1/ in
    *//* | */./* | */../*) refuse 11 "$1 is not a plain path: no //, /./ or /../" ;;
  esac
  check_place "$1"
  if [ ! -e "$1" ] && [ ! -L "$1" ]; then
    return 0
  fi
  actual=$(enter "$1") || refuse 11 "$1 cannot be entered"
  if [ "$actual" != "$1" ]; then
    refuse 11 "$1 leads through a symbolic link"
  fi
  check_kind "$1"
  find_owner "$1"
  existing=$((existing + 1))
}

# Closed by default, too: what another machine has open, or another mount of what a file system of FUSE shows, is not seen from here.
check_kind() { # folder
  kind=$(awk -v folder="$1" '($5 == "/" || $5 == folder || index(folder, $5 "/") == 1) && length($5) >= length(best) {
    best = $5
    for (i = 7; $i != "-"; i++);
    kind = $(i + 1)
  } END { print kind }' /proc/self/mountinfo)
  case $kind in
    ext2 | ext3 | ext4 | xfs | btrfs | tmpfs | ramfs | overlay | f2fs | jfs | zfs | bcachefs) ;;
    *) refuse 11 "$1 is on ${kind:-no known file system}, where it cannot be seen what others use: only folders of local disks and memory are cleared" ;;
  esac
}

# Sets owner to the one user beside root who could put another folder in the place of this one, or to 0. Where anybody of a group could,
# or two users, what lies there is nobody's in particular.
find_owner() { # folder
  owner=0
  above=$1
  while [ -n "$above" ]; do
    above=${above%/*}
    attributes=$(stat -c '%u %g %a' -- "${above:-/}") || refuse 11 "${above:-/} cannot be looked at"
    mode=$(nth "$attributes" 3)
    writers=022
    if [ "$(nth "$attributes" 2)" -eq 0 ]; then
      writers=02
    fi
    if [ "$((0$mode & writers))" -ne 0 ] && [ "$((0$mode & 01000))" -eq 0 ]; then
      refuse 11 "$1: others than its owner may write to ${above:-/}, and so put another folder in its place"
    fi
    user=$(nth "$attributes" 1)
    if [ "$user" -ne 0 ] && [ "$owner" -ne 0 ] && [ "$user" -ne "$owner" ]; then
      refuse 11 "$1 lies in folders of different users"
    fi
    if [ "$user" -ne 0 ]; then
      owner=$user
    fi
  done
  if [ "$owner" -ne 0 ] && [ "$(stat -c %u -- "$1")" -ne "$owner" ]; then
    refuse 11 "$1 is not of user $owner, who owns a folder above it and could have put another one in its place"
  fi
}

enter() { # folder -> the path of the folder really entered
  cd -P -- "$1" 2>/dev/null && pwd -P
}

check_protect() { # entry
  case $1 in
    /*[*?]*) refuse 10 'SSM_Protect: an absolute path may not hold * or ?' ;;
    *[!A-Za-z0-9/._@+*?\ -]*) refuse 10 'SSM_Protect holds a character that is not allowed' ;;
    /*) ;;
    */*) refuse 10 'SSM_Protect: give a plain name or an absolute path' ;;
  esac
}

# At least 1, since `timeout 0` would mean no limit.
seconds_left() {
  left=$((deadline - $(date +%s)))
  if [ "$left" -lt 1 ]; then
    left=1
  fi
  printf '%s' "$left"
}

# Files that other programs expect to stay although they look old.
builtin_protect='systemd-private-*
snap-private-tmp
snap.*
.X*
.ICE-unix
.font-unix
ssh-*
tmux-*
screen-*
krb5cc*
hsperfdata_*
*.pid
*.lock
*.sock
lost+found
aquota.*
.autorelabel'

check_flush() {
  number_between SSM_FlushPort "$flush_port" 0 65535
  case $flush_service in
    none) return 0 ;;
    redis) usual_port=6379 ;;
    memcached) usual_port=11211 ;;
    *) refuse 10 'SSM_FlushService must be none, redis or memcached' ;;
  esac
  if [ "$flush_port" -eq 0 ]; then
    flush_port=$usual_port
  fi
  command -v bash >/dev/null || refuse 15 'bash is missing on this machine, by which the cache is spoken to'
}

check_parameters() {
  number_between SSM_OlderThanMinutes "$older_than_minutes" 1 525600
  number_between SSM_MaxFiles "$max_files" 1 1000000
  number_between SSM_VacuumJournalMegabytes "$journal_megabytes" 0 100000
  true_or_false SSM_DryRun "$dry_run"
  true_or_false SSM_PackageCaches "$package_caches"
  true_or_false SSM_PageCache "$page_cache"
  true_or_false SSM_DockerLeftovers "$docker_leftovers"
  check_flush
  existing=0
  for folder in $folders; do
    check_folder "$folder"
  done
  for entry in $protect; do
    check_protect "$entry"
  done
  if [ "$existing" -eq 0 ]; then
    refuse 11 'none of the given folders exists'
  fi
}

require_programs() {
  for program in find awk grep timeout flock df du tr cut sort xargs stat mktemp; do
    command -v "$program" >/dev/null || refuse 15 "$program is missing on this machine"
  done
  if [ ! -r /proc/self/mountinfo ]; then
    refuse 15 '/proc is not readable'
  fi
}

# /run belongs to root alone, so nobody else can put a link where the lock file goes. Lists lie there, too: it is memory, and so has room
# on a machine with a full disk. What killed runs left is taken away: of this script by the lock, of others by age.
take_lock() {
  mkdir -p /run/self-healing
  exec 9>/run/self-healing/clear-caches.lock
  flock -w 20 9 || refuse 12 'another run is at work for more than 20 seconds'
  find -P /run/self-healing -mindepth 1 -maxdepth 1 -type d -name 'caches.*' -exec rm -rf '{}' +
  find -P /run/self-healing -mindepth 1 -maxdepth 1 -type f -name 'said.*' -mmin +60 -delete
  work=$(mktemp -d /run/self-healing/caches.XXXXXX) || refuse 15 '/run has no room'
  trap 'rm -rf "$work"' EXIT
  trap 'exit 13' HUP INT TERM
}

fail_early() { # words
  printf 'FAILED: %s, so it was left alone\n' "$*"
  exit 13
}

each_of() { printf '%s\0' "$@"; } # words

# Writes a list; fails unless all of it was written, as where /run has no room for a moment.
whole_list() { # file
  cat >"$1" 2>/dev/null
}

# Makes a list by a find on starting points that may be more than one command line takes. Fails unless find came to its end, the list is
# whole, and find had to pass over nothing but what is named: processes end meanwhile, which is no harm.
look_at_processes() { # seconds, script, list, what may be passed over; starting points on standard input, each ended by NUL
  said=$(
    {
      {
        status=0
        timeout "$1" xargs -0 sh -c "$2" sh 2>&3 || status=$?
        if [ "$status" -eq 0 ] || [ "$status" -eq 123 ]; then
          printf 'ended\n' >&3
        fi
      } | whole_list "$3" && printf 'whole\n'
    } 3>&1 | grep -Ev "($4)\$" | head -n 20
  )
  [ "$said" = "ended${IFS}whole" ]
}

# Of a process that has ended.
gone=': No such file or directory|: No such process'
# What root itself may not ask about is not in a folder from which it deletes: files of other users' mounts by FUSE, or of servers that
# are gone. An open folder is no file.
unreachable=': Permission denied|: Stale file handle|: Transport endpoint is not connected|: Input/output error|: Connection timed out|: Host is down|: Required key not available|: File system loop detected;.*'

# Lists what any process has open, maps or runs, as device:inode, which also tells the truth about other namespaces and renamed files;
# then its number of names, its blocks, and who has it. And what the kernel itself has: files behind loop devices, and those swapped to.
# The namespaces come first: whoever may not read that of a process may not see its files either, and not the first process at all.
read_used_files() {
  set +f
  # The expansions are for the inner shells.
  # shellcheck disable=SC2016
  each_of /proc/self/ns/mnt /proc/[0-9]*/ns/mnt |
    look_at_processes 20 'exec find -P "$@" -maxdepth 0 -printf "%l %p\n"' "$work/ns" "$gone" ||
    fail_early 'cannot tell which files are open, nor what is mounted'
  grep -q ' /proc/1/ns/mnt$' "$work/ns" || fail_early 'cannot tell which files are open: processes are hidden'
  # shellcheck disable=SC2016
  each_of /proc/[0-9]*/exe /proc/[0-9]*/fd /proc/[0-9]*/map_files |
    look_at_processes 30 'exec find -L "$@" -maxdepth 1 -type f -printf "%D:%i %n %b %H\n"' "$work/processes" "$gone|$unreachable" ||
    fail_early 'cannot tell which files are open'
  set -- /sys/block/loop*/loop/backing_file
  set -f
  {
    {
      if [ -e "$1" ]; then
        cat "$@" 2>/dev/null || :
      fi
      awk 'NR > 1 && $2 == "file" { gsub(/\\040/, " ", $1); print $1 }' /proc/swaps 2>/dev/null || :
    } | while IFS= read -r file; do
      find -L "$file" -maxdepth 0 -type f -printf '%D:%i 1 0 kernel\n' 2>/dev/null || :
    done
    # Of a loop device of another namespace no path leads to the file from here, but its inode is told.
    if command -v losetup >/dev/null; then
      { timeout 10 losetup --list --noheadings --output BACK-INO,BACK-MAJ:MIN 2>/dev/null || :; } |
        awk '$2 ~ /^[0-9]+:[0-9]+$/ { split($2, d, ":"); printf "%.0f:%s 1 0 kernel\n", d[1] * 256 + d[2] % 256 + int(d[2] / 256) * 1048576, $1 }'
    fi
  } | whole_list "$work/kernel" || fail_early 'cannot tell which files are open'
  # What is mounted, by namespace, our own first. Where one process has ended, another of the namespace may be left.
  seen=
  while IFS=' ' read -r namespace process; do
    case $seen in
      *" $namespace "*) ;;
      *)
        if cat "${process%/ns/mnt}/mountinfo" 2>/dev/null; then
          seen="$seen $namespace "
          printf 'next\n'
        fi
        ;;
    esac
  done <"$work/ns" | whole_list "$work/mounts" || fail_early 'cannot tell what is mounted'
  awk '$1 == "next" { exit } $5 == "/" { found = 1 } END { exit !found }' "$work/mounts" || fail_early 'cannot tell what is mounted'
}

# Lists what in the folder is a mount point, or is mounted at another place in any namespace, as paths that begin with "./": neither
# find's -xdev nor the look at open files sees that it is used. A line break in a name is \001 here. Prints the options of the folder's mount.
read_mounts() { # folder
  awk -v folder="$1" -v list="$work/mounted" '
    function plain(text) {
      gsub(/\\040/, " ", text)
      gsub(/\\011/, "\t", text)
      gsub(/\\012/, "\001", text)
      gsub(/\\043/, "#", text)
      gsub(/\\134/, "\\", text)
      return text
    }
    function note(path, top) {
      if (index(path, top "/") == 1) print "." substr(path, length(top) + 1) >list
    }
    BEGIN { printf "" >list; ours = 1 }
    $1 == "next" { ours = 0; next }
    { point = plain($5); root = plain($4); shown[$3 " " root] = $3 }
    ours { note(point, folder) }
    ours && (point == "/" || folder == point || index(folder, point "/") == 1) && length(point) >= length(best) {
      best = point
      device = $3
      options = $6
      inside = (root == "/" ? "" : root) (point == "/" ? folder : substr(folder, length(point) + 1))
    }
    / - overlay / {
      given = split($NF, option, ",")
      for (n = 1; n <= given; n++) if (sub(/^(lowerdir|upperdir|workdir)=/, "", option[n])) {
        layers = split(option[n], layer, ":")
        for (m = 1; m <= layers; m++) note(plain(layer[m]), folder)
      }
    }
    END {
      for (key in shown) if (shown[key] == device) note(substr(key, length(device) + 2), inside)
      print options
    }' "$work/mounts"
}

human() { # bytes
  awk -v bytes="$1" 'BEGIN { split("B KB MB GB TB", unit, " "); n = 1; while (bytes >= 1024 && n < 5) { bytes /= 1024; n++ } printf (n == 1 ? "%d %s" : "%.1f %s"), bytes, unit[n] }'
}

# Sorts the files of the folder, lists the old ones that nothing uses, and prints "protected young busy strange foreign incomplete late
# limited". Both lists, of files and of what is in use, are read once. Of a name with \001, which stands for a line break, the file stays.
survey() { # find's tests for protected files
  {
    timeout --foreground "$(($(seconds_left) / 2 + 1))" find -P . -ignore_readdir_race -xdev -mindepth 1 -type f \( \
      \( "$@" \) -printf 'protected\0' \
      -o -path "*$strange*" -printf 'strange\0' \
      -o ! -uid "$whose" -printf 'foreign\0' \
      -o -path ./self-healing-drill/fill -uid 0 -printf 'old %D:%i %n %p\0' \
      -o -mmin "+$older_than_minutes" -amin "+$older_than_minutes" -cmin "+$older_than_minutes" -printf 'old %D:%i %n %p\0' \
      -o -printf 'young\0' \) 2>/dev/null || if [ "$?" -eq 124 ]; then printf 'late\0'; else printf 'incomplete\0'; fi
  } | tr '\000\n' '\n\001' | awk -v most="$max_files" -v list="$work/old" '
    function is_mounted(path) {
      if (!mounts) return 0
      for (; path != "."; sub(/\/[^\/]*$/, "", path)) if (path in mounted) return 1
      return 0
    }
    BEGIN { printf "" >list }
    kind == "used" { used[$1] = 1; next }
    kind == "mounted" { mounted[$0] = 1; mounts = 1; next }
    $1 != "old" { count[$1]++; next }
    { path = substr($0, length($1) + length($2) + length($3) + 4) }
    $2 in used || is_mounted(path) { busy++; next }
    # The list lies in memory, and names can be long.
    listed == most || (bytes += length(path)) > 33554432 { limited = 1; next }
    { listed++; print ($3 > 1 ? "+" : "") path >list }
    END {
      printf "%d %d %d %d %d %d %d %d\n", count["protected"], count["young"], busy, count["strange"], count["foreign"], count["incomplete"], count["late"], limited
    }' kind=used "$work/processes" "$work/kernel" kind=mounted "$work/mounted" kind=found -
}

# Takes the files that are still old, in the order of the list. Each directory is entered, and must be where the list says; there its files
# are known by their plain names, in which no link can be. Of several names (+) the first that goes gives the others a new time of change.
# The expansions are for the inner shell.
# shellcheck disable=SC2016
take='
folder=$1
minutes=$2
whose=$3
act=$4
shift 4
take() {
  [ -n "$directory" ] || return 0
  drilled=-false
  [ "$directory" != "$folder/self-healing-drill" ] || drilled="-name fill -uid 0"
  if cd -P -- "$directory" 2>/dev/null && [ "$PWD" = "$directory" ]; then
    find -P "$@" -maxdepth 0 -ignore_readdir_race -type f -uid "$whose" \
      \( -mmin "+$minutes" -amin "+$minutes" -cmin "$changed" -o $drilled \) \( "$act" -printf "%n %b %i\n" -o -printf "failed\n" \) 2>/dev/null || :
  else
    printf "failed %s\n" "$#"
  fi
}
directory=
changed=
for path do
  before="+$minutes"
  case $path in
    +*)
      path=${path#+}
      before=-999999999
      ;;
  esac
  name=./${path##*/}
  path=${path%/*}
  path=$folder${path#.}
  if [ "$path" != "$directory" ] || [ "$before" != "$changed" ]; then
    take "$@"
    directory=$path
    changed=$before
    set --
  fi
  set -- "$@" "$name"
done
take "$@"
'

# Counts what was freed and prints "files bytes failed status". A file with several names frees its space with the last of them, so never
# when one lies elsewhere.
count_freed() {
  awk '
    function frees_space(links, inode) {
      if (!(inode in left)) { if (links == 1) return 1; left[inode] = links }
      return --left[inode] == 0
    }
    $1 == "status" { status = $2; next }
    $1 == "failed" { failed += (NF > 1 ? $2 : 1); next }
    { files++; if (frees_space($1, $3)) blocks += $2 }
    END { printf "%d %.0f %d %d\n", files, blocks * 512, failed, status }'
}

# Prints "files bytes failed status".
delete_old() { # folder
  act=-delete
  if [ "$dry_run" = true ]; then
    act=-true
  fi
  {
    tr '\n\001' '\000\n' <"$work/old" |
      timeout --foreground "$(seconds_left)" xargs -0 -r -n 200 sh -c "$take" sh "$1" "$older_than_minutes" "$whose" "$act" &&
      status=0 || status=$?
    printf 'status %s\n' "$status"
  } | count_freed
}

note_worst() { # exit code, why; the first failure stays
  if [ "$worst" -eq 0 ]; then
    worst=$1
    why=$2
  fi
}

nth() { printf '%s' "$1" | cut -d ' ' -f "$2"; } # text position

report_folder() { # folder "files bytes failed status" "protected young busy strange foreign incomplete late limited"
  files=$(nth "$2" 1)
  bytes=$(nth "$2" 2)
  status=$(nth "$2" 4)
  failed=$(($(nth "$2" 3) + $(nth "$3" 6)))
  total_files=$((total_files + files))
  total_bytes=$((total_bytes + bytes))
  printf '%s: %s %s files, %s (%s bytes); kept %s young, %s open, %s protected\n' \
    "$1" "$verb" "$files" "$(human "$bytes")" "$bytes" "$(nth "$3" 2)" "$(nth "$3" 3)" "$(nth "$3" 1)"
  if [ "$(nth "$3" 5)" -ne 0 ]; then
    printf '  kept %s of others than user %s, to whom the folder above belongs\n' "$(nth "$3" 5)" "$owner"
  fi
  if [ "$(nth "$3" 4)" -ne 0 ]; then
    printf '  kept %s with a control character in the name\n' "$(nth "$3" 4)"
  fi
  tell_about_reads "$1"
  if [ "$status" -eq 124 ] || [ "$(nth "$3" 7)" -ne 0 ]; then
    printf '  stopped at the time limit; run again for the rest\n'
    note_worst 14 "the time limit came before the end of $1"
  elif [ "$(nth "$3" 8)" -eq 1 ]; then
    printf '  stopped at the limit of about %s files; run again for the rest\n' "$max_files"
  fi
  if [ "$failed" -ne 0 ] || { [ "$status" -ne 0 ] && [ "$status" -ne 124 ]; }; then
    printf '  some files could not be deleted or looked at (%s)\n' "$failed"
    note_worst 13 "some files of $1 could not be deleted or looked at"
  fi
}

# Without noatime the kernel keeps the time of a first read after a change, and then one a day.
tell_about_reads() { # folder
  case ,$mount_options, in
    *,noatime,*) printf '  reads are not recorded there (noatime): a file counts as old by its changes alone\n' ;;
    *,relatime,*)
      if [ "$older_than_minutes" -lt 1440 ]; then
        printf '  reads are recorded once a day there (relatime): a file read within a day may count as old by its changes alone\n'
      fi
      ;;
  esac
}

clear_folder() { # folder
  folder=$1
  if [ ! -d "$folder" ]; then
    printf '%s: does not exist, skipped\n' "$folder"
    return 0
  fi
  cd -P -- "$folder"
  if [ "$(pwd -P)" != "$folder" ]; then
    refuse 11 "$folder was swapped for a link"
  fi
  find_owner "$folder"
  # To find, less than any number there is: everybody.
  whose=-4294967296
  if [ "$owner" -ne 0 ]; then
    whose=$owner
  fi
  mount_options=$(read_mounts "$folder") || fail_early "cannot tell what is mounted in $folder"
  set -- -false
  for entry in $builtin_protect $protect; do
    case $entry in
      "$folder" | /) set -- "$@" -o -true ;;
      "$folder"/*) set -- "$@" -o -path ".${entry#"$folder"}" -o -path ".${entry#"$folder"}/*" ;;
      /*) case $folder in "$entry"/*) set -- "$@" -o -true ;; esac ;;
      *) set -- "$@" -o -name "$entry" -o -path "*/$entry/*" ;;
    esac
  done
  if ! surveyed=$(survey "$@"); then
    printf '%s: its files could not be listed, so nothing was deleted there\n' "$folder"
    note_worst 13 "the files of $folder could not be listed"
    return 0
  fi
  freed=$(delete_old "$folder")
  cd /
  report_folder "$folder" "$freed" "$surveyed"
}

# A deleted file keeps its space while a process has it open. Tells the three that hold most on the disks of the folders.
tell_held() {
  disks=
  for folder in $folders; do
    if [ -d "$folder" ]; then
      disks="$disks $(stat -c %d -- "$folder")"
    fi
  done
  awk -v disks="$disks" '
    BEGIN { split(disks, disk, " "); for (n in disk) asked[disk[n]] = 1 }
    $2 == 0 && $4 ~ /fd$/ && !(($1 $4) in seen) {
      seen[$1 $4] = 1
      split($1, id, ":")
      split($4, part, "/")
      if (id[1] in asked) held[part[3]] += $3
    }
    END { for (pid in held) if (held[pid] * 512 >= 1048576) printf "%.0f %s\n", held[pid] * 512, pid }' "$work/processes" | sort -rn | head -n 3 |
    while IFS=' ' read -r bytes pid; do
      name=$(tr -cd 'A-Za-z0-9._@:/-' 2>/dev/null <"/proc/$pid/comm" || :)
      printf 'deleted files that are still open hold %s (%s bytes): %s, process %s; the space comes back when it closes them or ends\n' \
        "$(human "$bytes")" "$bytes" "${name:-unknown}" "$pid"
    done
}

folder_bytes() { # folders
  du -skxc -- "$@" 2>/dev/null | awk 'END { printf "%.0f", $1 * 1024 }'
}

add_freed() { # label bytes
  if [ "$2" -gt 0 ]; then
    total_bytes=$((total_bytes + $2))
    helped=true
  fi
  printf '%s: %s %s (%s bytes)\n' "$1" "$verb" "$(human "$2")" "$2"
}

clear_journal() {
  if [ "$journal_megabytes" -eq 0 ] || ! command -v journalctl >/dev/null; then
    return 0
  fi
  before=$(folder_bytes /var/log/journal /run/log/journal)
  if [ "$dry_run" = true ]; then
    above=$((before - journal_megabytes * 1048576))
    if [ "$above" -lt 0 ]; then
      above=0
    fi
    add_freed 'journal (at most)' "$above"
    return 0
  fi
  timeout 20 journalctl --vacuum-size="${journal_megabytes}M" >/dev/null 2>&1 || note_worst 13 'the journal could not be shrunk in time'
  add_freed journal $((before - $(folder_bytes /var/log/journal /run/log/journal)))
}

clear_package_cache() { # program folder clean-arguments
  program=$1
  downloads=$2
  shift 2
  if ! command -v "$program" >/dev/null || [ ! -d "$downloads" ]; then
    return 0
  fi
  before=$(folder_bytes "$downloads")
  if [ "$dry_run" = true ]; then
    add_freed "$program cache (at most)" "$before"
    return 0
  fi
  timeout 20 "$program" "$@" >/dev/null 2>&1 || note_worst 13 "$program could not empty its cache in time"
  add_freed "$program cache" $((before - $(folder_bytes "$downloads")))
}

clear_package_caches() {
  if [ "$package_caches" = true ]; then
    clear_package_cache apt-get /var/cache/apt/archives clean
    clear_package_cache dnf /var/cache/dnf -q clean packages
    clear_package_cache yum /var/cache/yum -q clean packages
  fi
}

# The clean pages of files; those of memory-backed folders cannot be given back, and the kernel counts them here too.
page_cache_bytes() {
  awk '$1 == "Cached:" || $1 == "Buffers:" { kb += $2 } $1 == "Shmem:" { kb -= $2 } END { printf "%.0f", kb * 1024 }' /proc/meminfo
}

# Only the page cache (1): 2 and 3 would also drop directory entries and inodes, which costs much more time to read again. The kernel
# gives back pages of files by itself when memory is short, so this cures a figure more often than a shortage.
clear_page_cache() {
  if [ "$page_cache" != true ]; then
    return 0
  fi
  before=$(page_cache_bytes)
  if [ "$dry_run" = true ]; then
    tell_memory 'page cache (at most)' "$before"
    return 0
  fi
  if ! timeout -k 2 15 sync; then
    printf 'page cache: the disks did not take what was to be written in time, so nothing was dropped\n'
    note_worst 14 'the disks did not take in time what was to be written'
    return 0
  fi
  if ! (printf '1\n' >/proc/sys/vm/drop_caches) 2>/dev/null; then
    printf 'page cache: the kernel did not let it be dropped\n'
    note_worst 13 'the kernel did not let the page cache be dropped'
    return 0
  fi
  tell_memory 'page cache' $((before - $(page_cache_bytes)))
}

tell_memory() { # label bytes
  freed=$2
  if [ "$freed" -lt 0 ]; then
    freed=0
  fi
  if [ "$freed" -gt 0 ]; then
    helped=true
  fi
  printf '%s: %s %s of memory (%s bytes)\n' "$1" "$verb" "$(human "$freed")" "$freed"
}

# << and >> stand for double braces, which Systems Manager would take for a parameter.
docker_inspect() { # container|image, Go template, ids
  kind=$1
  template=$(printf '%s' "$2" | tr '<>' '{}')
  shift 2
  [ "$#" -eq 0 ] || timeout 15 docker "$kind" inspect --format "$template" "$@" 2>/dev/null </dev/null
}

is_protected_name() { # name
  for entry in $protect; do
    # An entry is a pattern here.
    # shellcheck disable=SC2254
    case $1 in
      $entry) return 0 ;;
    esac
  done
  return 1
}

# Removes what is older one by one, without force and without volumes: what came to life or into use meanwhile is refused by the
# engine itself. `docker container prune --filter until` would go by the time of creation and take what ended a minute ago.
remove_docker() { # container|image, lines "id time bytes name"
  removed=0
  bytes=0
  kept=0
  for line in $2; do
    id=$(nth "$line" 1)
    name=$(nth "$line" 4)
    if is_protected_name "${name#/}"; then
      kept=$((kept + 1))
    elif [ "$dry_run" = true ] || timeout "$docker_left" docker "$1" rm "$id" >/dev/null 2>&1 </dev/null; then
      removed=$((removed + 1))
      bytes=$((bytes + $(nth "$line" 3)))
    else
      kept=$((kept + 1))
    fi
    docker_left=$((docker_deadline - $(date +%s)))
    if [ "$docker_left" -lt 1 ]; then
      printf 'docker: stopped at the time limit; run again for the rest\n'
      note_worst 14 'the time limit came before the last of the Docker leftovers'
      break
    fi
  done
  total_bytes=$((total_bytes + bytes))
  if [ "$removed" -gt 0 ]; then
    helped=true
  fi
  printf 'docker %ss: %s %s, at most %s (%s bytes); kept %s\n' "$1" "$verb" "$removed" "$(human "$bytes")" "$bytes" "$kept"
}

# RFC 3339 times in UTC compare as text.
older() { awk -v limit="$1" '($2 "") < limit && $2 !~ /^0001/ && $3 ~ /^[0-9]+$/' | head -n 100; } # time

clear_docker() {
  if [ "$docker_leftovers" != true ]; then
    return 0
  fi
  if ! command -v docker >/dev/null || ! timeout 10 docker version >/dev/null 2>&1 </dev/null; then
    printf 'docker: not on this machine, or it does not answer; skipped\n'
    return 0
  fi
  docker_left=15
  docker_deadline=$(($(date +%s) + 30))
  limit=$(date -u -d "@$(($(date +%s) - older_than_minutes * 60))" +%Y-%m-%dT%H:%M:%S)
  ended=$(timeout 10 docker container ls --all --quiet --no-trunc --filter status=exited --filter status=dead </dev/null 2>/dev/null) || note_worst 13 'docker did not answer in time'
  # The ids are one per line, and no other character parts words here.
  # shellcheck disable=SC2086
  remove_docker container "$(docker_inspect container '<<.Id>> <<.State.FinishedAt>> <<if .SizeRw>><<.SizeRw>><<else>>0<<end>> <<.Name>>' --size $ended | older "$limit")"
  unnamed=$(timeout 10 docker image ls --quiet --no-trunc --filter dangling=true </dev/null 2>/dev/null) || note_worst 13 'docker did not answer in time'
  # shellcheck disable=SC2086
  remove_docker image "$(docker_inspect image '<<.Id>> <<.Created>> <<.Size>> -' $unnamed | older "$limit")"
}

# Speaks to the cache on this machine and nowhere else. Bash opens the connection itself, so that neither a client nor a password on
# a command line is needed; port and words are given as arguments.
ask_cache() { # words, one command each -> the answers
  # The expansions are for the inner shell.
  # shellcheck disable=SC2016
  timeout 3 bash -c 'exec 3<>"/dev/tcp/127.0.0.1/$1" || exit 1; shift; printf "%s\r\n" "$@" >&3; exec cat <&3' bash "$flush_port" "$@" 2>/dev/null |
    head -c 65536 | tr -d '\r\000'
}

field() { printf '%s\n' "$answer" | awk -F '[: ]' -v name="$1" '$1 == name { print $2; exit } $1 == "STAT" && $2 == name { print $3; exit }'; } # name

number_field() { # name
  value=$(field "$1")
  case $value in
    '' | *[!0-9]*) printf 0 ;;
    *) printf '%s' "$value" ;;
  esac
}

leave_cache() { # why
  printf '%s: not emptied: %s\n' "$flush_service" "$1"
  note_worst 13 "$flush_service was not emptied: $1"
}

# Redis is also used as a database. One that writes an append-only file or follows another is not only a cache.
flush_redis() {
  answer=$(ask_cache 'INFO' 'QUIT')
  case $answer in
    *used_memory:*) ;;
    *NOAUTH*) leave_cache 'it asks for a password' && return 0 ;;
    *) leave_cache "no Redis answers on port $flush_port of this machine" && return 0 ;;
  esac
  if [ "$(field aof_enabled)" != 0 ]; then
    leave_cache 'it keeps an append-only file, so it is more than a cache'
  elif [ "$(field role)" != master ]; then
    leave_cache 'it is a replica'
  elif [ "$dry_run" = true ]; then
    tell_memory 'redis (at most)' "$(number_field used_memory)"
  else
    flushall_redis
  fi
}

# Redis frees the memory in the background, hence the looks.
flushall_redis() {
  before=$(number_field used_memory)
  case $(ask_cache 'FLUSHALL ASYNC' 'QUIT') in
    +OK*) ;;
    *) leave_cache 'it refused' && return 0 ;;
  esac
  for _ in 1 2 3; do
    sleep 0.5
    answer=$(ask_cache 'INFO' 'QUIT')
    [ "$(number_field lazyfree_pending_objects)" -ne 0 ] || break
  done
  tell_memory redis $((before - $(number_field used_memory)))
}

# memcached keeps the memory of what it forgot and fills it anew, so none comes back to the machine.
flush_memcached() {
  answer=$(ask_cache 'stats' 'quit')
  case $answer in
    *'STAT curr_items'*) ;;
    *) leave_cache "no memcached answers on port $flush_port of this machine" && return 0 ;;
  esac
  held="$(number_field curr_items) items of $(human "$(number_field bytes)") ($(number_field bytes) bytes)"
  if [ "$dry_run" = true ]; then
    printf 'memcached: would forget %s\n' "$held"
    return 0
  fi
  case $(ask_cache 'flush_all' 'quit') in
    OK*)
      helped=true
      printf 'memcached: forgot %s; it keeps their memory for new ones\n' "$held"
      ;;
    *) leave_cache 'it refused' ;;
  esac
}

flush_cache() {
  case $flush_service in
    redis) flush_redis ;;
    memcached) flush_memcached ;;
  esac
}

print_disks() { # before|after
  for folder in $folders; do
    if [ -d "$folder" ]; then
      inodes=$(df -Pi -- "$folder" | awk 'NR == 2 { print $4 }')
      df -Pk -- "$folder" | awk -v folder="$folder" -v when="$1" -v inodes="$inodes" \
        'NR == 2 { printf "disk of %s %s: %s used, %.0f MB available, %s inodes free\n", folder, when, $5, $4 / 1024, inodes }'
    fi
  done
}

# Agents older than 3.3.2746.0 hand over no environment: without this, a dry run would delete, and elsewhere than was asked.
[ -n "${SSM_Paths:-}" ] || refuse 10 'SSM_Paths is missing: name the folders. An SSM Agent older than 3.3.2746.0 hands no parameters over; update it'
folders=$(one_per_line "$SSM_Paths" | sed -e 's:\(.\)/*$:\1:' -e '/^$/d')
protect=$(one_per_line "${SSM_Protect:-}" | sed -e '/^$/d')
older_than_minutes=${SSM_OlderThanMinutes:-1440}
dry_run=${SSM_DryRun:-false}
max_files=${SSM_MaxFiles:-100000}
journal_megabytes=${SSM_VacuumJournalMegabytes:-0}
package_caches=${SSM_PackageCaches:-false}
page_cache=${SSM_PageCache:-false}
docker_leftovers=${SSM_DockerLeftovers:-false}
flush_service=${SSM_FlushService:-none}
flush_port=${SSM_FlushPort:-0}

# The byte that stands for a line break in the lists.
strange=$(printf '\001')
worst=0
why=
helped=false
total_files=0
total_bytes=0
verb=freed

require_programs
check_parameters
if [ "$dry_run" = true ]; then
  verb='would free'
fi
take_lock
deadline=$(($(date +%s) + 130))
print_disks before
read_used_files
for folder in $folders; do
  clear_folder "$folder"
done
clear_journal
clear_package_caches
clear_docker
flush_cache
clear_page_cache
print_disks after
tell_held
printf 'total: %s %s files, %s (%s bytes)\n' "$verb" "$total_files" "$(human "$total_bytes")" "$total_bytes"
if [ "$total_files" -gt 0 ]; then
  helped=true
fi
if [ "$worst" -ne 0 ] && [ "$helped" = true ]; then
  printf 'PARTLY: %s\n' "$why"
  exit 0
fi
if [ "$worst" -ne 0 ]; then
  printf 'FAILED: nothing was freed: %s\n' "$why"
fi
exit "$worst"
