/** What a program that sends load says of itself, by the channel to its parent. */
export interface Measured {
  readonly requests: number
  /** Of the whole process around the load: user and system, its helper threads and the collector's included. */
  readonly cpuMs: number
  readonly seconds: number
}

/** Sends when the load is over, and ends. */
export function report(measured: Measured): void {
  process.send!(measured, () => process.disconnect())
}

/** CPU of this process for what `load` does. @param load returns how many requests it made */
export async function measured(load: () => Promise<number>): Promise<Measured> {
  const before = process.cpuUsage()
  const startMs = performance.now()
  const requests = await load()
  const { user, system } = process.cpuUsage(before)
  return { requests, cpuMs: (user + system) / 1000, seconds: (performance.now() - startMs) / 1000 }
}
