import { describe, expect, it } from 'vitest';
import { MAIL_COLUMNS, mailOf } from '../../../../lambdas/core/notice/mail.ts';
import { noticeSchema, stageNames } from '../../../../lambdas/core/notice/notice.ts';
import { noticeOfEachStage } from '../../../support/notice-of-each-stage.ts';

describe.each(stageNames)('The mail of the stage %s', (stage) => {
  const notice = noticeOfEachStage[stage];
  const { subject, body } = mailOf(notice);
  const [first = '', second = ''] = body.split('\n\n');
  const lines = body.split('\n');

  it('is of a notice as the schema has it', () => {
    expect(noticeSchema.parse(notice).stage).toBe(stage);
  });

  it('says in subject and first lines what happened, to what and where', () => {
    expect(first.replaceAll('\n', ' ')).toBe(notice.title);
    expect(first).toMatch(/^[A-Z? ]{5,}/);
    for (const word of [notice.target?.name ?? notice.target?.id ?? (stage === 'pause' ? notice.pipeline : 'incidents'), notice.region])
      expect(notice.title).toContain(word);
    expect(subject.slice(0, 60)).toBe(notice.title.slice(0, 60));
  });

  it('names account, its alias and the Region', () => {
    expect(second.replaceAll('\n', ' ')).toContain('account 123456789012 (shop-production), eu-central-1');
  });

  it('can be read on a phone: 72 columns, nothing indented, commands and addresses alone on their lines', () => {
    const alone = new Set([...notice.doNow.map(({ command }) => command), ...notice.links.map(({ url }) => url)]);
    expect(lines.filter((line) => line.length > MAIL_COLUMNS && !alone.has(line))).toEqual([]);
    expect(lines.filter((line) => line.startsWith(' '))).toEqual([]);
  });

  it('says what to do now', () => {
    expect(lines).toContain('DO NOW');
  });
});
