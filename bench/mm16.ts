/**
 * M/M/16 at load 0.9, three times the same: on the event queue of the virtual world, in C, and in SimPy. Each gives
 * timed events per second, two per job. Model and random numbers are alike, and the mean time in the system must be
 * what theory says, so that nobody measures a program that is wrong.
 */
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { EventQueue } from '../src/worlds/index.ts'

const WORKERS = 16
const ARRIVAL = WORKERS
const ROOM = 1 << 16
const QUANTILES = Float64Array.from({ length: 4096 }, (_, i) => -Math.log((i + 0.5) / 4096))
/** Erlang C for 16 servers at load 0.9, service time 1. */
const MEAN_IN_SYSTEM = 1.36959
const BASELINES = join(import.meta.dirname, 'baselines')
/** The one of Debian; another in the path need not see its packages. */
const PYTHON = existsSync('/usr/bin/python3') ? '/usr/bin/python3' : 'python3'

/** Exponential by the inverse of its distribution at one of 4,096 points, chosen by xorshift32 (Marsaglia 2003). */
class Draws {
  #state = 2463534242

  exponential(mean: number): number {
    let state = this.#state
    state ^= state << 13
    state ^= state >>> 17
    this.#state = state ^= state << 5
    return QUANTILES[state >>> 20]! * mean
  }
}

export function eventsPerSecond(jobs: number): number {
  const startMs = performance.now()
  const mean = simulate(jobs)
  return checked('ours', (2000 * jobs) / (performance.now() - startMs), mean, 0.015)
}

/** Mean time in the system. */
function simulate(jobs: number): number {
  const draws = new Draws()
  const events = new EventQueue()
  const gap = 1 / (0.9 * WORKERS)
  const since = new Float64Array(WORKERS)
  const idle = Int32Array.from({ length: WORKERS }, (_, i) => i)
  const waitingSince = new Float64Array(ROOM)
  let idleCount = WORKERS
  let head = 0
  let tail = 0
  let arrived = 0
  let total = 0
  events.push(draws.exponential(gap), ARRIVAL)
  while (events.size > 0) {
    const now = events.nextTimeMs
    const what = events.pop()
    if (what === ARRIVAL) {
      if (++arrived < jobs) events.push(now + draws.exponential(gap), ARRIVAL)
      if (idleCount > 0) {
        const worker = idle[--idleCount]!
        since[worker] = now
        events.push(now + draws.exponential(1), worker)
      } else waitingSince[tail++ % ROOM] = now
    } else {
      total += now - since[what]!
      if (head !== tail) {
        since[what] = waitingSince[head++ % ROOM]!
        events.push(now + draws.exponential(1), what)
      } else idle[idleCount++] = what
    }
  }
  return total / jobs
}

/** A baseline: gives events per second, for as many jobs as take about a second; undefined where it cannot run. */
export type Baseline = (() => number) | undefined

/** Builds the C program into `folder`. */
export function cBaseline(folder: string): Baseline {
  const program = join(folder, 'mm16')
  const sources = ['-O2', join(BASELINES, 'mm16.c'), '-o', program, '-lm']
  if (!works('gcc', sources)) return absent('C', 'gcc')
  return () => measured('C', program, ['5000000'], 0.015)
}

export function simpyBaseline(): Baseline {
  if (!works(PYTHON, ['-c', 'import SimPy.Simulation'])) return absent('SimPy', 'python3-simpy')
  return () => measured('SimPy', PYTHON, [join(BASELINES, 'mm16_simpy.py'), '100000'], 0.06)
}

function works(program: string, args: readonly string[]): boolean {
  try {
    execFileSync(program, args, { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

function absent(name: string, debianPackage: string): undefined {
  console.error(`no baseline in ${name}: "apt-get install ${debianPackage}" and run again to compare with it`)
}

function measured(name: string, program: string, args: readonly string[], tolerance: number): number {
  const [perSecond, mean] = execFileSync(program, args, { encoding: 'utf8' }).split(' ').map(Number)
  return checked(name, perSecond!, mean!, tolerance)
}

/** @param tolerance relative; the fewer jobs, the more chance there is in their mean */
function checked(name: string, perSecond: number, mean: number, tolerance: number): number {
  if (Math.abs(mean / MEAN_IN_SYSTEM - 1) <= tolerance) return perSecond
  throw new Error(`M/M/16, ${name}: jobs stay ${mean} on average instead of ${MEAN_IN_SYSTEM}`)
}
