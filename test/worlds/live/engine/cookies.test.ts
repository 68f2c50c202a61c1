/** Which cookies a user keeps, and where they are sent: RFC 6265. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CookieJar } from '../../../../src/worlds/live/engine/cookies.ts'

const NOW = Date.UTC(2026, 0, 1)

/** What is sent to a place of those that were set by `shop.example/a/b`. */
function sentTo(
  cookies: readonly string[],
  host = 'shop.example',
  path = '/a/c',
  secure = false,
  atMs = NOW,
) {
  const jar = new CookieJar()
  for (const cookie of cookies) jar.set(cookie, 'shop.example', '/a/b?query=/x/', NOW)
  return jar.header(host, path, secure, atMs)
}

describe('a cookie', () => {
  it.each<[string, string, string | undefined]>([
    ['goes back to its host', 'a=1', 'a=1'],
    ['may have an empty value, or one with "="', 'a==b=; Path=/', 'a==b='],
    ['loses the spaces around', ' a = 1 ; Path=/', 'a=1'],
    ['is none without a name', '=1', undefined],
    ['is none without "="', 'novalue', undefined],
    ['is none with characters that no header has', 'a=1\u0000', undefined],
    ['may be for a domain above', 'a=1; Domain=shop.example', 'a=1'],
    ['may not be for one beside it', 'a=1; Domain=other.example', undefined],
    ['may not be for one below', 'a=1; Domain=x.shop.example', undefined],
    ['may not be for all the world', 'a=1; Domain=example', undefined],
    ['is for the path that it says', 'a=1; Path=/a', 'a=1'],
    ['is not for paths that only begin alike', 'a=1; Path=/a/', 'a=1'],
    ['is not for others', 'a=1; Path=/b', undefined],
    ['has the folder for its path where it says none', 'a=1; Path=relative', 'a=1'],
    ['is gone when its time is over', 'a=1; Max-Age=0', undefined],
    ['lasts where that is not a number', 'a=1; Max-Age=x', 'a=1'],
    ['goes by Max-Age before Expires', 'a=1; Max-Age=9; Expires=Thu, 01 Jan 1970 00:00:00 GMT', 'a=1'],
    ['is gone when its date has passed', 'a=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT', undefined],
    ['is for TLS alone where it says so', 'a=1; Secure', undefined],
  ])('%s: %j', (_, cookie, expected) => {
    expect(sentTo([cookie])).toBe(expected)
  })

  it('is sent below its domain only if it names it', () => {
    expect(sentTo(['a=1; Domain=.shop.example; Path=/', 'b=2; Path=/'], 'www.shop.example', '/')).toBe('a=1')
    expect(sentTo(['a=1; Domain=shop.example; Path=/'], 'badshop.example', '/')).toBeUndefined()
  })

  it('is sent below its path only', () => {
    expect(sentTo(['a=1'], 'shop.example', '/a')).toBe('a=1')
    expect(sentTo(['a=1'], 'shop.example', '/ab')).toBeUndefined()
    expect(sentTo(['a=1'], 'shop.example', '/a?x')).toBe('a=1')
  })

  it('is sent over TLS, and until it expires', () => {
    expect(sentTo(['a=1; Secure'], 'shop.example', '/a/', true)).toBe('a=1')
    expect(sentTo(['a=1; Max-Age=10'], 'shop.example', '/a/', true, NOW + 9_999)).toBe('a=1')
    expect(sentTo(['a=1; Max-Age=10'], 'shop.example', '/a/', true, NOW + 10_000)).toBeUndefined()
  })

  it('takes the place of the one of its name, domain and path', () => {
    expect(sentTo(['a=1', 'b=2', 'a=3'])).toBe('b=2; a=3')
    expect(sentTo(['a=1', 'a=; Max-Age=0'])).toBeUndefined()
    expect(sentTo(['a=1; Path=/', 'a=2; Path=/a'])).toBe('a=2; a=1')
  })
})

it('is one of a bounded number of bounded length, in printable characters, whatever servers say', () => {
  const anyCookie = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.stringMatching(/^[a-z]{1,3}=[^;]{0,9}(; ?[A-Za-z]+=[^;]*)?$/),
  )
  fc.assert(
    fc.property(fc.array(anyCookie, { maxLength: 80 }), fc.webPath(), (cookies, path) => {
      const jar = new CookieJar()
      for (const cookie of cookies) jar.set(cookie, 'shop.example', path || '/', NOW)
      expect(jar.size).toBeLessThanOrEqual(50)
      // biome-ignore lint/suspicious/noControlCharactersInRegex: those are what no header may have
      expect(jar.header('shop.example', path || '/', true, NOW) ?? '').not.toMatch(/[\u0000-\u001f\u007f]/)
    }),
    { numRuns: 100 },
  )
  const jar = new CookieJar()
  jar.set(`a=${'x'.repeat(5000)}`, 'shop.example', '/', NOW)
  for (let i = 0; i < 60; i++) jar.set(`n${i}=1`, 'shop.example', '/', NOW)
  expect(jar.size).toBe(50)
  expect(jar.header('shop.example', '/', false, NOW)).toMatch(/^n10=1; .*; n59=1$/)
})
