/**
 * What operators type. It is the name of the package, too: whoever owns the one owns the other, so that no stranger's package can be
 * fetched and run with an operator's credentials where this one is not installed.
 */
export const commandName = 'self-healing-pipeline';
