/**
 * Like the docker client for the actions that the clear-caches document uses. `/run/docker/container` and `/run/docker/image` hold
 * one file for each that ended or has no name, with the line "id time bytes name"; one with `.in-use` beside it cannot be removed.
 */
export const DOCKER_LEFTOVERS = `#!/bin/sh
cd /run/docker || exit 1
echo "$*" >> asked
[ -e silent ] && { echo 'Cannot connect to the Docker daemon' >&2; exit 1; }
kind=$1; action=$2
[ "$kind" = version ] && exit 0
cd $kind || exit 1
case $action in
  ls) ls | grep -v in-use ;;
  inspect)
    format=$4; shift 4; [ "$1" = --size ] && shift
    for id in "$@"; do
      read -r _ time bytes name < $id || exit 1
      printf '%s\\n' "$format" | sed -e 's|{{if .SizeRw}}{{.SizeRw}}{{else}}0{{end}}|{{.Size}}|' -e "s|{{.Id}}|$id|" -e "s|{{.State.FinishedAt}}|$time|" \\
        -e "s|{{.Created}}|$time|" -e "s|{{.Size}}|$bytes|" -e "s|{{.Name}}|$name|"
    done ;;
  rm) [ -e $3.in-use ] && { echo "Error response from daemon: conflict" >&2; exit 1; }; rm $3 ;;
esac
`;

/** A server that speaks the text protocols of Redis and memcached as far as the document does; notes what it was asked. */
export const CACHE_SERVER = `
import { appendFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
const [kind, port] = process.argv.slice(2);
let full = true;
const info = () => ['# Memory', 'used_memory:' + (full ? 11000000 : 1000000), 'used_memory_human:x', 'lazyfree_pending_objects:0', '# Persistence',
  'aof_enabled:' + (kind === 'redis-with-file' ? 1 : 0), '# Replication', 'role:' + (kind === 'redis-replica' ? 'slave' : 'master')].join('\\r\\n');
const answers = {
  INFO: () => '$' + info().length + '\\r\\n' + info() + '\\r\\n',
  'FLUSHALL ASYNC': () => { full = false; return '+OK\\r\\n'; },
  QUIT: () => '+OK\\r\\n',
  stats: () => 'STAT curr_items 7\\r\\nSTAT bytes 10000\\r\\nSTAT bytes_read 5\\r\\nEND\\r\\n',
  flush_all: () => 'OK\\r\\n',
  quit: () => '',
};
createServer((socket) => {
  socket.on('error', () => {});
  if (kind === 'flood') { const more = () => { while (socket.writable && socket.write('x'.repeat(65536) + '\\n')); }; socket.on('drain', more); more(); return; }
  socket.on('data', (data) => {
    for (const line of String(data).split('\\r\\n').filter(Boolean)) {
      appendFileSync('/run/cache/asked', line + '\\n');
      if (kind === 'mute') continue;
      if (kind === 'web-server') socket.write('HTTP/1.1 400 Bad Request\\r\\n\\r\\n');
      else if (kind === 'redis-with-password') socket.write('-NOAUTH Authentication required.\\r\\n');
      else socket.write(answers[line]?.() ?? '-ERR unknown command\\r\\n');
      if (/^quit$/i.test(line)) socket.end();
    }
  });
}).listen(Number(port), '127.0.0.1', () => writeFileSync('/run/cache/ready', ''));
`;
