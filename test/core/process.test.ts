import { expect, test } from 'vitest'
import type { Reply, Request } from '../../src/core/http.ts'
import { call, mistakenCallStep, type Process, pause, type Step } from '../../src/core/process.ts'

const request: Request = { method: 'GET', service: 'inventory-service', path: '/products' }

function* session(): Process<number> {
  const first = yield* call('browse', request)
  yield* pause(250)
  const second = (yield mistakenCallStep('mistake', { ...request, path: '/none' }, 'unknownSku')) as Reply
  yield { kind: 'spawn', process: background() }
  return first.status + second.status
}

function* background(): Process<void> {
  yield* pause(1)
}

/** Drives a process to its end with one reply after the other; returns its steps and its result. */
function drive<Result>(
  process: Process<Result>,
  replies: readonly Reply[],
): { steps: Step[]; result: Result } {
  const steps: Step[] = []
  const left = [...replies]
  let next = process.next()
  while (!next.done) {
    steps.push(next.value)
    next = process.next(next.value.kind === 'call' ? left.shift() : undefined)
  }
  return { steps, result: next.value }
}

test('a process yields its steps in order and is resumed with the replies', () => {
  const { steps, result } = drive(session(), [{ status: 200 }, { status: 404 }])
  expect(steps).toEqual([
    { kind: 'call', name: 'browse', request, expects: 'success' },
    { kind: 'pause', ms: 250 },
    {
      kind: 'call',
      name: 'mistake',
      request: { ...request, path: '/none' },
      expects: 'refusal',
      mistake: 'unknownSku',
    },
    { kind: 'spawn', process: expect.anything() },
  ])
  expect(result).toBe(604)
})

test('call hands back the very reply', () => {
  const reply: Reply = { status: 0, failure: 'timeout' }
  expect(drive(call('browse', request), [reply]).result).toBe(reply)
})

test('a spawned process runs on its own', () => {
  const { steps } = drive(session(), [{ status: 200 }, { status: 404 }])
  const spawned = steps[3] as Extract<Step, { kind: 'spawn' }>
  expect(drive(spawned.process, []).steps).toEqual([{ kind: 'pause', ms: 1 }])
})

test('nothing happens before the first step is asked for', () => {
  let started = false
  function* lazy(): Process<void> {
    started = true
    yield* pause(0)
  }
  const process = lazy()
  expect(started).toBe(false)
  process.next()
  expect(started).toBe(true)
})
