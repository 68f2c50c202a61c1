/**
 * What the predecessor's files say is wrong with a service, in its own words: keys such as `cart_service_error_rate`,
 * values such as `"+300%"`, and sentences such as `5x latency`. Its code never read them; the meaning is ours.
 *
 * A timeout rate is the share of requests that end in a timeout of whoever waits for them, not a delay that all of
 * them have: those requests hang until the client gives up.
 */
import { z } from 'zod'
import { share } from '../fields.ts'
import { SERVICES, type ServiceName } from '../scenario.ts'

export interface Trouble {
  readonly service: ServiceName
  /** Kind of fault. */
  readonly kind: TroubleKind
  /** latency: the factor by which it grows; otherwise the share of requests. */
  readonly amount: number
}
export type TroubleKind = 'latency' | 'errors' | 'timeouts'

/** The kind of fault takes no more. */
const MOST = 1000
const PERCENTAGE = /^\s*\+?\s*(\d+(?:\.\d+)?)\s*%\s*$/
const MULTIPLE = /^\s*(\d+(?:\.\d+)?)\s*x\s*$/i

/** Numbers, or texts that mean one; the wording says what both may be. */
function numberOrText(number: z.ZodNumber, isSound: (text: string) => boolean, wording: string) {
  return z.union([number, z.string().refine(isSound, wording)]).meta({ title: wording })
}

/** 0.15 and "15%" alike. */
export const rate = numberOrText(
  share,
  (text) => (percentageIn(text) ?? 2) <= 1,
  'share from 0 to 1 or percentage such as "15%"',
)
const increase = numberOrText(
  z
    .number()
    .min(0)
    .max(MOST - 1),
  (text) => (percentageIn(text) ?? MOST) <= MOST - 1,
  'percentage such as "+300%" or 3 for the same',
)
const multiplier = numberOrText(
  z.number().min(1).max(MOST),
  (text) => isFactor(multipleIn(text)),
  `number from 1 to ${MOST} or text such as "5x"`,
)

/** @param value fits `rate` */
export function rateOf(value: number | string): number {
  return typeof value === 'number' ? value : percentageIn(value)!
}

/** Effects by the key that names them, behind the name of a service or inside its map. */
export const EFFECTS = {
  latency_increase: { kind: 'latency', schema: increase, amountOf: (value) => 1 + rateOf(value) },
  latency_multiplier: {
    kind: 'latency',
    schema: multiplier,
    amountOf: (value) => (typeof value === 'number' ? value : multipleIn(value)!),
  },
  error_rate: { kind: 'errors', schema: rate, amountOf: rateOf },
  timeout_rate: { kind: 'timeouts', schema: rate, amountOf: rateOf },
} as const satisfies Record<
  string,
  { kind: TroubleKind; schema: z.ZodType<number | string>; amountOf: (value: number | string) => number }
>
export type EffectKey = keyof typeof EFFECTS
export const EFFECT_KEYS = Object.keys(EFFECTS) as EffectKey[]

const SHORT_NAMES = SERVICES.map((service) => service.replace('-service', ''))
const SERVICE = new RegExp(`^(${SHORT_NAMES.join('|')})(?:[_-]service)?(?:_(.+))?$`, 'i')

/** A key as the service that it begins with and what follows; the service is undefined if there is none. */
export function splitKey(key: string): { service: ServiceName | undefined; rest: string } {
  const [, name, rest = ''] = SERVICE.exec(key) ?? []
  if (name === undefined) return { service: undefined, rest: key }
  return { service: `${name.toLowerCase()}-service` as ServiceName, rest }
}

/** The service that a sentence is about: one followed by the word, or else the first that is named. */
export function serviceIn(sentence: string): ServiceName | undefined {
  const text = sentence.replaceAll(/[_-]/g, ' ')
  const names = SHORT_NAMES.join('|')
  const [, name] =
    new RegExp(`\\b(${names}) service\\b`, 'i').exec(text) ??
    new RegExp(`\\b(${names})\\b`, 'i').exec(text) ??
    []
  return name === undefined ? undefined : (`${name.toLowerCase()}-service` as ServiceName)
}

const WORDS: readonly (readonly [TroubleKind, RegExp])[] = [
  ['timeouts', /time[ _-]?out/i],
  ['latency', /latency|slow|delay/i],
  ['errors', /fail|error/i],
]

export function kindIn(sentence: string): TroubleKind | undefined {
  return WORDS.find(([, pattern]) => pattern.test(sentence))?.[0]
}

export function isWell(sentence: string): boolean {
  return /recover|normal|restor|healthy/i.test(sentence)
}

/** Not part of a word, of a longer number or of a range: `p99`, `1,000` and `5-10` are none. */
const NUMBER = /(?<![\w.,–-])(\+?)\s*(\d+(?:\.\d+)?)(?!\d|[.,]\d)/g
const PERCENT = /^\s*(?:%|percent\b)/i
const TIMES = /^\s*(?:x\b|×|times\b(?!\s+(?:out|an?|per|in|every|each)\b))/i
/** What a percentage of is no factor, unless it is of what is usual: `50% of requests`. */
const OF_OTHERS = /^\s*(?:%|percent)\s*of\b(?!\s+(?:the |its )?(?:normal|usual|base))/i
const OF_SO_MANY =
  /^\s*(?:out\s+of|of|in)\s+(?:every\s+)?(\d+(?:\.\d+)?)(?!\w|\.\d|\s*%|\s*(?:m?s|m|h|min|sec|milli|micro|hour|day)[a-z]*\b)/i
/** What may follow a bare share: anything else would be its unit. */
const NO_UNIT =
  /^\s*(?:$|[;:!?)\]]|[.,](?!\d)|(?:of|rate|share|probability|errors?|failures?|fail|time[ -]?outs?)\b)/i

/** The first number of a sentence that says how much: with its unit a factor of latency, or else a share of requests. */
export function amountIn(sentence: string, kind: TroubleKind): number | undefined {
  const text = sentence.replaceAll('_', ' ')
  for (const { 0: found, 1: plus, 2: digits, index } of text.matchAll(NUMBER)) {
    const rest = text.slice(index + found.length)
    if (kind !== 'latency') {
      const stated = shareFrom(digits!, rest)
      if (stated !== undefined) return stated <= 1 ? stated : undefined
    } else {
      const isMore = plus === '+' || /increas|more|higher|added/i.test(text)
      const stated = factorFrom(digits!, rest, isMore)
      if (stated !== undefined) return isFactor(stated) ? stated : undefined
    }
  }
  return undefined
}

/** `30%`, `1 of 10`, `1 in 3`, `0.3`. @param rest what follows the digits */
function shareFrom(digits: string, rest: string): number | undefined {
  if (PERCENT.test(rest)) return fromPercent(digits)
  const all = OF_SO_MANY.exec(rest)?.[1]
  if (all !== undefined) return Number(digits) / Number(all)
  return digits.includes('.') && NO_UNIT.test(rest) ? Number(digits) : undefined
}

/** `5x`, `5 times`, `250%`, `+150%`; never a time, as `500ms`. @param rest what follows the digits */
function factorFrom(digits: string, rest: string, isMore: boolean): number | undefined {
  if (TIMES.test(rest)) return Number(digits)
  if (!PERCENT.test(rest) || OF_OTHERS.test(rest)) return undefined
  return fromPercent(digits) + (isMore ? 1 : 0)
}

function percentageIn(text: string): number | undefined {
  const digits = PERCENTAGE.exec(text)?.[1]
  return digits === undefined ? undefined : fromPercent(digits)
}

/** Twelve digits are what 0.7 % means; the rest is rounding. */
function fromPercent(digits: string): number {
  return Number((Number(digits) / 100).toPrecision(12))
}

function multipleIn(text: string): number | undefined {
  const digits = MULTIPLE.exec(text)?.[1]
  return digits === undefined ? undefined : Number(digits)
}

function isFactor(value: number | undefined): boolean {
  return value !== undefined && value >= 1 && value <= MOST
}
