import { anAttempt, anIncident, aPolicy, aRung, INSTANCE_ID, MINUTE, NOW, SECOND } from '@self-healing/simulation/builders.ts';
import { someOrigin } from '@self-healing/simulation/doubles/fake-ports.ts';
import { describe, expect, test } from 'vitest';
import type { ApprovalRequest } from '../../../../lambdas/core/approval.ts';
import { brokenNotice } from '../../../../lambdas/core/notice/broken.ts';
import { composed, type Draft } from '../../../../lambdas/core/notice/compose.ts';
import { type Ended, endNotice } from '../../../../lambdas/core/notice/end.ts';
import { givenBackNotice } from '../../../../lambdas/core/notice/given-back.ts';
import { mailOf, subject } from '../../../../lambdas/core/notice/mail.ts';
import type { Notice } from '../../../../lambdas/core/notice/notice.ts';
import { startedNotice, stillNotice } from '../../../../lambdas/core/notice/on-the-way.ts';
import { answeredNotice, questionNotice } from '../../../../lambdas/core/notice/question.ts';
import { rejectionNotice, unknownPolicyNotice } from '../../../../lambdas/core/notice/rejection.ts';
import { type End, endFor } from '../../../../lambdas/core/reasons.ts';

const policy = aPolicy({ ladder: [aRung({ remedy: 'clear-caches', params: {} }), aRung()], runbook: 'https://wiki.example.com/web' });
const about = { incident: anIncident(), policy, notes: { name: 'web-1' } };

/** The mail without its links, which are compared on their own. */
const body = (notice: Notice) =>
  mailOf(notice)
    .body.split('\n\n')
    .filter((paragraph) => !paragraph.startsWith('LOOK AT'))
    .join('\n\n');

const ofEnd = (end: End, given: Partial<Ended> = {}) => body(endNotice(someOrigin, { ...about, attempts: [], end, ...given }, NOW));
const inGroup = { kind: 'auto-scaling-group', name: "web's" } as const;
const request: ApprovalRequest = {
  id: `${'a'.repeat(64)}-1`,
  incident: 'a'.repeat(64),
  policy: policy.name,
  target: about.incident.target,
  ...{ rung: 1, remedy: 'restart-service', seen: policy.seen, summary: 'use restart-service (service nginx)' },
  ...{ askedAt: NOW, until: NOW + 15 * MINUTE, approvers: 2 },
};

// Longer than 250 lines: one whole mail of each stage.

describe('The mail, word for word,', () => {
  test('ends with where to look on, one link a line', () => {
    const { body: all } = mailOf(endNotice(someOrigin, { ...about, attempts: [], end: endFor('healed', '', 1) }, NOW));
    expect(all.split('\n\n').find((paragraph) => paragraph.startsWith('LOOK AT'))).toMatchInlineSnapshot(`
      "LOOK AT
      Runbook:
      https://wiki.example.com/web
      Alarm:
      https://eu-central-1.console.aws.amazon.com/cloudwatch/home?region=eu-central-1#alarmsV2:alarm/healing-Web-memory
      Instance:
      https://eu-central-1.console.aws.amazon.com/ec2/home?region=eu-central-1#InstanceDetails:instanceId=i-0aaaabbbbccccdddd
      Workflow:
      https://eu-central-1.console.aws.amazon.com/states/home?region=eu-central-1#/v2/executions/details/arn%3Aaws%3Astates%3Aeu-central-1%3A123456789012%3Aexecution%3Ahealing-workflow%3Aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
      History:
      https://eu-central-1.console.aws.amazon.com/cloudwatch/home?region=eu-central-1#logsV2:logs-insights$3FqueryDetail$3D~(end~'2026-11-02T12*3a20*3a00.000Z~start~'2026-11-02T09*3a19*3a00.000Z~timeType~'ABSOLUTE~tz~'UTC~editorString~'fields*20at*2c*20kind*2c*20text*20*7c*20filter*20incident*20*3d*20*22aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa*22*20*7c*20sort*20at~source~(~'*2fself-healing*2fhealing*2fhistory))"
    `);
  });

  test('of a recovery, with the machine’s own lines and what is given back later', () => {
    const healed = anAttempt({ rung: 1, result: 'recovered', why: 'alarm is OK', kept: ['nginx.service: Main process exited'] });
    const attempts = [anAttempt({ rung: 0, remedy: 'clear-caches', result: 'not-applicable', why: 'no such folder', acts: false }), healed];
    const later = { at: NOW + 24 * 60 * MINUTE, summaries: ['lower the capacity of web to 2'] };
    expect(ofEnd(endFor('healed', 'alarm is OK', 1), { attempts, later })).toMatchInlineSnapshot(`
      "RECOVERED: memory on instance web-1 (i-0aaaabbbbccccdddd), 123456789012
      eu-central-1

      instance i-0aaaabbbbccccdddd (web-1)
      account 123456789012, eu-central-1

      SEEN
      memory used above 90 %
      since 10:19:00, 60 s ago
      alarm healing-Web-memory: Threshold Crossed: 3 datapoints were greater
      than the threshold (90).

      DONE
      10:16:00 restart service nginx: recovered
      alarm is OK

      NOT DONE
      clear-caches: no such folder

      WHY
      The symptom is gone after a remedy and stayed gone for the probation
      time.

      DO NOW
      Nothing now. Look for the cause in working hours: a symptom that comes
      back has one.
      The whole story:
      self-healing-pipeline why aaaaaaaa --pipeline healing --region eu-central-1

      LATER
      From 3 Nov 2026 10:20:00 on, if the symptom stays away: lower the
      capacity of web to 2

      LINES FROM THE MACHINE
      > nginx.service: Main process exited

      Sent 2 Nov 2026 10:20:00. All times are UTC.
      Pipeline healing, policy Web-memory, reason healed
      Incident
      aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
    `);
  });

  test('of a hand-off, with what to do on the machine', () => {
    const attempts = [
      anAttempt({ rung: 0, remedy: 'clear-caches', summary: 'clear old temporary files', result: 'not-recovered', why: 'alarm is ALARM' }),
      anAttempt({ rung: 1, result: 'failed', why: 'the remedy failed: exit code 1', kept: ['line one', 'line two'] }),
    ];
    const breaker = { state: 'open', since: NOW, until: NOW + MINUTE, why: '3 repairs failed' } as const;
    const demotion = { mode: 'approval', why: '3 repairs failed', at: NOW, by: 'self-healing' } as const;
    const diagnosis = [{ title: 'Processes by memory', lines: ['1.9 GiB java', '200 MiB nginx'] }];
    const end = endFor('ladder-exhausted', '2 of 2 remedies were tried; alarm is ALARM', 2);
    expect(ofEnd(end, { attempts, breaker, demotion, diagnosis })).toMatchInlineSnapshot(`
      "NEEDS YOU: memory on instance web-1 (i-0aaaabbbbccccdddd), 123456789012
      eu-central-1

      instance i-0aaaabbbbccccdddd (web-1)
      account 123456789012, eu-central-1

      SEEN
      memory used above 90 %
      since 10:19:00, 60 s ago
      alarm healing-Web-memory: Threshold Crossed: 3 datapoints were greater
      than the threshold (90).

      DONE
      10:16:00 clear old temporary files: did not help
      alarm is ALARM
      10:16:00 restart service nginx: failed
      the remedy failed: exit code 1

      WHY
      Every remedy of the ladder was tried and the symptom is still there.
      2 of 2 remedies were tried; alarm is ALARM
      The circuit breaker is open until 10:21:00: nothing more is done under
      policy Web-memory, since 3 repairs failed

      DO NOW
      Repair the target by hand: no remedy of the ladder helped. What was
      tried, and what it said, is told with the incident.
      Open a session on the instance:
      aws ssm start-session --target i-0aaaabbbbccccdddd --region eu-central-1
      Linux: what failed, and what was logged as an error last:
      systemctl --failed; journalctl -p err -n 50
      If it does not answer, see what its console shows:
      aws ec2 get-console-output --latest --instance-id i-0aaaabbbbccccdddd --region eu-central-1
      The whole story:
      self-healing-pipeline why aaaaaaaa --pipeline healing --region eu-central-1
      From now on the policy asks before it acts, because of this failure. To
      let it act by itself again:
      self-healing-pipeline promote Web-memory --pipeline healing --region eu-central-1

      LINES FROM THE MACHINE
      > line one
      > line two

      PROCESSES BY MEMORY
      > 1.9 GiB java
      > 200 MiB nginx

      Sent 2 Nov 2026 10:20:00. All times are UTC.
      Pipeline healing, policy Web-memory, reason ladder-exhausted
      Incident
      aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
    `);
  });

  test('of a hand-off of a group', () => {
    const incident = anIncident({ target: inGroup, symptom: 'group-cpu' });
    expect(ofEnd(endFor('attempts-used-up', '5 are allowed', 0), { incident, policy: aPolicy() })).toMatchInlineSnapshot(`
      "NEEDS YOU: memory on Auto Scaling group web's, 123456789012 eu-central-1

      Auto Scaling group web's (web-1)
      account 123456789012, eu-central-1

      SEEN
      memory used above 90 %
      since 10:19:00, 60 s ago
      alarm healing-Web-memory: Threshold Crossed: 3 datapoints were greater
      than the threshold (90).

      DONE
      nothing

      NOT DONE
      restart-service: not tried, because: attempts-used-up

      WHY
      The target already had as many attempts as the policy allows in the
      period.
      5 are allowed

      DO NOW
      Find the cause: the repairs do not last.
      See what the group tried last, and why it failed:
      aws autoscaling describe-scaling-activities --max-items 10 --auto-scaling-group-name 'web'\\''s' --region eu-central-1
      The whole story:
      self-healing-pipeline why aaaaaaaa --pipeline healing --region eu-central-1

      Sent 2 Nov 2026 10:20:00. All times are UTC.
      Pipeline healing, policy Web-memory, reason attempts-used-up
      Incident
      aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
    `);
  });

  test('of a hand-off of a database, whose bytes can be read', () => {
    const incident = anIncident({
      target: { kind: 'database', id: 'orders' },
      reason: 'Threshold Crossed: 1 datapoint [1.0318872576E8 (02/11/26 10:18:00)] was less than the threshold (2.68435456E8).',
    });
    expect(ofEnd(endFor('target-busy', '', 0), { incident, policy: aPolicy() })).toMatchInlineSnapshot(`
      "NEEDS YOU: memory on database orders, 123456789012 eu-central-1

      database orders (web-1)
      account 123456789012, eu-central-1

      SEEN
      memory used above 90 %
      since 10:19:00, 60 s ago
      alarm healing-Web-memory: Threshold Crossed: 1 datapoint [98.4 MiB] was
      less than the threshold (256 MiB).

      DONE
      nothing

      NOT DONE
      restart-service: not tried, because: target-busy

      WHY
      Another incident holds the target for longer than the policy is willing
      to wait.

      DO NOW
      Follow the other incident; then look at the target.
      See what RDS did with it in the last two hours:
      aws rds describe-events --duration 120 --source-type db-instance --source-identifier orders --region eu-central-1
      See its status and pending changes:
      aws rds describe-db-instances --db-instance-identifier orders --region eu-central-1
      The whole story:
      self-healing-pipeline why aaaaaaaa --pipeline healing --region eu-central-1

      Sent 2 Nov 2026 10:20:00. All times are UTC.
      Pipeline healing, policy Web-memory, reason target-busy
      Incident
      aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
    `);
  });

  test('of a hand-off of a cluster, by an event of RDS', () => {
    const incident = anIncident({
      target: { kind: 'database-cluster', id: 'shop' },
      alarmName: 'RDS-EVENT-0221',
      reason: 'The storage is full.',
    });
    const given = { incident, policy: aPolicy({ evidence: { kind: 'database-status' } }) };
    expect(ofEnd(endFor('cooldown', 'until noon', 0), given)).toMatchInlineSnapshot(`
      "NEEDS YOU: memory on database cluster shop, 123456789012 eu-central-1

      database cluster shop (web-1)
      account 123456789012, eu-central-1

      SEEN
      memory used above 90 %
      since 10:19:00, 60 s ago
      event RDS-EVENT-0221: The storage is full.

      DONE
      nothing

      NOT DONE
      restart-service: not tried, because: cooldown

      WHY
      The target was acted on a short time ago, and the cooldown outlasts the
      time the policy is willing to wait.
      until noon

      DO NOW
      Look at the target, or shorten the cooldown.
      It came as an event of RDS, which nothing brings again: it is not taken
      up later by itself.
      See what RDS did with it in the last two hours:
      aws rds describe-events --duration 120 --source-type db-cluster --source-identifier shop --region eu-central-1
      See its status and which member writes:
      aws rds describe-db-clusters --db-cluster-identifier shop --region eu-central-1
      The whole story:
      self-healing-pipeline why aaaaaaaa --pipeline healing --region eu-central-1

      Sent 2 Nov 2026 10:20:00. All times are UTC.
      Pipeline healing, policy Web-memory, reason cooldown
      Incident
      aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
    `);
  });

  test('of an incident that was left alone, with who was told before', () => {
    const told = [{ reason: 'paused', id: 'c'.repeat(64), at: NOW - 26 * 60 * MINUTE }];
    const incident = anIncident({ follows: { id: 'b'.repeat(64), reason: 'cooldown', told } });
    const witness = { kind: 'incident', id: 'd'.repeat(64), at: NOW - MINUTE } as const;
    expect(ofEnd(endFor('paused', 'the pause switch says: noon', 0, witness), { incident })).toMatchInlineSnapshot(`
      "NOT HEALED: memory on instance web-1 (i-0aaaabbbbccccdddd), 123456789012
      eu-central-1

      instance i-0aaaabbbbccccdddd (web-1)
      account 123456789012, eu-central-1

      SEEN
      memory used above 90 %
      since 10:19:00, 60 s ago
      alarm healing-Web-memory: Threshold Crossed: 3 datapoints were greater
      than the threshold (90).

      DONE
      nothing

      NOT DONE
      clear-caches: not tried, because: paused
      restart-service: not tried, because: paused

      WHY
      The pipeline is paused by its pause switch.
      the pause switch says: noon
      It is still so as people were told at 1 Nov 2026 08:20:00 (incident
      cccccccc); that is said again once a day
      It follows incident dddddddd, of which people were told at 10:19:00

      DO NOW
      Handle the symptom by hand, or end the pause.
      Open a session on the instance:
      aws ssm start-session --target i-0aaaabbbbccccdddd --region eu-central-1
      Linux: what failed, and what was logged as an error last:
      systemctl --failed; journalctl -p err -n 50
      If it does not answer, see what its console shows:
      aws ec2 get-console-output --latest --instance-id i-0aaaabbbbccccdddd --region eu-central-1
      The whole story:
      self-healing-pipeline why aaaaaaaa --pipeline healing --region eu-central-1

      Sent 2 Nov 2026 10:20:00. All times are UTC.
      Pipeline healing, policy Web-memory, reason paused
      Incident
      aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
    `);
  });

  test('of a shadow whose symptom stayed', () => {
    expect(
      ofEnd(endFor('shadow', 'would have climbed rung 2, restart-service; without it the symptom is present', 0)),
    ).toMatchInlineSnapshot(`
      "SHADOW, NOTHING DONE: memory on instance web-1 (i-0aaaabbbbccccdddd),
      123456789012 eu-central-1

      instance i-0aaaabbbbccccdddd (web-1)
      account 123456789012, eu-central-1

      SEEN
      memory used above 90 %
      since 10:19:00, 60 s ago
      alarm healing-Web-memory: Threshold Crossed: 3 datapoints were greater
      than the threshold (90).

      DONE
      nothing

      NOT DONE
      clear-caches: not tried, because: shadow
      restart-service: not tried, because: shadow

      WHY
      The policy is in shadow mode: it records what it would have done and
      does nothing.
      would have climbed rung 2, restart-service; without it the symptom is
      present

      DO NOW
      Handle the symptom by hand: in shadow mode nothing is done. When the
      records have convinced you, deploy the policy in another mode.
      Open a session on the instance:
      aws ssm start-session --target i-0aaaabbbbccccdddd --region eu-central-1
      Linux: what failed, and what was logged as an error last:
      systemctl --failed; journalctl -p err -n 50
      If it does not answer, see what its console shows:
      aws ec2 get-console-output --latest --instance-id i-0aaaabbbbccccdddd --region eu-central-1
      The whole story:
      self-healing-pipeline why aaaaaaaa --pipeline healing --region eu-central-1

      Sent 2 Nov 2026 10:20:00. All times are UTC.
      Pipeline healing, policy Web-memory, reason shadow
      Incident
      aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
    `);
  });

  test('of a shadow whose symptom passed, which asks nobody for anything', () => {
    const end: End = { ...endFor('shadow', 'would have climbed rung 2, restart-service; without it alarm is OK', 0), symptomGone: true };
    expect(ofEnd(end)).toMatchInlineSnapshot(`
      "SHADOW, NOTHING DONE: memory on instance web-1 (i-0aaaabbbbccccdddd),
      123456789012 eu-central-1

      instance i-0aaaabbbbccccdddd (web-1)
      account 123456789012, eu-central-1

      SEEN
      memory used above 90 %
      since 10:19:00, 60 s ago
      alarm healing-Web-memory: Threshold Crossed: 3 datapoints were greater
      than the threshold (90).

      DONE
      nothing

      NOT DONE
      clear-caches: not tried, because: shadow
      restart-service: not tried, because: shadow

      WHY
      The policy is in shadow mode: it records what it would have done and
      does nothing.
      would have climbed rung 2, restart-service; without it alarm is OK

      DO NOW
      Nothing: the symptom passed by itself. When the records have convinced
      you, deploy the policy in another mode.
      The whole story:
      self-healing-pipeline why aaaaaaaa --pipeline healing --region eu-central-1

      Sent 2 Nov 2026 10:20:00. All times are UTC.
      Pipeline healing, policy Web-memory, reason shadow
      Incident
      aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
    `);
  });

  test('of an end whose attempts could not be read', () => {
    expect(ofEnd(endFor('unexpected-error', 'crash', 1), { attempts: undefined })).toMatchInlineSnapshot(`
      "NEEDS YOU: memory on instance web-1 (i-0aaaabbbbccccdddd), 123456789012
      eu-central-1

      instance i-0aaaabbbbccccdddd (web-1)
      account 123456789012, eu-central-1

      SEEN
      memory used above 90 %
      since 10:19:00, 60 s ago
      alarm healing-Web-memory: Threshold Crossed: 3 datapoints were greater
      than the threshold (90).

      DONE
      not known
      the attempts could not be read; the history has them

      NOT DONE
      clear-caches: not tried, because: unexpected-error
      restart-service: not tried, because: unexpected-error

      WHY
      Something unexpected happened in the pipeline itself.
      crash

      DO NOW
      Look at the target first, then at the execution in Step Functions; the
      pipeline may need a repair.
      Open a session on the instance:
      aws ssm start-session --target i-0aaaabbbbccccdddd --region eu-central-1
      Linux: what failed, and what was logged as an error last:
      systemctl --failed; journalctl -p err -n 50
      If it does not answer, see what its console shows:
      aws ec2 get-console-output --latest --instance-id i-0aaaabbbbccccdddd --region eu-central-1
      The whole story:
      self-healing-pipeline why aaaaaaaa --pipeline healing --region eu-central-1

      Sent 2 Nov 2026 10:20:00. All times are UTC.
      Pipeline healing, policy Web-memory, reason unexpected-error
      Incident
      aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
    `);
  });

  test('of a storm', () => {
    const details = [
      'SPREAD     first instance i-00000001 at 2026-11-02T10:19:30.000Z, 9 more within 30 s',
      'MEMBERS    i-00000001, i-00000002',
      'SHARED     zone: a 2 of 3 (of the others 1 of 2)',
      '           type: t3.small 2 of 3',
      'ACTED ON   no member',
      'WAITING    nothing more is repaired until noon',
    ];
    expect(ofEnd({ ...endFor('storm', '10 of 50', 0), details })).toMatchInlineSnapshot(`
      "NEEDS YOU: memory on many members of Web, 123456789012 eu-central-1

      fleet Web
      account 123456789012, eu-central-1

      SEEN
      memory used above 90 %
      since 10:19:00, 60 s ago
      alarm healing-Web-memory: Threshold Crossed: 3 datapoints were greater
      than the threshold (90).
      one incident with a common cause; instance i-0aaaabbbbccccdddd speaks
      for all

      DONE
      nothing

      NOT DONE
      clear-caches: not tried, because: storm
      restart-service: not tried, because: storm

      WHY
      So many members of the fleet have the same symptom at once that
      repairing them one by one could make it worse.
      10 of 50

      DO NOW
      Look for what they share: a deployment, a dependency, the network, a
      zone. The diagnosis has what could be read.
      Open a session on the instance:
      aws ssm start-session --target i-0aaaabbbbccccdddd --region eu-central-1
      Linux: what failed, and what was logged as an error last:
      systemctl --failed; journalctl -p err -n 50
      If it does not answer, see what its console shows:
      aws ec2 get-console-output --latest --instance-id i-0aaaabbbbccccdddd --region eu-central-1
      The whole story:
      self-healing-pipeline why aaaaaaaa --pipeline healing --region eu-central-1

      HOW IT SPREAD
      > first instance i-00000001 at 10:19:30, 9 more within 30 s

      MEMBERS THAT HAVE IT
      > i-00000001, i-00000002

      WHAT THEY SHARE
      > zone: a 2 of 3 (of the others 1 of 2)
      > type: t3.small 2 of 3

      WHAT WAS DONE TO MEMBERS
      > no member

      WHAT IT WAITS FOR
      > nothing more is repaired until noon

      Sent 2 Nov 2026 10:20:00. All times are UTC.
      Pipeline healing, policy Web-memory, reason storm
      Incident
      aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
    `);
  });

  test('of a question', () => {
    expect(body(questionNotice(someOrigin, request, about, NOW))).toMatchInlineSnapshot(`
      "MAY I? restart-service for memory on instance web-1
      (i-0aaaabbbbccccdddd), 123456789012 eu-central-1

      instance i-0aaaabbbbccccdddd (web-1)
      account 123456789012, eu-central-1

      SEEN
      memory used above 90 %
      since 10:19:00, 60 s ago
      alarm healing-Web-memory: Threshold Crossed: 3 datapoints were greater
      than the threshold (90).

      WHY
      May the pipeline use restart-service (service nginx)? That is rung 2 of
      2. Nothing is done before you answer.
      Answer within 15 min, until 10:35:00; silence means no.
      2 different people must approve; one who denies is enough to stop it.

      DO NOW
      To let it:
      self-healing-pipeline approve aaaaaaaa-2 --pipeline healing --region eu-central-1
      To stop it:
      self-healing-pipeline deny aaaaaaaa-2 "the reason" --pipeline healing --region eu-central-1
      The whole story:
      self-healing-pipeline why aaaaaaaa --pipeline healing --region eu-central-1

      Sent 2 Nov 2026 10:20:00. All times are UTC.
      Pipeline healing, policy Web-memory
      Incident
      aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
    `);
  });

  test('of a question to one person', () => {
    const alone = questionNotice(someOrigin, { ...request, approvers: 1 }, about, NOW);
    expect(alone.why).toHaveLength(2);
  });

  test('of an answer', () => {
    const by = ['arn:aws:sts::123456789012:assumed-role/Operator/anna', 'ben'];
    expect(body(answeredNotice(someOrigin, { rung: 1, remedy: 'restart-service', by }, about, NOW))).toMatchInlineSnapshot(`
      "APPROVED: restart-service for memory on instance web-1
      (i-0aaaabbbbccccdddd), 123456789012 eu-central-1

      instance i-0aaaabbbbccccdddd (web-1)
      account 123456789012, eu-central-1

      SEEN
      memory used above 90 %
      since 10:19:00, 60 s ago
      alarm healing-Web-memory: Threshold Crossed: 3 datapoints were greater
      than the threshold (90).

      WHY
      Approved by arn:aws:sts::123456789012:assumed-role/Operator/anna, ben.
      restart-service is used now, unless something stands in its way.

      DO NOW
      Nothing: you are told how it ends.
      The whole story:
      self-healing-pipeline why aaaaaaaa --pipeline healing --region eu-central-1

      Sent 2 Nov 2026 10:20:00. All times are UTC.
      Pipeline healing, policy Web-memory
      Incident
      aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
    `);
  });

  test('of a beginning', () => {
    expect(
      body(startedNotice(someOrigin, anAttempt({ rung: 1, at: NOW - 30 * SECOND }), NOW + 4 * MINUTE, about, NOW)),
    ).toMatchInlineSnapshot(`
      "STARTED: restart-service for memory on instance web-1
      (i-0aaaabbbbccccdddd), 123456789012 eu-central-1

      instance i-0aaaabbbbccccdddd (web-1)
      account 123456789012, eu-central-1

      SEEN
      memory used above 90 %
      since 10:19:00, 60 s ago
      alarm healing-Web-memory: Threshold Crossed: 3 datapoints were greater
      than the threshold (90).

      DONE
      10:19:30 restart service nginx: under way

      WHY
      That is rung 2 of 2.

      DO NOW
      Nothing: you are told how it ends.
      To stop the whole pipeline before its next act:
      self-healing-pipeline pause "the reason" --pipeline healing --region eu-central-1
      The whole story:
      self-healing-pipeline why aaaaaaaa --pipeline healing --region eu-central-1

      LATER
      The symptom must be gone by 10:24:00; else the next rung follows, or a
      person is called

      Sent 2 Nov 2026 10:20:00. All times are UTC.
      Pipeline healing, policy Web-memory
      Incident
      aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
    `);
  });

  test('of an incident that lasts', () => {
    const incident = anIncident({ openedAt: NOW - 16 * MINUTE, receivedAt: NOW - 15 * MINUTE });
    const attempts = [anAttempt({ rung: 0, result: 'not-recovered', why: 'alarm is ALARM' }), anAttempt({ rung: 1, receipt: {} })];
    const notice = stillNotice(someOrigin, { attempts, waitsFor: 'another incident holds the target' }, { ...about, incident }, NOW);
    expect(body(notice)).toMatchInlineSnapshot(`
      "STILL NOT HEALED after 15 min: memory on instance web-1
      (i-0aaaabbbbccccdddd), 123456789012 eu-central-1

      instance i-0aaaabbbbccccdddd (web-1)
      account 123456789012, eu-central-1

      SEEN
      memory used above 90 %
      since 10:04:00, 16 min ago
      alarm healing-Web-memory: Threshold Crossed: 3 datapoints were greater
      than the threshold (90).

      DONE
      10:16:00 restart service nginx: did not help
      alarm is ALARM
      10:16:00 restart service nginx: not known
      its result is not known

      WHY
      The pipeline is still at it.
      another incident holds the target

      DO NOW
      Nothing must be done: you are told how it ends. Look at the target if it
      cannot wait.
      To stop the whole pipeline before its next act:
      self-healing-pipeline pause "the reason" --pipeline healing --region eu-central-1
      The whole story:
      self-healing-pipeline why aaaaaaaa --pipeline healing --region eu-central-1

      Sent 2 Nov 2026 10:20:00. All times are UTC.
      Pipeline healing, policy Web-memory
      Incident
      aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
    `);
  });

  test('of what was given back', () => {
    const added = { summary: 'raise the capacity of web to 3', rung: 0, since: NOW - 60 * MINUTE };
    expect(
      body(givenBackNotice(someOrigin, added, { reason: 'given-back', why: 'lower the capacity of web to 2' }, about, NOW)),
    ).toMatchInlineSnapshot(`
      "GIVEN BACK: memory on instance web-1 (i-0aaaabbbbccccdddd), 123456789012
      eu-central-1

      instance i-0aaaabbbbccccdddd (web-1)
      account 123456789012, eu-central-1

      SEEN
      What was added against "memory used above 90 %" was taken away again.
      It was: raise the capacity of web to 3.
      The incident ended as recovered 60 min ago.

      WHY
      What the remedy added was given back.
      lower the capacity of web to 2

      DO NOW
      Nothing.

      Sent 2 Nov 2026 10:20:00. All times are UTC.
      Pipeline healing, policy Web-memory, reason given-back
      Incident
      aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
    `);
  });

  test('of what could not be given back', () => {
    const added = { summary: undefined, rung: 0, since: NOW - 60 * MINUTE };
    expect(body(givenBackNotice(someOrigin, added, { reason: 'failed', why: 'AccessDenied' }, about, NOW))).toMatchInlineSnapshot(`
      "NOT GIVEN BACK: memory on instance web-1 (i-0aaaabbbbccccdddd),
      123456789012 eu-central-1

      instance i-0aaaabbbbccccdddd (web-1)
      account 123456789012, eu-central-1

      SEEN
      What was added against "memory used above 90 %" is still there, or may
      be.
      It was: not known, since the attempt could not be read.
      The incident ended as recovered 60 min ago.

      WHY
      It could not be given back, or it is not known whether it was.
      AccessDenied

      DO NOW
      Nothing is urgent: it costs money. Look at the target, and lower it by
      hand when it is not needed.
      Open a session on the instance:
      aws ssm start-session --target i-0aaaabbbbccccdddd --region eu-central-1
      Linux: what failed, and what was logged as an error last:
      systemctl --failed; journalctl -p err -n 50
      If it does not answer, see what its console shows:
      aws ec2 get-console-output --latest --instance-id i-0aaaabbbbccccdddd --region eu-central-1
      The whole story:
      self-healing-pipeline why aaaaaaaa --pipeline healing --region eu-central-1

      Sent 2 Nov 2026 10:20:00. All times are UTC.
      Pipeline healing, policy Web-memory, reason failed
      Incident
      aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
    `);
  });

  test('of an event that opened no incident', () => {
    const end = endFor('late-event', 'the alarm changed 3 h ago', 0);
    expect(body(rejectionNotice(someOrigin, policy, end, 'an event of policy Web-memory', NOW))).toMatchInlineSnapshot(`
      "NOT HEALED: late-event for policy Web-memory, 123456789012 eu-central-1

      account 123456789012, eu-central-1

      SEEN
      an event of policy Web-memory

      DONE
      nothing

      WHY
      The event is older than the policy accepts; acting on old news could
      repair what is no longer broken.
      the alarm changed 3 h ago

      DO NOW
      Look at the alarm. If it is still in ALARM, the target needs a person.
      What came, as the history has it:
      self-healing-pipeline why Web-memory --pipeline healing --region eu-central-1

      Sent 2 Nov 2026 10:20:00. All times are UTC.
      Pipeline healing, policy Web-memory, reason late-event"
    `);
  });

  test('of a policy that was not deployed, of which nothing is repeated but its name', () => {
    expect(body(unknownPolicyNotice(someOrigin, 'Web-forged', endFor('unknown-policy', 'another', 0), NOW))).toMatchInlineSnapshot(`
      "NOT HEALED: unknown-policy Web-forged, 123456789012 eu-central-1

      account 123456789012, eu-central-1

      SEEN
      an event under a policy Web-forged

      DONE
      nothing

      WHY
      A rule brought a policy that was not deployed with this pipeline, or not
      as it is, so nothing was done under it.
      another

      DO NOW
      Find out who made or changed a rule whose name begins like those of the
      pipeline. If it was a deployment, deploy again.
      If an alarm stands behind it, look at its target.

      Sent 2 Nov 2026 10:20:00. All times are UTC.
      Pipeline healing, reason unknown-policy"
    `);
  });

  test('of an incident that could not be ended', () => {
    const broken = { incidentId: 'a'.repeat(64), brokenAt: NOW - MINUTE, how: 'failed' } as const;
    const state = { incident: { policy: 'Web-memory', target: { kind: 'galaxy', id: 'andromeda' } } };
    expect(body(brokenNotice(someOrigin, broken as never, state, 'no reader', NOW))).toMatchInlineSnapshot(`
      "NEEDS YOU: an incident of policy Web-memory could not be ended,
      123456789012 eu-central-1

      account 123456789012, eu-central-1

      SEEN
      its workflow failed at 10:19:00
      policy Web-memory, target {"kind":"galaxy","id":"andromeda"}

      DONE
      not known
      the history has what was done

      WHY
      Something unexpected happened in the pipeline itself.
      no reader

      DO NOW
      Look at the target first, then at the execution in Step Functions; the
      pipeline may need a repair.
      The whole story:
      self-healing-pipeline why aaaaaaaa --pipeline healing --region eu-central-1

      Sent 2 Nov 2026 10:20:00. All times are UTC.
      Pipeline healing, reason unexpected-error
      Incident
      aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
    `);
    expect(body(brokenNotice(someOrigin, broken as never, undefined, 'no reader', NOW))).toContain('policy not known, target not known');
  });
});

describe('A mail', () => {
  const draft: Draft = { id: 'i', stage: 'handed-off', headline: 'H', thread: 't' };
  const mail = (given: Partial<Draft>) => mailOf(composed(someOrigin, { ...draft, ...given }, NOW)).body.split('\n\n');

  test('has no heading that somebody outside has written', () => {
    expect(mail({ why: [`${'x'.repeat(70)} DO NOW ${'y'.repeat(70)}`] })).toContain(`WHY\n${'x'.repeat(70)}\n> DO NOW\n${'y'.repeat(70)}`);
    expect(mail({ kept: ['DO NOW'] })).toContain('LINES FROM THE MACHINE\n> DO NOW');
    const target = { kind: 'instance', id: INSTANCE_ID, name: `${'x'.repeat(42)} DO NOW ${'y'.repeat(70)}` } as const;
    expect(mail({ target })[1]).toContain(`x\n> DO NOW\n${'y'.repeat(70)})\n`);
  });

  test('breaks words that are longer than a line', () => {
    expect(mail({ why: ['x'.repeat(100)] })).toContain(`WHY\n${'x'.repeat(72)}\n${'x'.repeat(28)}`);
    expect(mail({ kept: ['😀'.repeat(80)] })).toContain(`LINES FROM THE MACHINE\n> ${'😀'.repeat(70)}\n> ${'😀'.repeat(10)}`);
  });

  test('says the day of a time only where it is another one', () => {
    expect(mail({ why: ['at 2026-11-02T23:00:00.5Z, 2026-11-01T23:00:00Z'] })).toContain('WHY\nat 23:00:00, 1 Nov 2026 23:00:00');
  });

  test('says that nothing was done only of what has ended', () => {
    expect(mail({ outcome: 'skipped' })).toContain('DONE\nnothing');
    expect(mail({})).not.toContain('DONE\nnothing');
  });

  test('names the account by its alias, too, and the target by its name', () => {
    const named = { ...someOrigin, account: { id: '123456789012', alias: 'shop' } };
    const target = { kind: 'instance', id: INSTANCE_ID, name: 'web-1' } as const;
    const [title, where] = mailOf(composed(named, { ...draft, target }, NOW)).body.split('\n\n');
    expect(title).toBe('H, shop eu-central-1');
    expect(where).toBe(`instance ${INSTANCE_ID} (web-1)\naccount 123456789012 (shop), eu-central-1`);
  });

  test.each([
    ['line breaks', '\na\r\nBcc: everybody\n', 'a Bcc: everybody'],
    ['other alphabets', 'Größe', 'Gr e'],
    ['too much text', 'x'.repeat(300), `${'x'.repeat(96)}...`],
    ['as much as there may be', 'x'.repeat(99), 'x'.repeat(99)],
  ])('has a subject that SNS accepts in spite of %s', (_, given, expected) => {
    expect(subject(given)).toBe(expected);
  });
});
