import { awsCommandHere } from '../commands-here.ts';
import { check, type Place } from './check.ts';
import { type Finding, ok, wrong } from './finding.ts';
import { queueName, readQueue } from './queue.ts';
import type { FoundWays } from './readings.ts';
import { confirming, LASTS } from './subscriptions.ts';

/** Whether notices get to the tools that they are for. */
export const ways = check({
  name: 'ways',
  whether:
    'the ways beside mail are in order: addresses and their credentials, the chat channel, the rights to OpsItems, links to answer by',
  needs: ['ways'],
  judge({ ways: found }, place) {
    if (!found) return [ok(place.pipeline, 'notices go out by mail, and by no way that could be out of order')];
    return [
      ...found.posts.map((post) => ofPost(post, place)),
      ...ofChat(found),
      ...ofOpsItems(found, place),
      ...ofUndelivered(found, place),
      ...ofHolders(found),
    ];
  },
});

function ofPost({ name, state, connection }: FoundWays['posts'][number], place: Place): Finding {
  if (state === undefined) return wrong(name, 'the address is not there, so that nothing is posted', 'npx cdk deploy');
  if (connection === undefined) return wrong(name, 'its connection is not there, so that nothing is posted', 'npx cdk deploy');
  if (connection.state !== 'AUTHORIZED')
    return wrong(
      name,
      `its connection is ${connection.state}, so that nothing is posted${connection.why === undefined ? '' : `: ${connection.why}`}`,
      awsCommandHere(place, `events describe-connection --name ${connection.name}`),
    );
  if (state !== 'ACTIVE')
    return wrong(
      name,
      `the address is ${state}, so that nothing is posted`,
      awsCommandHere(place, `events describe-api-destination --name ${name}`),
    );
  return ok(name, 'the address is active, and its credentials are kept');
}

function ofChat({ chat }: FoundWays): readonly Finding[] {
  if (!chat) return [];
  if (chat.confirmed > 0) return [ok(chat.topic, `${chat.confirmed} channels listen`)];
  const mend = 'authorize the workspace in the console of Amazon Q Developer in chat applications, then npx cdk deploy';
  return [wrong(chat.topic, 'no chat channel listens, so that nobody reads there', mend)];
}

function ofOpsItems({ opsItems }: FoundWays, { pipeline }: Place): readonly Finding[] {
  if (!opsItems) return [];
  const { role, denied } = opsItems;
  if (denied.length === 0) return [ok('OpsItems', 'the function that opens them may do so')];
  return [wrong('OpsItems', `the role ${role} of ${pipeline}-keep-ops-items may not ${denied.join(', ')}`, 'npx cdk deploy')];
}

function ofUndelivered({ undelivered }: FoundWays, place: Place): readonly Finding[] {
  if (!undelivered) return [];
  const name = queueName(undelivered.queue);
  if (undelivered.waiting === 0) return [ok(name, 'no notice waits to be written down as not sent')];
  return [wrong(name, `${undelivered.waiting} notices did not reach a tool, and were not yet written down`, readQueue(name, place))];
}

function ofHolders({ holders = [] }: FoundWays): readonly Finding[] {
  return holders.map(({ name, subscriptions }) => {
    const about = `link of ${name}`;
    if (subscriptions.some(({ confirmed }) => confirmed)) return ok(about, 'the address is confirmed');
    if (subscriptions.length === 0) return wrong(about, 'its topic has no subscription, so that no link arrives', 'npx cdk deploy');
    const endpoints = subscriptions.map(({ endpoint }) => endpoint).join(', ');
    return wrong(about, `${endpoints} did not confirm, so that no link arrives`, `${subscriptions.map(confirming).join('; ')}; ${LASTS}`);
  });
}
