/** What an operator may do to a balancer while requests go on: none of them is lost. */
import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { UsageError } from '../../../src/core/index.ts'
import { type HostileServer, hostileServer, reply } from '../live/hostile-server.ts'
import { type Raised, raise } from './raised-balancer.ts'

const named = (name: string): Promise<HostileServer> =>
  hostileServer((socket) => socket.write(reply(200, name)))
const who = async ({ url }: Raised): Promise<string> => (await fetch(url)).text()

/** Asks without a pause until it is told to stop; returns the statuses that came. */
function traffic({ url }: Raised): () => Promise<Set<number>> {
  const statuses = new Set<number>()
  let on = true
  const users = Array.from({ length: 4 }, async () => {
    while (on) {
      const answer = await fetch(url)
      await answer.arrayBuffer()
      statuses.add(answer.status)
    }
  })
  return async () => {
    on = false
    await Promise.all(users)
    return statuses
  }
}

describe('another policy', () => {
  it('decides from the next request on, and no request is lost', async () => {
    const balancer = await raise([(await named('a')).origin, (await named('b')).origin])
    const stop = traffic(balancer)
    for (const text of ['random', 'least-outstanding', 'peak-ewma', 'round-robin']) {
      await delay(30)
      balancer.service.preparePolicy(text)()
      expect([balancer.service.policy, balancer.router.policy.id.startsWith(text)]).toEqual([text, true])
    }
    expect(await stop()).toEqual(new Set([200]))
    expect([...balancer.service.traffic.policies.keys()]).toContain('peak-ewma')
  })

  it.each([
    ['that there is not', 'round-robbin', /did you mean "round-robin"/],
    ['that knows too much', 'least-work-left', /oracle/],
  ])('%s is refused, and the old one decides on', async (_, text, message) => {
    const balancer = await raise([(await named('a')).origin])
    const { policy } = balancer.router
    expect(() => balancer.service.preparePolicy(text)).toThrow(message)
    expect([balancer.router.policy, balancer.service.policy]).toEqual([policy, 'round-robin'])
    expect(await who(balancer)).toBe('a')
  })
})

describe('an instance', () => {
  it('that is added has its share from then on', async () => {
    const balancer = await raise([(await named('a')).origin], { recorded: false })
    const index = balancer.service.addInstance({ url: `${(await named('b')).origin}/` })
    expect([index, balancer.router.instances[1]!.id]).toEqual([1, 'demo-2'])
    expect(new Set([await who(balancer), await who(balancer)])).toEqual(new Set(['a', 'b']))
  })

  it.each([
    ['without a scheme', { url: '10.0.0.1:80' }, /expected scheme, host and port/],
    ['that is there already', { url: 'http://127.0.0.1:1' }, /has it already/],
    ['with the id of another', { url: 'http://127.0.0.1:2', id: 'demo-1' }, /has or had it already/],
    ['with an id that breaks headers', { url: 'http://127.0.0.1:2', id: 'a\r\nb' }, /expected letters/],
    ['with a weight of nothing', { url: 'http://127.0.0.1:2', weight: 0 }, /above 0/],
  ])('%s is refused', async (_, instance, message) => {
    const { service } = await raise(['http://127.0.0.1:1'], { recorded: false })
    expect(() => service.addInstance(instance)).toThrow(UsageError)
    expect(() => service.addInstance(instance)).toThrow(message)
    expect(service.upstreams).toHaveLength(1)
  })

  it('that is drained finishes what it has, gets nothing new, and is gone', async () => {
    const slow = await hostileServer((socket) => setTimeout(() => socket.write(reply(200, 'slow')), 200))
    const balancer = await raise([slow.origin, (await named('b')).origin], { recorded: false })
    const asked = who(balancer)
    while (balancer.router.instances[0]!.inFlight === 0) await delay(1)
    balancer.service.drainInstance(0)
    expect(balancer.service.url(0)).toBe(slow.origin)
    expect([await who(balancer), await who(balancer)]).toEqual(['b', 'b'])
    expect(await asked).toBe('slow')
    expect(balancer.service.url(0)).toBe(undefined)
    expect(balancer.service.url(1)).not.toBe(undefined)
  })

  it('may be drained and added under traffic without a request lost', async () => {
    const balancer = await raise([(await named('a')).origin, (await named('b')).origin], { recorded: false })
    const stop = traffic(balancer)
    for (let i = 0; i < 5; i++) {
      balancer.service.drainInstance(balancer.service.addInstance({ url: (await named('c')).origin }) - 1)
      await delay(20)
    }
    expect(await stop()).toEqual(new Set([200]))
  })

  it('is not added where a log has the instances that it has', async () => {
    const { service } = await raise(['http://127.0.0.1:1'])
    expect(() => service.addInstance({ url: 'http://127.0.0.1:2' })).toThrow(/its instances are fixed/)
  })
})
