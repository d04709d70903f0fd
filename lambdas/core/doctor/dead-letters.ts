import { check } from './check.ts';
import { ok, wrong } from './finding.ts';
import { queueName, readQueue } from './queue.ts';

/** Whether events got lost. */
export const deadLetters = check({
  name: 'dead-letters',
  whether: 'no event waits in a dead-letter queue',
  needs: ['deadLetters'],
  judge: ({ deadLetters: queues }, place) =>
    queues.map(({ queue, waiting }) => {
      const name = queueName(queue);
      return waiting === 0
        ? ok(name, 'it is empty')
        : wrong(name, `${waiting} events were not taken in; their symptoms need a person`, readQueue(name, place));
    }),
});
