import { describe, expect, it } from 'vitest'
import { cookieValue, namedInstances } from '../../../../src/worlds/live/capture/instance-name.ts'

const both = { instanceHeader: 'x-upstream', instanceCookie: 'SERVERID' }

describe('namedInstances', () => {
  it.each([
    ['10.0.0.1:80', ['10.0.0.1:80']],
    ['10.0.0.1:80, 10.0.0.2:80', ['10.0.0.1:80', '10.0.0.2:80']],
    ['10.0.0.1:80, 10.0.0.2:80 : 10.0.1.1:80', ['10.0.0.1:80', '10.0.0.2:80', '10.0.1.1:80']],
    ['unix:/run/a.sock', ['unix:/run/a.sock']],
    ['[::1]:9000', ['[::1]:9000']],
    ['cart-service-1', ['cart-service-1']],
    ['<NOSRV>', []],
    ['-', []],
    ['', []],
  ])('reads "%s"', (header, names) => {
    expect(namedInstances({ 'x-upstream': header }, both)).toEqual(names)
  })

  it('reads a header that comes twice', () => {
    expect(namedInstances({ 'x-upstream': ['a', 'b'] }, both)).toEqual(['a', 'b'])
  })

  it('takes the cookie where the header says nothing', () => {
    const cookie = { 'set-cookie': ['a=1; path=/', 'SERVERID=s2; path=/; HttpOnly'] }
    expect(namedInstances(cookie, both)).toEqual(['s2'])
    expect(namedInstances({ ...cookie, 'x-upstream': 'h' }, both)).toEqual(['h'])
    expect(namedInstances({ ...cookie, 'x-upstream': '<NOSRV>' }, both)).toEqual(['s2'])
    expect(namedInstances(cookie, { ...both, instanceCookie: null })).toEqual([])
  })
})

describe('cookieValue', () => {
  it.each([
    [undefined, undefined],
    ['SERVERID=a', 'a'],
    ['SERVERID = a ; path=/', 'a'],
    ['SERVERID=a=b', 'a=b'],
    ['NOTSERVERID=a', undefined],
    ['SERVERID', undefined],
    ['x=1; SERVERID=a', undefined],
    ['SERVERID=', ''],
  ])('reads %j', (setCookie, value) => {
    expect(cookieValue(setCookie, 'SERVERID')).toBe(value)
  })
})
