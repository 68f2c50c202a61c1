/** The payment service. An amount above 100,000 is declined. */
import { type JsonObject, type Process, pause, type Reply } from '../../core/index.ts'
import { answer, type Endpoint, type EndpointCall, refuse } from '../endpoint.ts'
import type { Payment } from '../state.ts'
import { BodyCheck } from './body-check.ts'

const service = 'payment-service'
const DECLINED_ABOVE = 100_000
const REFUND_MS = 1000

function paymentView(payment: Payment): JsonObject {
  return { ...payment, paymentId: payment.id }
}

function pay({ request, state, now }: EndpointCall) {
  const body = new BodyCheck(request.body)
  const userId = body.identifier('userId')
  const amount = body.number('amount', 0.01, 1e9)
  if (body.errors !== undefined) return refuse(400, 'Validation failed', request, now(), body.errors)
  const orderId = request.body!.orderId
  const payment: Payment = {
    id: state.nextId(),
    userId,
    orderId: typeof orderId === 'number' ? orderId : null,
    orderNumber: body.optionalText('orderNumber') || null,
    amount,
    paymentMethod: body.optionalText('paymentMethod') || null,
    currency: body.optionalText('currency') || 'USD',
    status: amount > DECLINED_ABOVE ? 'FAILED' : 'COMPLETED',
  }
  state.payments.set(payment.id, payment)
  return answer(201, paymentView(payment))
}

function byId({ request, parameter, state, now }: EndpointCall) {
  const payment = state.payments.get(Number(parameter))
  return payment === undefined
    ? refuse(404, `No payment ${parameter}`, request, now())
    : answer(200, paymentView(payment))
}

/** Takes its second, however busy the service is: a sleep, not work. */
function* refund({ request, parameter, state, now }: EndpointCall): Process<Reply> {
  const body = new BodyCheck(request.body)
  body.identifier('paymentId')
  const refundAmount = body.number('refundAmount', 0.01, 1e9)
  if (body.errors !== undefined) return refuse(400, 'Validation failed', request, now(), body.errors)
  const payment = state.payments.get(Number(parameter))
  if (payment === undefined) return refuse(404, `No payment ${parameter}`, request, now())
  yield* pause(REFUND_MS)
  if (payment.status !== 'COMPLETED')
    return refuse(409, `Payment ${parameter} is ${payment.status}`, request, now())
  if (refundAmount > payment.amount)
    return refuse(400, `Payment ${parameter} was only of ${payment.amount}`, request, now())
  payment.status = 'REFUNDED'
  return answer(200, { ...paymentView(payment), refundAmount, reason: body.optionalText('reason') || null })
}

const pays = { service, method: 'POST', work: { meanMs: 35, sigma: 0.7 }, handle: pay } as const

export const paymentEndpoints: readonly Endpoint[] = [
  { name: 'payment.pay', path: '/api/payments', ...pays },
  { name: 'payment.process', path: '/api/payments/process', ...pays },
  {
    name: 'payment.byId',
    service,
    method: 'GET',
    path: '/api/payments/:id',
    work: { meanMs: 6, sigma: 0.5 },
    handle: byId,
  },
  {
    name: 'payment.refund',
    service,
    method: 'POST',
    path: '/api/payments/:id/refund',
    work: { meanMs: 30, sigma: 0.5 },
    handle: refund,
  },
]
