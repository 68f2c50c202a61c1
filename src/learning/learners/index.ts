/** The learners, by name: one file and one line here each. */
import { Registry } from '../../core/index.ts'
import { cql } from './cql.ts'
import type { Learner } from './learner.ts'
import { qLearning } from './q-learning.ts'

export const learners = new Registry<Learner>('learner', [qLearning, cql])
