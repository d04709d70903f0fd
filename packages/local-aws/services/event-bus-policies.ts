import type { ResourceIdentity, Service } from '../gateway/service.ts';

/** Keeps `AWS::Events::EventBusPolicy`, which MiniStack cannot deploy. */
export function createEventBusPolicies(): Service {
  const stateOf = ({ stackName, logicalId }: ResourceIdentity) => ({ physicalId: `${stackName}-${logicalId}`, attributes: {} });
  return {
    service: 'events',
    note: 'A bus takes what any account puts on it; on AWS only what its policy admits.',
    actions: {},
    resources: {
      'AWS::Events::EventBusPolicy': {
        create: async (_, identity) => stateOf(identity),
        update: async (_, __, identity) => stateOf(identity),
        delete: async () => {},
      },
    },
  };
}
