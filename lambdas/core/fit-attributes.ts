const LONGEST_NAME = 255;
const LONGEST_VALUE = 1_024;

/**
 * The attributes of a contributor by which something can be found again. A query of logs may group by fields whose values are empty, very
 * long, or have line breaks. Those are left out, so that the others, such as the instance, serve all the same; cut, they could name
 * something else.
 */
export function fitAttributes(attributes: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(attributes).filter(
      (entry): entry is [string, string] => isFit(entry[0], LONGEST_NAME) && isFit(entry[1], LONGEST_VALUE),
    ),
  );
}

function isFit(text: unknown, most: number): boolean {
  return typeof text === 'string' && text !== '' && text.length <= most && !/\p{C}/u.test(text);
}
