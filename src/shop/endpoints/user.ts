/** The user service: accounts and logins. Passwords are hashed there in earnest, which is why both cost much. */
import type { JsonObject } from '../../core/index.ts'
import { answer, type Endpoint, type EndpointCall, refuse } from '../endpoint.ts'
import type { User } from '../state.ts'
import { BodyCheck } from './body-check.ts'

const service = 'user-service'
const EMAIL = /^[^@\s]+@[^@\s]+\.[^@\s]+$/

function userView(user: User): JsonObject {
  const { id, email, firstName, lastName, phoneNumber } = user
  return { id, email, firstName, lastName, phoneNumber, status: 'ACTIVE' }
}

function register({ request, state, now }: EndpointCall) {
  const body = new BodyCheck(request.body)
  const user = {
    id: 0,
    email: body.matching('email', EMAIL, 'an e-mail address'),
    password: body.text('password', 8),
    firstName: body.text('firstName'),
    lastName: body.text('lastName'),
    phoneNumber: body.optionalPhone('phoneNumber'),
  }
  if (body.errors !== undefined) return refuse(400, 'Validation failed', request, now(), body.errors)
  if (state.usersByEmail.has(user.email)) return refuse(409, `Email exists: ${user.email}`, request, now())
  const created: User = { ...user, id: state.nextId(), token: undefined, tokenBefore: undefined }
  state.addUser(created)
  return answer(201, userView(created))
}

function login({ request, state, now }: EndpointCall) {
  const body = new BodyCheck(request.body)
  const email = body.text('email')
  const password = body.text('password')
  if (body.errors !== undefined) return refuse(400, 'Validation failed', request, now(), body.errors)
  const user = state.usersByEmail.get(email)
  if (user === undefined || user.password !== password) {
    return refuse(401, 'Invalid email or password', request, now())
  }
  return answer(200, { token: state.login(user, now()), type: 'Bearer', user: userView(user) })
}

function byId({ request, parameter, user, state, now }: EndpointCall) {
  const found = state.usersById.get(Number(parameter))
  if (found === undefined) return refuse(404, `No user ${parameter}`, request, now())
  if (found.id !== user!.id) return refuse(403, 'Not your account', request, now())
  return answer(200, userView(found))
}

export const userEndpoints: readonly Endpoint[] = [
  {
    name: 'user.register',
    service,
    method: 'POST',
    path: '/api/users/register',
    open: true,
    work: { meanMs: 30, sigma: 0.3 },
    handle: register,
  },
  {
    name: 'user.login',
    service,
    method: 'POST',
    path: '/api/users/login',
    open: true,
    work: { meanMs: 25, sigma: 0.3 },
    handle: login,
  },
  {
    name: 'user.me',
    service,
    method: 'GET',
    path: '/api/users/me',
    work: { meanMs: 5, sigma: 0.5 },
    handle: ({ user }) => answer(200, userView(user!)),
  },
  {
    name: 'user.byId',
    service,
    method: 'GET',
    path: '/api/users/:id',
    work: { meanMs: 5, sigma: 0.5 },
    handle: byId,
  },
]
