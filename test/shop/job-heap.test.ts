import fc from 'fast-check'
import { expect, it } from 'vitest'
import { JobHeap } from '../../src/shop/job-heap.ts'

/** Few values, so that many are equal. */
const anyJobs = fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 100 })

function heapOf(doneAfterMs: readonly number[]): JobHeap {
  const heap = new JobHeap()
  for (const [job, ms] of doneAfterMs.entries()) heap.enter(job, ms, 2 * job)
  return heap
}

it('lets jobs go in the order in which they are done, and equals in the order of arrival', () => {
  fc.assert(
    fc.property(anyJobs, anyJobs, (before, after) => {
      const heap = heapOf(before)
      const half = before.length >> 1
      const rest = before.map((ms, job) => ({ job, ms })).sort((a, b) => a.ms - b.ms)
      for (let i = 0; i < half; i++) heap.leave()
      for (const [i, ms] of after.entries()) heap.enter(before.length + i, ms, 2 * (before.length + i))
      const expected = [...rest.slice(half), ...after.map((ms, i) => ({ job: before.length + i, ms }))]
        .sort((a, b) => a.ms - b.ms || a.job - b.job)
        .map(({ job, ms }) => [job, ms, 2 * job])
      const left = expected.map(() => {
        const first = [heap.firstJob, heap.firstDoneAfterMs, heap.firstArrivedAtMs]
        heap.leave()
        return first
      })
      expect(left).toEqual(expected)
      expect(heap.size).toBe(0)
    }),
  )
})

it('is cleared in the order of arrival', () => {
  fc.assert(
    fc.property(anyJobs, (doneAfterMs) => {
      const heap = heapOf(doneAfterMs)
      expect(heap.clear()).toEqual(doneAfterMs.map((_, job) => job))
      expect(heap.size).toBe(0)
    }),
  )
})
