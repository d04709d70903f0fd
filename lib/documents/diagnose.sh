#!/bin/sh
# Tells what a person needs to know of a machine: processes, folders, last errors, last boot. Changes nothing. Runs as root through
# a Systems Manager Command document. Takes no parameters.
#
# Systems Manager keeps what is printed here for 30 days, so values on command lines that look like secrets are taken out before.
# Every look has a time limit of its own, prints a bounded number of lines of bounded length, and works through what it reads once,
# in bounded memory. Folders are read with idle priority, on one file system, and no link is followed.
# Safe twice: it only reads. Time limit in all: about 22 s.
#
# Exit codes:
#   0    what could be seen was told
set -eu
LC_ALL=C
export LC_ALL SYSTEMD_PAGER='' SYSTEMD_COLORS=0
umask 077

processes_told=5
folders_told=6
errors_told=8
# Deep enough to tell one service's data from another's.
folder_depth=4
line_characters=240
command_line_bytes=2048

section() {
  printf '## %s\n' "$*"
}

# Control characters could write lines of their own.
clean() {
  tr -d '\000-\010\013-\037\177' | cut -c "1-$line_characters" | sed 's/^/ /'
}

tell_machine() {
  section Machine
  booted=$(awk '$1 == "btime" { print $2 }' /proc/stat)
  printf ' last boot %s\n' "$(date -u -d "@$booted" +%Y-%m-%dT%H:%M:%SZ 2>/dev/null || printf 'at second %s' "$booted")"
  read -r one five fifteen _ </proc/loadavg
  printf ' load %s, %s, %s on %s processors\n' "$one" "$five" "$fifteen" "$(getconf _NPROCESSORS_ONLN 2>/dev/null || printf '?')"
  awk '{ kib[$1] = $2 }
    END {
      printf " memory %d of %d MiB available", kib["MemAvailable:"] / 1024, kib["MemTotal:"] / 1024
      printf ", swap %d of %d MiB free\n", kib["SwapFree:"] / 1024, kib["SwapTotal:"] / 1024
    }' /proc/meminfo
  if command -v systemctl >/dev/null 2>&1; then
    timeout 3 systemctl list-units --failed --plain --no-legend 2>/dev/null |
      # Older ones put a sign before the name all the same.
      awk 'NR <= 4 { print "failed unit " ($1 ~ /[.]/ ? $1 : $2) }' | clean || true
  fi
}

# One line for each process. They come and go meanwhile.
snapshot() {
  printf '%s\n' /proc/[0-9]*/stat | xargs cat 2>/dev/null || true
}

# Prints "memory <pid> <KiB>" and "cpu <pid> <percent>" of those with most.
busiest() {
  {
    snapshot
    sleep 1
    printf 'again\n'
    snapshot
  } | awk -v most="$processes_told" -v page="$(getconf PAGESIZE 2>/dev/null || echo 4096)" -v ticks="$(getconf CLK_TCK 2>/dev/null || echo 100)" '
    $0 == "again" { again = 1; next }
    # A name may hold spaces and parentheses, and ends at the last one.
    match($0, /^[0-9]+ \(.*\) /) {
      pid = $1
      split(substr($0, RLENGTH + 1), field, " ")
      used = field[12] + field[13]
      if (!again) before[pid] = used
      else if (pid in before) {
        memory[pid] = field[22] * page / 1024
        cpu[pid] = (used - before[pid]) * 100 / ticks
      }
    }
    function tell(what, amounts,   told, pid, best) {
      for (told = 0; told < most; told += 1) {
        best = ""
        for (pid in amounts) if (amounts[pid] >= 1 && (best == "" || amounts[pid] > amounts[best])) best = pid
        if (best == "") return
        printf "%s %s %d\n", what, best, amounts[best]
        delete amounts[best]
      }
    }
    END { tell("memory", memory); tell("cpu", cpu) }'
}

# The command line of a process with the values left out that look like secrets: of options and variables with such a name, of short
# options of programs that take a password there, in URLs, and long random words. The pipeline looks again, and more closely.
command_line() { # folder of a process
  head -c "$command_line_bytes" "$1/cmdline" 2>/dev/null | tr '\n\000' ' \n' | awk '
    function is_random(word) {
      return length(word) >= 40 && word !~ /[^A-Za-z0-9+\/=_-]/ && word ~ /[a-z]/ && word ~ /[A-Z]/ && word ~ /[0-9]/
    }
    function shown(word,   lower) {
      if (hidden) { hidden = 0; return gone }
      lower = tolower(word)
      # The value of a header, and one behind a space, are all that follows.
      if (lower ~ secret "[a-z0-9_.-]*[=:]") {
        if (lower ~ /(auth|cookie)/ || word ~ /[=:]$/) over = 1
        sub(/[=:].*/, "=" gone, word)
        return word
      }
      if (lower ~ "^-+[a-z0-9_-]*" secret "[a-z0-9_-]*$") { hidden = 1; return word }
      if (program ~ /^(mysql|mariadb)/ && word ~ /^-p./) return "-p" gone
      if (program ~ /^(sshpass|docker|podman)$/ && word ~ /^-p/) { if (word == "-p") hidden = 1; else return "-p" gone }
      if (program == "redis-cli" && word == "-a") hidden = 1
      if (program ~ /^(mongo|cqlsh)/ && word == "-p") hidden = 1
      if (program ~ /^(zip|mosquitto_|ipmitool)/ && word == "-P") hidden = 1
      if (program ~ /^ldap/ && word == "-w") hidden = 1
      if (program ~ /^(sqlcmd|bcp)$/ && word ~ /^-P/) { if (word == "-P") hidden = 1; else return "-P" gone }
      if (program ~ /^(curl|wget)$/ && (word == "-u" || word == "--user" || word == "-H" || word == "--header")) hidden = 1
      sub(/:\/\/[^ ]*@/, "://" gone "@", word)
      return is_random(word) ? gone : word
    }
    BEGIN {
      gone = "[redacted]"
      secret = "(pass|pwd|secret|token|key|credential|auth|cookie|signature|session)"
    }
    NR == 1 { program = $1; sub(/.*\//, "", program) }
    # A value is hidden with all of its words.
    hidden { hidden = 0; line = line " " gone; next }
    {
      words = split($0, word, " ")
      over = 0
      for (at = 1; at <= words && !over; at += 1) line = line " " shown(word[at])
    }
    END { print substr(line, 2) }'
}

tell_processes() { # kind, unit; reads what `busiest` prints
  while read -r kind pid amount; do
    [ "$kind" = "$1" ] || continue
    folder=/proc/$pid
    # It may have ended.
    user=$(stat -c %U "$folder" 2>/dev/null) || continue
    line=$(command_line "$folder" || true)
    if [ -z "$line" ]; then
      line="[$(cat "$folder/comm" 2>/dev/null || printf '?')]"
    fi
    if [ "$kind" = memory ]; then
      amount=$((amount / 1024))
    fi
    printf '%s %s, process %s of %s: %s\n' "$amount" "$2" "$pid" "$user" "$line"
  done | clean
}

tell_busiest() {
  found=$(busiest)
  section 'Processes with most memory'
  printf '%s\n' "$found" | tell_processes memory MiB
  section 'Processes with most CPU'
  printf '%s\n' "$found" | tell_processes cpu '%'
}

# Mount points with their use in percent, the fullest first.
file_systems() {
  timeout 3 df -Pkl 2>/dev/null |
    awk 'NR > 1 {
      use = $5
      sub(/%/, "", use)
      mount = $6
      for (at = 7; at <= NF; at += 1) mount = mount " " $at
      if (mount !~ /^\/(dev|proc|run|sys|snap|boot)(\/|$)/ && use ~ /^[0-9]+$/ && !(mount in seen)) {
        seen[mount] = 1
        printf "%d %d %s\n", use, $4 / 1024, mount
      }
    }' | sort -rn | head -n 4
}

tell_folders() {
  section 'Fullest file systems'
  systems=$(file_systems || true)
  printf '%s\n' "$systems" | awk 'NF > 2 { use = $1; free = $2; $1 = $2 = ""; sub(/^ +/, ""); printf "%s: %s %% used, %s MiB free\n", $0, use, free }' | clean
  mount=$(printf '%s\n' "$systems" | awk 'NR == 1 { $1 = $2 = ""; sub(/^ +/, ""); print }')
  if [ -z "$mount" ]; then
    return 0
  fi
  section "Fullest folders of $mount"
  idle='nice -n 19'
  if command -v ionice >/dev/null 2>&1; then
    idle="$idle ionice -c 3"
  fi
  # What is in a folder below is not counted in those above. `du` tells those below first, in whole lines.
  {
    # Files with several links are counted at each, so that none has to be remembered.
    # shellcheck disable=SC2086 # a command and its options
    timeout 8 $idle du -xlk -d "$folder_depth" -- "$mount" 2>/dev/null || [ "$?" -ne 124 ] || printf 'unfinished\n'
  } | awk -v mount="$mount" -v most="$folders_told" '
    function depth_of(path,   parts) {
      if (path == mount) return 0
      if (mount != "/") path = substr(path, length(mount) + 1)
      return gsub(/\//, "/", path)
    }
    $0 == "unfinished" { unfinished = 1; next }
    $1 !~ /^[0-9]+$/ { next }
    {
      size = $1
      path = $0
      sub(/^[0-9]+[ \t]+/, "", path)
      if (index(path, mount) != 1) next
      depth = depth_of(path)
      own = size - below[depth + 1]
      below[depth + 1] = 0
      below[depth] += size
      for (at = 1; at <= most; at += 1) if (own > kib[at]) {
        for (last = most; last > at; last -= 1) { kib[last] = kib[last - 1]; name[last] = name[last - 1] }
        kib[at] = own
        name[at] = path
        break
      }
    }
    END {
      for (at = 1; at <= most; at += 1) if (kib[at] >= 1024) printf "%d MiB in %s\n", kib[at] / 1024, name[at]
      if (unfinished) print "(not all of it could be looked at within 8 s)"
    }' | clean
}

tell_errors() {
  section 'Last errors since the boot'
  if command -v journalctl >/dev/null 2>&1; then
    timeout 5 journalctl -q -b -p err -n "$errors_told" --no-pager -o short-iso 2>/dev/null | tail -n "$errors_told" | clean || true
    return 0
  fi
  for log in /var/log/messages /var/log/syslog; do
    if [ -f "$log" ] && [ ! -L "$log" ]; then
      tail -n 400 "$log" | grep -i -E 'error|fail|out of memory' | tail -n "$errors_told" | clean || true
      return 0
    fi
  done
}

tell_machine
tell_busiest
tell_folders
tell_errors
