import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommandLine } from '../nodes/run-command-line.ts';

/** A server's certificate, and the authority that signed it; all of it PEM. */
export interface ServerCertificate {
  readonly authority: string;
  readonly certificate: string;
  readonly key: string;
}

/** Longer than any run lasts. */
const DAYS = '2';

/** Makes an authority of this run, and a certificate for the names, in a folder. */
export async function makeCertificate(folder: string, names: readonly string[]): Promise<ServerCertificate> {
  await mkdir(folder, { recursive: true });
  const path = (name: string) => join(folder, name);
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  const authority = ['-keyout', path('authority.key'), '-out', path('authority.pem'), '-subj', '/CN=Authority of the local AWS'];
  await openssl(['req', '-x509', ...key, ...authority, '-days', DAYS]);
  await writeFile(path('names.txt'), `subjectAltName=${names.map((name) => `DNS:${name}`).join(',')}\n`);
  await openssl(['req', ...key, '-keyout', path('server.key'), '-out', path('server.csr'), '-subj', `/CN=${names[0]}`]);
  const signer = ['-CA', path('authority.pem'), '-CAkey', path('authority.key'), '-CAcreateserial', '-extfile', path('names.txt')];
  await openssl(['x509', '-req', '-in', path('server.csr'), ...signer, '-days', DAYS, '-out', path('server.pem')]);
  const read = (name: string) => readFile(path(name), 'utf8');
  return { authority: await read('authority.pem'), certificate: await read('server.pem'), key: await read('server.key') };
}

async function openssl(parameters: readonly string[]): Promise<void> {
  const { exitCode, stderr } = await runCommandLine(['openssl', ...parameters], { env: { PATH: '/usr/local/bin:/usr/bin:/bin' } });
  if (exitCode !== 0) throw new Error(`openssl ${parameters[0]} failed: ${stderr.trim()}`);
}
