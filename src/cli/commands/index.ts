/** The commands, in the order of the help. */
import type { Command } from '../command.ts'
import { balancer } from './balancer.ts'
import { doctor } from './doctor.ts'
import { list } from './list.ts'
import { run } from './run.ts'
import { target } from './target.ts'
import { train } from './train.ts'
import { validate } from './validate.ts'

// Each command reads its own arguments from what its options declare; here they are all alike.
export const commands = [
  run,
  train,
  validate,
  target,
  balancer,
  doctor,
  list,
] as unknown as readonly Command[]
