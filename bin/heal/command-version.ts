import description from '../../package.json' with { type: 'json' };

/** The version of the package that the command came with. */
export const commandVersion: string = description.version;
