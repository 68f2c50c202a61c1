/** `/api/benchmark/...`: parameters stand in the query, as the predecessor's clients send them. */
import type { Algorithms } from './algorithms.ts'
import type { Benchmark } from './benchmark.ts'
import { type AdminRequest, type AdminRoute, Refusal } from './route.ts'

const DEFAULT_MINUTES = 60
const MOST_MINUTES = 7 * 24 * 60

export function benchmarkRoutes(algorithms: Algorithms, benchmark: Benchmark): AdminRoute[] {
  return [
    {
      method: 'GET',
      path: '/api/benchmark/status',
      summary:
        'Which algorithm decides, which there are, and what came of the requests under the present one',
      answer: () => ({ json: benchmark.status() }),
    },
    {
      method: 'POST',
      path: '/api/benchmark/switch',
      summary: '`?algorithm=`: another algorithm for all services',
      answer: ({ query }) => {
        const name = query.get('algorithm')
        if (name === null) throw new Refusal(400, `algorithm: is missing: use ${algorithms.names.join(', ')}`)
        const previousAlgorithm = algorithms.current
        algorithms.switchTo(name)
        return { json: { ...done(`switched to ${name}`), previousAlgorithm, ...benchmark.status() } }
      },
    },
    {
      method: 'POST',
      path: '/api/benchmark/start',
      summary: '`?durationMinutes=60&startAlgorithm=`: statistics begin anew, with that algorithm',
      answer: ({ query }) => {
        const minutes = minutesOf(query)
        const name = query.get('startAlgorithm')
        if (name !== null) algorithms.switchTo(name)
        benchmark.start(minutes)
        return { json: { ...done('benchmark started'), ...benchmark.status() } }
      },
    },
    {
      method: 'POST',
      path: '/api/benchmark/stop',
      summary: 'Ends the benchmark; the algorithm and the statistics stay',
      answer: () => {
        benchmark.stop()
        return { json: { ...done('benchmark stopped'), ...benchmark.results() } }
      },
    },
    {
      method: 'POST',
      path: '/api/benchmark/reset',
      summary: '`?algorithm=`: forgets the statistics of one algorithm, or of all',
      answer: ({ query }) => {
        const name = query.get('algorithm') ?? undefined
        benchmark.reset(name)
        return { json: { ...done(`statistics of ${name ?? 'all algorithms'} reset`), ...benchmark.status() } }
      },
    },
    {
      method: 'GET',
      path: '/api/benchmark/results',
      summary: 'All algorithms that were in use, side by side',
      answer: () => ({ json: benchmark.results() }),
    },
  ]
}

function done(message: string) {
  return { status: 'success', message }
}

function minutesOf(query: AdminRequest['query']): number {
  const text = query.get('durationMinutes')
  const minutes = text === null ? DEFAULT_MINUTES : Number(text)
  if (minutes > 0 && minutes <= MOST_MINUTES) return minutes
  throw new Refusal(
    400,
    `durationMinutes: expected a number above 0 and up to ${MOST_MINUTES}, got "${text}"`,
  )
}
