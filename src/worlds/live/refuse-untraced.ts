/** What a scenario cannot have with the embedded target: users who do not say who they are. */
import { ConfigError } from '../../core/index.ts'
import type { Scenario } from '../../scenario/index.ts'

/** @throws ConfigError if there are no trace headers, which the shop draws by and its records name */
export function refuseUntraced({ client }: Scenario): void {
  if (client.traceHeaders) return
  throw new ConfigError(
    'client.traceHeaders: expected true, or --target: the embedded target and its records go by trace headers',
  )
}
