import { describe, expect, it } from 'vitest'
import { RunStatistics } from '../../../src/study/index.ts'
import { ThresholdWatch } from '../../../src/study/summary/threshold-watch.ts'
import { flowScenario, requestOf } from '../flow-statistics.ts'

function watched(thresholds: string) {
  const scenario = flowScenario(thresholds)
  const statistics = new RunStatistics(scenario)
  return { statistics, watch: new ThresholdWatch(scenario, statistics) }
}

/** A request that ends then, and has taken so long. */
function endingAt(endMs: number, latencyMs: number) {
  const startMs = endMs - latencyMs
  return requestOf('search', latencyMs, { intendedMs: startMs, readyMs: startMs, startMs, endMs })
}

describe('a watch over thresholds', () => {
  it('looks once per second, before what ends in the next one is counted', () => {
    const { statistics, watch } = watched('{ maxLatencyMs: { limit: "< 100", abortOnFail: true } }')
    for (const [endMs, latencyMs] of [
      [500, 50],
      [900, 300],
      [999, 20],
    ] as const) {
      statistics.onRequest(endingAt(endMs, latencyMs))
      expect(watch.signal.aborted).toBe(false)
    }
    statistics.onRequest(endingAt(1000, 900))
    expect(watch.signal.aborted).toBe(true)
    expect(watch.stopped).toEqual({
      stopped: 'maxLatencyMs < 100 did not hold after 1 s: it was 300',
      abortedBy: { metric: 'maxLatencyMs', condition: '< 100', value: 300, atMs: 1000 },
    })
  })

  it('is patient until its time, and for ever with thresholds that end nothing', () => {
    const { statistics, watch } = watched(
      '{ maxLatencyMs: { limit: "< 1", abortOnFail: true, abortAfterSeconds: 3 }, errorRate: "< 0" }',
    )
    for (let endMs = 500; endMs < 3000; endMs += 500) statistics.onRequest(endingAt(endMs, 50))
    expect(watch.signal.aborted).toBe(false)
    statistics.onRequest(endingAt(3100, 50))
    expect(watch.stopped?.abortedBy.atMs).toBe(3100)
    const { statistics: other, watch: lenient } = watched('{ maxLatencyMs: "< 1" }')
    for (let endMs = 500; endMs < 3000; endMs += 500) other.onRequest(endingAt(endMs, 50))
    expect(lenient.stopped).toBeUndefined()
  })

  it('waits for what has not been measured', () => {
    const { statistics, watch } = watched(
      '{ "p95LatencyMs{action:store}": { limit: "< 1", abortOnFail: true } }',
    )
    for (let endMs = 500; endMs < 3000; endMs += 500) statistics.onRequest(endingAt(endMs, 50))
    watch.look(5000, statistics)
    expect(watch.stopped).toBeUndefined()
    statistics.onRequest(requestOf('store', 9))
    watch.look(6000, statistics)
    expect(watch.stopped?.abortedBy.metric).toBe('p95LatencyMs{action:store}')
  })
})
