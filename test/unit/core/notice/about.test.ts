import { anIncident, aPolicy, HOUR, INSTANCE_ID, MINUTE, NOW } from '@self-healing/simulation/builders.ts';
import { someOrigin } from '@self-healing/simulation/doubles/fake-ports.ts';
import { describe, expect, it } from 'vitest';
import { aboutIncident, said, targetTitle } from '../../../../lambdas/core/notice/about.ts';
import type { Target } from '../../../../lambdas/core/target.ts';

const instance = { kind: 'instance', id: INSTANCE_ID } as const;
const group = { kind: 'auto-scaling-group', name: 'web' } as const;
const database = { kind: 'database', id: 'orders' } as const;
const cluster = { kind: 'database-cluster', id: 'shop' } as const;

describe('the target in a title', () => {
  it.each<[Target, string | undefined, string]>([
    [instance, 'web-1', `instance web-1 (${INSTANCE_ID})`],
    [instance, 'x'.repeat(41), `instance ${'x'.repeat(40)} (${INSTANCE_ID})`],
    [instance, '  ', `instance ${INSTANCE_ID}`],
    [instance, undefined, `instance ${INSTANCE_ID}`],
    [group, 'web-1', 'Auto Scaling group web'],
    [database, 'orders-1', 'database orders'],
  ])('%j with the name %s', (target, name, title) => {
    expect(targetTitle(target, name)).toBe(title);
  });
});

describe('what AWS said of a symptom', () => {
  it.each<[Target, string, string]>([
    [database, 'memory', '1 KiB'],
    [cluster, 'storage', '1 KiB'],
    [database, 'connections', '1,024'],
    [instance, 'memory', '1,024'],
  ])('of %j, %s, is in bytes where it is of a database and measured in them', (target, symptom, told) => {
    expect(said('1024.0', { symptom, target })).toBe(told);
  });
});

describe('what every notice about an incident has', () => {
  const linksOf = (links: readonly { readonly what: string }[]) => links.map(({ what }) => what);
  const openedAt = '2026-11-02T10:19:00.000Z';
  const incident = { id: 'a'.repeat(64), shortId: 'aaaaaaaa', openedAt };
  const since = `since ${openedAt}, 60 s ago`;
  const alarm = 'alarm healing-Web-memory: Threshold Crossed: 3 datapoints were greater than the threshold (90).';

  it('is its policy, its target with its name, what was seen and where to look on', () => {
    const policy = aPolicy({ runbook: 'https://wiki.example.com/web' });
    const { links, ...about } = aboutIncident(someOrigin, { incident: anIncident(), policy, notes: { name: 'web-1' } }, NOW);
    expect(about).toStrictEqual({
      policy: { name: 'Web-memory', symptom: 'memory', mode: 'automatic', runbook: 'https://wiki.example.com/web' },
      target: { ...instance, name: 'web-1' },
      incident,
      thread: incident.id,
      seen: ['memory used above 90 %', since, alarm],
      names: ['alarm healing-Web-memory', 'instance i-0aaaabbbbccccdddd'],
    });
    expect(links[0]).toEqual({ what: 'Runbook', url: 'https://wiki.example.com/web' });
    expect(linksOf(links)).toEqual(['Runbook', 'Alarm', 'Instance', 'Workflow', 'History']);
  });

  it('says of a drill that it was played, and of one for real that somebody broke it', () => {
    const drill = anIncident({ drill: '0123456789abcdef' });
    const played = aboutIncident(someOrigin, { incident: drill, policy: aPolicy(), notes: { name: ' ' } }, NOW);
    expect(played).toMatchObject({ drill: true, seen: ['played, not real: memory used above 90 %', since, alarm] });
    expect(played.target).toStrictEqual(instance);
    const real = aboutIncident(someOrigin, { incident: anIncident({ realDrill: 'b'.repeat(16) }), policy: aPolicy() }, NOW);
    expect(real).toMatchObject({ brokenOnPurpose: true, seen: ['memory used above 90 %', since, alarm] });
    expect(real).not.toHaveProperty('drill');
  });

  it('is an event and no alarm where RDS told of it, and of a group its name', () => {
    const event = anIncident({ target: group, alarmName: 'RDS-EVENT-0221', reason: 'full', openedAt: NOW - 3 * HOUR - 5 * MINUTE });
    const { policy, target, seen, links } = aboutIncident(
      someOrigin,
      { incident: event, policy: aPolicy({ evidence: { kind: 'database-status' } }) },
      NOW,
    );
    expect(target).toStrictEqual({ kind: 'auto-scaling-group', id: 'web' });
    expect(policy).toStrictEqual({ name: 'Web-memory', symptom: 'memory', mode: 'automatic' });
    expect(seen.slice(1)).toEqual(['since 2026-11-02T07:15:00.000Z, 3 h 5 min ago', 'event RDS-EVENT-0221: full']);
    expect(linksOf(links)).toEqual(['Auto Scaling group', 'Workflow', 'History']);
  });
});
