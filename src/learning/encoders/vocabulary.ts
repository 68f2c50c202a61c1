/**
 * The states and classes that occur in the training data, numbered densely in the order of their codes. What does
 * not occur has the number one past the last: a table has one row and one column more, which no update touches.
 */
import { LearningError } from '../../core/index.ts'
import type { BinnedEncoder } from './binned-encoder.ts'

export class Vocabulary {
  /** Id of an unknown state, and the number of known ones; likewise for classes. */
  readonly states: number
  readonly classes: number
  /** Keys in words, by id. */
  readonly stateKeys: readonly string[]
  readonly classKeys: readonly string[]
  /** Shape [codes]: id by code. */
  readonly #stateIds: Int32Array
  readonly #classIds: Int32Array

  private constructor(states: Numbered, classes: Numbered) {
    this.states = states.keys.length
    this.classes = classes.keys.length
    this.stateKeys = states.keys
    this.classKeys = classes.keys
    this.#stateIds = states.ids
    this.#classIds = classes.ids
  }

  /** @param stateCodes @param classCodes shape [codes]: 1 where the code occurs */
  static ofCodes(encoder: BinnedEncoder, stateCodes: Uint8Array, classCodes: Uint8Array): Vocabulary {
    return new Vocabulary(
      numberedStates(encoder, (code) => stateCodes[code] === 1),
      numberedClasses(encoder, (code) => classCodes[code] === 1),
    )
  }

  /** @throws LearningError if a key is none of the encoder's */
  static ofKeys(
    encoder: BinnedEncoder,
    stateKeys: readonly string[],
    classKeys: readonly string[],
  ): Vocabulary {
    const states = new Set(stateKeys)
    const classes = new Set(classKeys)
    const vocabulary = new Vocabulary(
      numberedStates(encoder, (code) => states.delete(encoder.stateKey(code))),
      numberedClasses(encoder, (code) => classes.delete(encoder.classKey(code))),
    )
    const [stray] = [...states, ...classes]
    if (stray !== undefined)
      throw new LearningError(`"${stray}" is no key of the model's encoder: train again`)
    return vocabulary
  }

  /** The same states, and these in place of classes of instances: ids of classes are their places. */
  withClasses(names: readonly string[]): Vocabulary {
    return new Vocabulary(
      { keys: this.stateKeys, ids: this.#stateIds },
      { keys: names, ids: Int32Array.from(names, (_, id) => id) },
    )
  }

  /** Id of a state code; `states` if it is unknown. */
  stateId(code: number): number {
    return this.#stateIds[code]!
  }

  /** Id of a class code; `classes` if it is unknown. */
  classId(code: number): number {
    return this.#classIds[code]!
  }
}

interface Numbered {
  readonly keys: readonly string[]
  /** Shape [codes]: id by code. */
  readonly ids: Int32Array
}

function numberedStates(encoder: BinnedEncoder, has: (code: number) => boolean): Numbered {
  return numbered(encoder.stateCodes, has, (code) => encoder.stateKey(code))
}

function numberedClasses(encoder: BinnedEncoder, has: (code: number) => boolean): Numbered {
  return numbered(encoder.classCodes, has, (code) => encoder.classKey(code))
}

function numbered(
  codeCount: number,
  has: (code: number) => boolean,
  keyOf: (code: number) => string,
): Numbered {
  const codes: number[] = []
  for (let code = 0; code < codeCount; code++) if (has(code)) codes.push(code)
  const ids = new Int32Array(codeCount).fill(codes.length)
  for (let id = 0; id < codes.length; id++) ids[codes[id]!] = id
  return { keys: codes.map(keyOf), ids }
}
