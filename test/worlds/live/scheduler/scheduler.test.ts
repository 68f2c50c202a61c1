/** What every waker must do for the scheduler, and what the scheduler makes of it: order, nothing early, nothing lost. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import { SCHEDULERS } from '../../../../src/scenario/index.ts'
import { wakerOf } from '../../../../src/worlds/live/scheduler/create-waker.ts'
import { Scheduler } from '../../../../src/worlds/live/scheduler/scheduler.ts'
import { ThreadWaker } from '../../../../src/worlds/live/scheduler/thread-waker.ts'

const open: { close(): void }[] = []
afterEach(() => {
  for (const one of open.splice(0)) one.close()
})

const now = () => performance.now()

/** Resolves when `count` things have been told. */
class Tale<Item> {
  readonly items: Item[] = []
  readonly #count: number
  readonly all: Promise<void>
  #done!: () => void

  constructor(count: number) {
    this.#count = count
    this.all = new Promise((resolve) => {
      this.#done = resolve
    })
  }

  tell(item: Item): void {
    this.items.push(item)
    if (this.items.length === this.#count) this.#done()
  }
}

describe.each(SCHEDULERS)('a waker: %s', (kind) => {
  const wakerFor = (wake: () => void) => {
    const waker = wakerOf(kind)(now, wake)
    open.push(waker)
    return waker
  }

  it('wakes at its alarm, and again for each that is set', async () => {
    const wakes = new Tale<number>(5)
    const waker = wakerFor(() => {
      wakes.tell(now())
      if (wakes.items.length < 5) waker.set(now() + 3, 1)
    })
    const startMs = now()
    waker.set(startMs + 3, 0)
    await wakes.all
    // Five times 3 ms, each perhaps a little early.
    expect(wakes.items[4]! - startMs).toBeGreaterThan(10)
    expect(waker.trouble).toBeNull()
  })

  it('wakes for the earlier one of two, and not at all for Infinity', async () => {
    const wakes = new Tale<number>(1)
    const waker = wakerFor(() => wakes.tell(now()))
    waker.set(now() + 3_600_000, 0)
    // Once the helper thread is up and sleeps, too.
    await delay(150)
    waker.set(now() + 5, 0)
    await wakes.all
    waker.set(now() + 20, 0)
    waker.set(Number.POSITIVE_INFINITY, 0)
    await delay(60)
    expect(wakes.items).toHaveLength(1)
  })

  it('takes alarms that are days ahead', async () => {
    let wakes = 0
    const waker = wakerFor(() => wakes++)
    waker.set(now() + 40 * 86_400_000, 0)
    await delay(150)
    expect(wakes).toBe(0)
  })

  it('does not wake any more when it is closed', async () => {
    let wakes = 0
    const waker = wakerFor(() => wakes++)
    waker.set(now() + 20, 0)
    waker.close()
    await delay(60)
    expect(wakes).toBe(0)
  })
})

describe.each(SCHEDULERS)('the scheduler with %s', (kind) => {
  const schedulerOf = () => {
    const scheduler = new Scheduler(now, wakerOf(kind))
    open.push(scheduler)
    return scheduler
  }

  it('carries out everything once, in order of time and of entry, and nothing early', async () => {
    const scheduler = schedulerOf()
    const told = new Tale<{ readonly n: number; readonly atMs: number; readonly tookPlaceMs: number }>(600)
    const startMs = now()
    for (let n = 0; n < 600; n++) {
      // In no order, two at each instant, some of them in the past.
      const atMs = startMs - 5 + ((n * 7919) % 300) / 3
      scheduler.at(atMs, () => told.tell({ n, atMs, tookPlaceMs: now() }))
    }
    await told.all
    for (const [i, { n, atMs, tookPlaceMs }] of told.items.entries()) {
      expect(tookPlaceMs).toBeGreaterThanOrEqual(atMs)
      const before = told.items[i - 1]
      if (before === undefined) continue
      expect(atMs).toBeGreaterThanOrEqual(before.atMs)
      if (atMs === before.atMs) expect(n).toBeGreaterThan(before.n)
    }
    expect(new Set(told.items.map(({ n }) => n)).size).toBe(600)
  })

  it('takes what is set by what it carries out', async () => {
    const scheduler = schedulerOf()
    const told = new Tale<number>(30)
    const next = (n: number): void => {
      told.tell(n)
      if (n < 29) scheduler.after(n % 3, () => next(n + 1))
    }
    scheduler.after(1, () => next(0))
    await told.all
    expect(told.items).toEqual(Array.from({ length: 30 }, (_, n) => n))
  })

  it('follows a plan, which comes before what else is due in the same millisecond', async () => {
    const scheduler = schedulerOf()
    const told = new Tale<string>(8)
    const startMs = now() + 5
    let step = 0
    for (const n of [0, 1, 2, 3]) scheduler.at(startMs + 2 * n, () => told.tell(`queue ${n}`))
    scheduler.follow({
      nextAtMs: () => (step < 4 ? startMs + 2 * step : Number.POSITIVE_INFINITY),
      advance: (nowMs) => {
        expect(nowMs).toBeGreaterThanOrEqual(startMs + 2 * step)
        expect(nowMs).toBeLessThan(startMs + 2 * step + 2)
        told.tell(`plan ${step++}`)
      },
    })
    await told.all
    expect(told.items).toEqual([0, 1, 2, 3].flatMap((n) => [`plan ${n}`, `queue ${n}`]))
  })

  it('leaves the event loop its turns, however much is due', async () => {
    const scheduler = schedulerOf()
    let carriedOut = 0
    let seen = 0
    const startMs = now()
    for (let n = 0; n < 10_000; n++) scheduler.at(startMs, () => carriedOut++)
    while (carriedOut < 10_000) {
      await new Promise(setImmediate)
      if (carriedOut > 0 && carriedOut < 10_000) seen++
    }
    expect(seen).toBeGreaterThan(10)
  })

  it('carries nothing out any more when it is closed, even by what it is carrying out', async () => {
    const scheduler = schedulerOf()
    const told: string[] = []
    scheduler.after(5, () => {
      told.push('closes')
      scheduler.close()
    })
    scheduler.after(5.01, () => told.push('too late'))
    await delay(60)
    scheduler.after(1, () => told.push('after the end'))
    await delay(30)
    expect(told).toEqual(['closes'])
  })

  it('never carries out what is never', async () => {
    const scheduler = schedulerOf()
    let carriedOut = 0
    scheduler.after(Number.POSITIVE_INFINITY, () => carriedOut++)
    scheduler.after(1e12, () => carriedOut++)
    await delay(150)
    expect(carriedOut).toBe(0)
  })
})

it('the helper thread is never early: its alarm would ring again and again until it is time', async () => {
  const times = new Tale<{ readonly atMs: number; readonly wokeMs: number }>(50)
  let atMs = Number.POSITIVE_INFINITY
  const waker = wakerOf('thread')(now, () => {
    times.tell({ atMs, wokeMs: now() })
    waker.set((atMs = now() + 1.3), 1)
  })
  open.push(waker)
  // Until the thread is up, a timer stands in for it.
  await delay(300)
  waker.set((atMs = now() + 1.3), 1)
  await times.all
  expect(times.items.filter(({ atMs, wokeMs }) => wokeMs < atMs)).toEqual([])
})

it('a helper thread that cannot start leaves its alarms to the timer, and it is said', async () => {
  const wakes = new Tale<number>(3)
  const nowhere = new URL('file:///nowhere/alarm-worker.js')
  const waker = new ThreadWaker(
    now,
    () => {
      wakes.tell(now())
      waker.set(now() + 30)
    },
    nowhere,
  )
  open.push(waker)
  waker.set(now() + 30)
  await wakes.all
  while (waker.trouble === null) await delay(10)
  expect(waker.trouble).toMatch(/timed to a millisecond only: the helper thread failed: Cannot find module/)
})

it('a scheduler does not keep the process, also one that has a helper thread and was never closed', async () => {
  const program = `
    const { Scheduler } = await import('${new URL('../../../../src/worlds/live/scheduler/scheduler.ts', import.meta.url)}')
    const { wakerOf } = await import('${new URL('../../../../src/worlds/live/scheduler/create-waker.ts', import.meta.url)}')
    new Scheduler(() => performance.now(), wakerOf('thread'))`
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program], {
    stdio: 'inherit',
  })
  expect(await once(child, 'exit')).toEqual([0, null])
})
