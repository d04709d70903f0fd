import { check } from './check.ts';
import { ok, wrong } from './finding.ts';

/** Whether events got lost. */
export const deadLetters = check({
  name: 'dead-letters',
  whether: 'no event waits in a dead-letter queue',
  needs: ['deadLetters'],
  judge: ({ deadLetters: queues }) =>
    queues.map(({ queue, waiting }) => {
      const name = queue.split(':').at(-1) ?? queue;
      const mend = `aws sqs receive-message --queue-url "$(aws sqs get-queue-url --queue-name ${name} --query QueueUrl --output text)"`;
      return waiting === 0
        ? ok(name, 'it is empty')
        : wrong(name, `${waiting} events were not taken in; their symptoms need a person`, mend);
    }),
});
