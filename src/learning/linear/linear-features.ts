/**
 * What the linear scorer looks at: a short list of numbers per candidate instance, straight from the observation.
 *
 * All of them are ratios (requests, or work in units of the service's mean work), so that one weight means the same at
 * any load, for any number of instances and whatever a request costs. Known rules are points of the space that the
 * weights span:
 *
 * | rule                                  | weights                                                       |
 * |---------------------------------------|---------------------------------------------------------------|
 * | least outstanding requests            | inFlight                                                      |
 * | least class-estimated work            | work                                                          |
 * | shortest expected delay, (n + 1) / mu | inFlight, inFlightSlowness, slowness                          |
 * | size-interval assignment (SITA)       | misplaced and crowding, far above all others                  |
 * | health-aware least outstanding        | inFlight, recentErrors                                        |
 *
 * Sources: shortest expected delay, Banawan & Zahorjan 1989; SITA, Harchol-Balter, Crovella & Murta 1999.
 */
export interface LinearFeature {
  readonly name: string
  readonly summary: string
}

/** In the order of the columns. n: requests in flight; W: expected work in flight; s: slowness over the mean one. */
export const LINEAR_FEATURES = [
  { name: 'inFlight', summary: 'n' },
  { name: 'work', summary: 'W over the mean work of a request' },
  { name: 'slowness', summary: 's - 1' },
  { name: 'inFlightSlowness', summary: 'n (s - 1)' },
  { name: 'workSlowness', summary: 'W (s - 1) over the mean work of a request' },
  { name: 'recentErrors', summary: 'square of the share of failures of the last seconds' },
  { name: 'errors', summary: 'square of the share of failures in the last 60 s' },
  { name: 'misplaced', summary: 'dear request, and SITA keeps all of the instance for cheaper ones' },
  {
    name: 'straddling',
    summary:
      'dear request, and SITA keeps part of the instance for cheaper ones: how well the others could do without it',
  },
  { name: 'crowding', summary: 'how far behind the part of the fleet that SITA gives to the route' },
  { name: 'dearWork', summary: 'work, for a dear request' },
] as const satisfies readonly LinearFeature[]

export const LINEAR_WIDTH = LINEAR_FEATURES.length

export type LinearFeatureName = (typeof LINEAR_FEATURES)[number]['name']
