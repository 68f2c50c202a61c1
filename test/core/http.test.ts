import { expect, test } from 'vitest'
import { isAsExpected, isServerFailure, type Reply } from '../../src/core/http.ts'

const timeout: Reply = { status: 0, failure: 'timeout' }

test.each<[Reply, { serverFailure: boolean; success: boolean; refusal: boolean }]>([
  [{ status: 200 }, { serverFailure: false, success: true, refusal: false }],
  [{ status: 204 }, { serverFailure: false, success: true, refusal: false }],
  [{ status: 299 }, { serverFailure: false, success: true, refusal: false }],
  [{ status: 199 }, { serverFailure: false, success: false, refusal: false }],
  [{ status: 302 }, { serverFailure: false, success: false, refusal: false }],
  [{ status: 399 }, { serverFailure: false, success: false, refusal: false }],
  [{ status: 400 }, { serverFailure: false, success: false, refusal: true }],
  [{ status: 404 }, { serverFailure: false, success: false, refusal: true }],
  // Too many requests: the service is overloaded, which is no answer to a client's mistake.
  [{ status: 429 }, { serverFailure: true, success: false, refusal: false }],
  [{ status: 499 }, { serverFailure: false, success: false, refusal: true }],
  [{ status: 500 }, { serverFailure: true, success: false, refusal: false }],
  [{ status: 503 }, { serverFailure: true, success: false, refusal: false }],
  [timeout, { serverFailure: true, success: false, refusal: false }],
])('%j', (reply, { serverFailure, success, refusal }) => {
  expect(isServerFailure(reply)).toBe(serverFailure)
  expect(isAsExpected(reply, 'success')).toBe(success)
  expect(isAsExpected(reply, 'refusal')).toBe(refusal)
})
