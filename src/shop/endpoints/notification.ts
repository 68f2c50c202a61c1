/** The notification service: keeps what it was asked to send. */
import type { JsonObject } from '../../core/index.ts'
import { answer, type Endpoint, type EndpointCall, refuse } from '../endpoint.ts'
import { isoTime } from '../iso-time.ts'
import type { Notification } from '../state.ts'
import { BodyCheck } from './body-check.ts'
import { pageOf } from './page.ts'

const service = 'notification-service'
const CHANNELS = ['EMAIL', 'SMS', 'PUSH', 'IN_APP', 'WEBHOOK']

export function notificationView({ createdAtMs, ...notification }: Notification): JsonObject {
  return { ...notification, createdAt: isoTime(createdAtMs) }
}

function send({ request, state, now }: EndpointCall) {
  const body = new BodyCheck(request.body)
  const userId = body.identifier('userId')
  const type = body.text('type')
  const title = body.text('title')
  const message = body.text('message')
  const channels = body.words('channels', CHANNELS)
  const scheduledAt = body.optionalText('scheduledAt') || null
  if (body.errors !== undefined) return refuse(400, 'Validation failed', request, now(), body.errors)
  const notification: Notification = {
    id: state.nextId(),
    userId,
    type,
    title,
    message,
    channels,
    priority: body.optionalText('priority') || 'NORMAL',
    scheduledAt,
    createdAtMs: now(),
    status: scheduledAt === null ? 'SENT' : 'SCHEDULED',
  }
  state.addNotification(notification)
  return answer(201, notificationView(notification))
}

function byId({ request, parameter, state, now }: EndpointCall) {
  const notification = state.notifications.get(Number(parameter))
  return notification === undefined
    ? refuse(404, `No notification ${parameter}`, request, now())
    : answer(200, notificationView(notification))
}

/** Those of the caller, the newest first. */
export function ownNotifications({ user, state }: EndpointCall): Notification[] {
  const userId = String(user!.id)
  return [...state.notifications.values()].filter((notification) => notification.userId === userId).reverse()
}

function list(asked: EndpointCall) {
  const { request, now } = asked
  const page = pageOf(ownNotifications(asked), request.path, notificationView)
  return page === undefined ? refuse(400, 'No such page', request, now()) : answer(200, page)
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
