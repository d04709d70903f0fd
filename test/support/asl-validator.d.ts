/** The package ships no types. */
declare module 'asl-validator' {
  /** Checks a definition of the Amazon States Language. */
  export default function validate(definition: object): { readonly isValid: boolean; readonly errors: readonly unknown[] };
}
