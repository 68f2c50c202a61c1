import { expect, it } from 'vitest'
import { loadScenario } from '../../src/scenario/index.ts'
import { fileOf, MINIMAL, messageOf, vocabulary } from './scenario-files.ts'

function load(more: string, phase: string) {
  const content = MINIMAL.replace('users: 4,', `${phase},`) + more
  const file = fileOf(content, 's.yaml')
  const complaint = () => messageOf(() => loadScenario(file, { vocabulary })).replaceAll(file, 's.yaml')
  return { scenario: () => loadScenario(file, { vocabulary }).scenario, complaint }
}

it('is nothing where a phase does not say', () => {
  const [phase] = load('', 'users: 4').scenario().phases
  expect(phase!.variability).toEqual({ users: 0, thinkTime: 0, actions: 0 })
})

it('needs room for the most users that it can bring', () => {
  const varied = 'users: 10, variability: { users: 0.25 }'
  expect(load('maxConcurrentUsers: 12\n', varied).complaint()).toBe(
    `s.yaml:4:11 accounts: expected at least 13, the most users that the phases hold at once, got 10
s.yaml:7:21 maxConcurrentUsers: expected at least 13, the most users that the phases hold at once, got 12`,
  )
  const fitting = load('', 'users: 8, variability: { users: 0.25, thinkTime: 0.5 }').scenario()
  expect(fitting.maxConcurrentUsers).toBe(10)
  expect(fitting.phases[0]!.variability).toEqual({ users: 0.25, thinkTime: 0.5, actions: 0 })
})

it('varies no number of users where arrivals drive the phase', () => {
  expect(load('', 'sessionsPerSecond: 4, variability: { users: 0.25 }').complaint()).toMatch(
    /^s\.yaml:6:\d+ phases\[0\]\.variability\.users: expected 0, for sessionsPerSecond holds no number of users/,
  )
  expect(load('', 'sessionsPerSecond: 4, variability: { thinkTime: 1 }').scenario().accounts).toBe(10)
})
