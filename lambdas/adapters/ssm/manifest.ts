import { GetParameterCommand, ParameterNotFound, SSMClient } from '@aws-sdk/client-ssm';
import { type Register, registerName, registerSchema } from '../../core/manifest.ts';
import { reading } from '../aws-call.ts';

/** What the pipeline's stack says of itself; undefined when there is no such pipeline in the account and Region. */
export async function readRegister(pipeline: string, client = new SSMClient({})): Promise<Register | undefined> {
  try {
    const { Parameter } = await client.send(new GetParameterCommand({ Name: registerName(pipeline) }));
    return registerSchema.parse(JSON.parse(Parameter?.Value ?? ''));
  } catch (error) {
    if (error instanceof ParameterNotFound) return undefined;
    return reading('read the register of the pipeline', () => Promise.reject(error));
  }
}
