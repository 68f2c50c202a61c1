/** The queueing model of each service, fitted from the log. */
import type { RecordedData } from '../data/recorded-data.ts'
import { fitStation, type Station } from './fit-station.ts'
import { fitTrace, type Trace } from './fit-trace.ts'
import { recordedCalls } from './recorded-calls.ts'

export interface FittedService {
  readonly service: string
  readonly station: Station
  /** By run, those of more than one instance. */
  readonly training: readonly Trace[]
  readonly validation: readonly Trace[]
}

/** In the order of the log's services. The station is fitted on the training split alone. */
export function fitServices({ log, split }: RecordedData): FittedService[] {
  const validation = recordedCalls(log, split.validation)
  return recordedCalls(log, split.training).map((runs, index) => {
    const station = fitStation(runs)
    const traces = (all: typeof runs): Trace[] =>
      all.filter(({ instances }) => instances > 1).map((calls) => fitTrace(calls, station))
    return {
      service: log.services[index]!,
      station,
      training: traces(runs),
      validation: traces(validation[index]!),
    }
  })
}
