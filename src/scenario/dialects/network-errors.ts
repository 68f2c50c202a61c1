/**
 * `network_errors` of `error_simulation_config`: what the network does to requests of any service, for the whole run.
 * A malformed request is one that the network has garbled, so that the service refuses it with 400; those that users
 * get wrong are in `mistakes.ts`.
 */
import { z } from 'zod'
import { share } from '../fields.ts'
import type { FieldPath } from '../source-document.ts'
import type { ForeignFile } from './foreign-file.ts'
import { rate, rateOf } from './trouble.ts'

/** Fields by what they are here. */
const FIELDS = {
  timeouts: 'timeout_simulation_rate',
  refused: 'connection_refused_rate',
  malformed: 'malformed_request_rate',
} as const

const networkErrorsSchema = z.looseObject({
  timeout_simulation_rate: rate.default(0),
  connection_refused_rate: rate.default(0),
  malformed_request_rate: rate.default(0),
})

/** Shares of all requests. */
export type NetworkErrors = Readonly<Record<keyof typeof FIELDS, number>>

/** As with mistakes, the gate (`error_injection_probability`) must open first. */
export function readNetworkErrors(
  file: ForeignFile,
  places: readonly FieldPath[],
): NetworkErrors | undefined {
  const config = file.firstOf(places)
  if (config === undefined) return undefined
  const path = [...config, 'error_scenarios', 'network_errors']
  if (file.document.at(path) === undefined) return undefined
  const rates = file.read(path, networkErrorsSchema)
  if (rates === undefined) return undefined
  // What is wrong with the gate itself is told where mistakes are read.
  const gate =
    share.default(1).safeParse(file.document.at([...config, 'error_injection_probability'])).data ?? 1
  const errors = Object.fromEntries(
    Object.entries(FIELDS).map(([name, field]) => {
      // Twelve digits are what the product of two decimals means; the rest is rounding.
      return [name, Number((gate * rateOf(rates[field])).toPrecision(12))]
    }),
  ) as NetworkErrors
  const sum = Object.values(errors).reduce((total, value) => total + value, 0)
  if (sum > 1) {
    const text = `expected rates that sum to at most 1 behind the gate, got a sum of ${Number(sum.toPrecision(6))}`
    file.problems.add(file.document, path, `${text}: lower ${Object.values(FIELDS).join(', ')}`)
  }
  return errors
}
