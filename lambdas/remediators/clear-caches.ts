import * as z from 'zod';
import { durationSchema, milliseconds } from '../core/duration.ts';
import { commandRemediator } from './command-remediator.ts';

const FOLDER = '/[A-Za-z0-9._/@+-]{1,200}';
const WINDOWS_FOLDER = '[A-Za-z]:(\\\\[A-Za-z0-9 ._@+()-]{1,100}){1,20}';
const NAME = '[A-Za-z0-9._*@+-]{1,100}';

/** Systems Manager takes 64 KB of document and parameters together. Folders of Linux and names are bounded by their own lengths. */
const WINDOWS_FOLDERS_CHARACTERS = 3_000;

/**
 * The document's patterns of lists. Lengths and counts stand only in the parameters' own: the agent's regular expressions refuse counted
 * repeats within counted repeats beyond a thousand, and with one pattern the whole document. The script checks each entry again.
 */
export const FOLDERS = '/[A-Za-z0-9._/@+-]+(:/[A-Za-z0-9._/@+-]+)*';
const WINDOWS_FOLDERS = '[A-Za-z]:\\\\[A-Za-z0-9 ._@+()\\\\-]+(;[A-Za-z]:\\\\[A-Za-z0-9 ._@+()\\\\-]+)*';
const NAMES = '[A-Za-z0-9._*@+-]+(:[A-Za-z0-9._*@+-]+)*';

/** The script refuses more; a file untouched for longer than a year is no cache. */
const OLDEST = { days: 365 };

/**
 * Clears temporary files and caches of an instance by Run Command.
 *
 * Cures what: a disk that fills with temporary files; memory pressure from files in memory-backed folders; inodes used up by small files.
 * Does what in AWS: one `ssm:SendCommand` of its own document on the one instance; the script deletes files that were neither made there,
 * changed nor read for a day, in `/tmp` and `/var/tmp` or the named folders. It reports files and bytes freed by folder, and who holds the
 * space of files that are deleted but open. Freed in part counts as done. The one file of a drill for real goes however young it is.
 * Can harm what: a program that expects an old, closed temporary file to be there still; protect such names. `flush` loses all that the
 * cache holds, `dockerLeftovers` the files of containers that ended.
 * Refuses when: the agent does not answer (next rung); on the instance, when a folder is a system folder, a link, not absolute, one that
 * others than root and its owner could put another in the place of, or on a file system of a network or of FUSE, such as EFS, whose files
 * other machines may have open. A Redis that keeps an append-only file, is a replica or asks for a
 * password is left alone.
 * Safe twice: yes; the second run finds less to delete. It never follows links, and never deletes what is open, mounted elsewhere, behind a
 * loop device or swapped to.
 * Proved by: `scenarios/disk-filled`, `contract/clear-caches-document`, `contract/clear-caches-options`, `contract/fill-folder-document`.
 */
export const remediator = commandRemediator({
  name: 'clear-caches',
  params: z.strictObject({
    /** Folders whose old files are deleted. @default /tmp and /var/tmp */
    paths: z
      .array(z.string().regex(new RegExp(`^${FOLDER}$`), 'must be an absolute folder'))
      .min(1)
      .max(20)
      .default(['/tmp', '/var/tmp']),
    /** The same on Windows, at most 3,000 characters together. @default C:\\Windows\\Temp */
    windowsPaths: z
      .array(z.string().regex(new RegExp(`^${WINDOWS_FOLDER}$`), 'must be a folder on a drive'))
      .min(1)
      .max(20)
      .refine(
        (folders) => folders.join(';').length <= WINDOWS_FOLDERS_CHARACTERS,
        `must be at most ${WINDOWS_FOLDERS_CHARACTERS} characters together`,
      )
      .default(['C:\\Windows\\Temp']),
    /** Only files not changed or read for this long. @default one day, the age at which systemd-tmpfiles has nothing yet to say */
    olderThan: durationSchema.refine((age) => milliseconds(age) <= milliseconds(OLDEST), 'must be at most 365 days').default({ days: 1 }),
    /** File names (with `*`) that are never deleted. @default none */
    protect: z
      .array(z.string().regex(new RegExp(`^${NAME}$`), 'must be a file name, * allowed'))
      .max(50)
      .default([]),
    /** Also empties the package manager's download cache. @default false */
    packageCaches: z.boolean().default(false),
    /** Also shrinks the journal to this size; 0 leaves it alone. @default 0 */
    journalMegabytes: z.int().min(0).max(100_000).default(0),
    /** Also drops the kernel's page cache, after a sync. It comes back by itself; a cure for figures rather than for shortage. @default false */
    pageCache: z.boolean().default(false),
    /**
     * Also removes Docker containers that ended, and images without a name, both longer ago than `olderThan`; never volumes.
     * `protect` holds for the names of containers too. @default false
     */
    dockerLeftovers: z.boolean().default(false),
    /**
     * Also empties the Redis (FLUSHALL ASYNC) or memcached (flush_all) on the same machine: everything in it is lost. Refused for
     * a Redis with an append-only file, a replica, or one with a password. @default - nothing is flushed
     */
    flush: z
      .strictObject({
        service: z.enum(['redis', 'memcached']),
        /** @default 6379 for redis, 11211 for memcached */
        port: z.int().min(1).max(65_535).optional(),
      })
      .optional(),
    /** Reports what would be freed and deletes nothing. @default false */
    dryRun: z.boolean().default(false),
  }),
  clears: ({ paths, dryRun }) => (dryRun ? [] : paths),
  settle: { seconds: 30 },
  verifyWithin: { minutes: 5 },
  document: {
    description: 'Deletes old temporary files in given folders and reports the bytes freed.',
    parameters: {
      Paths: {
        description: 'Absolute folders, separated by colons.',
        allowedPattern: `^${FOLDERS}$`,
        default: '/tmp:/var/tmp',
      },
      WindowsPaths: {
        description: 'The folders on Windows, separated by semicolons.',
        allowedPattern: `^${WINDOWS_FOLDERS}$`,
        default: 'C:\\Windows\\Temp',
      },
      OlderThanMinutes: { description: 'Only files older than this.', allowedPattern: '^[0-9]{1,7}$', default: '1440' },
      Protect: {
        description: 'File names never deleted, separated by colons; * allowed.',
        allowedPattern: `^(${NAMES})?$`,
        default: '',
      },
      PackageCaches: { description: 'true: also empty the package download cache.', allowedPattern: '^(true|false)$', default: 'false' },
      VacuumJournalMegabytes: {
        description: 'Shrink the journal to this size; 0 leaves it.',
        allowedPattern: '^[0-9]{1,6}$',
        default: '0',
      },
      PageCache: { description: 'true: also drop the page cache.', allowedPattern: '^(true|false)$', default: 'false' },
      DockerLeftovers: {
        description: 'true: also remove old containers that ended and unnamed images.',
        allowedPattern: '^(true|false)$',
        default: 'false',
      },
      FlushService: {
        description: 'The cache of this machine that is emptied.',
        allowedPattern: '^(none|redis|memcached)$',
        default: 'none',
      },
      FlushPort: { description: 'Its port; 0: the usual one.', allowedPattern: '^[0-9]{1,5}$', default: '0' },
      MaxFiles: { description: 'At most about so many files per folder.', allowedPattern: '^[0-9]{1,7}$', default: '100000' },
      DryRun: { description: 'true: report only.', allowedPattern: '^(true|false)$', default: 'false' },
    },
    timeoutSeconds: 300,
  },
  parameters: (params) => ({
    Paths: params.paths.join(':'),
    WindowsPaths: params.windowsPaths.join(';'),
    OlderThanMinutes: String(Math.ceil(milliseconds(params.olderThan) / 60_000)),
    // Absent rather than empty: whether Systems Manager takes an empty value is not documented.
    ...(params.protect.length > 0 && { Protect: params.protect.join(':') }),
    PackageCaches: String(params.packageCaches),
    VacuumJournalMegabytes: String(params.journalMegabytes),
    PageCache: String(params.pageCache),
    DockerLeftovers: String(params.dockerLeftovers),
    FlushService: params.flush?.service ?? 'none',
    FlushPort: String(params.flush?.port ?? 0),
    DryRun: String(params.dryRun),
  }),
  summary: ({ Paths, DryRun }) => `${DryRun === 'true' ? 'look for' : 'clear'} old temporary files in ${Paths?.replaceAll(':', ', ')}`,
});
