/**
 * A segment: one of the equal shares into which a run is cut, so that several processes or machines carry it out.
 *
 * On the command line it is `i/n`, from `1/n` to `n/n`: the i-th of n shares. (k6 writes its execution segments as
 * fractions, `0:1/4`; here all shares are alike.) `auto/n` takes the number from the scheduler that started the process.
 */
import { UsageError } from '../../core/index.ts'
import type { Segment } from '../../traffic/index.ts'
import { indexFromEnvironment } from './index-variables.ts'

export type { Segment }

export const MOST_SEGMENTS = 10_000

const EXPECTED =
  'expected the number of a share and how many there are, from 1/4 to 4/4, or auto/4 in an array of jobs'

/**
 * What `--segment` says.
 *
 * @param environment where the index variables of schedulers are: `process.env`
 * @throws UsageError if it says nothing that can be meant
 */
export function parseSegment(
  text: string,
  environment: Readonly<Record<string, string | undefined>>,
): Segment {
  const [, which, , of] = /^(auto|\d+)(\/(\d+))?$/.exec(text) ?? []
  if (which === undefined || (which !== 'auto' && of === undefined)) {
    throw new UsageError(`--segment ${text}: ${EXPECTED}`)
  }
  const count = of === undefined ? undefined : Number(of)
  if (count !== undefined && (count < 1 || count > MOST_SEGMENTS)) {
    throw new UsageError(`--segment ${text}: there can be 1 to ${MOST_SEGMENTS} segments, not ${count}`)
  }
  if (which === 'auto') return indexFromEnvironment(text, count, environment)
  const number = Number(which)
  if (number < 1 || number > count!) {
    const zero = number === 0 ? '; they count from 1' : ''
    throw new UsageError(
      `--segment ${text}: the segments of ${count} are 1/${count} to ${count}/${count}${zero}`,
    )
  }
  return { index: number - 1, count: count! }
}

/** `2 of 4`. */
export function segmentText({ index, count }: Segment): string {
  return `${index + 1} of ${count}`
}

/** `2-of-4`, for names of files. */
export function segmentName({ index, count }: Segment): string {
  return `${index + 1}-of-${count}`
}

/** All segments of a run that is cut into `count`. */
export function segmentsOf(count: number): Segment[] {
  return Array.from({ length: count }, (_, index) => ({ index, count }))
}
