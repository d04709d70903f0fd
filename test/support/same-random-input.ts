import { STORY_SEED } from '@self-healing/simulation/random-input.ts';
import fc from 'fast-check';

// A property that names no seed of its own takes this one; a failure prints it, and the path to the shortest input.
fc.configureGlobal({ seed: STORY_SEED });
