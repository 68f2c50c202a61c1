import { expect, it } from 'vitest'
import { headersRead } from '../../src/shop/index.ts'

it('keeps what endpoints read, and nothing else', () => {
  expect(headersRead({ 'x-user-email': 'a@b.example', accept: '*/*', 'x-session-id': 's-1' })).toEqual({
    headers: { 'x-user-email': 'a@b.example', 'x-session-id': 's-1' },
  })
  expect(headersRead({ accept: '*/*', 'x-user-email': ['a', 'b'] })).toEqual({})
})
