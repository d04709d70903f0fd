/** An absolute path of Linux as the system itself writes it, and as it is compared with. */
export const PLAIN_PATH = /^(?:\/|(?:\/(?!\.{1,2}(?:\/|$))[^/]+)+)$/;

export const PLAIN_PATH_IN_WORDS = 'must be written as the system has it: without a slash at the end, //, /. and /..';
