import * as z from 'zod';

const PATTERN = '^/[A-Za-z0-9._/@+-]{0,200}$';

/** The mount point of a file system that is grown. */
export const mountPointSchema = z.string().regex(new RegExp(PATTERN), 'must be an absolute mount point').default('/');

/** The same as a parameter of the document that grows it. */
export const mountPointParameter = { description: 'The mount point.', allowedPattern: PATTERN, default: '/' };
