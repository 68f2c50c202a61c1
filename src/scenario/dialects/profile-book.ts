/** The behaviours of a foreign file by profile name, with those that the predecessor or this package brings along. */
import path from 'node:path'
import { didYouMean } from '../../core/index.ts'
import { loadBehavior } from '../behavior-library.ts'
import { formatPath } from '../problems.ts'
import type { ShopperBehavior } from '../scenario.ts'
import { SHIPPED_BEHAVIORS_DIRECTORY } from '../shipped.ts'
import type { FieldPath } from '../source-document.ts'
import type { ForeignFile } from './foreign-file.ts'
import { behaviorOf, type Profile, type ProfileDefaults, profileSchema } from './profile.ts'

/** Profiles that most of the predecessor's files define alike, and our behaviour for a file that only names them. */
const STAND_INS: Readonly<Record<string, string>> = {
  quick_browsers: 'quick-browser',
  careful_shoppers: 'careful-shopper',
  bulk_buyers: 'bulk-buyer',
  impulse_buyers: 'impulse-buyer',
}
const STAND_IN_NAMES = Object.keys(STAND_INS)

/** Always defined by the predecessor. */
const BACKGROUND_USER: Profile = profileSchema.parse(
  {
    description: 'Background user, as built into the predecessor',
    session_duration_range: [1, 3],
    think_time_range: [2, 5],
    action_probabilities: { browse: 0.7, cart: 0.25, order: 0.05 },
    conversion_rate: 0.05,
    pages_per_session: [1, 3],
    cart_abandonment_rate: 0.9,
    average_cart_size: [1, 2],
  },
  { jitless: true },
)

export class ProfileBook {
  readonly #file: ForeignFile
  readonly #base: FieldPath
  readonly #profiles: Readonly<Record<string, Profile>>
  readonly #defaults: ProfileDefaults

  private constructor(
    file: ForeignFile,
    base: FieldPath,
    profiles: Readonly<Record<string, Profile>>,
    defaults: ProfileDefaults,
  ) {
    this.#file = file
    this.#base = base
    this.#profiles = profiles
    this.#defaults = defaults
  }

  /** Reads the profiles of the given names in the map at `base`. */
  static read(
    file: ForeignFile,
    base: FieldPath,
    names: readonly string[],
    defaults: ProfileDefaults,
  ): ProfileBook {
    const label = formatPath([...base, '*'])
    const profiles = names.flatMap((name) => {
      const profile = file.read([...base, name], profileSchema, label)
      return profile === undefined ? [] : [[name, profile] as const]
    })
    return new ProfileBook(file, base, Object.fromEntries(profiles), defaults)
  }

  /** Profiles of the file, or the stand-ins if it has none. */
  get names(): string[] {
    const own = Object.keys(this.#profiles)
    return own.length > 0 ? own : STAND_IN_NAMES
  }

  /** @param usedAt where the profile is named, for messages */
  get(name: string, usedAt: FieldPath): ShopperBehavior | undefined {
    const own = Object.hasOwn(this.#profiles, name) ? this.#profiles[name] : undefined
    if (own !== undefined) return behaviorOf(this.#file, [...this.#base, name], own, this.#defaults)
    // It is there but broken, and that is told already.
    if (this.#file.document.at([...this.#base, name]) !== undefined) return undefined
    if (name === 'background_user') return behaviorOf(this.#file, [name], BACKGROUND_USER, this.#defaults)
    const standIn = Object.hasOwn(STAND_INS, name) ? STAND_INS[name] : undefined
    if (standIn === undefined) {
      const known = [...new Set([...Object.keys(this.#profiles), ...STAND_IN_NAMES, 'background_user'])]
      const hint = didYouMean(name, known) || `: use one of ${known.join(', ')}`
      this.#file.problems.add(this.#file.document, usedAt, `unknown profile${hint}`, 'key')
      return undefined
    }
    this.#file.warn(usedAt, `the file does not define ${name}: our ${standIn} stands in`)
    const behavior = loadBehavior(path.join(SHIPPED_BEHAVIORS_DIRECTORY, `${standIn}.yaml`))
    // The stand-ins are shoppers all.
    return { ...(behavior as ShopperBehavior), name, mistakes: this.#defaults.mistakes }
  }
}
