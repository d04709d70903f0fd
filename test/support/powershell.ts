import { fileURLToPath } from 'node:url';
import { Language, type Node, Parser } from 'web-tree-sitter';

await Parser.init();
const grammar = await Language.load(fileURLToPath(import.meta.resolve('tree-sitter-powershell/tree-sitter-powershell.wasm')));

/** Parses PowerShell with a grammar that is not PowerShell's own: what it accepts may still be refused by Windows. */
export function parsePowerShell(text: string): Node {
  const tree = new Parser().setLanguage(grammar).parse(text);
  if (tree === null) throw new Error('the parser was ended');
  return tree.rootNode;
}

/** The texts of all nodes of a kind, in order. */
export function textsOf(node: Node, kind: string): string[] {
  return node.descendantsOfType(kind).flatMap((found) => (found === null ? [] : [found.text]));
}

/** Places that are not PowerShell to the grammar, as "line: text". */
export function mistakes(node: Node): string[] {
  if (!node.hasError) return [];
  const below = node.children.flatMap((child) => (child === null ? [] : mistakes(child)));
  return below.length > 0 ? below : [`${node.startPosition.row + 1}: ${node.text.slice(0, 60)}`];
}
