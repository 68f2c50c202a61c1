import fc from 'fast-check'
import { expect, it } from 'vitest'
import { WaitingRoom } from '../../src/shop/waiting-room.ts'

it('is a list, however often it has wrapped around and grown', () => {
  const anySteps = fc.array(fc.record({ enter: fc.integer({ min: 0, max: 30 }), leave: fc.nat(30) }))
  fc.assert(
    fc.property(anySteps, (steps) => {
      const room = new WaitingRoom()
      const list: number[] = []
      let job = 0
      for (const { enter, leave } of steps) {
        for (let i = 0; i < enter; i++) {
          room.enter(++job, job / 2, job / 3)
          list.push(job)
        }
        for (let i = 0; i < leave && list.length > 0; i++) {
          const first = list.shift()!
          expect([room.firstJob, room.firstWorkMs, room.firstSinceMs]).toEqual([first, first / 2, first / 3])
          room.leave()
        }
        expect(room.length).toBe(list.length)
      }
      expect(room.clear()).toEqual(list)
      expect(room.length).toBe(0)
    }),
  )
})
