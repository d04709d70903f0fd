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

/** Like supervisorctl 4: programs are known by a file `<name>.program` in `/run/stand-in/supervisorctl`; a stop is patient for 10 s. */
export const SUPERVISORCTL = `#!/bin/sh
${FUNCTIONS}
action=$1; [ $action = signal ] && shift; [ $action = tail ] && shift; name=\${2%:*}
[ -e $state/$name.program ] || { echo "$name: ERROR (no such group)"; exit 4; }
case $action in
  status) if alive $name; then read -r pid < $state/$name.pid; word=$(cat $state/$name.state 2>/dev/null); echo "$name    \${word:-RUNNING}   pid $pid, uptime 0:00:01"; else echo "$name    EXITED    Nov 23 10:00 AM"; exit 3; fi ;;
  stop) alive $name || { echo "$name: ERROR (not running)"; exit 7; }; end $name TERM; await_end $name 10 || end $name KILL; echo "$name: stopped" ;;
  start) launch $name; sleep 0.3; alive $name && echo "$name: started" || { echo "$name: ERROR (spawn error)"; exit 7; } ;;
  signal) end $name KILL; echo "$name: signalled" ;;
  tail) tail -c 4000 $state/$name.log ;;
esac
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
    status=exited; pid=0; health=$(cat $state/$name.health 2>/dev/null)
    if alive $name; then status=running; read -r pid < $state/$name.pid; fi
    started=$(cat $state/$name.started 2>/dev/null || echo 0001-01-01T00:00:00Z)
    printf '%s\\n' "$format" | sed -e "s|{{if .State.Health}}{{.State.Health.Status}}{{else}}healthy{{end}}|\${health:-healthy}|" -e "s|{{.Name}}|/$name|" \\
      -e "s|{{.State.Status}}|$status|" -e "s|{{.State.StartedAt}}|$started|" -e "s|{{.State.Pid}}|$pid|" -e 's|{{.State.ExitCode}}|137|' \\
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
