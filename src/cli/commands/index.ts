/** The commands, in the order of the help. */
import type { Command, CommandGroup } from '../command.ts'
import { balancer } from './balancer.ts'
import { compare } from './compare.ts'
import { dataset } from './dataset.ts'
import { doctor } from './doctor.ts'
import { evaluate } from './evaluate.ts'
import { list } from './list.ts'
import { model } from './model.ts'
import { run } from './run.ts'
import { study } from './study.ts'
import { target } from './target.ts'
import { train } from './train.ts'
import { validate } from './validate.ts'

// Each command reads its own arguments from what its options declare; here they are all alike.
export const commands = [
  run,
  train,
  dataset,
  evaluate,
  compare,
  study,
  model,
  validate,
  target,
  balancer,
  doctor,
  list,
] as unknown as readonly (Command | CommandGroup)[]
