/** Kinds of fields that several files have in common. */
import { z } from 'zod'
import { ACTIONS, type Action, SERVICES, type ServiceName } from './scenario.ts'

const RANGE = 'pair [low, high] with low <= high'

/** Two numbers within `bound`, the first not above the second. */
export function rangeOf(bound: z.ZodNumber): z.ZodType<[number, number]> {
  return z
    .tuple([bound, bound])
    .refine(([low, high]) => low <= high, RANGE)
    .meta({ title: RANGE })
}

export const text = z.string().min(1)
/** A share or a probability. */
export const share = z.number().min(0).max(1)
export const weight = z.number().min(0)
/** Of the users' client and of a balancer alike. */
export const retryBudget = z
  .number()
  .min(0)
  .max(10)
  .nullable()
  .default(0.2)
  .describe('Retries per request of the last 10 s, and 10 per second beyond; null: as many as there are.')

const SOME_WEIGHT = 'map with at least one weight above 0'

/** Weights of the actions of a user. */
export const actionMix: z.ZodType<Partial<Record<Action, number>>> = z
  .partialRecord(z.enum(ACTIONS), weight)
  .refine((mix) => Object.values(mix).some((value) => value > 0), SOME_WEIGHT)

/** `cart` and `cart-service` alike: files may use either. */
export const SERVICE_KEYS = SERVICES.flatMap((name) => [shortServiceName(name), name])

function shortServiceName(name: ServiceName): string {
  return name.slice(0, -'-service'.length)
}

export function fullServiceName(key: string): ServiceName {
  return (key.endsWith('-service') ? key : `${key}-service`) as ServiceName
}

/** A map from services, by short or full name. */
export function perService<T>(setting: z.ZodType<T>): z.ZodType<Partial<Record<string, T>>> {
  return z.partialRecord(z.enum(SERVICE_KEYS as [string, ...string[]]), setting)
}

/** The same map with full names only. */
export function byFullServiceName<T>(map: Partial<Record<string, T>>): Partial<Record<ServiceName, T>> {
  return Object.fromEntries(Object.entries(map).map(([key, setting]) => [fullServiceName(key), setting]))
}
