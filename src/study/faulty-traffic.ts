/**
 * Which share of the requests goes to instances that something befalls, over time: does a policy notice, how soon, and
 * does it come back afterwards?
 *
 * Counted are the services of which some instances, but not all, are befallen by faults that the scenario places. Those
 * of its chaos come at other times with every seed: a mean over seeds would show nothing.
 */
import { type Fault, instanceIds, type Scenario, SERVICES, scenarioDurationMs } from '../scenario/index.ts'
import { drawnFaults, effectEndMs } from '../shop/index.ts'

const MOST_BUCKETS = 120

export interface FaultyShare {
  readonly bucketMs: number
  /** Per bucket: requests to services with a faulty instance, and those of them that went there. */
  readonly sent: readonly number[]
  readonly toFaulty: readonly number[]
  /** The share that those instances would have if all of their service had the same; NaN without requests. */
  readonly evenShare: number
  /** When something was at work, whatever it was. */
  readonly windows: readonly { readonly startMs: number; readonly endMs: number }[]
}

export class FaultyTraffic {
  readonly #bucketMs: number
  readonly #last: number
  readonly #sent: number[]
  readonly #toFaulty: number[]
  /** By service: which of its instances are faulty at some time, and how large their even share is; or nothing. */
  readonly #faulty: readonly (readonly boolean[] | undefined)[]
  readonly #evenShares: readonly number[]
  readonly #faults: readonly Fault[]
  #even = 0

  constructor(scenario: Scenario, seed: number) {
    const durationMs = scenarioDurationMs(scenario)
    this.#bucketMs = Math.ceil(durationMs / MOST_BUCKETS / 1000) * 1000
    const buckets = Math.ceil(durationMs / this.#bucketMs)
    this.#last = buckets - 1
    this.#sent = new Array<number>(buckets).fill(0)
    this.#toFaulty = new Array<number>(buckets).fill(0)
    const drawn = drawnFaults({ ...scenario, chaos: [] }, seed)
    const befallen = new Set(drawn.flatMap(({ instances }) => instances))
    this.#faulty = SERVICES.map((service) => {
      const faulty = instanceIds(scenario, service).map((id) => befallen.has(id))
      return faulty.includes(true) && faulty.includes(false) ? faulty : undefined
    })
    this.#evenShares = this.#faulty.map((faulty) =>
      faulty === undefined ? 0 : faulty.filter(Boolean).length / faulty.length,
    )
    const counted = new Set(
      SERVICES.flatMap((service, i) =>
        this.#faulty[i] === undefined ? [] : instanceIds(scenario, service).filter((id) => befallen.has(id)),
      ),
    )
    this.#faults = drawn.filter(({ instances }) => instances.some((id) => counted.has(id)))
  }

  add(service: number, instance: number, nowMs: number): void {
    const faulty = this.#faulty[service]
    if (faulty === undefined) return
    const bucket = Math.min(this.#last, Math.floor(nowMs / this.#bucketMs))
    this.#sent[bucket]!++
    this.#even += this.#evenShares[service]!
    if (faulty[instance] === true) this.#toFaulty[bucket]!++
  }

  /** Undefined where no fault stands out. */
  get share(): FaultyShare | undefined {
    if (this.#faults.length === 0) return undefined
    const total = this.#sent.reduce((sum, count) => sum + count, 0)
    return {
      bucketMs: this.#bucketMs,
      sent: this.#sent,
      toFaulty: this.#toFaulty,
      evenShare: this.#even / total,
      windows: windowsOf(this.#faults),
    }
  }
}

/** The times of faults, where they overlap as one. */
function windowsOf(faults: readonly Fault[]): { startMs: number; endMs: number }[] {
  const windows: { startMs: number; endMs: number }[] = []
  for (const fault of faults.toSorted((a, b) => a.startMs - b.startMs)) {
    const last = windows.at(-1)
    const endMs = effectEndMs(fault)
    if (last !== undefined && fault.startMs <= last.endMs) last.endMs = Math.max(last.endMs, endMs)
    else windows.push({ startMs: fault.startMs, endMs })
  }
  return windows
}
