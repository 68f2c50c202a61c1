/** A request of a client as a world reports it, for the tests that play the world. */
import type { FinishedRequest } from '../../src/worlds/index.ts'

export const TRACE = '0123456789abcdef0123456789abcdef'

interface Settings extends Partial<Omit<FinishedRequest, 'origin'>> {
  readonly phase?: number
}

export function finishedRequest({ phase = 0, ...settings }: Settings = {}): FinishedRequest {
  return {
    origin: { trace: TRACE, hop: 0, attempt: 0, phase, profile: 0 },
    profile: 'quick-browser',
    session: 1,
    action: 'product',
    service: 'inventory-service',
    attempts: 1,
    retries: 0,
    intendedMs: 1000,
    readyMs: 1000,
    startMs: 1000,
    endMs: 1040,
    reply: { status: 200 },
    expected: true,
    failure:
      settings.expected === false ? (settings.reply?.failure ?? String(settings.reply?.status ?? 500)) : null,
    tags: undefined,
    bytes: Number.NaN,
    mistake: null,
    boundMs: 12,
    ...settings,
  }
}
