import { readFileSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import type { ManagedNode } from './managed-node.ts';
import { anonymousKilobytes, cpuPercent, processorTicks, usedPercent } from './node-readings.ts';
import type { NodeAnswer } from './node-request.ts';
import { SERVICE_LIMITS } from './service-units.ts';

/** What a CloudWatch agent and a load balancer would report of one node at one moment. */
export interface NodeMeasurement {
  readonly at: Date;
  /** Processes of the web service, as procstat counts them; 0 when it is down. */
  readonly serviceProcesses: number;
  /** Anonymous memory of the web service over its declared limit. Undefined when it is down. */
  readonly memoryUsedPercent: number | undefined;
  /** Of the small disk, the one that can fill. Undefined when the node is down. */
  readonly diskUsedPercent: number | undefined;
  /** Processor time of the web service since the last measurement over its declared limit. Undefined at first and after a restart. */
  readonly cpuUsedPercent: number | undefined;
  /** What a visitor got from the web service. */
  readonly answer: NodeAnswer;
}

/** Measures a node without running anything in it: all of it is read from the host's side, which takes about a millisecond. */
export interface NodeMeter {
  measure(): Promise<NodeMeasurement>;
}

interface ProcessorReading {
  readonly pids: string;
  readonly ticks: number;
  readonly atMs: number;
}

/** A meter remembers its last reading of the processor, so use one per node. */
export function createNodeMeter(node: ManagedNode, options: { readonly answerTimeoutMs?: number } = {}): NodeMeter {
  let last: ProcessorReading | undefined;
  return {
    async measure() {
      const [answer, disk] = await Promise.all([visit(node, options.answerTimeoutMs), readDisk(node)]);
      const pids = node.processesOf('web.service');
      const reading = readProcessor(pids);
      const cpuUsedPercent = compare(last, reading);
      last = reading;
      return {
        at: new Date(),
        serviceProcesses: pids.length,
        memoryUsedPercent: readMemory(pids),
        diskUsedPercent: disk,
        cpuUsedPercent,
        answer,
      };
    },
  };
}

async function visit(node: ManagedNode, timeoutMs = 1000): Promise<NodeAnswer> {
  if (!node.isUp()) return { answered: false, why: 'the node is down', latencyMs: 0 };
  return node.request('/', { timeoutMs });
}

async function readDisk(node: ManagedNode): Promise<number | undefined> {
  return node.isUp() ? usedPercent(await statfs(node.folder.disk)) : undefined;
}

function readMemory(pids: readonly number[]): number | undefined {
  const texts = readAll(pids, 'status');
  if (texts.length === 0) return undefined;
  const kilobytes = texts.map(anonymousKilobytes).reduce((sum, one) => sum + one, 0);
  return (100 * kilobytes) / (SERVICE_LIMITS.memoryMegabytes * 1024);
}

function readProcessor(pids: readonly number[]): ProcessorReading | undefined {
  const texts = readAll(pids, 'stat');
  if (texts.length === 0) return undefined;
  return { pids: pids.join(), ticks: texts.map(processorTicks).reduce((sum, one) => sum + one, 0), atMs: performance.now() };
}

function compare(before: ProcessorReading | undefined, now: ProcessorReading | undefined): number | undefined {
  if (before === undefined || now === undefined || before.pids !== now.pids) return undefined;
  return cpuPercent(now.ticks - before.ticks, now.atMs - before.atMs, SERVICE_LIMITS.cpuPercentOfOneCore);
}

function readAll(pids: readonly number[], file: 'stat' | 'status'): readonly string[] {
  return pids.flatMap((pid) => {
    try {
      return [readFileSync(`/proc/${pid}/${file}`, 'utf8')];
    } catch {
      // The process ended since it was listed, which the next measurement shows.
      return [];
    }
  });
}
