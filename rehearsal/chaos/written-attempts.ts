import type { DisturbableCall } from '@self-healing/local-aws/gateway/disturbance.ts';
import type { Act } from './act.ts';
import { isAttempt } from './guardrail-breaks.ts';

/** An attempt as the pipeline wrote it into its table, seen at the gateway. */
export interface WrittenAttempt {
  /** When the write passed the gateway. */
  readonly writtenAt: number;
  readonly token: string;
  readonly incident: string;
  readonly policy: string;
  readonly target: string;
  /** The pipeline's own clock when it decided: what its cooldown counts from. */
  readonly at: number;
  readonly acts: boolean;
}

/** DynamoDB's form of values, as far as attempts have them. */
interface Value {
  readonly S?: string;
  readonly N?: string | number;
  readonly BOOL?: boolean;
  readonly M?: Readonly<Record<string, Value>>;
}

/** The attempts that were written, in the order of their writes. */
export class WrittenAttempts {
  readonly all: WrittenAttempt[] = [];

  see(call: DisturbableCall): void {
    if (!isAttempt(call)) return;
    const items = (call.parameters.TransactItems ?? []) as readonly {
      readonly Put?: { readonly Item?: Readonly<Record<string, Value>> };
    }[];
    const attempt = items.map(({ Put }) => Put?.Item?.attempt?.M).find((found) => found !== undefined);
    const token = attempt?.token?.S;
    if (!attempt || token === undefined || this.all.some((known) => known.token === token)) return;
    const { kind, id, name } = attempt.target?.M ?? {};
    this.all.push({
      writtenAt: Date.now(),
      token,
      incident: attempt.incident?.S ?? '',
      policy: attempt.policy?.S ?? '',
      target: `${kind?.S}#${id?.S ?? name?.S}`,
      at: Number(attempt.at?.N),
      acts: attempt.acts?.BOOL === true,
    });
  }

  /** The attempt behind an act: by its token, or the last one that was written for the target before it. */
  of(act: Act): WrittenAttempt | undefined {
    return act.token === undefined
      ? this.all.findLast(({ target, writtenAt, acts }) => acts && target === act.target && writtenAt <= act.at)
      : this.all.find(({ token }) => token === act.token);
  }
}
