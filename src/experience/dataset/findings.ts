/** What a linter of data found: counted by kind, with the first few lines of each. */

/** A fault makes data unfit to learn from or to judge by; a warning says what to keep in mind. */
export type FindingLevel = 'fault' | 'warning'

const KINDS = {
  dataset: ['fault', 'dataset.json or the records beside it cannot be read'],
  empty: ['fault', 'no usable record'],
  torn: ['fault', 'the last line is cut off'],
  garbage: ['fault', 'not JSON'],
  'not-finite': ['fault', 'NaN or Infinity'],
  foreign: ['fault', 'no experience record'],
  version: ['fault', 'a record of another version'],
  shape: ['fault', 'fields are missing or do not fit'],
  run: ['fault', 'a record of another run'],
  blank: ['warning', 'blank lines: the predecessor counts them, and its two splits overlap'],
  duplicate: ['fault', 'the same decision twice'],
  'time-backwards': ['fault', 'time goes backwards'],
  time: ['fault', 'a time that its reader cannot read'],
  'no-action': ['warning', 'not known what was decided'],
  'no-outcome': ['warning', 'no answer before the run ended'],
  'no-reward': ['fault', 'an outcome without a number for a reward'],
  'no-next': ['warning', 'no next state'],
  'reward-sum': ['fault', 'the reward is not the weighted sum of its parts'],
  'reward-constant': ['fault', 'all rewards are equal'],
  'reward-of-status': ['fault', 'the reward depends on the status alone: slow answers cost nothing'],
  'reward-sign': ['fault', 'the reward pays for slowness'],
  'reward-of-failures': ['warning', 'failing fast is rewarded better than answering: weigh errors more'],
  'no-propensity': ['fault', 'no propensities: what another policy would have earned cannot be estimated'],
  'propensity-estimated': ['warning', 'propensities are estimates of somebody else'],
  'propensity-sum': ['fault', 'propensities are no probabilities that sum to 1'],
  'propensity-length': ['fault', 'not one propensity per instance'],
  'propensity-chosen': ['fault', 'what was chosen had probability 0'],
  'unknown-instance': ['fault', 'an instance that the description or the state does not have'],
  'one-action': ['fault', 'of a service, always the same instance was chosen'],
  'vanished-instance': ['warning', 'instances that are gone: what was learned of their names is void'],
  'foreign-state': ['fault', 'the first instance of the state is of another service: that one is encoded'],
  'missing-metric': ['fault', 'metrics are missing, and would be taken for 0'],
  'out-of-range': ['fault', 'a metric that cannot be'],
  'self-loop': ['fault', 'the next state is the state: nothing can be learned of what a decision leads to'],
  'stale-state': [
    'fault',
    'the state is that of the decision before: it is not measured when decisions are made',
  ],
  'constant-state': ['fault', 'no feature ever changes'],
  'constant-feature': ['warning', 'features with one value only'],
  coverage: ['warning', 'classes of states in which instances were never tried'],
  few: ['warning', 'fewer than 10,000 decisions'],
} as const satisfies Record<string, readonly [FindingLevel, string]>

export type FindingKind = keyof typeof KINDS

export interface Finding {
  readonly kind: FindingKind
  readonly level: FindingLevel
  readonly summary: string
  readonly count: number
  /** The first three, as `file:line: detail`, or `file: detail` for what holds for the whole. */
  readonly examples: readonly string[]
}

const EXAMPLES = 3

export class Findings {
  readonly #file: string
  readonly #found = new Map<FindingKind, { count: number; examples: string[] }>()

  constructor(file: string) {
    this.#file = file
  }

  atLine(kind: FindingKind, line: number, detail: string): void {
    this.#add(kind, 1, `${this.#file}:${line}: ${detail}`)
  }

  /** Of the file as a whole. */
  overall(kind: FindingKind, detail: string, count = 1): void {
    this.#add(kind, count, `${this.#file}: ${detail}`)
  }

  /** Faults first. */
  list(): Finding[] {
    return Object.entries(KINDS)
      .flatMap(([name, [level, summary]]) => {
        const kind = name as FindingKind
        const found = this.#found.get(kind)
        return found === undefined ? [] : [{ kind, level, summary, ...found }]
      })
      .sort((a, b) => Number(a.level === 'warning') - Number(b.level === 'warning'))
  }

  #add(kind: FindingKind, count: number, example: string): void {
    let found = this.#found.get(kind)
    if (found === undefined) this.#found.set(kind, (found = { count: 0, examples: [] }))
    found.count += count
    if (found.examples.length < EXAMPLES) found.examples.push(example)
  }
}
