/**
 * Our live world as `loadgen run` drives it, measured around the load alone.
 *
 * Arguments: scenario file, URL, and the file of the request log; without one only the statistics are kept.
 */
import { loadScenario } from '../../src/scenario/index.ts'
import { RequestLog, RunStatistics, vocabulary, withRequestLog } from '../../src/study/index.ts'
import { epochMs, HttpClient, LiveWorld } from '../../src/worlds/index.ts'
import { measured, report } from './measured.ts'

const FLUSH_MS = 100
const [file, url, logFile] = process.argv.slice(2) as [string, string, string | undefined]
const { scenario } = loadScenario(file, { vocabulary })
const { origin, pathname } = new URL(url)

async function load(): Promise<number> {
  const statistics = new RunStatistics(scenario)
  const client = new HttpClient(origin, scenario.client)
  const log = logFile === undefined ? undefined : new RequestLog(logFile, scenario)
  const flushing = setInterval(() => log?.flush(), FLUSH_MS)
  const world = new LiveWorld({
    scenario,
    seed: scenario.seed,
    observer: log === undefined ? statistics : withRequestLog(statistics, log),
    client,
    pathPrefix: pathname === '/' ? '' : pathname,
    startEpochMs: epochMs(),
    accountPrefix: 'bench',
    fidelity: statistics.generator,
  })
  await world.run(new AbortController().signal)
  clearInterval(flushing)
  await client.close()
  await log?.close()
  return statistics.total.requests
}

report(await measured(load))
