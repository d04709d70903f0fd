import { join } from 'node:path';
import { freePorts } from '@self-healing/local-aws/ministack/free-port.ts';
import { beTheOnlyRun } from '../rehearsal/only-run.ts';
import { defaultOutFolder } from '../rehearsal/rehearse.ts';
import { whatIsMissing } from '../rehearsal/requirements.ts';
import { setStage } from '../rehearsal/stage/stage.ts';
import { playStorm } from '../rehearsal/storm/storm-drill.ts';
import type { Part } from './part.ts';

const EVENTS = 1_000;

export const storm: Part = {
  name: 'storm',
  title: `until ${EVENTS.toLocaleString('en')} alarm events at once are drained on the local AWS; needs root and systemd`,
  async run({ say, signal, endings }) {
    const missing = await whatIsMissing(say);
    if (missing) return { skipped: `${missing.why}. ${missing.next}` };
    const giveFree = beTheOnlyRun(defaultOutFolder);
    endings.push(async () => giveFree());
    const [publicPort = 0, upstreamPort = 0] = await freePorts(2);
    const recordFile = join(defaultOutFolder, 'calls.jsonl');
    const stage = await setStage({ publicPort, upstreamPort, recordFile, allowAwsEvents: false, say, signal }, endings);
    const { messages, acted, ...account } = await playStorm(stage, { events: EVENTS, say });
    const calls = stage.gateway.calls().length;
    return {
      figures: { ...account, messages: messages.length, acted: acted.length, calls },
      tables: [
        {
          title: 'Storm on the local AWS',
          head: ['events', 'members', 'seconds until drained', 'duplicates', 'messages', 'acts', 'open', 'dead letters', 'calls'],
          rows: [
            [
              String(account.events),
              String(account.members),
              String(account.seconds),
              String(account.duplicates),
              String(messages.length),
              String(acted.length),
              String(account.openIncidents),
              String(account.deadLetters),
              String(calls),
            ],
          ],
          notes: ['From the first event to the last end. Ten functions run at once, each a process of this machine.'],
        },
      ],
    };
  },
};
