import { describe, expect, it } from 'vitest'
import { isLoopback } from '../../src/core/index.ts'

describe('isLoopback', () => {
  it.each(['localhost', 'LOCALHOST', '127.0.0.1', '127.9.8.7', '::1', '[::1]'])('%s is', (host) =>
    expect(isLoopback(host)).toBe(true),
  )
  it.each(['', '0.0.0.0', '::', '[::]', '10.0.0.1', '127.0.0.1.nip.io', 'localhost.example', '1127.0.0.1'])(
    '%j is not',
    (host) => expect(isLoopback(host)).toBe(false),
  )
})
