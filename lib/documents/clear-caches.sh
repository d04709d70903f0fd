#!/bin/sh
# Deletes old, unused files from temporary and cache folders. Runs as root through a Systems Manager Command document.
#
# Parameters (environment):
#   SSM_Paths                    folders, separated by ":" or newline. Required.
#   SSM_OlderThanMinutes         only files neither written nor read for so long. 1..525600, default 1440.
#   SSM_Protect                  never deleted: names (with * and ?) of files or folders, or absolute paths; separated like SSM_Paths.
#   SSM_DryRun                   true: report what would be freed, delete nothing. Default false.
#   SSM_MaxFiles                 at most about so many files per folder and run. 1..1000000, default 100000.
#   SSM_VacuumJournalMegabytes   shrink archived journals to this size. 0..100000, default 0: leave the journal alone.
#   SSM_PackageCaches            true: also clear the package manager's downloads. Default false.
#   SSM_PageCache                true: also give back the memory of the kernel's page cache. Default false.
#   SSM_DockerLeftovers          true: also remove containers that ended and unnamed images, both older than SSM_OlderThanMinutes. Default false.
#   SSM_FlushService             redis or memcached: also empty the one on this machine. Default none.
#   SSM_FlushPort                its port. 1..65535, default 0: 6379 or 11211.
#
# Why a hostile user of /tmp cannot make it delete anything else: the folder is entered once and compared with what was asked for, so
# a link anywhere in the path is noticed; from then on only `find -P . -delete` acts, which opens each directory without following links
# and unlinks relative to it, so swapping a directory for a link between look and deletion changes nothing.
# Only regular files go: never directories, links, sockets, pipes, devices, other file systems or mounts. Open and memory-mapped files
# of any process stay. Files old by `touch` count as old; a file opened in the instant after the look at open files can still lose its name.
# Ends within 290 seconds: up to 20 for the lock, 130 for the folders, 20 each for the journal and a package cache, 65 for Docker, and
# 17 each for the flush and the page cache.
# Safe twice and when killed halfway: there is no state but the files; a second run waits for the first.
#
# Exit codes:
#   0   done, also when there was nothing to delete
#   10  bad parameter                           13  something could not be deleted or looked at
#   11  refused folder                          14  a time limit ended the work early; run again for the rest
#   12  another run did not end in time         15  something that this script needs is missing on the machine
set -eu
set -f
LC_ALL=C
export LC_ALL
umask 077
unset CDPATH
IFS='
'

refuse() {
  code=$1
  shift
  printf 'REFUSED: %s\n' "$*"
  exit "$code"
}

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
  existing=$((existing + 1))
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
  for program in find awk timeout flock df du tr; do
    command -v "$program" >/dev/null || refuse 15 "$program is missing on this machine"
  done
  if [ ! -r /proc/self/mountinfo ]; then
    refuse 15 '/proc is not readable'
  fi
}

# /run belongs to root alone, so nobody else can put a link where the lock file goes.
take_lock() {
  mkdir -p /run/self-healing
  exec 9>/run/self-healing/clear-caches.lock
  flock -w 20 9 || refuse 12 'another run is at work for more than 20 seconds'
}

# Regular files that any process has open, maps or runs, as device:inode, which also tells the truth about other namespaces and renamed files.
read_open_files() {
  set +f
  # Processes that end meanwhile make find fail, which is no harm; a list cut short by the time limit would be.
  open_files=$({
    timeout 30 find -L /proc/[0-9]*/exe /proc/[0-9]*/fd /proc/[0-9]*/map_files -maxdepth 1 -type f -printf '%D:%i\n' 2>/dev/null ||
      [ "$?" -ne 124 ] || printf 'cut short\n'
  } | sort -u)
  set -f
  case $open_files in
    '' | *'cut short'*) refuse 13 'cannot tell which files are open' ;;
  esac
}

# Mounts inside the folder may show another place on the same file system (bind mounts), where find's -xdev does not stop. Given as
# patterns for find, with "?" for every character that mountinfo escapes or find takes for a pattern.
mounts_below() { # folder
  awk -v folder="$1/" 'index($5, folder) == 1 {
    inside = substr($5, length(folder))
    gsub(/\\[0-7][0-7][0-7]/, "?", inside)
    gsub(/[][*\\]/, "?", inside)
    print "." inside
  }' /proc/self/mountinfo
}

human() { # bytes
  awk -v bytes="$1" 'BEGIN { split("B KB MB GB TB", unit, " "); n = 1; while (bytes >= 1024 && n < 5) { bytes /= 1024; n++ } printf (n == 1 ? "%d %s" : "%.1f %s"), bytes, unit[n] }'
}

# Looks at the folder and prints "protected young busy incomplete late:" and the inode numbers of old files that are open.
survey() { # find's tests for protected files
  {
    printf '%s\n' "$open_files" | sed 's/^/open /'
    timeout --foreground "$(seconds_left)" find -P . -ignore_readdir_race -xdev -mindepth 1 -type f \( \
      \( "$@" \) -printf 'protected\n' \
      -o -mmin "+$older_than_minutes" -amin "+$older_than_minutes" -printf 'old %D:%i\n' \
      -o -printf 'young\n' \) 2>/dev/null || if [ "$?" -eq 124 ]; then printf 'late\n'; else printf 'incomplete\n'; fi
  } | awk '
    $1 == "open" { open[$2] = 1; next }
    $1 == "old" && ($2 in open) { busy++; split($2, id, ":"); if (!(id[2] in seen)) { seen[id[2]] = 1; inodes = inodes " " id[2] } next }
    { count[$1]++ }
    END { printf "%d %d %d %d %d:%s\n", count["protected"], count["young"], busy, count["incomplete"], count["late"], inodes }'
}

# Counts what find reports (links, blocks, inode) and ends it when there are enough; its first line is its process id, and every line
# comes at once. A file with several names frees its space with the last of them, so never when one lies elsewhere.
count_freed() {
  awk -v most="$max_files" '
    function frees_space(links, inode) {
      if (!(inode in left)) { if (links == 1) return 1; left[inode] = links }
      return --left[inode] == 0
    }
    NR == 1 { pid = $1; next }
    $1 == "status" { status = $2; next }
    { files++; if (frees_space($1, $3)) blocks += $2; if (files == most) { limited = 1; system("kill " pid) } }
    END { printf "%d %.0f %d %d\n", files, blocks * 512, limited, status }'
}

# Prints "files bytes limited status".
delete_old() { # find's tests for files that stay
  act=-delete
  if [ "$dry_run" = true ]; then
    act=-true
  fi
  {
    # The expansions are for the inner shell.
    # shellcheck disable=SC2016
    timeout --foreground "$(seconds_left)" sh -c 'printf "%s\n" "$$"; if command -v stdbuf >/dev/null; then exec stdbuf -oL "$@"; else exec "$@"; fi' sh \
      find -P . -ignore_readdir_race -xdev -mindepth 1 -type f -mmin "+$older_than_minutes" -amin "+$older_than_minutes" \
      ! \( "$@" \) "$act" -printf '%n %b %i\n' 2>/dev/null && status=0 || status=$?
    printf 'status %s\n' "$status"
  } | count_freed
}

note_worst() { # exit code; the first failure stays
  if [ "$worst" -eq 0 ]; then
    worst=$1
  fi
}

nth() { printf '%s' "$1" | cut -d ' ' -f "$2"; } # text position

report_folder() { # folder "files bytes limited status" "protected young busy incomplete late"
  files=$(nth "$2" 1)
  bytes=$(nth "$2" 2)
  status=$(nth "$2" 4)
  total_files=$((total_files + files))
  total_bytes=$((total_bytes + bytes))
  printf '%s: %s %s files, %s (%s bytes); kept %s young, %s open, %s protected\n' \
    "$1" "$verb" "$files" "$(human "$bytes")" "$bytes" "$(nth "$3" 2)" "$(nth "$3" 3)" "$(nth "$3" 1)"
  if [ "$(nth "$2" 3)" -eq 1 ]; then
    printf '  stopped at the limit of about %s files; run again for the rest\n' "$max_files"
  elif [ "$status" -eq 124 ]; then
    printf '  stopped at the time limit; run again for the rest\n'
    note_worst 14
  elif [ "$status" -ne 0 ] || [ "$(nth "$3" 4)" -ne 0 ]; then
    printf '  some files could not be deleted or looked at\n'
    note_worst 13
  fi
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
  set -- -false
  for entry in $builtin_protect $protect; do
    case $entry in
      "$folder" | /) set -- "$@" -o -true ;;
      "$folder"/*) set -- "$@" -o -path ".${entry#"$folder"}" -o -path ".${entry#"$folder"}/*" ;;
      /*) case $folder in "$entry"/*) set -- "$@" -o -true ;; esac ;;
      *) set -- "$@" -o -name "$entry" -o -path "*/$entry/*" ;;
    esac
  done
  for inside in $(mounts_below "$folder"); do
    set -- "$@" -o -path "$inside" -o -path "$inside/*"
  done
  surveyed=$(survey "$@")
  counted=${surveyed%%:*}
  if [ "$(nth "$counted" 5)" -ne 0 ]; then
    printf '%s: too large to look through in time, so nothing was deleted\n' "$folder"
    note_worst 14
    return 0
  fi
  for inode in $(printf '%s' "${surveyed#*:}" | tr ' ' '\n'); do
    set -- "$@" -o -inum "$inode"
  done
  freed=$(delete_old "$@")
  report_folder "$folder" "$freed" "$counted"
}

folder_bytes() { # folders
  du -skxc -- "$@" 2>/dev/null | awk 'END { printf "%.0f", $1 * 1024 }'
}

add_freed() { # label bytes
  if [ "$2" -gt 0 ]; then
    total_bytes=$((total_bytes + $2))
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
  timeout 20 journalctl --vacuum-size="${journal_megabytes}M" >/dev/null 2>&1 || note_worst 13
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
  timeout 20 "$program" "$@" >/dev/null 2>&1 || note_worst 13
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
    note_worst 14
    return 0
  fi
  if ! (printf '1\n' >/proc/sys/vm/drop_caches) 2>/dev/null; then
    printf 'page cache: the kernel did not let it be dropped\n'
    note_worst 13
    return 0
  fi
  tell_memory 'page cache' $((before - $(page_cache_bytes)))
}

tell_memory() { # label bytes
  freed=$2
  if [ "$freed" -lt 0 ]; then
    freed=0
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
      note_worst 14
      break
    fi
  done
  total_bytes=$((total_bytes + bytes))
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
  ended=$(timeout 10 docker container ls --all --quiet --no-trunc --filter status=exited --filter status=dead </dev/null 2>/dev/null) || note_worst 13
  # The ids are one per line, and no other character parts words here.
  # shellcheck disable=SC2086
  remove_docker container "$(docker_inspect container '<<.Id>> <<.State.FinishedAt>> <<if .SizeRw>><<.SizeRw>><<else>>0<<end>> <<.Name>>' --size $ended | older "$limit")"
  unnamed=$(timeout 10 docker image ls --quiet --no-trunc --filter dangling=true </dev/null 2>/dev/null) || note_worst 13
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
  note_worst 13
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
    OK*) printf 'memcached: forgot %s; it keeps their memory for new ones\n' "$held" ;;
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

worst=0
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
read_open_files
for folder in $folders; do
  clear_folder "$folder"
done
clear_journal
clear_package_caches
clear_docker
flush_cache
clear_page_cache
print_disks after
printf 'total: %s %s files, %s (%s bytes)\n' "$verb" "$total_files" "$(human "$total_bytes")" "$total_bytes"
exit "$worst"
