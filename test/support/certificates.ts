import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';

export interface Certificate {
  /** Paths of the PEM files. */
  readonly certificate: string;
  readonly key: string;
}

/** An authority of a test, and server certificates that it signed. */
export interface Certificates {
  /** PEM of the authority. */
  readonly authority: string;
  /** Of `localhost`. */
  readonly valid: Certificate;
  /** Ended yesterday. */
  readonly expired: Certificate;
  /** Of another host. */
  readonly misnamed: Certificate;
}

/** Makes certificates in the folder. */
export function makeCertificates(folder: string): Certificates {
  const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  openssl('req', '-x509', ...key, '-keyout', 'authority.key', '-out', 'authority.pem', '-subj', '/CN=Test authority', '-days', '2');
  const sign = (name: string, days: number, host = 'localhost'): Certificate => {
    writeFileSync(`${folder}/names.txt`, `subjectAltName=DNS:${host}\n`);
    openssl('req', ...key, '-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', `/CN=${host}`);
    const signer = ['-CA', 'authority.pem', '-CAkey', 'authority.key', '-CAcreateserial', '-extfile', 'names.txt'];
    openssl('x509', '-req', '-in', `${name}.csr`, ...signer, '-days', String(days), '-out', `${name}.pem`);
    return { certificate: `${folder}/${name}.pem`, key: `${folder}/${name}.key` };
  };
  return {
    authority: readFileSync(`${folder}/authority.pem`, 'utf8'),
    valid: sign('valid', 2),
    expired: sign('expired', -1),
    misnamed: sign('misnamed', 2, 'orders.example.com'),
  };
}
