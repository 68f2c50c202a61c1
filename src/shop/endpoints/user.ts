/** The user service: accounts and logins. Passwords are hashed there in earnest, which is why both cost much. */
import type { JsonObject } from '../../core/index.ts'
import { answer, type Endpoint, type EndpointCall, refuse } from '../endpoint.ts'
import { USER_EMAIL } from '../request-headers.ts'
import type { User } from '../state.ts'
import { BodyCheck } from './body-check.ts'

const service = 'user-service'
/** Who sets the predecessor's inventory up, and the only one that sees the accounts of others. */
const ADMIN = 'admin@loadtest.com'
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
  const created: User = {
    ...user,
    id: state.nextId(),
    isAdmin: user.email === ADMIN,
    token: undefined,
    tokenBefore: undefined,
  }
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
  // The type is null in the predecessor, too, whatever its documents say.
  return answer(200, { token: state.login(user, now()), type: null, user: userView(user) })
}

/** The account is named by a header; the token says who may see it. */
function me({ request, user, state, now }: EndpointCall) {
  const email = request.headers?.[USER_EMAIL] ?? ''
  if (email === '') return refuse(400, 'The header X-User-Email is missing', request, now())
  if (email !== user!.email && !user!.isAdmin) return refuse(403, 'Not your account', request, now())
  const found = state.usersByEmail.get(email)
  return found === undefined ? refuse(404, `No user ${email}`, request, now()) : answer(200, userView(found))
}

/** What is no number is an error of the server, as in the predecessor: clients know `/profile` by its 500. */
function byId({ request, parameter, user, state, now }: EndpointCall) {
  if (!/^\d+$/.test(parameter)) return refuse(500, `Not an id: ${parameter}`, request, now())
  const found = state.usersById.get(Number(parameter))
  if (found === undefined) return refuse(404, `No user ${parameter}`, request, now())
  if (found.id !== user!.id && !user!.isAdmin) return refuse(403, 'Not your account', request, now())
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
    handle: me,
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
