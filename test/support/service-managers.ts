/**
 * Stand-ins for service managers that a managed node does not have. Each runs real processes and answers with the words, states
 * and exit codes of the original, for the actions that the restart-service document uses.
 */

const FUNCTIONS = `
state=/run/stand-in/\${0##*/}; mkdir -p $state
alive() { read -r pid < $state/$1.pid 2>/dev/null && [ -d /proc/$pid ] && ! grep -q '^State:.Z' /proc/$pid/status; }
launch() { date -u +%Y-%m-%dT%H:%M:%S.%N > $state/$1.started; setsid sh $state/$1.program >>$state/$1.log 2>&1 </dev/null & echo $! > $state/$1.pid; }
end() { read -r pid < $state/$1.pid; kill -$2 -$pid 2>/dev/null; }
await_end() { i=0; while alive $1 && [ $i -lt $(($2 * 10)) ]; do sleep 0.1; i=$((i + 1)); done; ! alive $1; }
`;

/**
 * Like supervisorctl 4: programs are known by a file `<name>.program` in `/run/stand-in/supervisorctl`, and groups by `<name>.group`, which
 * lists programs; a stop is patient for 10 s. What was stopped is STOPPED; supervisor's own log is the file `main.log`.
 */
export const SUPERVISORCTL = `#!/bin/sh
${FUNCTIONS}
action=$1; shift
[ $action = pid ] && { echo 1; exit 0; }
[ $action = maintail ] && { cat $state/main.log; exit 0; }
[ $action = signal ] && shift
[ $action = tail ] && { tail -c 4000 $state/\${2#*:}.log; exit 0; }
[ $# -gt 0 ] || set -- $(cd $state; ls *.program | sed 's/\\.program$//')
names=
for given do
  if [ -e "$state/\${given%:*}.group" ] && [ "\${given#*:}" = '*' ]; then names="$names $(sed "s/^/\${given%:*}:/" $state/\${given%:*}.group)"; else names="$names \${given%:\\*}"; fi
done
code=0
for full in $names; do
  name=\${full#*:}
  [ -e $state/$name.program ] || { echo "$full: ERROR (no such group)"; code=4; continue; }
  case $action in
    status) word=$(cat $state/$name.state 2>/dev/null)
      if alive $name; then read -r pid < $state/$name.pid; echo "$full    \${word:-RUNNING}   pid $pid, uptime 0:00:01"; else echo "$full    \${word:-EXITED}    Nov 23 10:00 AM"; code=3; fi ;;
    stop) grep -qx BACKOFF $state/$name.state 2>/dev/null && ! alive $name && { echo STOPPED > $state/$name.state; echo "$full: stopped"; continue; }
      alive $name || { echo "$full: ERROR (not running)"; code=7; continue; }; end $name TERM; await_end $name 10 || end $name KILL; echo STOPPED > $state/$name.state; echo "$full: stopped" ;;
    start) rm -f $state/$name.state; launch $name; sleep 0.3; alive $name && echo "$full: started" || { echo "$full: ERROR (spawn error)"; code=7; } ;;
    signal) end $name KILL; echo "$full: signalled" ;;
  esac
done
exit $code
`;

/** Like the docker client: containers are known by a file `<name>.program` in `/run/stand-in/docker`, and by the beginning of an id. */
export const DOCKER = `#!/bin/sh
${FUNCTIONS}
action=$1
case $action in
  inspect)
    format=$5; name=$6
    [ $name = 0123abcd ] && name=box
    [ -e $state/$name.program ] || { echo "Error response from daemon: No such container: $name" >&2; exit 1; }
    status=exited; pid=0; code=$(cat $state/$name.code 2>/dev/null || echo 137); policy=$(cat $state/$name.policy 2>/dev/null || echo no); health=$(cat $state/$name.health 2>/dev/null)
    if alive $name; then status=running; read -r pid < $state/$name.pid; fi
    [ -e $state/$name.paused ] && status=paused
    started=$(cat $state/$name.started 2>/dev/null || echo 0001-01-01T00:00:00Z)
    printf '%s\\n' "$format" | sed -e "s|{{if .State.Health}}{{.State.Health.Status}}{{else}}healthy{{end}}|\${health:-healthy}|" -e "s|{{.Name}}|/$name|" \\
      -e "s|{{.State.Status}}|$status|" -e "s|{{.State.StartedAt}}|$started|" -e "s|{{.State.Pid}}|$pid|" -e "s|{{.State.ExitCode}}|$code|" -e "s|{{.HostConfig.RestartPolicy.Name}}|$policy|" \\
      -e 's|{{.State.OOMKilled}}|true|' -e 's|{{.RestartCount}}|0|' ;;
  restart) [ -e $state/$4.fixed ] && { echo "Error response from daemon: Cannot restart container $4" >&2; exit 1; }
    if alive $4; then end $4 TERM; await_end $4 $3 || end $4 KILL; await_end $4 5; fi; launch $4; echo $4 ;;
  logs) tail -n 12 $state/$5.log ;;
esac
`;

/** A SysV init script with the actions and exit codes of the Linux Standard Base. Its daemon's program is `/run/<name>.program`. */
export const INIT_SCRIPT = `#!/bin/sh
name=\${0##*/}; file=/run/$name.pid
alive() { read -r pid < $file 2>/dev/null && [ -d /proc/$pid ] && ! grep -q '^State:.Z' /proc/$pid/status; }
case $1 in
  start) alive && exit 0; setsid sh /run/$name.program & echo $! > $file ;;
  stop) alive || exit 0; kill -TERM -$pid; while alive; do sleep 0.1; done; rm -f $file ;;
  status) if alive; then echo "$name is running"; else echo "$name is stopped"; exit 3; fi ;;
  *) exit 2 ;;
esac
`;
