import fc from 'fast-check'
import { expect, it } from 'vitest'
import { SmallQueue } from '../../../src/routing/strategies/small-queue.ts'

it('gives back what went in, the oldest first', () => {
  const steps = fc.array(fc.oneof(fc.integer({ min: -1, max: 100 }), fc.constant('take' as const)), {
    maxLength: 400,
    size: 'max',
  })
  fc.assert(
    fc.property(steps, (list) => {
      const queue = new SmallQueue()
      const model: number[] = []
      for (const step of list) {
        if (step === 'take') expect(queue.take(-2)).toBe(model.shift() ?? -2)
        else {
          queue.push(step)
          model.push(step)
        }
      }
    }),
  )
})

it('forgets the oldest of far too many', () => {
  const queue = new SmallQueue()
  for (let i = 0; i < 65_536 + 3; i++) queue.push(i % 100)
  expect(queue.take(-1)).toBe(3)
})
