import { expect, it } from 'vitest'
import type { Phase } from '../../src/scenario/index.ts'
import { type SpeedChange, speedChanges } from '../../src/shop/index.ts'
import { phaseOf, smallScenario } from './small-scenario.ts'

function changesOf(...phases: Partial<Phase>[]): SpeedChange[] {
  return speedChanges({ ...smallScenario, phases: phases.map(phaseOf) })
}

it('takes a share of the speed at the start of a phase and gives it back at the end', () => {
  expect(changesOf({ startMs: 100, durationMs: 50, backgroundLoad: { 'cart-service': 0.25 } })).toEqual([
    { atMs: 100, service: 'cart-service', factor: 0.75 },
    { atMs: 150, service: 'cart-service', factor: 1 },
  ])
})

it('adds the loads of phases that overlap', () => {
  const changes = changesOf(
    { startMs: 0, durationMs: 100, backgroundLoad: { 'user-service': 0.5 } },
    { startMs: 50, durationMs: 100, backgroundLoad: { 'user-service': 0.25 } },
  )
  expect(changes.map(({ atMs, factor }) => [atMs, factor])).toEqual([
    [0, 0.5],
    [50, 0.25],
    [100, 0.75],
    [150, 1],
  ])
})

it('leaves 5 % of the speed, whatever is asked for', () => {
  const changes = changesOf(
    { startMs: 0, durationMs: 100, backgroundLoad: { 'order-service': 0.9 } },
    { startMs: 0, durationMs: 50, backgroundLoad: { 'order-service': 0.9 } },
  )
  expect(changes.map(({ atMs, factor }) => [atMs, Number(factor.toFixed(9))])).toEqual([
    [0, 0.05],
    [50, 0.1],
    [100, 1],
  ])
})

it('says nothing where one phase goes on with the load of the one before', () => {
  const backgroundLoad = { 'payment-service': 0.25 }
  const changes = changesOf(
    { startMs: 0, durationMs: 100, backgroundLoad },
    { startMs: 100, durationMs: 100, backgroundLoad },
  )
  expect(changes.map(({ atMs }) => atMs)).toEqual([0, 200])
})

it('lists the changes of all services in the order of time', () => {
  const changes = changesOf(
    { startMs: 50, durationMs: 100, backgroundLoad: { 'user-service': 0.5, 'cart-service': 0.5 } },
    { startMs: 0, durationMs: 70, backgroundLoad: { 'notification-service': 0.5 } },
  )
  expect(changes.map(({ atMs }) => atMs)).toEqual([0, 50, 50, 70, 150, 150])
})

it('is empty without background load', () => {
  expect(changesOf({})).toEqual([])
})
