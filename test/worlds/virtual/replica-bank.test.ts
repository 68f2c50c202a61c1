/** What an endpoint makes befall its own replica in virtual time. */
import { expect, it } from 'vitest'
import { SERVICES } from '../../../src/scenario/index.ts'
import { Shop } from '../../../src/shop/index.ts'
import { Agenda, indexOf, kindOf, REPLICA } from '../../../src/worlds/virtual/agenda.ts'
import { ReplicaBank } from '../../../src/worlds/virtual/replica-bank.ts'
import { smallScenario } from '../../shop/small-scenario.ts'

const CART = SERVICES.indexOf('cart-service')
const WORK_MS = 100

const agenda = new Agenda(0)
const bank = new ReplicaBank(new Shop(smallScenario), smallScenario, agenda)

/** How long a job takes at the first two replicas of the cart service. */
function lasts(): number[] {
  const startMs = agenda.nowMs
  const took: number[] = []
  for (const instance of [0, 1]) bank.arrive(CART, instance, instance, WORK_MS)
  while (agenda.nextTimeMs < Number.POSITIVE_INFINITY) {
    const event = agenda.takeNext()
    if (kindOf(event) === REPLICA) bank.look(indexOf(event), (job) => (took[job] = agenda.nowMs - startMs))
  }
  return took
}

it('slows down that replica alone, until it is over or the replica crashes', () => {
  const [ownMs, otherMs] = lasts() as [number, number]
  const { befall, replica } = bank.host(CART, 0)
  expect(replica.id).toBe('cart-service-1')
  befall({ speed: 0.5 })
  expect(lasts()).toEqual([2 * ownMs, otherMs])
  befall(undefined)
  expect(lasts()).toEqual([ownMs, otherMs])

  befall({ speed: 0.5 })
  const change = { atMs: agenda.nowMs, service: CART, instance: 0, fault: 0 }
  bank.change({ ...change, effect: { down: true } })
  bank.change({ ...change, effect: undefined })
  expect(lasts()).toEqual([ownMs, otherMs])
})

it('is felt by a job that is being worked on', () => {
  bank.arrive(CART, 0, 0, WORK_MS)
  const usualMs = agenda.nextTimeMs - agenda.nowMs
  agenda.skipTo(agenda.nowMs + usualMs / 2)
  const atMs = agenda.nowMs
  bank.host(CART, 0).befall({ speed: 0.5 })
  let doneAtMs = Number.NaN
  while (agenda.nextTimeMs < Number.POSITIVE_INFINITY) {
    const event = agenda.takeNext()
    bank.look(indexOf(event), () => (doneAtMs = agenda.nowMs))
  }
  expect(doneAtMs - atMs).toBeCloseTo(usualMs)
})
