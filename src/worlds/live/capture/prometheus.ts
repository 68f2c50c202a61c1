/**
 * The state of instances from Prometheus: instant queries of its HTTP API (`GET /api/v1/query`), one per feature, and
 * per service if the query says `$service`. A series belongs to the instance that its label names.
 */
import type { PrometheusSettings } from '../../../scenario/index.ts'
import type { StateQuestion } from './state-poll.ts'

const SERVICE = '$service'

/** Takes the value of a feature of an instance, which is named as it is there: by a label, or by an id. */
export type TellValue = (service: string, name: string, feature: string, value: number) => void

/** @param services those that `$service` stands for; without it, what is answered is said of each */
export function prometheusQuestions(
  { queries, instanceLabel }: PrometheusSettings,
  services: readonly string[],
  tell: TellValue,
): StateQuestion[] {
  return Object.entries(queries).flatMap(([feature, query]) => {
    const question = (promql: string, of: readonly string[]): StateQuestion => ({
      path: `/api/v1/query?query=${encodeURIComponent(promql)}`,
      take: (answer) => {
        for (const [name, value] of instantVector(answer, instanceLabel, feature)) {
          for (const service of of) tell(service, name, feature, value)
        }
        return []
      },
    })
    if (!query.includes(SERVICE)) return [question(query, services)]
    return services.map((service) => question(query.replaceAll(SERVICE, service), [service]))
  })
}

/**
 * The values of an answer by the label that names the instance. Values that are no number ("NaN", "+Inf") are left out.
 *
 * @throws Error if it is not an instant vector with one series per instance
 */
export function instantVector(answer: unknown, label: string, feature: string): Map<string, number> {
  const { status, data } = (answer ?? {}) as {
    status?: unknown
    data?: { resultType?: unknown; result?: unknown }
  }
  const result = data?.result
  if (status !== 'success' || data?.resultType !== 'vector' || !Array.isArray(result)) {
    throw new Error(`${feature}: expected an instant vector, got ${String(data?.resultType ?? status)}`)
  }
  const values = new Map<string, number>()
  for (const series of result as readonly { metric?: Record<string, string>; value?: unknown }[]) {
    const name = series?.metric?.[label]
    if (name === undefined) throw new Error(`${feature}: a series without the label "${label}"`)
    if (values.has(name)) {
      throw new Error(
        `${feature}: several series for ${label}="${name}": let the query sum them up, or ask for one $service`,
      )
    }
    const [, text] = Array.isArray(series.value) ? (series.value as unknown[]) : []
    values.set(name, typeof text === 'string' && text !== '' ? Number(text) : Number.NaN)
  }
  return new Map([...values].filter(([, value]) => Number.isFinite(value)))
}
