/** Opens a session at the stand-in database every second and never closes one, as a client with a leaking pool does. */
import { connect } from 'node:net';

const OPENING_INTERVAL_MS = 1000;

function openSession(): void {
  const socket = connect('/run/database/engine.sock');
  socket.on('error', (error) => console.log(`session lost: ${error.message}`));
}

setInterval(openSession, Number(process.env.OPENING_INTERVAL_MS ?? OPENING_INTERVAL_MS));
openSession();
