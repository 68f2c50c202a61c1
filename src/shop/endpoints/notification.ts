/** The notification service: keeps what it was asked to send. */
import type { JsonObject } from '../../core/index.ts'
import { answer, type Endpoint, type EndpointCall, refuse } from '../endpoint.ts'
import { isoTime } from '../iso-time.ts'
import type { Notification } from '../state.ts'
import { BodyCheck } from './body-check.ts'

const service = 'notification-service'
const PAGE_SIZE = 20

function notificationView({ createdAtMs, ...notification }: Notification): JsonObject {
  return { ...notification, status: 'SENT', createdAt: isoTime(createdAtMs) }
}

function send({ request, state, now }: EndpointCall) {
  const body = new BodyCheck(request.body)
  const userId = body.text('userId')
  const type = body.text('type')
  const title = body.text('title')
  body.text('message')
  body.list('channels', 1)
  if (body.errors !== undefined) return refuse(400, 'Validation failed', request, now(), body.errors)
  const notification = { id: state.nextId(), userId, type, title, createdAtMs: now() }
  state.addNotification(notification)
  return answer(201, notificationView(notification))
}

function byId({ request, parameter, state, now }: EndpointCall) {
  const notification = state.notifications.get(Number(parameter))
  return notification === undefined
    ? refuse(404, `No notification ${parameter}`, request, now())
    : answer(200, notificationView(notification))
}

/** The newest of the caller, at most a page. */
function list({ user, state }: EndpointCall) {
  const own = [...state.notifications.values()].filter(({ userId }) => userId === String(user!.id))
  return answer(200, own.slice(-PAGE_SIZE).reverse().map(notificationView))
}

export const notificationEndpoints: readonly Endpoint[] = [
  {
    name: 'notification.send',
    service,
    method: 'POST',
    path: '/api/notifications',
    work: { meanMs: 8, sigma: 0.5 },
    handle: send,
  },
  {
    name: 'notification.list',
    service,
    method: 'GET',
    path: '/api/notifications',
    work: { meanMs: 10, sigma: 0.5 },
    handle: list,
  },
  {
    name: 'notification.byId',
    service,
    method: 'GET',
    path: '/api/notifications/:id',
    work: { meanMs: 5, sigma: 0.5 },
    handle: byId,
  },
]
