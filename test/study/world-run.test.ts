import { describe, expect, it } from 'vitest'
import { TargetError } from '../../src/core/index.ts'
import { targetAddress } from '../../src/study/index.ts'

describe('targetAddress', () => {
  it.each([
    ['http://127.0.0.1:8080', 'http://127.0.0.1:8080', '/proxy'],
    ['http://127.0.0.1:8080/', 'http://127.0.0.1:8080', '/proxy'],
    ['http://127.0.0.1:8080/proxy', 'http://127.0.0.1:8080', '/proxy'],
    ['http://gateway/proxy//', 'http://gateway', '/proxy'],
    ['https://shop.example/api/gateway/', 'https://shop.example', '/api/gateway'],
    ['http://[::1]:9000/x', 'http://[::1]:9000', '/x'],
    ['HTTP://Shop.Example:80', 'http://shop.example', '/proxy'],
  ])('splits %s', (target, origin, prefix) => {
    expect(targetAddress(target)).toEqual({ origin, prefix })
  })

  it.each(['', '127.0.0.1:8080', 'localhost:8080', 'ftp://shop.example', 'http://', '/proxy'])(
    'refuses "%s" and says what a target looks like',
    (target) => {
      expect(() => targetAddress(target)).toThrow(TargetError)
      expect(() => targetAddress(target)).toThrow(
        `target "${target}": expected a URL like http://127.0.0.1:8080/proxy`,
      )
    },
  )
})
