import fc from 'fast-check'
import { expect, test } from 'vitest'
import { newStateBytes, StateEncoder } from '../../src/experience/encode-state.ts'
import { INSTANCE_WIDTH } from '../../src/routing/index.ts'
import { observationOf } from '../routing/observation-of.ts'

function encoded(observation: Parameters<StateEncoder['encode']>[1]): string {
  const state = newStateBytes()
  new StateEncoder().encode(state, observation)
  return Buffer.from(state.json.bytes.subarray(0, state.json.length)).toString()
}

test('writes context and rows, null for what is not known', () => {
  const observation = observationOf({ inFlight: [3, 0], eligible: [1, 0], weights: [1, 2.5] })
  observation.context.set([4, 3, 1.5, 1, 20, 12.5, 0.25, Number.NaN])
  observation.instances[2] = 12.345
  expect(encoded(observation)).toBe(
    '"context":[4,3,1.5,1,20,12.5,0.25,null],"instances":[' +
      '[3,null,12.345,null,null,null,null,null,1,null,1,null,null,null],' +
      '[0,null,null,null,null,null,null,null,0,null,2.5,null,null,null]]',
  )
})

test.each([1, 64])('writes %i rows, more than fits at first', (count) => {
  const observation = observationOf({ inFlight: Array.from({ length: count }, (_, i) => i) })
  for (let i = 0; i < observation.instances.length; i++) observation.instances[i] = i * 1000.125
  const { context, instances } = JSON.parse(`{${encoded(observation)}}`)
  expect(context).toEqual([0, 0, 0, 0, 0, 0, 0, 0])
  expect(instances).toHaveLength(count)
  expect(instances.flat()).toEqual(Array.from(observation.instances))
})

test('writes as many rows as there are candidates', () => {
  const observation = observationOf({ inFlight: [1, 2, 3] })
  observation.count = 2
  expect(JSON.parse(`{${encoded(observation)}}`).instances.map((row: number[]) => row[0])).toEqual([1, 2])
  expect(observation.instances).toHaveLength(3 * INSTANCE_WIDTH)
})

test('of an instance of which nothing is known, the row is null; without instances there are no rows', () => {
  const observation = observationOf({ inFlight: [1, 2] })
  observation.instances.fill(Number.NaN, INSTANCE_WIDTH)
  expect(JSON.parse(`{${encoded(observation)}}`).instances[1]).toBeNull()
  expect(encoded(observationOf({ inFlight: [] }))).toBe('"context":[0,0,0,0,0,0,0,0],"instances":[]')
})

test('remembers rows without ever writing an old one', () => {
  const value = fc.constantFrom(0, 1, 12.345, -3, Number.NaN)
  const row = fc.array(value, { minLength: 2 * INSTANCE_WIDTH, maxLength: 2 * INSTANCE_WIDTH })
  const changes = fc.array(
    fc.record({ at: fc.nat(2 * INSTANCE_WIDTH - 1), value, count: fc.integer({ min: 1, max: 2 }) }),
    { maxLength: 20 },
  )
  fc.assert(
    fc.property(row, changes, (first, steps) => {
      const encoder = new StateEncoder()
      const observation = observationOf({ inFlight: [0, 0] })
      observation.instances.set(first)
      for (const { at, value, count } of [{ at: 0, value: first[0]!, count: 2 }, ...steps]) {
        observation.instances[at] = value
        observation.count = count
        const state = newStateBytes()
        encoder.encode(state, observation)
        const text = Buffer.from(state.json.bytes.subarray(0, state.json.length)).toString()
        expect(text).toBe(encoded(observation))
      }
    }),
  )
})
