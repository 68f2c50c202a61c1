/** Golden messages: what a user reads whose faults cannot be. */
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { loadScenario } from '../../src/scenario/index.ts'
import { folderOf, messageOf, vocabulary } from './scenario-files.ts'

const HEAD = `\
name: faulty
description: Three minutes and what goes wrong in them
accounts: 10
phases:
  - { name: calm, durationMinutes: 1, users: 4, behaviors: { quick-browser: 1 } }
  - { name: storm, durationMinutes: 2, users: 4, behaviors: { quick-browser: 1 } }
`
const HEAD_LINES = HEAD.split('\n').length - 1

/** A file with the head and more, whose lines are counted from 1. */
function fileWith(more: string): string {
  return path.join(folderOf({ 's.yaml': HEAD + more }), 's.yaml')
}

/** What the file is told, with lines counted behind the head. */
function complaintOf(more: string, faults = vocabulary.faults): string {
  const file = fileWith(more)
  return messageOf(() => loadScenario(file, { vocabulary: { ...vocabulary, faults } })).replaceAll(
    new RegExp(`^${file}:(\\d+)`, 'gm'),
    (_, line: string) => String(Number(line) - HEAD_LINES),
  )
}

function faultsOf(more: string, faults = vocabulary.faults) {
  return loadScenario(fileWith(more), { vocabulary: { ...vocabulary, faults } }).scenario.faults
}

/** Kinds that take any share of the requests. */
const TAKERS = ['errors', 'refuse', 'black-hole'].map((name) => ({
  name,
  parameters: [{ name: 'rate', min: 0, max: 1, summary: 'share of the requests' }],
  taken: ({ rate }: Readonly<Record<string, number>>) => rate!,
}))

describe('a broken list of faults', () => {
  it('is told of all its problems at once, by position', () => {
    expect(
      complaintOf(`\
faults:
  - { kind: eror, service: cart }
  - { kind: zebra }
  - { kind: errors, service: cart }
  - { kind: errors, rate: 1.5, status: 200, service: crat }
  - { kind: errors, rate: half, sevice: cart, startMinute: 1, durationMinutes: 1 }
  - { kind: latency, latencyMs: 5, instances: [cart-service-9, cart-2, order-service-1], startMinute: 2 }
  - { kind: latency, latencyMs: 5, service: user, instances: [user-service-1], durationMinutes: 1 }
  - { kind: black-hole, phase: strom }
  - { kind: black-hole, phase: storm, startMinute: 1 }
  - { kind: black-hole, startMinute: 3 }
  - { kind: black-hole, startMinute: 1, durationMinutes: 2.5 }
  - { kind: black-hole, share: 0, startMinute: -1 }
  - { rate: 1 }
chaos:
  - { everySeconds: 10, lastSeconds: [5, 1], faults: [{ kind: latency, latncyMs: 3 }, { kind: error }] }
  - { everySeconds: 10, lastSeconds: [1, 5], startMinute: 2, durationMinutes: 2, faults: [{ kind: errors }] }
  - { everySeconds: 10, lastSeconds: [1, 5], phase: calmm, faults: [] }
`),
    ).toBe(`\
2:13 faults[0].kind: unknown fault "eror" (did you mean "errors"?)
3:13 faults[1].kind: unknown fault "zebra": use one of errors, black-hole, latency
4:5 faults[2]: fault "errors" needs its parameter rate, from 0 to 1
5:27 faults[3].rate: expected a number from 0 to 1, got 1.5
5:40 faults[3].status: expected a number from 400 to 599, got 200
5:54 faults[3].service: expected one of "user", "user-service", "inventory", "inventory-service", "cart", "cart-service", "order", "order-service", "payment", "payment-service", "notification", "notification-service", got "crat" (did you mean "cart"?)
6:27 faults[4].rate: expected a number from 0 to 1, got "half"
6:33 faults[4].sevice: fault "errors" has no parameter "sevice" (did you mean "service"?): it has rate, status
7:48 faults[5].instances[0]: unknown instance "cart-service-9" (did you mean "cart-service-1"?): there are cart-service-1, cart-service-2, cart-service-3
7:64 faults[5].instances[1]: unknown instance "cart-2": there are cart-service-1, cart-service-2, cart-service-3
8:36 faults[6].service: expected either a service or instances, got both: the ids name their services already
9:32 faults[7].phase: unknown phase "strom" (did you mean "storm"?): use one of calm, storm
10:39 faults[8].startMinute: expected either a phase or a start and a duration, got both
11:38 faults[9].startMinute: expected less than 3: the run ends at minute 3
12:58 faults[10].durationMinutes: expected at most 2: the run ends at minute 3
13:32 faults[11].share: expected number above 0 and of at most 1, got 0
13:48 faults[11].startMinute: expected number of at least 0, got -1
14:5 faults[12].kind: expected text, got nothing
16:38 chaos[0].lastSeconds: expected pair [low, high] with low <= high, got [5, 1]
16:72 chaos[0].faults[0].latncyMs: fault "latency" has no parameter "latncyMs" (did you mean "latencyMs"?): it has latencyMs
16:95 chaos[0].faults[1].kind: unknown fault "error" (did you mean "errors"?)
17:79 chaos[1].durationMinutes: expected at most 1: the run ends at minute 3
17:91 chaos[1].faults[0]: fault "errors" needs its parameter rate, from 0 to 1
18:53 chaos[2].phase: unknown phase "calmm" (did you mean "calm"?): use one of calm, storm
18:68 chaos[2].faults: expected list with at least one entry, got []`)
  })

  it('is checked by name even where the phases are not sound, and only where that can be told', () => {
    const complaint = complaintOf(`\
faults: [{ kind: eror, phase: strom }]
shop: { workScale: none }
`)
    expect(complaint).toContain('unknown fault "eror"')
    expect(complaint).toContain('shop.workScale: expected number above 0')
    expect(complaint).not.toContain('strom')
  })
})

describe('faults that contradict each other', () => {
  it('are one kind twice at one time on one instance', () => {
    expect(
      complaintOf(`\
faults:
  - { kind: errors, rate: 0.1, service: cart, phase: storm }
  - { kind: errors, rate: 0.1, instances: [cart-service-2], startMinute: 2.5 }
`),
    ).toBe(
      '3:5 faults[1]: contradicts faults[0] on cart-service-2: two faults of kind "errors" at one time: ' +
        'move one in time or to other instances',
    )
  })

  it('take more requests away than there are', () => {
    expect(
      complaintOf(`\
faults:
  - { kind: errors, rate: 0.1, startMinute: 1, durationMinutes: 1 }
  - { kind: latency, latencyMs: 10 }
  - { kind: black-hole, service: order, startMinute: 1.5, durationMinutes: 1 }
`),
    ).toBe(
      '4:5 faults[2]: contradicts faults[0] on order-service-1: "errors" and "black-hole" together take 1.1 of every ' +
        'request: move one in time or to other instances',
    )
  })

  it('take too much only together, wherever in time', () => {
    expect(
      complaintOf(
        `\
faults:
  - { kind: errors, rate: 0.4, service: cart }
  - { kind: refuse, rate: 0.4, instances: [cart-service-2, order-service-1], phase: storm }
  - { kind: black-hole, rate: 0.4, startMinute: 2 }
`,
        TAKERS,
      ),
    ).toBe(
      '4:5 faults[2]: contradicts faults[0] and faults[1] on cart-service-2: "errors", "refuse" and "black-hole" ' +
        'together take 1.2 of every request: move one in time or to other instances',
    )
  })

  it('are told each once, though others of them meet too', () => {
    const complaint = complaintOf(
      `\
faults:
  - { kind: errors, rate: 0.9, startMinute: 0, durationMinutes: 1 }
  - { kind: refuse, rate: 0.9, startMinute: 1, durationMinutes: 1 }
  - { kind: black-hole, rate: 0.2 }
`,
      TAKERS,
    )
    expect(complaint.split('\n').map((line) => line.split(':')[2])).toEqual([
      ' contradicts faults[0] on user-service-1',
      ' contradicts faults[1] on user-service-1',
    ])
  })

  it('may take all requests together, and more in turns', () => {
    const faults = faultsOf(
      `\
faults:
  - { kind: errors, rate: 0.7 }
  - { kind: refuse, rate: 0.1 }
  - { kind: black-hole, rate: 0.2, phase: calm }
  - { kind: black-hole, rate: 0.2, phase: storm }
`,
      TAKERS,
    )
    expect(faults).toHaveLength(4)
  })

  it.each([
    [
      'one after the other',
      '{ kind: errors, rate: 1, phase: calm }',
      '{ kind: errors, rate: 1, phase: storm }',
    ],
    ['apart', '{ kind: errors, rate: 1, service: cart }', '{ kind: errors, rate: 1, service: user }'],
    ['of other kinds', '{ kind: errors, rate: 1, service: cart }', '{ kind: latency, latencyMs: 9 }'],
    ['on instances that are drawn', '{ kind: errors, rate: 1 }', '{ kind: errors, rate: 1, share: 0.5 }'],
  ])('are not those %s', (_, a, b) => {
    expect(faultsOf(`faults: [${a}, ${b}]\n`)).toHaveLength(2)
  })
})

it('fills in the parameters, the place and the time that a fault does not say', () => {
  const [fault] = faultsOf('faults: [{ kind: errors, rate: 0.5, service: cart }]\n')
  expect(fault).toEqual({
    kind: 'errors',
    instances: ['cart-service-1', 'cart-service-2', 'cart-service-3'],
    share: 1,
    startMs: 0,
    durationMs: 180_000,
    parameters: { rate: 0.5, status: 500 },
  })
  expect(faultsOf('faults: [{ kind: black-hole, phase: storm }]\n')).toMatchObject([
    { startMs: 60_000, durationMs: 120_000 },
  ])
})
