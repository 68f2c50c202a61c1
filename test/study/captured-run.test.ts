/** What a run says of a balancer that is not ours: how much was seen, and what has to be said aloud. */
import { describe, expect, it } from 'vitest'
import { type CapturedRun, type CaptureSummary, captureWarnings } from '../../src/study/index.ts'

const SUMMARY: CaptureSummary = {
  instanceFrom: 'header x-upstream',
  attempts: 100,
  answered: 100,
  named: 100,
  retried: 0,
  strangers: {},
  propensities: 'not known',
  missingFeatures: ['cpu'],
  polls: [],
}
const TWO = ['a', 'b']

function warningsOf(
  change: Partial<CaptureSummary>,
  cart: readonly string[] = TWO,
  untold: readonly string[] = [],
): string[] {
  const instances: CapturedRun['instances'] = {
    'user-service': TWO,
    'inventory-service': TWO,
    'cart-service': cart,
    'order-service': TWO,
    'payment-service': [],
    'notification-service': [],
  }
  return captureWarnings({ summary: { ...SUMMARY, ...change }, untold, instances })
}

describe('captureWarnings', () => {
  it('says nothing where all is well, whatever cannot be seen from outside', () => {
    expect(warningsOf({})).toEqual([])
    expect(warningsOf({ attempts: 0, answered: 0, named: 0 })).toEqual([])
  })

  it('says that nothing was named, and who helps', () => {
    expect(warningsOf({ named: 0 })).toEqual([
      'no answer named an instance in its header x-upstream: no record has an action; "loadgen doctor --target URL" says how to add one',
    ])
  })

  it('does not send to the doctor whoever has a header, but others in capture.instances', () => {
    expect(warningsOf({ named: 0, strangers: { shop: 100 } })).toEqual([
      'no answer named an instance in its header x-upstream (they said "shop" 100 times): no record has an action; what they said is no instance, or none of capture.instances',
    ])
  })

  it('counts the answers that named nobody, or somebody who is no instance', () => {
    expect(warningsOf({ named: 90 })).toEqual(['10 of 100 answers did not name an instance'])
    expect(warningsOf({ named: 90, strangers: { shop: 7 } })).toEqual([
      '10 of 100 answers did not name an instance (they said "shop" 7 times)',
    ])
  })

  it('says where there was nothing to choose', () => {
    expect(warningsOf({}, ['a'])).toEqual([
      'only one instance was seen of cart-service: nothing to choose there',
    ])
  })

  it('doubts a header that names more and more', () => {
    const names = Array.from({ length: 200 }, (_, i) => `request-${i}`)
    expect(warningsOf({}, names)).toEqual([
      'more than 200 names came up for cart-service: does its header x-upstream really name instances?',
    ])
  })

  it('says what was answered of others only', () => {
    const poll = { source: 'Prometheus', url: 'http://p:9090', asked: 4, problems: {} } as const
    const answered = warningsOf({ polls: [{ ...poll, failed: 0 }] }, TWO, ['cpu'])
    expect(answered).toEqual([expect.stringContaining('cpu: nothing was told of an instance that answered')])
    const failed = warningsOf({ polls: [{ ...poll, failed: 4 }] }, TWO, ['cpu'])
    expect(failed).toEqual([expect.stringContaining('4 of 4 questions failed')])
  })

  it('says once per server what it failed to tell, and how often', () => {
    const poll = { source: 'Prometheus', url: 'http://p:9090', asked: 40 } as const
    const problems = { 'no answer (connect)': 9, 'status 503': 3 }
    const failing = { ...poll, failed: 12, problems }
    expect(warningsOf({ polls: [failing, { ...poll, failed: 0, problems: {} }] })).toEqual([
      'Prometheus at http://p:9090: 12 of 40 questions failed (no answer (connect): 9; status 503: 3): what it tells of instances was missing then',
    ])
  })
})
