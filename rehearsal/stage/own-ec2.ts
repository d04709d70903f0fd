import type { Service, Upstream } from '@self-healing/local-aws/gateway/service.ts';

/** The instances' tags are known here and not to the local AWS. */
export function withOwnEc2(upstream: Upstream, ec2: Service): Upstream {
  return {
    ...upstream,
    call: async (service, action, parameters) => {
      const own = service === ec2.service ? ec2.actions[action] : undefined;
      return own ? own(parameters, upstream) : upstream.call(service, action, parameters);
    },
  };
}
