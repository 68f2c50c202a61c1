import { describe, expect, it } from 'vitest'
import { epochLine } from '../../src/cli/training-progress.ts'
import type { EpochReport } from '../../src/learning/index.ts'

const REPORT: EpochReport = {
  epoch: 7,
  trainingLoss: 0.123456,
  validationLoss: 6.5,
  validationObjective: 1,
  policy: {
    value: 0.3754,
    effectiveSampleSize: 346.6,
    agreementWithLogger: 0.514,
    decisions: 979,
  } as EpochReport['policy'],
  improved: false,
}

describe('epochLine', () => {
  it('has losses, the estimate with how much it rests on, and the agreement', () => {
    expect(epochLine(REPORT)).toBe(
      '  epoch   7  loss 0.1235  validation 6.5000  ' +
        'estimated reward 0.3754 (effective sample 347 of 979)  agreement with logger 51%',
    )
  })

  it('marks the best epoch so far', () => {
    expect(epochLine({ ...REPORT, improved: true })).toMatch(/51% {2}best$/)
  })

  it('does not make up an estimate where there is none', () => {
    const policy = { ...REPORT.policy, value: null }
    expect(epochLine({ ...REPORT, policy })).toContain('estimated reward not identifiable  agreement')
  })
})
