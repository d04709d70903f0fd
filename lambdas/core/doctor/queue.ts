import { awsCommandHere, type CommandPlace } from '../commands-here.ts';

/** The name of a queue, by its ARN. */
export function queueName(arn: string): string {
  return arn.slice(arn.lastIndexOf(':') + 1);
}

/** The command that shows what waits in a queue. */
export function readQueue(name: string, place: CommandPlace): string {
  const url = awsCommandHere(place, `sqs get-queue-url --queue-name ${name} --query QueueUrl --output text`);
  return awsCommandHere(place, `sqs receive-message --queue-url "$(${url})"`);
}
