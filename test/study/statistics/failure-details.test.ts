import { expect, it } from 'vitest'
import { FailureDetails } from '../../../src/study/statistics/failure-details.ts'

const counted = (details: readonly (readonly [failure: string, detail: string])[]): FailureDetails => {
  const all = new FailureDetails()
  for (const [failure, detail] of details) all.add(failure, detail)
  return all
}
const first = [
  ['connect', 'ECONNREFUSED'],
  ['reset', 'ECONNRESET'],
  ['connect', 'ECONNREFUSED'],
] as const
const second = [
  ['connect', 'EHOSTUNREACH'],
  ['connect', 'ECONNREFUSED'],
] as const

it('counts details by class, and adds up shares in whatever order', () => {
  const whole = { connect: { ECONNREFUSED: 3, EHOSTUNREACH: 1 }, reset: { ECONNRESET: 1 } }
  const one = counted(first)
  one.merge(counted(second))
  const other = FailureDetails.fromJSON(counted(second).toJSON())
  other.merge(FailureDetails.fromJSON(counted(first).toJSON()))
  expect(counted([...first, ...second]).toJSON()).toEqual(whole)
  expect([JSON.stringify(one), JSON.stringify(other)]).toEqual([JSON.stringify(whole), JSON.stringify(whole)])
})

it('keeps a hundred kinds, and what comes after as other', () => {
  const many = Array.from({ length: 150 }, (_, i) => ['tls', `CODE_${i}`] as const)
  const { tls } = counted([...many, ['tls', 'CODE_7']]).toJSON()
  expect(Object.keys(tls!)).toHaveLength(101)
  expect([tls!.CODE_7, tls!.other]).toEqual([2, 50])
})
