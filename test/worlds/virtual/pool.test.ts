import fc from 'fast-check'
import { expect, it } from 'vitest'
import { Pool } from '../../../src/worlds/virtual/pool.ts'

it('never hands out an item that is in use, finds each by its slot, and makes no more than are in use at once', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.constant('take' as const), fc.nat()), { maxLength: 100 }), (steps) => {
      let made = 0
      const pool = new Pool((slot) => {
        made++
        return { slot }
      })
      const inUse: { slot: number }[] = []
      let most = 0
      for (const step of steps) {
        if (step === 'take') {
          const item = pool.take()
          expect(inUse).not.toContain(item)
          expect(pool.at(item.slot)).toBe(item)
          inUse.push(item)
          most = Math.max(most, inUse.length)
        } else if (inUse.length > 0) pool.free(inUse.splice(step % inUse.length, 1)[0]!)
      }
      expect(made).toBe(most)
    }),
  )
})
