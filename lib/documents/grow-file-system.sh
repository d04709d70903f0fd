#!/bin/sh
# Grows the file system of a mount point, and the partition that it lies on, to what the disk has become.
# Runs as root through a Systems Manager Command document.
#
# Parameters (environment):
#   SSM_Path       the mount point.
#   SSM_LookOnly   true: only tells whether a larger disk could be used, which disk it is, and what room on it is not used yet. Default false.
#
# Only ext4 and xfs, mounted to be written, on a disk or on a partition of one. Everything else is refused: LVM, RAID and encrypted
# devices, whose own layers would have to grow in between, bind mounts, and other file systems.
# It never shrinks: growpart and xfs_growfs only grow, the kernel does not shrink a mounted ext4, and a device that is smaller than its file
# system is refused. A partition that another one follows stays as it is.
# Temporary files go to memory, so that it works on a full file system, as long as the agent itself can still start it: that needs some
# 100 KiB under /var/lib/amazon/ssm. Where that is on the full one, only a restart helps, at which cloud-init may grow it.
# Ends within 290 seconds: up to 10 for a look, 20 for the lock, 65 for the partition, 185 for the file system.
# Safe twice and when killed halfway: each step looks at what is there, and the kernel grows a file system under its journal.
#
# Exit codes:
#   0   done, also when there was nothing to grow    12  another run did not end in time
#   10  bad parameter                                13  a step failed
#   11  refused mount point                          15  something that this script needs is missing on the machine
set -eu
cd /
set -f
LC_ALL=C
export LC_ALL
umask 077
unset CDPATH
TMPDIR=/run
export TMPDIR

newline='
'

refuse() { # code words
  code=$1
  shift
  printf 'REFUSED: %s\n' "$*"
  exit "$code"
}

fail() {
  printf 'FAILED: %s\n' "$*"
  exit 13
}

# Old agents do not check patterns, hence the checks here.
check_path() {
  case $path in
    '') refuse 10 'SSM_Path is missing. An SSM Agent older than 3.3.2746.0 hands no parameters over; update it' ;;
    *[!A-Za-z0-9/._@+-]*) refuse 10 'SSM_Path holds a character that no mount point may have here' ;;
    /) return 0 ;;
    */) refuse 10 'SSM_Path ends in /' ;;
    /*) ;;
    *) refuse 10 'SSM_Path must be an absolute path' ;;
  esac
  case $path/ in
    *//* | */./* | */../*) refuse 10 'SSM_Path must be a plain path: no //, /./ or /../' ;;
  esac
}

require() {
  for program in "$@"; do
    command -v "$program" >/dev/null || refuse 15 "$program is missing on this machine"
  done
}

# The mount that is seen at the path is the last one made there. Sets number, root, options and kind.
find_mount() {
  found=$(awk -v path="$path" '$5 == path {
    for (i = 7; $i != "-"; i++);
    line = $3 " " $4 " " $6 "," $(i + 3) " " $(i + 1)
  } END { print line }' /proc/self/mountinfo)
  if [ -z "$found" ]; then
    refuse 11 "$path is not a mount point"
  fi
  number=${found%% *}
  found=${found#* }
  root=${found%% *}
  found=${found#* }
  options=${found%% *}
  kind=${found#* }
}

check_mount() {
  case $kind in
    ext4 | xfs) ;;
    *) refuse 11 "$path is $kind; only ext4 and xfs are grown" ;;
  esac
  if [ "$root" != / ]; then
    refuse 11 "$path shows only the folder $root of its file system"
  fi
  case ,$options, in
    *,ro,*) refuse 11 "$path is mounted read-only" ;;
  esac
}

# Sets device, and for a partition disk and partition. The kernel's own tree tells: names in the list of mounts may be others' (/dev/root).
find_device() {
  tree=$(readlink -f "/sys/dev/block/$number") || refuse 11 "the device of $path is not known to the kernel"
  if [ -e "$tree/dm" ]; then
    refuse 11 "$path lies on the device mapper (LVM or encryption)"
  fi
  if [ -e "$tree/md" ]; then
    refuse 11 "$path lies on a software RAID"
  fi
  device=/dev/${tree##*/}
  disk=
  if [ -e "$tree/partition" ]; then
    partition=$(cat "$tree/partition")
    disk=${tree%/*}
    disk=/dev/${disk##*/}
  fi
  for needed in "$device" ${disk:+"$disk"}; do
    [ -b "$needed" ] || refuse 11 "$needed is not there"
  done
}

# A partition grows to the end of the disk, so that none may follow; one inside of an extended one would need that to grow first.
check_layout() {
  require blkid
  if [ "$partition" -ge 5 ] && [ "$(blkid -p -s PTTYPE -o value "$disk" 2>/dev/null || :)" = dos ]; then
    refuse 11 "$path lies on a logical partition"
  fi
  start=$(cat "$tree/start")
  set +f
  for other in "${tree%/*}"/*/start; do
    if [ "$(cat "$other")" -gt "$start" ]; then
      refuse 11 "another partition follows the one of $path on $disk"
    fi
  done
  set -f
}

# Sets name to the EBS volume that the disk is, which is its serial number (the kernel's word, or udev's), or to the disk's own name.
find_name() {
  serial=$(cat "$disk_tree/device/serial" 2>/dev/null || :)
  name=${disk_tree##*/}
  set +f
  for link in /dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_vol*; do
    if [ "$(readlink -f "$link" || :)" = "/dev/$name" ]; then
      serial=${link#*Block_Store_}
    fi
  done
  set -f
  case $serial in
    # The kernel fills it up with blanks, and udev adds the number of the namespace.
    vol*) name=${serial%%[!a-z0-9]*} ;;
  esac
}

# What the kernel would not grow while it is mounted. An ext4 that counts its blocks by 32 bits ends there, however large the disk becomes.
check_file_system() {
  [ "$kind" = ext4 ] || return 0
  require dumpe2fs
  # Once more: while the kernel writes the header, it may not fit its checksum.
  header=$(timeout 5 dumpe2fs -h "$device" 2>&1) || header=$(timeout 5 dumpe2fs -h "$device" 2>&1) ||
    refuse 11 "dumpe2fs cannot read the file system of $path: $(printf '%s\n' "$header" | tail -n 1)"
  case $(header_line 'Filesystem state') in
    *errors*) refuse 11 "the kernel has noted errors in the file system of $path, and does not grow it before e2fsck has looked, as at a start of the machine" ;;
  esac
  features=" $(header_line 'Filesystem features') "
  case $features in
    *' sparse_super2 '*) refuse 11 "the kernel does not grow the file system of $path while it is mounted (sparse_super2)" ;;
  esac
}

header_line() { printf '%s\n' "$header" | sed -n "s/^$1: *//p"; } # name

# Sets most to the bytes of the disk that the file system could reach, and ends to what ends there.
check_blocks() {
  case $kind$features in
    *' 64bit '* | xfs*) return 0 ;;
  esac
  most=$((start * 512 + 4294967296 * $(header_line 'Block size')))
  ends="the file system (ext4 without 64bit) of $path"
  if [ "$total" -ge "$most" ]; then
    refuse 11 "$ends has no room beyond $most bytes of its disk, and that has $total"
  fi
}

# What growpart itself would fail at: a tool that it needs, or a table that it does not understand. A table of the kind that counts sectors
# by 32 bits reaches no further, either.
check_table() {
  result=0
  said=$(timeout -k 5 10 growpart --dry-run "$disk" "$partition" 2>&1) || result=$?
  if [ "$result" -eq 2 ]; then
    refuse 11 "growpart could not grow partition $partition of $disk: $(printf '%s\n' "$said" | tail -n 1)"
  fi
  if [ "$(blkid -p -s PTTYPE -o value "$disk" 2>/dev/null || :)" = dos ]; then
    most=$((4294967296 * $(cat "$disk_tree/queue/logical_block_size" 2>/dev/null || echo 512)))
    ends="the partition table (MBR) of disk $name"
    if [ "$total" -ge "$most" ]; then
      refuse 11 "$ends has no room beyond $most bytes, and the disk has $total"
    fi
  fi
}

look() {
  disk_tree=$tree
  start=0
  if [ -n "$disk" ]; then
    check_layout
    disk_tree=${tree%/*}
  fi
  find_name
  total=$(($(cat "$disk_tree/size") * 512))
  most=
  check_blocks
  if [ -n "$disk" ]; then
    check_table
  fi
  unused=$((total - start * 512 - $(file_system_bytes)))
  printf 'CAN GROW: %s is %s on %s, disk %s of %s bytes, %s unused\n' "$path" "$kind" "$device" "$name" "$total" "$unused"
  if [ -n "$most" ]; then
    printf 'AT MOST: %s has no room beyond %s bytes\n' "$ends" "$most"
  fi
}

device_bytes() { echo $(($(cat "$tree/size") * 512)); }

file_system_bytes() { stat -f -c '%b %S' -- "$path" | { read -r blocks size && echo $((blocks * size)); }; }

# An older growpart says nothing but its word and a number; 1 means that there is no room behind the partition. A warning may come first.
grow_partition() {
  result=0
  said=$(timeout -k 5 60 growpart "$disk" "$partition" 2>&1) || result=$?
  # Indented, so that no line of it looks like a verdict of this script.
  printf 'partition %s of %s: %s\n' "$partition" "$disk" "$said" | sed '2,$s/^/  /'
  case $result in
    0) ;;
    1) case $newline$said in
      *"$newline"NOCHANGE*) ;;
      *) fail "growpart: $(printf '%s' "$said" | tr '\n' ' ')" ;;
    esac ;;
    *) fail "growpart ended with $result: $(printf '%s' "$said" | tr '\n' ' ')" ;;
  esac
}

# Both take no size and so all of the device.
grow_file_system() {
  result=0
  case $kind in
    ext4) said=$(timeout -k 5 180 resize2fs "$device" 2>&1) || result=$? ;;
    xfs) said=$(timeout -k 5 180 xfs_growfs -d "$path" 2>&1) || result=$? ;;
  esac
  if [ "$result" -ne 0 ]; then
    printf '%s\n' "$said" | sed 's/^/  /'
    fail "growing the file system ended with $result: $(printf '%s\n' "$said" | awk '/^(resize2fs|xfs_growfs): / { told = $0 } { last = $0 } END { print told == "" ? last : told }')"
  fi
}

path=${SSM_Path-}
look_only=${SSM_LookOnly:-false}
check_path
case $look_only in
  true | false) ;;
  *) refuse 10 'SSM_LookOnly must be true or false' ;;
esac
require awk flock timeout stat readlink tail sed
find_mount
check_mount
find_device
if [ -n "$disk" ]; then
  require growpart
fi
case $kind in
  ext4) require resize2fs ;;
  xfs) require xfs_growfs ;;
esac
features=
check_file_system
if [ "$look_only" = true ]; then
  look
  exit 0
fi

# /run belongs to root alone, so nobody else can put a link where the lock file goes.
mkdir -p /run/self-healing
exec 9>/run/self-healing/grow-file-system.lock
flock -w 20 9 || refuse 12 'another run of this script is still busy'

before=$(file_system_bytes)
if [ "$(device_bytes)" -lt "$before" ]; then
  refuse 11 "$device is smaller than its file system"
fi
printf '%s is %s on %s\n' "$path" "$kind" "$device"
if [ -n "$disk" ]; then
  grow_partition
fi
grow_file_system
after=$(file_system_bytes)
if [ "$after" -gt "$before" ]; then
  printf 'GREW: %s from %s to %s bytes\n' "$path" "$before" "$after"
else
  printf 'UNCHANGED: %s has %s bytes; its disk has no more room\n' "$path" "$after"
fi
