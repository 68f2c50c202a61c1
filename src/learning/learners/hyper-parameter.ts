/** A number that a person may choose for a learner. */
export interface HyperParameter {
  readonly name: string
  /** undefined: computed from the training data, as the summary says. */
  readonly default: number | undefined
  readonly min: number
  readonly max: number
  readonly integer: boolean
  readonly summary: string
}

/** Values by name, checked and complete but for those that the data gives. */
export type HyperParameters = Readonly<Record<string, number>>
