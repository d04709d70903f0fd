import type { Story } from '../story.ts';
import type { Stage } from './stage.ts';

/** Something that befalls many targets at once, and can be simulated at any size. */
export interface SimulationScenario {
  readonly name: string;
  /** One line for people: what happens. */
  readonly title: string;
  /** What befalls the stage: its faults, and whatever differs from quiet operation. */
  befall(stage: Stage): Pick<Story, 'faults'> & Partial<Story>;
}
