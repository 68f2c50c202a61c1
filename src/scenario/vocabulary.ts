/** Names that a scenario may use but that are listed in rooms which this one must not know. */
export interface Vocabulary {
  /** What is wrong with the text of a policy, or undefined if it is sound. */
  readonly checkPolicy: (text: string) => string | undefined
  /** Names of the learners. */
  readonly algorithms: readonly string[]
}
