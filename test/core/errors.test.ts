import { expect, test } from 'vitest'
import {
  ConfigError,
  DataError,
  EXIT_INTERRUPTED,
  EXIT_THRESHOLDS_MISSED,
  LearningError,
  LoadgenError,
  TargetError,
  UsageError,
  WorldError,
} from '../../src/core/errors.ts'

const KINDS = [
  [LoadgenError, 'LoadgenError', 1],
  [UsageError, 'UsageError', 2],
  [ConfigError, 'ConfigError', 3],
  [DataError, 'DataError', 4],
  [TargetError, 'TargetError', 5],
  [WorldError, 'WorldError', 6],
  [LearningError, 'LearningError', 7],
] as const

test.each(KINDS)('%o is a LoadgenError with its own name and exit code', (Kind, name, exitCode) => {
  const cause = new Error('disk')
  const error = new Kind('x.yaml:1:1: broken', { cause })
  expect(error).toBeInstanceOf(LoadgenError)
  expect({ ...error, name: error.name, message: error.message, cause: error.cause }).toEqual({
    exitCode,
    name,
    message: 'x.yaml:1:1: broken',
    cause,
  })
})

test('no two outcomes of a command share an exit code', () => {
  const codes = [...KINDS.map(([, , code]) => code), EXIT_THRESHOLDS_MISSED, EXIT_INTERRUPTED]
  expect(new Set(codes).size).toBe(codes.length)
})
