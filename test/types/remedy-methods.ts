/** What a remedy's method takes and what it does not. Checked by the compiler alone; nothing here is ever run. */
import { Duration } from 'aws-cdk-lib';
import { expectTypeOf } from 'vitest';
import type { registry } from '../../lambdas/remediators/registry.ts';
import { Remedy, type RemedyRung, type RungTimes } from '../../lib/remedy.ts';

const times = { verifyWithin: Duration.minutes(5) };

// There is one method for each remedy of the registry, and it makes a rung.
expectTypeOf<keyof typeof Remedy>().toEqualTypeOf<keyof typeof registry>();
expectTypeOf<ReturnType<(typeof Remedy)[keyof typeof Remedy]>>().toEqualTypeOf<RemedyRung>();
expectTypeOf<Parameters<(typeof Remedy)[keyof typeof Remedy]>[1]>().toEqualTypeOf<RungTimes | undefined>();

// Where every parameter has a default, none need be given.
Remedy.waitAndSee();
Remedy.waitAndSee({}, times);
Remedy.restartInstance();
Remedy.moveInstance();
Remedy.replaceInstance();
Remedy.clearCaches();
Remedy.addCapacity();
Remedy.rebootDatabase();
Remedy.failOverDatabase();
Remedy.growFileSystem();
Remedy.releaseSessions();

// Where one is required, it is asked for.
Remedy.restartService({ service: 'nginx' }, times);
// @ts-expect-error
Remedy.restartService();
// @ts-expect-error
Remedy.restartService({ manager: 'systemd' });
Remedy.growStorage({ ceilingGibibytes: 500 });
// @ts-expect-error
Remedy.growStorage();
// @ts-expect-error
Remedy.growStorage({ percent: 20 });
Remedy.growVolume({ ceilingGibibytes: 200 });
// @ts-expect-error
Remedy.growVolume();
// @ts-expect-error
Remedy.growVolume({ device: '/dev/sdf' });
Remedy.reconnectSessions({ by: 'service', service: 'shop' });
// @ts-expect-error
Remedy.reconnectSessions();
// @ts-expect-error
Remedy.reconnectSessions({ by: 'service' });
// @ts-expect-error
Remedy.reconnectSessions({ by: 'pgbouncer', service: 'shop' });
// @ts-expect-error
Remedy.runRunbook();
// @ts-expect-error
Remedy.runRunbook({ document: 'Tidy' });

// A text alone is taken where it is the main parameter, and only if that allows it.
expectTypeOf<Extract<Parameters<typeof Remedy.restartService>[0], string>>().toEqualTypeOf<string>();
expectTypeOf<Extract<Parameters<typeof Remedy.growFileSystem>[0], string>>().toEqualTypeOf<string>();
expectTypeOf<Extract<Parameters<typeof Remedy.restartInstance>[0], string>>().toEqualTypeOf<'either' | 'agent' | 'ec2'>();
// @ts-expect-error
Remedy.restartInstance('i-0123456789abcdef0');

type TakesText = {
  [Name in keyof typeof Remedy]: Extract<Parameters<(typeof Remedy)[Name]>[0], string> extends never ? never : Name;
}[keyof typeof Remedy];
expectTypeOf<TakesText>().toEqualTypeOf<'restartService' | 'growFileSystem' | 'restartInstance'>();
// @ts-expect-error
Remedy.growVolume('/dev/sdf');
// @ts-expect-error
Remedy.waitAndSee('5 minutes');
// @ts-expect-error
Remedy.clearCaches('/tmp');

// Parameters that the remedy does not know are refused, and lists may be readonly.
// @ts-expect-error
Remedy.clearCaches({ folders: ['/tmp'] });
// @ts-expect-error
Remedy.waitAndSee({ minutes: 5 });
Remedy.clearCaches({ paths: ['/srv/tmp'] as const });
