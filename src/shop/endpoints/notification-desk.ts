/** What else can be asked about notifications, and done with them. */
import { answer, type Endpoint, type EndpointCall, refuse } from '../endpoint.ts'
import { queryParameter } from '../query.ts'
import { NOTIFICATION_STATUSES, type Notification } from '../state.ts'
import { BodyCheck } from './body-check.ts'
import { notificationView, ownNotifications } from './notification.ts'

const service = 'notification-service'

function counts(notifications: readonly Notification[], word: (of: Notification) => string) {
  // A word may be any text, also the name of something that every object has.
  const counted = new Map<string, number>()
  for (const notification of notifications) {
    const key = word(notification)
    counted.set(key, (counted.get(key) ?? 0) + 1)
  }
  return Object.fromEntries(counted)
}

/** Of the caller, as all of these are. */
function statistics(asked: EndpointCall) {
  const own = ownNotifications(asked)
  const byStatus = counts(own, ({ status }) => status)
  return answer(200, { total: own.length, byStatus, byType: counts(own, ({ type }) => type) })
}

function summary(asked: EndpointCall) {
  const own = ownNotifications(asked)
  const unread = own.filter(({ status }) => status !== 'READ').length
  const latest = own[0] === undefined ? null : notificationView(own[0])
  return answer(200, { userId: String(asked.user!.id), total: own.length, unread, latest })
}

function scheduled(asked: EndpointCall) {
  const waiting = ownNotifications(asked).filter(({ status }) => status === 'SCHEDULED')
  return answer(200, waiting.map(notificationView))
}

function setStatus({ request, parameter, state, now }: EndpointCall) {
  const body = new BodyCheck({ status: queryParameter(request.path, 'status') ?? null, ...request.body })
  const status = body.word('status', NOTIFICATION_STATUSES)
  if (body.errors !== undefined) return refuse(400, 'Validation failed', request, now(), body.errors)
  const notification = state.notifications.get(Number(parameter))
  if (notification === undefined) return refuse(404, `No notification ${parameter}`, request, now())
  notification.status = status
  return answer(200, notificationView(notification))
}

function remove({ request, parameter, state, now }: EndpointCall) {
  return state.notifications.delete(Number(parameter))
    ? { status: 204 }
    : refuse(404, `No notification ${parameter}`, request, now())
}

const reads = { service, method: 'GET', work: { meanMs: 10, sigma: 0.5 } } as const
const writes = { service, work: { meanMs: 6, sigma: 0.5 } } as const

export const notificationDesk: readonly Endpoint[] = [
  { name: 'notification.stats', path: '/api/notifications/stats', ...reads, handle: statistics },
  { name: 'notification.summary', path: '/api/notifications/summary', ...reads, handle: summary },
  { name: 'notification.scheduled', path: '/api/notifications/scheduled', ...reads, handle: scheduled },
  {
    name: 'notification.setStatus',
    method: 'PUT',
    path: '/api/notifications/:id/status',
    ...writes,
    handle: setStatus,
  },
  {
    name: 'notification.remove',
    method: 'DELETE',
    path: '/api/notifications/:id',
    ...writes,
    handle: remove,
  },
]
