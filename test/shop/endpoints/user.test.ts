import { createHmac } from 'node:crypto'
import { beforeEach, describe, expect, it } from 'vitest'
import { plainMint } from '../../../src/shop/index.ts'
import { bodyOf, ShopDriver } from '../shop-driver.ts'
import { smallScenario } from '../small-scenario.ts'

const ADA = { email: 'ada@shop.example', password: 'secret-password', firstName: 'Ada', lastName: 'Test' }
const HOUR_MS = 3_600_000

let driver: ShopDriver
beforeEach(() => {
  driver = new ShopDriver()
})

const register = (body: Record<string, string>) =>
  driver.ask('POST', 'user', '/api/users/register', undefined, body)
const login = (email: string, password: string) =>
  driver.ask('POST', 'user', '/api/users/login', undefined, { email, password })

describe('register', () => {
  it('answers 201 with the user, and neither password nor token', () => {
    const reply = register({ ...ADA, phoneNumber: '+15550100' })
    const { password: _, ...known } = ADA
    expect(reply.status).toBe(201)
    expect(reply.body).toEqual({
      id: expect.any(Number),
      ...known,
      phoneNumber: '+15550100',
      status: 'ACTIVE',
    })
  })

  it('answers 409 for an e-mail address that is taken', () => {
    register(ADA)
    expect(register({ ...ADA, firstName: 'Eve' }).status).toBe(409)
  })

  it('answers 400 and names every wrong field', () => {
    const reply = register({ email: 'ada', password: 'short', firstName: ' ' })
    expect(reply.status).toBe(400)
    expect(bodyOf(register({ ...ADA, phoneNumber: 'by pigeon' })).validationErrors).toEqual({
      phoneNumber: 'must be a phone number like +15551234567',
    })
    expect(bodyOf(reply).validationErrors).toEqual({
      email: 'must be an e-mail address',
      password: 'must have at least 8 characters',
      firstName: 'must not be blank',
      lastName: 'must not be blank',
    })
  })
})

describe('login', () => {
  it('gives a JSON Web Token with the claims of the user, signed with HMAC-SHA256 and valid for 24 hours', () => {
    const { id } = bodyOf(register(ADA))
    driver.nowMs = 5_000
    const reply = login(ADA.email, ADA.password)
    expect(reply.status).toBe(200)
    const [header, payload, signature] = (bodyOf(reply).token as string).split('.')
    const decode = (part: string | undefined) => JSON.parse(Buffer.from(part!, 'base64url').toString())
    expect(decode(header)).toEqual({ alg: 'HS256', typ: 'JWT' })
    expect(decode(payload)).toEqual({
      sub: ADA.email,
      userId: String(id),
      email: ADA.email,
      authorities: ['ROLE_USER'],
      iat: 5,
      exp: 5 + 24 * 3600,
    })
    const secret = `loadgen-${smallScenario.seed}`
    expect(signature).toBe(createHmac('sha256', secret).update(`${header}.${payload}`).digest('base64url'))
    expect(bodyOf(reply)).toMatchObject({ type: null, user: { id: id!, email: ADA.email } })
  })

  it.each([
    ['a wrong password', ADA.email, 'another-password', 401],
    ['an unknown user', 'eve@shop.example', ADA.password, 401],
    ['no password', ADA.email, '', 400],
  ])('refuses %s', (_, email, password, status) => {
    register(ADA)
    expect(login(email, password).status).toBe(status)
  })
})

describe('a token', () => {
  const me = (token?: string, email = ADA.email) =>
    driver.ask('GET', 'user', '/api/users/me', token, undefined, { 'x-user-email': email })

  it('opens what belongs to its user', () => {
    expect(me(driver.signIn('ada'))).toMatchObject({ status: 200, body: { email: ADA.email } })
  })

  it('must be there, and must be right', () => {
    const token = driver.signIn('ada')
    expect(me().status).toBe(401)
    expect(me('not.a.token')).toMatchObject({ status: 401, body: { message: 'Missing or invalid token' } })
    expect(me(`${token}x`).status).toBe(401)
  })

  it('expires after 24 hours', () => {
    const token = driver.signIn('ada')
    driver.nowMs = 24 * HOUR_MS - 1
    expect(me(token).status).toBe(200)
    driver.nowMs = 24 * HOUR_MS
    expect(me(token)).toMatchObject({ status: 401, body: { message: 'Token has expired' } })
    expect(me(`${token}x`).body, 'it says so itself').toMatchObject({ message: 'Token has expired' })
  })

  it('outlives all later logins of its user', () => {
    const tokens = [1, 2, 3, 4].map(() => {
      driver.nowMs += 1000
      return driver.signIn('ada')
    })
    expect(new Set(tokens).size).toBe(4)
    for (const token of tokens) expect(me(token).status).toBe(200)
    driver.nowMs = 24 * HOUR_MS + 1000
    expect(tokens.map((token) => me(token).status)).toEqual([401, 200, 200, 200])
  })

  it('that nobody reads outlives one more login, but not a second', () => {
    driver = new ShopDriver(smallScenario, plainMint)
    const [first, second, third] = [1, 2, 3].map(() => {
      driver.nowMs += 1000
      return driver.signIn('ada')
    })
    expect([first, second, third].map((token) => me(token).status)).toEqual([401, 200, 200])
  })

  it.each(['', '.', '..', 'a.b', 'a.b.c', '\u{1F600}.\u{1F600}.\u{1F600}'])('is not %j', (token) => {
    expect(me(token).status).toBe(401)
  })

  it('is not one of another shop, nor one with other claims or another algorithm', () => {
    const [header, payload, signature] = driver.signIn('ada').split('.')
    const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
    const claims = JSON.parse(Buffer.from(payload!, 'base64url').toString())
    const text = `${header}.${encode({ ...claims, exp: claims.exp + 1 })}`
    const foreign = createHmac('sha256', 'another secret').update(text).digest('base64url')
    expect(me(`${text}.${foreign}`).status).toBe(401)
    expect(me(`${text}.${signature}`).status).toBe(401)
    expect(me(`${encode({ alg: 'none', typ: 'JWT' })}.${payload}.`).status).toBe(401)
  })

  it('shows no other account', () => {
    const ada = bodyOf(me(driver.signIn('ada'))).id
    const token = driver.signIn('eve')
    const eve = bodyOf(me(token, 'eve@shop.example')).id
    expect(me(token).status).toBe(403)
    expect(driver.ask('GET', 'user', `/api/users/${eve}`, token).status).toBe(200)
    expect(driver.ask('GET', 'user', `/api/users/${ada}`, token).status).toBe(403)
    expect(driver.ask('GET', 'user', '/api/users/999', token).status).toBe(404)
  })

  it('needs the name of the account beside it, and a number where the path has an id', () => {
    const token = driver.signIn('ada')
    expect(driver.ask('GET', 'user', '/api/users/me', token)).toMatchObject({
      status: 400,
      body: { message: 'The header X-User-Email is missing' },
    })
    expect(driver.ask('GET', 'user', '/api/users/profile', token).status).toBe(500)
  })
})

describe('the administrator', () => {
  const ADMIN = { ...ADA, email: 'admin@loadtest.com', password: 'AdminPass123!' }

  it('registers and logs in like anybody, has an authority more, and sees every account', () => {
    driver.signIn('ada')
    expect(register(ADMIN).status).toBe(201)
    const token = bodyOf(login(ADMIN.email, ADMIN.password)).token as string
    const { authorities } = JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString())
    expect(authorities).toEqual(['ROLE_USER', 'ROLE_ADMIN'])
    const ada = driver.ask('GET', 'user', '/api/users/me', token, undefined, { 'x-user-email': ADA.email })
    expect(ada).toMatchObject({ status: 200, body: { email: ADA.email } })
    expect(driver.ask('GET', 'user', `/api/users/${bodyOf(ada).id}`, token).body).toEqual(ada.body)
    const nobody = { 'x-user-email': 'nobody@shop.example' }
    expect(driver.ask('GET', 'user', '/api/users/me', token, undefined, nobody).status).toBe(404)
  })
})
