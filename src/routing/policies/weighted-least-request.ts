/**
 * Weighted least request: requests in flight against weight, in the form of one of three balancers. Each stands in a
 * file of its own, with its ties and its source:
 *
 *     key=envoy     `envoy-least-request.ts`: draws (equal weights), or earliest deadline first with a bias
 *     key=nginx     `nginx-least-connections.ts`: a scan for the fewest per weight
 *     key=haproxy   `haproxy-least-connections.ts`: a scan for the lowest (in flight + 1) / weight, the idle first
 */
import type { Policy } from '../policy.ts'
import type { PolicyDeclaration } from '../policy-declaration.ts'
import { EnvoyLeastRequest } from './envoy-least-request.ts'
import { HaproxyLeastConnections } from './haproxy-least-connections.ts'
import { NginxLeastConnections } from './nginx-least-connections.ts'

export const weightedLeastRequest: PolicyDeclaration = {
  name: 'weighted-least-request',
  summary: 'the fewest requests in flight for its weight, by the rule of Envoy, nginx or HAProxy',
  parameters: [
    {
      name: 'key',
      default: 'envoy',
      choices: ['envoy', 'nginx', 'haproxy'],
      summary: 'whose rule',
    },
    {
      name: 'bias',
      default: 1,
      min: 0,
      max: 10,
      onlyWith: { choice: 'key', words: ['envoy'] },
      summary: 'envoy, unequal weights: how much requests in flight count; 0 is not at all',
    },
    {
      name: 'choices',
      default: 2,
      min: 1,
      max: 16,
      whole: true,
      onlyWith: { choice: 'key', words: ['envoy'] },
      summary: 'envoy, equal weights: instances drawn',
    },
  ],
  wraps: 0,
  create: (id, { bias, choices }, _inner, { key }) => create(id, key!, bias!, choices!),
}

function create(id: string, key: string, bias: number, choices: number): Policy {
  if (key === 'nginx') return new NginxLeastConnections(id)
  if (key === 'haproxy') return new HaproxyLeastConnections(id)
  return new EnvoyLeastRequest(id, bias, choices)
}
