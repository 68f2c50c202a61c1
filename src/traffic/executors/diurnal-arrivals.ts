/**
 * The rate of a day, with noise: mean * (1 + amplitude * cos(2 pi (t - peak) / period)) * noise(t), and Poisson starts
 * at it (a Cox process; thinned, see `thinned-starts.ts`).
 *
 * The noise is value noise: every `noiseMs` a number is drawn uniformly within 1 +- noise, by key, and between two of
 * them lies a straight line. Its mean is 1, and it is bounded, as thinning needs it.
 */
import { keyedUniform } from '../../core/index.ts'
import { type DiurnalArrivals, executorParameters } from '../../scenario/index.ts'
import type { OpenKind } from './executor-kind.ts'
import { thinnedStarts } from './thinned-starts.ts'

/** Starts per second without the noise. */
function calmRate(executor: DiurnalArrivals, sinceStartMs: number): number {
  const { meanSessionsPerSecond, amplitude, periodMs, peakMs } = executor
  return (
    meanSessionsPerSecond * (1 + amplitude * Math.cos((2 * Math.PI * (sinceStartMs - peakMs)) / periodMs))
  )
}

/** What the rate is multiplied by. */
function noiseAt({ noise, noiseMs }: DiurnalArrivals, key: number, sinceStartMs: number): number {
  if (noise === 0) return 1
  const point = Math.floor(sinceStartMs / noiseMs)
  const along = sinceStartMs / noiseMs - point
  const drawn = keyedUniform(key, point) * (1 - along) + keyedUniform(key, point + 1) * along
  return 1 + noise * (2 * drawn - 1)
}

export const diurnalArrivals: OpenKind<DiurnalArrivals> = {
  name: 'diurnal-arrivals',
  summary: 'starts sessions at random, with the rate of a day and noise',
  model: 'open',
  knownAs: 'not in k6; vegeta has a sine pacer in its library',
  get parameters() {
    return executorParameters('diurnal-arrivals')
  },
  starts: (executor, { durationMs, stream, key }) => {
    const most = executor.meanSessionsPerSecond * (1 + executor.amplitude) * (1 + executor.noise)
    const noiseKey = key('noise')
    return thinnedStarts(
      stream('arrivals'),
      durationMs,
      most,
      (sinceStartMs) => calmRate(executor, sinceStartMs) * noiseAt(executor, noiseKey, sinceStartMs),
    )
  },
  expectedStarts: (executor, durationMs) => {
    const { meanSessionsPerSecond, amplitude, periodMs, peakMs } = executor
    const angle = (sinceStartMs: number): number => (2 * Math.PI * (sinceStartMs - peakMs)) / periodMs
    const swingMs =
      ((amplitude * periodMs) / (2 * Math.PI)) * (Math.sin(angle(durationMs)) - Math.sin(angle(0)))
    return (meanSessionsPerSecond * (durationMs + swingMs)) / 1000
  },
  peakRate: (executor, durationMs) => {
    const { periodMs, peakMs } = executor
    const reachesPeak = Math.ceil(-peakMs / periodMs) * periodMs + peakMs <= durationMs
    return calmRate(executor, reachesPeak ? peakMs : nearerEnd(executor, durationMs))
  },
  scaled: (executor, factor) => ({
    ...executor,
    meanSessionsPerSecond: executor.meanSessionsPerSecond * factor,
  }),
}

/** The end of the phase that has the higher rate: between two peaks the highest is at one of them. */
function nearerEnd(executor: DiurnalArrivals, durationMs: number): number {
  return calmRate(executor, 0) > calmRate(executor, durationMs) ? 0 : durationMs
}
