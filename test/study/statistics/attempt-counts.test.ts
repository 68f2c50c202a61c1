import { expect, it } from 'vitest'
import { AttemptCounts } from '../../../src/study/statistics/attempt-counts.ts'
import { finishedRequest } from '../finished-request.ts'

it('tells retries from hedges, and what came of them', () => {
  const counts = new AttemptCounts()
  counts.add(finishedRequest())
  counts.add(finishedRequest({ attempts: 3, retries: 2 }))
  counts.add(finishedRequest({ attempts: 4, retries: 3, expected: false }))
  counts.add(finishedRequest({ attempts: 2, retries: 0 })) // hedged
  counts.add(finishedRequest({ attempts: 3, retries: 1 })) // hedged, and both failed at first
  expect(counts.summary()).toEqual({
    requests: 5,
    attempts: 13,
    retried: 3,
    retries: 6,
    recovered: 2,
    hedged: 2,
  })
})
