import { expect, it } from 'vitest'
import type { Phase } from '../../src/scenario/index.ts'
import { backgroundLoads } from '../../src/shop/background-load.ts'
import { phaseOf, smallScenario } from './small-scenario.ts'

/** By service: when its replicas have which share of their speed. */
function speedsOf(...phases: Partial<Phase>[]): Record<string, [atMs: number, speed: number][]> {
  const loads = backgroundLoads({ ...smallScenario, phases: phases.map(phaseOf) })
  return Object.fromEntries(
    loads.map(({ service, changes }) => [
      service,
      changes.map(({ atMs, effect }) => [atMs, Number(effect!.speed!.toFixed(9))]),
    ]),
  )
}

it('takes a share of the speed at the start of a phase and gives it back at the end', () => {
  expect(speedsOf({ startMs: 100, durationMs: 50, backgroundLoad: { 'cart-service': 0.25 } })).toEqual({
    'cart-service': [
      [100, 0.75],
      [150, 1],
    ],
  })
})

it('does nothing but to the speed', () => {
  const [load] = backgroundLoads({
    ...smallScenario,
    phases: [phaseOf({ backgroundLoad: { 'cart-service': 0.5 } })],
  })
  for (const { effect } of load!.changes) expect(Object.keys(effect!)).toEqual(['speed'])
})

it('adds the loads of phases that overlap', () => {
  const speeds = speedsOf(
    { startMs: 0, durationMs: 100, backgroundLoad: { 'user-service': 0.5 } },
    { startMs: 50, durationMs: 100, backgroundLoad: { 'user-service': 0.25 } },
  )
  expect(speeds['user-service']).toEqual([
    [0, 0.5],
    [50, 0.25],
    [100, 0.75],
    [150, 1],
  ])
})

it('leaves 5 % of the speed, whatever is asked for', () => {
  const speeds = speedsOf(
    { startMs: 0, durationMs: 100, backgroundLoad: { 'order-service': 0.9 } },
    { startMs: 0, durationMs: 50, backgroundLoad: { 'order-service': 0.9 } },
  )
  expect(speeds['order-service']).toEqual([
    [0, 0.05],
    [50, 0.1],
    [100, 1],
  ])
})

it('says nothing where one phase goes on with the load of the one before', () => {
  const backgroundLoad = { 'payment-service': 0.25 }
  const speeds = speedsOf(
    { startMs: 0, durationMs: 100, backgroundLoad },
    { startMs: 100, durationMs: 100, backgroundLoad },
  )
  expect(speeds['payment-service']!.map(([atMs]) => atMs)).toEqual([0, 200])
})

it('tells of every service by itself, whatever the order of the phases', () => {
  const speeds = speedsOf(
    { startMs: 50, durationMs: 100, backgroundLoad: { 'user-service': 0.5, 'cart-service': 0.5 } },
    { startMs: 0, durationMs: 70, backgroundLoad: { 'notification-service': 0.5 } },
  )
  const times = Object.entries(speeds).map(([service, changes]) => [service, changes.map(([atMs]) => atMs)])
  expect(Object.fromEntries(times)).toEqual({
    'user-service': [50, 150],
    'cart-service': [50, 150],
    'notification-service': [0, 70],
  })
})

it('leaves out who has no background load', () => {
  expect(speedsOf({})).toEqual({})
  expect(speedsOf({ backgroundLoad: { 'user-service': 0 } })).toEqual({})
})
