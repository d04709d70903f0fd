/**
 * Why a probe did not get its answer. A fault travels as a number, its place in this list from 1 on, as the value of a metric;
 * new ones are added at the end, since old numbers stay in CloudWatch.
 */
export const probeFaults = [
  'secret',
  'name',
  'path',
  'refused',
  'tls',
  'login',
  'full',
  'starting',
  'silent',
  'error',
  'declined',
  'failing',
] as const;

export type ProbeFault = (typeof probeFaults)[number];

/** The number of a fault; 0 is no fault. */
export function faultNumber(fault: ProbeFault | undefined): number {
  const faults: readonly (ProbeFault | undefined)[] = probeFaults;
  return faults.indexOf(fault) + 1;
}

/** The fault of a number; undefined for 0 and for numbers of a later version. */
export function faultNumbered(number: number): ProbeFault | undefined {
  return probeFaults[number - 1];
}

/**
 * Whose fault it is. Of the target: it was reached and stopped answering, or answers that it fails. Of the observer: it does not get
 * there, or is turned away, by something that answers. `path`: nothing came back at all, which a dead host and a closed security
 * group have in common. `busy`: the target says that it is on its way up or down, which a restart would only begin anew.
 */
export const faultOwners: Readonly<Record<ProbeFault, 'target' | 'observer' | 'path' | 'busy'>> = {
  secret: 'observer',
  name: 'observer',
  path: 'path',
  refused: 'target',
  tls: 'observer',
  login: 'observer',
  full: 'observer',
  starting: 'busy',
  silent: 'target',
  error: 'observer',
  declined: 'observer',
  failing: 'target',
};

/** Between which places a probe runs, as people find them in their account. */
export interface ProbeWay {
  /** Host and port, or the URL. */
  readonly to: string;
  /** Where the probe stands: its security group, or the internet. */
  readonly from: string;
  /** What it logs in with. */
  readonly login?: string | undefined;
}

/** What is wrong and what to mend, in the words of a message. */
export function faultInWords(fault: ProbeFault, { to, from, login = 'the login' }: ProbeWay): string {
  return {
    secret: `the probe cannot read ${login}: see its key, and the way from the subnets to Secrets Manager`,
    name: `the name of ${to} is not known: see name and DNS`,
    path: `nothing comes back from ${to}: let ${from} in there, and see routes and network ACLs`,
    refused: `${to} refuses connections: see its port, and whether the server runs`,
    tls: `${to} and the probe agree on no TLS: see its certificate and the authority`,
    login: `${to} turns ${login} away: see user, password, rights and the name of the database`,
    full: `${to} has no connection left: see who holds them`,
    starting: `${to} says that it is starting, recovering or shutting down`,
    silent: `${to} takes the connection and does not answer`,
    error: `${to} answers the question with an error`,
    declined: `${to} declines to answer the probe: see the expected status, redirects, and what guards the URL`,
    failing: `${to} answers that it fails`,
  }[fault];
}
