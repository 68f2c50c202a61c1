import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { UsageError } from '../../../src/core/index.ts'
import {
  MOST_SEGMENTS,
  parseSegment,
  segmentName,
  segmentsOf,
  segmentText,
} from '../../../src/study/segments/segment.ts'

/** What is said of wrong input. */
function complaint(text: string, environment: Record<string, string> = {}): string {
  try {
    parseSegment(text, environment)
  } catch (error) {
    expect(error).toBeInstanceOf(UsageError)
    return (error as Error).message
  }
  throw new Error(`${text} was taken`)
}

describe('--segment i/n', () => {
  it('counts from 1, and every one of n is another', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: MOST_SEGMENTS }), fc.nat(), (count, some) => {
        const number = (some % count) + 1
        expect(parseSegment(`${number}/${count}`, {})).toEqual({ index: number - 1, count })
      }),
    )
    expect(segmentsOf(3)).toEqual(['1/3', '2/3', '3/3'].map((text) => parseSegment(text, {})))
  })

  it('is shown as it was written', () => {
    const segment = parseSegment('2/4', {})
    expect(segmentText(segment)).toBe('2 of 4')
    expect(segmentName(segment)).toBe('2-of-4')
  })

  it('takes nothing else, and says what there is', () => {
    expect(complaint('0/4')).toContain('1/4 to 4/4; they count from 1')
    expect(complaint('5/4')).toContain('1/4 to 4/4')
    expect(complaint('1/0')).toContain(`1 to ${MOST_SEGMENTS}`)
    for (const text of ['', '4', '1/', '/4', 'a/b', '1/4/2', '-1/4', '1.5/4', '0:1/4', 'auto/']) {
      expect(complaint(text), text).toContain('from 1/4 to 4/4')
    }
  })

  it('does not look at the environment when it is said by number', () => {
    expect(parseSegment('2/4', { JOB_COMPLETION_INDEX: '9' })).toEqual({ index: 1, count: 4 })
  })
})

describe('--segment auto', () => {
  it('is the completion index of Kubernetes, which does not tell how many there are', () => {
    expect(parseSegment('auto/4', { JOB_COMPLETION_INDEX: '0' })).toEqual({ index: 0, count: 4 })
    expect(parseSegment('auto/4', { JOB_COMPLETION_INDEX: '3' })).toEqual({ index: 3, count: 4 })
    expect(complaint('auto', { JOB_COMPLETION_INDEX: '0' })).toContain('write --segment auto/N')
    expect(complaint('auto/4', { JOB_COMPLETION_INDEX: '4' })).toContain('JOB_COMPLETION_INDEX=4')
  })

  it('is the task of a Slurm array, wherever that begins and however wide its steps are', () => {
    const slurm = (id: number, min: number, count: number, step?: number) => ({
      SLURM_ARRAY_TASK_ID: String(id),
      SLURM_ARRAY_TASK_MIN: String(min),
      SLURM_ARRAY_TASK_COUNT: String(count),
      ...(step === undefined ? {} : { SLURM_ARRAY_TASK_STEP: String(step) }),
    })
    expect(parseSegment('auto', slurm(0, 0, 4))).toEqual({ index: 0, count: 4 })
    expect(parseSegment('auto/4', slurm(13, 10, 4))).toEqual({ index: 3, count: 4 })
    expect(parseSegment('auto', slurm(7, 1, 3, 3))).toEqual({ index: 2, count: 3 })
    expect(complaint('auto/5', slurm(0, 0, 4))).toContain('has 4 tasks (SLURM_ARRAY_TASK_COUNT), not 5')
    // --array=1,4,9
    expect(complaint('auto', slurm(9, 1, 3))).toContain('without gaps')
  })

  it('is the child of an AWS Batch array', () => {
    const environment = { AWS_BATCH_JOB_ARRAY_INDEX: '2', AWS_BATCH_JOB_ARRAY_SIZE: '10' }
    expect(parseSegment('auto', environment)).toEqual({ index: 2, count: 10 })
    expect(parseSegment('auto/10', environment)).toEqual({ index: 2, count: 10 })
    expect(parseSegment('auto/4', { AWS_BATCH_JOB_ARRAY_INDEX: '2' })).toEqual({ index: 2, count: 4 })
  })

  it('is an error where no scheduler says it, two do, or one says nonsense', () => {
    expect(complaint('auto/4')).toContain('SLURM_ARRAY_TASK_ID')
    expect(complaint('auto/4', { JOB_COMPLETION_INDEX: '' })).toContain('none of')
    const both = { JOB_COMPLETION_INDEX: '1', SLURM_ARRAY_TASK_ID: '2' }
    expect(complaint('auto/4', both)).toContain('JOB_COMPLETION_INDEX=1 and SLURM_ARRAY_TASK_ID=2')
    expect(complaint('auto/4', { JOB_COMPLETION_INDEX: 'x' })).toContain('expected a whole number, got "x"')
  })
})
