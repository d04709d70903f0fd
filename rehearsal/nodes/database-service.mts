/**
 * A stand-in for a database engine, not a database: it keeps no data and speaks no protocol of one. It accepts sessions, counts them,
 * refuses those above its limit and drops all of them when it is restarted, which is what connection faults and their cures are about.
 */
import { mkdirSync, rmSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { createServer, type Socket } from 'node:net';

const sessionLimit = Number(process.env.SESSION_LIMIT ?? '50');
const sessions = new Set<Socket>();
let refused = 0;

const engine = createServer((socket) => {
  if (sessions.size >= sessionLimit) {
    refused += 1;
    socket.end('ERROR too many sessions\n');
    return;
  }
  sessions.add(socket);
  socket.on('close', () => sessions.delete(socket));
  // A client that vanishes without a goodbye is an ended session, which 'close' records.
  socket.on('error', () => socket.destroy());
  socket.on('data', () => socket.write('OK\n'));
  socket.write('READY\n');
});

/** Beside the sessions, so that looking at the engine does not change what is seen. */
const status = createHttpServer((_request, response) => {
  response.end(`${JSON.stringify({ standIn: true, sessions: sessions.size, limit: sessionLimit, refused })}\n`);
});

mkdirSync('/run/database', { recursive: true });
for (const path of ['/run/database/engine.sock', '/run/database/status.sock']) rmSync(path, { force: true });
engine.listen('/run/database/engine.sock');
status.listen('/run/database/status.sock');
console.log(`stand-in for a database engine, at most ${sessionLimit} sessions`);
