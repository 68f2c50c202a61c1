/** Names that a scenario may use but that are listed in rooms which this one must not know. */
export interface FaultParameter {
  /** Ends in its unit, if it has one. */
  readonly name: string
  /** Without a default it must be given. */
  readonly default?: number
  readonly min: number
  readonly max: number
  /** Only whole numbers make sense. */
  readonly whole?: boolean
  readonly summary: string
}

/** What a scenario must know of a kind of fault. */
export interface FaultDeclaration {
  readonly name: string
  readonly parameters: readonly FaultParameter[]
  /** Share of the requests that it takes away from the instance; 0 if it is not said. */
  taken?(parameters: Readonly<Record<string, number>>): number
}

export interface Vocabulary {
  /** What is wrong with the text of a policy, or undefined if it is sound. */
  readonly checkPolicy: (text: string) => string | undefined
  /** Names of the learners. */
  readonly algorithms: readonly string[]
  readonly faults: readonly FaultDeclaration[]
  /** Names of the route classes. */
  readonly routes: readonly string[]
  /** Names of what can be known of an instance. */
  readonly instanceFeatures: readonly string[]
}
