/** `service_load_characteristics`: words per service, read as the share of each replica that others take. */
import { z } from 'zod'
import { SERVICES, type ServiceName } from '../scenario.ts'

/** Our reading: the predecessor gives no numbers. Even `extreme` leaves a service able to answer. */
const LOADS = { very_low: 0, low: 0.05, medium: 0.15, high: 0.3, very_high: 0.45, extreme: 0.6 } as const
type LoadWord = keyof typeof LOADS

/** The stress files hold objects of service levels instead of words; they are accepted and have no effect. */
export const serviceLoadSchema = z.record(
  z.string(),
  z.union([
    z.enum(Object.keys(LOADS) as LoadWord[]),
    z.looseObject({}).meta({ title: 'map of service levels' }),
  ]),
)

/** @param ignore told of each key that has no effect */
export function backgroundLoad(
  words: z.infer<typeof serviceLoadSchema>,
  ignore: (key: string) => void,
): Partial<Record<ServiceName, number>> {
  const load: Partial<Record<ServiceName, number>> = {}
  for (const [key, word] of Object.entries(words)) {
    const service = SERVICES.find((name) => key === `${name.replace('-', '_')}_load`)
    if (service === undefined || typeof word !== 'string') ignore(key)
    else load[service] = LOADS[word]
  }
  return load
}
