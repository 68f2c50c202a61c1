import { createHmac } from 'node:crypto'
import { beforeEach, describe, expect, it } from 'vitest'
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
    expect(bodyOf(reply).user).toMatchObject({ id: id!, email: ADA.email })
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
  const me = (token?: string) => driver.ask('GET', 'user', '/api/users/me', token)

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

  it('outlives one more login of its user, but not a second', () => {
    const first = driver.signIn('ada')
    driver.nowMs += 1000
    driver.signIn('ada')
    expect(me(first).status).toBe(200)
    driver.nowMs += 1000
    const third = driver.signIn('ada')
    expect(me(first).status).toBe(401)
    expect(me(third).status).toBe(200)
  })

  it('shows no other account', () => {
    const ada = bodyOf(me(driver.signIn('ada'))).id
    const token = driver.signIn('eve')
    const eve = bodyOf(me(token)).id
    expect(driver.ask('GET', 'user', `/api/users/${eve}`, token).status).toBe(200)
    expect(driver.ask('GET', 'user', `/api/users/${ada}`, token).status).toBe(403)
    expect(driver.ask('GET', 'user', '/api/users/999', token).status).toBe(404)
  })
})
