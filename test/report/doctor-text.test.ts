import { expect, it } from 'vitest'
import { doctorText } from '../../src/report/index.ts'
import { createStyle } from '../../src/report/style.ts'
import { ADVICE, type Diagnosis } from '../../src/study/index.ts'

const DIAGNOSIS: Diagnosis = {
  target: 'http://gate:80',
  usable: true,
  checks: [
    { name: 'connection', status: 'ok', detail: 'http://gate:80/proxy answers' },
    { name: 'health of cart-service', status: 'missing', detail: 'status 503' },
    { name: 'read from cart-service', status: 'failed', detail: 'GET /api/cart: status 500' },
    { name: 'instances', status: 'missing', detail: 'in 0 of 20 answers', advice: 'instance' },
    { name: 'clock', status: 'missing', detail: 'no answer has a Date', advice: 'clock' },
    { name: 'more', status: 'missing', detail: 'the same', advice: 'clock' },
    { name: 'other', status: 'skipped', detail: 'needs a token' },
  ],
  suggestion: '--instance-header x-upstream',
}

it('is a checklist, and how to add what is missing', async () => {
  const text = doctorText(DIAGNOSIS, ADVICE, createStyle(false))
  await expect(`${text}\n`).toMatchFileSnapshot('golden/doctor.txt')
})

it('ends with the verdict', () => {
  const last = (diagnosis: Diagnosis) => doctorText(diagnosis, ADVICE, createStyle(false)).split('\n').at(-1)
  expect(last(DIAGNOSIS)).toBe('usable as a target')
  expect(last({ ...DIAGNOSIS, usable: false })).toBe('not usable as a target')
})
