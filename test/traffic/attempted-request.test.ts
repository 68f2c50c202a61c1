/** What the ends of attempts and the timers of a request come to, without any world around it. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { CallStep, Method, Reply } from '../../src/core/index.ts'
import type { ClientSettings } from '../../src/scenario/index.ts'
import { AttemptedRequest, ClientPolicy, FINISH, KEEP_WAITING } from '../../src/traffic/index.ts'
import { smallScenario } from '../shop/small-scenario.ts'

const { client } = smallScenario
const OK: Reply = { status: 200 }
const BUSY: Reply = { status: 503 }
const LATE: Reply = { status: 0, failure: 'timeout' }

function policyOf(
  retries: Partial<ClientSettings['retries']>,
  hedgeAfterMs: number | null = 50,
): ClientPolicy {
  const usual = { ...client.retries, most: 2, backoffMs: 100, jitter: 'none', budget: null } as const
  return new ClientPolicy({ ...client, hedgeAfterMs, retries: { ...usual, ...retries } })
}

const policy = policyOf({})

function requestOf(method: Method = 'GET'): AttemptedRequest<number> {
  const request = { method, service: 'cart-service', path: '/api/cart' } as const
  return new AttemptedRequest<number>({ kind: 'call', name: 'cartView', request } as CallStep, 1)
}

/** A request of which the attempts with these numbers are under way. */
function sent(...attempts: readonly number[]): AttemptedRequest<number> {
  const request = requestOf()
  for (const attempt of attempts) request.begin(attempt)
  return request
}

const end = (
  request: AttemptedRequest<number>,
  attempt: number,
  reply: Reply,
  { gone = false, by = policy } = {},
): number => request.end(attempt, reply, by, gone, 0)

describe('an attempt that ends', () => {
  it('with an answer finishes the request, whatever else is under way', () => {
    for (const winner of [7, 8]) {
      const request = sent(7, 8)
      expect(end(request, winner, OK)).toBe(FINISH)
      expect(request.reply).toBe(OK)
      request.finish()
      expect(end(request, 15 - winner, BUSY)).toBe(KEEP_WAITING)
      expect(request.reply).toBe(OK)
    }
  })

  it('with a status that its script hopes for is no failure, and not tried again', () => {
    const { step } = requestOf()
    const accepts = (status: number): boolean => status === 503
    const request = new AttemptedRequest<number>({ ...step, accepts }, 1)
    request.begin(7)
    expect(end(request, 7, BUSY)).toBe(FINISH)
    const late = new AttemptedRequest<number>({ ...step, accepts }, 1)
    late.begin(7)
    expect(end(late, 7, LATE)).toBeGreaterThan(0)
  })

  it('with a failure leaves the request to the other one', () => {
    for (const loser of [7, 8]) {
      const request = sent(7, 8)
      expect(end(request, loser, BUSY)).toBe(KEEP_WAITING)
      expect([request.isUnderWay(loser), request.isUnderWay(15 - loser)]).toEqual([false, true])
      expect(request.awaitsRetry).toBe(false)
      expect(end(request, 15 - loser, LATE)).toBe(100)
      expect([request.awaitsRetry, request.reply]).toEqual([true, LATE])
    }
  })

  it('and was the last leads to as many retries as there may be, each after its back-off', () => {
    const request = sent(0)
    expect(end(request, 0, BUSY)).toBe(100)
    expect(request.retry(false)).toBe('send')
    request.begin(1)
    expect(end(request, 1, BUSY)).toBe(200)
    expect(request.retry(false)).toBe('send')
    request.begin(2)
    expect(end(request, 2, BUSY)).toBe(FINISH)
    expect([request.attempts, request.retries]).toEqual([3, 2])
  })

  it('with a failure is the end where nobody waits, or the client makes single attempts', () => {
    expect(end(sent(0), 0, BUSY, { gone: true })).toBe(FINISH)
    expect(end(sent(0), 0, BUSY, { by: policyOf({ most: 0 }, null) })).toBe(FINISH)
  })

  it('for the second time changes nothing', () => {
    const request = sent(0)
    end(request, 0, BUSY)
    expect(end(request, 0, OK)).toBe(KEEP_WAITING)
    expect([request.reply, request.awaitsRetry]).toEqual([BUSY, true])
  })
})

describe('a hedge', () => {
  it('is due some time after the start, where there are hedges and the request may be made twice', () => {
    expect(requestOf().sent(policy, 0)).toBe(50)
    expect(requestOf('POST').sent(policy, 0)).toBe(Number.POSITIVE_INFINITY)
    expect(requestOf().sent(policyOf({}, null), 0)).toBe(Number.POSITIVE_INFINITY)
  })

  it('is sent beside one attempt that is under way, be it a retry', () => {
    const request = sent(0)
    expect(request.hedge(false)).toBe(true)
    end(request, 0, BUSY)
    request.retry(false)
    request.begin(1)
    expect(request.hedge(false)).toBe(true)
    request.begin(2)
    expect(request.hedge(false)).toBe(false)
  })

  it('is not sent when all has failed and waits for its retry, when nobody waits, and when all is over', () => {
    const failed = sent(0)
    end(failed, 0, BUSY)
    expect(failed.hedge(false)).toBe(false)
    expect(sent(0).hedge(true)).toBe(false)
    const over = sent(0)
    over.finish()
    expect(over.hedge(false)).toBe(false)
  })
})

describe('a retry that is due', () => {
  it('ends the request if nobody waits for it any more', () => {
    const request = sent(0)
    end(request, 0, BUSY)
    expect([request.retry(true), request.retries]).toEqual(['finish', 0])
  })

  it('is nothing once the end of the run has cut the request', () => {
    const request = sent(0)
    end(request, 0, BUSY)
    request.finish()
    expect([request.awaitsRetry, request.retry(false), request.retries]).toEqual([false, 'nothing', 0])
  })
})

describe('whatever happens in whichever order', () => {
  type Event = readonly ['end', number, Reply] | readonly ['hedge'] | readonly ['retry'] | readonly ['leave']
  const event: fc.Arbitrary<Event> = fc.oneof(
    fc.tuple(fc.constant('end' as const), fc.nat(5), fc.constantFrom(OK, BUSY, LATE)),
    fc.constantFrom<Event>(['hedge'], ['retry'], ['leave']),
  )

  it('no more than two attempts are under way, one retry at most is to come, and the books balance', () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 40 }), (events) => {
        const request = sent(0)
        // What a world keeps: which attempts are under way, and how many retries it has timers for.
        const open = new Set([0])
        let [timers, hedges, gone] = [0, 0, false]
        const send = (): void => {
          open.add(request.attempts)
          request.begin(request.attempts)
        }
        for (const [what, attempt, reply] of events) {
          if (request.finished) break
          if (what === 'leave') gone = true
          else if (what === 'hedge' && request.hedge(gone)) {
            hedges++
            send()
          } else if (what === 'retry' && timers > 0) {
            timers--
            const due = request.retry(gone)
            expect(due).toBe(gone ? 'finish' : 'send')
            if (due === 'send') send()
            else request.finish()
          } else if (what === 'end') {
            const wasOpen = open.delete(attempt!)
            const next = end(request, attempt!, reply!, { gone })
            if (!wasOpen) expect(next).toBe(KEEP_WAITING)
            else if (next >= 0) timers++
            else if (next === FINISH) request.finish()
          }
          if (request.finished) open.clear()
          expect(open.size).toBeLessThanOrEqual(2)
          for (let i = 0; i < request.attempts; i++) expect(request.isUnderWay(i)).toBe(open.has(i))
          expect(request.awaitsRetry).toBe(timers === 1)
          expect(timers).toBeLessThanOrEqual(1)
          expect(request.attempts).toBe(1 + request.retries + hedges)
          expect(request.retries).toBeLessThanOrEqual(2)
          // Something is always under way or to come: a request cannot be forgotten.
          if (!request.finished) expect(open.size + timers).toBeGreaterThan(0)
        }
      }),
    )
  })
})
