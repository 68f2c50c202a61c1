/** Starts `timed-server.ts` in a process of its own, and ends it with the tests. */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { afterAll } from 'vitest'
import type { Order } from './timed-server.ts'

const children: ChildProcess[] = []
afterAll(() => {
  for (const child of children) child.kill()
})

export interface TimedLog {
  readonly requests: number
  /** From when a request came until its answer was written. */
  readonly durationsMs: readonly number[]
}

export interface TimedTarget {
  readonly origin: string
  order(order: Order): void
  log(): Promise<TimedLog>
}

export async function timedTarget(): Promise<TimedTarget> {
  const child = fork(fileURLToPath(new URL('timed-server.ts', import.meta.url)), [], {
    execArgv: ['--import', 'tsx'],
  })
  children.push(child)
  const [{ port }] = (await once(child, 'message')) as [AddressInfo]
  return {
    origin: `http://127.0.0.1:${port}`,
    order: (order) => child.send(order),
    log: async () => {
      child.send({ kind: 'log' } satisfies Order)
      const [log] = (await once(child, 'message')) as [TimedLog]
      return log
    },
  }
}
