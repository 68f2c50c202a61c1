import { existsSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { capture } from './capture.ts'

describe('compare', () => {
  it.each([
    ['--scenario validation --policies c3,leest-outstanding', 2, /did you mean "least-outstanding"/],
    ['--scenario validation --policies least-work-left --world live', 2, /"least-work-left" is an oracle/],
    ['--scenario validation --policies model:nowhere', 7, /nowhere\/model.json: cannot be read/],
    ['--scenario validation --policies ,', 2, /nothing to compare: name policies/],
    ['--scenario validation --reference c4', 2, /unknown policy "c4"/],
    ['--scenario validation --seeds 0', 2, /--seeds: expected a whole number from 1, got "0"/],
    ['--scenario validation --jobs 0', 2, /--jobs: expected a whole number from 1, got "0"/],
    ['--scenario validation --load -1', 2, /load: expected a factor above 0, got -1/],
    ['--scenario validation --seconds 5', 2, /--seconds is for --world live/],
    ['--scenario validation --seconds 0 --world live', 2, /--seconds: expected a number above 0, got "0"/],
    ['--scenario validation --merge', 2, /--merge adds to a comparison that is there: say which with --out/],
    ['--scenario validation --out /proc/nowhere', 6, /\/proc\/nowhere: a comparison cannot be written there/],
    ['--scenario validation --policies c3 --cache /proc/nowhere', 6, /replays cannot be kept there/],
    ['--policies c3', 2, /compare needs to know what to replay: add --config FILE or --scenario NAME/],
  ])('refuses %s before anything is run', async (flags, code, message) => {
    const refused = await capture(`compare ${flags}`)
    expect(refused).toMatchObject({ code, stdout: '', stderr: expect.stringMatching(message) })
    expect(refused.stderr).not.toContain('comparing')
    expect(existsSync('nowhere')).toBe(false)
  })
})
