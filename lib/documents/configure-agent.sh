#!/bin/sh
# Gives the CloudWatch agent of this machine the configuration that the symptoms of a fleet need, beside what it has already. Runs as
# root through a Systems Manager Command document, some times an hour.
#
# Parameters (environment):
#   SSM_Name            names the configuration: pipeline and protection. Required.
#   SSM_Configuration   the configuration, as base64 of its JSON, with @SHARD@ where the shard belongs. Required.
#   SSM_Shards          parts into which the machines fall by their id. 1..50, default 1.
#   SSM_ReachPercent    share of the machines that takes a changed configuration. 0..100, default 100.
#   AWS_SSM_INSTANCE_ID the machine's id, as the agent of Systems Manager sets it. Required.
#
# Every change restarts the CloudWatch agent and costs a datapoint or two, so nothing is done while the content is the same. A machine
# that has a configuration of this name already takes a changed one only when its share has come, which its id decides; without one it
# takes it at once. The agent's own merge decides whether the configuration fits to what is there: on a conflict nothing is changed.
# Of two configurations of the pipeline's that meet, the first stays; one that no run has confirmed for three hours of the machine's
# own time belongs to nobody any more and gives way. An agent that does not run with the new configuration gets its old one back.
# Safe twice. Time limit in all: about 200 s.
#
# Exit codes:
#   0   configured, as it was already, or its share has not come     14  another configuration of the pipeline's is here
#   10  bad parameter                                                15  this machine lacks what the script needs
#   11  the CloudWatch agent is not on this machine                  20  the agent's own check refuses the configuration
#   12  files cannot be written                                      21  the agent does not run
#   13  another run did not end in time
# As the first step of a document, before the agent is installed: 0 where there is no agent yet; 168 and 169, which end the document,
# for success and failure.
set -eu
LC_ALL=C
export LC_ALL SYSTEMD_PAGER='' SYSTEMD_COLORS=0
umask 077

agent=/opt/aws/amazon-cloudwatch-agent
ctl=$agent/bin/amazon-cloudwatch-agent-ctl
taken=$agent/etc/amazon-cloudwatch-agent.d
folder=/var/lib/self-healing/agent
# Six missed runs; a run confirms the configuration of its name.
confirmed_within_minutes=180

finish() { # exit code
  [ "${document_step:-last}" = last ] && exit "$1"
  [ "$1" -eq 0 ] && exit 168
  exit 169
}

refuse() {
  code=$1
  shift
  printf 'REFUSED: %s\n' "$*"
  finish "$code"
}

fail() {
  code=$1
  shift
  printf 'FAILED: %s\n' "$*"
  finish "$code"
}

number_between() { # name value minimum maximum
  case $2 in
    '' | *[!0-9]* | ????* | 0?*) refuse 10 "$1 must be a number from $3 to $4" ;;
  esac
  if [ "$2" -lt "$3" ] || [ "$2" -gt "$4" ]; then
    refuse 10 "$1 must be a number from $3 to $4"
  fi
}

# Old agents do not check patterns, and the name becomes the name of a file.
check_parameters() {
  case $name in
    '' | [!A-Za-z]* | *[!A-Za-z0-9-]*) refuse 10 'SSM_Name must begin with a letter and have only letters, digits and hyphens' ;;
  esac
  [ "${#name}" -le 100 ] || refuse 10 'SSM_Name is longer than 100 characters'
  case $configuration in
    '' | *[!A-Za-z0-9+/=]*) refuse 10 'SSM_Configuration is not base64' ;;
  esac
  case $instance in
    '' | *[!A-Za-z0-9-]*) refuse 10 'AWS_SSM_INSTANCE_ID is not the id of a machine' ;;
  esac
  number_between SSM_Shards "$shards" 1 50
  number_between SSM_ReachPercent "$reach" 0 100
}

prepare_folder() {
  for part in /var/lib/self-healing "$folder"; do
    [ ! -L "$part" ] || refuse 12 "$part is a link"
    mkdir -p "$part" 2>/dev/null || refuse 12 "$part cannot be made"
  done
  exec 9>"$folder/lock" || refuse 12 "$folder cannot be written"
  flock -w 60 9 || fail 13 'another run is at work for more than 60 seconds'
}

# Two numbers of the machine's own, which stay: the agents' series depend on the first, when a change comes on the second.
read_shard() {
  digest=$(printf '%s' "$instance" | sha256sum)
  first=$(printf '%.7s' "$digest")
  rest=${digest#"$first"}
  second=$(printf '%.7s' "$rest")
  shard=$((0x$first % shards + 1))
  place=$((0x$second % 100))
}

write_wanted() {
  if ! printf '%s' "$configuration" | base64 -d 2>/dev/null | sed "s/@SHARD@/$shard/g" >"$wanted.new" || [ ! -s "$wanted.new" ]; then
    rm -f "$wanted.new"
    refuse 10 'SSM_Configuration is not base64, or its text cannot be written'
  fi
}

agent_runs() { timeout 20 "$ctl" -a status 2>/dev/null 9>&- | grep -q '"status": *"running"'; }

# Looked at twice, since systemd starts an agent again that ended at once.
agent_stays() { agent_runs && sleep 3 && agent_runs; }

start_agent() { timeout 60 "$ctl" -a start -m ec2 >/dev/null 2>&1 9>&- || true; }

confirm() { : >"$folder/$name.confirmed"; }

minutes_up() { awk '{ print int($1 / 60) }' /proc/uptime; }

# The team's own configuration may send what the alarms read, as one does that "npm run agent-config" merged.
meet_merged() {
  own=$(sed -n 's/.*"SelfHealing":"\([^"]*\)".*/\1/p' "$wanted.new" | head -n 1)
  [ -n "$own" ] || return 0
  for other in "$taken"/* "$agent/etc/amazon-cloudwatch-agent.json"; do
    if [ ! -f "$other" ] || [ "$other" = "$file" ]; then
      continue
    fi
    if grep -qF -e "\"$own\"" "$other"; then
      rm -f "$wanted.new"
      printf 'MERGED: %s sends the series of %s already\n' "$other" "$own"
      finish 0
    fi
  done
}

# Another configuration of the pipeline's; one that nobody confirms any more is put aside.
meet_others() {
  for other in "$taken"/file_self-healing-*.json; do
    if [ ! -f "$other" ] || [ "$other" = "$file" ]; then
      continue
    fi
    other_name=${other##*/file_self-healing-}
    other_name=${other_name%.json}
    fresh=$(find "$folder" -name "$other_name.confirmed" -mmin "-$confirmed_within_minutes" 2>/dev/null)
    if [ -n "$fresh" ] || [ "$(minutes_up)" -lt "$confirmed_within_minutes" ]; then
      refuse 14 "the configuration $other_name is on this machine already, so $name was not added: two protections must not share a machine"
    fi
    printf 'the configuration %s was not confirmed for %s minutes and gives way\n' "$other_name" "$confirmed_within_minutes"
    put_aside "$other"
    rm -f "$folder/$other_name.confirmed" "$folder/self-healing-$other_name.json"
  done
}

# What was appended from Parameter Store under the name that this configuration had there.
meet_predecessor() {
  if [ -f "$taken/ssm_AmazonCloudWatch-$name" ]; then
    put_aside "$taken/ssm_AmazonCloudWatch-$name"
  fi
}

put_aside() { # file
  mkdir -p "$aside"
  mv -f "$1" "$aside/"
}

bring_back() {
  [ -d "$aside" ] || return 0
  for each in "$aside"/*; do
    [ -f "$each" ] && mv -f "$each" "$taken/"
  done
  rmdir "$aside" 2>/dev/null || true
}

# The program's last words, without characters that a log could mistake.
# Indented, so that no line of the agent looks like a verdict of this script.
last_words() { tail -c 3000 | tr -c '[:print:]\n' '?' | sed 's/^/  /'; }

apply() {
  had=no
  rm -f "$folder/before.json"
  if [ -f "$file" ]; then
    had=yes
    cp "$file" "$folder/before.json" || refuse 12 "$folder cannot be written"
  fi
  mv -f "$wanted.new" "$wanted" || refuse 12 "$folder cannot be written"
  said=$folder/said
  # Without -s nothing is restarted: the agent's own merge and check come first.
  if ! timeout 60 "$ctl" -a append-config -m ec2 -c "file:$wanted" >"$said" 2>&1 9>&-; then
    rm -f "$file.tmp"
    bring_back
    last_words <"$said"
    refuse 20 'the agent does not take this configuration beside the one that it has; the lines above name the settings that differ. Nothing was changed'
  fi
  if timeout 90 "$ctl" -a append-config -m ec2 -c "file:$wanted" -s >"$said" 2>&1 9>&- && agent_stays; then
    rm -rf "$aside"
    confirm
    printf 'CONFIGURED: %s, shard %s of %s\n' "$name" "$shard" "$shards"
    finish 0
  fi
  last_words <"$said"
  rm -f "$file" "$file.tmp"
  [ "$had" = no ] || mv -f "$folder/before.json" "$file"
  bring_back
  timeout 60 "$ctl" -a stop >/dev/null 2>&1 9>&- || true
  start_agent
  fail 21 'the agent does not run with this configuration, so it got back what it had'
}

name=${SSM_Name:-}
configuration=${SSM_Configuration:-}
shards=${SSM_Shards:-1}
reach=${SSM_ReachPercent:-100}
instance=${AWS_SSM_INSTANCE_ID:-}
check_parameters

if [ ! -x "$ctl" ]; then
  if [ "${document_step:-last}" = first ]; then
    echo 'there is no CloudWatch agent yet; it is installed now'
    exit 0
  fi
  refuse 11 'the CloudWatch agent is not on this machine'
fi
for tool in flock sha256sum base64 timeout; do
  command -v "$tool" >/dev/null 2>&1 || refuse 15 "$tool is not on this machine"
done

prepare_folder
wanted=$folder/self-healing-$name.json
file=$taken/file_self-healing-$name.json
aside=$folder/aside
# A run that was cut off: what it put aside is not needed once its own configuration is in force.
if [ -f "$file" ] && cmp -s "$file" "$wanted"; then
  rm -rf "$aside"
fi
bring_back
read_shard
write_wanted

if [ -f "$file" ] && cmp -s "$file" "$wanted.new"; then
  rm -f "$wanted.new"
  confirm
  if agent_runs; then
    printf 'UNCHANGED: %s, shard %s of %s\n' "$name" "$shard" "$shards"
    finish 0
  fi
  start_agent
  agent_stays || fail 21 'the agent was stopped and does not start'
  printf 'STARTED: the agent was stopped; %s is unchanged\n' "$name"
  finish 0
fi
if [ -f "$file" ] && [ "$place" -ge "$reach" ]; then
  rm -f "$wanted.new"
  confirm
  printf 'WAITS: %s has changed, and its share of the machines has not come: %s of 100 at %s\n' "$name" "$place" "$reach"
  finish 0
fi
meet_merged
meet_others
meet_predecessor
apply
