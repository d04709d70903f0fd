import * as z from 'zod';

/** What was ever well, by its name, under which configuration and since when. */
const memorySchema = z.record(z.string(), z.object({ configuration: z.string(), wellSince: z.string() }));

export type ProbeMemory = z.infer<typeof memorySchema>;

/** Reads a memory. Whatever it does not know, such as the value that the stack deploys, is the memory of nothing. */
export function parseMemory(text: string | undefined): ProbeMemory {
  try {
    const parsed = memorySchema.safeParse(JSON.parse(String(text)));
    return parsed.success ? parsed.data : {};
  } catch {
    return {};
  }
}

/** Whether the name was ever well under this configuration. */
export function wasWell(memory: ProbeMemory, name: string, configuration: string): boolean {
  const known = Object.hasOwn(memory, name) ? memory[name] : undefined;
  return known?.configuration === configuration;
}

/** The memory with one more name in it. What is known of others stays. */
export function withWell(memory: ProbeMemory, name: string, configuration: string, at: string): ProbeMemory {
  return { ...memory, [name]: { configuration, wellSince: at } };
}
