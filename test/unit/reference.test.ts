import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { referencePages } from '../../docs/generate/reference.ts';

const made = await referencePages();

describe('the reference', () => {
  it.each([...made])('%s is what the code says; if it is not, run "npm run reference"', (path, text) => {
    const written = readFileSync(`${import.meta.dirname}/../../${path}`, 'utf8');
    expect(written === text, `${path} is stale: run "npm run reference" and commit it`).toBe(true);
  });
});
