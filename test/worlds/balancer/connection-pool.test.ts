/** Connections to an instance that cannot be reached, while others wait for them. */
import { afterEach, expect, it } from 'vitest'
import { type CallHead, ConnectionPool, UpstreamCall } from '../../../src/worlds/balancer/connection-pool.ts'
import { DESERTED } from '../live/hostile-server.ts'

const pools: ConnectionPool[] = []
afterEach(async () => {
  await Promise.all(pools.splice(0).map((pool) => pool.close()))
})

class Call extends UpstreamCall {
  protected readonly head: CallHead = { method: 'GET', path: '/', headers: [], body: null, repeatable: false }
  readonly failure: Promise<string>
  #fail!: (failure: string) => void

  constructor() {
    super()
    this.failure = new Promise((resolve) => {
      this.#fail = resolve
    })
  }

  protected override answerHead(): boolean {
    return true
  }
  protected override answerData(): boolean {
    return true
  }
  protected override answerEnd(): void {
    this.#fail('answered')
  }
  protected override failed(failure: string): void {
    this.#fail(failure)
  }
}

it('refuses those that wait as it refused the first, one after the other', async () => {
  const pool = new ConnectionPool(DESERTED, { connections: 1, waiting: 8, connectMs: 1000 })
  pools.push(pool)
  const calls = Array.from({ length: 6 }, () => new Call())
  for (const call of calls) pool.send(call)
  expect(pool.waiting).toBe(5)
  expect(await Promise.all(calls.map(({ failure }) => failure))).toEqual(Array(6).fill('connect'))
  expect([pool.connections, pool.waiting]).toEqual([1, 0])
})
