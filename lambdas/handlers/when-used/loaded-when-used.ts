/** A port all of whose members are calls. */
type Calls<Port> = { readonly [Name in keyof Port]: (...given: never[]) => Promise<unknown> };

/**
 * Makes a port whose adapter is loaded at the first call of it. Most incidents need few of the services that a function may ask, and what
 * is loaded for the others lengthens its cold start. The calls are named, since nothing is known of an adapter before it is loaded.
 */
export function loadedWhenUsed<Port extends Calls<Port>>(calls: Readonly<Record<keyof Port, true>>, load: () => Promise<Port>): Port {
  let loaded: Promise<Port> | undefined;
  const adapter = () => {
    // What failed once is tried again at the next call.
    loaded ??= load().catch((error: unknown) => {
      loaded = undefined;
      throw error;
    });
    return loaded;
  };
  const names = Object.keys(calls) as (keyof Port)[];
  return Object.fromEntries(names.map((name) => [name, async (...given: never[]) => (await adapter())[name](...given)])) as Port;
}
