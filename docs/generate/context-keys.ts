import { type AppContext, COMPANIONS, contextSchema } from '../../lib/app-context.ts';
import { keysOf, sourceOf, textAndDefault } from './doc-comments.ts';
import { page, wrapped } from './markdown.ts';
import { formsOf, parameterItem } from './parameters.ts';

export function contextKeysPage(): string {
  const [, source = ''] = sourceOf('lib/app-context.ts').split('export const contextSchema');
  const comments = new Map(keysOf(source.split('\n});')[0] ?? '').map(({ name, words }) => [name, words]));
  const [keys = []] = formsOf(contextSchema, 'output');
  return page(
    'Context keys',
    wrapped(
      'The default app reads these from the context of `cdk.json`, or from the command line: `npx cdk deploy -c name=value`. Lists are separated by commas there. What is not given is not there: without any of them the app watches the instances with the tag `SelfHeal=enabled`, and nothing else. A name that is not known fails `npx cdk synth` with the nearest one that is, and so does a value of the wrong type.',
    ),
    keys
      .map((key) => {
        const { text, default: standard } = textAndDefault(comments.get(key.name) ?? '');
        const companion = COMPANIONS[key.name as keyof AppContext];
        return parameterItem(
          key,
          [text, standard && `Default: ${standard.replace(/\.$/, '')}.`, companion && `Means nothing without \`${companion}\`.`]
            .filter(Boolean)
            .join(' '),
        );
      })
      .join('\n'),
    'For more than that write an app of your own, or edit `lib/self-healing-stack.ts`; see [Tuning](../tuning.md).',
  );
}
