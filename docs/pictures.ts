/** `npm run pictures`: takes a scenario of the last rehearsal into docs/images, as a record, and draws it as its report page does. */
import { readFileSync, writeFileSync } from 'node:fs';
import { Command } from 'commander';
import type { RehearsalResult } from '../rehearsal/report/scenario-result.ts';
import { pictureOf } from './generate/picture.ts';

const folder = `${import.meta.dirname}/images`;

const { result, scenario: name } = new Command('pictures')
  .description('Takes a scenario of a rehearsal into docs/images, from which the picture in the README is drawn.')
  .option('--result <file>', 'what a rehearsal wrote', 'rehearsal/out/result.json')
  .option('--scenario <name>', 'the scenario', 'service-killed')
  .parse()
  .opts<{ readonly result: string; readonly scenario: string }>();

const { scenarios } = JSON.parse(readFileSync(result, 'utf8')) as RehearsalResult;
const scenario = scenarios.find((each) => each.name === name);
if (!scenario) throw new Error(`${result} has no scenario ${name}`);
writeFileSync(`${folder}/report.json`, `${JSON.stringify(scenario, undefined, 2)}\n`);
writeFileSync(`${folder}/report.svg`, pictureOf(scenario));
console.log(`Written: docs/images/report.json, docs/images/report.svg. The mail in README.md is that of the record:`);
console.log(scenario.messages.map(({ subject, body }) => `\nSubject: ${subject}\n\n${body}`).join('\n'));
