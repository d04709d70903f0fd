/**
 * Whether a URL names a user in front of its host. It is judged by its text, so also one of which a part is known only at deployment. What
 * stands there would be in the template, in messages and in the console, for everybody to read.
 */
export function hasLogin(url: string): boolean {
  return /^\s*https?:[\\/]*[^\\/?#]*@/i.test(url);
}

/** A URL without its query, which may hold a token: as descriptions and messages name it. */
export function withoutQuery(url: string): string {
  return url.replace(/[?#].*$/s, '');
}
