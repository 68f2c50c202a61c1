/**
 * The one tree of errors that end a command.
 *
 * A failed request is data and never one of these; a missed threshold is a result (exit code 99), not an
 * error. Every message says where, what, and how to fix it.
 */

/** Exit codes that are results rather than errors. */
export const EXIT_THRESHOLDS_MISSED = 99
export const EXIT_INTERRUPTED = 130

/** Base of the tree: carries the process exit code of its kind. */
export class LoadgenError extends Error {
  readonly exitCode: number = 1

  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = new.target.name
  }
}

/** Wrong flags or arguments. */
export class UsageError extends LoadgenError {
  override readonly exitCode = 2
}

/** A scenario, behaviour or settings file that cannot be read or is not valid. */
export class ConfigError extends LoadgenError {
  override readonly exitCode = 3
}

/** A data file (JSONL, dataset.json) that is missing, empty or not ours. */
export class DataError extends LoadgenError {
  override readonly exitCode = 4
}

/** The target of the load does not answer or cannot be raised. */
export class TargetError extends LoadgenError {
  override readonly exitCode = 5
}

/** The world itself broke: disk, ports, a run that cannot go on. */
export class WorldError extends LoadgenError {
  override readonly exitCode = 6
}

/** Training or loading a model failed. */
export class LearningError extends LoadgenError {
  override readonly exitCode = 7
}
